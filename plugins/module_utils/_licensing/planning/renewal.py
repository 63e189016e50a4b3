# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find licenses to renew soon, and the license keys that cover them (R15, R17, R20, R22, R24–R26).

A system is due if one of its licenses expires within the given number of days, if login is already refused,
or if CPUs have no license now. The complete purchase plan then applies, because R6 must be met after every
expiry and a part of the plan may violate it. Only lines that can be installed now are matched with keys.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ..._errors import LicensingError
from ..._time import parse_time
from ..catalog.catalog import Catalog
from ..catalog.code_class import CodeClass, code_class
from ..facts.derive import project_facts
from ..values.model import Installation, Kind
from ..values.periods import days_after, whole_days
from .purchase_plan import NOW, Plan, PlanLine, purchase_plan

# Pointer to all facts, for a system without facts.
ALL = ("/",)


class State(enum.Enum):
    """Renewal state of a system. ``COVERED``: a license expires, and nothing is missing afterwards."""

    NOTHING_DUE = "nothing_due"
    COVERED = "covered"
    DUE = "due"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Key:
    """An available license key; ``left`` None: the purchased quantity is unknown.

    ``number`` is its index in the input list, from 0. ``key`` is a secret; results refer to ``number``.
    """

    key: str = field(repr=False)
    number: int
    product: str
    arch: str
    code: Optional[str]
    left: Optional[int]
    untouched: bool


@dataclass(frozen=True)
class KeyAllocation:
    """A request for ``quantity`` with the key at index ``number``."""

    number: int
    quantity: int


@dataclass(frozen=True)
class Need:
    """A line of the plan to install now. ``node`` is the product id if it is installed on a product node.

    ``open`` is the quantity that no available key covers.
    """

    line: PlanLine
    node: Optional[str]
    allocations: Tuple[KeyAllocation, ...]
    open: int


@dataclass(frozen=True)
class Expiry:
    """One future license expiry with its ``entry`` of the forecast."""

    at: str
    days: int
    entry: Mapping[str, Any]


@dataclass(frozen=True)
class Renewal:
    """Renewal of one system: its state, expiries in the period, lines to install now, complete plan.

    ``refused`` is whether login is refused already; None if unknown. ``unknown`` are the missing facts (JSON
    pointers) that prevent a complete result.
    """

    system: str
    state: State
    refused: Optional[bool]
    expiries: Tuple[Expiry, ...] = ()
    needs: Tuple[Need, ...] = ()
    plan: Plan = field(default_factory=Plan)
    unknown: Tuple[str, ...] = ()

    @property
    def unread(self) -> bool:
        """True if there were no facts at all."""
        return self.unknown == ALL

    @property
    def first(self) -> str:
        """Time of the first expiry; empty (sorts first) if login is refused already or nothing expires."""
        return self.expiries[0].at if self.expiries and not self.refused else ""


def read_keys(rows: Sequence[Mapping[str, Any]]) -> Tuple[Key, ...]:
    """Return the keys of formal licenses in ``rows``, which have the format of ``license_request``.

    Temporary licenses are ignored because they would expire again. Raises LicensingError ``renewal_key`` for
    a row with a missing or invalid value.
    """
    return tuple(
        _key(number, row)
        for number, row in enumerate(rows)
        if row.get("kind", Kind.FORMAL.value) != Kind.TEMPORARY.value
    )


def _key(number: int, row: Mapping[str, Any]) -> Key:
    for name in ("key", "product"):
        if not isinstance(row.get(name), str) or not row[name]:
            raise LicensingError("renewal_key", "R26", number=number + 1, field=name, expected="text")
    purchased, allocated = _count(number, row, "purchased"), _count(number, row, "allocated") or 0
    left = None if purchased is None else max(0, purchased - allocated)
    arch = row.get("arch") or "any"
    return Key(row["key"], number, row["product"], str(arch), row.get("code"), left, allocated == 0)


def _count(number: int, row: Mapping[str, Any], name: str) -> Optional[int]:
    value = row.get(name)
    # Templating without native types returns numbers as text.
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise LicensingError(
        "renewal_key", "R26", number=number + 1, field=name, expected="a whole number, 0 or more"
    )


def find_renewals(
    systems: Mapping[str, Optional[Mapping[str, Any]]],
    keys: Mapping[str, Sequence[Key]],
    as_of: dt.datetime,
    within: int,
    catalog: Optional[Catalog] = None,
) -> Tuple[Renewal, ...]:
    """Return the renewals within ``within`` days, one for each of ``systems``, sorted by name.

    ``systems`` has HostFacts by name, None for a system without facts. ``keys`` are by system. If several
    systems share a key, it is used first for the system that is due first.
    """
    catalog = catalog or Catalog.builtin()
    found = [_renewal(name, systems[name], as_of, within, catalog) for name in sorted(systems)]
    pool = _KeyPool()
    drawn: Dict[str, Renewal] = {}
    for renewal in sorted(found, key=lambda each: (each.first, each.system)):
        drawn[renewal.system] = _with_needs(renewal, keys.get(renewal.system, ()), pool, catalog)
    return tuple(drawn[renewal.system] for renewal in found)


