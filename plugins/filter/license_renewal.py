# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_renewal
short_description: What has to be renewed soon, and which license keys at hand cover it
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
positional: within, keys
description:
  - Says of each system whether a license of it lapses within some days, what has to go in now, and how much
    of that the license keys at hand cover (R15, R17, R20, R22).
  - A system is due if something lapses within O(within), if login is refused already, or if CPUs have no
    license now. What goes in is then the whole of P(unicloud.usphere.license_purchase_plan#filter), since R6
    has to hold after every lapse. What has to wait for a lapse is listed, and not asked for yet.
  - A fixed key goes whole or not at all (R25), of a flexible one no more is asked for than is left (R26). A
    key that several systems may use is one key. What is due first draws on it first.
  - Keys never are in the answer. It names them by their place in O(keys).
options:
  _input:
    description:
      - The facts of one system (C(HostFacts)), which M(unicloud.usphere.vms_facts) sets as C(usphere), or a
        list of them.
      - A system whose facts have a key that C(HostFacts) do not have is V(unknown), and the report names the
        key.
    type: raw
    required: true
  within:
    description: How many days ahead, as a number or as V(30d).
    type: raw
    default: 30
  keys:
    description:
      - The license keys at hand, as in O(unicloud.usphere.license_request#module:keys), each with its
        C(product), and C(arch), C(code), C(purchased) and C(allocated) where they apply. Keys of temporary
        licenses are left alone, as they would lapse in their turn.
      - A list is for all systems; a mapping has a list for each system by its name.
    type: raw
  expected:
    description:
      - Names of systems that have to be in the answer. One without facts is V(unknown), and so is no system
        at all.
    type: list
    elements: str
  node_licenses:
    description:
      - What product nodes hold for systems (R27), which the facts of a system do not tell. A mapping from
        systems to mappings from nodes to RV(unicloud.usphere.license_info#module:licenses).
    type: dict
  as_of:
    description:
      - The instant to look ahead from, in ISO 8601; a bare date is its 00:00Z. Now if left out.
    type: str
  catalog:
    description:
      - A site's own rows of the license catalogue, a C(LicenseCatalog) document, as a path, as data, or a
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

- name: Say what has to be renewed within a month
  ansible.builtin.debug:
    msg: "{{ (usphere | unicloud.usphere.license_renewal(30)).report }}"

- name: Stop where keys have to be bought, or where it is not known
  ansible.builtin.assert:
    that:
      - renewal.state != 'unknown'
      - renewal.systems[0].needs | selectattr('open') | length == 0
  vars:
    renewal: "{{ usphere | unicloud.usphere.license_renewal('30d', keys=usphere_keys) }}"
"""

RETURN = r"""
_value:
  description: What is due, without any key.
  type: dict
  contains:
    kind: {description: V(LicenseRenewal)., type: str}
    as_of: {description: The instant that was looked ahead from., type: str}
    within: {description: The days., type: int}
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
            - V(nothing_due); V(covered) if something lapses and nothing has to be bought for it; V(due); or
              V(unknown).
          type: str
        login:
          description: V(refused) after a lapse until VMS reconnects (R20), else V(ok); null if unknown.
          type: str
        lapses:
          description: The entries of the forecast within the days, each with C(days).
          type: list
          elements: dict
        needs:
          description:
            - What may go in now, each with C(product), C(arch), C(quantity), C(unit), C(packs), C(rules);
              C(product_node), the product whose own node holds it, or null; C(draws), which C(number) of
              O(keys) is asked for how much (C(ask.quantity)); and C(open), what no key covers.
          type: list
          elements: dict
        later: {description: The steps of the plan that wait for a lapse., type: list, elements: dict}
        notes: {description: What no purchase settles., type: list, elements: dict}
        unknown: {description: JSON pointers of facts that are missing., type: list, elements: str}
        report: {description: The same in sentences., type: list, elements: str}
    report: {description: The sentences about all systems., type: list, elements: str}
"""

from ansible.errors import AnsibleFilterError


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
    """Return what has to be renewed for the systems that ``facts`` are about."""
    # Loading the filters of this collection must stay cheap: the core is imported when it is used.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils import _licensing_filters as core
    from ansible_collections.unicloud.usphere.plugins.plugin_utils import _renewal

    try:
        return core.answered(
            lambda: _renewal.answer(facts, within, keys, expected, node_licenses, as_of, catalog, language)
        )
    except core.FilterInputError as error:
        raise AnsibleFilterError(f"license_renewal: {error}") from error


class FilterModule:
    """The filter unicloud.usphere.license_renewal."""

    def filters(self):
        return {"license_renewal": license_renewal}
