# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message about locks, requests and migrations has its error."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import errors

from ....message_tables import below

FOLDER = Path(errors.__file__).parents[1]
LITERALS = {
    node.value
    for path in FOLDER.rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}


@pytest.mark.parametrize(
    "code", sorted(below("operations.journal", "operations.migration", "operations.request"))
)
def test_a_message_has_its_error(code: str) -> None:
    assert code in LITERALS
