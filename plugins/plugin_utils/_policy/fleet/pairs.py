# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unite the managers of a hot-standby pair, which are one system (R23)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ....module_utils._licensing.values.periods import time_span
from ..policy.model import SYSTEM, Subject
from .traces import Trace


def united(traces: Iterable[Trace]) -> dict[Subject, Subject]:
    """Return the subject that stands for each of two systems that are the managers of one pair.

    They are only if each was read from an address of the pair, and both state the same two addresses. The
    system with the address of the master stands for both, or the first by name if they state different
    masters.
    """
    by_managers: dict[frozenset[str], list[Trace]] = {}
    for trace in traces:
        if trace.managers and trace.address in trace.managers and trace.kind == SYSTEM and not trace.system:
            by_managers.setdefault(frozenset(trace.managers), []).append(trace)
    found: dict[Subject, Subject] = {}
    for alike in by_managers.values():
        subjects = sorted({(trace.id, trace.kind) for trace in alike})
        addresses = {subject: {t.address for t in alike if (t.id, t.kind) == subject} for subject in subjects}
        if len(subjects) != 2 or addresses[subjects[0]] & addresses[subjects[1]]:
            continue
        masters = {trace.managers[0] for trace in alike}
        of_master = [subject for subject in subjects if masters == addresses[subject]]
        found.update(dict.fromkeys(subjects, (of_master or subjects)[0]))
    return found


def newest(traces: Sequence[Trace]) -> Trace | None:
    """Return the reading of a system that is newer than all others; None if that is not known."""
    spans: list[tuple[Trace, tuple[datetime, datetime]]] = []
    for trace in traces:
        span = time_span(trace.gathered_at)
        if span is None:
            return None
        spans.append((trace, span))
    latest = max(spans, key=lambda pair: (pair[1][0], pair[0].sheet, pair[0].host))
    is_newer = all(span[1] < latest[1][0] for trace, span in spans if trace.sheet != latest[0].sheet)
    return latest[0] if is_newer else None
