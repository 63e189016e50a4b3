# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certainty of the calls behind a result: documented, observed, assumed, or by hand."""

from __future__ import annotations

from typing import Dict, Iterable, List

from ..._vms.profile.model import Profile

_LINK = ("license_server_link", "version", "list_clients", "client_assignments")
LICENSES_READ = ("server", "list_licenses")
SYSTEM = (
    *("version", "list_hosts", "list_clusters", "manager", "platform", "vm_count"),
    *("license_totals", "license_server_link"),
)


def certainty(profile: Profile, operations: Iterable[str]) -> Dict[str, str]:
    """Return the certainty of each operation that a run may call; ``by_hand``: the profile has none."""
    return {name: profile.certainty(name) for name in sorted(set(operations))}


def by_certainty(profile: Profile, operations: Iterable[str]) -> Dict[str, List[str]]:
    """Return the operations by certainty, as facts report it; a level without operations is omitted."""
    found: Dict[str, List[str]] = {}
    for name, level in certainty(profile, operations).items():
        found.setdefault(level, []).append(name)
    return found
