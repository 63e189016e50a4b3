# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_purchase_plan
short_description: What to buy for a Usphere system, and when it may go in
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
positional: features, as_of, catalog
description:
  - Returns the smallest set of licenses that puts a system right now and after each coming lapse.
    That is base for missing CPUs, upgrades for the whole base where a feature needs a higher
    edition (R6, R28 to R30), and feature licenses, in packs where they are sold in packs (R32).
  - Upgrades of a base of which a part will lapse wait until it has lapsed and VMS has reconnected,
    because R6 counts all kinds (R20).
  - What cannot be planned because a fact is missing is listed under C(unknown); C(complete) is then
    V(false).
extends_documentation_fragment:
  - unicloud.usphere._calculus
options:
  features:
    description:
      - Features that are wanted beside those in use, licensed or stated in C(features_wanted).
    type: list
    elements: str
    choices: [isc, srm, container_engine, disk_backup_dr, heterogeneous_migration]
    default: []
  as_of:
    description:
      - The instant to plan from, in ISO 8601; a bare date is its 00:00Z. Now if left out.
    type: str
seealso:
  - module: unicloud.usphere.vms_facts
  - plugin: unicloud.usphere.effective_license
    plugin_type: filter
  - plugin: unicloud.usphere.license_forecast
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the facts of a system
  unicloud.usphere.vms_facts:

- name: Say what to order so that SRM can be used
  ansible.builtin.debug:
    msg: "{{ item.0.when }}: {{ item.1.quantity }} × {{ item.1.product }} ({{ item.1.arch }})"
  loop: "{{ plan.steps | subelements('lines') }}"
  vars:
    plan: "{{ usphere | unicloud.usphere.license_purchase_plan(features=['srm']) }}"
"""

RETURN = r"""
_value:
  description: The plan; no steps if nothing is lacking.
  type: dict
  contains:
    complete:
      description: Whether the plan settles everything.
      type: bool
    steps:
      description: What goes in together, in order.
      type: list
      elements: dict
      contains:
        when:
          description: Now, or after a lapse.
          type: str
          choices: [now, after_lapse]
        at:
          description: The lapse to wait for; null for what goes in now.
          type: str
        requires:
          description: V(reconnect) if VMS has to reconnect to its License Server before; else empty.
          type: str
        lines:
          description:
            - What to buy, each with C(product), C(arch), C(quantity), C(unit), C(packs), C(rules), C(reason)
              and C(parts).
          type: list
          elements: dict
          sample:
            - product: vms_standard_to_enterprise
              arch: aarch64
              quantity: 9
    unknown:
      description: JSON pointers of facts without which something could not be planned.
      type: list
      elements: str
    notes:
      description: What no purchase settles, each with C(rule), C(code) and C(fields).
      type: list
      elements: dict
"""

from ansible.errors import AnsibleFilterError


def license_purchase_plan(facts, features=None, as_of=None, catalog=None):
    """Return what to buy for the system that ``facts`` are about."""
    # Loading the filters of this collection must stay cheap: the core is imported when it is used.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils import _licensing_filters as core

    try:
        return core.answered(lambda: core.plan(facts, as_of, features, catalog))
    except core.FilterInputError as error:
        raise AnsibleFilterError(f"license_purchase_plan: {error}") from error


class FilterModule:
    """The filter unicloud.usphere.license_purchase_plan."""

    def filters(self):
        return {"license_purchase_plan": license_purchase_plan}
