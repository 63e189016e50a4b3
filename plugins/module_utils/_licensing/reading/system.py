# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the raw facts of one VMS system or hot-standby pair, from which facts are derived."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Dict, FrozenSet, List, Mapping, Optional, Tuple

from ..._interval import (
    ANYTHING,
    NOTHING,
    Interval,
    Unknown,
    exactly,
)
from ..._pointer import escape
from ..._time import End
from ..catalog.catalog import Catalog
from ..values.license_row import Login, Status
from ..values.model import Arch, Edition, Feature, LicenseClass
from ..values.version import Version, parse_version
from .clocks import between_clocks
from .contradictions import (
    Contradiction,
    Word,
    certainty_of,
    compare_connection,
    compare_sockets,
    compare_use,
    notes,
    use_conflict,
)
from .demand import Demand, read_demand
from .fact_reader import Fact, Reader, as_count, as_word, known, unite
from .holdings import Holdings, Item, classify, read_items

#: Reasons for a value that is present but unusable.
_UNUSABLE = ("null", "type", "value", "conflict")


@dataclass(frozen=True)
class FeatureUse:
    """Whether a feature is used, and how much; ``causes`` explain why ``used`` is an interval."""

    in_use: Fact[bool]
    used: Interval
    causes: Tuple[Unknown, ...]


@dataclass(frozen=True)
class SystemFacts:
    """All facts that the rules use.

    ``scope_cause`` is None if family A applies (7.0 and later), else why its facts are unknown.
    ``list_cause`` is None if the license list is complete. ``totals_edition`` and ``totals_cpu`` are the
    totals that VMS reports. ``never_fetched`` is True if no License Server was ever connected. ``login`` is
    whether VMS accepts logins; None if it is not reported. ``own_uses`` is the used quantity of the feature
    products that exist only in a site's catalog (R2). ``unfetched`` are the ids of licenses that VMS cannot
    have fetched, ``contradictions`` are statements that exclude each other, and ``reported_edition`` is the
    edition of the totals if it contradicts the licenses. ``certainty`` is that of the calls for totals and
    licenses; ``stated_cpu`` and ``stated_edition`` are the totals as they are stated, to be compared.
    """

    catalog: Catalog
    version: Fact[Version]
    scope_cause: Optional[Unknown]
    arch: Fact[Arch]
    demand: Demand
    items: Tuple[Item, ...]
    holdings: Holdings
    list_cause: Optional[Unknown]
    totals_edition: Fact[Edition]
    totals_cpu: Fact[int]
    fetched_at: Fact[dt.datetime]
    never_fetched: bool
    login: Optional[Fact[Login]]
    first_run_at: Fact[dt.datetime]
    wanted: Fact[Tuple[Feature, ...]]
    uses: Mapping[Feature, FeatureUse]
    own_uses: Mapping[str, Interval]
    hot_standby: Fact[str]
    vms_total: Fact[int]
    group_causes: Mapping[str, Optional[Unknown]]
    read_at: Fact[dt.datetime]
    totals_end: Fact[End]
    stated_cpu: Optional[int]
    stated_edition: Optional[Edition]
    certainty: Mapping[str, Word]
    unfetched: FrozenSet[str]
    contradictions: Tuple[Contradiction, ...]
    reported_edition: Optional[Edition] = None

    @property
    def login_refused(self) -> bool:
        """True if VMS is known to refuse logins."""
        return self.login is not None and self.login.value is Login.REFUSED

    @property
    def complete(self) -> bool:
        """True if the license list is complete."""
        return self.list_cause is None

    @property
    def demand_cause(self) -> Optional[Unknown]:
        return unite((*self.demand.causes, self.demand.conflict))

    def cause_of(self, group: str) -> Optional[Unknown]:
        """Return why quantities of the group are not exact: the incomplete list, then single licenses."""
        return unite((self.list_cause, self.group_causes.get(group)))

    def ids_of(self, group: str) -> Tuple[str, ...]:
        """Return the ids of the licenses in the group."""
        return tuple(holding.id for holding in self.holdings.counted if group in holding.groups)


def read_system(facts: Mapping[str, object], as_of: dt.datetime, catalog: Catalog) -> SystemFacts:
    """Return the system in a HostFacts tree. Invalid values are unknown; they never raise."""
    reader = Reader(facts)
    version = reader.read("/version/vms", _as_version)
    demand, sockets_differ = compare_sockets(reader, read_demand(reader))
    items, list_cause = read_items(reader)
    items = between_clocks(items, reader, as_of, catalog)
    compared = compare_connection(items, reader, catalog)
    items = compared.items
    holdings = classify(items, catalog, reader.text("/license_server/id").value)
    stale = _stale(reader, items, as_of)
    edition = reader.word("/license_totals/edition", Edition)
    cpu = reader.count("/license_totals/cpu_allowed")
    causes: Dict[str, List[Unknown]] = {}
    for holding in holdings.counted:
        for group in holding.groups if holding.causes else ():
            causes.setdefault(group, []).extend(holding.causes)
    return SystemFacts(
        catalog=catalog,
        version=version,
        scope_cause=_scope_cause(reader, version),
        arch=reader.word("/architecture", Arch),
        demand=demand,
        items=items,
        holdings=holdings,
        list_cause=list_cause,
        totals_edition=edition if stale is None else Fact(None, stale),
        totals_cpu=cpu if stale is None else Fact(None, stale),
        fetched_at=reader.instant("/license_server/fetched_at"),
        never_fetched=not reader.has("/license_server"),
        login=_login(reader),
        first_run_at=reader.instant("/preinstalled/first_run_at"),
        wanted=_wanted(reader),
        uses={feature: _use(reader, feature, demand) for feature in Feature},
        own_uses={
            product.id: _own_use(reader, product.id)
            for product in catalog.products
            if product.license_class is LicenseClass.FEATURE and product.feature is None
        },
        hot_standby=reader.text("/hot_standby/state"),
        vms_total=reader.count("/vms/total"),
        group_causes={group: unite(found) for group, found in causes.items()},
        read_at=reader.instant("/source/gathered_at"),
        totals_end=reader.end("/license_totals/ends_at"),
        # A projected tree lists contradicted totals as unknown; they still contradict the licenses.
        stated_cpu=as_count(reader.stated("/license_totals/cpu_allowed")) if stale is None else None,
        stated_edition=as_word(Edition)(reader.stated("/license_totals/edition")) if stale is None else None,
        certainty={call: certainty_of(reader, call) for call in ("license_totals", "list_licenses")},
        unfetched=compared.unfetched,
        contradictions=(
            *sockets_differ,
            *compared.found,
            *compare_use(reader, _feature_names(catalog)),
            *notes(reader, items, as_of),
        ),
    )


