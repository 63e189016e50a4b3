# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet for the benchmarks: an inventory of systems with the facts that vms_facts would have read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

#: Real fleets hold few kinds of systems: as many different fact sets as this, in turn.
KINDS = 24
#: More systems than any benchmark has.
MOST_SYSTEMS = 100_000
AS_OF = "2026-11-24T08:00:00Z"


def facts(kind: int) -> dict[str, Any]:
    """HostFacts of one kind of system: sizes, versions and what is in use differ; each complies."""
    arch = "aarch64" if kind % 4 == 3 else "x86_64"
    sockets = 2 + kind % 3 * 2
    hosts = 2 + kind % 5
    total = sockets * hosts
    held = {"kind": "formal", "arch": arch, "expires_at": "never", "status": "in_use", "held_by": "ls-east"}
    features: dict[str, Any] = {
        name: {"in_use": False} for name in ("isc", "disk_backup_dr", "heterogeneous_migration", "srm")
    }
    # One License Server serves all systems: each has its part of licenses that are enough for the fleet.
    bought = total * MOST_SYSTEMS
    return {
        "kind": "HostFacts",
        "schema_version": 1,
        "source": {"via": "rest", "profile": "usphere_7", "gathered_at": AS_OF},
        "version": {"vms": f"E07{60 + kind % 3}P0{1 + kind % 4}", "series": "7.0"},
        "architecture": arch,
        "hot_standby": {"state": "none"},
        "hosts": [
            {
                "id": str(at),
                "name": f"cvk{at}",
                "arch": arch,
                "cpu_sockets": sockets,
                "status": "ok",
                "container_cluster": False,
            }
            for at in range(1, hosts + 1)
        ],
        "vms": {"total": 20 * hosts},
        "features_wanted": [],
        "features": {**features, "container_engine": {"in_use": False, "used": 0}},
        "license_server": {
            "id": "ls-east",
            "state": "connected",
            "fetched_at": "2026-11-20T01:00:00Z",
        },
        "licenses": {
            "complete": True,
            "items": [
                {"id": "LS-1", "product": "vms_standard", "quantity": bought, "assigned": total, **held},
                {
                    "id": "LS-2",
                    "product": "vms_standard_to_enterprise",
                    "quantity": bought,
                    "assigned": total,
                    **held,
                },
            ],
        },
    }


def four_facts(kind: int) -> dict[str, Any]:
    """Four facts, as small as they come: a CPU row, a license, the version, no feature in use or wanted."""
    arch = "aarch64" if kind % 4 == 3 else "x86_64"
    sockets = 2 + kind % 3 * 2
    unused = ("isc", "disk_backup_dr", "heterogeneous_migration", "srm", "container_engine")
    return {
        "kind": "HostFacts",
        "schema_version": 1,
        "source": {"via": "rest", "profile": "usphere_7", "gathered_at": AS_OF},
        "version": {"vms": f"E07{60 + kind % 3}P0{1 + kind % 4}"},
        "features": {name: {"in_use": False} for name in unused},
        "features_wanted": [],
        "architecture": arch,
        "hosts": [{"id": "1", "arch": arch, "cpu_sockets": sockets}],
        "licenses": {
            "complete": True,
            "items": [
                {
                    "id": "LS-1",
                    "product": "vms_enterprise",
                    "kind": "formal",
                    "arch": arch,
                    "quantity": sockets,
                    "expires_at": "never",
                    "status": "in_use",
                }
            ],
        },
    }


def write_inventory(path: Path, size: int, whole: bool) -> None:
    """An inventory of ``size`` systems, each with its facts, all or four, and three variables beside them."""
    kinds = [facts(kind) if whole else four_facts(kind) for kind in range(KINDS)]
    names = [f"system-{at:05}" for at in range(size)]
    hosts = {
        name: {
            "usphere": {**kinds[at % KINDS], "subject": {"kind": "system", "id": name}},
            "site": f"site-{at % 40}",
            "sockets": 4,
            "licensed": 4,
        }
        for at, name in enumerate(names)
    }
    content = {"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}
    path.write_text(json.dumps(content), encoding="utf-8")
