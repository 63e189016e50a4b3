# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a system: what its VMS and its License Server say, as HostFacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Protocol, Sequence, Tuple

from ..._time import format_epoch, parse_time
from ..._vms.api.records import LicenseRecord, ServerInfo
from ..._vms.profile.model import Profile
from ..._vms.wire.errors import LoginRefused, OperationUnsupported
from ..core.call_certainty import LICENSES_READ, SYSTEM, by_certainty
from ..core.errors import InvalidRequest
from .builder import ABSENT, LOGIN_REFUSED, NOT_READ, FactTree, unread_reason
from .license_items import grants_sockets, license_items
from .product_nodes import ProductNode, add_node_licenses
from .site_overrides import FEATURES, merge_site_facts
from .vms import CONTROLLER, LICENSE_SERVER, ReadOptions, SystemReader, SystemReads


class LicenseReads(Protocol):
    """What is read of a License Server."""

    def server(self) -> ServerInfo:
        """Which License Server it is, and its clock."""

    def licenses(self) -> Tuple[LicenseRecord, ...]:
        """Every license, with the clients it is assigned to."""


@dataclass(frozen=True)
class _Server:
    """A License Server's word about itself, or why there is none; ``ahead_s``: its clock minus ours."""

    info: Optional[ServerInfo]
    reason: str = ""
    ahead_s: Optional[int] = None


def read_system(
    vms: SystemReads,
    license_server: Optional[LicenseReads],
    options: ReadOptions,
    nodes: Sequence[ProductNode] = (),
) -> Dict[str, object]:
    """Return the HostFacts of a system. ``nodes`` hold licences for it beside the License Server.

    What VMS does not offer or does not give, and a License Server or node that does not answer, leaves facts
    unknown. A VMS that cannot be reached or does not give its hosts raises, as do credentials and
    certificates that are not taken. While VMS refuses every login (R20) that is the one thing known.
    """
    if options.clock == LICENSE_SERVER and license_server is None:
        raise InvalidRequest("clock_without_server")
    started = options.now()
    draft = FactTree()
    reader = SystemReader(vms, options, draft)
    try:
        reader.read()
    except LoginRefused as refused:
        options.note(refused)
        draft = _refused()
        server = _server(license_server if options.clock == LICENSE_SERVER else None, options)
    else:
        server = _server(license_server, options)
        _read_licenses(draft, reader, license_server, server, options)
        add_node_licenses(draft, nodes, options)
        _check_clock(draft, server, options)
    draft.put("/subject", {"kind": "system", **({"id": options.subject_id} if options.subject_id else {})})
    calls = SYSTEM + (LICENSES_READ if license_server is not None or nodes else ())
    _stamp(draft, vms.profile, calls, started, server, options)
    draft.put("/features_wanted", [])
    draft.miss("/preinstalled/first_run_at")
    merge_site_facts(draft, options.site)
    _miss_use_without_amount(draft)
    return {"kind": "HostFacts", "schema_version": 1, **draft.document()}


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
    ahead = None if info.time is None else round(parse_time(info.time).timestamp() - options.now())
    return _Server(info, ABSENT, ahead)


def _stamp(
    draft: FactTree,
    profile: Profile,
    calls: Sequence[str],
    started: float,
    server: _Server,
    options: ReadOptions,
) -> None:
    source: Dict[str, object] = {
        "via": "rest",
        "profile": profile.name,
        "certainty": by_certainty(profile, calls),
    }
    draft.put("/source", source)
    if options.clock == CONTROLLER:
        source["gathered_at"] = format_epoch(started)
    elif server.info is not None and server.info.time is not None:
        source["gathered_at"] = server.info.time
    else:
        draft.miss("/source/gathered_at", server.reason)


def _check_clock(draft: FactTree, server: _Server, options: ReadOptions) -> None:
    if draft.get("/license_server/state") in (None, "none") or server.info is None:
        return
    # Facts that the License Server's clock stamps have no other clock to differ from.
    skew = 0 if options.clock == LICENSE_SERVER and server.ahead_s is not None else server.ahead_s
    draft.put_or_miss("/license_server/clock_skew_s", skew)


def _read_licenses(
    draft: FactTree,
    reader: SystemReader,
    license_server: Optional[LicenseReads],
    server: _Server,
    options: ReadOptions,
) -> None:
    """Put what the License Server has assigned to this system, whole or marked as not whole."""
    nothing: Dict[str, object] = {"complete": False, "items": []}
    link = reader.link
    allowed = draft.get("/license_totals/cpu_allowed")
    if reader.link_read and link is None:
        # No License Server serves it. What VMS is allowed all the same (R10), nobody lists.
        draft.put("/licenses", {"complete": allowed == 0, "items": []})
        return
    if license_server is None or link is None or link.client_name is None:
        draft.put("/licenses", nothing)
        return
    if server.info is None and server.reason != ABSENT:
        draft.miss("/licenses", server.reason)
        return
    if server.info is not None and link.server_id not in (None, server.info.id, server.info.peer):
        raise InvalidRequest("license_server_differs", connected=link.server_id, given=server.info.id)
    try:
        records = license_server.licenses()
    except OperationUnsupported:
        draft.put("/licenses", nothing)
    except NOT_READ as error:
        options.note(error)
        draft.miss("/licenses", unread_reason(error))
    else:
        held_by = server.info.id if server.info is not None else link.server_id
        items = license_items(draft, records, link.client_name, held_by, options.catalog)
        # Sockets are allowed, and no licence here says why: there is one that the server does not list.
        complete = not allowed or grants_sockets(records, link.client_name, options.catalog)
        draft.put("/licenses", {"complete": complete, "items": items})


def _refused() -> FactTree:
    draft = FactTree()
    draft.put("/login", {"state": "refused"})
    for name in (
        "version",
        "architecture",
        "hot_standby",
        "hosts",
        "vms",
        "license_totals",
        "license_server",
        "licenses",
    ):
        draft.miss("/" + name, LOGIN_REFUSED)
    for feature in FEATURES:
        draft.miss("/features/{0}/in_use".format(feature), LOGIN_REFUSED)
    return draft


def _miss_use_without_amount(draft: FactTree) -> None:
    # A missing key inside a known object would read as known absence.
    for feature in FEATURES:
        used = "/features/{0}/used".format(feature)
        if draft.get("/features/{0}/in_use".format(feature)) is True and draft.get(used) is None:
            draft.miss(used, draft.unknown.get(used, ABSENT))
