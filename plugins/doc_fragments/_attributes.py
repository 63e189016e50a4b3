# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for module attributes. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """The attributes; a module sets ``support``, or uses a fragment that sets it."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict whether anything would change, without changing it.
  diff_mode:
    description: Returns what changed, or what would change in C(check_mode), when in diff mode.
  idempotent:
    description: A second run with the same arguments, outside check mode, reports no change.
"""

    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: This module only reads.
  diff_mode:
    support: N/A
    details: This module only reads.
  idempotent:
    support: full
    details: This module only reads.
"""

    FACTS_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: This module only reads.
  diff_mode:
    support: N/A
    details: This module only reads.
  idempotent:
    support: full
    details: This module only reads.
  facts:
    description: Action returns an C(ansible_facts) dictionary that will update existing host facts.
    support: full
"""

    ACTIONGROUP_VMS = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/unicloud.usphere.vms) in C(module_defaults) to set the connection once.
    support: full
    membership:
      - unicloud.usphere.vms
"""

    ACTIONGROUP_COMPLIANCE = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/unicloud.usphere.compliance) in C(module_defaults) to set the policy once.
    support: full
    membership:
      - unicloud.usphere.compliance
"""
