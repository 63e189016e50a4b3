# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find which licenses are due and which keys cover them (R15, R17, R20, R22, R24-R26)."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.planning.renewal import (
    Renewal,
    State,
    find_renewals,
    read_keys,
)

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.timezone.utc)
FEATURES = ("isc", "srm", "disk_backup_dr", "heterogeneous_migration")
FACTS: dict[str, Any] = {
    "kind": "HostFacts",
    "schema_version": 1,
    "subject": {"kind": "system", "id": "chengdu"},
    "version": {"vms": "E0760P03", "series": "7.0"},
    "architecture": "x86_64",
    "hot_standby": {"state": "none"},
    "hosts": [{"id": "1", "arch": "x86_64", "cpu_sockets": 8, "container_cluster": False}],
    "vms": {"total": 40},
    "features_wanted": [],
    "features": {
        **{name: {"in_use": False} for name in FEATURES},
        "container_engine": {"in_use": False, "used": 0},
    },
    "license_server": {"id": "ls-west", "fetched_at": "2026-11-20T00:00:00Z"},
    "licenses": {"complete": True, "items": []},
    "unknown": {},
}


def license_row(number: int, quantity: int, end: str = "never", **more: Any) -> dict[str, Any]:
    row = {
        "id": f"LS-{number}",
        "product": "vms_standard",
        "arch": "x86_64",
        "kind": "formal" if end == "never" else "temporary",
        "quantity": quantity,
        "expires_at": end,
    }
    return {**row, **more}


def system(*licenses: dict[str, Any], **more: Any) -> dict[str, Any]:
    tree = copy.deepcopy(FACTS)
    tree["licenses"]["items"] = list(licenses)
    tree.update(more)
    return tree


def key(text: str, purchased: int | None, **more: Any) -> dict[str, Any]:
    row = {"key": text, "product": "vms_standard", "arch": "x86_64", "code": "3132A0XY"}
    return {**row, **({} if purchased is None else {"purchased": purchased}), **more}


def due(facts: Any, *rows: dict[str, Any], within: int = 30) -> Renewal:
    (found,) = find_renewals({"chengdu": facts}, {"chengdu": read_keys(rows)}, NOW, within)
    return found


def drawn(renewal: Renewal) -> list[tuple[list[tuple[int, int]], int]]:
    return [
        ([(draw.number, draw.quantity) for draw in need.allocations], need.open) for need in renewal.needs
    ]


@pytest.mark.parametrize(("within", "state"), [(11, State.NOTHING_DUE), (12, State.DUE), (30, State.DUE)])
def test_the_horizon_includes_its_last_second(within: int, state: State) -> None:
    facts = system(license_row(1, 4), license_row(2, 4, "2026-12-06T00:00:00Z"))
    found = due(facts, within=within)
    assert found.state is state
    assert [lapse.days for lapse in found.expiries] == ([] if state is State.NOTHING_DUE else [12])
    assert [need.line.quantity for need in found.needs] == ([] if state is State.NOTHING_DUE else [4])


def test_an_expiry_that_is_covered_is_not_due() -> None:
    found = due(system(license_row(1, 8), license_row(2, 4, "2026-12-06T00:00:00Z")))
    assert found.state is State.COVERED
    assert found.needs == ()
    assert len(found.expiries) == 1


def test_an_expiry_without_a_zone_is_due_on_its_earliest_day() -> None:
    found = due(system(license_row(1, 4), license_row(2, 4, "2026-12-06T00:00:00")))
    assert found.state is State.DUE
    assert [(expiry.at, expiry.days) for expiry in found.expiries] == [("2026-12-05T10:00:00Z", 11)]
    assert [need.line.quantity for need in found.needs] == [4]


def test_an_expiry_that_may_be_past_leaves_the_renewal_unknown() -> None:
    found = due(system(license_row(1, 4), license_row(2, 4, "2026-11-24T06:00:00")))
    assert found.state is State.UNKNOWN
    assert "/licenses/items/1/expires_at" in found.unknown


