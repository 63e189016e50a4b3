# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate waivers with an end from a first result, so that only new findings stop the next run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ....module_utils._time import read_time
from ..base.errors import PolicyError
from ..documents.document_value import DocumentValue
from ..documents.plain_data import normalize
from ..documents.schemas import brief
from .finding import FORECAST, Finding
from .waivers import LONGEST_DAYS, load_waivers, shortfall

DOCUMENT = "baseline"
#: So many characters of a fingerprint tell the findings of one result apart.
_DIGITS = 16
_SCOPES = {"system": "systems", "node": "nodes", "grant": "grants", "license_server": "license_servers"}


def baseline(result: object, *, approver: str, ticket: str, reason: str, days: object) -> dict[str, Any]:
    """Return a Waivers document for the findings that stop a run and that a waiver can cover.

    Each waiver is for one finding and ends after ``days`` (1 to 90), counted from the day of ``result``. A
    shortage may not grow. What could not be decided is never part of a baseline. Raises PolicyError
    ``result_expected``, ``baseline_days``, ``baseline_text`` or ``report_input``.
    """
    plain = normalize(result)
    if not isinstance(plain, dict) or plain.get("kind") != "ComplianceResult":
        raise PolicyError("result_expected", side="baseline")
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST_DAYS:
        raise PolicyError("baseline_days", value=brief(str(days)), most=LONGEST_DAYS)
    stated = {"reason": reason, "approver": approver, "ticket": ticket}
    for name, text in stated.items():
        if not isinstance(text, str) or not text.strip():
            raise PolicyError("baseline_text", name=name, value=brief(str(text)))
    root = DocumentValue(plain)
    begins = read_time(root["as_of"].text())
    if begins is None:
        raise PolicyError("report_input", problem=brief(str(plain.get("as_of"))), pointer="/as_of")
    term = {
        "from": begins.strftime("%Y-%m-%d"),
        "until": (begins + timedelta(days=days - 1)).strftime("%Y-%m-%d"),
    }
    findings = (Finding.from_dict(item.value, item.path) for item in root["findings"].items())
    waivers = {}
    for finding in findings:
        covered = _covered(finding)
        if covered is not None:
            ident = f"{DOCUMENT}-{finding.fingerprint[:_DIGITS]}"
            waivers[ident] = {
                "id": ident,
                "policy": finding.policy,
                **covered,
                "fingerprint": finding.fingerprint,
                **{name: str.__str__(text).strip() for name, text in stated.items()},
                **term,
            }
    document = {
        "kind": "Waivers",
        "schema_version": 1,
        "id": DOCUMENT,
        "waivers": [waivers[ident] for ident in sorted(waivers)],
    }
    load_waivers(document)
    return document


def _covered(finding: Finding) -> dict[str, Any] | None:
    """Return what a waiver states to cover a finding; None if none can, or if it does not stop a run."""
    if finding.verdict != "fail" or finding.effect != "block" or finding.kind == FORECAST:
        return None
    if finding.kind == "rule":
        scope = _SCOPES.get(finding.subject.kind)
        return None if scope is None else {"rule": finding.rule, "scope": {scope: [finding.subject.id]}}
    missing = shortfall(finding.expected, finding.actual)
    if finding.kind != "pool" or missing is None:
        return None
    return {"pool": finding.rule, "group": dict(finding.group or {}), "max_shortfall": missing}
