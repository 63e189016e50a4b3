# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Systems that differ in identifiers only share one assessment, and the result is that of assessing each."""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run, read_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects import cache
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

TESTS = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "evidence"), str(TESTS / "unit")]

import systems  # noqa: E402 - after the path is set

Facts = dict[str, Any]
SITE: Facts = {
    "kind": "LicensePolicy",
    "id": "site",
    "version": "1.0.0",
    "rules": [
        {
            "id": "no-cliff",
            "require": {"properties": {"effective": {"properties": {"days_to_lapse": {"minimum": 30}}}}},
        },
        {
            "id": "kinds",
            "require": {
                "properties": {
                    "licenses": {
                        "properties": {"items": {"items": {"properties": {"kind": {"enum": ["formal"]}}}}}
                    }
                }
            },
        },
    ],
    "pools": [
        {
            "id": "fleet",
            "rows": "/hosts",
            "group_by": ["arch"],
            "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
            "supply": {"from": "in_force", "product": "vms"},
            "require": {"demand": "at_most_supply"},
        },
        {
            "id": "installed",
            "rows": "/hosts",
            "group_by": ["arch"],
            "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
            "supply": {"from": "installed", "product": "vms"},
            "require": {"demand": "at_most_supply"},
        },
    ],
}


def run_of(*policies: Any) -> Run:
    return read_run({"policy": ["vendor", *policies], "as_of": "2026-11-24T12:00:00Z"}, lambda name: name)


def renamed(facts: Facts, name: Callable[[str, str], str]) -> Facts:
    """Return facts in which each identifier is ``name(place, identifier)``."""
    found = copy.deepcopy(facts)
    licenses = found.get("licenses")
    rows = [
        *(("host", row) for row in found.get("hosts", ()) if isinstance(row, dict)),
        *(("license", row) for row in (licenses or {}).get("items", ()) if isinstance(row, dict)),
        *(("server", found[key]) for key in ("license_server",) if isinstance(found.get(key), dict)),
    ]
    for kind, row in rows:
        for key in ("id", "name", "held_by", "client"):
            if isinstance(row.get(key), str):
                place = "server" if key == "held_by" else f"{kind}-{key}"
                row[key] = name("server" if (kind, key) == ("server", "id") else place, row[key])
    return found


#: Ways to name rows: alike, in another order, as other texts of facts, within one another.
NAMINGS: dict[str, Callable[[str, str], str]] = {
    "as they are": lambda _place, text: text,
    "with a prefix": lambda _place, text: f"AB-{text}",
    "with another prefix": lambda _place, text: f"zz.{text}",
    "all upper case": lambda place, text: f"{place}-{text}".upper(),
    "short": lambda _place, text: text[-1:],
    "as a product": lambda _place, text: {"LS-1": "vms_enterprise"}.get(text, f"vms_{text}"),
    "as a state": lambda place, text: "in_use" if place == "license-id" else f"connected{text}",
    "as never": lambda place, text: "never" if place == "server" else f"none{text}",
    "one for all": lambda _place, text: "same" + text[-1:],
    "in reverse": lambda _place, text: f"N{999 - len(text)}{''.join(reversed(text))}",
    "with numbers": lambda _place, text: "10" + "".join(str(ord(each)) for each in text),
    "with blanks": lambda _place, text: f" {text} ",
    "in Chinese": lambda _place, text: f"授权{text}",
    "of a node": lambda _place, text: f"ls-east/{text}",
    # The order of rows is that of numbers, the order of texts is not.
    "with numbers above nine": lambda _place, text: {"LS-1": "LS-2", "LS-2": "LS-10"}.get(text, text),
    "long": lambda _place, text: f"{text}-" + "x" * 90,
}


