# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate the endpoint profile of the task, then run the module of the same name, which documents it."""

from __future__ import annotations

from ansible.errors import AnsibleError
from ansible.plugins.action.normal import ActionModule as ModuleAction

from ansible_collections.unicloud.usphere.plugins.plugin_utils._compiled_profile import CompiledProfile


class ActionModule(CompiledProfile, ModuleAction):
    """The action unicloud.usphere.device_info."""

    not_found = AnsibleError
