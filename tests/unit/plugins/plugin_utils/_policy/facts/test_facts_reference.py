# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts reference lists every fact without a gap, and what it says about derived facts is true."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive
from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import MISSING, lookup, split
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.fact_table import (
    Node,
    fact_table,
    grant_table,
    server_table,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value

ROOT = Path(__file__).resolve().parents[6]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

import facts_reference  # noqa: E402 - found only with the line above
from facts_reference import FactRow, derived_facts, facts_of, is_read, rows_of  # noqa: E402
from rule_table import ROWS as RULE_ROWS  # noqa: E402

HostFacts = Callable[..., dict[str, Any]]
SYSTEM = facts_of(("host_facts", "derived_facts"))
ALL = [*SYSTEM, *facts_of(("grant_facts",)), *facts_of(("server_facts",))]
DERIVED = [*rows_of("derived_facts"), *rows_of("grant_facts"), *rows_of("server_facts")]
FEATURES = ("isc", "container_engine", "srm", "disk_backup_dr", "heterogeneous_migration")
USE = {"in_use": True, "used": 3}
MEANINGS = re.compile(r"(?:unknown|not stated|empty|default)\b")


def pointers(node: Node, above: str = "") -> Iterator[str]:
    for name, child in node.properties.items():
        yield f"{above}/{name}"
        yield from pointers(child, f"{above}/{name}")
        if child.items is not None:
            yield from pointers(child.items, f"{above}/{name}/*")


def test_the_page_is_generated() -> None:
    assert facts_reference.FILE.read_text(encoding="utf-8") == facts_reference.page()


def test_every_fact_has_a_row() -> None:
    known = {
        pointer for table in (fact_table(), grant_table(), server_table()) for pointer in pointers(table)
    }
    assert {row.pointer for row in ALL} == known
    assert len(known) > 200


def gaps(row: FactRow) -> Iterator[str]:
    if not row.meaning.endswith("."):
        yield "meaning"
    if not row.stated_by:
        yield "stated_by"
    if not MEANINGS.match(row.if_missing):
        yield "if_missing"
    if bool(row.unit) is not row.is_number:
        yield "unit"


@pytest.mark.parametrize("row", [*ALL, *DERIVED], ids=lambda row: row.pointer)
def test_no_cell_is_empty(row: FactRow) -> None:
    assert list(gaps(row)) == []


def test_a_gap_is_found() -> None:
    row = FactRow("/a", "integer", "", "A number", "", "perhaps", is_number=True)
    assert list(gaps(row)) == ["meaning", "stated_by", "if_missing", "unit"]


@pytest.mark.parametrize("rule", RULE_ROWS, ids=lambda rule: rule.id)
def test_derived_facts_name_the_rules_that_the_table_of_rules_lists(rule: Any) -> None:
    named = {row.pointer: row.stated_by for row in DERIVED}
    assert [fact for fact in rule.facts if not re.search(rf"\b{rule.id}\b", named[fact])] == []


def concrete(pointer: str, tree: object, at: str = "") -> Iterator[str]:
    """Yield the pointers of ``tree`` for a ``pointer`` with ``*``; also those of missing values."""
    head, star, rest = pointer.partition("/*")
    if not star:
        yield at + head
        return
    listed = lookup(tree, at + head)
    for index in range(len(listed) if isinstance(listed, list) else 0):
        yield from concrete(rest, tree, f"{at}{head}/{index}")


def known_or_listed(result: Any, pointer: str) -> bool:
    if lookup(result.facts, pointer) is not MISSING:
        return True
    steps = split(pointer)
    return any("/" + "/".join(steps[:length]) in result.unknown for length in range(1, len(steps) + 1))


@pytest.mark.parametrize("name", ["licensed", "lapsing", "roomy"])
@pytest.mark.parametrize("without", ["", "/licenses", "/hosts", "/version", "/features", "/features_wanted"])
def test_a_derived_fact_is_known_or_listed_as_unknown(
    name: str, without: str, host_facts: HostFacts, as_of: datetime
) -> None:
    facts: Any = host_facts(name)
    if without:
        facts = with_value(facts, without, MISSING)
    result = derive(facts, as_of)
    rows = [row for row in rows_of("derived_facts") if row.if_missing == "unknown" and row.type != "mapping"]
    missing = [
        pointer
        for row in rows
        for pointer in concrete(row.pointer, result.facts)
        if not known_or_listed(result, pointer)
    ]
    assert missing == []


#: Other values of texts, by the name of the fact.
OTHER_VALUES = {
    "arch": ("x86_64",),
    "held_by": ("other",),
    "id": ("LS-7", "1"),
    "kind": ("formal", "preinstalled"),
    "manager": ("10.1.0.11",),
    "metric": ("vm",),
    "product": ("other",),
    "series": ("6.5",),
    "state": ("none", "refused"),
    "status": ("expired",),
    "vms": ("E0530",),
}


def changed_values(name: str, value: object) -> Iterator[object]:
    """Yield no value, and other values of the same type."""
    yield MISSING
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, list):
        yield [3, 1]
    elif name in OTHER_VALUES:
        yield from OTHER_VALUES[name]
    elif isinstance(value, str) and value[:2] == "20":
        yield "2026-12-10T00:00:00Z"


