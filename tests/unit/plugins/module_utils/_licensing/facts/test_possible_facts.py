# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derived facts of systems with times without a zone: what is equal in every zone is known."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import (
    derive,
    project_facts,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.possible_facts import (
    Tree,
    merge_trees,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading import zones
from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import (
    MISSING,
    join,
    lookup,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._time import format_end, parse_time

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.timezone.utc)
HOUR = dt.timedelta(hours=1)
PRODUCTS = ("vms_standard", "vms_enterprise", "vms_standard_to_enterprise", "srm")
GRID = [dt.timedelta(minutes=15 * step) for step in range(-48, 57)]


def _local(hours):
    return (NOW + hours * HOUR).strftime("%Y-%m-%dT%H:%M:%S")


def test_a_feature_that_lapsed_or_lapses_within_a_day_is_undetermined(system, lic):
    facts = system([lic("LS-1", "vms_enterprise", 4), lic("LS-2", "srm", 20, expires_at=_local(6))])
    facts["features"]["srm"] = {"in_use": True, "used": 12}
    derived = derive(facts, NOW)
    assert "licensed" not in derived.facts["features"]["srm"]
    assert derived.unknown["/features/srm/licensed"] == {
        "reason": "zone", "because": ["/licenses/items/1/expires_at"],
    }  # fmt: skip
    assert derived.unknown["/features/srm/missing"] == {
        "reason": "zone", "because": ["/licenses/items/1/expires_at"], "low": 0, "high": 12,
    }  # fmt: skip


@pytest.mark.parametrize(("days", "licensed"), [(200, True), (-2, False)])
def test_an_expiry_that_is_far_in_every_zone_is_decided(system, lic, days, licensed):
    facts = system([lic("LS-1", "vms_enterprise", 4), lic("LS-2", "srm", 20, expires_at=_local(24 * days))])
    facts["features"]["srm"] = {"in_use": True, "used": 12}
    derived = derive(facts, NOW)
    assert derived.facts["features"]["srm"]["licensed"] is licensed
    assert derived.facts["effective"]["edition"] == "enterprise"


def test_a_forecast_keeps_its_rows_and_bounds_their_time(system, lic):
    facts = system([lic("LS-1", "vms_standard", 4, expires_at="2027-06-12T00:00:00")])
    derived = derive(facts, NOW)
    (row,) = derived.facts["forecast"]
    assert "at" not in row
    assert row["missing"] == 4
    entry = derived.unknown["/forecast/0/at"]
    assert (entry["earliest"], entry["latest"]) == ("2027-06-11T10:00:00Z", "2027-06-12T12:00:00Z")
    days = derived.unknown["/login/days"]
    assert (days["low"], days["high"]) == (199, 200)


def test_a_projected_tree_lists_the_times_without_a_zone(system, lic):
    tree = project_facts(system([lic("LS-1", "srm", 2, expires_at="2026-12-06 00:00:00")]), NOW)
    assert tree["unknown"]["/licenses/items/0/expires_at"] == {
        "reason": "zone", "earliest": "2026-12-05T10:00:00Z", "latest": "2026-12-06T12:00:00Z",
    }  # fmt: skip


def test_the_zone_of_the_document_decides(system, lic):
    facts = system([lic("LS-1", "vms_standard", 4, expires_at=_local(6))])
    facts["source"]["timezone"] = "+08:00"
    derived = derive(facts, NOW)
    assert derived.facts["effective"]["edition"] == "none"
    assert not [pointer for pointer, entry in derived.unknown.items() if entry["reason"] == "zone"]


def test_with_too_many_zones_the_ends_are_unknown(system, lic):
    rows = [lic(f"LS-{at}", "vms_standard", 1, expires_at=_local(at), held_by=f"ls-{at}") for at in range(7)]
    derived = derive(system(rows), NOW)
    assert "edition" not in derived.facts["effective"]
    assert derived.unknown["/effective/edition"]["reason"] == "zone"


def test_lists_and_unknown_facts_of_different_trees():
    first = Tree({"a": [1], "b": [{"n": 1, "t": "x"}], "c": {"d": 1}, "e": True, "f": [1]}, {})
    second = Tree(
        {"a": [2], "b": [{"n": 2, "t": "x"}], "c": {}, "e": True, "f": [1, 2]},
        {"/c/d": {"reason": "absent", "because": ["/x"], "low": 3}, "/g": {"reason": "null"}},
    )
    facts, unknown = merge_trees([first, second], ["/t"])
    assert facts == {"b": [{"t": "x"}], "c": {}, "e": True}
    assert unknown == {
        "/a": {"reason": "zone", "because": ["/t"]},
        "/b/0/n": {"reason": "zone", "because": ["/t"], "low": 1, "high": 2},
        "/c/d": {"reason": "zone", "because": ["/t", "/x"], "low": 1},
        "/f": {"reason": "zone", "because": ["/t"]},
        "/g": {"reason": "zone", "because": ["/t"]},
    }


# -- properties --


def _leaves(value, path=()):
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves(child, (*path, name))
    elif isinstance(value, list) and any(isinstance(child, dict) for child in value):
        for index, child in enumerate(value):
            yield from _leaves(child, (*path, index))
    else:
        yield join(path), value


_ENDS = st.one_of(
    st.integers(-60, 120).map(lambda quarter: ("local", quarter)),
    st.integers(-60, 120).map(lambda quarter: ("utc", quarter)),
    st.just(("never", 0)),
)
_LICENSES = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 5), _ENDS, st.sampled_from(("formal", "temporary"))),
    min_size=1,
    max_size=3,
)


