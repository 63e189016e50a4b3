# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: effective_license
short_description: Return the licenses in force on a Usphere system
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
positional: as_of, catalog
description:
  - Returns edition, quantities and expiry of a system's licenses at a given time, after upgrades have
    been applied (R4 to R8) and with the default license (R14, R19, R21).
  - An unknown fact is left out and listed under C(unknown) with the reason. Reading it in a template raises
    an error, so that an unknown fact is never treated as a value.
  - To check the facts against a policy, use M(unicloud.usphere.license_compliance).
extends_documentation_fragment:
  - unicloud.usphere._calculus
options:
  as_of:
    description:
      - The time to evaluate, in ISO 8601; a date without a time is 00:00Z. Default is now.
    type: str
seealso:
  - module: unicloud.usphere.vms_facts
  - plugin: unicloud.usphere.license_forecast
    plugin_type: filter
  - plugin: unicloud.usphere.license_purchase_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the facts of a system
  unicloud.usphere.vms_facts:

- name: Show edition and quantity
  ansible.builtin.debug:
    msg: >-
      {{ (usphere | unicloud.usphere.effective_license).edition }},
      {{ (usphere | unicloud.usphere.effective_license).products | map(attribute='quantity') | first }} CPUs

- name: Fail if less than four weeks are left at the end of the year
  ansible.builtin.assert:
    that: license.days_to_lapse == 'never' or license.days_to_lapse >= 28
  vars:
    license: "{{ usphere | unicloud.usphere.effective_license(as_of='2026-12-31') }}"
"""

RETURN = r"""
_value:
  description: The licenses in force, and the unknown facts.
  type: dict
  contains:
    edition:
      description: The edition, V(none) without one. The lowest if several are mixed (R4).
      type: str
      choices: [none, standard, enterprise, enhanced_enterprise]
      sample: enterprise
    editions:
      description: Every edition with a quantity; more than one breaks R4.
      type: list
      elements: str
    valid_until:
      description: Expiry of the default license (R19, R21), or V(never).
      type: str
      sample: "2026-12-06T00:00:00Z"
    days_to_lapse:
      description: Days until then, rounded down, or V(never).
      type: raw
      sample: 12
    default_license:
      description: Id of the default license.
      type: str
    products:
      description: Quantity, use and expiry of each product and architecture.
      type: list
      elements: dict
    upgrades:
      description: Upgrades with their base; V(state) is V(balanced) if they comply with R6.
      type: list
      elements: dict
    unknown:
      description: Unknown facts, by JSON pointer, with C(reason) and C(because).
      type: dict
"""

from ansible.errors import AnsibleFilterError


def effective_license(facts, as_of=None, catalog=None):
    """Return the licenses in force for the system described by ``facts``."""
    # Loading the filters of this collection must be fast, so import the core in the function.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils import _licensing_filters as core

    try:
        return core.answered(lambda: core.effective(facts, as_of, catalog))
    except core.FilterInputError as error:
        raise AnsibleFilterError(f"effective_license: {error}") from error


class FilterModule:
    """The filter unicloud.usphere.effective_license."""

    def filters(self):
        return {"effective_license": effective_license}
