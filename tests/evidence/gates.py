# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter and the action license_compliance, called in this process."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from fakes.host_task import CONNECTION, Task

from ansible_collections.unicloud.usphere.plugins.action import host_compliance
from ansible_collections.unicloud.usphere.plugins.action import license_compliance as action
from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance


class HostVars(dict[str, Any]):
    """Variables of the hosts as Ansible passes them, raw."""

    def raw_get(self, host: str) -> object:
        return self[host]


@functools.cache
def _loader(folder: str) -> DataLoader:
    loader = DataLoader()
    loader.set_basedir(folder)
    return loader


def by_filter(facts: Mapping[str, object], **options: Any) -> dict[str, Any]:
    """Return the ComplianceResult of the filter for facts by host."""
    return dict(license_compliance(dict(facts), **options))


def by_action(variables: Mapping[str, Mapping[str, object]], folder: Path, **options: Any) -> dict[str, Any]:
    """Return the result of the task for hosts with these variables, in their order."""
    task = Task({"language": "en", "fail": False, **options}, str(folder))
    task.action = "unicloud.usphere.license_compliance"
    loader = _loader(str(folder))
    plugin = action.ActionModule(task, CONNECTION, None, loader, Templar(loader=loader), None)
    hosts = list(variables)
    given = {
        "inventory_hostname": hosts[0],
        "hostvars": HostVars(variables),
        "groups": {"all": hosts},
        "ansible_play_hosts_all": hosts,
        "ansible_play_hosts": hosts,
        "ansible_play_batch": hosts,
        "playbook_dir": str(folder),
    }
    return dict(plugin.run(task_vars=given))


def by_host(host: str, variables: Mapping[str, object], folder: Path, **options: Any) -> dict[str, Any]:
    """Return the result of host_compliance for one host with these variables."""
    task = Task({"language": "en", **options}, str(folder))
    values = {"inventory_hostname": host, "groups": {"all": [host]}, **variables}
    loader = _loader(str(folder))
    plugin = host_compliance.ActionModule(
        task, CONNECTION, None, loader, Templar(loader=loader, variables=values), None
    )
    return dict(plugin.run(task_vars=values))
