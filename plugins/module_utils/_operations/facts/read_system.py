# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a system from its VMS and its License Server, as HostFacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Protocol, Sequence, Tuple

from ..._facts import ABSENT, LOGIN_REFUSED, ZONE, FactTree
from ..._time import format_epoch, lacks_zone, parse_time
from ..._vms.api.lists import Listed
from ..._vms.api.records import ClusterRecord, HostRecord, LicenseRecord, ServerInfo
from ..._vms.api.vms_api import VmsApi
from ..._vms.wire.errors import LoginRefused, OperationUnsupported
from ..core.call_certainty import LICENSES_READ, SYSTEM, by_certainty
from ..core.errors import InvalidRequest
from .license_items import grants_sockets, license_items
from .product_nodes import ProductNode, add_node_licenses
from .site_overrides import FEATURES, merge_site_facts
from .vms import (
    CONTROLLER,
    LICENSE_SERVER,
    NOT_READ,
    ReadOptions,
    SystemReader,
    note_incomplete,
    unread_reason,
)


class LicenseReads(Protocol):
    """Reads the licenses of a License Server."""

    def server(self) -> ServerInfo:
        """Return its identity and clock."""

    def license_list(self) -> Listed[LicenseRecord]:
        """Return the licenses with their clients, and why there may be more."""


@dataclass(frozen=True)
class _Server:
    """A License Server, or why it was not read; ``ahead_s``: its clock minus the local one."""

    info: Optional[ServerInfo]
    reason: str = ""
    ahead_s: Optional[int] = None


@dataclass(frozen=True)
class SystemRecords:
    """The HostFacts of a system, and the records that they were made from."""

    facts: Dict[str, object]
    hosts: Tuple[HostRecord, ...]
    clusters: Tuple[ClusterRecord, ...]


def read_system(
    vms: VmsApi,
    license_server: Optional[LicenseReads],
    options: ReadOptions,
    nodes: Sequence[ProductNode] = (),
) -> Dict[str, object]:
    """Return the HostFacts of a system."""
    return read_system_records(vms, license_server, options, nodes).facts


def read_system_records(
    vms: VmsApi,
    license_server: Optional[LicenseReads],
    options: ReadOptions,
    nodes: Sequence[ProductNode] = (),
) -> SystemRecords:
    """Read a system; ``nodes`` hold further licenses for it.

    What is not returned is unknown. A VMS that cannot be reached or does not return its hosts raises, as do
    rejected credentials and certificates. While VMS refuses every login (R20), only that is known.
    """
    if options.clock == LICENSE_SERVER and license_server is None:
        raise InvalidRequest("clock_without_server")
    started = options.now()
    tree = FactTree()
    reader = SystemReader(vms, options, tree)
    try:
        reader.read()
    except LoginRefused as refused:
        options.note(refused)
        tree = _refused_login_facts()
        server = _server(license_server if options.clock == LICENSE_SERVER else None, options)
    else:
        server = _server(license_server, options)
        _read_licenses(tree, reader, license_server, server, options)
        add_node_licenses(tree, nodes, options)
        _check_clock(tree, server, options)
    tree.put("/subject", {"kind": "system", **({"id": options.subject_id} if options.subject_id else {})})
    calls = SYSTEM + (LICENSES_READ if license_server is not None or nodes else ())
    _stamp(tree, vms, reader.identity, calls, started, server, options)
    tree.put("/features_wanted", [])
    tree.miss("/preinstalled/first_run_at")
    merge_site_facts(tree, options.site)
    _miss_use_without_amount(tree)
    facts = {"kind": "HostFacts", "schema_version": 1, **tree.document()}
    return SystemRecords(facts, reader.hosts, reader.clusters)


def _server(license_server: Optional[LicenseReads], options: ReadOptions) -> _Server:
    if license_server is None:
        return _Server(None, ABSENT)
    try:
        info = license_server.server()
    except OperationUnsupported:
        return _Server(None, ABSENT)
    except NOT_READ as error:
        options.note(error)
        return _Server(None, unread_reason(error))
    if info.time is None or lacks_zone(info.time):
        # Without its zone, the server's time does not show how far its clock is ahead.
        return _Server(info, ABSENT if info.time is None else ZONE)
    ahead = parse_time(info.time).timestamp() - options.now()
    # Servers state whole seconds, so less cannot be measured.
    return _Server(info, ABSENT, round(ahead) if abs(ahead) >= 2 else 0)


