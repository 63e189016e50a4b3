# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the findings of a pool's balance: shortage, unknown outcome, low headroom, forecast shortage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ....module_utils._interval import Interval
from ....module_utils._pointer import MISSING, sort_key
from ..constraints.three_valued import Truth
from ..facts.facts import MOST_UNREAD
from ..policy.model import SUBJECT, Pool
from ..policy.text_templates import both, describe, fill, sentences
from ..pools.balance import GroupResult
from ..pools.blame import Because
from ..pools.purchase import to_buy
from ..pools.rows import SELF, PoolSheet
from .findings import EFFECTS, FAIL, PASS, UNKNOWN, Draft, Verdict, drafted, undecided

AHEAD = "/forecast"
FORECAST = "forecast"
Subject = tuple[str, str]


def names_subject(pool: Pool) -> bool:
    """Return whether the pool's own messages contain the subject and so differ for equal systems."""
    texts = (*pool.message.values(), *pool.remediation.values())
    return any("{group}" in text or "{group." + SUBJECT in text for text in texts)


def group_verdicts(
    pool: Pool, mode: str, result: GroupResult, values: Mapping[str, Any]
) -> dict[Subject, Verdict]:
    """Return the verdict for each subject of a group. Only blamed subjects fail."""
    builder = _FindingBuilder(pool, mode, result, values)
    passed = Verdict(pool.id, PASS)
    verdicts = dict.fromkeys(result.spared, passed)
    if result.truth is Truth.PASS:
        found = tuple(draft for draft in (builder.headroom(), builder.ahead()) if draft is not None)
        own = Verdict(pool.id, PASS, found)
    elif result.truth is Truth.FAIL:
        own = Verdict(pool.id, FAIL, (builder.short(),))
    else:
        draft = builder.doubtful()
        own = Verdict(pool.id, UNKNOWN, (draft,), tuple(str(item["reason"]) for item in draft["because"][:1]))
    verdicts.update(dict.fromkeys(result.subjects, own))
    return verdicts


def of_subject(result: GroupResult, ident: str) -> GroupResult:
    """Return the balance of a closed pool with the subject's id in its group."""
    return replace(result, group={**result.group, SUBJECT: ident})


def balance_rows(found: Iterable[tuple[str, GroupResult]]) -> list[dict[str, Any]]:
    """Return the balances of all groups as plain data, sorted by pool and group."""
    rows = [
        {
            "pool": pool,
            "group": dict(each.group),
            "verdict": each.truth.value,
            "demand": each.demand.to_json(),
            "supply": each.supply.to_json(),
        }
        for pool, each in found
    ]
    return sorted(rows, key=_row_order)


def _row_order(row: Mapping[str, Any]) -> tuple[str, list[tuple[bool, str]]]:
    return row["pool"], [(value is None, value or "") for value in row["group"].values()]


