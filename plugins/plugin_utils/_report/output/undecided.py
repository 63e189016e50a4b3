# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a check that did not decide, so that no report of an earlier run passes for its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ....module_utils._messages.catalog import LANGUAGES, render
from ....module_utils._time import format_time
from ..._policy.base.canonical_json import digest
from ..._policy.findings.decision import ERROR, FAIL_ON


def undecided(reason: str, at: datetime) -> dict[str, Any]:
    """Return a ComplianceResult with the decision ``error`` and no system. ``reason`` says what happened."""
    fields = {"reason": reason}
    message = {language: render("report_no_decision", fields, language) for language in LANGUAGES}
    nothing = digest(None)
    return {
        "kind": "ComplianceResult",
        "schema_version": 1,
        "as_of": format_time(at),
        "decision": ERROR,
        "fail_on": list(FAIL_ON),
        "errors": [{"code": "report_no_decision", "message": message}],
        "policies": [],
        "parameters": {},
        "loosenings": [],
        "off": [],
        "digests": {"policy": nothing, "facts": nothing},
        "counts": {"decisions": {}, "verdicts": {}, "unknown_reasons": {}, "warnings": 0},
        "subjects": [],
        "findings": [],
        "waivers": [],
    }