def _stamp(
    tree: FactTree,
    vms: VmsApi,
    identity: Dict[str, List[str]],
    calls: Sequence[str],
    started: float,
    server: _Server,
    options: ReadOptions,
) -> None:
    source: Dict[str, object] = {
        "via": "rest",
        "profile": vms.profile.name,
        "certainty": by_certainty(vms.profile, calls),
        "endpoint": vms.endpoint,
        **({"identity": identity} if identity else {}),
    }
    tree.put("/source", source)
    if options.clock == CONTROLLER:
        source["gathered_at"] = format_epoch(started)
    elif server.info is not None and server.info.time is not None:
        source["gathered_at"] = server.info.time
    else:
        tree.miss("/source/gathered_at", server.reason)


def _check_clock(tree: FactTree, server: _Server, options: ReadOptions) -> None:
    if tree.get("/license_server/state") in (None, "none") or server.info is None:
        return
    # Facts with a timestamp of the License Server's clock have no skew to it.
    skew = 0 if options.clock == LICENSE_SERVER and server.ahead_s is not None else server.ahead_s
    tree.put_or_miss("/license_server/clock_skew_s", skew, server.reason)
    if server.info.zone is not None:
        tree.put("/license_server/zone", server.info.zone)
        tree.put("/license_server/zone_certainty", server.info.zone_certainty)


def _read_licenses(
    tree: FactTree,
    reader: SystemReader,
    license_server: Optional[LicenseReads],
    server: _Server,
    options: ReadOptions,
) -> None:
    """Set the licenses that the License Server has assigned to this system, and whether they are complete."""
    nothing: Dict[str, object] = {"complete": False, "items": []}
    link = reader.link
    allowed = tree.get("/license_totals/cpu_allowed")
    if reader.link_read and link is None:
        # No server lists the license of sockets that VMS still has (R10).
        tree.put("/licenses", {"complete": allowed == 0, "items": []})
        return
    if license_server is None or link is None or link.client_name is None:
        tree.put("/licenses", nothing)
        return
    if server.info is None and server.reason != ABSENT:
        tree.miss("/licenses", server.reason)
        return
    if server.info is not None and link.server_id not in (None, server.info.id, server.info.peer):
        raise InvalidRequest("license_server_differs", connected=link.server_id, given=server.info.id)
    try:
        listed = license_server.license_list()
    except OperationUnsupported:
        tree.put("/licenses", nothing)
    except NOT_READ as error:
        options.note(error)
        tree.miss("/licenses", unread_reason(error))
    else:
        if listed.why is not None:
            note_incomplete(listed.why, options.note)
        held_by = server.info.id if server.info is not None else link.server_id
        items = license_items(tree, listed.rows, link.client_name, held_by, options.catalog)
        # If no listed license grants the sockets that are allowed, one is not listed.
        granted = not allowed or grants_sockets(listed.rows, link.client_name, options.catalog)
        complete = listed.complete and granted
        tree.put("/licenses", {"complete": complete, "items": items})


def _refused_login_facts() -> FactTree:
    tree = FactTree()
    tree.put("/login", {"state": "refused"})
    system = ("version", "architecture", "hot_standby", "hosts", "vms")
    for name in (*system, "license_totals", "license_server", "licenses"):
        tree.miss("/" + name, LOGIN_REFUSED)
    for feature in FEATURES:
        tree.miss("/features/{0}/in_use".format(feature), LOGIN_REFUSED)
    return tree


def _miss_use_without_amount(tree: FactTree) -> None:
    # A missing key in a known object is known to be absent.
    for feature in FEATURES:
        used = "/features/{0}/used".format(feature)
        if tree.get("/features/{0}/in_use".format(feature)) is True and tree.get(used) is None:
            tree.miss(used, tree.reason(used) or ABSENT)
