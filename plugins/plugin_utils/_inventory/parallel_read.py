# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read several systems in parallel; a failure of one does not affect the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ...module_utils._errors import LicensingError, UsphereError
from ...module_utils._operations.facts.survey import Survey
from .managers import Manager

Note = Callable[[UsphereError], None]
Read = Callable[[Mapping[str, Any], str, Note], Survey]


@dataclass(frozen=True)
class ReadOutcome:
    """Outcome of reading a manager: a ``survey``, or the ``error`` of a failed read.

    ``notes`` are the errors of parts that were not read; these parts are unknown.
    """

    manager: Manager
    survey: Survey | None = None
    error: UsphereError | LicensingError | None = None
    notes: tuple[UsphereError, ...] = ()


def read_all(found: Sequence[Manager], read: Read, parallel: int) -> list[ReadOutcome]:
    """Read every manager, at most ``parallel`` at a time; the outcomes are in the order of ``found``."""

    def attempt(manager: Manager) -> ReadOutcome:
        notes: list[UsphereError] = []
        try:
            survey = read(manager.options, manager.name, notes.append)
        except (UsphereError, LicensingError) as error:
            return ReadOutcome(manager, error=error, notes=tuple(notes))
        return ReadOutcome(manager, survey, notes=tuple(notes))

    if not found:
        return []
    with ThreadPoolExecutor(max_workers=max(1, min(parallel, len(found)))) as pool:
        return list(pool.map(attempt, found))