def bases(host_facts: HostFacts) -> Iterator[Any]:
    """Yield systems in which every raw fact that a derived fact reads makes a difference."""
    complete = host_facts(
        "lapsing",
        {
            "/license_totals": {
                "cpu_allowed": 8,
                "cpu_managed": 4,
                "vm_allowed": 9,
                "edition": "enterprise",
                "ends_at": "2026-11-23T00:00:00Z",
            },
            "/preinstalled": {"first_run_at": "2026-06-01T00:00:00Z", "edition": "enterprise", "quantity": 4},
            "/login": {"state": "ok"},
            "/hosts/0/container_cluster": True,
            "/hosts/0/added_at": "2026-01-01T00:00:00Z",
            "/hosts/0/version": "E0760P03",
            "/licenses/items/1/term_days": 30,
            "/licenses/items/1/metric": "cpu_socket",
            "/licenses/items/1/packs": [4],
            "/licenses/items/1/manager": "10.1.0.10",
            "/licenses/items/1/file_name": "a.ak",
            "/licenses/items/1/installed_at": "2026-11-07T00:00:00Z",
            **{f"/features/{name}/{key}": value for name in FEATURES for key, value in USE.items()},
        },
    )
    yield complete
    own = {name: value for name, value in complete.items() if name != "login"}
    yield with_value(own, "/licenses/items/0/expires_at", "2026-11-20T00:00:00Z")
    yield with_value(complete, "/licenses/items/1/expires_at", MISSING)
    yield with_value(complete, "/licenses/items/1/kind", "preinstalled")
    yield with_value(complete, "/licenses/items/1/product", "disk_backup_dr")
    yield host_facts("licensed")
    yield with_value(complete, "/licenses/items/1/product", "of_another_vendor")
    totals: Any = with_value(complete, "/licenses/complete", False)
    yield totals
    yield with_value(totals, "/source/gathered_at", "2026-11-22T00:00:00Z")
    yield with_value(complete, "/version/vms", MISSING)
    pair: Any = with_value(complete, "/hot_standby/state", "pair")
    yield with_value(pair, "/licenses/items/0/manager", "10.1.0.11")
    unused: Any = complete
    for name in FEATURES:
        unused = with_value(unused, f"/features/{name}/used", MISSING)
    yield unused
    yield with_value(unused, "/hosts", MISSING)


def test_the_page_lists_all_facts_that_derived_facts_are_computed_from(
    host_facts: HostFacts, as_of: datetime
) -> None:
    """Change every raw fact: the page lists each derived fact that changes in any of the systems."""
    owners = [row.pointer for row in SYSTEM if row.derived_from]
    owners = [each for each in owners if not any(each.startswith(f"{other}/") for other in owners)]
    raw = [row.pointer for row in rows_of("host_facts") if row.type not in ("mapping", "list")]
    seen: dict[str, set[str]] = {pointer: set() for pointer in raw}
    for facts in bases(host_facts):
        before = derive(facts, as_of)
        for pointer in raw:
            for place in concrete(pointer, facts):
                value = lookup(facts, place)
                if value is MISSING:
                    continue
                for other in changed_values(pointer.rpartition("/")[2], value):
                    changed: Any = with_value(facts, place, other)
                    after = derive(changed, as_of)
                    seen[pointer] |= {
                        owner for owner in owners if _part(before, owner) != _part(after, owner)
                    }
    stated = {
        pointer: {
            owner for owner in owners for each in derived_facts(pointer, SYSTEM) if is_read(each, (owner,))
        }
        for pointer in raw
    }
    unlisted = {
        pointer: found - stated[pointer] for pointer, found in seen.items() if found - stated[pointer]
    }
    assert unlisted == {}
    unread = {pointer for pointer, found in stated.items() if found and not seen[pointer] & found}
    assert unread == set(), "the page says that derived facts read these, but none changes with them"


def _part(result: Any, owner: str) -> object:
    unknown = {pointer: entry for pointer, entry in result.unknown.items() if is_read(pointer, (owner,))}
    return _values(lookup(result.facts, owner)), unknown


def _values(value: object) -> object:
    return None if value is MISSING else value
