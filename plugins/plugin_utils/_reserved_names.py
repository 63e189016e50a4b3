# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that Ansible uses itself, so that a variable of such a name is no fact of a host."""

from __future__ import annotations

from ansible import constants as C
from ansible.vars.reserved import is_reserved_name

#: What Ansible sets itself, beside its reserved names, which differ between releases.
MAGIC = frozenset(C.INTERNAL_STATIC_VARS) | {
    "ansible_check_mode",
    "ansible_delegated_vars",
    "ansible_index_var",
    "ansible_loop",
    "ansible_loop_var",
    "ansible_parent_role_names",
    "ansible_parent_role_paths",
    "ansible_play_name",
    "ansible_search_path",
    "environment",
    "hostvars",
    "omit",
    "vars",
}


def is_reserved(name: str) -> bool:
    """Return whether Ansible uses the name itself."""
    return name in MAGIC or bool(is_reserved_name(name))
