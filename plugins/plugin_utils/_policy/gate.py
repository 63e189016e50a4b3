# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one evaluation behind filter, test and action: hosts and a policy in, a ComplianceResult out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...module_utils._licensing.plan import purchase_plan
from .bind import bind_policy
from .canonical import digest
from .entitlements import Entitlements
from .errors import PolicyError
from .findings import (
    ERROR,
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Finding,
    Verdict,
    facts_error,
    judge_group,
    judge_rule,
    order,
)
from .instants import format_instant
from .model import GRANT, OFF, BoundPolicy, PolicySet
from .pools import run_pool
from .subjects import HostInput, Reading, read_host, unite
from .waivers import WAIVED, WaiverSet, apply, known_checks
from .wording import sentences

#: Worst first.
DECISIONS = ("error", "non_compliant", "undetermined", "compliant", "not_applicable")
FAIL_ON = ("error", "non_compliant", "undetermined")

Subject = tuple[str, str]


def evaluate(
    subjects: Iterable[HostInput],
    policy: PolicySet,
    as_of: datetime,
    horizon: int | None = None,
    expected_hosts: Iterable[str] | None = None,
    fail_on: Sequence[str] = FAIL_ON,
    waivers: WaiverSet | None = None,
    entitlements: Entitlements | None = None,
    outside: Iterable[HostInput] = (),
) -> dict[str, Any]:
    """Return the ComplianceResult of ``subjects`` under ``policy`` at ``as_of`` (aware, UTC).

    ``horizon`` is in days. Hosts of ``expected_hosts`` that handed nothing over are unknown (``absent``),
    never left out. ``waivers`` accept findings for a time. The grants of ``entitlements`` are judged too.
    ``outside`` are hosts that only count in pools, as do systems of the entitlements that nobody handed over.
    The result does not depend on the order of the hosts. Raises PolicyError or InvalidDocument for input that
    no verdict can be based on.
    """
    check_fail_on(fail_on)
    bound = bind_policy(policy, horizon)
    given = list(subjects)
    named = {each.host for each in given}
    given += [HostInput(host) for host in sorted(set(expected_hosts or ()) - named)]
    as_of = as_of.replace(microsecond=0)
    bought = entitlements or Entitlements()
    readings = unite(_read(each, as_of, bound) for each in given)
    others = unite(_read(each, as_of, bound) for each in outside)
    absent = set(bought.systems) - {ident for ident, _kind in (*readings, *others)}
    others.update(unite(_read(HostInput(name), as_of, bound) for name in sorted(absent)))
    readings.update(bought.readings(as_of, readings))
    return _Run(bound, as_of, readings, waivers or WaiverSet(), bought, others).result(fail_on)


def _read(given: HostInput, as_of: datetime, policy: BoundPolicy) -> Reading:
    return read_host(given, as_of, policy.max_age_hours, policy.site_facts)


def check_fail_on(fail_on: Sequence[str]) -> None:
    """Only ``undetermined`` may be left out of what stops a play."""
    wanted = set(fail_on)
    if not {"error", "non_compliant"} <= wanted <= set(FAIL_ON):
        raise PolicyError("fail_on_invalid", value=sorted(str(item) for item in fail_on))


