# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every change of every fact of a system: odd values, other types, other spellings, other rows, no value."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legible import SCHEMA
from systems import Facts

from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import MISSING, Path, join, lookup
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value

ODD: tuple[Any, ...] = (
    "", " ", "0", "-1", "unknown", "N/A", "none", "null", "无", "正式授权", "x86", "arm", "7.0", "yes", "on",
    "TRUE", "4 CPU", "1e3", "４", "\u0430arch64", "{{ x }}", "2026-13-45", "0000-00-00", "never ",
    "1795507200", 0, -1, 1.5, 4.0, 2**62, 2**70, True, False, [], {}, [None], ["x"], {"a": 1}, {"value": 4},
    [[]], "x" * 5000,
)  # fmt: skip
#: Neighbors in spelling of the words that facts have.
NEIGHBORS = {
    "x86_64": ["amd64x", "x86_65", "x86", "X86_64", "amd64", "x86-64"],
    "aarch64": ["aarch65", "arm64e", "AArch64", "arm64"],
    "never": ["Never", "nevr", "n/a", "forever"],
    "in_use": ["in use", "inuse", "IN_USE"],
    "formal": ["Formal", "formel", "permanent"],
    "temporary": ["Temporary", "trial"],
    "connected": ["conected", "CONNECTED", "online"],
    "ok": ["OK", "okay"],
    "pair": ["Pair", "pairs"],
}
#: The document itself is not a fact: its kind and version say how to read the others, its map of unknown
#: facts is what the property compares with.
ABOUT_DOCUMENT = ("kind", "schema_version", "unknown")


@dataclass(frozen=True)
class Mutation:
    """One changed fact: its ``path``, the ``value`` (MISSING if it was removed), the changed document.

    ``kind`` says how it was changed. A fact with a misspelt key has its true value under the wrong key.
    """

    path: Path
    kind: str
    value: object
    facts: Facts

    @property
    def pointer(self) -> str:
        return join(self.path)

    def __str__(self) -> str:
        shown = "removed" if self.value is MISSING else repr(self.value)[:60]
        return f"{self.pointer} ({self.kind}): {shown}"


def facts_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each fact, objects and lists included."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in pairs:
        if not path and name in ABOUT_DOCUMENT:
            continue
        yield (*path, name)
        yield from facts_of(item, (*path, name))


def required(value: Any, part: Any = SCHEMA, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each fact that the schema requires and the document has."""
    part = SCHEMA["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    if isinstance(value, dict):
        for name in part.get("required", ()):
            if (*path, name)[0] not in ABOUT_DOCUMENT and name in value:
                yield (*path, name)
        for name, item in value.items():
            if name in part.get("properties", {}):
                yield from required(item, part["properties"][name], (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from required(item, part.get("items", {}), (*path, index))


def mutations(base: Facts) -> Iterator[Mutation]:
    """Yield every mutation of every fact of a system."""
    for path in required(base):
        yield Mutation(path, "removed", MISSING, changed(base, path, MISSING))
    for path in facts_of(base):
        true = lookup(base, join(path))
        for kind, value in _values(base, path, true):
            if type(value) is not type(true) or value != true:
                yield Mutation(path, kind, value, changed(base, path, value))
        if isinstance(path[-1], str):
            for name in dict.fromkeys((path[-1] + "s", path[-1].upper(), path[-1][:-1] or "y")):
                rest = changed(base, path, MISSING)
                yield Mutation(path, "misspelt key", MISSING, changed(rest, (*path[:-1], name), true))


def changed(base: Mapping[str, Any], path: Path, value: object) -> Facts:
    return dict(with_value(copy.deepcopy(base), join(path), value))  # type: ignore[call-overload]  # a mapping


def _values(base: Facts, path: Path, true: object) -> Iterator[tuple[str, object]]:
    yield "null", None
    for odd in ODD:
        yield "odd value", odd
    if isinstance(true, str):
        for text in (true.upper(), true.lower(), true.title(), true.swapcase()):
            yield "other case", text
        near = (
            true + "x",
            true[:-1],
            " " + true,
            true + "\n",
            true.replace("_", "-"),
            true.replace("-", "_"),
        )
        for text in dict.fromkeys([*near, *NEIGHBORS.get(true, ())]):
            yield "neighbor spelling", text
        yield "wrong type", [true]
        yield "wrong type", {"value": true}
    elif not isinstance(true, (dict, list)):
        for value in (str(true), [true], {"value": true}, f"{true} ", f"{true}.0"):
            yield "wrong type", value
    else:
        yield "wrong type", str(true)
        yield "wrong type", [true]
    for value in _of_other_rows(base, path):
        yield "value of another row", value


def _of_other_rows(base: Facts, path: Path) -> Iterator[object]:
    """Yield the values that the same fact has in other rows of its list."""
    at = next((place for place in reversed(range(len(path))) if isinstance(path[place], int)), None)
    if at is None:
        return
    rows = lookup(base, join(path[:at]))
    for index in range(len(rows)) if isinstance(rows, list) else ():
        value = lookup(base, join((*path[:at], index, *path[at + 1 :])))
        if index != path[at] and value is not MISSING:
            yield value


def chosen(found: Sequence[Mutation], count: int, seed: int) -> list[Mutation]:
    """Return about ``count`` mutations: first one of each fact and kind, then others by chance."""
    chance = random.Random(seed)  # noqa: S311 - a choice of cases, not a secret
    order = list(found)
    chance.shuffle(order)
    first: dict[tuple[Path, str], Mutation] = {}
    rest: list[Mutation] = []
    for each in order:
        if each.kind == "removed" or (each.path, each.kind) not in first:
            first[(each.path, each.kind) if each.kind != "removed" else (each.path, "")] = each
        else:
            rest.append(each)
    return [*first.values(), *rest[: max(0, count - len(first))]]
