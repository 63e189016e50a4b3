# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of one list with the same id: equal rows are one, different rows are one or several."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._interval import Interval
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.planning.purchase_plan import (
    purchase_plan,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.demand import read_demand
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.fact_reader import Reader
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch

ROW = {"id": "1", "name": "cvk1", "arch": "x86_64", "cpu_sockets": 2, "container_cluster": False}


def demand(*changes, unknown=None):
    rows = [{name: value for name, value in {**ROW, **each}.items() if value != ""} for each in changes]
    return read_demand(Reader({"hosts": rows, "unknown": unknown or {}}))


@pytest.mark.parametrize(
    ("changes", "total", "by_arch", "containers"),
    [
        # Equal rows are one host.
        ([{}, {}, {}], (2, 2), {"x86_64": (2, 2)}, (0, 0)),
        ([{"container_cluster": True}] * 2, (2, 2), {"x86_64": (2, 2)}, (2, 2)),
        # Rows that differ may be one host or several.
        ([{}, {"cpu_sockets": 4}], (4, 6), {"x86_64": (4, 6)}, (0, 0)),
        ([{}, {"cpu_sockets": 4}, {}], (4, 6), {"x86_64": (4, 6)}, (0, 0)),
        ([{}, {"cpu_sockets": 4}, {"cpu_sockets": 1}], (4, 7), {"x86_64": (4, 7)}, (0, 0)),
        ([{}, {"name": "cvk9"}], (2, 4), {"x86_64": (2, 4)}, (0, 0)),
        ([{}, {"added_at": "2026-01-01T00:00:00Z"}], (2, 4), {"x86_64": (2, 4)}, (0, 0)),
        ([{}, {"name": ""}], (2, 4), {"x86_64": (2, 4)}, (0, 0)),
        ([{}, {"name": 7}], (2, 4), {"x86_64": (2, 4)}, (0, 0)),
        # The architecture and the cluster are then known only where the rows agree.
        ([{}, {"arch": "aarch64"}], (2, 4), {"x86_64": (0, 4), "aarch64": (0, 4)}, (0, 0)),
        ([{}, {"arch": ""}], (2, 4), {"x86_64": (0, 4), "aarch64": (0, 4)}, (0, 0)),
        ([{}, {"container_cluster": True}], (2, 4), {"x86_64": (2, 4)}, (0, 4)),
        ([{}, {"container_cluster": ""}], (2, 4), {"x86_64": (2, 4)}, (0, 4)),
        (
            [{"container_cluster": True}, {"container_cluster": True, "cpu_sockets": 3}],
            (3, 5),
            {"x86_64": (3, 5)},
            (3, 5),
        ),
        # An unreadable number of sockets may be any number.
        ([{}, {"cpu_sockets": ""}], (2, None), {"x86_64": (2, None)}, (0, 0)),
        # Rows of other ids, and rows without an id, count separately.
        ([{}, {"id": "2"}, {"id": "2", "cpu_sockets": 4}], (6, 8), {"x86_64": (6, 8)}, (0, 0)),
        ([{}, {"id": ""}, {"id": ""}], (6, 6), {"x86_64": (6, 6)}, (0, 0)),
    ],
)
def test_sockets_of_rows_with_one_id(changes, total, by_arch, containers):
    for order in itertools.permutations(changes):
        found = demand(*order)
        assert found.total == Interval(*total)
        expected = {arch: Interval(*by_arch.get(arch.value, (0, 0))) for arch in (Arch.X86_64, Arch.AARCH64)}
        assert dict(found.sockets) == expected
        assert found.containers == Interval(*containers)
        conflict = [cause for cause in found.causes if cause.reason == "conflict"]
        assert bool(conflict) == (total[0] != total[1])


@pytest.mark.parametrize(
    ("reason", "total"),
    [("absent", (2, 2)), ("gather_error", (2, 2)), ("type", (2, 4)), ("value", (2, 4))],
)
def test_unreadable_values_are_not_equal(reason, total):
    unknown = {f"/hosts/{at}/version": {"reason": reason} for at in (0, 1)}
    assert demand({}, {}, unknown=unknown).total == Interval(*total)
    # A value that only one of the rows has is a difference.
    assert demand({}, {}, unknown={"/hosts/0/version": {"reason": reason}}).total == Interval(2, 4)


def test_demand_and_plan_agree(system, lic, hosts, now):
    rows = hosts(2, 2) + hosts(4)
    for order in itertools.permutations(rows):
        facts = system([lic("a", "vms_standard", 8)], list(order))
        (product,) = derive(facts, now).facts["effective"]["products"]
        assert (product["quantity"], product["missing"]) == (8, 0)
        entry = derive(facts, now).unknown["/effective/products/0/used"]
        assert (entry["reason"], entry["low"], entry["high"]) == ("conflict", 6, 8)
        facts = system([lic("a", "vms_standard", 7)], list(order))
        plan = purchase_plan(facts, now, []).to_dict()
        assert (plan["complete"], plan["steps"]) == (False, [])
        assert all(pointer.startswith("/hosts/") for pointer in plan["unknown"])


DIFFERENCES = [
    {"quantity": 8},
    {"assigned": 2},
    {"kind": "temporary", "expires_at": "2027-01-01T00:00:00Z"},
    {"expires_at": "2026-12-01T00:00:00Z"},
    {"expires_at": "2026-01-01T00:00:00Z"},
    {"status": "expired"},
    {"status": "uninstalled"},
    {"product": "vms_enterprise"},
    {"product": "srm"},
    {"arch": "aarch64"},
]


@pytest.mark.parametrize("change", DIFFERENCES, ids=str)
@pytest.mark.parametrize("product", ["vms_standard", "vms_standard_to_enterprise"])
def test_different_license_rows_of_one_id_are_never_certain(product, change, system, lic, now):
    one = lic("b", product, 4)
    found = []
    for rows in itertools.permutations([one, {**one, **change}]):
        facts = derive(system([lic("a", "vms_standard", 4), *rows]), now)
        for row in facts.facts["effective"].get("products", []):
            # Only the other license is certain, and the balance may change with an upgrade that may exist.
            assert row.get("quantity") in (None, 4)
            if row.get("quantity") == 4:
                assert (row.get("product"), row["arch"]) != (product, one["arch"])
        assert any(entry["reason"] == "conflict" for entry in facts.unknown.values())
        found.append((facts.facts, {name: entry["reason"] for name, entry in facts.unknown.items()}))
    assert found[0] == found[1]


def test_equal_license_rows_are_one(system, lic, now):
    rows = [lic("a", "vms_standard", 4)] * 3
    (product,) = derive(system(rows), now).facts["effective"]["products"]
    assert product["quantity"] == 4