class _Run:
    def __init__(
        self,
        policy: BoundPolicy,
        as_of: datetime,
        readings: dict[Subject, tuple[Reading, ...]],
        waivers: WaiverSet,
        entitlements: Entitlements,
        outside: dict[Subject, tuple[Reading, ...]],
    ) -> None:
        self._policy = policy
        self._as_of = as_of
        self._waivers = waivers
        self._entitlements = entitlements
        self._outside = outside
        self._readings = readings
        self._values = {f"param:{name}": each.value for name, each in policy.parameters.items()}
        self._off: list[str] = []
        self._verdicts: dict[Subject, list[Verdict]] = {subject: [] for subject in readings}
        self._pools = {pool.id for pool in policy.pools}

    def result(self, fail_on: Sequence[str]) -> dict[str, Any]:
        self._rules()
        self._run_pools()
        self._unreadable()
        states = self._waive()
        subjects = [self._subject(subject) for subject in self._readings]
        errors = self._errors(subjects)
        decisions = [str(entry["decision"]) for entry in subjects] + (["error"] if errors else [])
        findings = sorted((f for each in self._each() for f in each.findings), key=order)
        return {
            "kind": "ComplianceResult",
            "schema_version": 1,
            "as_of": format_instant(self._as_of),
            "decision": worst(decisions),
            "fail_on": [name for name in FAIL_ON if name in fail_on],
            "errors": errors,
            "policies": [dict(document) for document in self._policy.documents],
            "parameters": {
                name: {"value": each.value, "origin": each.origin}
                for name, each in sorted(self._policy.parameters.items())
            },
            "loosenings": [dict(record) for record in self._policy.loosenings],
            "off": sorted(self._off),
            "digests": self._digests(),
            "counts": self._counts(subjects, findings),
            "subjects": subjects,
            "findings": findings,
            "waivers": states,
        }

    # -- verdicts --

    def _rules(self) -> None:
        for rule in self._policy.rules:
            mode = rule.mode_at(self._as_of)
            if mode == OFF:
                self._off.append(rule.id)
                continue
            for subject, readings in self._readings.items():
                if (subject[1] == GRANT) is not (rule.about == GRANT):
                    continue
                verdict = judge_rule(rule, mode, readings, self._as_of, self._values)
                self._verdicts[subject].append(verdict)

    def _run_pools(self) -> None:
        systems = {subject: found for subject, found in self._readings.items() if subject[1] != GRANT}
        counted = {**self._outside, **systems}
        for pool in self._policy.pools:
            mode = pool.mode_at(self._as_of)
            if mode == OFF:
                self._off.append(pool.id)
                continue
            found: dict[Subject, list[Verdict]] = {subject: [] for subject in systems}
            for group in run_pool(pool, counted, self._as_of):
                judged = judge_group(pool, mode, group, counted, self._values)
                for subject, verdict in judged.items():
                    if subject in found:
                        found[subject].append(verdict)
            for subject, verdicts in found.items():
                self._verdicts[subject].append(_together(pool.id, verdicts))

    def _unreadable(self) -> None:
        checks = [*self._policy.rules, *self._policy.pools]
        for subject, readings in self._readings.items():
            for reading in readings:
                if reading.error is not None:
                    finding = facts_error(checks[0], reading, reading.error)
                    self._verdicts[subject] = [Verdict("facts", ERROR, (finding,))]
                    break

    def _waive(self) -> list[dict[str, Any]]:
        # After everything else is decided: a waiver accepts a finding, it never changes what was found.
        found, states = apply((f for each in self._each() for f in each.findings), self._waivers, self._as_of)
        remaining = iter(found)
        for subject, verdicts in self._verdicts.items():
            self._verdicts[subject] = [
                _after_waivers(each, [next(remaining) for _finding in each.findings]) for each in verdicts
            ]
        known_checks(self._waivers, states, (*self._pools, *(rule.id for rule in self._policy.rules)))
        return states

    def _each(self) -> Iterable[Verdict]:
        for verdicts in self._verdicts.values():
            yield from verdicts

    # -- the result --

    def _subject(self, subject: Subject) -> dict[str, Any]:
        readings, verdicts = self._readings[subject], self._verdicts[subject]
        applied = [each for each in verdicts if each.verdict != NOT_APPLICABLE]
        entry: dict[str, Any] = {
            "subject": readings[0].subject,
            "hosts": sorted({host for reading in readings for host in reading.hosts}),
            "decision": decide(verdicts),
            "facts": digest([reading.digest for reading in readings]),
            "rules": sum(each.check not in self._pools for each in applied),
            "pools": sum(each.check in self._pools for each in applied),
            "passed": sorted(each.check for each in verdicts if each.verdict == PASS),
            "not_applicable": sorted(each.check for each in verdicts if each.verdict == NOT_APPLICABLE),
            "waived": sorted(each.check for each in verdicts if each.verdict == WAIVED),
        }
        if entry["decision"] == "non_compliant" and len(readings) == 1 and subject[1] != GRANT:
            entry["plan"] = purchase_plan(readings[0].facts.tree_with_unknown(), self._as_of).to_dict()
        return entry

    def _errors(self, subjects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        code = ""
        if all(entry["subject"]["kind"] == GRANT for entry in subjects):
            code = "run_without_hosts"
        elif all(entry["decision"] == "not_applicable" for entry in subjects):
            code = "run_nothing_applies"
        return [{"code": code, "message": sentences(code, {})}] if code else []

    def _digests(self) -> dict[str, str]:
        digests = {"policy": self._policy.digest, "facts": self._facts_digest()}
        for name, each in (("entitlements", self._entitlements.digest), ("waivers", self._waivers.digest)):
            if each:
                digests[name] = each
        return digests

    def _facts_digest(self) -> str:
        return digest(
            [[*subject, [reading.digest for reading in found]] for subject, found in self._readings.items()]
        )

    def _counts(self, subjects: Sequence[Mapping[str, Any]], findings: Sequence[Finding]) -> dict[str, Any]:
        verdicts = list(self._each())
        return {
            "decisions": _count(entry["decision"] for entry in subjects),
            "verdicts": _count(each.verdict for each in verdicts),
            "unknown_reasons": _count(reason for each in verdicts for reason in each.reasons),
            "warnings": sum(finding["effect"] == "warn" for finding in findings),
        }


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _together(check: str, verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict of a pool for a subject with several groups: the worst, with the findings of all."""
    if not verdicts:
        return Verdict(check, NOT_APPLICABLE)
    ranks = (ERROR, FAIL, UNKNOWN, PASS)
    least = min(verdicts, key=lambda each: ranks.index(each.verdict))
    findings = tuple(finding for each in verdicts for finding in each.findings)
    return Verdict(check, least.verdict, findings, least.reasons)


def _after_waivers(verdict: Verdict, findings: list[Finding]) -> Verdict:
    """The verdict once its findings have met the waivers: waived if none of them is left."""
    if not any(finding["verdict"] == WAIVED for finding in findings):
        return verdict
    left = {finding["verdict"] for finding in findings}
    worst_left = next((name for name in (ERROR, FAIL, UNKNOWN) if name in left), WAIVED)
    return Verdict(verdict.check, worst_left, tuple(findings), verdict.reasons)


def decide(verdicts: Iterable[Verdict]) -> str:
    """A subject's decision: what blocks decides, an unknown never makes it non_compliant."""
    found = {"not_applicable"}
    for verdict in verdicts:
        if verdict.verdict != NOT_APPLICABLE:
            found.add("compliant")
        for finding in verdict.findings:
            if finding["effect"] == "block":
                found.add(
                    {ERROR: "error", FAIL: "non_compliant", UNKNOWN: "undetermined"}[finding["verdict"]]
                )
    return worst(found)


def worst(decisions: Iterable[str]) -> str:
    """The worst of several decisions; not_applicable of none."""
    return min(decisions, key=DECISIONS.index, default="not_applicable")
