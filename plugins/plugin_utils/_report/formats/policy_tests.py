# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the report of policy tests as text: failed tests, coverage and mutation score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ....module_utils._messages.catalog import render


def report_lines(report: Mapping[str, Any], language: str = "en") -> list[str]:
    """Return a summary, then failed tests, verdicts without a test, and mutants that no test detects."""
    return list(_lines(report, language))


def _lines(report: Mapping[str, Any], language: str) -> Iterator[str]:
    tests, coverage, mutation = report["tests"], report["coverage"], report["mutation"]
    fields = {
        **report["policy"],
        "tests": tests["total"],
        "expectations": tests["expectations"],
        "failed": len(tests["failed"]),
        "coverage": coverage["percent"],
        "shown": coverage["shown"],
        "wanted": coverage["wanted"],
        "checks": coverage["checks"],
        "mutation": mutation["percent"],
        "noticed": mutation["noticed"],
        "total": mutation["total"],
    }
    yield render("policy_test_summary", fields, language)
    for each in tests["failed"]:
        yield render("policy_test_failed", each, language)
    for check, verdicts in coverage["missing"].items():
        yield render("policy_test_missing", {"check": check, "verdicts": verdicts}, language)
    for each in mutation["survived"]:
        yield render("policy_test_survived", each, language)
