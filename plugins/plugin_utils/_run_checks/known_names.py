# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the variables that the roles, playbooks and the inventory plugin of this collection use.

A test compares them with the argument specs, defaults, tasks, playbooks and the inventory plugin.
"""

from __future__ import annotations

# The names are data, several in a line.
# fmt: off
#: Options of each role, without the prefix, which is the name of the role.
ROLE_OPTIONS: dict[str, tuple[str, ...]] = {
    "license_compliance": (
        "absent", "as_of", "ca_path", "catalog", "clock", "coerce", "coverage", "coverage_exclude", "detail",
        "entitlements", "facts_files", "facts_map", "fail_on", "gather", "horizon", "host", "language",
        "license_server", "license_servers", "max_age", "no_proxy", "override", "password", "policy", "port",
        "product_nodes", "profile", "proxy",
        "result_file", "scheme", "site", "srm_sites", "stop", "timeout", "timezone", "username",
        "validate_certs", "waivers",
    ),
    "license_install": (
        "activation_files", "allow_unbalanced", "artifacts_dir", "ca_path", "catalog", "client",
        "client_id", "client_name", "client_password", "client_secret", "contract_number", "handover",
        "handover_confirmed", "handover_dir", "host", "language", "license_ids", "license_server",
        "lock_dir", "lock_timeout", "no_proxy", "password", "port", "product_node", "profile", "proxy",
        "quota", "reconnect", "scheme", "state", "target", "timeout", "timezone", "update_password",
        "username", "validate_certs", "wait_interval", "wait_timeout",
    ),
    "license_report": (
        "before", "detail", "folder", "folder_mode", "formats", "input", "language", "mode", "name",
        "refresh",
    ),
    "license_migrate": (
        "activation_files", "activation_folder", "activation_folder_mode", "allow_unbalanced", "ca_path",
        "catalog", "client_id", "client_secret", "destination", "destination_client",
        "destination_connection", "fail_while_waiting", "journal", "language", "license_ids", "lock_dir",
        "lock_timeout", "no_proxy", "password", "profile", "proxy", "quantities", "remainder_to", "scheme",
        "source", "source_client", "source_connection", "state", "timeout", "timezone", "username",
        "validate_certs", "wait_interval", "wait_timeout",
    ),
}
#: Results that a role returns to the play, without the prefix.
ROLE_RESULTS: dict[str, tuple[str, ...]] = {
    "license_compliance": ("gate",),
    "license_install": ("result",),
    "license_migrate": ("result",),
    "license_report": ("result",),
}
#: Variables of the inventory and the playbooks, without the prefix ``usphere_``.
SHARED: tuple[str, ...] = (
    "activation_files", "activation_folder", "ca_path", "catalog", "client_id", "client_name",
    "client_password", "client_port", "client_secret", "clock", "contract_number", "host", "hosts",
    "journal", "keys", "license_ids", "license_server", "lock_dir", "lock_timeout", "no_proxy", "node",
    "own_variables", "password", "policy_test", "port", "product_node", "product_nodes", "profile",
    "proxy", "quota", "read_from", "renewal", "renewal_again", "renewal_answer", "renewal_attempts",
    "renewal_devices", "renewal_dir", "renewal_ends", "renewal_facts", "renewal_files", "renewal_nodes",
    "renewal_problems", "renewal_read", "renewal_requests", "renewal_rows", "renewal_served",
    "renewal_starts", "renewal_trouble", "report_folder", "scheme", "servers", "site", "site_facts",
    "srm_sites", "system", "then", "timeout", "timezone", "username", "validate_certs", "within",
)
#: Beginnings of the internal variables of roles and playbooks.
INTERNAL_PREFIXES = ("__license_", "__usphere_")
#: Other internal variables of roles and playbooks.
INTERNAL: tuple[str, ...] = (
    "__base", "__digests", "__earlier", "__endings", "__foreseen", "__from_here", "__given", "__ids",
    "__kinds", "__language", "__mine", "__moved", "__names", "__now", "__open", "__own", "__place",
    "__places", "__readable", "__reported", "__rows", "__said", "__same", "__stand", "__states",
    "__stem", "__subjects", "__unreadable", "__worse",
)
# fmt: on

USPHERE = "usphere_"
#: The facts of a system.
FACTS = "usphere"


def known_names() -> frozenset[str]:
    """Return the names of all variables that a user of the collection can set or read."""
    own = {
        f"{role}_{name}" for table in (ROLE_OPTIONS, ROLE_RESULTS) for role in table for name in table[role]
    }
    return frozenset(own | {USPHERE + name for name in SHARED} | {FACTS})
