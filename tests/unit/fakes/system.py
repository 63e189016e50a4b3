# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VMS system and its License Server in memory, and helpers to read them as facts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.read_system import (
    read_system,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.vms import ReadOptions
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.lists import Listed
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ClusterRecord,
    HostRecord,
    LicenseRecord,
    LicenseTotals,
    ManagerRecord,
    PlatformRecord,
    ServerInfo,
    ServerLink,
    Share,
    VersionRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import Profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import Unreachable

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[3] / "plugins/plugin_utils/schemas/host_facts.schema.json").read_text()
)


NOW = 1795507200.0  # 2026-11-24T08:00:00Z


WHERE = {"endpoint": "https://x:1", "method": "GET", "path": "/p"}


def host(number: int, **changes: object) -> HostRecord:
    made = HostRecord(
        id=str(number),
        name=f"cvk{number}",
        arch="x86_64",
        cpu_sockets=2,
        version="E0760P03",
        series="7.0",
        status="ok",
        cluster_id="1",
        added_at="2025-02-01T00:00:00Z",
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def license_(number: int, **changes: object) -> LicenseRecord:
    made = LicenseRecord(
        id=f"LS-{number}",
        product="vms_standard",
        arch="x86_64",
        kind="formal",
        code="3132A0XY",
        quantity=4,
        issued_at="2026-01-10T02:00:00Z",
        installed_at="2026-01-11T02:00:00Z",
        expires_at="never",
        assigned=(Share("hangzhou", 4),),
        device="d",
        status="in_use",
        file_name="a.ak",
        sha256="0" * 64,
        key="****7Q2A",
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


LINK = ServerLink(
    address="10.0.0.5",
    client_port=5093,
    console_port=28443,
    client_name="hangzhou",
    contract_number=None,
    state="connected",
    last_contact="2026-11-24T07:59:00Z",
    fetched_at="2026-11-20T01:00:00Z",
    server_id="ls-east",
)

AWAY = Unreachable("unreachable_refused", endpoint="https://x:1")


def listed(records: Any) -> Listed[Any]:
    """Return ``records`` as a complete list; a ``Listed`` is returned as it is."""
    return records if isinstance(records, Listed) else Listed(tuple(records))


class System:
    """A VMS in memory. An exception in the place of a value is raised."""

    profile: Profile = load_profile("usphere_7")
    endpoint = "https://10.1.0.10:8443"

    def __init__(self, **answers: object) -> None:
        self.calls: list[str] = []
        self.answers: dict[str, object] = {
            "hosts": (host(1), host(2, status="bad")),
            "clusters": (ClusterRecord("1", "compute", False),),
            "manager": ManagerRecord("x86_64"),
            "version": VersionRecord("E0760P03", "7.0"),
            "platform": PlatformRecord("m", "10.1.0.10", "s", "10.1.0.11"),
            "license_totals": LicenseTotals(4, 4, 500, "enterprise", None, {"ends_at": "absent"}),
            "vm_count": 120,
            "srm_protected_vms": 12,
            "license_server": LINK,
            **answers,
        }

    def _answer(self, name: str) -> Any:
        self.calls.append(name)
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def host_list(self) -> Listed[Any]:
        return listed(self._answer("hosts"))

    def cluster_list(self) -> Listed[Any]:
        return listed(self._answer("clusters"))

    def manager(self) -> Any:
        return self._answer("manager")

    def version(self) -> Any:
        return self._answer("version")

    def platform(self) -> Any:
        return self._answer("platform")

    def license_totals(self) -> Any:
        return self._answer("license_totals")

    def vm_count(self) -> Any:
        return self._answer("vm_count")

    def srm_protected_vms(self, main_site_ip: str, spare_site_ip: str) -> Any:
        return self._answer("srm_protected_vms")

    def license_server(self) -> Any:
        return self._answer("license_server")


class Server:
    """A License Server in memory."""

    def __init__(self, server: object = None, licenses: object = None) -> None:
        self._server = server or ServerInfo("ls-east", "E1209", "2026-11-24T08:00:01Z")
        self._licenses = (license_(1),) if licenses is None else licenses
        self.calls: list[str] = []

    def server(self) -> Any:
        self.calls.append("server")
        if isinstance(self._server, Exception):
            raise self._server
        return self._server

    def license_list(self) -> Listed[Any]:
        self.calls.append("licenses")
        if isinstance(self._licenses, Exception):
            raise self._licenses
        return listed(self._licenses)


def read(system: System | None = None, server: Server | None = None, **options: object) -> dict[str, Any]:
    values: dict[str, Any] = {"now": lambda: NOW, **options}
    return read_system(system or System(), server, ReadOptions(**values))


def reasons(facts: Mapping[str, Any]) -> dict[str, str]:
    return {pointer: entry["reason"] for pointer, entry in facts["unknown"].items()}


def valid(facts: Mapping[str, Any]) -> None:
    """Assert that known facts match the schema and required facts are known or listed as unknown."""
    unknown = facts["unknown"]
    for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(facts):
        place = "".join(f"/{step}" for step in error.absolute_path)
        assert error.validator == "required", f"{place}: {error.message}"
        for name in set(error.validator_value) - set(error.instance):
            pointer = f"{place}/{name}"
            assert any(known == pointer or known.startswith(pointer + "/") for known in unknown), pointer
