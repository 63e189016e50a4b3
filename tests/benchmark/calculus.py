# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the calculus alone: what 10,000 licenses of one system come to, now and after every coming lapse.

    PYTHONPATH=.collections python tests/benchmark/calculus.py [licenses [seconds]]

Fails if it takes longer than it may.
"""

from __future__ import annotations

import datetime as dt
import platform
import random
import sys
import time
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.system import read_system
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.state.ledger import Ledger
from ansible_collections.unicloud.usphere.plugins.module_utils._time import format_end

NOW = dt.datetime(2026, 11, 24, 8, tzinfo=dt.timezone.utc)
PRODUCTS = ("vms_standard", "vms_standard_to_enterprise", "srm")
#: Temporary licenses are issued in batches: so many different ends lie ahead.
ENDS = 365


def facts(count: int, seed: int = 1) -> dict[str, Any]:
    """HostFacts of one system with so many licenses, a third of them temporary, in no order."""
    chance = random.Random(seed)  # noqa: S311  # made-up quantities, no secret
    items = []
    for at in range(count):
        temporary = at % 3 == 0
        end = format_end(NOW + dt.timedelta(days=1 + chance.randrange(ENDS))) if temporary else "never"
        items.append(
            {
                "id": f"LS-{at}",
                "product": PRODUCTS[at // 3 % 3],
                "arch": ("x86_64", "aarch64")[at % 2],
                "kind": "temporary" if temporary else "formal",
                "quantity": 1 + chance.randrange(32),
                "expires_at": end,
                "status": "in_use",
                "held_by": "ls",
            }
        )
    chance.shuffle(items)
    return {
        "kind": "HostFacts",
        "version": {"vms": "E0760P03", "series": "7.0"},
        "architecture": "x86_64",
        "hot_standby": {"state": "none"},
        "hosts": [
            {"id": str(at), "arch": ("x86_64", "aarch64")[at % 2], "cpu_sockets": 2} for at in range(200)
        ],
        "features_wanted": [],
        "features": {"srm": {"in_use": True, "used": 4000}},
        "license_server": {"id": "ls", "fetched_at": "2026-11-20T00:00:00Z"},
        "licenses": {"complete": True, "items": items},
        "unknown": {},
    }


def main(count: int = 10_000, longest: float = 1.0) -> int:
    """Measure, print and judge."""
    given = facts(count)
    catalog = Catalog.builtin()
    begin = time.perf_counter()
    system = read_system(given, NOW, catalog)
    read = time.perf_counter()
    snapshots = list(Ledger(system.holdings.counted, NOW, catalog).snapshots())
    taken = time.perf_counter() - read
    whole = time.perf_counter()
    derive(given, NOW)
    derived = time.perf_counter() - whole
    print(f"Python {platform.python_version()}, {count} licenses, {len(snapshots) - 1} coming lapses")
    print(f"reading and classifying them: {read - begin:.2f} s")
    print(f"calculus, now and after each lapse: {taken:.2f} s")
    print(f"all derived facts, reading included: {derived:.2f} s (at most {longest:.2f} s)")
    return 0 if derived <= longest else 1


if __name__ == "__main__":
    sys.exit(main(*(kind(text) for kind, text in zip((int, float), sys.argv[1:], strict=False))))
