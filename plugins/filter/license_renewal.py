# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_renewal
short_description: List licenses to renew and the license keys that cover them
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
positional: within, keys
description:
  - Returns for each system whether a license expires within a period, the licenses to install now, and how
    much of them the available license keys cover (R15, R17, R20, R22).
  - A system is due if a license expires within O(within), if login is refused already, or if CPUs have no
    license now. It then needs the complete plan of P(unicloud.usphere.license_purchase_plan#filter), since R6
    has to hold after every expiry. Licenses that have to wait for an expiry are listed, but not requested
    yet.
  - A fixed key is requested completely or not at all (R25), a flexible key up to its remaining quantity
    (R26). A key that several systems may use is counted once. The system that is due first draws on it first.
  - The result never contains keys. It identifies them by their position in O(keys).
options:
  _input:
    description:
      - The facts of one system (C(HostFacts)), which M(unicloud.usphere.vms_facts) sets as C(usphere), or a
        list of them.
      - A system whose facts have a key that is not in the schema of C(HostFacts) is V(unknown), and the
        report names the key.
    type: raw
    required: true
  within:
    description: The period in days, as a number or as V(30d). From V(1) to V(36500).
    type: raw
    default: 30
  keys:
    description:
      - The available license keys, as in O(unicloud.usphere.license_request#module:keys), each with its
        C(product), and C(arch), C(code), C(purchased) and C(allocated) if they apply. Keys of temporary
        licenses are ignored, since these licenses would expire, too.
      - A list is for all systems; a mapping has a list for each system by its name.
    type: raw
  expected:
    description:
      - Names of systems that must be in the result. A system without facts is V(unknown), and so is a result
        without any system.
    type: list
    elements: str
  node_licenses:
    description:
      - Licenses that product nodes hold for systems (R27), which are not in the facts of a system. A mapping
        from systems to mappings from nodes to RV(unicloud.usphere.license_info#module:licenses).
    type: dict
  as_of:
    description:
      - The start of the period, in ISO 8601; a date without a time is 00:00Z. Default is now.
    type: str
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those; each row overrides the shipped one of its product and architecture (R2).
      - It needs the Python library jsonschema on the controller.
    type: raw
  language:
    description: Language of C(report). Default follows the controller's locale.
    type: str
    choices: [en, zh]
seealso:
  - plugin: unicloud.usphere.license_forecast
    plugin_type: filter
  - plugin: unicloud.usphere.license_purchase_plan
    plugin_type: filter
  - module: unicloud.usphere.license_request
"""

EXAMPLES = r"""
- name: Read the facts of a system
  unicloud.usphere.vms_facts:

- name: Show the licenses to renew within a month
  ansible.builtin.debug:
    msg: "{{ (usphere | unicloud.usphere.license_renewal(30)).report }}"

- name: Fail if keys have to be bought or values are unknown
  ansible.builtin.assert:
    that:
      - renewal.state != 'unknown'
      - renewal.systems[0].needs | selectattr('open') | length == 0
  vars:
    renewal: "{{ usphere | unicloud.usphere.license_renewal('30d', keys=usphere_keys) }}"
"""

RETURN = r"""
_value:
  description: The due renewals, without keys.
  type: dict
  contains:
    kind: {description: V(LicenseRenewal)., type: str}
    as_of: {description: The start of the period., type: str}
    within: {description: The period in days., type: int}
    state:
      description: The worst state of all systems, V(unknown) before V(due).
      type: str
      sample: due
    systems:
      description: One entry for each system, by name.
      type: list
      elements: dict
      contains:
        system: {description: Its name., type: str}
        state:
          description:
            - V(nothing_due); V(covered) if a license expires but no purchase is needed; V(due); or
              V(unknown).
          type: str
        login:
          description: V(refused) after an expiry until VMS reconnects (R20), else V(ok); null if unknown.
          type: str
        lapses:
          description: The entries of the forecast within the period, each with C(days).
          type: list
          elements: dict
        needs:
          description:
            - The licenses to install now, each with C(product), C(arch), C(quantity), C(unit), C(packs),
              C(rules); C(product_node), the product whose own node holds it, or null; C(draws), the
              C(number) of each key in O(keys) and the quantity to request with it (C(ask.quantity)); and
              C(open), the quantity that no key covers.
          type: list
          elements: dict
        later: {description: The steps of the plan that wait for an expiry., type: list, elements: dict}
        notes: {description: Problems that no purchase can fix., type: list, elements: dict}
        unknown: {description: JSON pointers of facts that are missing., type: list, elements: str}
        report: {description: The result as messages., type: list, elements: str}
    report: {description: The messages about all systems., type: list, elements: str}
"""

from ansible.errors import AnsibleFilterError


# Templates set the parameters by name, so each option is one parameter.
def license_renewal(
    facts,
    within=30,
    keys=None,
    expected=None,
    node_licenses=None,
    as_of=None,
    catalog=None,
    language=None,
):
    """Return the licenses to renew for the systems described by ``facts``."""
    # Loading the filters of this collection must be fast, so import the core in the function.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils import _licensing_filters as core
    from ansible_collections.unicloud.usphere.plugins.plugin_utils import _renewal

    try:
        given = _renewal.RenewalOptions(within, keys, expected, node_licenses, as_of, catalog, language)
        return core.answered(lambda: _renewal.answer(facts, given))
    except core.FilterInputError as error:
        raise AnsibleFilterError(f"license_renewal: {error}") from error


class FilterModule:
    """The filter unicloud.usphere.license_renewal."""

    def filters(self):
        return {"license_renewal": license_renewal}
