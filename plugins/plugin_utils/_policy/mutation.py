# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small wrongs done to a rule or pool, one at a time: a policy's tests are worth what they notice of them.

Each bound is moved by one, each keyword turned into its opposite or left out, each choice taken from its
list, each condition dropped or turned round, each mode, date and effect changed. What the loader refuses (a
requirement that nothing can break any more, say) is no mutant: nobody could run it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .model import MODES, ON_UNKNOWN, ON_UNKNOWN_STRENGTH, Entry
from .pointer import Path, join
from .schemas import brief

Values = Mapping[str, Any]
#: Makes the changed value, given the parameters that the test sets.
Make = Callable[[Values], Any]

_OPPOSITES = {
    "minimum": "maximum",
    "maximum": "minimum",
    "exclusiveMinimum": "exclusiveMaximum",
    "exclusiveMaximum": "exclusiveMinimum",
    "minLength": "maxLength",
    "maxLength": "minLength",
    "minItems": "maxItems",
    "maxItems": "minItems",
    "withinDays": "beyondDays",
    "beyondDays": "withinDays",
}
_SIZES = frozenset(("minContains", "maxContains", "multipleOf"))
_STATEMENTS = frozenset(("const", "enum", "type", "pattern", "versionRange", "required", "contains"))
_COMBINED = {"allOf": "anyOf", "anyOf": "allOf", "oneOf": "anyOf"}
_NESTED = ("not", "if", "then", "else", "items", "contains")
_CONDITIONS = ("when", "applies_to")
_NOTES = frozenset(("description", "$defs"))


@dataclass(frozen=True)
class Mutant:
    """One changed rule or pool. ``place`` is where the change was made, ``what`` says which it was."""

    check: str
    place: str
    what: str
    _path: Path
    _raw: Mapping[str, Any]
    _make: Make

    def raw(self, values: Values) -> dict[str, Any]:
        """The rule or pool as it stands after the change, with these parameter values."""
        changed = _put(self._raw, self._path, self._make(values))
        return dict(changed)


@dataclass(frozen=True)
class _Change:
    path: Path
    what: str
    make: Make


def mutants(entry: Entry, keys: frozenset[str]) -> Iterator[Mutant]:
    """Every mutant of a rule or pool, of those ``keys`` of it alone."""
    for change in _changes(entry.raw, keys):
        what = f"{join(change.path) or '/'}: {change.what}"
        yield Mutant(entry.id, entry.place(change.path), what, change.path, entry.raw, change.make)


def _changes(raw: Mapping[str, Any], keys: frozenset[str]) -> Iterator[_Change]:
    if "require" in keys and "rows" not in raw:
        yield from _constraint(raw["require"], ("require",))
    for key in _CONDITIONS:
        if key in raw and key in keys:
            yield _Change((key,), "left out", _always(True))
            yield _Change((key,), "turned round", _always({"not": raw[key]}))
            yield from _constraint(raw[key], (key,))
    if "mode" in keys or ("mode" not in raw and "require" in keys):
        yield from _modes(raw.get("mode", "deny"))
    if "on_unknown" in raw and "on_unknown" in keys:
        yield from _on_unknown(raw)
    if "effective" in raw and "effective" in keys:
        yield from _dates(raw["effective"], ("effective",))
    if "rows" in raw and "require" in keys:
        yield from _pool(raw)


# -- constraints --


def _constraint(part: Any, path: Path) -> Iterator[_Change]:
    if not isinstance(part, dict):
        return
    for keyword, argument in part.items():
        here = (*path, keyword)
        rest = {name: value for name, value in part.items() if name != keyword}
        if rest.keys() - _NOTES and keyword not in ("if", "minContains", "maxContains", *_NOTES):
            yield _Change(path, f"{keyword} left out", _always(rest))
        if keyword in _OPPOSITES or keyword in _SIZES:
            yield from _moved(argument, here)
        if keyword in _OPPOSITES:
            opposite = _OPPOSITES[keyword]
            yield _Change(path, f"{keyword} → {opposite}", _always(_and(rest, {opposite: argument})))
        elif keyword in _STATEMENTS:
            yield from _statement(keyword, argument, part, rest, path)
        elif keyword in _COMBINED:
            yield from _combined(keyword, argument, rest, path)
        elif keyword == "not":
            yield _Change(path, "not left out", _always(_and(rest, argument)))
        elif keyword == "if":
            yield _Change(here, "turned round", _always({"not": argument}))
        elif keyword == "properties":
            yield from _properties(argument, here)
        elif keyword == "$defs":
            for name, child in argument.items():
                yield from _constraint(child, (*here, name))
        if keyword in _NESTED:
            yield from _constraint(argument, here)


def _moved(argument: Any, path: Path) -> Iterator[_Change]:
    shown = f"{{{argument['param']}}}" if isinstance(argument, dict) else brief(argument)
    for step in (-1, 1):
        yield _Change(path, f"{shown} {'+' if step > 0 else '−'} 1", _shifted(argument, step))


