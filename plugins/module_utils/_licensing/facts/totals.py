# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the totals that VMS reports with the edition and quantity that its licenses give (R4, R7, R31).

The totals of a document were read together with its licenses. If they differ, the quantity is the range of
both and the edition is unknown. Licenses that VMS has not fetched yet explain a difference.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Dict, List, Optional, Sequence, Tuple

from ..._interval import Interval, total
from ..._time import End, Forever, format_end
from ..catalog.catalog import Catalog
from ..reading.contradictions import Contradiction, edition_word
from ..reading.fact_reader import unite
from ..reading.holdings import EDITION_GROUP
from ..reading.system import SystemFacts
from ..state.ledger import Ledger, RowKey, RowState, Snapshot
from ..state.upgrades import BALANCED
from ..state.validity import combined
from ..values.license_row import Status
from ..values.model import ARCHES, Arch, Edition
from .effective import possible_editions

CPU = "/license_totals/cpu_allowed"
EDITION = "/license_totals/edition"
ENDS = "/license_totals/ends_at"
_ITEMS = "/licenses/items"
#: Ends that are less than a day apart are equal (R12).
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Compared:
    """A system and its snapshots after the comparison; ``end`` is an earlier end that VMS reports."""

    system: SystemFacts
    snapshots: List[Snapshot]
    end: Optional[dt.datetime] = None


def compare_totals(
    system: SystemFacts, snapshots: Sequence[Snapshot], as_of: dt.datetime, catalog: Catalog
) -> Compared:
    """Return the system and its snapshots with the ranges that the totals and the licenses leave.

    Nothing is compared if the list of licenses is not complete, if a license expired between the reading and
    ``as_of``, or if the upgrades do not equal their base, which is reported by itself.
    """
    if not system.complete or system.scope_cause is not None or _is_of_other_time(system, as_of):
        return Compared(system, list(snapshots))
    system, snapshots = _unfetched_apart(system, snapshots, as_of, catalog)
    now = snapshots[0]
    if not _is_balanced(now):
        return Compared(system, list(snapshots))
    system, snapshots = _compare_quantity(system, snapshots, as_of, catalog)
    system = _compare_edition(system, now, as_of, catalog)
    return _compare_end(system, snapshots)


def _is_of_other_time(system: SystemFacts, as_of: dt.datetime) -> bool:
    """Return whether a license ended between ``as_of`` and a later reading of the totals."""
    read_at = system.read_at.value
    ends = (item.license.expires_at for item in system.items if item.license.status is not Status.UNINSTALLED)
    return read_at is not None and any(
        isinstance(end, dt.datetime) and as_of < end <= read_at for end in ends
    )


def _is_balanced(snapshot: Snapshot) -> bool:
    held = set()
    for arch in ARCHES:
        balance = snapshot.editions(arch).balance
        if balance is not None:
            held |= {edition for edition in Edition if balance.holds(edition) is not False}
            if any(upgrade.state not in (None, BALANCED) for upgrade in balance.upgrades):
                return False
    return len(held) <= 1 or len(possible_editions(snapshot)) > 1


def _quantity(snapshot: Snapshot) -> Interval:
    return total(snapshot.editions(arch).quantity for arch in ARCHES)


def _without_unfetched(system: SystemFacts, as_of: dt.datetime, catalog: Catalog) -> List[Snapshot]:
    fetched = [holding for holding in system.holdings.counted if not _is_own(holding.id, system)]
    return list(Ledger(fetched, as_of, catalog, system.complete).snapshots())


def _is_own(ident: str, system: SystemFacts) -> bool:
    return ident in system.unfetched and ident in system.ids_of(EDITION_GROUP)


def _unfetched_apart(
    system: SystemFacts, snapshots: Sequence[Snapshot], as_of: dt.datetime, catalog: Catalog
) -> Tuple[SystemFacts, Sequence[Snapshot]]:
    """Apply only what was fetched if the totals confirm it; the quantity may already include the rest.

    An upgrade that VMS has not fetched changes neither the edition nor the balance of the system yet.
    """
    doubted = {
        item.license.id: item.amount
        for item in system.items
        if _is_own(item.license.id, system) and not item.certain
    }
    if not doubted or system.stated_cpu is None or system.stated_edition is None:
        return system, snapshots
    fetched = _without_unfetched(system, as_of, catalog)
    confirmed = _quantity(fetched[0]).exact == system.stated_cpu and possible_editions(
        fetched[0]
    ) == frozenset({system.stated_edition})
    if not confirmed:
        return system, snapshots
    more: Dict[Arch, Interval] = {}
    for holding in system.holdings.counted:
        if holding.id in doubted:
            for (product, arch), amount in holding.cells:
                row = catalog.product(product, arch)
                if row is not None and row.edition is not None and arch in ARCHES:
                    more[arch] = more.get(arch, Interval()).plus(amount.or_nothing())
    return system, [_with_more(snapshot, more) for snapshot in fetched]


