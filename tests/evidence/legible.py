# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a changed fact says, by the schema of HostFacts and tables of its own: not by the code under test.

A value is unreadable, another spelling of the true value, the id of another row, or another value. Only what
the contract of facts names is another spelling.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import Catalog
from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import MISSING, Path, join, lookup

FOLDER = FilePath(__file__).resolve().parents[2] / "plugins" / "plugin_utils" / "schemas"
SCHEMA: dict[str, Any] = json.loads((FOLDER / "host_facts.schema.json").read_bytes())

ARCH = {"amd64": "x86_64", "x64": "x86_64", "x86-64": "x86_64", "arm64": "aarch64"}
RELEASE = re.compile(r"[A-Z]\d{4}(P\d+)?(H\d+)?(L\d+)?(-\w+)?", re.IGNORECASE | re.ASCII)
CODE = re.compile(r"\d{4}", re.ASCII)
DECIMAL = re.compile(r"\s*\d{1,18}\s*", re.ASCII)
#: Facts with the form of a time.
TIMES = ("gathered_at", "added_at", "fetched_at", "issued_at", "installed_at", "expires_at", "ends_at")
TIMES = (*TIMES, "first_run_at")


class Says(Enum):
    """What a changed fact says."""

    NOTHING = "unreadable"
    SAME = "another spelling"
    AGAIN = "the id of another row"
    OTHER = "another value"


def says(base: Mapping[str, Any], path: Path, value: object, interpreted: bool = True) -> Says:
    """Return what ``value`` at ``path`` says, where ``base`` has the true value.

    With ``interpreted`` ids, codes, versions and products have a meaning; a plain JSON Schema takes them as
    text, and so every text that HostFacts accepts is another value.
    """
    true = lookup(base, join(path))
    normal = _normal(path, value)
    if normal is None or not _fits(tuple("*" if isinstance(step, int) else step for step in path), normal):
        return Says.NOTHING
    if interpreted and not _has_meaning(path, normal):
        return Says.NOTHING
    if interpreted and _is_id_of_another_row(base, path, normal):
        return Says.AGAIN
    return Says.SAME if type(normal) is type(true) and normal == true else Says.OTHER


def _normal(path: Path, value: object) -> object:
    """Return the value in its one spelling."""
    if isinstance(value, str) and path[-1] in ("arch", "architecture"):
        lowered = value.strip().lower()
        return ARCH.get(lowered, lowered)
    if isinstance(value, str) and _part(_general(path)).get("type") == "integer" and DECIMAL.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and path[-1] in ("vms", "version") and RELEASE.fullmatch(value.strip()):
        return value.strip().upper()
    return value


def _general(path: Path) -> tuple[str, ...]:
    return tuple("*" if isinstance(step, int) else str(step) for step in path)


@cache
def _part(path: tuple[str, ...]) -> dict[str, Any]:
    """Return the part of the schema at ``path``; ``*`` is a row. Empty where the schema has no such part."""
    part = SCHEMA
    for step in path:
        part = _referenced(part)
        part = part.get("items", {}) if step == "*" else part.get("properties", {}).get(step, {})
    return _referenced(part)


def _referenced(part: dict[str, Any]) -> dict[str, Any]:
    return SCHEMA["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part


@cache
def _validator(path: tuple[str, ...]) -> Draft202012Validator:
    return Draft202012Validator({"$defs": SCHEMA["$defs"], **_part(path)})


def _fits(path: tuple[str, ...], value: object) -> bool:
    return bool(_validator(path).is_valid(value))


def _has_meaning(path: Path, value: object) -> bool:
    name, text = path[-1], value if isinstance(value, str) else ""
    if name in TIMES:
        return text == "never" or _is_time(text)
    if name == "timezone":
        return _is_zone(text)
    if name == "product":
        return any(text == product.id for product in Catalog.builtin().products)
    if name == "code":
        return bool(CODE.match(text))
    if name in ("vms", "version") and isinstance(value, str):
        return bool(RELEASE.fullmatch(text))
    return value is not MISSING


def _is_id_of_another_row(base: Mapping[str, Any], path: Path, value: object) -> bool:
    if path[-1] != "id" or not isinstance(path[-2:][0], int):
        return False
    rows = lookup(base, join(path[:-2]))
    others = [row for at, row in enumerate(rows) if at != path[-2]] if isinstance(rows, list) else []
    return any(row.get("id") == value for row in others)


def _is_time(text: str) -> bool:
    spelled = text.replace("/", "-").replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(spelled).year >= 2000
    except ValueError:
        return False


def _is_zone(text: str) -> bool:
    if re.fullmatch(r"Z|UTC|[+-]\d{2}:[0-5]\d", text):
        return True
    try:
        return bool(ZoneInfo(text))
    except (OSError, ValueError, KeyError):
        return False
