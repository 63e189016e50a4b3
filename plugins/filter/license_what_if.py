# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_what_if
short_description: Simulate changed facts, licenses, entitlements or dates
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Checks the same systems twice, as they are and with changes merged over them, and returns only the
    differences. Nothing is changed on any system.
  - Purchases of findings (C(buy.lines)) and plans can be simulated before they are made.
extends_documentation_fragment:
  - unicloud.usphere._judging.template
  - unicloud.usphere._judging.schema
positional: policy
options:
  _input:
    description:
      - The facts of one system (C(HostFacts), the variable C(usphere)), a list of them, or a mapping from
        host name to them; or host variables, and with O(facts_map) facts in your own words, as
        P(unicloud.usphere.license_compliance#filter) reads them.
    type: raw
    required: true
  facts:
    description:
      - Other values of facts, by JSON pointer, for every system; or such mappings by system or host.
      - V(null) removes a fact, so that it is unknown.
    type: dict
  bought:
    description:
      - Permanent formal licenses to add to the systems, each with C(product), C(arch) (V(any)
        if it has none) and C(quantity); or such lists by system or host.
      - Licenses of a system that are unknown remain unknown.
    type: raw
  entitlements_then:
    description: Changed purchases, an C(Entitlements) document, instead of O(entitlements).
    type: raw
  at:
    description: The changed time of the decision, in ISO 8601, with facts as if they were gathered then.
    type: str
  as_of:
    description: The time of the unchanged decision, in ISO 8601. Default is now.
    type: str
  horizon:
    description: The period in which an expiry counts, in days, such as V(30d). From V(1) to V(36500).
    type: raw
  entitlements:
    description: The purchased licenses, an C(Entitlements) document, as a path, as data, or a list of those.
    type: raw
  waivers:
    description: Accepted findings, a C(Waivers) document, as a path, as data, or a list of those.
    type: raw
requirements:
  - jsonschema >= 4.21 on the controller
seealso:
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
  - plugin: unicloud.usphere.license_drift
    plugin_type: filter
  - plugin: unicloud.usphere.license_purchase_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: List the new findings for a host with two more CPUs
  ansible.builtin.debug:
    msg: >-
      {{ (usphere | unicloud.usphere.license_what_if('vendor', facts=more,
      host=inventory_hostname)).new }}
  vars:
    more: {/hosts/0/cpu_sockets: 4}

- name: List systems that would no longer comply at the end of the year
  ansible.builtin.debug:
    msg: >-
      {{ (usphere | unicloud.usphere.license_what_if('vendor', at='2026-12-31',
      host=inventory_hostname)).decisions }}

- name: Show the decision after the missing licenses are bought
  vars:
    result: "{{ usphere | unicloud.usphere.license_compliance('vendor', host=inventory_hostname) }}"
    lines: "{{ result.findings | selectattr('buy', 'defined') | map(attribute='buy.lines') | flatten }}"
  ansible.builtin.debug:
    msg: >-
      {{ (usphere | unicloud.usphere.license_what_if('vendor', bought=lines,
      host=inventory_hostname)).after.decision }}
"""

RETURN = r"""
_value:
  description: The differences, as P(unicloud.usphere.license_drift#filter) returns them.
  type: dict
  contains:
    same:
      description: Whether nothing differs.
      type: bool
      sample: false
    after:
      description: Time, decision and digests with the changes.
      type: dict
    new:
      description: Findings that the changes cause.
      type: list
      elements: dict
    fixed:
      description: Findings whose checks would pass.
      type: list
      elements: dict
    decisions:
      description: Systems whose decision changes, with both.
      type: list
      elements: dict
"""

from ansible.errors import AnsibleFilterError

try:
    from ansible.template import is_trusted_as_template
except ImportError:
    # Before ansible-core 2.19, every text that is not marked as unsafe is a template.
    def is_trusted_as_template(value):
        """Return whether Ansible would template the text."""
        return not getattr(value, "__UNSAFE__", False)


# Templates set the parameters by name, so each option is one parameter.
def license_what_if(
    systems,
    policy,
    facts=None,
    bought=None,
    entitlements_then=None,
    at=None,
    as_of=None,
    horizon=None,
    host=None,
    entitlements=None,
    waivers=None,
    catalog=None,
    facts_map=None,
    absent=None,
    coerce=None,
):
    """Return the differences between the results for ``systems`` with and without the changes."""
    # Loading the filters of this collection must be fast, so import the engine in the function.
    from ansible import constants as C
    from ansible.vars.reserved import is_reserved_name

    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import options, what_if
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import read_run
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.task_files import (
        reserved_check,
        template_check,
    )
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects import given_facts
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
        load_entitlements,
    )

    try:
        run = read_run(
            {
                "policy": policy,
                "as_of": as_of,
                "horizon": horizon,
                "entitlements": entitlements,
                "waivers": waivers,
                "catalog": catalog,
                "absent": absent,
                "coerce": coerce,
            }
        )
        then = None
        if entitlements_then is not None:
            then = load_entitlements(options.sources(entitlements_then), catalog=run.catalog)
        day = None if at is None else options.read_as_of(at)
        overlay = what_if.read_overlay(facts, bought, then, day, run.catalog)
        fact_map = options.read_map(facts_map)
        subjects = given_facts.read_given(
            systems,
            options.read_host(host),
            fact_map=fact_map,
            names=run.policy.own_names,
            reader=given_facts.VariableReader(
                template_check(is_trusted_as_template),
                reserved_check(C.INTERNAL_STATIC_VARS, is_reserved_name),
            ),
        )
        return what_if.what_if(subjects, run, overlay)
    except PolicyError as error:
        raise AnsibleFilterError(f"license_what_if: {error.text()}") from None


class FilterModule:
    """The filter unicloud.usphere.license_what_if."""

    def filters(self):
        return {"license_what_if": license_what_if}
