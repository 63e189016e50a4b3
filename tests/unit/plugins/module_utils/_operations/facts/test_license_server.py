# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a License Server as data: the requested parts, their certainty, and unreadable parts."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.license_server import (
    LicenseQuery,
    read_license_server,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
    QuotaRow,
    StatisticRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    LicenseRecord,
    ServerInfo,
    Share,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import Profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import OperationUnsupported

FORMAL = LicenseRecord(
    id="LS-1",
    product="vms_standard",
    arch="x86_64",
    kind="formal",
    code="3132A0XY",
    quantity=4,
    issued_at=None,
    installed_at=None,
    expires_at="never",
    assigned=(Share("hangzhou", 4),),
    device="d",
    status="in_use",
    file_name="a.ak",
    sha256="0" * 64,
    key="****7Q2A",
)
TRIAL = dataclasses.replace(FORMAL, id="LS-2", product="srm", kind="temporary", assigned=(), status="usable")


class Server:
    def __init__(self, profile: Profile | None = None) -> None:
        self.profile = profile or load_profile("usphere_7")
        self.calls: list[str] = []

    def server(self) -> ServerInfo:
        self.calls.append("server")
        return ServerInfo("ls-east", "E1209", "2026-11-24T08:00:00Z")

    def licenses(self) -> tuple[LicenseRecord, ...]:
        self.calls.append("licenses")
        return (FORMAL, TRIAL)

    def statistics(self) -> tuple[StatisticRecord, ...]:
        self.calls.append("statistics")
        names = ("UniCloud Usphere VMS ARM虚拟化管理系统标准版软件", "本站标准版", "某种软件")
        return tuple(StatisticRecord(name, 8, 4, 4) for name in names)

    def clients(self) -> tuple[ClientRecord, ...]:
        self.calls.append("clients")
        return (
            ClientRecord("hangzhou", "connected", None, (QuotaRow("vms_standard", "x86_64", 4),)),
            ClientRecord("chengdu", "never", None),
        )


def test_everything_that_the_profile_supports_is_read() -> None:
    found = read_license_server(Server(), None, LicenseQuery())
    assert found["server"] == {
        "id": "ls-east",
        "version": "E1209",
        "time": "2026-11-24T08:00:00Z",
        "zone": None,
        "zone_certainty": None,
        "peer": None,
        "product": None,
    }
    assert [item["id"] for item in found["licenses"]] == ["LS-1", "LS-2"]
    assert found["licenses"][0]["assigned"] == [{"client": "hangzhou", "quantity": 4}]
    assert found["clients"][0]["quota"] == [{"product": "vms_standard", "arch": "x86_64", "quantity": 4}]
    assert found["certainty"] == {
        "server": "assumed",
        "licenses": "assumed",
        "clients": "assumed",
        "statistics": "observed",
    }
    assert found["lacking"] == []


def test_a_narrow_profile_reports_what_it_does_not_support() -> None:
    server = Server(load_profile("cas_e0710"))
    found = read_license_server(server, None, LicenseQuery())
    assert server.calls == ["statistics"]
    assert found["lacking"] == ["server", "licenses", "clients"]
    assert found["certainty"] == {"statistics": "observed"}
    assert "licenses" not in found


def test_requesting_an_unsupported_part_reads_nothing() -> None:
    server = Server(load_profile("cas_e0710"))
    with pytest.raises(OperationUnsupported):
        read_license_server(server, ["statistics", "licenses"], LicenseQuery())
    assert server.calls == []


def test_only_requested_parts_are_read() -> None:
    server = Server()
    found = read_license_server(server, ["clients"], LicenseQuery())
    assert server.calls == ["clients"]
    assert set(found) == {"clients", "certainty", "lacking"}


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (LicenseQuery(), ["LS-1", "LS-2"]),
        (LicenseQuery(product="srm"), ["LS-2"]),
        (LicenseQuery(kind="formal"), ["LS-1"]),
        (LicenseQuery(status="usable"), ["LS-2"]),
        (LicenseQuery(client="hangzhou"), ["LS-1"]),
        (LicenseQuery(client="hangzhou", product="srm"), []),
        (LicenseQuery(product="isc"), []),
    ],
)
def test_filters_select_licenses(wanted: LicenseQuery, ids: list[str]) -> None:
    found = read_license_server(Server(), ["licenses"], wanted)
    assert [item["id"] for item in found["licenses"]] == ids


def test_a_client_filter_selects_that_client() -> None:
    found = read_license_server(Server(), ["clients"], LicenseQuery(client="chengdu"))
    assert [client["name"] for client in found["clients"]] == ["chengdu"]


def test_known_display_names_are_mapped_to_products() -> None:
    site: dict[str, Any] = {
        "extends": "usphere_7",
        "name": "site",
        "license_names": {"本站标准版": {"product": "vms_standard", "arch": "x86_64"}},
    }
    found = read_license_server(Server(load_profile(site)), ["statistics"], LicenseQuery())
    assert [(row["product"], row["arch"]) for row in found["statistics"]] == [
        ("vms_standard", "aarch64"),
        ("vms_standard", "x86_64"),
        (None, None),
    ]
    assert found["statistics"][0]["remaining"] == 4