class RandomNames:
    """A naming with random texts, equal for equal identifiers."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.known: dict[tuple[str, str], str] = {}

    def __call__(self, place: str, text: str) -> str:
        length = self.rng.choice((3, 4, 9, 20))
        return self.known.setdefault((place, text), "".join(self.rng.choices("aAbZ09.-_", k=length)))


def fleet(facts: Facts, rng: random.Random) -> list[HostInput]:
    """Return a system under every naming, and copies of it with random identifiers, in random order."""
    variants = [renamed(facts, name) for name in NAMINGS.values()]
    for _turn in range(6):
        variants.append(renamed(facts, RandomNames(rng)))
    rng.shuffle(variants)
    return [apart(at, each) for at, each in enumerate(variants)]


def apart(at: int, facts: Facts) -> HostInput:
    """Return facts as those of a machine and client of its own, which shares no license with another."""
    own = {**facts, "subject": {"kind": "system", "id": f"system-{at:03}"}}
    if isinstance(own.get("license_server"), dict):
        own["license_server"] = {**own["license_server"], "client": f"client-{at:03}"}
    if isinstance(own.get("source"), dict):
        machine = {
            "endpoint": f"https://10.0.0.{at}:8443",
            "identity": {"macs": [f"00:16:3e:00:01:{at:02x}"]},
        }
        own["source"] = {**own["source"], **machine}
    return HostInput(f"system-{at:03}", own)


def evaluated(given: list[HostInput], run: Run, *, one_by_one: bool = False) -> str:
    if not one_by_one:
        return json.dumps(evaluate_fleet.evaluate(given, run))
    with mock.patch.object(cache.Readings, "kind", return_value=None):
        return json.dumps(evaluate_fleet.evaluate(given, run))


def readings(given: list[HostInput], run: Run) -> int:
    """Return the number of fact sets that are read when ``given`` is evaluated."""
    read = cache.Readings._cached
    seen = []

    def counted(self: cache.Readings, key: bytes, each: HostInput) -> Any:
        seen.append(key)
        return read(self, key, each)

    with mock.patch.object(cache.Readings, "_cached", counted):
        evaluate_fleet.evaluate(given, run)
    return len(set(seen))


CASES = systems.systems()


@pytest.mark.parametrize("name", CASES)
def test_the_result_is_that_of_assessing_each_system(name: str) -> None:
    run = run_of(SITE)
    for seed in range(2):
        given = fleet(CASES[name], random.Random(f"{name} {seed}"))  # noqa: S311 - reproducible tests
        assert evaluated(given, run) == evaluated(given, run, one_by_one=True)


def test_the_result_of_a_mixed_fleet_is_that_of_assessing_each_system() -> None:
    rng = random.Random(7)  # noqa: S311 - reproducible tests
    variants = [each.facts for facts in CASES.values() for each in fleet(facts, rng)]
    rng.shuffle(variants)
    given = [apart(at, facts) for at, facts in enumerate(variants) if isinstance(facts, dict)]
    run = run_of(SITE)
    assert evaluated(given, run) == evaluated(given, run, one_by_one=True)


def similar(count: int, **changes: Any) -> Iterator[HostInput]:
    facts = CASES["standard"]
    for at in range(count):
        own = renamed(facts, lambda place, text, at=at: f"{place}-{at:04}-{text}")
        source = {
            **own["source"],
            "endpoint": f"https://10.0.0.{at}:8443",
            "identity": {"macs": [f"00:16:3e:00:00:{at:02x}"]},
        }
        yield HostInput(
            f"system-{at}",
            {**own, "source": source, "subject": {"kind": "system", "id": f"system-{at}"}, **changes},
        )


#: Texts of facts, derived facts and pools.
WORDS = ("enterprise", "standard", "x86_64", "never", "in_use", "formal", "vms_standard", "connected", "base")
#: Without the vendor's policy, whose rules read most texts.
POOLS = {
    **SITE,
    "rules": [],
    "pools": [
        *SITE["pools"],
        {**SITE["pools"][0], "id": "by-state", "group_by": ["license_server.state", "arch"]},
    ],
}


@pytest.mark.parametrize("place", ["license-id", "host-name", "server"])
@pytest.mark.parametrize("word", WORDS)
def test_an_identifier_that_is_also_another_text_is_not_mistaken_for_it(word: str, place: str) -> None:
    """The first system, or the first two, have an identifier that results contain in another meaning."""

    def named(start: str) -> Facts:
        return renamed(CASES["standard"], lambda own, text: start + text if own == place else text)

    first = renamed(CASES["standard"], lambda own, text: word if own == place else text)
    run = read_run({"policy": POOLS, "as_of": "2026-11-24T12:00:00Z"}, lambda name: name)
    # Beginnings that are beside the word in alphabetical order, too.
    beside = (f"{word[:4]}x", f"{word[:4]}y", f"{word[:4]}z")
    for others in beside, ("aa", "mm", "zz"), ("zz", "0-", "e"), ("e", "zz", "mm"), ("v", "w", "x"):
        for same in 1, 2:
            variants = [*[first] * same, *map(named, others)]
            given = [apart(at, each) for at, each in enumerate(variants)]
            assert evaluated(given, run) == evaluated(given, run, one_by_one=True)


def test_two_systems_of_a_kind_are_read() -> None:
    """The second one shows that the sheet made for it is the right one."""
    assert readings(list(similar(50)), run_of(SITE)) == 2


def test_systems_of_one_license_server_are_of_one_kind() -> None:
    given = list(similar(50))
    for each in given:
        assert isinstance(each.facts, dict)
        each.facts["license_server"]["id"] = "ls-east"
        for row in each.facts["licenses"]["items"]:
            row["held_by"] = "ls-east"
    assert readings(given, run_of(SITE)) == 2


def test_evidence_names_the_licenses_of_each_system() -> None:
    result = evaluate_fleet.evaluate(list(similar(3)), run_of())
    for at, subject in enumerate(result["subjects"]):
        evidence = json.dumps([result["evidence"][key] for key in subject["evidence"]])
        assert f"license-id-{at:04}-" in evidence
        assert not any(f"license-id-{other:04}-" in evidence for other in range(3) if other != at)


def rule(pattern: str) -> Facts:
    items = {"items": {"items": {"properties": {"id": {"pattern": pattern}}}}}
    require = {"properties": {"licenses": {"properties": items}}}
    return {**SITE, "rules": [{"id": "ids", "require": require}], "pools": []}


@pytest.mark.parametrize("passing", range(3))
def test_a_rule_about_identifiers_is_decided_for_each_system(passing: int) -> None:
    result = evaluate_fleet.evaluate(list(similar(3)), run_of(rule(f"^license-id-000{passing}-")))
    failed = {each["subject"]["id"] for each in result["findings"] if each["rule"] == "ids"}
    assert failed == {f"system-{at}" for at in range(3) if at != passing}


def test_a_message_names_the_client_of_each_system() -> None:
    too_many = {"properties": {"hosts": {"minItems": 1000}}}
    quoting = {"id": "size", "require": too_many, "message": {"en": "{/license_server/client} is small"}}
    result = evaluate_fleet.evaluate(list(similar(3)), run_of({**SITE, "rules": [quoting], "pools": []}))
    messages = [each["message"]["en"] for each in result["findings"] if each["rule"] == "size"]
    assert messages == [f"server-client-{at:04}-hangzhou is small" for at in range(3)]


def test_a_pool_about_names_of_hosts_is_decided_for_each_system() -> None:
    named = {"properties": {"name": {"pattern": "^host-name-0001-"}}}
    pool = {**SITE["pools"][0], "where": named, "group_by": ["subject.id", "arch"]}
    pool["demand"] = {**pool["demand"], "round_up": 1000}
    result = evaluate_fleet.evaluate(list(similar(3)), run_of({**SITE, "rules": [], "pools": [pool]}))
    assert [each["subject"]["id"] for each in result["findings"] if each["rule"] == "fleet"] == ["system-1"]


@pytest.mark.parametrize(
    "source",
    [
        {"identity": {"macz": []}},
        {"identity": {"macs": [""]}},
        {"identity": {"macs": "00:16:3e:00:00:01"}},
        {"identity": None},
        {"endpoint": None},
        {"endpoint": ""},
        {"endpoint": ["https://10.0.0.1:8443"]},
    ],
)
def test_a_source_that_cannot_be_read_is_an_error_or_unknown_of_its_system(source: Facts) -> None:
    first, second, third = list(similar(3))
    assert isinstance(second.facts, dict)
    second.facts["source"].update(source)
    given, run = [first, second, third], run_of()
    assert evaluated(given, run) == evaluated(given, run, one_by_one=True)
