# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of `make evidence`, in short: each one finds what it looks for, and finds nothing today."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "evidence"), str(TESTS / "unit")]

import fact_mutation  # noqa: E402 - after the path is set
import honest_fleet  # noqa: E402
import orders  # noqa: E402
import play_books  # noqa: E402
import play_choices  # noqa: E402
import plays  # noqa: E402
import run  # noqa: E402
import systems  # noqa: E402
from legible import Says, says  # noqa: E402

#: Judged as they should be once their options exist.
SITES = list(honest_fleet.fleet())


def test_there_are_thirty_systems_and_both_decisions() -> None:
    judge = fact_mutation.Judge("vendor")
    decisions = [judge.decision(facts) for facts in systems.systems().values()]
    assert len(decisions) >= 30
    assert min(decisions.count("compliant"), decisions.count("non_compliant")) >= 10


@pytest.mark.parametrize("policy", fact_mutation.POLICIES)
def test_a_changed_fact_is_never_better_than_an_unknown_one(policy: str) -> None:
    judge = fact_mutation.Judge(fact_mutation.POLICIES[policy])
    facts = systems.systems()["license for the other architecture"]
    figures = fact_mutation.judge_system("one", facts, policy, judge, 1, 1)
    assert (figures.greens, figures.crashes) == ([], [])
    assert figures.judged >= 300


@pytest.mark.parametrize(
    ("meaning", "found", "true", "unknown", "green"),
    [
        (Says.NOTHING, "compliant", "compliant", "undetermined", True),
        (Says.NOTHING, "undetermined", "compliant", "non_compliant", True),
        (Says.NOTHING, "error", "compliant", "undetermined", False),
        (Says.SAME, "compliant", "compliant", "undetermined", False),
        (Says.SAME, "compliant", "non_compliant", "undetermined", True),
        (Says.AGAIN, "compliant", "compliant", "undetermined", True),
        (Says.AGAIN, "undetermined", "compliant", "non_compliant", False),
        (Says.OTHER, "compliant", "compliant", "undetermined", False),
        (Says.OTHER, "compliant", "non_compliant", "non_compliant", True),
    ],
)
def test_what_is_a_green(meaning: Says, found: str, true: str, unknown: str, green: bool) -> None:
    assert fact_mutation.is_green(meaning, found, true, unknown) is green


@pytest.mark.parametrize(
    ("path", "value", "meaning"),
    [
        (("hosts", 0, "arch"), "amd64", Says.SAME),
        (("hosts", 0, "arch"), "amd64x", Says.NOTHING),
        (("hosts", 0, "arch"), "aarch64", Says.OTHER),
        (("hosts", 0, "cpu_sockets"), "2", Says.SAME),
        (("hosts", 0, "cpu_sockets"), "-1", Says.NOTHING),
        (("hosts", 0, "cpu_sockets"), True, Says.NOTHING),
        (("hosts", 0, "cpu_sockets"), 7, Says.OTHER),
        (("hosts", 0, "id"), "2", Says.AGAIN),
        (("licenses", "items", 0, "product"), "vms_standard_plus", Says.NOTHING),
        (("licenses", "items", 0, "expires_at"), "2026-13-45", Says.NOTHING),
        (("licenses", "items", 0, "expires_at"), "2027-11-20 09:00:00", Says.OTHER),
        (("version", "vms"), "e0760p03", Says.SAME),
        (("version", "vms"), "7.0", Says.NOTHING),
        (("features", "srm"), {}, Says.NOTHING),
        (("license_server",), None, Says.NOTHING),
    ],
)
def test_what_a_value_says(path: Any, value: object, meaning: Says) -> None:
    assert says(systems.system("licensed"), path, value) is meaning


def test_orders_change_no_byte_and_a_change_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "PER_FLEET", 3)
    figures = orders.judge_all(3, 3, tmp_path)
    assert (figures.differences, figures.permutations) == ([], 3)
    keep = orders.permuted

    def changed(given: orders.Fleet, chance: Any) -> orders.Fleet:
        found = keep(given, chance)
        found.hosts[0][1]["hosts"] = []
        return found

    monkeypatch.setattr(orders, "permuted", changed)
    assert orders.judge_all(1, 3, tmp_path).differences


@pytest.mark.parametrize("name", SITES)
def test_an_honest_system_passes(name: str, tmp_path: Path) -> None:
    site = honest_fleet.fleet()[name]
    assert {
        gate: honest_fleet.blocked(site, gate, tmp_path) for gate in honest_fleet.GATES[:-1]
    } == dict.fromkeys(honest_fleet.GATES[:-1], "")


def test_fourteen_honest_systems() -> None:
    assert len(honest_fleet.fleet()) == 14


def test_plays_cover_every_pair_of_choices() -> None:
    found = play_choices.plays(run.PLAYS * 4, 1)
    assert [play.values for play in found] == [play.values for play in play_choices.plays(len(found), 1)]
    for one, other in combinations(play_choices.CHOICES, 2):
        pairs = {(play[one], play[other]) for play in found}
        assert len(pairs) == len(play_choices.CHOICES[one]) * len(play_choices.CHOICES[other]), (one, other)


def test_half_of_the_plays_read_all_hosts() -> None:
    found = play_choices.plays(run.PLAYS, 1)
    assert sum(play["health"] == "all" for play in found) >= run.PLAYS // 2
    for play in found:
        assert play_books.playbook(play)


def row(host: str, task: str, state: str = "ok", action: str = "ansible.builtin.debug") -> dict[str, str]:
    return {"host": host, "task": task, "state": state, "action": action}


CHECKED = row("h1", "check", action=plays.CHECK)


@pytest.mark.parametrize(
    ("changes", "rows", "passed"),
    [
        ({}, [CHECKED, row("h1", "after"), row("h2", "after")], {"h1", "h2"}),
        ({}, [{**CHECKED, "state": "skipped"}, row("h1", "after")], {"h1"}),
        ({"when": "not_first"}, [row("h1", "after"), row("h2", "after")], {"h2"}),
        ({"when": "not_first", "entry": "action"}, [row("h2", "after")], set()),
        ({"when": "false"}, [row("h1", "after")], set()),
        ({"tags": "deploy"}, [row("h1", "after")], set()),
        ({"tags": "deploy", "entry": "playbook"}, [row("h1", "after")], {"h1"}),
        ({"stop": "none"}, [CHECKED, row("h1", "after"), row("h2", "compliant")], {"h2"}),
        ({"around": "rescue"}, [CHECKED, row("h2", "read", "failed"), row("h1", "after")], set()),
        ({"around": "rescue"}, [CHECKED, row("h1", "after")], {"h1"}),
        (
            {"around": "rescue", "entry": "action"},
            [CHECKED, row("h2", "read", "failed"), row("h2", "after")],
            {"h2"},
        ),
    ],
)
def test_who_passed(changes: dict[str, str], rows: list[dict[str, str]], passed: set[str]) -> None:
    plain = {name: values[0] for name, values in play_choices.CHOICES.items()}
    assert plays.judge(play_choices.Play(0, plain | changes), rows, {"h1"})[0] == passed


def test_the_command_fails_if_a_figure_is_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = run.Figure("all well", True), run.Figure("one red", False, ("a finding",))
    monkeypatch.setattr(run, "FIGURES", {"order": lambda scale: good, "plays": lambda scale: bad})
    monkeypatch.setattr(sys, "argv", ["run.py"])
    assert run.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "ok   order: all well",
        "MISS plays: one red",
        "       a finding",
    ]
    monkeypatch.setattr(sys, "argv", ["run.py", "--figure", "order"])
    assert run.main() == 0
