# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for manual steps and product nodes. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """``DOCUMENTATION`` for modules with manual steps, ``NODE`` for those that connect to product nodes."""

    DOCUMENTATION = r"""
options:
  handover:
    description:
      - Whether to return manual steps if O(profile) has no call for an operation that the task needs.
      - With V(false) the task fails before anything is sent. With V(true) it checks the rules as far as
        possible, prepares the files, returns the manual steps and RV(handover_required=true). The next run
        checks whether the steps are done.
      - If O(profile) has all calls, this option has no effect.
    type: bool
    version_added: 0.9.0
    default: false
  handover_confirmed:
    description:
      - Confirm that the manual steps are done. This counts only if no call can verify it. It never overrides
        values that are read, and the task warns that it relied on the confirmation.
    type: bool
    version_added: 0.9.0
    default: false
  language:
    description:
      - The language of RV(handover.steps).
    type: str
    version_added: 0.9.0
    choices: [en, zh]
    default: en
"""

    NODE = r"""
options:
  product_node:
    description:
      - Connect to the node of this product, which holds its licenses itself, instead of a License Server. The
        connection options are then those of the node, which has its own port and account.
      - Licenses of V(isc), V(disk_backup_dr) and V(heterogeneous_migration) are installed on their nodes, all
        others on a License Server (R27). A license for the wrong server is refused.
      - The calls are in the section C(local) of O(profile).
    type: str
    version_added: 0.9.0
    choices: [isc, disk_backup_dr, heterogeneous_migration]
"""
