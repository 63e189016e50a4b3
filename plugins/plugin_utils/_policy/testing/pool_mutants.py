# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of pools: changes to demand, keys, supply, headroom, blame and forecast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ....module_utils._pointer import Path
from ..policy.model import MODES
from .constraint_mutants import ConstraintMutant, always, constraint, moved

_AGGREGATES = {"sum": "max", "min": "max", "max": "min"}
_OPERATORS = {"sum": "max", "product": "sum", "min": "max", "max": "min"}
_STEPS = ("ceil_div", "round_up")
_BLAME = ("all", "over_allocation", "newest")
#: For each source of supply, the one with which it is most easily confused.
_SOURCES = {
    "purchased": "allocated",
    "allocated": "purchased",
    "installed": "in_force",
    "assigned": "in_force",
    "in_force": "installed",
}
#: Two products of each unit, so that there is always another one to substitute.
_PRODUCTS = {
    "cpu_socket": ("container_service", "vms"),
    "vm": ("srm", "isc"),
    "host": ("disk_backup_dr", "heterogeneous_migration"),
}


def pool_changes(raw: Mapping[str, Any]) -> Iterator[ConstraintMutant]:
    """Yield every change to a pool, except changes to keys that rules also have."""
    for key in ("group_by", "count_once_by"):
        yield from _fewer(raw.get(key, ()), (key,))
    if "where" in raw:
        yield ConstraintMutant(("where",), "left out", always(True))
        yield ConstraintMutant(("where",), "turned round", always({"not": raw["where"]}))
        yield from constraint(raw["where"], ("where",))
    yield from _demand(raw["demand"])
    yield from _supply(raw["supply"], raw["demand"]["unit"])
    yield from _headroom(raw["require"].get("headroom_warn"))
    if "blame" in raw:
        for other in _BLAME:
            if other != raw["blame"]:
                yield ConstraintMutant(("blame",), f"{raw['blame']} → {other}", always(other))
    if "forecast" in raw:
        yield from _forecast(raw["forecast"])


def _fewer(items: Any, path: Path) -> Iterator[ConstraintMutant]:
    for item in items if len(items) > 1 else ():
        yield ConstraintMutant(path, f"without {item}", always([each for each in items if each != item]))


def _demand(demand: Mapping[str, Any]) -> Iterator[ConstraintMutant]:
    for name, term in demand.items():
        if name in _STEPS:
            yield from moved(term, ("demand", name))
            rest = {key: value for key, value in demand.items() if key != name}
            yield ConstraintMutant(("demand",), f"without {name}", always(rest))
        elif name in _AGGREGATES:
            other = _AGGREGATES[name]
            swapped = {other if key == name else key: value for key, value in demand.items()}
            yield ConstraintMutant(("demand",), f"{name} → {other}", always(swapped))
            yield from _term(term, ("demand", name))


def _term(term: Any, path: Path) -> Iterator[ConstraintMutant]:
    if isinstance(term, int) or (isinstance(term, dict) and "param" in term):
        yield from moved(term, path)
    elif isinstance(term, dict):
        ((operator, arguments),) = term.items()
        here = (*path, operator)
        if operator in _OPERATORS:
            other = _OPERATORS[operator]
            yield ConstraintMutant(path, f"{operator} → {other}", always({other: arguments}))
            for index in range(len(arguments)) if len(arguments) > 1 else ():
                fewer = arguments[:index] + arguments[index + 1 :]
                yield ConstraintMutant(here, f"without [{index}]", always(fewer))
        for index, argument in enumerate(arguments):
            yield from _term(argument, (*here, index))


def _supply(supply: Mapping[str, Any], unit: str) -> Iterator[ConstraintMutant]:
    source = _SOURCES[supply["from"]]
    yield ConstraintMutant(("supply", "from"), f"{supply['from']} → {source}", always(source))
    if "product" in supply:
        first, second = _PRODUCTS[unit]
        other = second if supply["product"] == first else first
        yield ConstraintMutant(("supply", "product"), f"{supply['product']} → {other}", always(other))
    yield from _fewer(supply.get("packs", ()), ("supply", "packs"))


def _headroom(percent: str | None) -> Iterator[ConstraintMutant]:
    if percent is not None:
        number = int(percent.rstrip("%"))
        for other in (number - 1, number + 1):
            if 0 <= other < 100:
                yield ConstraintMutant(
                    ("require", "headroom_warn"), f"{percent} → {other}%", always(f"{other}%")
                )


def _forecast(forecast: Mapping[str, Any]) -> Iterator[ConstraintMutant]:
    yield from moved(forecast["within_days"], ("forecast", "within_days"))
    mode = forecast.get("mode", "warn")
    for other in MODES:
        if other != mode:
            yield ConstraintMutant(("forecast", "mode"), f"{mode} → {other}", always(other))
