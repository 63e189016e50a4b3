# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a system as facts: everything known, and every unknown fact with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    LicenseTotals,
    ServerInfo,
    Share,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    OperationUnsupported,
)

from .....fakes.system import Server, System, host, license_, read, reasons, valid


def test_the_example_of_the_fact_model() -> None:
    facts = read(server=Server(), subject_id="hangzhou", srm_sites=[("10.1.0.10", "10.9.0.10")])
    valid(facts)
    assert facts == {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "system", "id": "hangzhou"},
        "source": {
            "via": "rest",
            "profile": "usphere_7",
            "certainty": {
                "documented": ["license_totals", "manager", "platform"],
                "observed": ["list_clusters", "list_hosts", "version", "vm_count"],
                "assumed": ["license_server_link", "list_licenses", "server"],
            },
            "gathered_at": "2026-11-24T08:00:00Z",
            "endpoint": "https://10.1.0.10:8443",
        },
        "version": {"vms": "E0760P03", "series": "7.0"},
        "architecture": "x86_64",
        "hot_standby": {"state": "pair", "master_ip": "10.1.0.10", "slave_ip": "10.1.0.11"},
        "hosts": [
            {
                "id": "1",
                "name": "cvk1",
                "arch": "x86_64",
                "cpu_sockets": 2,
                "version": "E0760P03",
                "status": "ok",
                "container_cluster": False,
                "added_at": "2025-02-01T00:00:00Z",
            },
            {
                "id": "2",
                "name": "cvk2",
                "arch": "x86_64",
                "cpu_sockets": 2,
                "version": "E0760P03",
                "status": "bad",
                "container_cluster": False,
                "added_at": "2025-02-01T00:00:00Z",
            },
        ],
        "vms": {"total": 120},
        "features_wanted": [],
        "features": {
            "container_engine": {"in_use": False, "used": 0},
            "srm": {"in_use": True, "used": 12},
        },
        "license_totals": {"cpu_allowed": 4, "cpu_managed": 4, "vm_allowed": 500, "edition": "enterprise"},
        "license_server": {
            "id": "ls-east",
            "client": "hangzhou",
            "state": "connected",
            "fetched_at": "2026-11-20T01:00:00Z",
            "clock_skew_s": 0,
        },
        "licenses": {
            "complete": True,
            "items": [
                {
                    "id": "LS-1",
                    "product": "vms_standard",
                    "arch": "x86_64",
                    "kind": "formal",
                    "code": "3132A0XY",
                    "quantity": 4,
                    "assigned": 4,
                    "issued_at": "2026-01-10T02:00:00Z",
                    "installed_at": "2026-01-11T02:00:00Z",
                    "expires_at": "never",
                    "status": "in_use",
                    "held_by": "ls-east",
                    "key": "****7Q2A",
                }
            ],
        },
        "unknown": {
            "/features/isc/in_use": {"reason": "absent"},
            "/features/disk_backup_dr/in_use": {"reason": "absent"},
            "/features/heterogeneous_migration/in_use": {"reason": "absent"},
            "/license_totals/ends_at": {"reason": "absent"},
            "/preinstalled/first_run_at": {"reason": "absent"},
        },
    }


def test_the_number_of_calls_does_not_depend_on_the_number_of_hosts() -> None:
    few, many = System(), System(hosts=tuple(host(number) for number in range(1000)))
    server = Server()
    read(few, Server())
    facts = read(many, server)
    assert len(facts["hosts"]) == 1000
    assert few.calls == many.calls
    assert len(many.calls) == len(set(many.calls)) <= 12
    assert server.calls == ["server", "licenses"]


def test_without_a_license_server_the_license_list_is_incomplete() -> None:
    facts = read()
    valid(facts)
    assert facts["licenses"] == {"complete": False, "items": []}
    assert "clock_skew_s" not in facts["license_server"]


def test_facts_with_documented_reads_only() -> None:
    missing = OperationUnsupported("operation_unsupported", operation="x", profile="cas_e0710")
    facts = read(System(license_server=missing), Server(server=missing, licenses=missing))
    valid(facts)
    assert facts["licenses"] == {"complete": False, "items": []}
    assert reasons(facts)["/license_server"] == "absent"
    assert facts["license_totals"]["cpu_allowed"] == 4


def test_only_licenses_assigned_to_the_system_count() -> None:
    licenses = (
        license_(1, quantity=10, assigned=(Share("hangzhou", 4), Share("chengdu", 6))),
        license_(2, assigned=(Share("chengdu", 4),)),
        license_(3, assigned=()),
    )
    items = read(server=Server(licenses=licenses))["licenses"]["items"]
    assert [(item["id"], item["quantity"], item["assigned"]) for item in items] == [("LS-1", 10, 4)]


def test_missing_license_values_are_unknown_at_their_own_pointer() -> None:
    licenses = (
        license_(1, assigned=()),
        license_(2, kind=None, quantity=0, expires_at=None, unknown={"kind": "type", "expires_at": "null"}),
        license_(3, kind="temporary", issued_at=None, arch=None, unknown={"issued_at": "null"}),
        license_(4, product="container_service", arch=None, code=None, key=None),
    )
    facts = read(server=Server(licenses=licenses))
    valid(facts)
    unknown = {pointer: why for pointer, why in reasons(facts).items() if pointer.startswith("/licenses")}
    assert unknown == {
        "/licenses/items/0/kind": "type",
        "/licenses/items/0/quantity": "type",
        "/licenses/items/0/expires_at": "null",
        "/licenses/items/1/issued_at": "null",
        "/licenses/items/1/arch": "absent",
    }
    items = facts["licenses"]["items"]
    assert "kind" not in items[0]
    assert items[2]["arch"] == "any"
    assert "code" not in items[2]


def test_the_zone_of_the_server_clock_is_a_fact() -> None:
    info = ServerInfo("ls-east", "E1209", "2026-11-24T08:00:01Z", zone="+08:00", zone_certainty="derived")
    facts = read(server=Server(info))
    valid(facts)
    link = facts["license_server"]
    assert (link["zone"], link["zone_certainty"]) == ("+08:00", "derived")


@pytest.mark.parametrize(
    ("time", "skew"), [("08:00:01", 0), ("07:59:59", 0), ("08:00:05", 5), ("07:59:57", -3), ("08:10:00", 600)]
)
def test_a_difference_of_clocks_that_cannot_be_measured_is_none(time: str, skew: int) -> None:
    info = ServerInfo("ls-east", "E1209", f"2026-11-24T{time}Z")
    assert read(server=Server(info))["license_server"]["clock_skew_s"] == skew


def test_the_source_states_the_machine_as_far_as_vms_reports_it() -> None:
    def source(macs: tuple[str, ...], barcodes: tuple[str, ...]) -> Any:
        totals = LicenseTotals(4, 4, 500, "enterprise", None, {}, macs, barcodes)
        facts = read(System(license_totals=totals))
        valid(facts)
        return facts["source"]

    assert source(("02:00:00:00:00:05",), ())["identity"] == {"macs": ["02:00:00:00:00:05"]}
    assert source((), ("B-1", "B-2"))["identity"] == {"barcodes": ["B-1", "B-2"]}
    assert "identity" not in source((), ())
    assert source((), ())["endpoint"] == "https://10.1.0.10:8443"
