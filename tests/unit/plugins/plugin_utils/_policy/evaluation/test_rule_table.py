# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule of the vendor document is enforced at an existing place, and quoted by a test."""

from __future__ import annotations

import ast
import importlib
import re
import runpy
import sys
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet

from ....message_tables import ALL

ROOT = Path(__file__).resolve().parents[6]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

from rule_table import ROWS, RuleRow  # noqa: E402 - found only with the line above

CORE = "ansible_collections.unicloud.usphere.plugins.module_utils._licensing"
RULES = [f"R{number}" for number in range(1, 40)]
each_row = pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])


def raised() -> set[str]:
    """Return every string in the code of the licensing core and of the operations."""
    found = set()
    for package in ("_licensing", "_operations"):
        for path in (ROOT / "plugins" / "module_utils" / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
    return found


def fact(pointer: str) -> Any:
    """Return the schema of a derived fact; raise KeyError if there is none."""
    steps = pointer.strip("/").split("/")
    name = {"grant": "grant_facts", "server": "server_facts"}.get(steps[0], "derived_facts")
    return reduce(lambda part, step: part["properties"][step], steps, schemas.schema(name))


def test_every_rule_has_a_row_with_a_place_or_a_reason() -> None:
    assert [row.id for row in ROWS] == RULES
    assert [row.id for row in ROWS if not row.places] == [row.id for row in ROWS if row.why] == ["R18"]


@each_row
def test_all_names_of_a_row_exist(row: RuleRow, vendor: PolicySet) -> None:
    assert set(row.checks) <= vendor.rules.keys()
    assert set(row.pools) <= vendor.pools.keys()
    assert set(row.refusals) <= set(ALL) & raised()
    for pointer in row.facts:
        assert fact(pointer)
    for name in row.code:
        module, _colon, path = name.partition(":")
        found = reduce(getattr, path.split("."), importlib.import_module(f"{CORE}.{module}"))
        assert found is not None


def test_vendor_checks_are_in_the_rows_of_their_rules(vendor: PolicySet) -> None:
    quoted = {
        (reference, check.id)
        for check in (*vendor.rules.values(), *vendor.pools.values())
        for reference in check.raw["references"]
        if reference in RULES
    }
    named = {(row.id, name) for row in ROWS for name in (*row.checks, *row.pools)}
    assert quoted - named == set()


def test_the_guide_is_generated_from_the_table() -> None:
    written = runpy.run_path(str(ROOT / "tests/tools/rule_guide.py"))["guide"]()
    assert (ROOT / "docs/docsite/rst/guide_rules.rst").read_text(encoding="utf-8") == written


def quoted(word: str, again: str = "") -> set[int]:
    """Return the numbers that tests quote after ``word``, also in lists and ranges with ``again`` between."""
    runs = re.compile(rf"(?<![A-Za-z0-9]){word}[0-9]+(?:(?:–|, | and )(?:{again})?[0-9]+)*", re.IGNORECASE)
    found: set[int] = set()
    for path in (ROOT / "tests" / "unit" / "plugins").rglob("test_*.py"):
        if path == Path(__file__):
            continue
        for run in runs.findall(path.read_text(encoding="utf-8")):
            before = 0
            for dash, digits in re.findall(r"(–?)[^0-9–]*([0-9]+)", run):
                found.update(range(before if dash else int(digits), int(digits) + 1))
                before = int(digits)
    return found


def test_every_rule_is_quoted_by_a_test() -> None:
    unenforced = {int(row.id[1:]) for row in ROWS if row.why}
    assert set(range(1, 40)) - quoted("R", "R") - unenforced == set()
