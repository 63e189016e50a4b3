# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unreadable license rows, logins and features never count as harmless."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive

UNREAD = [("x", "value"), (["x"], "type"), (True, "type"), (None, "null")]


def _products(derived):
    return {(row["product"], row["arch"]): row for row in derived.facts["effective"]["products"]}


@pytest.mark.parametrize(("value", "reason"), UNREAD)
@pytest.mark.parametrize("name", ["arch", "kind", "quantity", "status", "assigned", "held_by"])
def test_an_unreadable_license_row_gives_an_interval_that_includes_nothing(
    system, lic, now, name, value, reason
):
    if name == "held_by" and value == "x":
        value, reason = 7, "type"
    facts = system([lic("a", "vms_standard", 4, assigned=4)])
    assert derive(facts, now).facts["effective"]["products"][0]["missing"] == 0
    facts["licenses"]["items"][0][name] = value
    derived = derive(facts, now)
    entries = [entry for pointer, entry in derived.unknown.items() if pointer.endswith("/missing")]
    row = f"/licenses/items/0/{name}"
    assert any(
        entry["reason"] == reason and row in entry["because"] and entry["high"] == 4 for entry in entries
    )


def test_an_unreadable_license_may_be_for_any_architecture(system, lic, hosts, now):
    facts = system([lic("a", "vms_standard", 4, "amd64x")], hosts(2) + hosts(2, arch="aarch64", start=2))
    derived = derive(facts, now)
    highs = [
        derived.unknown[f"/effective/products/{index}/quantity"]["high"]
        for index in range(len(derived.facts["effective"]["products"]))
    ]
    assert highs == [4, 4]


@pytest.mark.parametrize(("text", "arch"), [("amd64", "x86_64"), ("ARM64", "aarch64")])
def test_another_spelling_of_an_architecture_is_recognized(system, lic, hosts, now, text, arch):
    derived = derive(system([lic("a", "vms_standard", 4, text)], hosts(2, 2, arch=arch)), now)
    assert _products(derived)["vms_standard", arch]["missing"] == 0


def test_decimal_text_is_a_quantity(system, lic, now):
    derived = derive(system([lic("a", "vms_standard", "4", assigned="3")]), now)
    assert _products(derived)["vms_standard", "x86_64"]["quantity"] == 3


def test_an_assigned_share_above_the_quantity_is_a_contradiction(system, lic, now):
    derived = derive(system([lic("a", "vms_standard", 4, assigned=5)]), now)
    entry = derived.unknown["/effective/products/0/missing"]
    assert entry["reason"] == "conflict"
    assert entry["because"] == ["/licenses/items/0/assigned", "/licenses/items/0/quantity"]


def test_another_license_server_is_a_contradiction(system, lic, now):
    derived = derive(system([lic("a", "vms_standard", 4, held_by="elsewhere")]), now)
    assert derived.unknown["/effective/products/0/missing"]["reason"] == "conflict"


LOGINS = [
    ({"state": "Refused"}, "value"), ({"state": ["ok"]}, "type"), ({"state": None}, "null"), ({}, "absent"),
]  # fmt: skip


@pytest.mark.parametrize(("login", "reason"), LOGINS)
def test_an_unreadable_login_state_is_not_ok(system, lic, now, login, reason):
    facts = system([lic("a", "vms_standard", 4)])
    assert derive(facts, now).facts["login"]["state"] == "ok", "nothing speaks of login: it is derived"
    entry = derive({**facts, "login": login}, now).unknown["/login/state"]
    assert entry == {"reason": reason, "because": ["/login/state"]}


@pytest.mark.parametrize("pointer", ["/login", "/login/state"])
def test_a_login_state_listed_as_unknown_is_not_ok(system, lic, now, pointer):
    facts = system([lic("a", "vms_standard", 4)], unknown={pointer: {"reason": "gather_error"}})
    assert derive(facts, now).unknown["/login/state"]["reason"] == "gather_error"


def test_an_expiry_that_refuses_login_overrides_the_stated_state(system, lic, now):
    gone = lic("a", "vms_standard", 4, kind="temporary", expires_at="2026-11-22T00:00:00Z")
    facts = system([gone], login={"state": "Ok"})
    assert derive(facts, now).facts["login"]["state"] == "refused"


@pytest.mark.parametrize(("value", "reason"), UNREAD)
def test_uncountable_use_is_not_zero(system, now, value, reason):
    facts = copy.deepcopy(system())
    facts["features"]["srm"] = {"in_use": False, "used": value}
    derived = derive(facts, now)
    assert derived.unknown["/features/srm/in_use"] == {"reason": reason, "because": ["/features/srm/used"]}
    del facts["features"]["srm"]["used"]
    assert derive(facts, now).facts["features"]["srm"]["used"] == 0