def _shifted(argument: Any, step: int) -> Make:
    def make(values: Values) -> Any:
        return (values[argument["param"]] if isinstance(argument, dict) else argument) + step

    return make


def _statement(
    keyword: str, argument: Any, part: dict[str, Any], rest: dict[str, Any], path: Path
) -> Iterator[_Change]:
    stated = {
        name: part[name]
        for name in (keyword, *(("minContains", "maxContains") if keyword == "contains" else ()))
        if name in part
    }
    others = {name: value for name, value in rest.items() if name not in stated}
    yield _Change(path, f"{keyword} turned round", _always(_and(others, {"not": stated})))
    if isinstance(argument, list) and len(argument) > 1:
        for index, item in enumerate(argument):
            fewer = argument[:index] + argument[index + 1 :]
            yield _Change((*path, keyword), f"without {brief(item)}", _always(fewer))


def _combined(keyword: str, argument: list[Any], rest: dict[str, Any], path: Path) -> Iterator[_Change]:
    if len(argument) > 1:
        other = _COMBINED[keyword]
        yield _Change(path, f"{keyword} → {other}", _always(_and(rest, {other: argument})))
        for index in range(len(argument)):
            fewer = argument[:index] + argument[index + 1 :]
            yield _Change((*path, keyword), f"without [{index}]", _always(fewer))
    for index, child in enumerate(argument):
        yield from _constraint(child, (*path, keyword, index))


def _properties(argument: dict[str, Any], path: Path) -> Iterator[_Change]:
    for name, child in argument.items():
        if len(argument) > 1:
            fewer = {other: value for other, value in argument.items() if other != name}
            yield _Change(path, f"without {name}", _always(fewer))
        yield from _constraint(child, (*path, name))


def _and(rest: dict[str, Any], more: Any) -> Any:
    if not rest:
        return more
    if isinstance(more, dict) and not rest.keys() & more.keys():
        return {**rest, **more}
    return {**rest, "allOf": [*rest.get("allOf", []), more]}


# -- what a verdict does --


def _modes(mode: Any) -> Iterator[_Change]:
    if isinstance(mode, str):
        for other in MODES:
            if other != mode:
                yield _Change(("mode",), f"{mode} → {other}", _always(other))
        return
    yield from _dates(mode, ("mode",))


def _on_unknown(raw: Mapping[str, Any]) -> Iterator[_Change]:
    mode = raw.get("mode", "deny")
    strongest = ON_UNKNOWN[mode] if isinstance(mode, str) else "block"
    for other, strength in ON_UNKNOWN_STRENGTH.items():
        # A mode never lets a check do more than itself, so more than that changes nothing.
        if other != raw["on_unknown"] and strength <= ON_UNKNOWN_STRENGTH[strongest]:
            yield _Change(("on_unknown",), f"{raw['on_unknown']} → {other}", _always(other))


def _dates(dates: Mapping[str, str], path: Path) -> Iterator[_Change]:
    for name, text in dates.items():
        for step in (-1, 1):
            moved = (date.fromisoformat(text) + timedelta(days=step)).isoformat()
            yield _Change((*path, name), f"{text} → {moved}", _always(moved))
        fewer = {other: value for other, value in dates.items() if other != name}
        if fewer:
            yield _Change(path, f"without {name}", _always(fewer))


# -- pools --


def _pool(raw: Mapping[str, Any]) -> Iterator[_Change]:
    for key in ("group_by", "count_once_by"):
        names = list(raw.get(key, ()))
        for name in names if len(names) > 1 else ():
            yield _Change((key,), f"without {name}", _always([each for each in names if each != name]))
    percent = raw["require"].get("headroom_warn")
    if percent is not None:
        number = int(percent.rstrip("%"))
        for moved in (number - 1, number + 1):
            if 0 <= moved < 100:
                change = f"{percent} → {moved}%"
                yield _Change(("require", "headroom_warn"), change, _always(f"{moved}%"))
    for other in _PRODUCTS[raw["demand"]["unit"]]:
        if other != raw["supply"]["product"]:
            change = f"{raw['supply']['product']} → {other}"
            yield _Change(("supply", "product"), change, _always(other))
            break


#: Two products of each unit, so that there is always another one.
_PRODUCTS = {
    "cpu_socket": ("container_service", "vms"),
    "vm": ("srm", "isc"),
    "host": ("disk_backup_dr", "heterogeneous_migration"),
}


def _always(value: Any) -> Make:
    return lambda _values: value


def _put(tree: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step, inner = path[0], path[1:]
    if isinstance(tree, list):
        return [_put(item, inner, value) if index == step else item for index, item in enumerate(tree)]
    return {**tree, step: _put(tree.get(step), inner, value)}
