# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""When login is refused, and what covers it (R20, R22)."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive

SECOND = dt.timedelta(seconds=1)
END = "2026-12-06T00:00:00Z"
AT_END = dt.datetime(2026, 12, 6, tzinfo=dt.timezone.utc)
NEVER = {"interrupted_at": "never", "days": "never", "covered": True, "missing_after": 0}


def _login(facts, at):
    return derive(facts, at).facts["login"]


@pytest.fixture(name="temporary")
def _temporary(lic):
    def build(quantity, product="vms_standard", end=END, ident="t", **more):
        return lic(ident, product, quantity, kind="temporary", expires_at=end, **more)

    return build


@pytest.mark.parametrize(
    ("at", "state"), [(AT_END - SECOND, "ok"), (AT_END, "refused"), (AT_END + SECOND, "refused")]
)
def test_r20_login_is_refused_from_the_expiry_on(system, lic, temporary, at, state):
    facts = system([lic("f", "vms_standard", 4), temporary(4)])
    assert _login(facts, at)["state"] == state


@pytest.mark.parametrize(
    ("fetched", "state"),
    [("2026-12-05T23:59:59Z", "refused"), (END, "ok"), ("2026-12-06T00:00:01Z", "ok")],
)
def test_r20_r22_login_is_ok_again_after_a_later_fetch(system, lic, temporary, fetched, state):
    facts = system([lic("f", "vms_standard", 4), temporary(4)])
    facts["license_server"]["fetched_at"] = fetched
    assert _login(facts, AT_END + 3600 * SECOND)["state"] == state


def test_an_expiry_long_before_the_last_fetch_is_over(system, lic, temporary, now):
    assert _login(system([lic("f", "vms_standard", 4), temporary(4, end="2026-01-01T00:00:00Z")]), now) == {
        "state": "ok", **NEVER,
    }  # fmt: skip


def test_without_a_known_fetch_a_past_expiry_is_unknown(system, lic, temporary):
    facts = system([lic("f", "vms_standard", 4), temporary(4)])
    facts["license_server"]["fetched_at"] = None
    derived = derive(facts, AT_END)
    assert derived.unknown["/login/state"] == {"reason": "null", "because": ["/license_server/fetched_at"]}
    assert _login(facts, AT_END - SECOND)["state"] == "ok"


def test_a_license_installed_after_the_fetch_was_not_held(system, lic, temporary, now):
    facts = system([lic("f", "vms_standard", 4), temporary(4, installed_at="2026-11-21T00:00:00Z")])
    assert _login(facts, AT_END)["state"] == "ok"
    facts["licenses"]["items"][1]["assigned"] = 4
    assert _login(facts, AT_END)["state"] == "refused"


def test_a_refused_login_that_was_read_is_kept_although_other_facts_are_unknown(now):
    unknown = {p: {"reason": "login_refused"} for p in ("/version", "/hosts", "/licenses", "/features")}
    derived = derive({"login": {"state": "refused"}, "unknown": unknown}, now)
    assert derived.facts["login"] == {"state": "refused"}
    for pointer in ("/effective/edition", "/login/days", "/forecast", "/features/srm/quantity"):
        assert derived.unknown[pointer]["reason"] == "login_refused"


@pytest.mark.parametrize(
    ("product", "arch", "kind", "interrupts"),
    [
        ("vms_standard", "x86_64", "temporary", True),
        ("vms_standard", "aarch64", "temporary", True),
        ("vms_standard_to_enterprise", "x86_64", "temporary", True),
        ("vms_standard", "x86_64", "formal", True),
        ("srm", "x86_64", "temporary", False),
        ("container_service", "any", "temporary", False),
    ],
)
def test_login_depends_on_editions_and_upgrades_of_either_arch(
    system, lic, now, product, arch, kind, interrupts
):
    facts = system([lic("f", "vms_standard", 4), lic("x", product, 1, arch, kind, END)])
    login = _login(facts, now)
    assert (login["interrupted_at"], login["days"]) == ((END, 12) if interrupts else ("never", "never"))


@pytest.mark.parametrize(("formal", "covered", "missing_after"), [(3, False, 1), (4, True, 0), (5, True, 0)])
def test_r20_covered_if_the_remaining_licenses_are_enough(
    system, lic, temporary, now, formal, covered, missing_after
):
    login = _login(system([lic("f", "vms_standard", formal), temporary(4)]), now)
    assert (login["covered"], login["missing_after"]) == (covered, missing_after)


