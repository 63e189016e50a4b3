# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Misspelt names of variables: refused, warned of, or a site's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._run_checks.known_names import known_names
from ansible_collections.unicloud.usphere.plugins.plugin_utils._run_checks.near_names import (
    NearNames,
    is_one_edit,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._run_checks.variable_names import (
    VariableNames,
)

KNOWN = sorted(known_names())


def checked(inventory: Any = None, extra: Iterable[str] = (), params: Iterable[str] = ()) -> list[str]:
    names = VariableNames(frozenset(extra), frozenset({*extra, *params}))
    names.add(inventory)
    return names.check()


def error(*arguments: Any, **options: Any) -> str:
    with pytest.raises(PolicyError) as caught:
        checked(*arguments, **options)
    assert caught.value.text("zh")
    return caught.value.text()


def edits(name: str) -> list[str]:
    """Return every text one edit away, with one letter for insertions and replacements."""
    found = {name[:at] + name[at + 1 :] for at in range(len(name))}
    found |= {name[:at] + "q" + name[at:] for at in range(len(name) + 1)}
    found |= {name[:at] + "q" + name[at + 1 :] for at in range(len(name))}
    found |= {name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(len(name) - 1)}
    return sorted(found - {name})


def test_a_misspelt_option_is_an_error_with_the_nearest_name() -> None:
    sentence = (
        "the variable license_compliance_polcy is not an option of the role license_compliance; correct the "
        "name, or list a variable of your own in usphere_own_variables; did you mean "
        "license_compliance_policy?"
    )
    assert error({"license_compliance_polcy": "site.yml"}) == sentence
    assert error(extra=["license_compliance_polcy"]) == sentence
    assert error(params=["license_compliance_polcy"]) == sentence
    assert "license_report_foldr is not an option of the role" in error({"license_report_foldr": 1})


def test_all_errors_are_reported_at_once() -> None:
    text = error({"license_install_a": 1, "license_migrate_b": 1}, extra=["usphere_hots"])
    assert len(text.splitlines()) == 3


def test_every_edit_of_a_known_name_is_noticed() -> None:
    near = NearNames(KNOWN)
    wrong = [each for name in KNOWN for each in edits(name) if each not in KNOWN]
    assert [each for each in wrong if not near.nearest(each)] == []
    assert [name for name in KNOWN if near.nearest(name)] == []


@pytest.mark.parametrize(
    "wrong", ["usphere_hots", "usphere_thn", "usphere_then_", "sphere_host", "licence_report_name"]
)
def test_an_extra_variable_or_parameter_one_edit_away_is_an_error(wrong: str) -> None:
    assert f"the variable {wrong} differs from " in error(extra=[wrong])
    assert f"the variable {wrong} differs from " in error(params=[wrong])
    assert checked({wrong: 1}) != []


@pytest.mark.parametrize("name", KNOWN)
def test_known_names_are_accepted_from_everywhere(name: str) -> None:
    value: Any = [] if name == "usphere_own_variables" else "x"
    assert checked({name: value}, extra=[name], params=[name]) == []


def test_a_sites_own_variables_are_accepted() -> None:
    own = {"usphere_datacenter_contact": 1, "license_owner": 1, "usphere_rack_of_manager": 1, "policy": 1}
    assert checked(own, extra=list(own)) == []
    listed = {"license_report_title": 1, "usphere_own_variables": ["license_report_title", "usphere_hostz"]}
    assert checked(listed, extra=["usphere_hostz"]) == []


def test_a_near_miss_of_the_inventory_warns() -> None:
    assert checked({"usphere_pasword": "x"}) == [
        "the variable usphere_pasword differs from usphere_password in one character, and it has no effect; "
        "correct the name, or list a variable of your own in usphere_own_variables"
    ]


@pytest.mark.parametrize("name", ["__license_compliance_read", "__usphere_x", "__open"])
def test_internal_names_are_refused_as_extra_variables_only(name: str) -> None:
    assert checked({name: 1}) == []
    assert f"{name} is an internal variable of this collection" in error(extra=[name])
    listed = {"usphere_own_variables": [name]}
    assert "is an internal variable" in error(listed, extra=[name])
    assert checked(extra=["__own_of_the_site"]) == []


@pytest.mark.parametrize("value", ["a", "{{ names }}", [1], {"a": 1}, None])
def test_exceptions_must_be_a_list_of_names(value: object) -> None:
    assert "usphere_own_variables must be a list of names" in error({"usphere_own_variables": value})


@pytest.mark.parametrize("value", ["", " ", []])
def test_empty_hosts_are_an_error(value: object) -> None:
    assert (
        error({"usphere_hosts": value}) == "usphere_hosts is empty; give it a value, or leave the option out"
    )


def test_values_are_never_read() -> None:
    class Unreadable(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            raise AssertionError(name)

        def values(self) -> Any:
            raise AssertionError("values")

    assert checked(Unreadable({"usphere_host": "{{ undefined }}", "other": 1})) == []


def test_a_thousand_hosts_cost_what_their_distinct_names_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []
    nearest = NearNames.nearest

    def count(self: NearNames, name: str) -> str:
        looked_up.append(name)
        return nearest(self, name)

    monkeypatch.setattr(NearNames, "nearest", count)
    names = VariableNames()
    for _host in range(1000):
        names.add({f"site_variable_{number}": 1 for number in range(100)})
    assert names.check() == []
    assert len(looked_up) == 100


@given(st.text("abc_", max_size=8), st.text("abc_", max_size=8))
def test_one_edit_agrees_with_the_definition(left: str, right: str) -> None:
    letters = {*left, *right}
    near = {left[:at] + left[at + 1 :] for at in range(len(left))}
    near |= {left[:at] + letter + left[at:] for at in range(len(left) + 1) for letter in letters}
    near |= {left[:at] + letter + left[at + 1 :] for at in range(len(left)) for letter in letters}
    near |= {left[:at] + left[at + 1] + left[at] + left[at + 2 :] for at in range(len(left) - 1)}
    assert is_one_edit(left, right) == (right in near and left != right)
    assert bool(NearNames([left + "x"]).nearest(right + "x")) == is_one_edit(left + "x", right + "x")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"usphere_port": 0}, "usphere_port must be a whole number from 1 to 65535; got 0"),
        ({"usphere_timeout": "-1"}, "usphere_timeout must be a number of seconds from 0.1 to 86400; got -1"),
        ({"usphere_within": -5}, "usphere_within must be a whole number of days from 1 to 36500; got -5"),
        ({"usphere_keys": [{"quantity": 0}]}, "usphere_keys[0].quantity must be a whole number"),
        ({"license_install_port": 65536}, "license_install_port must be a whole number from 1 to 65535"),
        (
            {"license_migrate_source_connection": {"port": -1}},
            "license_migrate_source_connection.port must be a whole number from 1 to 65535; got -1",
        ),
        ({"license_compliance_horizon": -1}, "license_compliance_horizon must be a whole number of days"),
    ],
)
def test_a_number_outside_the_range_of_its_option_is_an_error(
    variables: dict[str, Any], sentence: str
) -> None:
    assert error(variables).startswith(sentence)
    # An exception of the site concerns its own variables.
    assert checked({**variables, "usphere_own_variables": list(variables)}) == []


def test_other_values_of_numbers_are_left_to_the_task_that_uses_them() -> None:
    values: list[object] = ["{{ site_port }}", "8443", 8443, None, "", "30d", {"x": 1}, [1]]
    for value in values:
        assert checked({"usphere_port": value, "usphere_within": value}) == []
