# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""How certain the calls behind a result are: documented, observed, assumed, or by hand."""

from __future__ import annotations

from typing import Dict, Iterable

from .._vms.profile import Profile

# What a module's states may call, besides logging in.
INSTALL = ("list_licenses", "server", "list_clients", "install_activation_file", "license_task")
REMOVE = ("list_licenses", "server", "list_clients", "uninstall_license", "license_task", "uninstall_file")
# A product node has no clients.
NOT_AT_NODES = ("list_clients",)
LINK = ("license_server_link", "version", "vms_task")
REGISTRY = ("server", "list_licenses", "list_clients", "client_assignments")
CONNECT = ("create_client", "update_client", "connect_license_server", "reconnect_license_server")
DISCONNECT = ("disconnect_license_server", "release_client", "delete_client")
SYSTEM = (
    *("version", "list_hosts", "list_clusters", "manager", "platform", "vm_count"),
    *("license_totals", "license_server_link"),
)


def certainty(profile: Profile, operations: Iterable[str]) -> Dict[str, str]:
    """Return the certainty of each operation; ``by_hand`` where the profile lacks it.

    What a run may call is told, not what it did call: check mode and the real run say the same.
    """
    return {name: profile.certainty(name) for name in sorted(set(operations))}