def _renewal(
    name: str,
    facts: Optional[Mapping[str, Any]],
    as_of: dt.datetime,
    within: int,
    catalog: Catalog,
) -> Renewal:
    if facts is None:
        return Renewal(name, State.UNKNOWN, None, unknown=ALL)
    tree: Dict[str, Any] = project_facts(facts, as_of, catalog)
    login = tree.get("login", {}).get("state")
    refused = None if login is None else login == "refused"
    if "forecast" not in tree:
        because = tree["unknown"].get("/forecast", {}).get("because") or ("/forecast",)
        return Renewal(name, State.UNKNOWN, refused, unknown=tuple(because))
    plan = purchase_plan(facts, as_of, (), catalog)
    expiries = _read_expiries(tree, as_of, within)
    short = any(line.parts.get("missing_now") for line in _lines(plan))
    state = State.NOTHING_DUE if not (expiries or refused or short) else _due(plan)
    return Renewal(name, state, refused, expiries, (), plan, plan.unknown)


def _due(plan: Plan) -> State:
    if plan.steps:
        return State.DUE
    if plan.unknown:
        return State.UNKNOWN
    return State.DUE if plan.notes else State.COVERED


def _read_expiries(tree: Mapping[str, Any], as_of: dt.datetime, within: int) -> Tuple[Expiry, ...]:
    """Return the expiries of the forecast within the period; of a time without a zone the earliest one."""
    last = days_after(as_of, within)
    found: List[Expiry] = []
    for index, entry in enumerate(tree["forecast"]):
        text = entry.get("at") or tree["unknown"]["/forecast/{0}/at".format(index)]["earliest"]
        at = parse_time(text)
        if last is None or at <= last:
            found.append(Expiry(text, whole_days(at, as_of), {**entry, "at": text}))
    return tuple(found)


def _lines(plan: Plan) -> Tuple[PlanLine, ...]:
    return tuple(line for step in plan.steps if step.when == NOW for line in step.lines)


def _with_needs(renewal: Renewal, keys: Sequence[Key], pool: "_KeyPool", catalog: Catalog) -> Renewal:
    if renewal.state is not State.DUE:
        return renewal
    needs = tuple(_need(line, keys, pool, catalog) for line in _lines(renewal.plan))
    return Renewal(
        renewal.system,
        renewal.state,
        renewal.refused,
        renewal.expiries,
        needs,
        renewal.plan,
        renewal.unknown,
    )


def _need(line: PlanLine, keys: Sequence[Key], pool: "_KeyPool", catalog: Catalog) -> Need:
    product = catalog.product(line.product)
    local = product is not None and product.installation is Installation.LOCAL
    fitting = [key for key in keys if (key.product, key.arch) == (line.product, line.arch)]
    allocations, rest = pool.allocate(fitting, line.quantity)
    return Need(line, line.product if local else None, allocations, rest)


class _KeyPool:
    """Tracks the remaining quantity of each key while systems use it."""

    def __init__(self) -> None:
        self._drawn: Dict[str, int] = {}

    def allocate(self, keys: Sequence[Key], quantity: int) -> Tuple[Tuple[KeyAllocation, ...], int]:
        """Return the quantities drawn from the keys, and the quantity that no key covers.

        Fixed keys are used first because they cannot be split (R25); keys with an unknown code class are used
        last (R24).
        """
        allocations: List[KeyAllocation] = []
        for key in sorted(keys, key=lambda each: (_ORDER[code_class(each.code)], each.number)):
            take = self._take(key, quantity)
            if take:
                self._drawn[key.key] = self._drawn.get(key.key, 0) + take
                allocations.append(KeyAllocation(key.number, take))
                quantity -= take
        return tuple(allocations), quantity

    def _take(self, key: Key, quantity: int) -> int:
        drawn = self._drawn.get(key.key, 0)
        left = quantity if key.left is None else max(0, key.left - drawn)
        if code_class(key.code) is not CodeClass.FIXED:
            return min(left, quantity)
        fits = key.left is not None and key.untouched and not drawn and 0 < left <= quantity
        return left if fits else 0


_ORDER = {CodeClass.FIXED: 0, CodeClass.FLEXIBLE: 1, CodeClass.UNKNOWN: 2}
