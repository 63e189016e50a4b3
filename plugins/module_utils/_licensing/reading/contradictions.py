# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements of one document that contradict each other: what they describe is then unknown (``conflict``).

A quantity that two sources state differently is the range of both. A license that the License Server has
assigned, but that VMS cannot have fetched, adds [0, quantity].
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Dict, FrozenSet, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..._facts import (
    CONFLICT,
)
from ..._interval import (
    Interval,
    Unknown,
)
from ..._pointer import escape
from ..._time import Forever, zone_of
from ..catalog.catalog import Catalog
from ..values.license_row import DEAD_STATUSES
from ..values.model import Edition, Installation, Kind
from ..values.periods import DAY_S
from .clocks import CLOCKS_AGREE_S
from .demand import Demand
from .fact_reader import Reader, as_count
from .holdings import Item

MANAGED = "/license_totals/cpu_managed"
STATE = "/license_server/state"
FETCHED = "/license_server/fetched_at"
#: Values of ``license_server.state`` of a system that no License Server serves.
UNCONNECTED = ("never", "none")
#: Most licenses that one contradiction names.
MOST_NAMED = 20

#: Two clocks that each agree with the controller's may be twice as far apart.
TWO_CLOCKS_S = 2 * CLOCKS_AGREE_S
_CERTAINTIES = {
    "documented": "certainty_documented",
    "observed": "certainty_observed",
    "assumed": "certainty_assumed",
}
_EDITIONS = {
    Edition.STANDARD: "edition_standard",
    Edition.ENTERPRISE: "edition_enterprise",
    Edition.ENHANCED_ENTERPRISE: "edition_enhanced_enterprise",
}


@dataclass(frozen=True)
class Word:
    """A field of a message that is itself a message, because it is translated."""

    code: str


@dataclass(frozen=True)
class Contradiction:
    """Statements that cannot all be true.

    ``code`` is the message and ``fields`` are its values; the remedy has the code with the suffix
    ``_remedy``. ``facts`` are the pointers of the statements. Without ``decides`` there is one harmless
    explanation, or the choice between the statements is fixed, and no fact becomes unknown.
    """

    code: str
    facts: Tuple[str, ...]
    fields: Mapping[str, object] = field(default_factory=dict)
    decides: bool = True

    @property
    def cause(self) -> Unknown:
        return Unknown(CONFLICT, self.facts)


@dataclass(frozen=True)
class ConnectionCheck:
    """Licenses after the comparison with the connection to the License Server.

    ``unfetched`` are the ids of licenses that were issued or installed after the last fetch.
    """

    items: Tuple[Item, ...]
    unfetched: FrozenSet[str]
    found: Tuple[Contradiction, ...]


def certainty_of(reader: Reader, call: str) -> Word:
    """Return the certainty of an API call as ``source.certainty`` states it."""
    for level, code in _CERTAINTIES.items():
        calls = reader.raw("/source/certainty/" + level).value
        if isinstance(calls, (list, tuple)) and call in calls:
            return Word(code)
    return Word("certainty_not_stated")


def edition_word(edition: Optional[Edition]) -> Word:
    return Word("edition_none") if edition is None else Word(_EDITIONS[edition])


def compare_sockets(reader: Reader, demand: Demand) -> Tuple[Demand, Tuple[Contradiction, ...]]:
    """Return the demand; if VMS manages another number of CPUs than its hosts have, the range of both."""
    managed, counted = as_count(reader.stated(MANAGED)), demand.total.exact
    if managed is None or counted is None or managed == counted:
        return demand, ()
    found = Contradiction(
        "contradiction_sockets",
        (MANAGED, "/hosts"),
        {
            "managed": managed,
            "counted": counted,
            "certainty_managed": certainty_of(reader, "license_totals"),
            "certainty_counted": certainty_of(reader, "list_hosts"),
        },
    )
    more, fewer = max(0, managed - counted), max(0, counted - managed)
    # VMS does not report the architecture of the other CPUs; they are of one that its hosts have.
    sockets = {
        arch: _widened(each, fewer, more if arch in demand.possible else 0)
        for arch, each in demand.sockets.items()
    }
    total = Interval(min(managed, counted), max(managed, counted))
    return replace(demand, sockets=sockets, total=total, conflict=found.cause), (found,)


def _widened(quantity: Interval, fewer: int, more: int) -> Interval:
    high = None if quantity.high is None else quantity.high + more
    return Interval(max(0, quantity.low - fewer), high)


