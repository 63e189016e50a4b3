# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task of host_compliance or license_compliance, with what its action reads of Ansible."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

try:
    from ansible.template import trust_as_template as _trust
except ImportError:
    # Before ansible-core 2.19, every text that is not marked as unsafe is a template.
    def _trust(value: str) -> str:
        return value


AS_OF = "2026-11-24T08:00:00Z"
# An existing tmpdir: ActionBase then does not create one on the host.
CONNECTION = SimpleNamespace(_shell=SimpleNamespace(tmpdir="none"))
#: Own facts in the words of the map ``flat``.
FLAT = {
    "cpu_count": 2,
    "arch": "x86_64",
    "version": "E0760P03",
    "features": [],
    "licenses": [
        {
            "product": "vms_enterprise",
            "arch": "x86_64",
            "kind": "formal",
            "quantity": 2,
            "expires_at": "never",
        }
    ],
}


class Task:
    """The attributes of a task that ActionBase and license_compliance read; its files are in ``folder``."""

    async_val = 0
    when: tuple[str, ...] = ()
    check_mode = False
    diff = False
    delegate_to = None
    run_once = False
    action = "unicloud.usphere.host_compliance"

    def __init__(self, arguments: Mapping[str, Any], folder: str) -> None:
        self.args = dict(arguments)
        self._folder = folder

    def get_play(self) -> SimpleNamespace:
        return SimpleNamespace(serial=[])

    def get_search_path(self) -> list[str]:
        return [self._folder]


def trust_as_template(value: str) -> str:
    """Return a text that Ansible templates."""
    return _trust(value)
