# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message code of the licensing core is defined, and every defined message is used."""

from __future__ import annotations

import ast
from pathlib import Path

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.planning.renewal import State
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.fact_reader import (
    UNKNOWN_REASONS,
)

from ...message_tables import below

MESSAGES = below("licensing.", "values", "filters")
PLUGINS = Path(__file__).resolve().parents[5] / "plugins"
CORE = PLUGINS / "module_utils" / "_licensing"

# Packages that raise the core's errors: the core itself, and the filters that read its options.
FILES = [
    *CORE.rglob("*.py"),
    *(PLUGINS / "module_utils" / name for name in ("_facts.py", "_time.py")),
    *(PLUGINS / "plugin_utils" / name for name in ("_licensing_filters.py", "_renewal.py")),
]


def _texts(path):
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _codes(path):
    """Return the code argument of every LicensingError and Violation."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = {"LicensingError": 0, "Violation": 1}.get(node.func.id)
            if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield node.args[place].value


def test_every_code_has_a_message():
    found = [code for path in FILES for code in _codes(path)]
    assert len(found) > 25
    assert [code for code in found if code not in MESSAGES] == []


def test_every_message_is_used():
    used = set()
    for path in FILES:
        used |= _texts(path)
    made = {"unknown_" + reason for reason in UNKNOWN_REASONS} | {"plan_requires_reconnect"}
    made |= {"renewal_" + state.value for state in State}
    made |= {code + "_remedy" for code in used if code.startswith("contradiction_")}
    assert set(MESSAGES) - used - made == set()


def test_every_reason_of_unknown_has_a_message():
    assert {"unknown_" + reason for reason in UNKNOWN_REASONS} <= set(MESSAGES)
