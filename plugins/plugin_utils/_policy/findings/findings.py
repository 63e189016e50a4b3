# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create findings: the results of checks for a fact set, then for each subject that has these facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....module_utils._messages.catalog import LANGUAGES, render
from ....module_utils._pointer import sort_key
from ..base.canonical_json import canonical, digest
from ..base.errors import FactsError, ForeignFacts
from ..constraints.evaluate import shown
from ..constraints.projection import origins_of
from ..constraints.three_valued import Failure, Outcome, Truth
from ..policy.model import SUBJECT, Check, Rule
from ..policy.text_templates import both, describe, fill, sentences
from ..pools.rows import SELF
from ..subjects.host_reading import Reading

PASS, FAIL, UNKNOWN, NOT_APPLICABLE, ERROR = "pass", "fail", "unknown", "not_applicable", "error"
WORST = (ERROR, FAIL, UNKNOWN, PASS, NOT_APPLICABLE)
EFFECTS = {"deny": "block", "warn": "warn", "audit": "record"}
_ON_UNKNOWN = {"block": "block", "warn": "warn", "ignore": "record"}
SHOWN_ALTERNATIVES = 4
#: The number of values that could not be parsed which a message shows.
SHOWN_UNREAD = 4

#: A finding without its subject, hosts and digests.
Draft = dict[str, Any]
Finding = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """The verdict of one check, with its findings (none for pass and not_applicable)."""

    check: str
    verdict: str
    findings: tuple[Draft, ...] = ()
    reasons: tuple[str, ...] = ()
    by: tuple[int, ...] = ()  # index of the subject's fact set for each finding; empty: all fact sets


def rule_verdict(
    rule: Rule, mode: str, applies: Outcome, outcome: Outcome, reading: Reading, values: Mapping[str, Any]
) -> Verdict:
    """Return the verdict of a rule for a fact set, from the outcomes of its condition and requirement."""
    if applies.truth is Truth.FAIL:
        return Verdict(rule.id, NOT_APPLICABLE)
    if outcome.truth is Truth.PASS:
        return Verdict(rule.id, PASS)
    if applies.truth is Truth.UNKNOWN or outcome.truth is Truth.UNKNOWN:
        missing = sorted(dict.fromkeys((*applies.unknown, *outcome.unknown)), key=sort_key)
        because = [reading.facts.gap(pointer) for pointer in missing]
        draft = undecided(rule, mode, "rule", because, reading.facts.unread_among(missing))
        return Verdict(rule.id, UNKNOWN, (draft,), tuple(str(item["reason"]) for item in because[:1]))
    drafts: dict[str, Draft] = {}
    for failure in outcome.failures:
        # Several violated limits of one fact are one finding, with the first violated limit.
        if failure.pointer not in drafts:
            drafts[failure.pointer] = _failed(rule, mode, reading, failure, values)
    return Verdict(rule.id, FAIL, tuple(drafts.values()))


def _failed(rule: Rule, mode: str, reading: Reading, failure: Failure, values: Mapping[str, Any]) -> Draft:
    texts = {**values, "expected": describe(failure.expected), "actual": failure.actual}
    code, default = _default_message(failure)

    def rendered(own: Mapping[str, str], code: str, fields: Mapping[str, object]) -> dict[str, str]:
        if not own:
            return sentences(code, fields)
        facts = reading.facts
        return {
            name: fill(text, facts.value, failure.pointer, texts, name) for name, text in both(own).items()
        }

    draft = drafted(
        rule,
        kind="rule",
        verdict=FAIL,
        mode=mode,
        effect=EFFECTS[mode],
        pointer=failure.pointer,
        expected=failure.expected,
        actual=failure.actual,
        message=rendered(rule.message, code, default),
        remediation=rendered(rule.remediation, "finding_default_remedy", {}),
    )
    if failure.alternatives:
        draft["alternatives"] = [_alternative(each) for each in failure.alternatives]
    sources = origins_of(reading.origins, failure.pointer)
    if sources:
        draft["from"] = sources
    return draft


def _default_message(failure: Failure) -> tuple[str, dict[str, object]]:
    """Return code and fields of the default message: the violated limit, or what each alternative misses."""
    place = failure.pointer or "/"
    if not failure.alternatives:
        actual = describe(failure.actual)
        return "finding_default", {"pointer": place, "expected": describe(failure.expected), "actual": actual}
    matching = [str(at + 1) for at, each in enumerate(failure.alternatives) if not each]
    fields: dict[str, object] = {"pointer": place, "n": len(failure.alternatives)}
    if matching:
        return "finding_too_many", {**fields, "holding": matching}
    # The alternative with the fewest failures is most likely the intended one.
    closest = sorted(enumerate(failure.alternatives), key=lambda pair: (len(pair[1]), pair[0]))
    parts = []
    for at, failures in closest[:SHOWN_ALTERNATIVES]:
        failed = [
            f"{each.pointer or '/'} {describe(each.expected)} ({describe(each.actual)})" for each in failures
        ]
        parts.append(f"({at + 1}) " + " + ".join(failed))
    return "finding_no_alternative", {**fields, "alternatives": parts}


