# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule or pool says about a subject, and the findings that go into the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .canonical import canonical, digest
from .errors import FactsError
from .evaluate import evaluate
from .kleene import Outcome, Truth
from .model import Check, Pool, Rule
from .pointer import sort_key
from .pools import GroupResult, Readings
from .subjects import Reading
from .wording import both, describe, fill, sentences

PASS, FAIL, UNKNOWN, NOT_APPLICABLE, ERROR = "pass", "fail", "unknown", "not_applicable", "error"
_WORST = (ERROR, FAIL, UNKNOWN, PASS, NOT_APPLICABLE)

Finding = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """The verdict of one check on one subject, with its findings (none for pass and not_applicable)."""

    check: str
    verdict: str
    findings: tuple[Finding, ...] = ()
    reasons: tuple[str, ...] = ()


def judge_rule(rule: Rule, mode: str, readings: Sequence[Reading], as_of: datetime, values: Any) -> Verdict:
    """Hold every reading of a subject against a rule; the worst reading counts."""
    verdicts = [_judge(rule, mode, reading, as_of, values) for reading in readings]
    worst = min(verdicts, key=lambda each: _WORST.index(each.verdict))
    findings: dict[str, Finding] = {}
    for verdict in verdicts:
        if verdict.verdict == worst.verdict:
            for finding in verdict.findings:
                findings.setdefault(finding["fingerprint"], finding)
    return Verdict(rule.id, worst.verdict, tuple(findings.values()), worst.reasons)


def _judge(rule: Rule, mode: str, reading: Reading, as_of: datetime, values: Any) -> Verdict:
    applies = evaluate(rule.applies, reading.facts, as_of)
    if applies.truth is Truth.FAIL:
        return Verdict(rule.id, NOT_APPLICABLE)
    outcome = evaluate(rule.require, reading.facts, as_of)
    if outcome.truth is Truth.PASS:
        return Verdict(rule.id, PASS)
    if applies.truth is Truth.UNKNOWN or outcome.truth is Truth.UNKNOWN:
        missing = dict.fromkeys((*applies.unknown, *outcome.unknown))
        return _undecided(rule, mode, reading, list(missing))
    return Verdict(rule.id, FAIL, tuple(_failures(rule, mode, reading, outcome, values)))


def _undecided(rule: Rule, mode: str, reading: Reading, pointers: list[str]) -> Verdict:
    because = [reading.facts.gap(pointer) for pointer in sorted(pointers, key=sort_key)]
    finding = _undecided_finding(rule, mode, "rule", reading.subject, reading.hosts, because)
    return Verdict(rule.id, UNKNOWN, (finding,), tuple(str(item["reason"]) for item in because[:1]))


def _undecided_finding(
    check: Check,
    mode: str,
    kind: str,
    subject: Mapping[str, str],
    hosts: Sequence[str],
    because: list[dict[str, Any]],
    group: Mapping[str, Any] | None = None,
) -> Finding:
    facts = [f"{item['pointer'] or '/'} ({item['reason']})" for item in because]
    finding = _finding(
        check,
        subject,
        hosts,
        kind=kind,
        verdict=UNKNOWN,
        mode=mode,
        effect={"block": "block", "warn": "warn", "ignore": "record"}[check.unknown_effect(mode)],
        pointer=because[0]["pointer"] if because else "",
        expected=None,
        actual=None,
        message=sentences("finding_unknown", {"facts": facts}),
        remediation=sentences("finding_unknown_remedy", {}),
        group=group,
    )
    finding["because"] = because
    return finding


def _failures(
    rule: Rule, mode: str, reading: Reading, outcome: Outcome, values: Mapping[str, Any]
) -> Iterable[Finding]:
    seen: dict[str, Finding] = {}
    for failure in outcome.failures:
        texts = {**values, "expected": describe(failure.expected), "actual": failure.actual}
        default = {
            "pointer": failure.pointer or "/",
            "expected": texts["expected"],
            "actual": describe(failure.actual),
        }
        finding = _finding(
            rule,
            reading.subject,
            reading.hosts,
            kind="rule",
            verdict=FAIL,
            mode=mode,
            effect={"deny": "block", "warn": "warn", "audit": "record"}[mode],
            pointer=failure.pointer,
            expected=failure.expected,
            actual=failure.actual,
            message=_texts(rule.message, "finding_default", default, reading, failure.pointer, texts),
            remediation=_texts(
                rule.remediation, "finding_default_remedy", {}, reading, failure.pointer, texts
            ),
        )
        origins = _origins(reading, failure.pointer)
        if origins:
            finding["from"] = origins
        # Several bounds of one fact are one finding; the first one broken stands for it.
        seen.setdefault(finding["fingerprint"], finding)
    return seen.values()


def _origins(reading: Reading, pointer: str) -> list[str]:
    while pointer:
        if pointer in reading.origins:
            return sorted(set(reading.origins[pointer]))
        pointer = pointer.rpartition("/")[0]
    return []


def _texts(
    own: Mapping[str, str],
    code: str,
    fields: Mapping[str, object],
    reading: Reading,
    pointer: str,
    values: Mapping[str, Any],
) -> dict[str, str]:
    if not own:
        return sentences(code, fields)
    return {
        language: fill(text, reading.facts, pointer, values, language) for language, text in both(own).items()
    }


