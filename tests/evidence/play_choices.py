# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choices of a play: every pair of two choices occurs, the order is fixed by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

#: The first value of each is the plain one. Half of the plays read all hosts and choose among
#: ``PLAIN_WAYS``, so that many plays pass.
CHOICES: dict[str, tuple[str, ...]] = {
    "entry": ("role", "import_role", "include_role", "playbook", "action"),
    "stop": ("play", "none"),
    "health": ("all", "wrong_password", "first_dead", "last_dead", "no_connection", "none"),
    "around": (
        "nothing",
        "rescue",
        "ignore_errors",
        "ignore_unreachable",
        "run_once",
        "delegate_to",
        "delegate_facts",
        "loop",
    ),
    "when": ("nothing", "true", "not_first", "not_last", "false"),
    "serial": ("nothing", "1", "2", "50%"),
    "strategy": ("linear", "free"),
    "errors": ("nothing", "any_errors_fatal", "max_fail_percentage"),
    "cache": ("nothing", "young", "old"),
    "tags": ("nothing", "check", "deploy", "skip_check", "skip_deploy"),
    "limit": ("nothing", "first", "not_first"),
    "gather": ("nothing", "min"),
}
#: Ways of a play in which a host that is read and complies goes on.
PLAIN_WAYS: dict[str, tuple[str, ...]] = {
    "entry": CHOICES["entry"],
    "stop": CHOICES["stop"],
    "around": ("nothing", "rescue", "ignore_errors", "ignore_unreachable", "delegate_to"),
    "when": ("nothing", "true"),
    "serial": CHOICES["serial"],
    "errors": CHOICES["errors"],
    "cache": CHOICES["cache"],
    "tags": ("nothing",),
    "limit": ("nothing", "first"),
    "gather": CHOICES["gather"],
}
#: Ways in which a check was passed without a read: each seed plays them first.
KNOWN: tuple[dict[str, str], ...] = (
    {"entry": "action", "around": "rescue", "cache": "old", "health": "first_dead"},
    {"entry": "action", "around": "ignore_errors", "cache": "old", "health": "last_dead"},
    {"entry": "action", "around": "run_once"},
    {"entry": "action", "around": "delegate_facts"},
    {"entry": "action", "when": "not_first", "health": "last_dead", "around": "ignore_errors"},
    {"entry": "import_role", "when": "not_first", "health": "first_dead"},
    {"entry": "role", "when": "not_first", "health": "first_dead"},
    {"entry": "role", "when": "not_first", "cache": "young", "health": "last_dead"},
    {"entry": "role", "when": "not_last"},
    {"entry": "role", "around": "ignore_errors", "cache": "young", "health": "first_dead"},
    {"entry": "import_role", "around": "run_once", "cache": "young"},
    {"entry": "include_role", "around": "delegate_facts", "cache": "young", "stop": "none"},
    {"entry": "playbook", "cache": "young", "health": "last_dead"},
    {"entry": "playbook", "when": "not_first"},
)


@dataclass(frozen=True)
class Play:
    """One generated play: its number and the value of each choice."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def __str__(self) -> str:
        parts = [f"{name}={value}" for name, value in self.values.items() if value != CHOICES[name][0]]
        return f"play {self.number}: {' '.join([self['entry'], *parts])}"


def plays(count: int, seed: int) -> list[Play]:
    """Return ``count`` plays. Every second one is plain; the others cover all pairs of values first."""
    chance = random.Random(seed)  # noqa: S311 - a choice of cases, not a secret
    covering = _covering(chance)
    found: list[Play] = []
    plain = {name: ways[0] for name, ways in CHOICES.items()}
    for number in range(count):
        if number % 2:
            values = plain | {name: chance.choice(ways) for name, ways in PLAIN_WAYS.items()}
        elif number // 2 < len(KNOWN):
            values = plain | KNOWN[number // 2]
        else:
            values = next(covering)
        found.append(Play(number, values))
    return found


def _covering(chance: random.Random) -> Iterator[dict[str, str]]:
    """Yield plays that each cover many pairs of values not covered before; then any."""
    open_pairs = {
        ((one, first), (other, second))
        for one, other in combinations(CHOICES, 2)
        for first in CHOICES[one]
        for second in CHOICES[other]
    }
    while True:
        tries = [{name: chance.choice(values) for name, values in CHOICES.items()} for _each in range(40)]
        best = max(tries, key=lambda values: len(open_pairs & _pairs(values)))
        if open_pairs:
            (one, first), (other, second) = min(open_pairs)
            best = {**best, one: first, other: second}
        open_pairs -= _pairs(best)
        yield best


def _pairs(values: Mapping[str, str]) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    return set(combinations([(name, values[name]) for name in CHOICES], 2))
