# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the smallest purchase that licenses a system now and after each future expiry (R6, R20, R31–R38).

A plan has base licenses, upgrades for the complete base because R6 requires equal quantities, and missing
feature licenses. R6 sums all license kinds. If a part of the base will expire, its upgrades are therefore
planned for the time after the expiry, when VMS has reconnected (R20).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from ..._errors import LicensingError, shown
from ..._interval import (
    Interval,
    Unknown,
    exactly,
)
from ..._messages.catalog import register
from ..._messages.licensing.planning import MESSAGES
from ..._time import as_utc, format_end
from ..catalog.catalog import Catalog
from ..catalog.catalog_rules import scheme as scheme_of
from ..catalog.feature_needs import arch_support, edition_needed, packs_for
from ..facts.effective import edition_cause, possible_editions
from ..facts.feature_facts import feature_quantity
from ..facts.forecast import login_state, open_ends
from ..facts.totals import compare_totals
from ..reading.system import SystemFacts, read_system
from ..reading.zone_choices import in_possible_zones
from ..reading.zones import with_own_zone
from ..state.ledger import Ledger
from ..values.license_row import Violation
from ..values.model import ARCHES, Arch, Edition, Feature, word
from .plan_editions import EditionPlan, TrialNeed, plan_editions

register(MESSAGES)


NOW = "now"
AFTER_LAPSE = "after_lapse"
RECONNECT = "reconnect"


@dataclass(frozen=True)
class PlanLine:
    """A purchase of ``quantity`` of ``product`` for ``arch`` in ``unit``, as ``packs`` if sold in packs.

    ``arch`` is ``any`` for a product that is not sold per architecture. ``parts`` splits the quantity into
    ``missing_now`` and ``lapsing`` (expiring licenses) if it covers demand. ``reason_code`` is the key of the
    message with the reason, ``rules`` are the ids of the rules that require it.
    """

    product: str
    arch: str
    quantity: int
    unit: str
    packs: Tuple[int, ...]
    rules: Tuple[str, ...]
    reason_code: str
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanStep:
    """Lines to install together; ``requires`` is ``reconnect`` if VMS must fetch its licenses first."""

    when: str
    at: Optional[dt.datetime]
    requires: str
    lines: Tuple[PlanLine, ...]


