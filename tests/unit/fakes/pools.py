# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate a pool over a fleet of systems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

HostFacts = Callable[..., dict[str, Any]]


Result = dict[str, Any]


Judge = Callable[..., Result]


CALM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


POOL: dict[str, Any] = {
    "id": "p",
    "rows": "/hosts",
    "group_by": ["arch"],
    "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
    "supply": {"from": "in_force", "product": "vms"},
    "require": {"demand": "at_most_supply"},
}


OWN = {"group_by": ["subject.id", "arch"]}


def document(changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "LicensePolicy", "id": "site", "version": "1.0.0", "pools": [{**POOL, **changes}], **more}


def license_(
    ident: str, quantity: int, product: str = "vms_standard", name: str = "", **more: Any
) -> dict[str, Any]:
    found = {
        "id": f"{ident}-{name}",
        "product": product,
        "arch": "x86_64",
        "kind": "formal",
        "quantity": quantity,
    }
    found.update({"assigned": quantity, "expires_at": "never", "status": "in_use"})
    return {**found, **more}


def balances(result: Result) -> list[tuple[Any, Any, str]]:
    return [(row["demand"], row["supply"], row["verdict"]) for row in result["balances"]]


def verdicts(result: Result) -> dict[str, str]:
    found = {}
    for entry in result["subjects"]:
        name = entry["subject"]["id"]
        found[name] = "pass" if "p" in entry["passed"] else "not_applicable"
        for finding in result["findings"]:
            if (
                finding["subject"]["id"] == name
                and finding["kind"] == "pool"
                and finding["verdict"] != "pass"
            ):
                found[name] = finding["verdict"]
    return found


def only_finding(result: Result) -> dict[str, Any]:
    (finding,) = result["findings"]
    return dict(finding)


ENTITLEMENTS: dict[str, Any] = {
    "kind": "Entitlements",
    "schema_version": 1,
    "id": "acme",
    "systems": {
        "a": {"license_server": "ls", "hot_standby": False},
        "b": {"license_server": "ls", "hot_standby": False},
    },
    "grants": [
        {
            "id": "g1",
            "covers": {
                "product": "vms_standard",
                "arch": "x86_64",
                "kind": "formal",
                "code": "3132A0XY",
                "quantity": 10,
                "from": "2026-01-10",
                "until": "2026-12-10",
            },
            "allocations": [
                {"license_server": "ls", "system": "a", "quantity": 4},
                {"license_server": "ls", "system": "b", "quantity": 2},
            ],
        }
    ],
}


# -- purchases --


def bought(facts: dict[str, Any], lines: list[dict[str, Any]], less: str = "") -> dict[str, Any]:
    items = list(facts["licenses"]["items"])
    for at, line in enumerate(lines):
        quantity = line["quantity"] - (line["product"] == less)
        if quantity:
            items.append(license_(f"N{at}", quantity, line["product"], arch=line["arch"]))
    return {**facts, "licenses": {"complete": True, "items": items}}
