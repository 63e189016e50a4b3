# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error of the operations is defined with all its fields, and every defined message is used."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import errors, server_refusals

from ...message_tables import ALL, below

SOURCES = sorted(Path(errors.__file__).parents[1].rglob("*.py"))
RAISED = {
    "ArtifactError",
    "Cause",
    "ChangeRefused",
    "InvalidRequest",
    "JournalError",
    "LockError",
    "NotVerified",
    "OperationError",
    "ServerRefused",
    "Unclear",
    "_after",
    "unproved",
}
# Named in a call, but not a field of the message.
SETTINGS = {"rule", "causes", "changed"}
# Composed of a status that the server reports.
COMPOSED = {"activation_file_expired", "activation_file_uninstalled", "activation_file_unusable"}


def literals() -> set[str]:
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def error_codes() -> Iterator[tuple[str, set[str] | None]]:
    """Return (code, names of its fields or None if they are not literal) of every error in the sources."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED
            ):
                continue
            if not (node.args and isinstance(node.args[0], ast.Constant)):
                continue
            code = str(node.args[0].value)
            if node.func.id in ("Cause", "_after"):
                written = node.args[1] if len(node.args) > 1 else None
                keys = written.keys if isinstance(written, ast.Dict) else None
                spread = keys is None or None in keys
                yield code, None if spread else {ast.literal_eval(key) for key in keys or () if key}
            elif any(keyword.arg is None for keyword in node.keywords):
                yield code, None
            else:
                yield code, {str(keyword.arg) for keyword in node.keywords} - SETTINGS


def needed(code: str) -> set[str]:
    english = ALL[code][0]
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(english) if name}


@pytest.mark.parametrize(("code", "given"), sorted(error_codes(), key=lambda item: item[0]))
def test_an_error_code_has_its_message(code: str, given: set[str] | None) -> None:
    assert code in ALL
    if given is not None:
        assert needed(code) <= given


def test_the_sources_are_read() -> None:
    assert len(list(error_codes())) > 50


@pytest.mark.parametrize("code", sorted(below("operations.")))
def test_a_message_has_its_error(code: str) -> None:
    assert code in literals() | COMPOSED


@pytest.mark.parametrize(("error_code", "meaning"), sorted(server_refusals.REFUSALS.items()))
def test_a_refusal_names_its_rule(error_code: str, meaning: tuple[str, str]) -> None:
    code, rule = meaning
    assert needed(code) <= {"what", "error_code", "error_message"}
    assert not rule or rule in ALL[code][0]
