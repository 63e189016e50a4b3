# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Demand that hosts make: CPU sockets per architecture and in container clusters (decisions 5, 23, 30)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Set, Tuple

from .interval import ANYTHING, NOTHING, Interval, exactly, total
from .model import ARCHES, Arch
from .reader import Reader, Unknown, as_flag, as_positive, as_text, as_word, rows


@dataclass(frozen=True)
class Demand:
    """CPU sockets of every registered host, whatever its status (R31, decision 23).

    ``possible`` are the architectures that have, or may have, hosts; ``single`` the only one, if that is
    certain. ``containers`` counts the sockets in container clusters, ``container_arches`` are theirs. The
    causes tell why a number is an interval.
    """

    sockets: Mapping[Arch, Interval]
    total: Interval
    possible: Tuple[Arch, ...]
    containers: Interval
    container_arches: Tuple[Arch, ...]
    causes: Tuple[Unknown, ...]
    container_causes: Tuple[Unknown, ...]

    @property
    def single(self) -> Optional[Arch]:
        return self.possible[0] if len(self.possible) == 1 else None


def read_demand(reader: Reader) -> Demand:
    """Count the sockets under ``/hosts``; a host that a pair's two managers both list counts once."""
    listed, open_cause = rows(reader, "/hosts")
    if reader.raw("/hosts").value == []:
        # No system is without a host: a list of none was not read, and what it would need is not nothing.
        open_cause = Unknown("empty", ("/hosts",))
    causes: List[Unknown] = [] if open_cause is None else [open_cause]
    container_causes = list(causes)
    start = NOTHING if open_cause is None else ANYTHING
    sockets: Dict[Arch, List[Interval]] = {arch: [start] for arch in ARCHES}
    everything, containers = [start], [start]
    container_arches: Set[Arch] = set()
    possible: Set[Arch] = set() if open_cause is None else set(ARCHES)
    seen: Set[str] = set()
    for row in listed:
        ident = row.read("id", as_text)
        if ident.value is not None:
            if ident.value in seen:
                continue
            seen.add(ident.value)
        arch, count = row.read("arch", as_word(Arch)), row.read("cpu_sockets", as_positive)
        cluster = row.read("container_cluster", as_flag)
        amount = ANYTHING if count.value is None else exactly(count.value)
        causes.extend(cause for cause in (arch.unknown, count.unknown) if cause is not None)
        everything.append(amount)
        for candidate in ARCHES:
            if arch.value in (None, Arch.ANY):
                sockets[candidate].append(amount.or_nothing())
                possible.add(candidate)
            elif arch.value is candidate:
                sockets[candidate].append(amount)
                possible.add(candidate)
        if cluster.value is not False:
            containers.append(amount if cluster.value else amount.or_nothing())
            container_causes.extend(cause for cause in (cluster.unknown, count.unknown) if cause is not None)
        if cluster.value and arch.value in ARCHES:
            container_arches.add(arch.value)
    return Demand(
        {arch: total(parts) for arch, parts in sockets.items()},
        total(everything),
        tuple(arch for arch in ARCHES if arch in possible),
        total(containers),
        tuple(arch for arch in ARCHES if arch in container_arches),
        tuple(causes),
        tuple(container_causes),
    )
