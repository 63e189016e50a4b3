# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does where an endpoint profile has no call, said once. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """``DOCUMENTATION`` for modules that hand over, ``NODE`` for those that speak to product nodes."""

    DOCUMENTATION = r"""
options:
  handover:
    description:
      - What to do if O(profile) has no call for something that the task needs.
      - With V(false) the task fails before anything is sent. With V(true) it checks the rules as far as it
        can, prepares everything, says step by step what a person has to do and returns
        RV(handover_required=true). The next run looks whether that has happened.
      - Where O(profile) has all calls it makes no difference.
    type: bool
    version_added: 0.9.0
    default: false
  handover_confirmed:
    description:
      - Say that the person has done it. This counts only where no call can show whether it is done; it never
        stands against what is read, and the task warns that it took your word.
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
      - Speak to the node of this product, which holds its licenses itself, and not to a License Server. The
        connection options are then those of the node, which has a port and an account of its own.
      - Licenses of V(isc), V(disk_backup_dr) and V(heterogeneous_migration) belong on their nodes, all others
        on a License Server (R27). The wrong place is refused.
      - The calls are in the section C(local) of O(profile).
    type: str
    version_added: 0.9.0
    choices: [isc, disk_backup_dr, heterogeneous_migration]
"""
