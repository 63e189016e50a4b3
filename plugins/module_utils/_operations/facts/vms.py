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
from ..._licensing.catalog.catalog import Catalog
from ..._vms.api.records import (
    ClusterRecord,
    HostRecord,
    ServerLink,
)
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

# Values of a host that are not facts: they have no meaning for licenses.
_NO_FACTS = ("cluster_id", "ip")

T = TypeVar("T")

# Rejected credentials and certificates are not included: an operator has to fix them.
NOT_READ = (Unreachable, HttpError, BadAnswer, BusinessError, NotFound)


def unread_reason(error: VmsError) -> str:
    """Return the reason of facts that a server did not return because of ``error``."""
    unreachable = isinstance(error, Unreachable) or (isinstance(error, HttpError) and error.status >= 500)
    return UNREACHABLE if unreachable else GATHER_ERROR


def _ignore(error: UsphereError) -> None:
    """Ignore the error of an unread part; the facts record that it was not read."""


@dataclass(frozen=True)
class ReadOptions:
    """Options for reading a system.

    ``srm_sites`` are (main site, spare site) addresses; without them the use of SRM is unknown. ``clock``
    selects the clock that provides the timestamp of the facts, ``now`` is the controller's time in epoch
    seconds. ``note`` is called with the error of each unread part. ``catalog`` lists the products (R2).
    """

    subject_id: Optional[str] = None
    site: Mapping[str, object] = field(default_factory=dict)
    srm_sites: Sequence[Tuple[str, str]] = ()
    clock: str = CONTROLLER
    now: Callable[[], float] = time.time
    note: Callable[[UsphereError], None] = _ignore
    catalog: Catalog = field(default_factory=Catalog.builtin)


class _Count(NamedTuple):
    """A count; a lower bound where it is not ``certain``."""

    number: int
    certain: bool


class SystemReader:
    """Reads one VMS into a fact tree, with one call per kind of object and none per host."""

    def __init__(self, vms: VmsApi, options: ReadOptions, tree: FactTree) -> None:
        self._vms = vms
        self._options = options
        self._tree = tree
        self.hosts: Tuple[HostRecord, ...] = ()
        self.clusters: Tuple[ClusterRecord, ...] = ()
        self.link: Optional[ServerLink] = None
        self.link_read = False
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
        for feature in FEATURES:
            pointer = "/features/{0}/in_use".format(feature)
            if self._tree.get(pointer) is None and self._tree.unknown_above(pointer) is None:
                self._tree.miss(pointer)

    def _attempt(self, pointer: str, read: Callable[[], T]) -> Optional[T]:
        """Read one part; None if that fails: the part is then unknown, and the others are still read.

        Until VMS has returned anything, a failure concerns the network, the credentials or the complete
        server, and raises. A refused login (R20) always raises.
        """
        try:
            found = read()
        except OperationUnsupported:
            self._tree.miss(pointer)
        except LoginRefused:
            raise
        except NotFound as error:
            if pointer == HOSTS:
                # A server without this call is not a VMS; facts without any content would hide that.
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
        hosts = self._attempt(HOSTS, self._vms.hosts)
        clusters = self._attempt("/features/container_engine/in_use", self._vms.clusters)
        self.hosts, self.clusters = hosts or (), clusters or ()
        if hosts is None:
            if clusters is not None:
                self._tree.miss("/features/container_engine/in_use", self._tree.reason(HOSTS) or ABSENT)
            return
        containers = None if clusters is None else {item.id: item.container for item in clusters}
        rows: List[Dict[str, object]] = []
        flags: List[Optional[bool]] = []
        for index, host in enumerate(hosts):
            flag = _in_container_cluster(host, containers)
            flags.append(flag)
            rows.append(_host_row(self._tree, "/hosts/{0}".format(index), host, flag))
        self._tree.put(HOSTS, rows)
        if clusters is not None:
            self._container_engine(hosts, clusters, flags)

    def _container_engine(
        self, hosts: Sequence[HostRecord], clusters: Sequence[ClusterRecord], flags: Sequence[Optional[bool]]
    ) -> None:
        in_use = any(cluster.container for cluster in clusters)
        # A host in a cluster that is not listed may be in a container engine cluster.
        if not in_use and (None in flags or any(cluster.container is None for cluster in clusters)):
            self._tree.miss("/features/container_engine/in_use")
            return
        self._tree.put("/features/container_engine/in_use", in_use)
        sockets = [host.cpu_sockets for index, host in enumerate(hosts) if flags[index] is not False]
        counted = None if None in flags or None in sockets else sum(count or 0 for count in sockets)
        self._tree.put_or_miss("/features/container_engine/used", counted)

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
        if totals is None:
            return
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


def _in_container_cluster(
    host: HostRecord, containers: Optional[Mapping[str, Optional[bool]]]
) -> Optional[bool]:
    if host.unknown.get("cluster_id") == TYPE:
        return None
    if host.cluster_id is None:
        return False
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
