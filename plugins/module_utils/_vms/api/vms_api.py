# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""API of a VMS manager."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Dict, List, Optional, Sequence, Set, Tuple

from ..._text import split_version
from ..profile.fields import EDITIONS, HOST_ARCHES, HOST_STATUSES
from ..profile.model import Profile
from ..wire.connection import Connection
from ..wire.errors import CountUncertain
from .client import Budget, Client
from .lists import Listed
from .records import (
    ClusterRecord,
    FeatureInfo,
    HostRecord,
    LicenseTotals,
    ManagerRecord,
    PlatformRecord,
    ServerLink,
    VersionRecord,
)
from .rows import ABSENT, TYPE, VALUE, JsonRow, WrongShape

LINK_STATES = ("connected", "disconnected")
# Connection states that a VMS without a License Server may report.
_STATES_WITHOUT_SERVER = ("disconnected", "never", "none")

_NAMES_SHOWN = 5

# Values of the cluster id of a host outside every cluster.
_NO_CLUSTER = (None, "0", "-1")


class VmsApi:
    """Reads of one VMS manager; ``VmsWriter`` adds the writes.

    Every method raises the errors of ``wire/errors.py``. ``budget`` bounds all reads together; without one,
    each read has its own deadline.
    """

    def __init__(self, connection: Connection, profile: Profile, budget: Optional[Budget] = None) -> None:
        self.profile = profile
        self.endpoint = connection.endpoint
        self._client = Client(connection, profile, budget)

    def close(self) -> None:
        """Log out and return tokens as far as possible, and close the connection."""
        self._client.close()

    def hosts(self) -> Tuple[HostRecord, ...]:
        """Return every registered CVK, in any status; raises ListIncomplete."""
        return self.host_list().whole()

    def host_list(self) -> Listed[HostRecord]:
        """Return the registered CVKs that were read, in any status, and why there may be more.

        Rows with one id and different content are all kept.
        """
        listed = self._client.read_list("list_hosts")
        found: Dict[str, List[HostRecord]] = {}
        for row in listed.rows:
            host = self._host(row)
            alike = found.setdefault(host.id, [])
            if host not in alike:
                alike.append(host)
        hosts = tuple(host for alike in found.values() for host in alike)
        return Listed(hosts, listed.why, listed.total)

    def _host(self, row: JsonRow) -> HostRecord:
        version = row.text("version")
        release, series = split_version(version) if version is not None else (None, None)
        host_id = self._identifier("list_hosts", row, "id")
        name = row.text("name")
        ip = row.text("ip")
        arch = row.choice("arch", HOST_ARCHES)
        sockets = row.integer("cpu_sockets", 1)
        status = row.choice("status", HOST_STATUSES)
        cluster_id = row.text("cluster_id")
        added_at = row.instant("added_at")
        return HostRecord(
            id=host_id,
            name=name,
            arch=arch,
            cpu_sockets=sockets,
            version=release,
            series=series,
            status=status,
            cluster_id=None if cluster_id in _NO_CLUSTER else cluster_id,
            added_at=added_at,
            unknown=row.unknown,
            ip=ip,
        )

    def clusters(self) -> Tuple[ClusterRecord, ...]:
        """Return every cluster, and whether it is of the container engine."""
        return self.cluster_list().whole()

    def cluster_list(self) -> Listed[ClusterRecord]:
        """Return the clusters that were read, and why there may be more."""
        listed = self._client.read_list("list_clusters")
        found: Dict[str, ClusterRecord] = {}
        for row in listed.rows:
            cluster_id = self._identifier("list_clusters", row, "id")
            name, container = row.text("name"), row.boolean("container")
            made = ClusterRecord(cluster_id, name, container, row.unknown)
            other = found.setdefault(cluster_id, made)
            if other.container != container:
                found[cluster_id] = replace(other, container=None, unknown={**row.unknown, "container": TYPE})
        return Listed(tuple(found.values()), listed.why, listed.total)

    def manager(self) -> ManagerRecord:
        """Return the manager's architecture."""
        row = self._client.read("manager")
        arch = row.choice("arch", HOST_ARCHES)
        return ManagerRecord(arch, row.unknown)

    def version(self) -> VersionRecord:
        """Return the manager's version and the features of its release."""
        row = self._client.read("version")
        text = row.text("release")
        release, series = split_version(text) if text is not None else (None, None)
        if series is None:
            row.unknown["series"] = ABSENT
        try:
            features = tuple(
                FeatureInfo(name, item.boolean("support"), item.text("version"))
                for item in row.rows("features")
                for name in [item.text("name")]
                if name is not None
            )
        except WrongShape as error:
            raise self._client.wrong_shape("version", error) from None
        return VersionRecord(release, series, features, row.unknown)

    def platform(self) -> PlatformRecord:
        """Return the manager, or both of a hot-standby pair."""
        row = self._client.read("platform")
        names = ("master_name", "master_ip", "slave_name", "slave_ip")
        master_name, master_ip, slave_name, slave_ip = (row.text(name) for name in names)
        if master_name is None and master_ip is None:
            # A response without any manager must not become a single manager.
            raise self._client.wrong_shape("platform", WrongShape("the master of the platform", "none"))
        if any(row.unknown.get(name) in (TYPE, VALUE) for name in ("slave_name", "slave_ip")):
            # A slave that cannot be read must not become a single manager.
            raise self._client.wrong_shape("platform", WrongShape("a slave or nothing", "another value"))
        return PlatformRecord(master_name, master_ip, slave_name, slave_ip)

    def license_totals(self) -> LicenseTotals:
        """Return the totals that VMS reports for itself."""
        row = self._client.read("license_totals")
        allowed, managed, vms = map(row.integer, ("cpu_allowed", "cpu_managed", "vm_allowed"))
        edition = self._edition(row)
        ends_at = row.instant("ends_at")
        macs, codes = (_texts(row, name) for name in ("macs", "barcodes"))
        return LicenseTotals(allowed, managed, vms, edition, ends_at, row.unknown, macs, codes)

    def _edition(self, row: JsonRow) -> Optional[str]:
        """Return the edition of the manager, else that of the release; None if the two differ."""
        own = row.choice("edition", EDITIONS)
        other = row.choice("edition_of_release", EDITIONS)
        reasons = (row.unknown.get("edition"), row.unknown.pop("edition_of_release", None))
        illegible = next((reason for reason in reasons if reason in (TYPE, VALUE)), None)
        if illegible or (own and other and own != other):
            row.unknown["edition"] = illegible or VALUE
            return None
        edition = own or other
        if edition is not None:
            row.unknown.pop("edition", None)
        return edition

    def vm_count(self) -> Optional[int]:
        """Return the number of VMs, None if VMS does not report it."""
        return self._client.read_total("vm_count")

    def srm_protected_vms(self, main_site_ip: str, spare_site_ip: str) -> int:
        """Return the number of VMs that the recovery plans between two sites protect, each counted once.

        Without an id it is its name in its plan; raises CountUncertain if a name is in several plans.
        """
        sites = {"main_site_ip": main_site_ip, "spare_site_ip": spare_site_ip}
        rows = self._client.read_rows("srm_plans", **sites)
        plans = Counter(self._identifier("srm_plans", row, "name") for row in rows)
        for plan, number in plans.items():
            if number > 1:
                # VMs are requested by the name of the plan, so those of the second plan would be missing.
                twice = WrongShape("every plan once", "{0} twice".format(plan))
                raise self._client.wrong_shape("srm_plans", twice)
        return self._counted([self._protected_by(plan) for plan in plans])

    def _counted(self, plans: Sequence[Tuple[Set[str], Set[str]]]) -> int:
        ids = {ident for own, _names in plans for ident in own}
        names = Counter(name for _ids, own in plans for name in own)
        low = max([len(ids), len(names), *(len(own) + len(named) for own, named in plans)])
        high = len(ids) + sum(names.values())
        if low == high:
            return low
        doubtful = sorted(name for name, number in names.items() if ids or number > 1)
        raise CountUncertain(
            "protected_vms_uncertain",
            endpoint=self.endpoint,
            names=doubtful[:_NAMES_SHOWN],
            low=low,
            high=high,
        )

    def _protected_by(self, plan: str) -> Tuple[Set[str], Set[str]]:
        """Return the VMs of a plan: the ids of those that have one, and the names of the others."""
        ids: Set[str] = set()
        names: Set[str] = set()
        for row in self._client.read_rows("srm_plan_vms", plan_name=plan):
            ident = row.text("id")
            if ident is not None:
                ids.add(ident)
            else:
                names.add(self._identifier("srm_plan_vms", row, "name"))
        return ids, names

    def license_server(self) -> Optional[ServerLink]:
        """Return the connection to the License Server, None without one."""
        row = self._client.read("license_server_link")
        address, client_name = row.text("address"), row.text("client_name")
        if address is None and client_name is None:
            if row.text("state") is not None and row.choice("state", _STATES_WITHOUT_SERVER) is None:
                # The response describes something else: without a connection only these states are possible.
                raise self._client.wrong_shape(
                    "license_server_link", WrongShape("a connection or nothing", "another state")
                )
            return None
        return ServerLink(
            address=address,
            client_port=row.integer("client_port"),
            console_port=row.integer("console_port"),
            client_name=client_name,
            contract_number=row.text("contract_number"),
            state=row.choice("state", LINK_STATES),
            last_contact=row.instant("last_contact"),
            fetched_at=row.instant("fetched_at"),
            server_id=row.text("server_id"),
            unknown=row.unknown,
        )

    def _identifier(self, operation: str, row: JsonRow, name: str) -> str:
        try:
            return row.identifier(name)
        except WrongShape as error:
            raise self._client.wrong_shape(operation, error) from None


def _texts(row: JsonRow, name: str) -> Tuple[str, ...]:
    try:
        return row.texts(name)
    except WrongShape:
        return ()
    finally:
        row.unknown.pop(name, None)
