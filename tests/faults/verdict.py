# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a license was lost or doubled, compared with what the runs reported about it.

* *lost*: it is live nowhere, and no run said so or no file that restores it is kept;
* *doubled*: it is live in two places while the last run ended well without a word, or a run made it so;
* *silent*: a run ended well and says that the license is live where it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger import Sight


@dataclass(frozen=True)
class Word:
    """The result of a run that ended. ``live_on``: where the license now is live by its word."""

    spoke: bool
    live_on: str = ""


def spoke(result: dict[str, Any]) -> bool:
    """Whether a run said that something is not as it should be, or that a license is on its way."""
    return bool(result.get("failed") or result.get("warnings") or result.get("now"))


@dataclass
class Verdict:
    """What was found, each once, however many runs went on like this."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def hold(self, name: str, sight: Sight, before: int, words: Sequence[Word]) -> None:
        """``before``: on how many servers it was live before the runs; no words: the run was killed."""
        quiet = bool(words) and not any(word.spoke for word in words)
        if len(sight.live) > max(before, 1):
            _note(self.doubled, f"{name}: a run made it live on {sight.sites}")
        elif len(sight.live) > 1 and quiet:
            _note(self.doubled, f"{name}: live on {sight.sites}, and no run said so")
        if not sight.live and not sight.restored_by:
            _note(self.lost, f"{name}: live nowhere, and nothing restores it")
        elif not sight.live and quiet:
            _note(self.lost, f"{name}: live nowhere, and no run said so")
        for word in words:
            if word.live_on and word.live_on not in sight.sites:
                _note(
                    self.silent,
                    f"{name}: live on {word.live_on} by the run's word, in truth on {sight.sites}",
                )


def _note(found: list[str], text: str) -> None:
    if text not in found:
        found.append(text)
