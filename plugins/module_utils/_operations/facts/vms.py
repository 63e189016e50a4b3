# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a VMS says about its system, call by call, as facts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Protocol, Sequence, Tuple, TypeVar

from ..._errors import UsphereError
from ..._licensing.catalog.catalog import Catalog
from ..._vms.api.records import (
    ClusterRecord,
    HostRecord,
    LicenseTotals,
    ManagerRecord,
    PlatformRecord,
    ServerLink,
    VersionRecord,
)
from ..._vms.profile.model import Profile
from ..._vms.wire.errors import (
    BusinessError,
    CountUncertain,
    ListIncomplete,
    LoginRefused,
    NotFound,
    OperationUnsupported,
    VmsError,
)
from .builder import ABSENT, GATHER_ERROR, TYPE, FactTree, row, unread_reason
from .site_overrides import FEATURES

CONTROLLER = "controller"
LICENSE_SERVER = "license_server"
HOSTS = "/hosts"

# What is read of a host and is no fact of it: an address says nothing about licenses.
_NO_FACTS = ("cluster_id", "ip")

T = TypeVar("T")


class SystemReads(Protocol):
    """What is read of a VMS."""

    @property
    def profile(self) -> Profile:
        """The endpoint profile that it is read by."""

    def hosts(self) -> Tuple[HostRecord, ...]:
        """Every host of the system."""

    def clusters(self) -> Tuple[ClusterRecord, ...]:
        """Every cluster of the system."""

    def manager(self) -> ManagerRecord:
        """The node that manages the system."""

    def version(self) -> VersionRecord:
        """The version of the product."""

    def platform(self) -> PlatformRecord:
        """What the system runs on."""

    def license_totals(self) -> LicenseTotals:
        """What the system itself says it is licensed for."""

    def vm_count(self) -> Optional[int]:
        """How many virtual machines there are; None: not said."""

    def srm_protected_vms(self, main_site_ip: str, spare_site_ip: str) -> int:
        """How many virtual machines SRM protects between two sites."""

    def license_server(self) -> Optional[ServerLink]:
        """The License Server it is connected to; None: not connected."""


def _nobody(error: UsphereError) -> None:
    """Nobody wants to hear why a part was not read; the facts themselves say that it was not."""


@dataclass(frozen=True)
class ReadOptions:
    """How a system is read.

    ``srm_sites`` are (main site, spare site) addresses; without them SRM's use is unknown. ``clock`` says
    whose clock stamps the facts, ``now`` is the controller's in epoch seconds. ``note`` hears of parts that
    were not read. ``catalog`` is what products there are (R2).
    """

    subject_id: Optional[str] = None
    site: Mapping[str, object] = field(default_factory=dict)
    srm_sites: Sequence[Tuple[str, str]] = ()
    clock: str = CONTROLLER
    now: Callable[[], float] = time.time
    note: Callable[[UsphereError], None] = _nobody
    catalog: Catalog = field(default_factory=Catalog.builtin)


class _Count(NamedTuple):
    """How many there are; at least that where it is not ``certain``."""

    number: int
    certain: bool


