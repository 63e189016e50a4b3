# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permutations of rows, hosts, files, inventories and documents of a fleet: the same bytes of the result."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from gates import by_action, by_filter
from systems import AS_OF, Facts, systems

T = TypeVar("T")
#: Permutations of one fleet; then another fleet is made.
PER_FLEET = 10
AT = AS_OF.isoformat()
HOST = {
    "arch": ["x86_64", "aarch64", "amd65"],
    "cpu_sockets": [1, 2, 4, "2 "],
    "container_cluster": [True, None],
}
LICENSE = {
    "product": ["vms_standard", "srm", "unheard_of"],
    "quantity": [2, 8, None],
    "status": ["in_use", "expired"],
    "expires_at": ["never", "2026-12-06T00:00:00Z", "soon"],
    "held_by": ["ls-east", "ls-west"],
}
WAIVER = {
    "reason": "accepted until the order arrives",
    "approver": "operations",
    "ticket": "CHG-1",
    "from": "2026-11-20",
    "until": "2026-12-20",
}


@dataclass
class Figures:
    """Permutations that were judged, those by each way, and those with another result."""

    permutations: int = 0
    ways: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Fleet:
    """Systems by host, and the documents of a run."""

    hosts: tuple[tuple[str, Facts], ...]
    entitlements: Facts
    servers: tuple[Facts, ...]
    waivers: Facts


def fleet(chance: random.Random) -> Fleet:
    """Return a random fleet: systems with repeated and contradicting rows, some as one pair."""
    names = [f"site-{number}" for number in range(chance.randint(2, 5))]
    known = systems()
    hosts: list[tuple[str, Facts]] = []
    for name in names:
        facts = copy.deepcopy(known[chance.choice(list(known))])
        facts["subject"] = {"kind": "system", "id": chance.choice([name, name, "pair-1"])}
        facts["hosts"] = _varied(facts["hosts"], HOST, chance)
        facts["licenses"]["items"] = _varied(facts["licenses"]["items"], LICENSE, chance)
        if chance.random() < 0.5:
            pointer = f"/hosts/{chance.randrange(len(facts['hosts']))}/arch"
            facts["unknown"] = {**facts.get("unknown", {}), pointer: {"reason": "gather_error"}}
        hosts.append((name, facts))
    grants = [
        {
            "id": f"grant-{number}",
            "covers": {
                "product": "vms_standard",
                "arch": "x86_64",
                "kind": "formal",
                "code": "3132A0XY",
                "quantity": chance.choice([4, 10]),
                "from": "2026-01-10",
                "until": "never",
            },
            "allocations": [
                {"license_server": "ls-east", "system": name, "quantity": chance.choice([2, 4])}
                for name in names[:2]
            ],
        }
        for number in range(3)
    ]
    bought = {name: {"license_server": "ls-east"} for name in names}
    rules = ("r1-system-licensed", "r4-one-edition", "r20-login-refused")
    waivers = [{"id": f"W-{rule}", "rule": rule, "scope": {"systems": names[:1]}, **WAIVER} for rule in rules]
    row = {"product": "vms_standard", "arch": "x86_64", "code": "3130A0XY", "expires_at": "never"}
    servers = tuple(
        {
            "server": {"id": server},
            "licenses": [{**row, "id": f"LS-{at}", "quantity": at, "status": "in_use"} for at in (2, 4, 6)],
            "clients": [
                {"name": name, "quota": [{"product": "vms_standard", "arch": "x86_64", "quantity": 4}]}
                for name in names
            ],
        }
        for server in ("ls-east", "ls-west")
    )
    head = {"schema_version": 1, "id": "fleet"}
    return Fleet(
        tuple(hosts),
        {"kind": "Entitlements", **head, "systems": bought, "grants": grants},
        servers,
        {"kind": "Waivers", **head, "waivers": waivers},
    )


def _varied(rows: list[Facts], choices: dict[str, list[Any]], chance: random.Random) -> list[Facts]:
    found = [dict(each) for each in rows]
    for _more in range(chance.randint(0, 3) if rows else 0):
        changed = dict(chance.choice(rows))
        for name in chance.sample(list(choices), chance.randint(0, 2)):
            changed[name] = chance.choice(choices[name])
        found.append(changed)
    return found


