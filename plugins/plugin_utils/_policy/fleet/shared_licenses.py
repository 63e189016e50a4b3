# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find licenses of which systems state more than their quantity, because they are read as one client (R31).

A License Server assigns a license to its clients, and a client is one system. Each client has its own part,
so only systems that state one client, or none, can state the same part twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..base.errors import SharedLicense
from ..policy.model import Subject
from .machines import Errors
from .traces import Trace

#: The greatest part of a license that a subject states, with the trace that states it.
_Parts = dict[Subject, tuple[int, Trace]]


def overdrawn(by_subject: Mapping[Subject, Sequence[Trace]]) -> Errors:
    """Return errors of the hosts of systems that state one license with more than its quantity assigned.

    The quantity is the greatest that any of them states.
    """
    parts: dict[tuple[str, str], dict[str, _Parts]] = {}
    quantities: dict[tuple[str, str], int] = {}
    for subject, traces in by_subject.items():
        for trace in traces:
            for share in trace.shares:
                key = share.server, share.license
                quantities[key] = max(share.quantity, quantities.get(key, 0))
                of_client = parts.setdefault(key, {}).setdefault(trace.client, {})
                known = of_client.get(subject)
                if known is None or (share.assigned, trace.host) > (known[0], known[1].host):
                    of_client[subject] = share.assigned, trace
    found: Errors = {}
    for key in sorted(parts):
        by_client = parts[key]
        for client in sorted(by_client):
            # A system that states no client may be any of them.
            together = {**by_client.get("", {}), **by_client[client]}
            total = sum(assigned for assigned, _trace in together.values())
            if len(together) > 1 and total > quantities[key]:
                _add(found, by_subject, together, key[1], total, quantities[key])
    return found


def _add(
    found: Errors,
    by_subject: Mapping[Subject, Sequence[Trace]],
    together: _Parts,
    license_id: str,
    total: int,
    quantity: int,
) -> None:
    subjects = sorted(together)
    for at, subject in enumerate(subjects):
        other = together[subjects[1 if at == 0 else 0]][1].host
        for trace in by_subject[subject]:
            found.setdefault(trace, SharedLicense(trace.host, other, license_id, total, quantity))
