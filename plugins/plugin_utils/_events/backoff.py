# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the wait until the next read of a target, with exponential backoff."""

from __future__ import annotations

import enum
from dataclasses import dataclass

DAY_S = 86400.0


class LookOutcome(enum.Enum):
    """How a look went. ``REFUSED``: the credentials or the certificate were not taken."""

    READ = "read"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass
class Pace:
    """The waits of one target, in seconds.

    What failed is tried again after ``retry``, then after twice that, and so on up to ``interval``. What was
    refused is not: repeating a wrong password locks accounts, so it waits ``interval``, then twice that, up
    to a day (or ``interval`` where that is longer).
    """

    interval: float
    retry: float
    failures: int = 0

    def after(self, outcome: LookOutcome) -> float:
        """Return the wait after a look that went so."""
        if outcome is LookOutcome.READ:
            self.failures = 0
            return self.interval
        doubled = 2.0 ** min(self.failures, 32)
        self.failures += 1
        if outcome is LookOutcome.REFUSED:
            return min(self.interval * doubled, max(DAY_S, self.interval))
        return min(self.retry * doubled, self.interval)