@dataclass(frozen=True)
class Plan:
    """A purchase plan: the steps in order, without steps if nothing is missing.

    ``unknown`` are the missing facts (JSON pointers) that prevented a part of the plan, ``notes`` are
    problems that no purchase can fix. ``complete`` is True if there are neither.
    """

    steps: Tuple[PlanStep, ...] = ()
    unknown: Tuple[str, ...] = ()
    notes: Tuple[Violation, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.unknown and not self.notes

    def to_dict(self) -> Dict[str, object]:
        """Return the plan as plain data: texts, whole numbers and lists."""
        return {
            "complete": self.complete,
            "steps": [_step_dict(step) for step in self.steps],
            "unknown": list(self.unknown),
            "notes": [
                {"rule": note.rule, "code": note.code, "fields": dict(note.fields)} for note in self.notes
            ],
        }


def _step_dict(step: PlanStep) -> Dict[str, object]:
    return {
        "when": step.when,
        "at": None if step.at is None else format_end(step.at),
        "requires": step.requires,
        "lines": [
            {
                "product": line.product,
                "arch": line.arch,
                "quantity": line.quantity,
                "unit": line.unit,
                "packs": list(line.packs),
                "rules": list(line.rules),
                "reason": line.reason_code,
                "parts": dict(line.parts),
            }
            for line in step.lines
        ],
    }


def purchase_plan(
    tree: Mapping[str, object],
    as_of: dt.datetime,
    features: Sequence[str] = (),
    catalog: Optional[Catalog] = None,
) -> Plan:
    """Return what to buy for the system in ``tree`` (HostFacts, projected or not).

    If times without a zone lead to different plans, these times are the unknown facts of an empty plan; if
    only the dates differ, the plan has the earliest ones.

    ``features`` are planned in addition to features in use, wanted (``features_wanted``) or licensed. Raises
    LicensingError ``feature_unknown`` for an unknown feature name, and ``instant_naive`` for an ``as_of``
    without an offset.
    """
    asked = tuple(_feature(name) for name in features)
    now = as_utc(as_of)
    catalog = catalog or Catalog.builtin()
    tree = with_own_zone(tree)
    zoned = in_possible_zones(tree, now)
    if zoned.unproved:
        return Plan(unknown=tuple(time.pointer for time in zoned.times))
    plans = [
        _Planner(read_system(each, now, catalog), now, asked, catalog).plan()
        for each in (zoned.trees or (tree,))
    ]
    if len({_without_times(plan) for plan in plans}) > 1:
        return Plan(unknown=tuple(time.pointer for time in zoned.times))
    return min(plans, key=_first_time)


def _without_times(plan: Plan) -> str:
    return repr(replace(plan, steps=tuple(replace(step, at=None) for step in plan.steps)))


def _first_time(plan: Plan) -> dt.datetime:
    """Return when the plan's first step after an expiry begins; the earliest plan is good in every zone."""
    last = dt.datetime.max.replace(tzinfo=dt.timezone.utc)
    return min((step.at for step in plan.steps if step.at is not None), default=last)


def _feature(name: str) -> Feature:
    feature = word(Feature, name)
    if feature is None:
        known = [member.value for member in Feature]
        raise LicensingError("feature_unknown", "R27", feature=shown(name), known=known)
    return feature


class _Planner:
    def __init__(
        self, system: SystemFacts, now: dt.datetime, asked: Tuple[Feature, ...], catalog: Catalog
    ) -> None:
        snapshots = list(Ledger(system.holdings.counted, now, catalog).snapshots())
        compared = compare_totals(system, snapshots, now, catalog)
        self._system, self._snapshots = compared.system, compared.snapshots
        self._now, self._asked, self._catalog = now, asked, catalog
        self._unknown: List[str] = []
        self._notes: List[Violation] = []

    def plan(self) -> Plan:
        for cause in (self._system.scope_cause, self._system.list_cause, open_ends(self._system)):
            if cause is not None:
                self._add_unknown(cause)
        if self._unknown:
            return self._result([])
        applying = self._relevant_features()
        editions = self._editions(applying)
        early, late = self._feature_lines(applying, editions)
        steps = []
        state = login_state(self._system, self._now)
        now_lines = [self._edition_line(line) for line in editions.now] + early
        if now_lines:
            requires = RECONNECT if state.value == "refused" else ""
            steps.append(PlanStep(NOW, None, requires, tuple(now_lines)))
        later_lines = [self._edition_line(line) for line in editions.later] + late
        if later_lines:
            steps.append(PlanStep(AFTER_LAPSE, editions.at, RECONNECT, tuple(later_lines)))
        return self._result(steps)

    def _result(self, steps: List[PlanStep]) -> Plan:
        return Plan(tuple(steps), tuple(dict.fromkeys(self._unknown)), tuple(self._notes))

    def _add_unknown(self, cause: Optional[Unknown]) -> None:
        self._unknown.extend(cause.because if cause is not None else ())

    def _relevant_features(self) -> Dict[Feature, Interval]:
        """Return the features in use, wanted or licensed, each with its demand."""
        wanted = self._system.wanted
        self._add_unknown(wanted.unknown)
        found: Dict[Feature, Interval] = {}
        for feature in Feature:
            use = self._system.uses[feature]
            asked = feature in self._asked or feature in (wanted.value or ())
            licensed = any(
                feature_quantity(self._system, snapshot, feature, self._catalog).low > 0
                for snapshot in self._snapshots[:1]
            )
            if use.in_use.value or asked or licensed:
                found[feature] = self._demand(feature, asked)
            else:
                self._add_unknown(use.in_use.unknown)
        return found

    def _required(self, feature: Feature) -> bool:
        """Return True if the feature is in use or wanted, not only licensed."""
        asked = feature in self._asked or feature in (self._system.wanted.value or ())
        return asked or self._system.uses[feature].in_use.value is True

    def _license_ends(self, feature: Feature) -> Optional[dt.datetime]:
        """Return the time when the last license of the feature expires; None if one is permanent."""
        for snapshot in self._snapshots:
            if not feature_quantity(self._system, snapshot, feature, self._catalog).possible:
                return snapshot.at
        return None

    def _demand(self, feature: Feature, asked: bool) -> Interval:
        """Return the demand of the feature; for a wanted feature that is not in use, the expected demand."""
        use = self._system.uses[feature]
        if use.in_use.value is False and asked and feature is Feature.ISC:
            machines = self._system.vms_total
            self._add_unknown(machines.unknown)
            return Interval(0, None) if machines.value is None else exactly(machines.value)
        if use.used.exact is None:
            for cause in use.causes:
                self._add_unknown(cause)
        elif use.used.exact == 0 and asked:
            # The expected use is not reported, so that only the minimum is planned.
            self._notes.append(Violation("R31", "plan_demand_not_stated", {"feature": feature.value}))
        return use.used

    def _editions(self, applying: Mapping[Feature, Interval]) -> EditionPlan:
        system = self._system
        needed: List[Edition] = []
        trials: List[TrialNeed] = []
        for feature in applying:
            need = edition_needed(feature, system.version.value)
            ends = None if self._required(feature) else self._license_ends(feature)
            if need.edition is None:
                self._add_unknown(system.version.unknown)
            elif ends is None:
                needed.append(need.edition)
            else:
                trials.append(TrialNeed(feature, need.edition, need.rule, ends))
        causes = [*system.demand.causes]
        if system.demand.conflict is not None:
            causes.append(system.demand.conflict)
        cause = edition_cause(system)
        if cause is not None:
            causes.append(cause)
        for missing_fact in causes:
            self._add_unknown(missing_fact)
        if causes:
            return EditionPlan()
        editions = plan_editions(system, self._snapshots, needed, trials, self._catalog, self._now)
        self._notes.extend(editions.notes)
        return editions

    def _edition_line(self, line: "Tuple[str, Arch, int, int, int]") -> PlanLine:
        product_id, arch, quantity, missing_now, lapsing = line
        product = self._catalog.product(product_id, arch)
        unit = product.metric.value if product is not None else ""
        if product is not None and product.upgrades is not None:
            return PlanLine(product_id, arch.value, quantity, unit, (), ("R6",), "plan_upgrade")
        rules = [rule for rule, count in (("R31", missing_now), ("R20", lapsing)) if count]
        if quantity > missing_now + lapsing:
            rules.append("R6")
        return PlanLine(
            product_id,
            arch.value,
            quantity,
            unit,
            (),
            tuple(rules),
            "plan_base",
            {"missing_now": missing_now, "lapsing": lapsing},
        )

    def _feature_lines(
        self, applying: Mapping[Feature, Interval], editions: EditionPlan
    ) -> Tuple[List[PlanLine], List[PlanLine]]:
        """Return the lines to install now, and the lines that must wait for the required edition."""
        early: List[PlanLine] = []
        late: List[PlanLine] = []
        current = possible_editions(self._snapshots[0])
        for feature, demand in applying.items():
            line = self._feature_line(feature, demand)
            if line is None:
                continue
            need = edition_needed(feature, self._system.version.value).edition
            fits = need is not None and all(
                edition is not None and edition.reaches(need) for edition in current
            )
            (early if fits or not editions.later else late).append(line)
        return early, late

    def _feature_line(self, feature: Feature, demand: Interval) -> Optional[PlanLine]:
        product_id = self._catalog.feature_product(feature)
        arch = self._feature_arch(feature, product_id)
        product = None if arch is None else self._catalog.product(product_id, arch)
        if demand.exact is None or product is None or arch is None:
            return None
        shortages = []
        for snapshot in self._snapshots:
            quantity = snapshot.quantity(product_id, arch)
            if quantity.exact is None:
                self._add_unknown(self._system.cause_of(product_id))
                return None
            shortages.append(max(0, demand.exact - quantity.exact))
        most = max(shortages)
        if (
            most == 0
            and self._required(feature)
            and not self._snapshots[-1].quantity(product_id, arch).possible
        ):
            most = 1  # a feature without a license does not work (R1)
        if most == 0:
            return None
        packs = packs_for(most, product.packs) if product.packs else ()
        missing_now = min(shortages[0], most)
        rules = [scheme_of(feature).rule, *(["R32"] if packs else [])]
        return PlanLine(
            product_id,
            arch.value,
            sum(packs) if packs else most,
            product.metric.value,
            packs,
            tuple(rules),
            "plan_feature",
            {"missing_now": missing_now, "lapsing": max(shortages) - missing_now},
        )

    def _feature_arch(self, feature: Feature, product_id: str) -> Optional[Arch]:
        """Return the architecture to buy for; None if the demand per architecture is unknown."""
        system = self._system
        if self._catalog.has_arches(product_id):
            arch = system.demand.single
            if arch is None and not system.demand.possible:
                arch = system.arch.value if system.arch.value in ARCHES else None
            if arch is None:
                self._add_unknown(Unknown("absent", ("/hosts", "/features/{0}/used".format(feature.value))))
            return arch
        arches = system.demand.container_arches or system.demand.possible
        if any(arch_support(feature, arch) == "unknown" for arch in arches):
            self._notes.append(Violation("R39", "plan_arch_unknown", {"product": product_id}))
        return Arch.ANY