def _alternative(failures: Sequence[Failure]) -> list[dict[str, Any]]:
    return [
        {"pointer": each.pointer, "expected": each.expected, "actual": shown(each.actual)}
        for each in failures
    ]


def undecided(
    check: Check,
    mode: str,
    kind: str,
    because: list[dict[str, Any]],
    unread: Sequence[dict[str, Any]] = (),
) -> Draft:
    """Return the finding of a check with unknown facts.

    ``unread`` are values that are present but could not be parsed.
    """
    facts = [f"{item['pointer'] or '/'} ({item['reason']})" for item in because]
    message = sentences("finding_unknown", {"facts": facts})
    for language in LANGUAGES if unread else ():
        values = "; ".join(each["message"][language] for each in unread[:SHOWN_UNREAD])
        message[language] = render("finding_unread", {"text": message[language], "unread": values}, language)
    draft = drafted(
        check,
        kind=kind,
        verdict=UNKNOWN,
        mode=mode,
        effect=_ON_UNKNOWN[check.unknown_effect(mode)],
        pointer=because[0]["pointer"] if because else "",
        expected=None,
        actual=None,
        message=message,
        remediation=sentences("finding_unknown_remedy", {}),
    )
    draft["because"] = because
    if unread:
        draft["unread"] = list(unread)
    return draft


def facts_error(check: Check, error: FactsError) -> Verdict:
    """Return the verdict for facts that are invalid: an error of the host, independent of the rules.

    Facts of another host do not describe this host. It is then undetermined, independent of how the policy
    treats unknown facts.
    """
    foreign = isinstance(error, ForeignFacts)
    verdict = UNKNOWN if foreign else ERROR
    draft = drafted(
        check,
        kind="facts",
        verdict=verdict,
        mode="deny",
        effect="block",
        pointer=str(error.fields.get("pointer", "")),
        expected=None,
        actual=None,
        message={language: error.text(language) for language in LANGUAGES},
        remediation=sentences(
            "facts_other_host_remedy" if foreign else "finding_unknown_remedy", error.fields
        ),
    )
    draft.update(rule="facts", place="facts", references=[], severity="critical")
    if not foreign:
        return Verdict("facts", ERROR, (draft,))
    draft["because"] = [{"pointer": draft["pointer"], "reason": "conflict"}]
    return Verdict("facts", UNKNOWN, (draft,), ("conflict",))


def drafted(check: Check, **content: Any) -> Draft:
    """Return a finding of ``check`` without its subject."""
    return {
        "policy": check.origin.policy,
        "rule": check.id,
        "version": check.origin.version,
        "place": check.origin.place,
        "severity": check.severity,
        "references": list(check.references),
        **content,
    }


def stamped(draft: Draft, subject: tuple[str, str], hosts: Sequence[str]) -> Finding:
    """Return the finding about ``subject`` (id, kind), with its fingerprint.

    The fingerprint excludes version, value, date, place and text, so that a problem that persists keeps it.
    """
    ident, kind = subject
    finding: Finding = {"subject": {"kind": kind, "id": ident}, "hosts": list(hosts), **draft}
    group = finding.get("group")
    if group is not None and group.get(SUBJECT) == SELF:
        group = finding["group"] = {**group, SUBJECT: ident}
    for name in ("conflicts", "blamed"):
        if name in finding:
            finding[name] = sorted(f"{owner or ident} {label}".strip() for owner, label in finding[name])
    identity = [finding["policy"], finding["rule"], [kind, ident], group, finding["pointer"]]
    finding["fingerprint"] = digest(identity)
    finding["state_digest"] = digest([*identity, finding["expected"], finding["actual"]])
    return finding


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst verdict of one check over a subject's fact sets, with all findings of that verdict."""
    worst = min(verdicts, key=lambda each: WORST.index(each.verdict))
    if len(verdicts) == 1:
        return worst
    drafts: dict[str, tuple[Draft, int]] = {}
    for at, verdict in enumerate(verdicts):
        if verdict.verdict == worst.verdict:
            for draft in verdict.findings:
                drafts.setdefault(draft["pointer"], (draft, at))
    found = tuple(draft for draft, _at in drafts.values())
    return Verdict(
        worst.check, worst.verdict, found, worst.reasons, tuple(at for _draft, at in drafts.values())
    )


def order(finding: Finding) -> list[Any]:
    """Return the sort key of a finding: subject, policy, rule, pointer, group, kind."""
    subject = finding["subject"]
    return [
        subject["id"],
        subject["kind"],
        finding["policy"],
        finding["rule"],
        sort_key(finding["pointer"]),
        canonical(finding.get("group")),
        finding["kind"],
    ]
