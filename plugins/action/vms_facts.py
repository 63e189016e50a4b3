# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate the endpoint profile of the task, then run the module of the same name, which documents it."""

from __future__ import annotations

from datetime import datetime, timezone

from ansible.errors import AnsibleError
from ansible.plugins.action.normal import ActionModule as ModuleAction

from ansible_collections.unicloud.usphere.plugins.module_utils._time import format_time
from ansible_collections.unicloud.usphere.plugins.plugin_utils._compiled_profile import CompiledProfile


class ActionModule(CompiledProfile, ModuleAction):
    """The action unicloud.usphere.vms_facts."""

    not_found = AnsibleError

    def run(self, tmp=None, task_vars=None):
        """Run the module; a read that failed states when, so that a check can tell older facts apart."""
        result = super().run(tmp, task_vars)
        if result.get("failed"):
            result["failed_at"] = format_time(datetime.now(timezone.utc))
        return result