def test_permanent_licenses_are_never_due() -> None:
    assert due(system(license_row(1, 8)), within=36500).state is State.NOTHING_DUE


def test_a_formal_license_with_an_expiry_is_renewed() -> None:
    assert due(system(license_row(1, 8, "2026-12-06T00:00:00Z", kind="formal"))).state is State.DUE  # R15


def test_cpus_without_a_license_are_due_now() -> None:
    found = due(system(license_row(1, 4)))
    assert (found.state, found.expiries) == (State.DUE, ())
    assert drawn(found) == [([], 4)]


def test_after_the_expiry_login_is_refused_and_the_system_is_due() -> None:
    lapsed = license_row(2, 4, "2026-11-22T00:00:00Z", installed_at="2026-11-01T00:00:00Z")
    found = due(system(license_row(1, 8), lapsed))
    assert (found.state, found.refused) == (State.COVERED, True)  # R20: reconnect, buy nothing


@pytest.mark.parametrize(
    "facts",
    [
        None,
        system(license_row(1, 8, expires_at=None, kind="temporary")),
        system(licenses={"complete": False, "items": []}),
    ],
)
def test_missing_facts_make_the_renewal_unknown(facts: Any) -> None:
    found = due(facts, key("K-1", 100))
    assert found.state is State.UNKNOWN
    assert found.unknown
    assert found.needs == ()


def test_an_incomplete_plan_is_unknown_unless_something_is_certain() -> None:
    facts = system(license_row(1, 8), license_row(2, 4, "2026-12-06T00:00:00Z"))
    del facts["features"]["isc"]
    assert due(facts).state is State.UNKNOWN
    facts["licenses"]["items"][0]["quantity"] = 4
    assert due(facts).state is State.DUE
    assert due(facts).unknown


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ([], 4)),
        ([key("K-1", 10)], ([(0, 4)], 0)),
        ([key("K-1", 3)], ([(0, 3)], 1)),
        ([key("K-1", 10, allocated=8)], ([(0, 2)], 2)),  # R26
        ([key("K-1", 10, allocated=12)], ([], 4)),
        ([key("K-1", None)], ([(0, 4)], 0)),
        ([key("K-1", 10, code="3130A0XY")], ([], 4)),  # R25: not split
        ([key("K-1", 4, code="3130A0XY")], ([(0, 4)], 0)),
        ([key("K-1", 4, code="3130A0XY", allocated=1)], ([], 4)),
        ([key("K-1", 10), key("K-2", 3, code="3130A0XY")], ([(1, 3), (0, 1)], 0)),  # fixed ones first
        ([key("K-1", 2, code="9999"), key("K-2", 3)], ([(1, 3), (0, 1)], 0)),  # R24: unknown ones last
        ([key("K-1", 9, kind="temporary"), key("K-2", 9)], ([(1, 4)], 0)),
        ([key("K-1", 9, arch="aarch64")], ([], 4)),
        ([key("K-1", 9, product="vms_enterprise")], ([], 4)),
        ([key("K-1", 10) | {"purchased": "10"}], ([(0, 4)], 0)),
    ],
)
def test_keys_that_cover_the_need_are_selected(rows: list[dict[str, Any]], expected: Any) -> None:
    assert drawn(due(system(license_row(1, 4)), *rows)) == [expected]


def test_a_key_of_two_systems_is_one_key_and_the_first_expiry_is_served_first() -> None:
    late = system(license_row(1, 4), license_row(2, 4, "2026-12-20T00:00:00Z"))
    soon = system(license_row(1, 4), license_row(2, 4, "2026-12-06T00:00:00Z"))
    keys = read_keys([key("K-1", 6)])
    found = find_renewals({"a-late": late, "b-soon": soon}, {"a-late": keys, "b-soon": keys}, NOW, 30)
    assert [renewal.system for renewal in found] == ["a-late", "b-soon"]
    assert [drawn(renewal) for renewal in found] == [[([(0, 2)], 2)], [([(0, 4)], 0)]]