def judge_group(
    pool: Pool, mode: str, result: GroupResult, readings: Readings, values: Any
) -> dict[tuple[str, str], Verdict]:
    """What a group's balance says about each subject in it."""
    verdicts = {}
    for subject in result.subjects:
        reading = readings[subject][0]
        if result.truth is Truth.PASS:
            findings: tuple[Finding, ...] = ()
            if result.headroom:
                findings = (_pool_finding(pool, "warn", result, reading, readings, values, PASS),)
            verdicts[subject] = Verdict(pool.id, PASS, findings)
        elif result.truth is Truth.FAIL:
            finding = _pool_finding(pool, mode, result, reading, readings, values, FAIL)
            verdicts[subject] = Verdict(pool.id, FAIL, (finding,))
        else:
            several = len({item[0] for item in result.because}) > 1
            because: list[dict[str, Any]] = [
                {"pointer": (f"/{owner}" if several else "") + pointer, "reason": reason}
                for owner, pointer, reason in sorted(result.because)
            ]
            if not several:
                because = [{**reading.facts.gap(item["pointer"]), **item} for item in because]
            hosts = _hosts(readings[subject])
            found = _undecided_finding(pool, mode, "pool", reading.subject, hosts, because, result.group)
            found["expected"], found["actual"] = _balance_of(result)
            reasons = tuple(str(item["reason"]) for item in because[:1])
            verdicts[subject] = Verdict(pool.id, UNKNOWN, (_sealed(found),), reasons)
    return verdicts


def _balance_of(result: GroupResult) -> tuple[dict[str, object], dict[str, object]]:
    return {"at_most": result.supply.to_json()}, {"demand": result.demand.to_json()}


def _pool_finding(
    pool: Pool,
    mode: str,
    result: GroupResult,
    reading: Reading,
    readings: Readings,
    values: Mapping[str, Any],
    verdict: str,
) -> Finding:
    expected, actual = _balance_of(result)
    group = {f"group.{name}": value for name, value in result.group.items()}
    texts: dict[str, Any] = {
        **values,
        **group,
        "demand": describe(result.demand.to_json()),
        "supply": describe(result.supply.to_json()),
        "shortfall": describe(result.shortfall.to_json()),
        "unit": pool.unit,
        "group": ", ".join(str(value) for value in result.group.values()),
        "percent": pool.headroom_warn,
    }
    headroom = verdict == PASS
    code = "finding_headroom" if headroom else "finding_pool"
    own = {} if headroom else pool.message
    finding = _finding(
        pool,
        reading.subject,
        _hosts(readings[(reading.id, reading.kind)]),
        kind="pool",
        verdict=verdict,
        mode=mode,
        effect={"deny": "block", "warn": "warn", "audit": "record"}[mode],
        pointer=result.pointer,
        expected=expected,
        actual=actual,
        message=_texts(own, code, texts, reading, result.pointer, texts),
        remediation=_texts(pool.remediation, "finding_default_remedy", {}, reading, result.pointer, texts),
        group=result.group,
    )
    if result.conflicts:
        finding["conflicts"] = list(result.conflicts)
    return finding


def _hosts(readings: Sequence[Reading]) -> list[str]:
    return sorted({host for reading in readings for host in reading.hosts})


def facts_error(check: Check, reading: Reading, error: FactsError) -> Finding:
    """Facts that cannot be read: an error of the host, whatever the rules say."""
    message = {language: error.text(language) for language in ("en", "zh")}
    finding = _finding(
        check,
        reading.subject,
        reading.hosts,
        kind="facts",
        verdict=ERROR,
        mode="deny",
        effect="block",
        pointer=str(error.fields.get("pointer", "")),
        expected=None,
        actual=None,
        message=message,
        remediation=sentences("finding_unknown_remedy", {}),
    )
    finding.update(rule="facts", place="facts", references=[], severity="critical")
    return _sealed(finding)


def _finding(
    check: Check,
    subject: Mapping[str, str],
    hosts: Sequence[str],
    *,
    group: Mapping[str, Any] | None = None,
    **content: Any,
) -> Finding:
    finding: Finding = {
        "subject": dict(subject),
        "hosts": sorted(hosts),
        "policy": check.origin.policy,
        "rule": check.id,
        "version": check.origin.version,
        "place": check.origin.place,
        "severity": check.severity,
        "references": list(check.references),
        **content,
    }
    if group is not None:
        finding["group"] = dict(group)
    return _sealed(finding)


def _sealed(finding: Finding) -> Finding:
    # The fingerprint leaves out version, value, date, place and text: the same fault tomorrow is the same.
    subject = finding["subject"]
    identity = [
        finding["policy"],
        finding["rule"],
        [subject["kind"], subject["id"]],
        finding.get("group"),
        finding["pointer"],
    ]
    finding["fingerprint"] = digest(identity)
    finding["state_digest"] = digest([*identity, finding["expected"], finding["actual"]])
    return finding


def order(finding: Finding) -> list[Any]:
    """Findings stand by subject, policy, rule, pointer, group."""
    subject = finding["subject"]
    return [
        subject["id"],
        subject["kind"],
        finding["policy"],
        finding["rule"],
        sort_key(finding["pointer"]),
        canonical(finding.get("group")),
    ]