def test_not_covered_if_the_edition_falls(system, lic, temporary, now):
    items = [lic("f", "vms_standard", 4), temporary(4, "vms_standard_to_enterprise")]
    derived = derive(system(items), now).facts
    assert derived["effective"]["edition"] == "enterprise"
    assert derived["login"]["missing_after"] == 0
    assert derived["login"]["covered"] is False
    assert derived["forecast"][0]["edition"] == "standard"


def test_not_covered_if_one_architecture_is_short(system, lic, temporary, hosts, now):
    mixed = hosts(2) + hosts(2, arch="aarch64", start=2)
    items = [lic("f", "vms_standard", 4), temporary(2, arch="aarch64")]
    login = _login(system(items, mixed), now)
    assert (login["covered"], login["missing_after"]) == (False, 2)


def test_a_temporary_base_and_its_temporary_upgrade_expire_together_and_stay_balanced(
    system, lic, temporary, now
):
    items = [
        lic("b", "vms_standard", 4), lic("u", "vms_standard_to_enterprise", 4),
        temporary(2, ident="tb"), temporary(2, "vms_standard_to_enterprise", ident="tu"),
    ]  # fmt: skip
    facts = derive(system(items), now).facts
    assert [(entry["edition"], entry["upgrades_ok"], entry["missing"]) for entry in facts["forecast"]] == [
        ("enterprise", True, 0)
    ]
    assert facts["login"]["covered"] is True


def test_r17_a_feature_expiry_is_in_the_forecast_and_does_not_interrupt_login(system, lic, temporary, now):
    items = [lic("f", "vms_enterprise", 4), temporary(20, "srm", ident="s")]
    features = {"srm": {"in_use": True, "used": 12}}
    entry = derive(system(items, features=features), now).facts["forecast"][0]
    assert entry["ends"] == ["s"]
    assert entry["login_interrupted"] is False
    assert entry["missing"] == 0
    assert [(row["product"], row["quantity"], row["missing"]) for row in entry["products"]] == [
        ("vms_enterprise", 4, 0), ("srm", 0, 12),
    ]  # fmt: skip
    items.append(lic("s2", "srm", 5))
    rows = derive(system(items, features=features), now).facts["forecast"][0]["products"]
    assert [(row["product"], row["quantity"], row["missing"]) for row in rows] == [
        ("vms_enterprise", 4, 0), ("srm", 5, 7),
    ]  # fmt: skip


def test_not_covered_if_the_edition_of_one_architecture_falls(system, lic, temporary, hosts, now):
    mixed = hosts(2) + hosts(2, arch="aarch64", start=2)
    items = [
        lic("b", "vms_standard", 2), temporary(2, "vms_standard_to_enterprise"),
        lic("a", "vms_standard", 2, "aarch64"),
    ]  # fmt: skip
    derived = derive(system(items, mixed), now).facts
    assert derived["effective"]["edition"] == derived["forecast"][0]["edition"] == "standard"
    assert derived["login"]["covered"] is False


def test_covered_is_unknown_if_the_edition_is_unknown(system, lic, temporary, now):
    items = [
        lic("b", "vms_standard", 4), lic("u", "vms_standard_to_enterprise", 4, assigned=None),
        temporary(1, "vms_enhanced_enterprise"),
    ]  # fmt: skip
    derived = derive(system(items), now)
    assert derived.facts["login"]["days"] == 12
    assert derived.unknown["/login/covered"]["because"] == ["/licenses/items/1/assigned"]


def test_a_license_installed_in_the_second_of_the_fetch_is_held(system, lic, temporary):
    facts = system([lic("f", "vms_standard", 4), temporary(4, installed_at="2026-11-20T00:00:00Z")])
    assert _login(facts, AT_END)["state"] == "refused"


def test_an_expired_unknown_product_leaves_the_login_state_unknown(system, lic, temporary):
    derived = derive(system([lic("f", "vms_standard", 4), temporary(4, "vms_ultimate")]), AT_END)
    assert derived.unknown["/login/state"]["because"] == ["/licenses/items/1/product"]
