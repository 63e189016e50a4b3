# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements of a feature: edition (R28–R30, R37), architecture (R39), packs (R32), scheme (R33–R38)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from ..values.model import EDITIONS, Arch, Edition, Feature
from ..values.version import Version, parse_range
from . import catalog_data, rule_data
from .catalog import Catalog
from .catalog_rules import scheme as scheme_of

_STANDARD = parse_range(rule_data.MIGRATION_STANDARD)
_ENHANCED = parse_range(rule_data.MIGRATION_ENHANCED)
_LOW_CONFIDENCE = parse_range(rule_data.MIGRATION_LOW_CONFIDENCE)

_FIXED_NEEDS: Dict[Feature, Tuple[Edition, str]] = {
    Feature.SRM: (Edition.ENTERPRISE, "R29"),
    Feature.DISK_BACKUP_DR: (Edition.ENTERPRISE, "R29"),
    Feature.CONTAINER_ENGINE: (Edition.ENTERPRISE, "R29"),
    Feature.ISC: (Edition.ENHANCED_ENTERPRISE, "R30"),
}


@dataclass(frozen=True)
class EditionNeed:
    """The lowest edition that a feature works with; None if it depends on an unknown version.

    ``confidence`` is ``stated``, or ``low`` if no release of that version range is known; None if ``edition``
    is None.
    """

    edition: Optional[Edition]
    confidence: Optional[str]
    rule: str


def edition_needed(feature: Feature, version: Optional[Version]) -> EditionNeed:
    """Return the edition that ``feature`` needs on ``version`` of the manager (None: unknown).

    R29: srm, disk_backup_dr and container_engine need enterprise. R30: isc needs enhanced_enterprise. R28:
    heterogeneous_migration needs standard on E0730P06 up to E0750 and from E0760 on, else
    enhanced_enterprise.
    """
    if feature is not Feature.HETEROGENEOUS_MIGRATION:
        edition, rule = _FIXED_NEEDS[feature]
        return EditionNeed(edition, "stated", rule)
    if _STANDARD.contains(version):
        return EditionNeed(Edition.STANDARD, "low" if _LOW_CONFIDENCE.contains(version) else "stated", "R28")
    if _ENHANCED.contains(version):
        return EditionNeed(Edition.ENHANCED_ENTERPRISE, "stated", "R28")
    return EditionNeed(None, None, "R28")


def possible_needs(feature: Feature, version: Optional[Version]) -> Tuple[Edition, ...]:
    """Return every edition that may be needed; more than one if the version is unknown."""
    need = edition_needed(feature, version)
    if need.edition is not None:
        return (need.edition,)
    return (Edition.STANDARD, Edition.ENHANCED_ENTERPRISE)


def arch_support(feature: Feature, arch: Arch) -> str:
    """Return ``yes`` or ``unknown``: whether the feature can be licensed on ``arch`` (R39).

    Only container_engine on ARM is unknown: the table has no ARM row for it and does not state that its
    license is independent of the architecture. Licenses of isc, disk_backup_dr and heterogeneous_migration
    are independent of it; srm has a separate row for ARM.
    """
    if feature is Feature.CONTAINER_ENGINE and arch is Arch.AARCH64:
        return "unknown"
    return "yes"


def packs_for(quantity: int, sizes: Iterable[int] = catalog_data.PACKS) -> Tuple[int, ...]:
    """Return the fewest packs with the smallest sum of at least ``quantity`` (R32).

    A greedy choice is optimal if size 1 is sold and each size divides the next larger one.
    """
    ordered = sorted(sizes)
    if ordered[0] != 1 or any(ordered[at] % ordered[at - 1] for at in range(1, len(ordered))):
        return fewest_packs(quantity, ordered)
    packs: List[int] = []
    for size in reversed(ordered):
        count, quantity = divmod(quantity, size)
        packs.extend([size] * count)
    return tuple(packs)


def fewest_packs(quantity: int, sizes: Sequence[int]) -> Tuple[int, ...]:
    """Return the fewest packs with the smallest sum of at least ``quantity``, for arbitrary sizes."""
    largest = max(sizes)
    # Above the square of the largest size, an optimal choice only adds packs of the largest size.
    bulk = max(0, (quantity - largest * largest) // largest)
    rest = max(0, quantity - bulk * largest)
    best: List[Optional[Tuple[int, ...]]] = [()]
    for amount in range(1, rest + largest + 1):
        found: Optional[Tuple[int, ...]] = None
        for size in sizes:
            before = best[amount - size] if size <= amount else None
            if before is not None and (found is None or len(before) + 1 < len(found)):
                found = (*before, size)
        best.append(found)
    chosen = next(packs for packs in best[rest:] if packs is not None)
    return tuple(sorted((*chosen, *([largest] * bulk)), reverse=True))


def odd_packs(sizes: Iterable[int], sold: Tuple[int, ...] = catalog_data.PACKS) -> Tuple[int, ...]:
    """Return the distinct sizes that are not on sale (R32), sorted."""
    return tuple(sorted({size for size in sizes if size not in sold}))


@dataclass(frozen=True)
class SchemeVerdict:
    """The combined schemes of a set of features.

    ``least`` is the lowest edition that supports all of them, ``recommended`` are the editions that every
    scheme lists. The latter may be empty, because R37 lists only standard as a minimum.
    """

    ids: Tuple[str, ...]
    least: Edition
    recommended: Tuple[Edition, ...]

    def surplus(self, edition: Edition) -> bool:
        """Return True if ``edition`` is higher than the schemes require (over-licensed; informational)."""
        highest = max((listed.rank for listed in self.recommended), default=self.least.rank)
        return edition.rank > max(highest, self.least.rank)


def scheme_for(
    features: Iterable[Feature], version: Optional[Version], catalog: Optional[Catalog] = None
) -> Optional[SchemeVerdict]:
    """Return the combined schemes of ``features``; ``vms_only`` if there are no features (R33–R38).

    Return None if a scheme depends on an unknown version (R37).
    """
    catalog = catalog or Catalog.builtin()
    wanted = [feature for feature in Feature if feature in set(features)]
    schemes = [scheme_of(feature) for feature in wanted] or [scheme_of(None)]
    least, recommended = Edition.STANDARD, list(EDITIONS)
    for scheme in schemes:
        listed = scheme.editions
        if scheme.feature is not None:
            need = edition_needed(scheme.feature, version)
            if need.edition is None:
                return None
            least = need.edition if need.edition.rank > least.rank else least
            listed = (need.edition,) if listed is None else listed
        recommended = [edition for edition in recommended if listed is None or edition in listed]
    return SchemeVerdict(tuple(scheme.id for scheme in schemes), least, tuple(recommended))
