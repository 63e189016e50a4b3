# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describe the override of a run, as the first line of a report."""

from __future__ import annotations

from dataclasses import dataclass

from ....module_utils._messages.catalog import render
from ....module_utils._time import read_time
from ..._policy.documents.document_value import DocumentValue


@dataclass(frozen=True)
class OverrideModel:
    """Who allowed the run to go on, under which ticket, and until when; all empty without an override."""

    ticket: str = ""
    approver: str = ""
    until: str = ""
    decision: str = ""

    def __bool__(self) -> bool:
        return bool(self.ticket)

    @property
    def until_seconds(self) -> int:
        """The end of the override, in seconds since 1970; 0 without one."""
        time = read_time(self.until)
        return int(time.timestamp()) if time else 0

    def lines(self, language: str) -> list[str]:
        """Return the sentence about the override; no sentence without one."""
        if not self:
            return []
        fields = {
            "ticket": self.ticket,
            "approver": self.approver,
            "until": self.until,
            "decision": render(f"decision_{self.decision}", {}, language),
        }
        return [render("override_active", fields, language)]


def read_override_model(root: DocumentValue) -> OverrideModel:
    """Read the override of a result. Raises PolicyError ``report_input``."""
    item = root.get("override")
    if item.type != "object":
        return OverrideModel()
    return OverrideModel(
        item["ticket"].text(), item["approver"].text(), item["until"].text(), root["decision"].text()
    )