def _with_more(snapshot: Snapshot, more: Dict[Arch, Interval]) -> Snapshot:
    rows: Dict[RowKey, RowState] = dict(snapshot.rows)
    for arch, amount in more.items():
        row = snapshot.editions(arch)
        rows[row.key] = replace(row, quantity=row.quantity.plus(amount))
    return replace(snapshot, rows=rows)


def _compare_quantity(
    system: SystemFacts, snapshots: Sequence[Snapshot], as_of: dt.datetime, catalog: Catalog
) -> Tuple[SystemFacts, Sequence[Snapshot]]:
    stated, licensed = system.stated_cpu, _quantity(snapshots[0])
    if stated is None or _contains(licensed, stated):
        return system, snapshots
    if system.unfetched and _contains(_quantity(_without_unfetched(system, as_of, catalog)[0]), stated):
        return system, snapshots  # The note about the licenses that were not fetched explains it.
    found = Contradiction(
        "contradiction_quantity",
        (CPU, _ITEMS),
        {
            "stated": stated,
            "licensed": licensed.low if licensed.exact is not None else "{0}+".format(licensed.low),
            "certainty_stated": system.certainty["license_totals"],
            "certainty_licensed": system.certainty["list_licenses"],
        },
    )
    return _with(system, found), [_with_range(each, licensed, stated, system) for each in snapshots]


def _contains(quantity: Interval, value: int) -> bool:
    return quantity.low <= value and (quantity.high is None or value <= quantity.high)


def _with_range(snapshot: Snapshot, licensed: Interval, stated: int, system: SystemFacts) -> Snapshot:
    fewer = max(0, licensed.low - stated)
    more = 0 if licensed.high is None else max(0, stated - licensed.high)
    rows: Dict[RowKey, RowState] = dict(snapshot.rows)
    for arch in ARCHES:
        row = snapshot.editions(arch)
        # VMS reports one number; what it has more may be of each architecture that its hosts have.
        added = more if arch in (system.demand.possible or ARCHES) else 0
        high = None if row.quantity.high is None else row.quantity.high + added
        rows[row.key] = replace(row, quantity=Interval(max(0, row.quantity.low - fewer), high))
    return replace(snapshot, rows=rows)


def _compare_edition(
    system: SystemFacts, snapshot: Snapshot, as_of: dt.datetime, catalog: Catalog
) -> SystemFacts:
    stated, licensed = system.stated_edition, possible_editions(snapshot)
    # Without a license no edition is in force, whichever one VMS shows.
    if stated is None or stated in licensed or licensed == frozenset({None}):
        return system
    if system.unfetched and stated in possible_editions(_without_unfetched(system, as_of, catalog)[0]):
        return system  # The note about the licenses that were not fetched explains it.
    found = Contradiction(
        "contradiction_edition",
        (EDITION, _ITEMS),
        {
            "edition_stated": edition_word(stated),
            "edition_licensed": edition_word(min(licensed, key=_rank)),
            "certainty_stated": system.certainty["license_totals"],
            "certainty_licensed": system.certainty["list_licenses"],
        },
    )
    return replace(_with(system, found), reported_edition=stated)


def _rank(edition: Optional[Edition]) -> int:
    return -1 if edition is None else edition.rank


def _with(system: SystemFacts, found: Contradiction) -> SystemFacts:
    cause = unite((system.group_causes.get(EDITION_GROUP), found.cause))
    return replace(
        system,
        contradictions=(*system.contradictions, found),
        group_causes={**system.group_causes, EDITION_GROUP: cause},
    )


def _compare_end(system: SystemFacts, snapshots: Sequence[Snapshot]) -> Compared:
    """Warn if VMS reports another end than the licenses have; the earlier one counts."""
    validity = combined(snapshots[0].editions(arch).validity for arch in ARCHES)
    stated, licensed = system.totals_end.value, validity.until
    features = [holding for holding in system.holdings.counted if EDITION_GROUP not in holding.groups]
    if stated is None or licensed is None or _is_same_day(stated, licensed):
        return Compared(system, list(snapshots))
    if any(holding.end is not None and _is_same_day(stated, holding.end) for holding in features):
        # VMS reports the first end of all licenses, which is that of a feature.
        return Compared(system, list(snapshots))
    note = Contradiction(
        "contradiction_end",
        (ENDS, _ITEMS),
        {"stated": format_end(stated), "licensed": format_end(licensed)},
        decides=False,
    )
    system = replace(system, contradictions=(*system.contradictions, note))
    earlier = isinstance(stated, dt.datetime) and (isinstance(licensed, Forever) or stated < licensed)
    return Compared(system, list(snapshots), stated if earlier and isinstance(stated, dt.datetime) else None)


def _is_same_day(left: End, right: End) -> bool:
    if isinstance(left, Forever) or isinstance(right, Forever):
        return isinstance(left, Forever) and isinstance(right, Forever)
    return abs(left - right) < _DAY
