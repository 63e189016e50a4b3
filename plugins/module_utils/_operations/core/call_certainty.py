# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certainty of the calls behind a result: documented, observed, assumed, or by hand."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional

from ..._vms.profile.model import Profile

# The operations that each state of a module may call, besides logging in.
_INSTALL = ("list_licenses", "server", "list_clients", "install_activation_file", "license_task")
_REMOVE = ("list_licenses", "server", "list_clients", "uninstall_license", "license_task", "uninstall_file")
# A product node has no clients.
_NOT_AT_NODES = ("list_clients",)
_LINK = ("license_server_link", "version", "list_clients", "client_assignments")
CONNECTION = (
    *_LINK,
    *("server", "list_licenses", "platform", "create_client", "update_client"),
    *("connect_license_server", "reconnect_license_server", "vms_task"),
)
DISCONNECTION = (
    *_LINK,
    *("server", "list_licenses", "disconnect_license_server", "release_client", "delete_client"),
)
LICENSES_READ = ("server", "list_licenses")
SYSTEM = (
    *("version", "list_hosts", "list_clusters", "manager", "platform", "vm_count"),
    *("license_totals", "license_server_link"),
)


def certainty(profile: Profile, operations: Iterable[str]) -> Dict[str, str]:
    """Return the certainty of each operation; ``by_hand`` where the profile does not have it.

    The result lists what a run may call, not what it called, so check mode and a real run return the same.
    """
    return {name: profile.certainty(name) for name in sorted(set(operations))}


def by_certainty(profile: Profile, operations: Iterable[str]) -> Dict[str, List[str]]:
    """Return the operations by certainty, as facts report it; a level without operations is omitted."""
    found: Dict[str, List[str]] = {}
    for name, level in certainty(profile, operations).items():
        found.setdefault(level, []).append(name)
    return found


def of_licenses(profile: Profile, state: str, product_node: Optional[str]) -> Dict[str, str]:
    """Return the certainty of the operations that ``license`` calls in ``state``."""
    calls = _INSTALL if state == "present" else _REMOVE
    return certainty(profile, (name for name in calls if product_node is None or name not in _NOT_AT_NODES))
