# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the facts of a system from its VMS, call by call."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar

from ..._errors import UsphereError
from ..._facts import ABSENT, GATHER_ERROR, TYPE, UNREACHABLE, FactTree
from ..._licensing.catalog.product_kinds import ProductKinds, Products
from ..._vms.api.lists import Listed
from ..._vms.api.records import (
    ClusterRecord,
    HostRecord,
    LicenseTotals,
    ServerLink,
)
from ..._vms.api.rows import VALUE
from ..._vms.api.vms_api import VmsApi
from ..._vms.wire.errors import (
    BadAnswer,
    BusinessError,
    CountUncertain,
    HttpError,
    ListIncomplete,
    LoginRefused,
    NotFound,
    OperationUnsupported,
    Unreachable,
    VmsError,
)
from .site_overrides import FEATURES

CONTROLLER = "controller"
LICENSE_SERVER = "license_server"
HOSTS = "/hosts"
# Stands for hosts that were not read: the list is incomplete.
FURTHER_HOSTS = "/hosts/-"
_CONTAINERS_IN_USE = "/features/container_engine/in_use"

# Values of a host that are not facts: they have no meaning for licenses.
_NO_FACTS = ("cluster_id", "ip")

T = TypeVar("T")

# Rejected credentials and certificates are not included: an operator has to fix them.
NOT_READ = (Unreachable, HttpError, BadAnswer, BusinessError, NotFound)


def unread_reason(error: VmsError) -> str:
    """Return the reason of facts that a server did not return because of ``error``."""
    unreachable = isinstance(error, Unreachable) or (isinstance(error, HttpError) and error.status >= 500)
    return UNREACHABLE if unreachable else GATHER_ERROR


def note_incomplete(why: ListIncomplete, note: Callable[[UsphereError], None]) -> None:
    """Call ``note`` with the failed request, and with how much of a list was read."""
    if why.cause is not None:
        note(why.cause)
    note(why)


def _ignore(error: UsphereError) -> None:
    """Ignore an error that the facts record."""


@dataclass(frozen=True)
class ReadOptions:
    """Options for reading a system.

    ``srm_sites`` are (main site, spare site) addresses; ``clock`` selects that of the timestamp, ``now`` is
    the controller's in epoch seconds. ``note`` gets the error of each unread part.
    """

    subject_id: Optional[str] = None
    site: Mapping[str, object] = field(default_factory=dict)
    srm_sites: Sequence[Tuple[str, str]] = ()
    clock: str = CONTROLLER
    now: Callable[[], float] = time.time
    note: Callable[[UsphereError], None] = _ignore
    catalog: Products = field(default_factory=ProductKinds)


class _Count(NamedTuple):
    """A count, or a lower bound."""

    number: int
    certain: bool


