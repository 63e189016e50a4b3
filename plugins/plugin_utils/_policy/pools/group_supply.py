# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the supply of one pool group from reported products, license lists and grants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ....module_utils._interval import ANYTHING, Interval, hull, total
from ....module_utils._time import format_time, read_time
from ..constraints.three_valued import Truth
from ..facts.fact_table import Node
from ..policy.model import ALLOCATED, ASSIGNED, IN_FORCE, INSTALLED, SUBJECT, Pool, Subject
from . import supply
from .blame import Unit
from .pool_row import SELF
from .rows import PoolSheet
from .supply import GrantTerms, Licenses

Group = Mapping[str, "str | None"]


@dataclass(frozen=True)
class Member:
    """Subjects with equal fact sets, and one sheet for each of these fact sets.

    Members ``outside`` the run count in the balance but get no verdict.
    """

    subjects: tuple[Subject, ...]
    sheets: tuple[PoolSheet, ...]
    outside: bool = False


@dataclass(frozen=True)
class Setting:
    """Inputs of a pool besides fact sets: time, fact table and grants (None: not specified)."""

    as_of: datetime
    table: Node
    grants: Sequence[GrantTerms] | None = None


class GroupSupply:
    """Supply of the groups of one pool in one run."""

    def __init__(self, pool: Pool, setting: Setting) -> None:
        self._pool = pool
        self._setting = setting
        self._slices: dict[tuple[int, str], supply.Slice] = {}

    def concerns(self, member: Member, group: Group) -> bool:
        """Return whether the licenses of the member can count in the group's supply."""
        return any(self._match(sheet, group) is not Truth.FAIL for sheet in member.sheets)

    def _match(self, sheet: PoolSheet, group: Group) -> Truth:
        truth = Truth.PASS
        for own, wanted in zip(sheet.keys, group.values(), strict=True):
            if own in (SELF, wanted):
                continue
            if own is not None and wanted is not None:
                return Truth.FAIL
            truth = Truth.UNKNOWN
        return truth

    def of(self, group: Group, members: Sequence[Member], at: str) -> tuple[Interval, list[Unit], str]:
        """Return the supply at ``at``, its terms with their unknown facts, and the JSON pointer to it."""
        source = self._pool.source
        if source in (IN_FORCE, ASSIGNED):
            terms, pointers = [], []
            for member in members:
                quantity, gaps, pointer = self._own(group, member, at)
                why = tuple(gaps)
                terms.append(Unit(quantity, member.subjects, gaps=why))
                pointers.append(pointer)
            pointer = pointers[0] if len(pointers) == 1 else supply.NOW
            return total(unit.all for unit in terms), terms, pointer
        if source == INSTALLED:
            licenses, pointer = self._installed(group, members), "/licenses/items"
        elif self._setting.grants is None:
            licenses = Licenses(open=True, because=(("/entitlements", "absent"),))
            pointer = "/entitlements"
        else:
            licenses, pointer = self._granted(group, at), "/entitlements"
        found = self._quantity(licenses, group, at)
        quantity, gaps, _place = found.of(group.get("arch"), "arch" in group)
        owners = (members[0].subjects[0],) if len(members) == 1 else (("", ""),)
        return quantity, [Unit(quantity, owners, gaps=tuple(gaps))], pointer

    def _own(self, group: Group, member: Member, at: str) -> tuple[Interval, list[tuple[str, str]], str]:
        merged: Interval | None = None
        gaps: list[tuple[str, str]] = []
        pointer = supply.NOW
        for sheet in member.sheets:
            match = self._match(sheet, group)
            if self._pool.source == ASSIGNED:
                found = self._quantity(sheet.licenses, group, at)
            else:
                found = _at(sheet.slices, at)
            quantity, missing, pointer = found.of(group.get("arch"), "arch" in group)
            if match is not Truth.PASS:
                quantity, missing = quantity.or_nothing(), [*missing, *sheet.key_gaps]
            merged = quantity if merged is None else hull(merged, quantity)
            gaps.extend(missing)
        return merged or ANYTHING, list(dict.fromkeys(gaps)), pointer

    def _installed(self, group: Group, members: Sequence[Member]) -> Licenses:
        merged = Licenses()
        for member in members:
            for sheet in member.sheets:
                found = sheet.licenses
                if self._match(sheet, group) is not Truth.PASS:
                    found = Licenses(open=True, because=sheet.key_gaps)
                merged = merged.united(found)
        return merged

    def _granted(self, group: Group, at: str) -> Licenses:
        to = None
        if self._pool.source == ALLOCATED:
            names = {SUBJECT: "system", "license_server.id": "license_server"}
            to = {names[name]: value or "" for name, value in group.items() if name in names}
        return supply.granted(self._setting.grants or (), _read_at(at) or self._setting.as_of, to)

    def _quantity(self, licenses: Licenses, group: Group, at: str) -> supply.Slice:
        time = _read_at(at) or self._setting.as_of
        if "product" in group:
            name = group["product"]
            return supply.Slice(open=True) if name is None else supply.raw(licenses, name, time)
        if self._pool.source != ASSIGNED:
            return supply.balanced(licenses, self._pool.product, time, self._pool.catalog)
        # The license list of a fact set is the same for all groups and lives as long as the run, so its id
        # is a valid key.
        key = (id(licenses), at)
        if key not in self._slices:
            self._slices[key] = supply.balanced(licenses, self._pool.product, time, self._pool.catalog)
        return self._slices[key]

    def lapses(self, group: Group, members: Sequence[Member]) -> list[str]:
        """Return the times, within the pool's forecast period, at which the group's supply may change."""
        until = self._pool.until(self._setting.as_of)
        if until is None:
            return []
        if self._pool.source == IN_FORCE:
            return sorted(
                {each.at for m in members for sheet in m.sheets for each in sheet.slices if each.at}
            )
        if self._pool.source == ASSIGNED:
            found = [sheet.licenses for each in members for sheet in each.sheets]
        elif self._pool.source == INSTALLED:
            found = [self._installed(group, members)]
        else:
            found = [self._granted(group, "")]
        times = {at for each in found for at in supply.ends(each, self._setting.as_of, until)}
        return [format_time(at) for at in sorted(times)]


def _at(slices: Sequence[supply.Slice], at: str) -> supply.Slice:
    # Times are UTC text in one format, so they compare as text.
    return max((each for each in slices if each.at <= at), key=lambda each: each.at)


def _read_at(at: str) -> datetime | None:
    return read_time(at) if at else None
