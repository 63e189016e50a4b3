# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terms: expressions over the facts of a pool's row, evaluated as intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ....module_utils._interval import Interval, exactly, greatest, least, product, total

#: Functions of a term and an integer of at least 1.
BY_NUMBER = ("ceil_div", "round_up")

Gap = tuple[str, str]  # pointer, reason
Read = Callable[[str], "tuple[Interval, Gap | None]"]


@dataclass(frozen=True)
class Term:
    """An expression: ``op`` is ``fact`` (its ``name``), ``number`` (``value``) or a function of ``parts``."""

    op: str
    name: str = ""
    value: int = 0
    parts: tuple[Term, ...] = ()

    def facts(self) -> Iterator[str]:
        """Yield the names of the facts that the term reads."""
        if self.op == "fact":
            yield self.name
        for part in self.parts:
            yield from part.facts()

    def evaluate(self, read: Read) -> tuple[Interval, list[Gap]]:
        """Return the term's interval, and the unknown facts because of which it is not a single number."""
        if self.op == "fact":
            found, gap = read(self.name)
            return found, [] if gap is None else [gap]
        if self.op == "number":
            return exactly(self.value), []
        values, gaps = [], list[Gap]()
        for part in self.parts:
            value, missing = part.evaluate(read)
            values.append(value)
            gaps.extend(missing)
        result = self._apply(values)
        # Report unknown facts only if they matter: not if they are multiplied by 0 or cannot be the maximum.
        return result, [] if result.is_exact else gaps

    def _apply(self, values: list[Interval]) -> Interval:
        if self.op == "ceil_div":
            return values[0].ceil_div(self.value)
        if self.op == "round_up":
            return values[0].round_up(self.value)
        return {"sum": total, "product": product, "min": least, "max": greatest}[self.op](values)


ONE = Term("number", value=1)


def read_term(raw: Any, values: Mapping[str, object]) -> Term:
    """Return the term of a document; ``values`` maps parameter names to values.

    Raises KeyError for a parameter that does not exist, and ValueError for one that is not an integer in
    range. The argument of both is the name of the parameter.
    """
    if isinstance(raw, str):
        return Term("fact", name=raw)
    if isinstance(raw, dict) and "param" not in raw:
        ((op, argument),) = raw.items()
        if op in BY_NUMBER:
            return Term(op, value=number(argument[1], values, 1), parts=(read_term(argument[0], values),))
        return Term(op, parts=tuple(read_term(part, values) for part in argument))
    return Term("number", value=number(raw, values, 0))


def number(raw: Any, values: Mapping[str, object], least_value: int) -> int:
    """Return an integer of at least ``least_value``, or such a value of ``{param: name}``."""
    name, found = "", raw
    if isinstance(raw, dict):
        name = str(raw["param"])
        found = values[name]
    if isinstance(found, bool) or not isinstance(found, int) or found < least_value:
        raise ValueError(name)
    return found
