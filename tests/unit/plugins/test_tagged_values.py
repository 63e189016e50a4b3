# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tagged values of Ansible (subclasses of text, numbers, lists, mappings) are equivalent to plain values."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import play_scope
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = "ansible_collections.unicloud.usphere.plugins"
HostFacts = Callable[..., dict[str, Any]]
AS_OF = "2026-11-24T08:00:00Z"


class Text(str):
    """Like text that ansible-core marks as unsafe: ``str`` of it does not return plain text either."""

    def __str__(self) -> str:
        return copy.copy(self)


class Number(int):
    pass


class Items(list[Any]):
    pass


class Fields(dict[str, Any]):
    pass


def subclassed(value: Any) -> Any:
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return Number(value)
    if isinstance(value, dict):
        return Fields({Text(name): subclassed(item) for name, item in value.items()})
    if isinstance(value, (list, tuple)):
        return Items(subclassed(item) for item in value)
    return value


def of_core(value: Any) -> Any:
    """Return values as the installed ansible-core makes them: tagged, or unsafe text before 2.19."""
    try:
        from ansible._internal._datatag._tags import TrustedAsTemplate
    except ImportError:
        return wrap_var(value)
    if isinstance(value, dict):
        return {of_core(name): of_core(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [of_core(item) for item in value]
    # Single values are tagged; True and None cannot be.
    return value if isinstance(value, bool) or value is None else TrustedAsTemplate().tag(value)


WRAPPERS = {"subclass": subclassed, "core": of_core}


def is_plain(value: object) -> bool:
    kind = value.__class__
    if isinstance(value, dict):
        return kind is dict and all(name.__class__ is str and is_plain(item) for name, item in value.items())
    if isinstance(value, list):
        return kind is list and all(map(is_plain, value))
    return value is None or kind in (str, int, bool, float)


def result_of(facts: dict[str, Any]) -> Any:
    return license_compliance(facts, "vendor", as_of=AS_OF, host="hangzhou")


RULE = {
    "id": "few",
    "severity": "low",
    "require": {"properties": {"vms": {"properties": {"total": {"maximum": 5}}}}},
}
POLICY = {"kind": "LicensePolicy", "id": "site", "version": "1.0.0", "rules": [RULE]}
GRANT = {
    "id": "C-1",
    "covers": {
        "product": "vms_standard",
        "arch": "x86_64",
        "kind": "formal",
        "quantity": 4,
        "from": "2026-01-10",
        "until": "never",
    },
    "allocations": [{"license_server": "ls-east", "system": "hangzhou", "quantity": 4}],
}
BOUGHT = {
    "kind": "Entitlements",
    "schema_version": 1,
    "id": "acme",
    "systems": {"hangzhou": {"license_server": "ls-east"}},
    "grants": [GRANT],
}
WAIVER = {
    "id": "W-1",
    "rule": "few",
    "scope": {"systems": ["hangzhou"]},
    "reason": "growth",
    "approver": "ops",
    "ticket": "T-1",
    "from": "2026-11-01",
    "until": "2026-12-24",
}
WAIVERS = {"kind": "Waivers", "schema_version": 1, "id": "acme", "longest_days": 90, "waivers": [WAIVER]}
CATALOG = {
    "kind": "LicenseCatalog",
    "schema_version": 1,
    "id": "site",
    "source": "the vendor",
    "products": [
        {
            "id": "srm",
            "arch": "x86_64",
            "class": "feature",
            "metric": "vm",
            "installation": "remote",
            "feature": "srm",
        }
    ],
}
SERVER = {"server": {"id": "ls-east"}, "licenses": [], "clients": [{"name": "hangzhou", "quota": []}]}
JUDGING = {
    "as_of": AS_OF,
    "host": "hangzhou",
    "catalog": CATALOG,
    "entitlements": BOUGHT,
    "waivers": WAIVERS,
    "facts_map": "flat",
    "absent": "allowed",
    "coerce": True,
}
OWN_FACTS = {
    "cpu_count": 2,
    "arch": "x86_64",
    "version": "E0760P03",
    "edition": "standard",
    "features": ["srm"],
}


def calls(facts: dict[str, Any]) -> dict[str, tuple[list[Any], dict[str, Any]]]:
    """Return for each filter and test its arguments, with every option."""
    result = result_of(facts)
    return {
        "filter.license_compliance": (
            [facts, [POLICY, "vendor"]],
            {
                **JUDGING,
                "horizon": 30,
                "expected_hosts": ["hangzhou", "chengdu"],
                "fail_on": ["error", "non_compliant"],
                "license_servers": [SERVER],
                "max_age": "36h",
                "coverage": "report",
                "coverage_exclude": [{"name": "lab", "reason": "no license"}],
            },
        ),
        "filter.license_what_if": (
            [facts, ["vendor", POLICY]],
            {
                **JUDGING,
                "horizon": "30d",
                "facts": {"/vms/total": 4},
                "bought": [{"product": "vms_standard", "arch": "x86_64", "quantity": 2}],
                "entitlements_then": BOUGHT,
                "at": "2026-12-24",
            },
        ),
        "filter.license_drift": ([result, result], {}),
        "filter.license_baseline": (
            [result, "license office", "LIC-1"],
            {"reason": "present before", "days": 30},
        ),
        "filter.to_license_report": ([result, "json"], {"language": "en", "detail": True}),
        "filter.to_host_facts": ([OWN_FACTS, "flat"], {"host": "hangzhou"}),
        "filter.to_opa": ([result], {"language": "zh"}),
        "filter.effective_license": ([facts], {"as_of": AS_OF, "catalog": CATALOG}),
        "filter.license_forecast": ([facts], {"as_of": AS_OF, "catalog": CATALOG}),
        "filter.license_purchase_plan": ([facts], {"as_of": AS_OF, "catalog": CATALOG, "features": ["srm"]}),
        "filter.license_renewal": (
            [[facts]],
            {
                "within": 30,
                "expected": ["hangzhou", "chengdu"],
                "keys": {"hangzhou": [{"key": "K-1", "product": "srm", "arch": "x86_64", "purchased": 2}]},
                "node_licenses": {},
                "as_of": AS_OF,
                "catalog": CATALOG,
                "language": "en",
            },
        ),
        "test.license_compliant": (
            [facts, "vendor"],
            {**JUDGING, "horizon": 30, "license_servers": [SERVER], "max_age": "36h"},
        ),
        "test.usphere_version": (["E0760P03", ">=E0730P06"], {}),
    }


def outcome(function: Callable[..., Any], args: list[Any], options: dict[str, Any]) -> tuple[Any, str]:
    try:
        return function(*args, **options), ""
    except AnsibleError as error:
        return None, str.__str__(error.message)


NAMES = sorted(
    f"{kind}.{path.stem}"
    for kind in ("filter", "test")
    for path in (ROOT / "plugins" / kind).glob("*.py")
    if not path.stem.startswith("_")
)


def function_of(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(import_module(f"{PLUGINS}.{name}"), name.partition(".")[2])
    return function


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_every_option_of_every_filter_and_test(name: str, host_facts: HostFacts) -> None:
    args, options = calls(host_facts())[name]
    known = list(inspect.signature(function_of(name)).parameters)
    left_out = set(known[len(args) :]) - set(options)
    # The test and the plan share the code of the filter for these.
    assert left_out <= {"horizon", "license_servers"}, left_out


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("name", NAMES)
def test_filters_and_tests_treat_tagged_values_as_plain_ones(
    name: str, wrapper: str, host_facts: HostFacts
) -> None:
    args, options = calls(host_facts())[name]
    wrap = WRAPPERS[wrapper]
    plain = outcome(function_of(name), args, options)
    wrapped = outcome(
        function_of(name),
        [wrap(each) for each in args],
        {option: wrap(each) for option, each in options.items()},
    )
    assert plain[1] == ""
    assert wrapped == plain
    assert is_plain(wrapped[0])


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize(
    "option",
    [
        {"host": 7},
        {"host": []},
        {"expected_hosts": {"a": 1}},
        {"expected_hosts": [7]},
        {"horizon": "soon"},
        {"as_of": "soon"},
        {"fail_on": ["warnings"]},
    ],
    ids=str,
)
def test_a_wrong_tagged_value_has_the_same_sentence(
    option: dict[str, Any], wrapper: str, host_facts: HostFacts
) -> None:
    wrap = WRAPPERS[wrapper]
    _nothing, sentence = outcome(license_compliance, [host_facts(), "vendor"], option)
    (name,) = option
    assert name in sentence
    wrapped = {name: wrap(each) for name, each in option.items()}
    assert outcome(license_compliance, [wrap(host_facts()), wrap("vendor")], wrapped) == (None, sentence)


@pytest.fixture
def run_lookup(tmp_path: Path) -> Callable[..., Any]:
    lookup_loader.add_directory(str(ROOT / "plugins" / "lookup"))

    def run(name: str, terms: list[Any], options: dict[str, Any]) -> tuple[Any, str]:
        plugin = lookup_loader.get(name, loader=DataLoader())
        variables = {"ansible_search_path": [str(tmp_path)]}
        return outcome(plugin.run, [terms, variables], options)

    return run


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize(
    ("name", "terms", "options"),
    [
        ("license_policy", ["vendor", POLICY, ["vendor", POLICY]], {"catalog": CATALOG}),
        ("license_policy_test", [POLICY], {"catalog": CATALOG, "language": "zh"}),
        ("license_catalog", ["srm"], {"catalog": CATALOG, "version": "E0760", "arch": "x86_64"}),
        ("license_catalog", ["srn"], {}),
        ("license_migrations", ["{folder}"], {"states": ["done"], "language": "en"}),
        ("license_issued_files", ["{folder}"], {"product_node": "isc"}),
        ("license_activation_files", ["{folder}"], {"license_ids": ["LS-1"]}),
    ],
)
def test_lookups_treat_tagged_values_as_plain_ones(
    name: str,
    terms: list[Any],
    options: dict[str, Any],
    wrapper: str,
    run_lookup: Callable[..., Any],
    tmp_path: Path,
) -> None:
    wrap = WRAPPERS[wrapper]
    terms = [each.format(folder=tmp_path) if isinstance(each, str) else each for each in terms]
    plain = run_lookup(name, terms, options)
    if wrapper == "core":
        options = {option: wrap(each) for option, each in options.items()}
    # ansible-core converts options, and since 2.19 it rejects other classes than its own.
    wrapped = run_lookup(name, wrap(terms), options)
    assert wrapped == plain
    assert is_plain(wrapped[0])


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_the_action_treats_tagged_host_names_as_plain_ones(wrapper: str, host_facts: HostFacts) -> None:
    wrap = WRAPPERS[wrapper]
    variables = {"a": {"usphere": host_facts()}, "b": {"usphere": None}}
    names = ["a", "b"]
    task = {"ansible_play_hosts_all": names, "ansible_play_hosts": ["a"], "ansible_limit": "a,b"}

    def inputs(plain: bool, chosen: list[str] | None) -> tuple[play_scope.PlayScope, list[HostInput]]:
        pack = (lambda value: value) if plain else wrap
        scope = play_scope.scope_of(pack(task), pack([1]), pack(chosen))
        return scope, play_scope.inputs(scope, variables.get, lambda _text: False)[0]

    for chosen in (None, ["b", "x"]):
        scope, given = inputs(False, chosen)
        assert (scope, given) == inputs(True, chosen)
        assert is_plain([*scope.hosts, *sorted(scope.reached), scope.limit])
        assert is_plain([each.host for each in given])
