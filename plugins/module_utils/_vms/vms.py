# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of a VMS manager."""

from __future__ import annotations

from typing import Dict, Optional, Tuple

from .client import Budget, Client
from .connection import Connection
from .profile import Profile
from .records import (
    ClusterRecord,
    ConnectRequest,
    FeatureInfo,
    HostRecord,
    LicenseTotals,
    ManagerRecord,
    PlatformRecord,
    ServerLink,
    VersionRecord,
)
from .tasks import Task
from .text import split_version
from .tolerant import ABSENT, TYPE, Row, WrongShape
from .writes import task_of

LINK_STATES = ("connected", "disconnected")

# A host outside every cluster says so in one of these ways, or not at all.
_NO_CLUSTER = (None, "0", "-1")


class VmsApi:
    """One VMS manager.

    Every method raises the errors of ``errors.py``; OperationUnsupported where the profile lacks the call.
    ``budget`` bounds all reads together; without one each has its own deadline.
    """

    def __init__(self, connection: Connection, profile: Profile, budget: Optional[Budget] = None) -> None:
        self.profile = profile
        self.endpoint = connection.endpoint
        self._client = Client(connection, profile, budget)

    def hosts(self) -> Tuple[HostRecord, ...]:
        """Return every CVK that is registered, whatever its status, read in pages."""
        found: Dict[str, HostRecord] = {}
        for row in self._client.read_rows("list_hosts"):
            host = self._host(row)
            found[host.id] = host
        return tuple(found.values())

    def _host(self, row: Row) -> HostRecord:
        codes = self.profile.codes
        version = row.text("version")
        release, series = split_version(version) if version is not None else (None, None)
        host_id = self._identifier("list_hosts", row, "id")
        name = row.text("name")
        ip = row.text("ip")
        arch = row.code("arch", codes["host_arch"])
        sockets = row.integer("cpu_sockets")
        if sockets is not None and sockets < 1:
            sockets = None
            row.unknown["cpu_sockets"] = TYPE
        status = row.code("status", codes["host_status"])
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
        """Return every cluster, and whether it is one of the container engine."""
        found = []
        for row in self._client.read_rows("list_clusters"):
            cluster_id = self._identifier("list_clusters", row, "id")
            name, container = row.text("name"), row.boolean("container")
            found.append(ClusterRecord(cluster_id, name, container, row.unknown))
        return tuple(found)

    def manager(self) -> ManagerRecord:
        """Return the manager's own architecture."""
        row = self._client.read("manager")
        arch = row.code("arch", self.profile.codes["manager_arch"])
        return ManagerRecord(arch, row.unknown)

    def version(self) -> VersionRecord:
        """Return the manager's version and what its release supports."""
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
            # A single manager is told from a pair by a missing slave; a blank answer must not pass for one.
            raise self._client.wrong_shape("platform", WrongShape("the master of the platform", "none"))
        return PlatformRecord(master_name, master_ip, slave_name, slave_ip)

    def license_totals(self) -> LicenseTotals:
        """Return the totals that VMS reports for itself (CPU sockets, VMs)."""
        row = self._client.read("license_totals")
        numbers = {name: row.integer(name) for name in ("cpu_allowed", "cpu_managed", "vm_allowed")}
        edition = self._edition(row)
        end = row.integer("ends_at")
        ends_at = row.instant("ends_at") if end is not None and end > 0 else None
        if ends_at is None and end is not None:
            row.unknown["ends_at"] = ABSENT if end <= 0 else TYPE
        return LicenseTotals(edition=edition, ends_at=ends_at, unknown=row.unknown, **numbers)

    def _edition(self, row: Row) -> Optional[str]:
        """Return the manager's edition, else that of the release; two that disagree are none."""
        meanings = self.profile.codes["edition"]
        own, other = row.code("edition", meanings), row.code("edition_of_release", meanings)
        release_reason = row.unknown.pop("edition_of_release", None)
        if row.unknown.get("edition") == TYPE or release_reason == TYPE or (own and other and own != other):
            row.unknown["edition"] = TYPE
            return None
        edition = own or other
        if edition is not None:
            row.unknown.pop("edition", None)
        return edition

    def vm_count(self) -> Optional[int]:
        """Return how many VMs there are, running or not; None if VMS does not say."""
        return self._client.read_total("vm_count")

    def srm_protected_vms(self, main_site_ip: str, spare_site_ip: str) -> int:
        """Return how many VMs the recovery plans between two sites protect, each counted once."""
        sites = {"main_site_ip": main_site_ip, "spare_site_ip": spare_site_ip}
        plans = [
            self._identifier("srm_plans", row, "name") for row in self._client.read_rows("srm_plans", **sites)
        ]
        protected = set()
        for plan in plans:
            for row in self._client.read_rows("srm_plan_vms", plan_name=plan):
                protected.add(self._identifier("srm_plan_vms", row, "id"))
        return len(protected)

    def license_server(self) -> Optional[ServerLink]:
        """Return the connection to the License Server, None if none was ever set."""
        row = self._client.read("license_server_link")
        address, client_name = row.text("address"), row.text("client_name")
        if address is None and client_name is None:
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

    def connect_license_server(self, request: ConnectRequest) -> Task:
        """Tell VMS which License Server serves it; the task ends once it has fetched its licenses."""
        values = {
            "address": request.address,
            "client_port": request.client_port,
            "console_port": request.console_port,
            "client_name": request.client_name,
            "client_password": request.client_password,
            "contract_number": request.contract_number,
        }
        return task_of(self._client, "connect_license_server", "vms_task", values)

    def disconnect_license_server(self) -> None:
        """Make VMS forget its License Server."""
        self._client.write("disconnect_license_server")

    def reconnect_license_server(self) -> Task:
        """Make VMS fetch its licenses again, which ends a refused login (R20, R22)."""
        return task_of(self._client, "reconnect_license_server", "vms_task")

    def _identifier(self, operation: str, row: Row, name: str) -> str:
        try:
            return row.identifier(name)
        except WrongShape as error:
            raise self._client.wrong_shape(operation, error) from None
