# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a result as a decision of Open Policy Agent (OPA): ``allowed`` and ``violations``."""

from __future__ import annotations

from typing import Any

from ....module_utils._text import one_line
from ..model.result_model import ComplianceResult, read_result
from ..model.text_utils import label


def opa(result: object, language: str = "en") -> dict[str, Any]:
    """Return ``allowed`` and ``violations`` of a result.

    ``allowed`` is false exactly if the run's decision stops a play; then ``violations`` is never empty.
    Raises PolicyError for a value that is not a ComplianceResult.
    """
    run = read_result(result)
    if run.decision not in run.fail_on:
        return {"allowed": True, "violations": []}
    return {"allowed": False, "violations": _violations(run, language)}


def _violations(run: ComplianceResult, language: str) -> list[str]:
    violations = {one_line(message[language]) for _code, message in run.errors}
    for subject in run.subjects:
        for finding in subject.stops:
            violations.add(one_line(f"{subject.id}: {label(finding)} {finding.message[language]}"))
        if subject.stopped and not subject.stops:
            violations.add(one_line(f"{subject.id}: {subject.decision}"))
    # A decision without findings and errors still needs a violation.
    return sorted(violations) or [run.decision]
