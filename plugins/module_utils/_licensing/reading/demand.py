# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read license demand from hosts: CPU sockets per architecture and in container clusters (R31)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Set, Tuple, TypeVar

from ..._interval import (
    ANYTHING,
    NOTHING,
    Interval,
    Unknown,
    exactly,
    one_or_several,
    total,
)
from ..values.model import ARCHES, Arch
from .fact_reader import Fact, FactRow, Reader, as_flag, as_positive, as_text, as_word, rows

_T = TypeVar("_T")


@dataclass(frozen=True)
class Demand:
    """CPU sockets of all registered hosts, regardless of their status (R31).

    ``possible`` are the architectures that have, or may have, hosts; ``single`` is the only one, if it is
    certain. ``containers`` counts the sockets in container clusters, ``container_arches`` are the
    architectures of those hosts. ``causes`` and ``container_causes`` explain why a number is an interval.
    ``conflict`` is the cause if VMS reports another total than its hosts.
    """

    sockets: Mapping[Arch, Interval]
    total: Interval
    possible: Tuple[Arch, ...]
    containers: Interval
    container_arches: Tuple[Arch, ...]
    causes: Tuple[Unknown, ...]
    container_causes: Tuple[Unknown, ...]
    conflict: Optional[Unknown] = None

    @property
    def single(self) -> Optional[Arch]:
        return self.possible[0] if len(self.possible) == 1 else None


@dataclass(frozen=True)
class _Host:
    """One host. Different rows with one id may be one host or several; ``sockets`` is then [largest, sum]."""

    arch: Fact[Arch]
    sockets: Interval
    cluster: Fact[bool]
    causes: Tuple[Unknown, ...]


def read_demand(reader: Reader) -> Demand:
    """Return the sockets of the hosts under ``/hosts``.

    Equal rows with one id are one host. Different rows with one id may be one host or several.
    """
    listed, open_cause = rows(reader, "/hosts")
    if reader.raw("/hosts").value == []:
        # Every system has a host, so an empty list was not read completely and demand is unknown, not zero.
        open_cause = Unknown("empty", ("/hosts",))
    causes: List[Unknown] = [] if open_cause is None else [open_cause]
    container_causes = list(causes)
    start = NOTHING if open_cause is None else ANYTHING
    sockets: Dict[Arch, List[Interval]] = {arch: [start] for arch in ARCHES}
    all_sockets, containers = [start], [start]
    container_arches: Set[Arch] = set()
    possible: Set[Arch] = set() if open_cause is None else set(ARCHES)
    for host in _hosts(listed):
        arch, cluster = host.arch, host.cluster
        causes.extend(cause for cause in (arch.unknown, *host.causes) if cause is not None)
        all_sockets.append(host.sockets)
        for candidate in ARCHES:
            if arch.value in (None, Arch.ANY):
                sockets[candidate].append(host.sockets.or_nothing())
                possible.add(candidate)
            elif arch.value is candidate:
                sockets[candidate].append(host.sockets)
                possible.add(candidate)
        if cluster.value is not False:
            containers.append(host.sockets if cluster.value else host.sockets.or_nothing())
            container_causes.extend(cause for cause in (cluster.unknown, *host.causes) if cause is not None)
        if cluster.value and arch.value in ARCHES:
            container_arches.add(arch.value)
    return Demand(
        {arch: total(parts) for arch, parts in sockets.items()},
        total(all_sockets),
        tuple(arch for arch in ARCHES if arch in possible),
        total(containers),
        tuple(arch for arch in ARCHES if arch in container_arches),
        tuple(dict.fromkeys(causes)),
        tuple(dict.fromkeys(container_causes)),
    )


def _hosts(listed: Iterable[FactRow]) -> Iterator[_Host]:
    by_id: Dict[str, List[FactRow]] = {}
    for row in listed:
        ident = row.read("id", as_text)
        # A row without an id is counted as a separate host.
        by_id.setdefault(row.pointer if ident.value is None else "id " + ident.value, []).append(row)
    for duplicates in by_id.values():
        distinct = (
            duplicates if len(duplicates) == 1 else list({row.content: row for row in duplicates}.values())
        )
        hosts = [_host(row) for row in distinct]
        yield hosts[0] if len(hosts) == 1 else _one_or_several(hosts, [row.pointer for row in distinct])


def _host(row: FactRow) -> _Host:
    count = row.read("cpu_sockets", as_positive)
    return _Host(
        row.read("arch", as_word(Arch)),
        ANYTHING if count.value is None else exactly(count.value),
        row.read("container_cluster", as_flag),
        () if count.unknown is None else (count.unknown,),
    )


def _one_or_several(hosts: Sequence[_Host], pointers: Sequence[str]) -> _Host:
    conflict = Unknown("conflict", tuple(pointers))
    causes = tuple(cause for host in hosts for cause in host.causes)
    return _Host(
        _common([host.arch for host in hosts], conflict),
        one_or_several(host.sockets for host in hosts),
        _common([host.cluster for host in hosts], conflict),
        (conflict, *causes),
    )


def _common(facts: Sequence[Fact[_T]], conflict: Unknown) -> Fact[_T]:
    """Return the fact if all are known and equal, else unknown."""
    return facts[0] if all(fact.known and fact == facts[0] for fact in facts) else Fact(None, conflict)
