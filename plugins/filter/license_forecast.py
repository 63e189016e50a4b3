# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_forecast
short_description: Forecast the effect of each license expiry on a Usphere system
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
positional: as_of, catalog
description:
  - Returns the state of a system after each future expiry of a license (R6, R17, R22), and the time at which
    login will be refused (R20).
  - Demand is constant. Each entry is the state after VMS has reconnected to its License Server.
  - If an expiry is unknown there is no C(forecast), and C(unknown) has the reason. Reading it in a
    template raises an error, so that an unknown expiry is not treated as no expiry.
extends_documentation_fragment:
  - unicloud.usphere._calculus
options:
  as_of:
    description:
      - The start of the forecast, in ISO 8601; a date without a time is 00:00Z. Default is now.
    type: str
seealso:
  - module: unicloud.usphere.vms_facts
  - plugin: unicloud.usphere.effective_license
    plugin_type: filter
  - plugin: unicloud.usphere.license_purchase_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the facts of a system
  unicloud.usphere.vms_facts:

- name: Show each expiry and the number of CPUs without a license after it
  ansible.builtin.debug:
    msg: "{{ item.at }}: {{ item.ends | join(', ') }} expire, {{ item.missing }} CPUs without a license"
  loop: "{{ (usphere | unicloud.usphere.license_forecast).forecast }}"

- name: Fail if login will be refused within 30 days and no license covers it
  ansible.builtin.assert:
    that: ahead.days == 'never' or ahead.covered or ahead.days > 30
  vars:
    ahead: "{{ usphere | unicloud.usphere.license_forecast }}"
"""

RETURN = r"""
_value:
  description: The future expiries, and the unknown facts.
  type: dict
  contains:
    forecast:
      description: One entry for each time at which licenses expire, earliest first.
      type: list
      elements: dict
      contains:
        at:
          description: The time of the expiry.
          type: str
          sample: "2026-12-06T00:00:00Z"
        ends:
          description: Ids of the licenses that expire at that time.
          type: list
          elements: str
        edition:
          description: The edition afterwards.
          type: str
        products:
          description: Quantity, use and expiry of each product afterwards.
          type: list
          elements: dict
        upgrades_ok:
          description: Whether all upgrades still equal their base (R6).
          type: bool
        login_interrupted:
          description: Whether login is refused from then until VMS reconnects (R20).
          type: bool
        missing:
          description: CPU sockets without a license afterwards.
          type: int
    state:
      description: Whether login is refused already.
      type: str
      choices: [ok, refused]
    interrupted_at:
      description: When login will be refused, or V(never).
      type: str
    days:
      description: Days until then, rounded down, or V(never).
      type: raw
      sample: 12
    covered:
      description: Whether edition and quantity are the same afterwards.
      type: bool
    missing_after:
      description: CPU sockets without a license after it.
      type: int
    unknown:
      description: Unknown facts, by JSON pointer, with C(reason) and C(because).
      type: dict
"""

from ansible.errors import AnsibleFilterError


def license_forecast(facts, as_of=None, catalog=None):
    """Return the effect of each upcoming expiry on the system described by ``facts``."""
    # Loading the filters of this collection must be fast, so import the core in the function.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils import _licensing_filters as core

    try:
        return core.answered(lambda: core.forecast(facts, as_of, catalog))
    except core.FilterInputError as error:
        raise AnsibleFilterError(f"license_forecast: {error}") from error


class FilterModule:
    """The filter unicloud.usphere.license_forecast."""

    def filters(self):
        return {"license_forecast": license_forecast}
