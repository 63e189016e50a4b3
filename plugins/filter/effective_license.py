# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: effective_license
short_description: What licenses a Usphere system has in force
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
positional: as_of, catalog
description:
  - Returns edition, quantities and ends of a system's licenses at an instant, after upgrades have
    been applied (R4 to R8) and with the default license (R14, R19, R21).
  - A fact that is not known is left out and listed under C(unknown) with its reason. Reading it in
    a template raises, so nothing unknown passes for a value.
  - To judge the facts, use M(unicloud.usphere.license_compliance).
extends_documentation_fragment:
  - unicloud.usphere._calculus
options:
  as_of:
    description:
      - The instant to look at, in ISO 8601; a bare date is its 00:00Z. Now if left out.
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

- name: Say what it may use
  ansible.builtin.debug:
    msg: >-
      {{ (usphere | unicloud.usphere.effective_license).edition }},
      {{ (usphere | unicloud.usphere.effective_license).products | map(attribute='quantity') | first }} CPUs

- name: Stop where less than four weeks are left at the end of the year
  ansible.builtin.assert:
    that: license.days_to_lapse == 'never' or license.days_to_lapse >= 28
  vars:
    license: "{{ usphere | unicloud.usphere.effective_license(as_of='2026-12-31') }}"
"""

RETURN = r"""
_value:
  description: What is in force, and what is not known.
  type: dict
  contains:
    edition:
      description: The edition, V(none) without one. The lowest if several are mixed (R4).
      type: str
      choices: [none, standard, enterprise, enhanced_enterprise]
      sample: enterprise
    editions:
      description: Every edition that holds quantity; more than one breaks R4.
      type: list
      elements: str
    valid_until:
      description: End of the default license (R19, R21), or V(never).
      type: str
      sample: "2026-12-06T00:00:00Z"
    days_to_lapse:
      description: Whole days until then, rounded down, or V(never).
      type: raw
      sample: 12
    default_license:
      description: Id of the default license.
      type: str
    products:
      description: Quantity, use and end of each product and architecture.
      type: list
      elements: dict
    upgrades:
      description: Upgrades against their base, with V(state) V(balanced) where R6 holds.
      type: list
      elements: dict
    unknown:
      description: Facts that are not known, by JSON pointer, with C(reason) and C(because).
      type: dict
"""

from ansible.errors import AnsibleFilterError


def effective_license(facts, as_of=None, catalog=None):
    """Return what is in force for the system that ``facts`` are about."""
    # Loading the filters of this collection must stay cheap: the core is imported when it is used.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils import _licensing_filters as core

    try:
        return core.answered(lambda: core.effective(facts, as_of, catalog))
    except core.FilterInputError as error:
        raise AnsibleFilterError(f"effective_license: {error}") from error


class FilterModule:
    """The filter unicloud.usphere.effective_license."""

    def filters(self):
        return {"effective_license": effective_license}