class SystemReader:
    """Reads one VMS into a fact tree, with one call per kind of object."""

    def __init__(self, vms: VmsApi, options: ReadOptions, tree: FactTree) -> None:
        self._vms = vms
        self._options = options
        self._tree = tree
        self.hosts: Tuple[HostRecord, ...] = ()
        # None until the lists were read, and if they were not readable.
        self._host_list: Optional[Listed[HostRecord]] = None
        self._cluster_list: Optional[Listed[ClusterRecord]] = None
        # For each host, whether it is in a cluster of the container engine.
        self._in_containers: List[Optional[bool]] = []
        self.clusters: Tuple[ClusterRecord, ...] = ()
        self.link: Optional[ServerLink] = None
        self.link_read = False
        self.identity: Dict[str, List[str]] = {}
        # Whether VMS has returned anything yet.
        self._responded = False

    def read(self) -> None:
        self._hosts()
        self._version()
        self._manager()
        self._platform()
        self._vms_total()
        self._srm()
        self._totals()
        self._link()
        self._container_engine()
        for feature in FEATURES:
            pointer = "/features/{0}/in_use".format(feature)
            if self._tree.get(pointer) is None and self._tree.unknown_above(pointer) is None:
                self._tree.miss(pointer)

    def _attempt(self, pointer: str, read: Callable[[], T]) -> Optional[T]:
        """Read one part; None if that fails: the part is then unknown, and the others are still read.

        Until VMS has returned anything, a failure concerns the complete server and raises, as a refused
        login (R20) always does.
        """
        try:
            found = read()
        except OperationUnsupported:
            self._tree.miss(pointer)
        except LoginRefused:
            raise
        except NotFound as error:
            if pointer == HOSTS:
                # A server without this call is not a VMS.
                raise
            self._options.note(error)
            self._tree.miss(pointer)
        except (BusinessError, ListIncomplete) as error:
            self._options.note(error)
            self._tree.miss(pointer, GATHER_ERROR)
        except VmsError as error:
            if not self._responded:
                raise
            self._options.note(error)
            self._tree.miss(pointer, unread_reason(error))
        else:
            self._responded = True
            return found
        return None

    def _version(self) -> None:
        version = self._attempt("/version", self._vms.version)
        if version is not None:
            self._tree.put_or_miss("/version/vms", version.release, version.unknown.get("release"))
            self._tree.put_or_miss("/version/series", version.series)

    def _manager(self) -> None:
        manager = self._attempt("/architecture", self._vms.manager)
        if manager is not None:
            self._tree.put_or_miss("/architecture", manager.arch, manager.unknown.get("arch"))

    def _platform(self) -> None:
        platform = self._attempt("/hot_standby", self._vms.platform)
        if platform is None:
            return
        if not platform.is_pair:
            self._tree.put("/hot_standby", {"state": "none"})
            return
        self._tree.put("/hot_standby/state", "pair")
        self._tree.put_or_miss("/hot_standby/master_ip", platform.master_ip)
        self._tree.put_or_miss("/hot_standby/slave_ip", platform.slave_ip)

    def _hosts(self) -> None:
        listed = self._host_list = self._attempt(HOSTS, self._vms.host_list)
        clusters = self._cluster_list = self._attempt(_CONTAINERS_IN_USE, self._vms.cluster_list)
        if clusters is not None:
            self.clusters = clusters.rows
            if clusters.why is not None:
                note_incomplete(clusters.why, self._options.note)
        if listed is None:
            return
        self.hosts = listed.rows
        containers = None if clusters is None else {item.id: item.container for item in clusters.rows}
        rows: List[Dict[str, object]] = []
        # VMS states no cluster for a host outside; a profile that never finds one says nothing.
        outside = (
            False
            if any(host.unknown.get("cluster_id") != ABSENT for host in listed.rows)
            or (clusters is not None and clusters.complete and not any(_may_contain(containers)))
            else None
        )
        for index, host in enumerate(listed.rows):
            flag = _in_container_cluster(host, containers, outside)
            self._in_containers.append(flag)
            rows.append(_host_row(self._tree, "{0}/{1}".format(HOSTS, index), host, flag))
        self._tree.put(HOSTS, rows)

    def _completeness(self, totals: Optional[LicenseTotals]) -> None:
        """Mark an incomplete list of hosts, whose rows stay known.

        A list without a total that has all sockets that VMS states is complete.
        """
        listed = self._host_list
        if listed is None or listed.why is None:
            return
        managed = None if totals is None else totals.cpu_managed
        if listed.total is None and managed is not None and managed == _sockets_of(listed.rows):
            self._host_list = Listed(listed.rows)
            return
        note_incomplete(listed.why, self._options.note)
        self._tree.miss(FURTHER_HOSTS, GATHER_ERROR)

    def _container_engine(self) -> None:
        hosts, clusters, flags = self._host_list, self._cluster_list, self._in_containers
        if clusters is None:
            return
        if hosts is None:
            self._tree.miss(_CONTAINERS_IN_USE, self._tree.reason(HOSTS) or ABSENT)
            return
        in_use = any(cluster.container for cluster in clusters.rows)
        incomplete = not (hosts.complete and clusters.complete)
        # A host in a cluster that is not listed may be in a container engine cluster.
        if not in_use and (
            incomplete or None in flags or any(cluster.container is None for cluster in clusters.rows)
        ):
            self._tree.miss(_CONTAINERS_IN_USE, GATHER_ERROR if incomplete else ABSENT)
            return
        self._tree.put(_CONTAINERS_IN_USE, in_use)
        sockets = [host.cpu_sockets for index, host in enumerate(hosts.rows) if flags[index] is not False]
        counted = None if None in flags or None in sockets else sum(count or 0 for count in sockets)
        pointer = "/features/container_engine/used"
        if hosts.complete:
            self._tree.put_or_miss(pointer, counted)
        else:
            self._tree.miss(pointer, GATHER_ERROR)

    def _vms_total(self) -> None:
        total = self._attempt("/vms/total", self._vms.vm_count)
        self._tree.put_or_miss("/vms/total", total, self._tree.reason("/vms/total"))

    def _srm(self) -> None:
        used, certain = 0, True
        for main_site_ip, spare_site_ip in sorted(set(self._options.srm_sites)):
            count = self._attempt(
                "/features/srm/in_use", partial(self._protected, main_site_ip, spare_site_ip)
            )
            if count is None:
                return
            used, certain = used + count.number, certain and count.certain
        if not self._options.srm_sites:
            return
        self._tree.put("/features/srm/in_use", used > 0)
        self._tree.put_or_miss("/features/srm/used", used if certain else None, TYPE)

    def _protected(self, main_site_ip: str, spare_site_ip: str) -> "_Count":
        try:
            return _Count(self._vms.srm_protected_vms(main_site_ip, spare_site_ip), True)
        except CountUncertain as error:
            self._options.note(error)
            return _Count(error.low, False)

    def _totals(self) -> None:
        totals = self._attempt("/license_totals", self._vms.license_totals)
        self._completeness(totals)
        if totals is None:
            return
        machine = (("macs", totals.macs), ("barcodes", totals.barcodes))
        self.identity = {name: [*texts] for name, texts in machine if texts}
        for name in ("cpu_allowed", "cpu_managed", "vm_allowed"):
            value = getattr(totals, name)
            known = value if value is not None and value >= 0 else None
            reason = totals.unknown.get(name) if value is None else TYPE
            self._tree.put_or_miss("/license_totals/" + name, known, reason)
        for name in ("edition", "ends_at"):
            self._tree.put_or_miss("/license_totals/" + name, getattr(totals, name), totals.unknown.get(name))

    def _link(self) -> None:
        link = self._attempt("/license_server", self._vms.license_server)
        self.link, self.link_read = link, "/license_server" not in self._tree.unknown
        if not self.link_read:
            return
        if link is None:
            self._tree.put("/license_server", {"state": "none"})
            return
        self._tree.put_or_miss("/license_server/id", link.server_id, link.unknown.get("server_id"))
        self._tree.put_or_miss("/license_server/client", link.client_name, link.unknown.get("client_name"))
        self._tree.put_or_miss("/license_server/state", link.state, link.unknown.get("state"))
        self._tree.put_or_miss("/license_server/fetched_at", link.fetched_at, link.unknown.get("fetched_at"))