def _feature_names(catalog: Catalog) -> Tuple[str, ...]:
    own = (
        product.id
        for product in catalog.products
        if product.license_class is LicenseClass.FEATURE and product.feature is None
    )
    return (*(feature.value for feature in Feature), *dict.fromkeys(own))


def _login(reader: Reader) -> Optional[Fact[Login]]:
    """Return the reported login state; None if it is not reported, unknown if it cannot be parsed."""
    if not reader.has("/login") and not reader.lists_below("/login"):
        return None
    return reader.word("/login/state", Login)


def _as_version(value: object) -> Optional[Version]:
    try:
        return parse_version(value)
    except ValueError:
        return None


def _scope_cause(reader: Reader, version: Fact[Version]) -> Optional[Unknown]:
    """Return None if family A applies, from the version or else the series; unknown without both."""
    if version.value is not None:
        covered = version.value.covers_license_server
        return None if covered else Unknown("out_of_scope", ("/version/vms",))
    major = (reader.text("/version/series").value or "").partition(".")[0]
    if major.isascii() and major.isdigit() and len(major) < 4:
        return None if int(major) >= 7 else Unknown("out_of_scope", ("/version/series",))
    return version.unknown


def _stale(reader: Reader, items: Tuple[Item, ...], as_of: dt.datetime) -> Optional[Unknown]:
    """Return the cause ``stale`` if a license expired after the totals were read, else None."""
    read_at = reader.instant("/source/gathered_at").value
    ends: Dict[str, object] = {
        item.pointer + "/expires_at": item.license.expires_at
        for item in items
        if item.license.status is not Status.UNINSTALLED
    }
    ends["/license_totals/ends_at"] = reader.instant("/license_totals/ends_at").value
    expired = tuple(
        pointer
        for pointer, end in ends.items()
        if isinstance(end, dt.datetime) and end <= as_of and (read_at is None or read_at < end)
    )
    return Unknown("stale", expired) if expired else None


def _wanted(reader: Reader) -> Fact[Tuple[Feature, ...]]:
    def accept(value: object) -> Optional[Tuple[Feature, ...]]:
        if not isinstance(value, (list, tuple)):
            return None
        named = [as_word(Feature)(item) for item in value]
        return None if None in named else tuple(feature for feature in named if feature is not None)

    return reader.read("/features_wanted", accept)


def _own_use(reader: Reader, product: str) -> Interval:
    base = "/features/" + escape(product)
    in_use, used = reader.flag(base + "/in_use"), reader.count(base + "/used")
    if used.value is not None:
        differs = use_conflict(reader, escape(product)) is not None
        return Interval(0 if differs else used.value, used.value)
    unusable = used.unknown is not None and used.unknown.reason in _UNUSABLE
    return NOTHING if in_use.value is False and not unusable else ANYTHING


def _use(reader: Reader, feature: Feature, demand: Demand) -> FeatureUse:
    base = "/features/" + feature.value
    in_use, used = reader.flag(base + "/in_use"), reader.count(base + "/used")
    floor = used.value or 0
    if feature is Feature.CONTAINER_ENGINE:
        # Sockets that are counted on the hosts have precedence over a lower reported number.
        floor = max(floor, demand.containers.low)
        if not in_use.known and demand.containers == NOTHING:
            in_use = known(False)
    conflict = use_conflict(reader, feature.value)
    if conflict is not None and used.value is not None:
        counted = demand.containers.low if feature is Feature.CONTAINER_ENGINE else 0
        certain = known(True) if counted else Fact[bool](None, conflict)
        return FeatureUse(certain, Interval(counted, max(counted, used.value)), (conflict,))
    if floor > 0:
        in_use = known(True)
    if used.value is not None:
        return FeatureUse(in_use, exactly(floor), ())
    if in_use.value is False:
        if used.unknown is not None and used.unknown.reason in _UNUSABLE:
            # An unusable count may mean that the feature is in use although ``in_use`` is false.
            return FeatureUse(Fact(None, used.unknown), ANYTHING, (used.unknown,))
        return FeatureUse(in_use, NOTHING, ())
    causes = tuple(cause for cause in (in_use.unknown, used.unknown) if cause is not None)
    if feature is Feature.CONTAINER_ENGINE:
        return FeatureUse(in_use, demand.containers, demand.container_causes)
    if feature is Feature.ISC:
        machines = reader.count("/vms/total")
        count = ANYTHING if machines.value is None else exactly(machines.value)
        if in_use.value:
            return FeatureUse(in_use, count, () if machines.unknown is None else (machines.unknown,))
        return FeatureUse(in_use, count.or_nothing(), causes[:1])
    return FeatureUse(in_use, ANYTHING, causes)
