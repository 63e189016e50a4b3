# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-core ships with each module: few files where it only reads, and every message it can print."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
PREFIX = "ansible_collections.unicloud.usphere.plugins"
MODULES = sorted(
    path.stem for path in (PLUGINS / "modules").glob("[a-z]*.py") if path.stem != "license_compliance"
)
READING = ("device_info", "license_info", "vms_facts")
MOST_FILES, MOST_BYTES = 60, 320 * 1024
#: What a module that reads has no use for.
WRITING = re.compile(r"_operations\.(license|client|migration|manual)\b|\.core\.lock$|_write_module$")
CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")


def file_of(name: str) -> Path | None:
    """The file of a dotted name below `plugins`; None if there is no such module."""
    path = PLUGINS / name.replace(".", "/")
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((found for found in candidates if found.exists()), None)


def imported(name: str) -> Iterator[str]:
    """The modules of ours that a module imports, as the finder of ansible-core follows them."""
    path = file_of(name)
    assert path is not None, name
    parts = name.split(".")
    package = parts if path.name == "__init__.py" else parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            base = package[: len(package) - node.level + 1]
        elif (node.module or "").startswith(PREFIX + "."):
            base = []
        else:
            continue
        inner = (node.module or "").removeprefix(PREFIX + ".")
        source = ".".join([*base, *([inner] if inner else [])])
        for alias in node.names:
            yield f"{source}.{alias.name}" if file_of(f"{source}.{alias.name}") else source


def payload(module: str) -> dict[str, Path]:
    """Files of `module_utils` that travel with a module, the empty ones of their packages included."""
    found: dict[str, Path] = {}
    waiting = [f"modules.{module}"]
    while waiting:
        name = waiting.pop()
        path = file_of(name)
        if name in found or path is None:
            continue
        found[name] = path
        waiting += [".".join(name.split(".")[:end]) for end in range(1, name.count(".") + 1)]
        waiting += imported(name)
    return {name: path for name, path in found.items() if name.startswith("module_utils")}


@pytest.mark.parametrize("module", READING)
def test_a_module_that_reads_ships_little(module: str) -> None:
    files = payload(module)
    assert len(files) <= MOST_FILES, sorted(files)
    assert sum(path.stat().st_size for path in files.values()) <= MOST_BYTES
    assert [name for name in files if WRITING.search(name)] == []


def _codes(path: Path) -> set[str]:
    """Texts of a file that may be codes of messages, those in docstrings not among them."""
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def _tables(names: list[str]) -> dict[str, set[str]]:
    tables = {}
    for name in names:
        module = importlib.import_module(f"{PREFIX}.{name}")
        tables[name] = set(getattr(module, "MESSAGES", ())) if not name.endswith(".catalog") else set()
    return tables


ALL_TABLES = sorted(
    ".".join(path.relative_to(PLUGINS).with_suffix("").parts)
    for path in (PLUGINS / "module_utils" / "_messages").rglob("[a-z]*.py")
)
EVERY_CODE = set().union(*_tables(ALL_TABLES).values())


@pytest.mark.parametrize("module", MODULES)
def test_a_module_ships_every_message_that_it_can_print(module: str) -> None:
    files = payload(module)
    tables = [name for name in files if "._messages." in name]
    shipped = set().union(*_tables(tables).values())
    sources = [path for name, path in files.items() if "._messages" not in name]
    sources.append(PLUGINS / "modules" / f"{module}.py")
    named = {code for path in sources for code in _codes(path)} & EVERY_CODE
    # Words that are codes of messages of the controller as well: a role of a column, a decision, an option.
    assert named - shipped == set()


def test_the_payload_is_really_followed() -> None:
    assert len(payload("license_migration")) > len(payload("license_info")) > 30
    assert len(EVERY_CODE) > 600
