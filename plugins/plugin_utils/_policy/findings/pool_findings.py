# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the findings of a pool's balance: shortage, unknown outcome, low headroom, forecast shortage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ....module_utils._interval import Interval
from ....module_utils._messages.catalog import LANGUAGES, render
from ....module_utils._pointer import MISSING
from ..base.pointer_order import sort_key
from ..constraints.three_valued import Truth
from ..facts.facts import MOST_UNREAD
from ..policy.model import SUBJECT, Pool, Subject
from ..policy.text_templates import both, describe, fill
from ..pools.balance import GroupResult
from ..pools.blame import Because
from ..pools.pool_row import SELF
from ..pools.purchase import to_buy
from ..pools.rows import PoolSheet
from .finding import FAIL, FORECAST, PASS, UNKNOWN, CheckFinding
from .rule_findings import EFFECT_OF_MODE, unknown_finding
from .verdict import Verdict

AHEAD = "/forecast"


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
        found = tuple(each for each in (builder.headroom(), builder.ahead()) if each is not None)
        own = Verdict(pool.id, PASS, found)
    elif result.truth is Truth.FAIL:
        own = Verdict(pool.id, FAIL, (builder.short(),))
    else:
        finding = builder.unknown()
        reasons = tuple(str(item["reason"]) for item in (finding.because or ())[:1])
        own = Verdict(pool.id, UNKNOWN, (finding,), reasons)
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

    def short(self) -> CheckFinding:
        """Return the finding of a certain shortage: its size and what to buy."""
        result, pool = self._result, self._pool
        product = result.group.get("product") or pool.product
        return self._balance(
            "finding_pool",
            result.supply,
            verdict=FAIL,
            effect=EFFECT_OF_MODE[self._mode],
            shortfall=result.shortfall.to_json(),
            buy=to_buy(
                product, pool.packs, result.group, result.shortfall, result.edition_products, pool.catalog
            ),
            blamed=result.blamed,
        )

    def unknown(self) -> CheckFinding:
        """Return the finding of an unknown outcome: the fewest facts that decide it."""
        result = self._result
        return self._unknown(
            self._mode,
            "pool",
            result.because,
            result.supply,
            shortfall=result.shortfall.to_json(),
            conflicts=result.conflicts,
        )

    def headroom(self) -> CheckFinding | None:
        """Return the warning of a balance that passes with less headroom than the pool requires."""
        result = self._result
        if not result.headroom:
            return None
        return self._balance("finding_headroom", result.supply, verdict=PASS, effect="warn")

    def ahead(self) -> CheckFinding | None:
        """Return the finding of a balance that passes now and fails, or may fail, after a future expiry."""
        future, mode = self._result.ahead, self._pool.forecast_mode
        if future is None:
            return None
        place = {"pointer": AHEAD, "at": future.at}
        if future.truth is Truth.UNKNOWN:
            return self._unknown(mode, FORECAST, future.because, future.supply, **place)
        effect = EFFECT_OF_MODE[mode]
        return self._balance(
            "finding_ahead", future.supply, verdict=FAIL, effect=effect, kind=FORECAST, mode=mode, **place
        )

    def _unknown(
        self, mode: str, kind: str, because: Sequence[Because], available: Interval, **content: Any
    ) -> CheckFinding:
        result = self._result
        expected, actual = _expected_actual(result.demand, available)
        return unknown_finding(
            self._pool,
            mode,
            kind,
            _because(because, result.sheet),
            _unread(because, result.sheet),
            mapped=result.sheet is not None and result.sheet.facts is not None and result.sheet.facts.mapped,
            **{"group": dict(result.group), "expected": expected, "actual": actual, **content},
        )

    def _balance(self, code: str, available: Interval, **content: Any) -> CheckFinding:
        """Return the finding of a known balance; the message is the pool's own one or that of ``code``."""
        pool, result = self._pool, self._result
        expected, actual = _expected_actual(result.demand, available)
        missing = Interval(
            max(0, result.demand.low - (available.high or 0)) if available.high is not None else 0,
            None if result.demand.high is None else max(0, result.demand.high - available.low),
        )
        texts: dict[str, Any] = {
            **self._values,
            **{f"group.{name}": value for name, value in result.group.items()},
            "demand": result.demand,
            "supply": available,
            "shortfall": missing,
            "unit": pool.unit,
            "group": ", ".join(str(value) for value in result.group.values()),
            "percent": pool.headroom_warn,
            "at": content.get("at", "")[:10],
        }
        own = pool.message if code == "finding_pool" else {}
        known = {"kind": "pool", "mode": self._mode, "pointer": result.pointer}
        return CheckFinding.of_check(
            pool,
            expected=expected,
            actual=actual,
            message=self._texts(own, code, texts),
            remediation=self._texts(pool.remediation, "finding_default_remedy", texts),
            group=dict(result.group),
            conflicts=result.conflicts,
            **{**known, **content},
        )

    def _texts(self, own: Mapping[str, str], code: str, texts: Mapping[str, Any]) -> dict[str, str]:
        values = {language: _with_amounts(texts, language) for language in LANGUAGES}
        if not own:
            return {language: render(code, values[language], language) for language in LANGUAGES}
        sheet = self._result.sheet
        quoted = {} if sheet is None else sheet.texts
        return {
            language: fill(text, lambda name: quoted.get(name, MISSING), "", values[language], language)
            for language, text in both(own).items()
        }


def _with_amounts(texts: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        name: _amount(value, language) if isinstance(value, Interval) else value
        for name, value in texts.items()
    }


def _amount(value: Interval, language: str) -> str:
    """Return a quantity as text. Without an upper bound, only the least quantity is known."""
    if value.high is None:
        return render("word_at_least", {"n": value.low}, language)
    return describe(value.to_json())


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