class SystemReader:
    """Reads one VMS into a draft. One call per kind of thing, none per host."""

    def __init__(self, vms: SystemReads, options: ReadOptions, draft: FactTree) -> None:
        self._vms = vms
        self._options = options
        self._draft = draft
        self.link: Optional[ServerLink] = None
        self.link_read = False
        # Whether VMS has given anything yet.
        self._given = False

    def read(self) -> None:
        self._hosts()
        self._version()
        self._manager()
        self._platform()
        self._vms_total()
        self._srm()
        self._totals()
        self._link()
        for feature in FEATURES:
            pointer = "/features/{0}/in_use".format(feature)
            if self._draft.get(pointer) is None and self._draft.unknown_above(pointer) is None:
                self._draft.miss(pointer)

    def _attempt(self, pointer: str, read: Callable[[], T]) -> Optional[T]:
        """Read one part, None if that fails: what VMS does not give is unknown, and the rest is read.

        Until VMS has given anything, a failure is one of the way there, of the credentials or of the whole
        server, and raises. A refused login (R20) always does.
        """
        try:
            found = read()
        except OperationUnsupported:
            self._draft.miss(pointer)
        except LoginRefused:
            raise
        except NotFound as error:
            if pointer == HOSTS:
                # Who does not know this call is no VMS; facts without any content would hide that.
                raise
            self._options.note(error)
            self._draft.miss(pointer)
        except (BusinessError, ListIncomplete) as error:
            self._options.note(error)
            self._draft.miss(pointer, GATHER_ERROR)
        except VmsError as error:
            if not self._given:
                raise
            self._options.note(error)
            self._draft.miss(pointer, unread_reason(error))
        else:
            self._given = True
            return found
        return None

    def _version(self) -> None:
        version = self._attempt("/version", self._vms.version)
        if version is not None:
            self._draft.put_or_miss("/version/vms", version.release, version.unknown.get("release"))
            self._draft.put_or_miss("/version/series", version.series)

    def _manager(self) -> None:
        manager = self._attempt("/architecture", self._vms.manager)
        if manager is not None:
            self._draft.put_or_miss("/architecture", manager.arch, manager.unknown.get("arch"))

    def _platform(self) -> None:
        platform = self._attempt("/hot_standby", self._vms.platform)
        if platform is None:
            return
        if not platform.is_pair:
            self._draft.put("/hot_standby", {"state": "none"})
            return
        self._draft.put("/hot_standby/state", "pair")
        self._draft.put_or_miss("/hot_standby/master_ip", platform.master_ip)
        self._draft.put_or_miss("/hot_standby/slave_ip", platform.slave_ip)

    def _hosts(self) -> None:
        hosts = self._attempt(HOSTS, self._vms.hosts)
        clusters = self._attempt("/features/container_engine/in_use", self._vms.clusters)
        if hosts is None:
            if clusters is not None:
                self._draft.miss("/features/container_engine/in_use", self._draft.unknown[HOSTS])
            return
        containers = None if clusters is None else {item.id: item.container for item in clusters}
        rows: List[Dict[str, object]] = []
        flags: List[Optional[bool]] = []
        for index, host in enumerate(hosts):
            flag = _in_container_cluster(host, containers)
            flags.append(flag)
            rows.append(_host_row(self._draft, "/hosts/{0}".format(index), host, flag))
        self._draft.put(HOSTS, rows)
        if clusters is not None:
            self._container_engine(hosts, clusters, flags)

    def _container_engine(
        self, hosts: Sequence[HostRecord], clusters: Sequence[ClusterRecord], flags: Sequence[Optional[bool]]
    ) -> None:
        in_use = any(cluster.container for cluster in clusters)
        # A host in a cluster that is not listed may be in one of the container engine.
        if not in_use and (None in flags or any(cluster.container is None for cluster in clusters)):
            self._draft.miss("/features/container_engine/in_use")
            return
        self._draft.put("/features/container_engine/in_use", in_use)
        sockets = [host.cpu_sockets for index, host in enumerate(hosts) if flags[index] is not False]
        counted = None if None in flags or None in sockets else sum(count or 0 for count in sockets)
        self._draft.put_or_miss("/features/container_engine/used", counted)

    def _vms_total(self) -> None:
        total = self._attempt("/vms/total", self._vms.vm_count)
        self._draft.put_or_miss("/vms/total", total, self._draft.unknown.get("/vms/total"))

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
        self._draft.put("/features/srm/in_use", used > 0)
        self._draft.put_or_miss("/features/srm/used", used if certain else None, TYPE)

    def _protected(self, main_site_ip: str, spare_site_ip: str) -> "_Count":
        try:
            return _Count(self._vms.srm_protected_vms(main_site_ip, spare_site_ip), True)
        except CountUncertain as error:
            self._options.note(error)
            return _Count(error.low, False)

    def _totals(self) -> None:
        totals = self._attempt("/license_totals", self._vms.license_totals)
        if totals is None:
            return
        for name in ("cpu_allowed", "cpu_managed", "vm_allowed"):
            value = getattr(totals, name)
            known = value if value is not None and value >= 0 else None
            reason = totals.unknown.get(name) if value is None else TYPE
            self._draft.put_or_miss("/license_totals/" + name, known, reason)
        for name in ("edition", "ends_at"):
            self._draft.put_or_miss(
                "/license_totals/" + name, getattr(totals, name), totals.unknown.get(name)
            )

    def _link(self) -> None:
        link = self._attempt("/license_server", self._vms.license_server)
        self.link, self.link_read = link, "/license_server" not in self._draft.unknown
        if not self.link_read:
            return
        if link is None:
            self._draft.put("/license_server", {"state": "none"})
            return
        self._draft.put_or_miss("/license_server/id", link.server_id, link.unknown.get("server_id"))
        self._draft.put_or_miss("/license_server/client", link.client_name, link.unknown.get("client_name"))
        self._draft.put_or_miss("/license_server/state", link.state, link.unknown.get("state"))
        self._draft.put_or_miss("/license_server/fetched_at", link.fetched_at, link.unknown.get("fetched_at"))


def _in_container_cluster(
    host: HostRecord, containers: Optional[Mapping[str, Optional[bool]]]
) -> Optional[bool]:
    if host.unknown.get("cluster_id") == TYPE:
        return None
    if host.cluster_id is None:
        return False
    return containers.get(host.cluster_id) if containers is not None else None


def _host_row(
    draft: FactTree, pointer: str, host: HostRecord, container: Optional[bool]
) -> Dict[str, object]:
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
    return row(draft, pointer, values, unknown)
