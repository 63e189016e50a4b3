# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random systems with times without a zone: what is known holds in every zone, tried or not."""

from __future__ import annotations

import datetime as dt
import json
import random

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts import derive as module
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.planning.purchase_plan import (
    purchase_plan,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading import zone_choices
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.zones import (
    in_zones,
    times_without_zone,
)

NOW = dt.datetime(2026, 11, 30, 12, 0, tzinfo=dt.timezone.utc)
STEP = dt.timedelta(minutes=15)
MINUTES = (0, 15, -15, 30, 600, -600, 840, -720, 5, -5, 500, -300, 1440, -1440, 43200, -43200, 259200)
PRODUCTS = ("vms_standard", "vms_enterprise", "vms_standard_to_enterprise", "srm", "isc")


def time(draw, zoned=0.3):
    minutes = draw.choice((*MINUTES, draw.randint(-2000, 2000)))
    text = (NOW + dt.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S")
    return text + "Z" * (draw.random() < zoned)


def random_system(draw, rows=(1, 4)):
    items = []
    for number in range(draw.randint(*rows)):
        row = {
            "id": f"L{number}",
            "product": draw.choice(PRODUCTS),
            "arch": draw.choice(["x86_64", "x86_64", "any"]),
            "kind": draw.choice(["formal", "temporary", "preinstalled", "formal"]),
            "quantity": draw.choice([1, 2, 4]),
            "assigned": draw.choice([1, 2, 4]),
            "status": draw.choice(["in_use", "in_use", "expired", "uninstalled"]),
            "expires_at": draw.choice([time(draw), time(draw), "never"]),
            "issued_at": time(draw),
            "installed_at": time(draw),
            "held_by": draw.choice(["ls-a", "ls-a", "ls-b"]),
            "term_days": draw.choice([1, 30]),
        }
        dropped = [
            name for name in ("expires_at", "term_days", "held_by", "installed_at") if draw.random() < 0.25
        ]
        items.append({name: value for name, value in row.items() if name not in dropped})
    facts = {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "system", "id": "a"},
        "source": {"gathered_at": time(draw, 0.8)},
        "version": {"vms": "E0760", "series": "7.0"},
        "architecture": "x86_64",
        "hosts": [
            {"id": "1", "arch": "x86_64", "cpu_sockets": 2, "status": "ok", "container_cluster": False}
        ],
        "license_server": {"id": "ls-a", "client": "c", "state": "connected", "fetched_at": time(draw)},
        "licenses": {"complete": True, "items": items},
        "hot_standby": {"state": "none"},
        "vms": {"total": 3},
        "features_wanted": [],
        "features": {name: {"in_use": False} for name in ("srm", "isc", "container_engine")},
        "unknown": {},
    }
    if draw.random() < 0.5:
        totals = {"cpu_allowed": draw.choice([2, 4]), "cpu_managed": draw.choice([2, 2, 4])}
        edition = draw.choice(["standard", "enterprise"])
        facts["license_totals"] = {**totals, "edition": edition, "ends_at": time(draw)}
    if draw.random() < 0.3:
        facts["license_server"]["clock_skew_s"] = draw.choice([7200, -7200, 0, 3600])
    if draw.random() < 0.3:
        facts["preinstalled"] = {"first_run_at": time(draw)}
    return facts


def leaves(tree, pointer=""):
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from leaves(value, f"{pointer}/{name}")
    elif isinstance(tree, list) and tree and all(isinstance(row, dict) for row in tree):
        for index, row in enumerate(tree):
            yield from leaves(row, f"{pointer}/{index}")
    else:
        yield pointer, json.dumps(tree, sort_keys=True)


def is_unknown(pointer, unknown):
    while pointer and pointer not in unknown:
        pointer = pointer.rpartition("/")[0]
    return bool(pointer)


def wrong(said, exact):
    """Return the facts that ``said`` states otherwise than ``exact``, and ranges without the exact number."""
    true = dict(leaves(exact.facts))
    for pointer, value in leaves(said.facts):
        if true.get(pointer, value) != value or (pointer not in true and is_unknown(pointer, exact.unknown)):
            yield pointer, value, true.get(pointer)
    for pointer, entry in said.unknown.items():
        value = json.loads(true.get(pointer, "null"))
        if isinstance(value, int) and not entry.get("low", value) <= value <= entry.get("high", value):
            yield pointer, entry, value


@pytest.mark.parametrize("most", [1, 12, 128])
def test_what_is_known_holds_in_every_zone(monkeypatch, most):
    monkeypatch.setattr(zone_choices, "MOST_COMBINATIONS", most)
    draw = random.Random(20261130 + most)  # noqa: S311 - random facts, not secrets
    for number in range(25):
        facts = random_system(draw)
        times = [each for each in times_without_zone(facts) if each.clock]
        said, plan = derive(facts, NOW), purchase_plan(facts, NOW)
        for _each in range(10):
            offsets = {each.clock: draw.randint(-48, 56) * STEP for each in times}
            zoned = in_zones(facts, times, offsets)
            exact = module._derive(zoned, NOW, module.Catalog.builtin())
            assert list(wrong(said, exact)) == [], (number, facts, offsets)
            if plan.complete and times:
                assert [step.lines for step in purchase_plan(zoned, NOW).steps] == [
                    step.lines for step in plan.steps
                ], (number, facts, offsets)
