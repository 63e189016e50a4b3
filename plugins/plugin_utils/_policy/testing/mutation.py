# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small wrongs done to a rule or pool, one at a time: a policy's tests are worth what they notice of them.

Each bound is moved by one, each keyword turned into its opposite or left out, each choice taken from its
list, each condition dropped or turned round, each mode, date and effect changed. What the loader refuses (a
requirement that nothing can break any more, say) is no mutant: nobody could run it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..base.pointer import Path, join
from ..policy.model import MODES, ON_UNKNOWN, ON_UNKNOWN_STRENGTH, Entry
from .constraint_mutants import ConstraintMutant, Make, Values, always, constraint, dates
from .pool_mutants import pool_changes

_CONDITIONS = ("when", "applies_to")


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


def mutants(entry: Entry, keys: frozenset[str]) -> Iterator[Mutant]:
    """Every mutant of a rule or pool, of those ``keys`` of it alone."""
    for change in _changes(entry.raw, keys):
        what = f"{join(change.path) or '/'}: {change.what}"
        yield Mutant(entry.id, entry.place(change.path), what, change.path, entry.raw, change.make)


def _changes(raw: Mapping[str, Any], keys: frozenset[str]) -> Iterator[ConstraintMutant]:
    if "require" in keys and "rows" not in raw:
        yield from constraint(raw["require"], ("require",))
    for key in _CONDITIONS:
        if key in raw and key in keys:
            yield ConstraintMutant((key,), "left out", always(True))
            yield ConstraintMutant((key,), "turned round", always({"not": raw[key]}))
            yield from constraint(raw[key], (key,))
    if "mode" in keys or ("mode" not in raw and "require" in keys):
        yield from _modes(raw.get("mode", "deny"))
    if "on_unknown" in raw and "on_unknown" in keys:
        yield from _on_unknown(raw)
    if "effective" in raw and "effective" in keys:
        yield from dates(raw["effective"], ("effective",))
    if "rows" in raw and "require" in keys:
        yield from pool_changes(raw)


def _modes(mode: Any) -> Iterator[ConstraintMutant]:
    if isinstance(mode, str):
        for other in MODES:
            if other != mode:
                yield ConstraintMutant(("mode",), f"{mode} → {other}", always(other))
        return
    yield from dates(mode, ("mode",))


def _on_unknown(raw: Mapping[str, Any]) -> Iterator[ConstraintMutant]:
    mode = raw.get("mode", "deny")
    strongest = ON_UNKNOWN[mode] if isinstance(mode, str) else "block"
    for other, strength in ON_UNKNOWN_STRENGTH.items():
        # A mode never lets a check do more than itself, so more than that changes nothing.
        if other != raw["on_unknown"] and strength <= ON_UNKNOWN_STRENGTH[strongest]:
            yield ConstraintMutant(("on_unknown",), f"{raw['on_unknown']} → {other}", always(other))


def _put(tree: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step, inner = path[0], path[1:]
    if isinstance(tree, list):
        return [_put(item, inner, value) if index == step else item for index, item in enumerate(tree)]
    return {**tree, step: _put(tree.get(step), inner, value)}
