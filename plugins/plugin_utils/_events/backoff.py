# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the wait until the next read of a target, with exponential backoff."""

from __future__ import annotations

import enum
from dataclasses import dataclass

DAY_S = 86400.0


class ReadStatus(enum.Enum):
    """Outcome of a read. ``REFUSED``: the credentials or the certificate were rejected."""

    READ = "read"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass
class Pace:
    """Backoff of one target; all times are in seconds.

    A failed read is repeated after ``retry``; the wait doubles with each failure, up to ``interval``. After a
    refused read the wait is ``interval``, then twice that, up to a day (or ``interval`` if that is longer),
    because repeated logins with a wrong password lock accounts.
    """

    interval: float
    retry: float
    failures: int = 0

    def after(self, outcome: ReadStatus) -> float:
        """Return the wait in seconds after a read with ``outcome``."""
        if outcome is ReadStatus.READ:
            self.failures = 0
            return self.interval
        doubled = 2.0 ** min(self.failures, 32)
        self.failures += 1
        if outcome is ReadStatus.REFUSED:
            return min(self.interval * doubled, max(DAY_S, self.interval))
        return min(self.retry * doubled, self.interval)
