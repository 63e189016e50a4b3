# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive the decision about a subject from the verdicts and findings of its checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..base.errors import PolicyError
from .finding import NOT_APPLICABLE, Finding
from .verdict import Verdict

ERROR = "error"
#: In order of severity, the worst first.
DECISIONS = (ERROR, "non_compliant", "undetermined", "compliant", "not_applicable")
FAIL_ON = ("error", "non_compliant", "undetermined")


def decide(verdicts: Iterable[Verdict], findings: Iterable[Finding]) -> str:
    """Return a subject's decision. Only blocking findings count; an unknown never makes it non_compliant."""
    applied = any(verdict.verdict != NOT_APPLICABLE for verdict in verdicts)
    found = {finding.decision for finding in findings if finding.effect == "block"}
    return worst({*found, "compliant" if applied else "not_applicable"})


def worst(decisions: Iterable[str]) -> str:
    """Return the worst of several decisions; not_applicable if there are none."""
    return min(decisions, key=DECISIONS.index, default="not_applicable")


def check_fail_on(fail_on: Sequence[str]) -> None:
    """Raise PolicyError ``fail_on_invalid`` unless ``fail_on`` is FAIL_ON; ``undetermined`` is optional."""
    wanted = set(fail_on)
    if not {"error", "non_compliant"} <= wanted <= set(FAIL_ON):
        raise PolicyError("fail_on_invalid", value=sorted(str(item) for item in fail_on))
