# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describe the systems that a run does not judge, as the first lines of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ....module_utils._messages.catalog import render
from ..._policy.documents.document_value import DocumentValue

#: Systems beyond this number are only counted; the result has all of them.
MAX_NAMES = 20


@dataclass(frozen=True)
class CoverageModel:
    """Names of systems that are not judged, excluded systems with their reasons, unused exclusions."""

    not_judged: tuple[str, ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()

    def lines(self, language: str) -> list[str]:
        """Return the sentences about the coverage, those about systems that are not judged first."""
        reasons = [
            render("coverage_reason", {"name": name, "reason": reason}, language)
            for name, reason in self.excluded
        ]
        parts = (
            ("coverage_not_judged", self.not_judged),
            ("coverage_excluded", reasons),
            ("coverage_unused", self.unused),
        )
        return [
            render(code, {"n": len(names), "names": _listed(names, language)}, language)
            for code, names in parts
            if names
        ]


def read_coverage_model(item: DocumentValue) -> CoverageModel:
    """Read the coverage of a result, null for none. Raises PolicyError ``report_input``."""
    if item.type != "object":
        return CoverageModel()
    return CoverageModel(
        tuple(dict.fromkeys(each["name"].text() for each in item["not_judged"].items())),
        tuple((each["name"].text(), each["reason"].text()) for each in item["excluded"].items()),
        tuple(item["unused"].text_list()),
    )


def _listed(names: Sequence[str], language: str) -> str:
    more = len(names) - MAX_NAMES
    shown = render("report_comma", {}, language).join(names[:MAX_NAMES])
    return f"{shown} +{more}" if more > 0 else shown
