# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation testing of policies: yield copies of a rule or pool with one change each.

Each bound is changed by one, each keyword is replaced by its opposite or omitted, each choice is removed
from its list, each condition is omitted or negated, each mode, date and effect is changed. At least one test
of the policy must fail for each mutant. Mutants that the loader rejects (for example a requirement that can
no longer fail) are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ....module_utils._pointer import Path, join
from ..policy.model import MODES, ON_UNKNOWN, ON_UNKNOWN_STRENGTH, Entry
from .constraint_mutants import ConstraintMutant, Make, Values, always, constraint, dates
from .pool_mutants import pool_changes

_CONDITIONS = ("when", "applies_to")


@dataclass(frozen=True)
class Mutant:
    """One changed rule or pool. ``place`` is the place of the change, ``what`` its description."""

    check: str
    place: str
    what: str
    _path: Path
    _raw: Mapping[str, Any]
    _make: Make

    def raw(self, values: Values) -> dict[str, Any]:
        """Return the rule or pool after the change, for these parameter values."""
        changed = _replaced(self._raw, self._path, self._make(values))
        return dict(changed)


def mutants(entry: Entry, keys: frozenset[str]) -> Iterator[Mutant]:
    """Yield every mutant of a rule or pool that changes one of ``keys``."""
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
        # The mode limits the effect, so a stronger ``on_unknown`` changes nothing.
        if other != raw["on_unknown"] and strength <= ON_UNKNOWN_STRENGTH[strongest]:
            yield ConstraintMutant(("on_unknown",), f"{raw['on_unknown']} → {other}", always(other))


def _replaced(tree: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step, inner = path[0], path[1:]
    if isinstance(tree, list):
        return [_replaced(item, inner, value) if index == step else item for index, item in enumerate(tree)]
    return {**tree, step: _replaced(tree.get(step), inner, value)}