def compare_connection(items: Sequence[Item], reader: Reader, catalog: Catalog) -> ConnectionCheck:
    """Compare licenses of the License Server with the state of the connection and with the last fetch.

    A license that is assigned although VMS is not connected, or although it was issued after the last fetch,
    may not be in force. A license that was only installed after the last fetch counts. Of a license that was
    installed before the fetch, the clock of the platform that issued it may be up to a day ahead.
    """
    remote = {item.license.id: item for item in items if _is_remote(item, catalog)}
    state = reader.text(STATE).value
    found: List[Contradiction] = []
    doubted: Dict[str, Contradiction] = {}
    assigned = [item for item in remote.values() if item.license.assigned]
    if state in UNCONNECTED and assigned:
        found.append(_of_licenses("contradiction_not_connected", STATE, assigned, "assigned", state=state))
        doubted.update((item.license.id, found[-1]) for item in assigned)
    at = reader.instant(FETCHED).value
    unfetched: List[Item] = []
    if at is not None:
        fetched = _Fetch(at, zone_of(reader.text("/source/timezone").value or ""))
        unfetched = [item for item in remote.values() if fetched.misses(item)]
        issued = [item for item in unfetched if item.license.assigned and fetched.precedes_issue(item)]
        if issued:
            found.append(_of_licenses("contradiction_not_fetched", FETCHED, issued, "issued_at"))
            doubted.update((item.license.id, found[-1]) for item in issued)
        others = [item for item in unfetched if item.license.id not in doubted]
        if others:
            note = _of_licenses("contradiction_fetch_again", FETCHED, others, "installed_at")
            found.append(replace(note, decides=False))
    compared = tuple(
        _doubted(item, doubted[item.license.id]) if item.license.id in doubted else item for item in items
    )
    return ConnectionCheck(compared, frozenset(item.license.id for item in unfetched), tuple(found))


def _is_remote(item: Item, catalog: Catalog) -> bool:
    product = catalog.product(item.license.product)
    local = product is not None and product.installation is Installation.LOCAL
    counts = item.license.status not in DEAD_STATUSES and item.amount.possible
    return counts and not local and item.license.kind is not Kind.PREINSTALLED


class _Fetch(NamedTuple):
    """The last fetch of licenses; ``zone`` is that in which the document's bare dates begin."""

    at: dt.datetime
    zone: Optional[dt.tzinfo]

    def misses(self, item: Item) -> bool:
        """Return whether the license was added to the License Server after the fetch."""
        return self.precedes_issue(item) or self._precedes(item.license.installed_at, TWO_CLOCKS_S)

    def precedes_issue(self, item: Item) -> bool:
        installed = item.license.installed_at
        # The platform has a clock of its own, and nothing is installed before it is issued.
        installed_before = installed is not None and not self._precedes(installed, CLOCKS_AGREE_S)
        return self._precedes(item.license.issued_at, DAY_S if installed_before else TWO_CLOCKS_S)

    def _precedes(self, time: Optional[dt.datetime], tolerance_s: int) -> bool:
        if time is None:
            return False
        # A bare date begins up to a day earlier or later in other zones.
        bare = any(self._is_midnight(each) for each in (time, self.at))
        return (time - self.at).total_seconds() > (DAY_S if bare else tolerance_s)

    def _is_midnight(self, time: dt.datetime) -> bool:
        midnight = dt.time(0)
        return time.time() == midnight or (
            self.zone is not None and time.astimezone(self.zone).time() == midnight
        )


def _of_licenses(code: str, key: str, items: Iterable[Item], name: str, **fields: object) -> Contradiction:
    named = sorted(items, key=lambda item: item.license.id)
    pointers = ["{0}/{1}".format(item.pointer, name) for item in named[:MOST_NAMED]]
    ids = [item.license.id for item in named[:MOST_NAMED]]
    return Contradiction(code, (key, *pointers), {"licenses": ids, **fields})


def _doubted(item: Item, found: Contradiction) -> Item:
    causes = (*item.causes, found.cause)
    return replace(item, amount=item.amount.or_nothing(), certain=False, causes=causes)


def compare_use(reader: Reader, names: Iterable[str]) -> Tuple[Contradiction, ...]:
    """Return the features that are reported as not in use, and with a used quantity above 0."""
    found: List[Contradiction] = []
    for name in names:
        cause = use_conflict(reader, escape(name))
        if cause is not None:
            used = reader.count(cause.because[1]).value
            found.append(
                Contradiction("contradiction_feature_use", cause.because, {"feature": name, "used": used})
            )
    return tuple(found)


def use_conflict(reader: Reader, name: str) -> Optional[Unknown]:
    """Return the cause ``conflict`` if a feature is reported as not in use, but with a used quantity."""
    in_use, used = "/features/{0}/in_use".format(name), "/features/{0}/used".format(name)
    if reader.flag(in_use).value is False and reader.count(used).value:
        return Unknown(CONFLICT, (in_use, used))
    return None


def notes(reader: Reader, items: Iterable[Item], as_of: dt.datetime) -> Tuple[Contradiction, ...]:
    """Return what is to be checked and decides nothing: a lost connection, a permanent temporary license."""
    found: List[Contradiction] = []
    if reader.text(STATE).value == "disconnected":
        fetched = reader.instant(FETCHED).value
        if fetched is None:
            found.append(Contradiction("contradiction_disconnected", (STATE,), decides=False))
        else:
            days = max(0, (as_of - fetched).days)
            facts = (STATE, FETCHED)
            found.append(Contradiction("contradiction_disconnected_for", facts, {"days": days}, False))
    permanent = [
        item
        for item in items
        if item.license.kind is Kind.TEMPORARY
        and isinstance(item.reported_end, Forever)
        and item.license.status not in DEAD_STATUSES
    ]
    if permanent:
        pointer = permanent[0].pointer + "/expires_at"
        note = _of_licenses("contradiction_temporary_forever", pointer, permanent, "kind")
        found.append(replace(note, decides=False))
    return tuple(found)