def _end(how, quarter):
    if how == "never":
        return "never"
    return _local(quarter / 4) + ("Z" if how == "utc" else "")


@settings(max_examples=40, deadline=None)
@given(given_licenses=_LICENSES, fetched=st.integers(-80, 0))
def test_no_fact_is_more_definite_than_all_zones_allow_and_all_that_agree_are_known(
    given_licenses, fetched, system_builder, license_builder
):
    rows = [
        license_builder(f"LS-{at}", product, quantity, kind=kind, expires_at=_end(*end))
        for at, (product, quantity, end, kind) in enumerate(given_licenses)
    ]
    facts = system_builder(rows)
    facts["license_server"]["fetched_at"] = _local(fetched / 4) + "Z"
    facts["features"]["srm"] = {"in_use": True, "used": 3}
    merged = derive(facts, NOW)
    times = zones.times_without_zone(facts)
    singles = [derive(zones.in_zones(facts, times, {"license_server ls": offset}), NOW) for offset in GRID]
    for pointer, value in _leaves(merged.facts):
        assert all(lookup(each.facts, pointer) == value for each in singles), pointer
    for pointer, entry in merged.unknown.items():
        values = [lookup(each.facts, pointer) for each in singles]
        if entry["reason"] == "zone":
            assert not all(value is not MISSING and value == values[0] for value in values), pointer
        numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
        assert all(entry.get("low", number) <= number <= entry.get("high", number) for number in numbers)
        if "earliest" in entry:
            known = [value for value in values if isinstance(value, str) and value != "never"]
            latest = entry.get("latest", format_end(parse_time("9999-12-31")))
            assert all(entry["earliest"] <= value <= latest for value in known)


@settings(max_examples=25, deadline=None)
@given(
    ends=st.tuples(st.integers(-60, 60), st.integers(-60, 60)),
    offsets=st.tuples(st.sampled_from(GRID), st.sampled_from(GRID)),
)
def test_two_clocks_may_be_in_any_two_zones(ends, offsets, system_builder, license_builder):
    facts = system_builder(
        [
            license_builder("LS-1", "vms_enterprise", 3, expires_at=_local(ends[0] / 4)),
            license_builder("LS-2", "srm", 3, expires_at=_local(ends[1] / 4), held_by="other"),
        ]
    )
    facts["features"]["srm"] = {"in_use": True, "used": 3}
    merged = derive(facts, NOW)
    zone = {"license_server ls": offsets[0], "license_server other": offsets[1]}
    single = derive(zones.in_zones(facts, zones.times_without_zone(facts), zone), NOW)
    for pointer, value in _leaves(merged.facts):
        assert lookup(single.facts, pointer) == value, pointer