def test_upgrades_wait_for_the_expiry_and_are_not_requested() -> None:
    facts = system(license_row(1, 4), license_row(2, 4, "2026-12-06T00:00:00Z"))
    facts["features"]["srm"] = {"in_use": True, "used": 12}
    found = due(facts, key("K-1", 50, product="vms_standard_to_enterprise"))
    assert [need.line.product for need in found.needs] == ["vms_standard"]
    (later,) = [step for step in found.plan.steps if step.when != "now"]
    assert {line.product for line in later.lines} == {"vms_standard_to_enterprise", "srm"}


def test_licenses_of_a_product_node_are_requested_for_its_device() -> None:
    facts = system(license_row(1, 8, product="vms_enterprise"))
    facts["features"]["disk_backup_dr"] = {"in_use": True, "used": 10}
    packs = {"id": "LS-2", "product": "disk_backup_dr", "kind": "formal", "quantity": 10}
    facts["licenses"]["items"].append({**packs, "expires_at": "2026-12-06T00:00:00Z"})
    (need,) = due(facts, key("K-1", 20, product="disk_backup_dr", arch=None)).needs
    assert (need.node, need.line.product, need.line.packs) == ("disk_backup_dr", "disk_backup_dr", (10,))
    assert [(draw.number, draw.quantity) for draw in need.allocations] == [(0, 10)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"product": "vms_standard"}, "key"),
        ({"key": "SECRET-1"}, "product"),
        ({"key": "SECRET-1", "product": "vms_standard", "purchased": -1}, "purchased"),
        ({"key": "SECRET-1", "product": "vms_standard", "purchased": "many"}, "purchased"),
        ({"key": "SECRET-1", "product": "vms_standard", "purchased": True}, "purchased"),
        ({"key": "SECRET-1", "product": "vms_standard", "allocated": 1.5}, "allocated"),
    ],
)
def test_an_unusable_key_is_an_error_that_does_not_show_the_key(row: dict[str, Any], field: str) -> None:
    with pytest.raises(LicensingError) as raised:
        read_keys([row])
    assert raised.value.code == "renewal_key"
    assert raised.value.fields["field"] == field
    assert "SECRET" not in repr(raised.value.fields)


def test_the_repr_of_a_key_does_not_show_it() -> None:
    assert "SECRET" not in repr(read_keys([key("SECRET-1", 4)]))


CODES = st.sampled_from(["3130A0XY", "3132A0XY", "9999", None])


@given(
    st.lists(st.tuples(CODES, st.integers(0, 9), st.integers(0, 9)), max_size=6),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_no_key_is_overdrawn_or_split_and_the_sum_is_right(
    keys: list[tuple[str | None, int, int]], first: int, second: int
) -> None:
    rows = [
        key(f"K-{number}", purchased, code=code, allocated=allocated)
        for number, (code, purchased, allocated) in enumerate(keys)
    ]
    at_hand = read_keys(rows)
    systems = {
        name: system(hosts=[{**FACTS["hosts"][0], "cpu_sockets": sockets}])
        for name, sockets in (("a", first), ("b", second))
    }
    found = find_renewals(systems, {"a": at_hand, "b": at_hand}, NOW, 30)
    total = dict.fromkeys(range(len(keys)), 0)
    for renewal, wanted in zip(found, (first, second), strict=True):
        ((draws, rest),) = drawn(renewal)
        assert sum(quantity for _number, quantity in draws) + rest == wanted
        for number, quantity in draws:
            code, purchased, allocated = keys[number]
            total[number] += quantity
            if code == "3130A0XY":
                assert (quantity, allocated) == (purchased, 0)
    for number, (_code, purchased, allocated) in enumerate(keys):
        assert total[number] <= max(0, purchased - allocated)
