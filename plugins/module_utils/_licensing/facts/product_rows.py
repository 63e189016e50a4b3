# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build rows of ``effective.products[]`` and of forecasts: quantity, use and end (R19, R21, R31)."""

from __future__ import annotations

import datetime as dt
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from ..._facts import (
    UnknownEntry,
)
from ..._interval import (
    ANYTHING,
    NOTHING,
    Interval,
    Unknown,
    missing,
    unknown_entry,
)
from ..._pointer import escape
from ..._time import format_end
from ..catalog.catalog import Catalog
from ..reading.fact_reader import unite
from ..reading.holdings import EDITION_GROUP
from ..reading.system import SystemFacts
from ..state.ledger import RowKey, RowState, Snapshot
from ..values.model import ARCHES, Arch, Edition, LicenseClass
from ..values.periods import days_until, whole_days

Editions = FrozenSet[Optional[Edition]]


class RowFacts(NamedTuple):
    """One row: its known fields, and the causes of its unknown fields."""

    fields: Dict[str, object]
    unknown: Dict[str, UnknownEntry]


def feature_used(system: SystemFacts, catalog: Catalog, product: str, arch: Arch) -> Interval:
    """Return the demand for a feature product in one architecture.

    Protected VMs are not reported per architecture. With hosts of only one architecture all of them count
    there; otherwise the demand per architecture is an interval.
    """
    row = catalog.product(product, arch)
    if row is None or row.license_class is not LicenseClass.FEATURE:
        return NOTHING
    if row.feature is None:
        # Only the site reports the use of a product from its own catalog (R2).
        return system.own_uses.get(product, ANYTHING)
    used = system.uses[row.feature].used
    if arch is Arch.ANY or system.demand.single is arch:
        return used
    if system.demand.single is not None:
        return NOTHING
    return used.or_nothing()


class RowWriter:
    """Converts row states into facts; a state that several forecasts share is converted once."""

    def __init__(self, system: SystemFacts, catalog: Catalog, as_of: dt.datetime) -> None:
        self._system, self._catalog, self._as_of = system, catalog, as_of
        self._written: Dict[Tuple[int, Editions], Tuple[RowState, Optional[RowFacts]]] = {}

    def rows(self, snapshot: Snapshot, editions: Editions) -> List[RowFacts]:
        """Return the rows with possible quantity or use; ``editions`` are those that the system may have."""
        keys = sorted(snapshot.rows, key=_order)
        written = (self._row(snapshot.rows[key], editions) for key in keys)
        return [row for row in written if row is not None]

    def _row(self, state: RowState, editions: Editions) -> Optional[RowFacts]:
        cache_key = (id(state), editions)
        if cache_key not in self._written:
            # Keep a reference to the state, so that its id is not reused for another object.
            self._written[cache_key] = (state, self._write(state, editions))
        return self._written[cache_key][1]

    def _write(self, state: RowState, editions: Editions) -> Optional[RowFacts]:
        product, arch = state.key
        used = self._used(state.key)
        is_edition = product == EDITION_GROUP
        if state.validity.empty and not state.quantity.possible and not used.possible:
            return None
        fields: Dict[str, object] = {}
        unknown: Dict[str, UnknownEntry] = {}
        cause = self._system.cause_of(product)
        if not is_edition:
            fields["product"] = product
        else:
            named = self._edition_product(state, editions)
            if named is None:
                unknown["product"] = unknown_entry(cause)
            else:
                fields["product"] = named
        fields["arch"] = arch.value
        if state.kinds is None:
            unknown["kinds"] = unknown_entry(cause)
        else:
            fields["kinds"] = list(state.kinds)
        used_cause = self._used_cause(state.key)
        number(fields, unknown, "quantity", state.quantity, cause)
        number(fields, unknown, "used", used, used_cause)
        shortage = missing(used, state.quantity)
        number(fields, unknown, "missing", shortage, unite((used_cause, cause)))
        self._validity(state, fields, unknown, cause)
        return RowFacts(fields, unknown)

    def _validity(
        self,
        state: RowState,
        fields: Dict[str, object],
        unknown: Dict[str, UnknownEntry],
        cause: Optional[Unknown],
    ) -> None:
        validity = state.validity
        until, default = validity.until, validity.default
        why = cause or Unknown("absent", ("/licenses/items",))
        if default is not None:
            fields["default_license"] = default
        else:
            unknown["default_license"] = unknown_entry(why)
        if until is not None:
            fields["valid_until"] = format_end(until)
            fields["days_to_lapse"] = days_until(until, self._as_of)
            return
        unknown["valid_until"] = unknown_entry(why)
        soonest, latest = validity.soonest, validity.latest
        unknown["days_to_lapse"] = unknown_entry(
            why,
            None if soonest is None else whole_days(soonest, self._as_of),
            None if latest is None else whole_days(latest, self._as_of),
        )

    def _edition_product(self, state: RowState, editions: Editions) -> Optional[str]:
        lowest: Editions = frozenset() if state.balance is None else state.balance.possible_lowest
        if lowest == frozenset({None}):
            # Without licenses in this architecture, the row shows the edition that its hosts need.
            lowest = editions
        if len(lowest) != 1:
            return None
        return self._catalog.edition_product(next(iter(lowest)) or Edition.STANDARD)

    def _used(self, key: RowKey) -> Interval:
        product, arch = key
        if product == EDITION_GROUP:
            return self._system.demand.sockets[arch]
        return feature_used(self._system, self._catalog, product, arch)

    def _used_cause(self, key: RowKey) -> Optional[Unknown]:
        product, arch = key
        if product == EDITION_GROUP:
            return self._system.demand_cause
        row = self._catalog.product(product, arch)
        if row is not None and row.license_class is LicenseClass.FEATURE and row.feature is None:
            return Unknown("absent", ("/features/" + escape(product) + "/used",))
        causes = () if row is None or row.feature is None else self._system.uses[row.feature].causes
        return unite(causes) or self._system.demand_cause or Unknown("absent", ("/hosts",))


def _order(key: RowKey) -> Tuple[int, str, int]:
    arch = ARCHES.index(key[1]) if key[1] in ARCHES else len(ARCHES)
    return (0 if key[0] == EDITION_GROUP else 1, key[0], arch)


def number(
    fields: Dict[str, object],
    unknown: Dict[str, UnknownEntry],
    name: str,
    value: Interval,
    cause: Optional[Unknown],
) -> None:
    """Add an exact number to the fields, else add its bounds to the unknown fields."""
    if value.exact is not None:
        fields[name] = value.exact
    else:
        unknown[name] = unknown_entry(cause, value.low or None, value.high)


def spread(rows: List[RowFacts], pointer: str, unknown: Dict[str, UnknownEntry]) -> List[Dict[str, object]]:
    """Return the fields of the rows as the list at ``pointer``; add their unknown fields to ``unknown``."""
    for index, row in enumerate(rows):
        for name, reason in row.unknown.items():
            unknown["{0}/{1}/{2}".format(pointer, index, name)] = reason
    return [row.fields for row in rows]
