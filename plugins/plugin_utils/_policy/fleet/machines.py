# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find systems whose facts cannot be those of different systems: read from one machine, or without a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from ..base.errors import ForeignFacts, OneMachine, UndeterminedFacts
from ..policy.model import Subject
from .traces import Trace

#: The error of a host, by its trace.
Errors = dict[Trace, UndeterminedFacts]


def unnamed(traces: Iterable[Trace]) -> Errors:
    """Return errors of hosts with equal facts that name no subject: they may be those of any of the hosts."""
    by_content: dict[str, list[Trace]] = {}
    for trace in traces:
        if trace.content:
            by_content.setdefault(trace.content, []).append(trace)
    found: Errors = {}
    for alike in by_content.values():
        hosts = {trace.host for trace in alike}
        for trace in alike if len(hosts) > 1 else ():
            found[trace] = ForeignFacts.shared(trace.host, min(hosts - {trace.host}))
    return found


def one_machine(by_subject: Mapping[Subject, Sequence[Trace]]) -> Errors:
    """Return errors of hosts of different subjects whose facts were read from one machine.

    Two systems are one machine if their MAC addresses are equal, or if their endpoints are equal and their
    identities do not show two machines. Through tunnels, many machines have one endpoint.
    """
    found: Errors = {}
    for alike in _alike(by_subject, lambda trace: trace.macs):
        for trace, other in _with_other(alike):
            found[trace] = OneMachine.of_macs(trace.host, other.host)
    for alike in _alike(by_subject, lambda trace: trace.endpoint):
        for trace, other in _unproved(alike):
            found.setdefault(trace, OneMachine.of_endpoint(trace.host, other.host, trace.endpoint))
    return found


def _alike(
    by_subject: Mapping[Subject, Sequence[Trace]], key: Callable[[Trace], object]
) -> Iterator[dict[Subject, list[Trace]]]:
    """Yield the traces of at least two subjects that have one key; an empty key is not known."""
    groups: dict[object, dict[Subject, list[Trace]]] = {}
    for subject, traces in by_subject.items():
        for trace in traces:
            if key(trace):
                groups.setdefault(key(trace), {}).setdefault(subject, []).append(trace)
    return (group for group in groups.values() if len(group) > 1)


def _with_other(alike: Mapping[Subject, Sequence[Trace]]) -> Iterator[tuple[Trace, Trace]]:
    """Yield each trace with the first trace of another subject."""
    first, second = (min(alike[subject], key=lambda trace: trace.host) for subject in sorted(alike)[:2])
    start = min(alike)
    for subject, traces in alike.items():
        for trace in traces:
            yield trace, second if subject == start else first


def _unproved(alike: Mapping[Subject, Sequence[Trace]]) -> Iterator[tuple[Trace, Trace]]:
    """Yield each trace that may be of the machine of another subject, with a trace of that one."""
    traces = [trace for found in alike.values() for trace in found]
    if all(trace.macs for trace in traces):
        # Equal addresses were found before.
        return
    by_identity: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[Subject, list[Trace]]] = {}
    for subject, found in alike.items():
        for trace in found:
            place = by_identity.setdefault((trace.macs, trace.barcodes), {})
            place.setdefault(subject, []).append(trace)
    for (macs, _barcodes), group in by_identity.items():
        if len(group) > 1 and not macs:
            yield from _with_other(group)
    for (left, first), (right, second) in combinations(sorted(by_identity.items()), 2):
        if _are_different(left, right):
            continue
        both: dict[Subject, list[Trace]] = {subject: list(found) for subject, found in first.items()}
        for subject, found in second.items():
            both.setdefault(subject, []).extend(found)
        if len(both) > 1:
            yield from _with_other(both)


def _are_different(
    left: tuple[tuple[str, ...], tuple[str, ...]], right: tuple[tuple[str, ...], tuple[str, ...]]
) -> bool:
    """Return whether two identities are known and different, by MAC addresses, else by bar codes."""
    at = 0 if left[0] and right[0] else 1
    return bool(left[at] and right[at]) and left[at] != right[at]
