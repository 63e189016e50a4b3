# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the verdict and the findings of a rule for a fact set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....module_utils._messages.catalog import LANGUAGES, render
from ..base.errors import FactsError, UndeterminedFacts
from ..base.pointer_order import sort_key
from ..constraints.evaluate import shown
from ..constraints.projection import origins_of
from ..constraints.three_valued import Failure, Outcome, Truth
from ..policy.model import Check, Rule
from ..policy.text_templates import both, describe, fill, sentences
from ..subjects.host_reading import Reading
from .finding import ERROR, FAIL, NOT_APPLICABLE, PASS, UNKNOWN, CheckFinding
from .verdict import Verdict

#: The effect of a failed check, by its mode.
EFFECT_OF_MODE = {"deny": "block", "warn": "warn", "audit": "record"}
_ON_UNKNOWN = {"block": "block", "warn": "warn", "ignore": "record"}
SHOWN_ALTERNATIVES = 4
#: The number of values that could not be parsed which a message shows.
SHOWN_UNREAD = 4


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
        behind = [name for pointer in missing for name in (pointer, *reading.facts.because.get(pointer, ()))]
        sources = sorted({own for pointer in behind for own in origins_of(reading.own, pointer)})
        unread = reading.facts.unread_among(missing)
        mapped = reading.mapped
        finding = unknown_finding(rule, mode, "rule", because, unread, mapped=mapped, sources=sources)
        return Verdict(rule.id, UNKNOWN, (finding,), tuple(str(item["reason"]) for item in because[:1]))
    found: dict[str, CheckFinding] = {}
    for failure in outcome.failures:
        # Several violated limits of one fact are one finding, with the first violated limit.
        if failure.pointer not in found:
            found[failure.pointer] = _failed(rule, mode, reading, failure, values)
    return Verdict(rule.id, FAIL, tuple(found.values()))


def _failed(
    rule: Rule, mode: str, reading: Reading, failure: Failure, values: Mapping[str, Any]
) -> CheckFinding:
    texts = {**values, "expected": describe(failure.expected), "actual": failure.actual}
    code, default = _default_message(failure)

    def rendered(own: Mapping[str, str], code: str, fields: Mapping[str, object]) -> dict[str, str]:
        if not own:
            return sentences(code, fields)
        facts = reading.facts
        return {
            name: fill(text, facts.value, failure.pointer, texts, name) for name, text in both(own).items()
        }

    return CheckFinding.of_check(
        rule,
        kind="rule",
        verdict=FAIL,
        mode=mode,
        effect=EFFECT_OF_MODE[mode],
        pointer=failure.pointer,
        expected=failure.expected,
        actual=failure.actual,
        message=rendered(rule.message, code, default),
        remediation=rendered(rule.remediation, "finding_default_remedy", {}),
        alternatives=[_alternative(each) for each in failure.alternatives or ()],
        sources=origins_of(reading.origins, failure.pointer),
    )


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


def unknown_finding(
    check: Check,
    mode: str,
    kind: str,
    because: list[dict[str, Any]],
    unread: Sequence[dict[str, Any]] = (),
    *,
    mapped: bool = False,
    **content: Any,
) -> CheckFinding:
    """Return the finding of a check with unknown facts.

    ``unread`` are values that are present but could not be parsed; ``mapped`` facts were read with a
    FactMap; ``content`` are further fields.
    """
    facts = [f"{item['pointer'] or '/'} ({item['reason']})" for item in because]
    message = sentences("finding_unknown", {"facts": facts})
    for language in LANGUAGES if unread else ():
        values = "; ".join(each["message"][language] for each in unread[:SHOWN_UNREAD])
        message[language] = render("finding_unread", {"text": message[language], "unread": values}, language)
    remedy = "finding_mapped_remedy" if mapped else "finding_unknown_remedy"
    if any(each["pointer"] == "" for each in unread):
        remedy = "finding_sought_remedy"
    known = {
        "pointer": because[0]["pointer"] if because else "",
        "expected": None,
        "actual": None,
        "message": message,
        "remediation": sentences(remedy, {}),
    }
    return CheckFinding.of_check(
        check,
        kind=kind,
        verdict=UNKNOWN,
        mode=mode,
        effect=_ON_UNKNOWN[check.unknown_effect(mode)],
        because=because,
        unread=unread,
        **{**known, **content},
    )


def facts_error(check: Check, error: FactsError, mapped: bool = False) -> Verdict:
    """Return the verdict for facts that are invalid: an error of the host, independent of the rules.

    Facts of another host, or of a node without a known system, do not describe a certain subject. It is then
    undetermined, independent of how the policy treats unknown facts.
    """
    reason = error.reason if isinstance(error, UndeterminedFacts) else ""
    remedy = "finding_mapped_remedy" if mapped else "finding_unknown_remedy"
    verdict = UNKNOWN if reason else ERROR
    pointer = str(error.fields.get("pointer", ""))
    finding = CheckFinding.of_check(
        check,
        rule="facts",
        place="facts",
        severity="critical",
        references=(),
        kind="facts",
        verdict=verdict,
        mode="deny",
        effect="block",
        pointer=pointer,
        expected=None,
        actual=None,
        message={language: error.text(language) for language in LANGUAGES},
        remediation=sentences(error.remedy if isinstance(error, UndeterminedFacts) else remedy, error.fields),
        because=[{"pointer": pointer, "reason": reason}] if reason else None,
    )
    return Verdict("facts", verdict, (finding,), (reason,) if reason else ())
