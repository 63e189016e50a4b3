# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets for the benchmarks: inventories of systems with the facts that vms_facts would have read.

As in a real fleet, each system has its own name, address, machine, client and licenses.
Without the names, real fleets hold few kinds of systems: as many different sizes and versions as ``KINDS``.
"""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Any

KINDS = 24
#: Systems that one License Server serves.
PER_SERVER = 50
#: One system in so many is blocked in a fleet with blocked systems.
PER_BLOCKED = 100
AS_OF = "2026-11-24T08:00:00Z"


class Fleet(Enum):
    """What the systems of an inventory state."""

    #: Every system complies: a row of CPUs, a license, the version and the features.
    COMPLIANT = "compliant"
    #: As COMPLIANT, but one system in PER_BLOCKED has another edition than the policy asks for.
    SOME_BLOCKED = "some blocked"
    #: As COMPLIANT, but the facts of the systems of one kind differ in the name of the system only.
    REPEATED = "repeated"
    #: Everything that vms_facts returns; every system complies.
    ALL_FACTS = "all facts"


def name_of(at: int) -> str:
    """Return the name of a system in the inventory."""
    return f"system-{at:05}"


def blocked(size: int) -> list[str]:
    """Return the names of the systems that are blocked in a fleet of SOME_BLOCKED."""
    return [name_of(at) for at in range(PER_BLOCKED - 1, size, PER_BLOCKED)]


def facts(at: int, fleet: Fleet) -> dict[str, Any]:
    """Return HostFacts of system number ``at``."""
    kind = at % KINDS
    owner = kind if fleet is Fleet.REPEATED else at
    arch = "aarch64" if kind % 4 == 3 else "x86_64"
    sockets = 2 + kind % 3 * 2
    hosts = 2 + kind % 5 if fleet is Fleet.ALL_FACTS else 1
    total = sockets * hosts
    if fleet is Fleet.ALL_FACTS:
        products = ["vms_standard", "vms_standard_to_enterprise"]
    elif fleet is Fleet.SOME_BLOCKED and at % PER_BLOCKED == PER_BLOCKED - 1:
        products = ["vms_standard"]
    else:
        products = ["vms_enterprise"]
    licenses = [
        {
            "id": f"LS-{owner:05}-{number}",
            "product": product,
            "kind": "formal",
            "arch": arch,
            "quantity": total,
            "expires_at": "never",
            "status": "in_use",
        }
        for number, product in enumerate(products, start=1)
    ]
    unused = ("isc", "disk_backup_dr", "heterogeneous_migration", "srm", "container_engine")
    found: dict[str, Any] = {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "system", "id": name_of(at)},
        "source": {"via": "rest", "profile": "usphere_7", "gathered_at": AS_OF},
        "version": {"vms": f"E07{60 + kind % 3}P0{1 + kind % 4}"},
        "architecture": arch,
        "hosts": [{"id": str(row), "arch": arch, "cpu_sockets": sockets} for row in range(1, hosts + 1)],
        "features_wanted": [],
        "features": {name: {"in_use": False} for name in unused},
        "licenses": {"complete": True, "items": licenses},
    }
    return complete(found, at, total) if fleet is Fleet.ALL_FACTS else found


def complete(found: dict[str, Any], at: int, total: int) -> dict[str, Any]:
    """Add what vms_facts reads besides: the machine, the names of hosts, the License Server."""
    server = f"ls-{at // PER_SERVER:04}"
    found["source"].update(
        endpoint=f"https://10.{at >> 16 & 255}.{at >> 8 & 255}.{at & 255}:8443",
        identity={
            "macs": [":".join(("00", "16", "3e", *(f"{at >> shift & 255:02x}" for shift in (16, 8, 0))))],
            "barcodes": [f"CN{at:08}"],
        },
    )
    found["version"]["series"] = "7.0"
    found["hot_standby"] = {"state": "none"}
    for row in found["hosts"]:
        row.update(name=f"cvk{row['id']}", status="ok", container_cluster=False)
    found["vms"] = {"total": 20 * len(found["hosts"])}
    found["features"]["container_engine"]["used"] = 0
    found["license_server"] = {
        "id": server,
        "client": name_of(at),
        "state": "connected",
        "fetched_at": "2026-11-20T01:00:00Z",
    }
    for row in found["licenses"]["items"]:
        row.update(held_by=server, assigned=total)
    return found


def write_inventory(path: Path, size: int, fleet: Fleet) -> None:
    """Write an inventory of ``size`` systems with facts, and three variables for checks per host."""
    hosts = {
        name_of(at): {
            "usphere": facts(at, fleet),
            "site": f"site-{at % 40}",
            "sockets": 4,
            "licensed": 4,
        }
        for at in range(size)
    }
    content = {"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