def _sockets_of(hosts: Sequence[HostRecord]) -> Optional[int]:
    """Return the sum of sockets, None if one is unknown or two rows have one id."""
    sockets = [host.cpu_sockets for host in hosts if host.cpu_sockets is not None]
    certain = len(sockets) == len(hosts) == len({host.id for host in hosts})
    return sum(sockets) if certain else None


def _may_contain(containers: Optional[Mapping[str, Optional[bool]]]) -> List[bool]:
    return [flag is not False for flag in (containers or {}).values()]


def _in_container_cluster(
    host: HostRecord, containers: Optional[Mapping[str, Optional[bool]]], outside: Optional[bool]
) -> Optional[bool]:
    """Return whether the host is in a container cluster; ``outside`` is the answer without a cluster."""
    if host.unknown.get("cluster_id") in (TYPE, VALUE):
        return None
    if host.cluster_id is None:
        return outside
    return containers.get(host.cluster_id) if containers is not None else None


def _host_row(tree: FactTree, pointer: str, host: HostRecord, container: Optional[bool]) -> Dict[str, object]:
    unknown = {name: reason for name, reason in host.unknown.items() if name not in _NO_FACTS}
    if container is None:
        unknown["container_cluster"] = ABSENT
    values = {
        "id": host.id,
        "name": host.name,
        "arch": host.arch,
        "cpu_sockets": host.cpu_sockets,
        "version": host.version,
        "status": host.status,
        "container_cluster": container,
        "added_at": host.added_at,
    }
    return tree.row(pointer, values, unknown)
