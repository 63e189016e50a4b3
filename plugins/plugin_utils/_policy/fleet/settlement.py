# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide over all hosts of a run which facts count for which subject, and which do not count at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..policy.model import Subject
from .machines import Errors, one_machine, unnamed
from .pairs import newest, united
from .shared_licenses import overdrawn
from .traces import Trace


@dataclass(frozen=True)
class Settlement:
    """The facts that count.

    ``traces`` have the subject that their facts count for. ``errors`` are those of hosts whose facts do not
    count, each with its trace. ``standby`` are the managers of each pair that were not read, while
    another one was.
    """

    traces: tuple[Trace, ...]
    errors: Errors = field(default_factory=dict)
    standby: Mapping[Subject, tuple[str, ...]] = field(default_factory=dict)


def settle(traces: Iterable[Trace]) -> Settlement:
    """Return which facts count. The result does not depend on the order of ``traces``."""
    given = sorted(traces, key=_order)
    errors = unnamed(given)
    given = [trace for trace in given if trace not in errors]
    names = united(given)
    by_subject: dict[Subject, list[Trace]] = {}
    for trace in given:
        own = (trace.id, trace.kind)
        # A host without facts has its own name as subject, also if it is a manager of a stated system.
        subject = (trace.system, trace.kind) if trace.system and not trace.is_read else names.get(own, own)
        by_subject.setdefault(subject, []).append(trace)
    read = {
        subject: [trace for trace in found if trace.is_read]
        for subject, found in by_subject.items()
        if any(trace.is_read for trace in found)
    }
    errors.update({**overdrawn(read), **one_machine(read)})
    pairs = {trace.system for trace in given} | {subject[0] for subject in names.values()}
    counted: list[Trace] = []
    standby: dict[Subject, tuple[str, ...]] = {}
    for subject, found in sorted(by_subject.items()):
        found = [trace for trace in found if trace not in errors]
        if subject[0] in pairs:
            found, passive = _of_pair(found)
            if passive:
                standby[subject] = passive
        counted += [replace(trace, id=subject[0], kind=subject[1]) for trace in found]
    return Settlement(tuple(counted), errors, standby)


def _order(trace: Trace) -> tuple[object, ...]:
    where = (trace.host, trace.place, trace.sheet, trace.id, trace.kind, trace.gathered_at)
    return (*where, trace.endpoint, trace.macs, trace.barcodes, trace.server, trace.client, trace.managers)


def _of_pair(found: Sequence[Trace]) -> tuple[list[Trace], tuple[str, ...]]:
    """Return the facts of a pair that count, for all of its hosts, and the hosts that were not read.

    What was read through one manager holds for the pair. Of two readings the newer one counts; without it,
    both do, and the worse one decides.
    """
    places = sorted({trace.place for trace in found})
    counted: list[Trace] = []
    passive: list[str] = []
    for place in places:
        here = [trace for trace in found if trace.place == place]
        read = [trace for trace in here if trace.is_read]
        if not read:
            counted += here
            continue
        winner = newest(read)
        counted += read if winner is None else [replace(each, sheet=winner.sheet) for each in read]
        idle = [trace for trace in here if not trace.is_read]
        counted += [replace(each, sheet=(winner or read[0]).sheet) for each in idle]
        passive += [trace.host for trace in idle]
    return counted, tuple(sorted(passive))