class _FindingBuilder:
    def __init__(self, pool: Pool, mode: str, result: GroupResult, values: Mapping[str, Any]) -> None:
        self._pool = pool
        self._mode = mode
        self._result = result
        self._values = values

    def short(self) -> Draft:
        """Return the finding of a certain shortage: its size and what to buy."""
        result = self._result
        draft = self._balance(FAIL, "pool", EFFECTS[self._mode], result.pointer, result.supply)
        draft["shortfall"] = result.shortfall.to_json()
        product = result.group.get("product") or self._pool.product
        draft["buy"] = to_buy(
            product, self._pool.packs, result.group, result.shortfall, result.way, self._pool.catalog
        )
        if result.blamed:
            draft["blamed"] = list(result.blamed)
        return draft

    def doubtful(self) -> Draft:
        """Return the finding of an unknown outcome: the fewest facts that decide it."""
        result = self._result
        because = _because(result.because, result.sheet)
        draft = undecided(self._pool, self._mode, "pool", because, _unread(result.because, result.sheet))
        draft["group"] = dict(result.group)
        draft["expected"], draft["actual"] = _expected_actual(result.demand, result.supply)
        draft["shortfall"] = result.shortfall.to_json()
        return self._with_conflicts(draft)

    def headroom(self) -> Draft | None:
        """Return the warning of a balance that passes with less headroom than the pool requires."""
        result = self._result
        if not result.headroom:
            return None
        return self._balance(PASS, "pool", "warn", result.pointer, result.supply, "finding_headroom")

    def ahead(self) -> Draft | None:
        """Return the finding of a balance that passes now and fails, or may fail, after a future expiry."""
        future, mode = self._result.ahead, self._pool.forecast_mode
        if future is None:
            return None
        if future.truth is Truth.UNKNOWN:
            because = _because(future.because, self._result.sheet)
            unread = _unread(future.because, self._result.sheet)
            draft = undecided(self._pool, mode, FORECAST, because, unread)
            draft["group"] = dict(self._result.group)
            draft["expected"], draft["actual"] = _expected_actual(self._result.demand, future.supply)
            draft["pointer"] = AHEAD
        else:
            draft = self._balance(
                FAIL, FORECAST, EFFECTS[mode], AHEAD, future.supply, "finding_ahead", future.at
            )
            draft["mode"] = mode
        draft["at"] = future.at
        return draft

    def _balance(
        self,
        verdict: str,
        kind: str,
        effect: str,
        pointer: str,
        available: Interval,
        code: str = "",
        at: str = "",
    ) -> Draft:
        pool, result = self._pool, self._result
        expected, actual = _expected_actual(result.demand, available)
        missing = Interval(
            max(0, result.demand.low - (available.high or 0)) if available.high is not None else 0,
            None if result.demand.high is None else max(0, result.demand.high - available.low),
        )
        texts: dict[str, Any] = {
            **self._values,
            **{f"group.{name}": value for name, value in result.group.items()},
            "demand": describe(result.demand.to_json()),
            "supply": describe(available.to_json()),
            "shortfall": describe(missing.to_json()),
            "unit": pool.unit,
            "group": ", ".join(str(value) for value in result.group.values()),
            "percent": pool.headroom_warn,
            "at": at[:10],
        }
        own = {} if code else pool.message
        draft = drafted(
            pool,
            kind=kind,
            verdict=verdict,
            mode=self._mode,
            effect=effect,
            pointer=pointer,
            expected=expected,
            actual=actual,
            message=self._texts(own, code or "finding_pool", texts),
            remediation=self._texts(pool.remediation, "finding_default_remedy", texts),
            group=dict(result.group),
        )
        return self._with_conflicts(draft)

    def _texts(self, own: Mapping[str, str], code: str, texts: Mapping[str, Any]) -> dict[str, str]:
        if not own:
            return sentences(code, texts)
        sheet = self._result.sheet
        quoted = {} if sheet is None else sheet.texts
        return {
            language: fill(text, lambda name: quoted.get(name, MISSING), "", texts, language)
            for language, text in both(own).items()
        }

    def _with_conflicts(self, draft: Draft) -> Draft:
        if self._result.conflicts:
            draft["conflicts"] = list(self._result.conflicts)
        return draft


def _expected_actual(demand: Interval, available: Interval) -> tuple[dict[str, object], dict[str, object]]:
    return {"at_most": available.to_json()}, {"demand": demand.to_json()}


def _unread(because: Sequence[Because], sheet: PoolSheet | None) -> list[dict[str, Any]]:
    """Return the values of one system that are present but could not be parsed."""
    one = len({owner for owner, _pointer, _reason in because}) == 1
    if not one or sheet is None:
        return []
    found = [each for _owner, pointer, _reason in because for each in sheet.unread.get(pointer, ())]
    return list({each["pointer"]: each for each in found}.values())[:MOST_UNREAD]


def _because(because: Sequence[Because], sheet: PoolSheet | None) -> list[dict[str, Any]]:
    several = len({owner for owner, _pointer, _reason in because}) > 1
    settled = {} if sheet is None else sheet.settled_by
    entries = []
    for owner, pointer, reason in because:
        place = f"/{owner}{pointer}" if several and owner != SELF else pointer
        entry: dict[str, Any] = {"pointer": place, "reason": reason}
        if pointer in settled and not several:
            entry["settled_by"] = list(settled[pointer])
        entries.append((sort_key(place), entry))
    entries.sort(key=lambda pair: pair[0])
    return [entry for _key, entry in entries]