def permuted(given: Fleet, chance: random.Random) -> Fleet:
    """Return the same fleet in another order of everything that has no order."""
    return Fleet(
        tuple(_shuffled([(name, _facts(facts, chance)) for name, facts in given.hosts], chance)),
        _keys({**given.entitlements, "grants": _grants(given.entitlements["grants"], chance)}, chance),
        tuple(
            _shuffled(
                [
                    {
                        **each,
                        "licenses": _shuffled(each["licenses"], chance),
                        "clients": _shuffled(each["clients"], chance),
                    }
                    for each in given.servers
                ],
                chance,
            )
        ),
        # The result says where in its document each waiver is, so their order stays.
        _keys(given.waivers, chance),
    )


def _grants(rows: list[Facts], chance: random.Random) -> list[Facts]:
    found = [{**each, "allocations": _shuffled(each["allocations"], chance)} for each in rows]
    return _shuffled(found, chance)


def _facts(facts: Facts, chance: random.Random) -> Facts:
    """Return the facts with rows and keys in another order; pointers of unknown facts follow their rows."""
    found = copy.deepcopy(facts)
    moved: dict[str, str] = {}
    for place, rows in (("/hosts", found["hosts"]), ("/licenses/items", found["licenses"]["items"])):
        order = _shuffled(range(len(rows)), chance)
        rows[:] = [_keys(rows[at], chance) for at in order]
        moved |= {f"{place}/{old}": f"{place}/{new}" for new, old in enumerate(order)}
    if "unknown" in found:
        found["unknown"] = {
            _follow(pointer, moved): entry
            for pointer, entry in _shuffled(list(found["unknown"].items()), chance)
        }
    return _keys(found, chance)


def _follow(pointer: str, moved: dict[str, str]) -> str:
    steps = pointer.split("/")
    for length in (4, 3):
        head = "/".join(steps[:length])
        if head in moved:
            return "/".join([moved[head], *steps[length:]])
    return pointer


def _shuffled(items: Sequence[T], chance: random.Random) -> list[T]:
    found = list(items)
    chance.shuffle(found)
    return found


def _keys(mapping: Facts, chance: random.Random) -> Facts:
    return dict(_shuffled(list(mapping.items()), chance))


def judge(given: Fleet, way: str, folder: Path) -> str:
    """Return the result as bytes of JSON: by the filter, by the action over variables, or over files."""
    documents = {"entitlements": given.entitlements, "waivers": given.waivers}
    options = {"policy": "vendor", "as_of": AT, "license_servers": list(given.servers), **documents}
    if way == "filter":
        return _text({"result": by_filter(dict(given.hosts), **options)})
    if way == "action":
        variables = {name: {"usphere": facts} for name, facts in given.hosts}
        return _text(by_action(variables, folder, **options))
    paths = []
    for name, facts in given.hosts:
        path = folder / f"{name}.json"
        path.write_text(json.dumps({name: facts}), encoding="utf-8")
        paths.append(str(path))
    named: dict[str, dict[str, object]] = {name: {} for name, _facts_ in given.hosts}
    return _text(by_action(named, folder, facts_files=paths, **options))


def _text(found: dict[str, Any]) -> str:
    # Lists of a document are part of its digest; what is decided does not depend on their order.
    digests = {name: value for name, value in found["result"]["digests"].items() if name not in DOCUMENTS}
    result = {**found["result"], "digests": digests}
    return json.dumps({**{name: found.get(name) for name in SHOWN}, "result": result})


WAYS = ("filter", "action", "files")
DOCUMENTS = ("entitlements", "waivers")
SHOWN = ("decision", "report", "msg", "compliant_hosts", "blocked_hosts")


def judge_all(count: int, seed: int, folder: Path) -> Figures:
    """Judge ``count`` permutations by each way in turn."""
    figures = Figures(ways=dict.fromkeys(WAYS, 0))
    for number in range(-(-count // PER_FLEET)):
        chance = random.Random(seed * 100_003 + number)  # noqa: S311 - a choice of cases, not a secret
        first = fleet(chance)
        expected = {way: judge(first, way, folder) for way in WAYS}
        for at in range(PER_FLEET):
            way = WAYS[at % len(WAYS)]
            figures.permutations += 1
            figures.ways[way] += 1
            found = judge(permuted(first, chance), way, folder)
            if found != expected[way]:
                figures.differences.append(
                    f"fleet {number}, permutation {at}, {way}: {_first_difference(expected[way], found)}"
                )
    return figures


def _first_difference(one: str, other: str) -> str:
    at = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return f"{one[max(0, at - 60) : at + 60]!r} and {other[max(0, at - 60) : at + 60]!r}"
