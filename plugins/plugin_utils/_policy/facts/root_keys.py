# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate the root keys ``subject``, ``source`` and ``unknown`` of facts."""

from __future__ import annotations

from collections.abc import Mapping

from ..base.errors import FactsError
from .quoted_value import unquoted

KINDS = ("system", "node")
MAX_ID = 256

_EXAMPLES = {
    "subject": "{kind: system, id: hangzhou}",
    "source": "{via: rest, gathered_at: '2026-11-24T08:00:00Z'}",
    "unknown": "{/features/srm/in_use: {reason: absent}}",
}


def root_error(facts: Mapping[str, object]) -> FactsError | None:
    """Return the error of facts whose ``subject``, ``source`` or ``unknown`` is malformed, else None.

    Such facts cannot be evaluated at all: these keys hold their subject, their age and the unknown facts.
    Values need not be plain data.
    """
    for name, example in _EXAMPLES.items():
        if name in facts and not isinstance(facts[name], dict):
            return FactsError("facts_root", pointer=f"/{name}", example=example, value=unquoted(facts[name]))
    subject = facts.get("subject")
    return _subject_error(subject) if isinstance(subject, dict) else None


def _subject_error(subject: Mapping[str, object]) -> FactsError | None:
    kind, ident = subject.get("kind", KINDS[0]), subject.get("id", "-")
    # A list is not hashable, so compare with each kind instead of testing membership in a set.
    if not any(kind == each for each in KINDS):
        return FactsError("facts_subject_kind", pointer="/subject/kind", value=unquoted(kind))
    if not isinstance(ident, str) or not 1 <= len(ident) <= MAX_ID:
        return FactsError("facts_subject_id", pointer="/subject/id", value=unquoted(ident), limit=MAX_ID)
    return None
