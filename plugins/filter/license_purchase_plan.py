# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_purchase_plan
short_description: Plan the licenses to buy for a Usphere system
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
positional: features, as_of, catalog
description:
  - Returns the smallest set of licenses that makes a system comply now and after each future expiry.
    The plan has base licenses for missing CPUs, upgrades for the complete base if a feature needs a higher
    edition (R6, R28 to R30), and feature licenses, in packs if they are sold in packs (R32).
  - If a part of the base will expire, upgrades of that base are planned after the expiry and the reconnection
    of VMS, because R6 counts all kinds (R20).
  - Missing facts that prevent planning are listed under C(unknown); C(complete) is then V(false).
extends_documentation_fragment:
  - unicloud.usphere._calculus
options:
  features:
    description:
      - Features to plan in addition to those in use, licensed or listed in C(features_wanted).
    type: list
    elements: str
    choices: [isc, srm, container_engine, disk_backup_dr, heterogeneous_migration]
    default: []
  as_of:
    description:
      - The start of the plan, in ISO 8601; a date without a time is 00:00Z. Default is now.
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

- name: Show the licenses to buy for SRM
  ansible.builtin.debug:
    msg: "{{ item.0.when }}: {{ item.1.quantity }} × {{ item.1.product }} ({{ item.1.arch }})"
  loop: "{{ plan.steps | subelements('lines') }}"
  vars:
    plan: "{{ usphere | unicloud.usphere.license_purchase_plan(features=['srm']) }}"
"""

RETURN = r"""
_value:
  description: The plan; it has no steps if no license is missing.
  type: dict
  contains:
    complete:
      description: Whether the plan covers all needs.
      type: bool
    steps:
      description: The licenses to install together, in order.
      type: list
      elements: dict
      contains:
        when:
          description: Now, or after an expiry.
          type: str
          choices: [now, after_lapse]
        at:
          description: The time of the expiry to wait for; null for licenses to install now.
          type: str
        requires:
          description: V(reconnect) if VMS has to reconnect to its License Server first, else empty.
          type: str
        lines:
          description:
            - The licenses to buy, each with C(product), C(arch), C(quantity), C(unit), C(packs), C(rules),
              C(reason) and C(parts).
          type: list
          elements: dict
          sample:
            - product: vms_standard_to_enterprise
              arch: aarch64
              quantity: 9
    unknown:
      description: JSON pointers of missing facts that prevent planning.
      type: list
      elements: str
    notes:
      description: Problems that no purchase can fix, each with C(rule), C(code) and C(fields).
      type: list
      elements: dict
"""

from ansible.errors import AnsibleFilterError


def license_purchase_plan(facts, features=None, as_of=None, catalog=None):
    """Return the licenses to buy for the system described by ``facts``."""
    # Loading the filters of this collection must be fast, so import the core in the function.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils import _licensing_filters as core

    try:
        return core.answered(lambda: core.plan(facts, as_of, features, catalog))
    except core.FilterInputError as error:
        raise AnsibleFilterError(f"license_purchase_plan: {error}") from error


class FilterModule:
    """The filter unicloud.usphere.license_purchase_plan."""

    def filters(self):
        return {"license_purchase_plan": license_purchase_plan}
