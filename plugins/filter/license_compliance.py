# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_compliance
short_description: Check the facts of one or more systems against a license policy
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Checks the facts of M(unicloud.usphere.vms_facts) against a policy and returns the complete result,
    a C(ComplianceResult), for templates and reports.
  - An unknown value never passes. A required check that cannot be decided makes the decision
    V(undetermined).
  - If the subject of the facts is another of the hosts in the input or in O(expected_hosts), the host that
    has the facts is unknown.
  - Hosts with equal facts without a subject are unknown, too.
  - To stop a play use M(unicloud.usphere.license_compliance); in a condition use
    P(unicloud.usphere.license_compliant#test).
extends_documentation_fragment:
  - unicloud.usphere._judging
  - unicloud.usphere._judging.template
  - unicloud.usphere._judging.schema
  - unicloud.usphere._judging.age
positional: policy
options:
  _input:
    description:
      - The facts of one system (C(HostFacts), the variable C(usphere)), a list of them, or a mapping
        from host name to them, in which V(null) is a host without facts. For a node also the facts of
        M(ansible.builtin.setup) (C(ansible_facts)).
      - If O(policy) consists of JSON Schemas only, also facts in your own words, of one host or as a mapping
        from host name to them. With O(host), a mapping is always one host. Without it, a mapping with
        several keys is a fleet if none of its keys is the name of a property in the schema, and each of its
        values is a mapping with a name that the schema reads, empty or null. With O(expected_hosts), a
        mapping whose values are mappings or null is always a fleet. A mapping that can be both is an error,
        as is one with a single key whose value is a mapping. Null does not count as facts.
        An empty mapping as a whole, or of a host, is facts that lack what C(required) or O(absent=violation)
        ask for; they never comply.
      - Variables of a host are taken for facts of a JSON Schema only from C(hostvars), or if they have
        C(inventory_hostname) and C(ansible_facts) or C(groups). The schema then reads the variables that it
        names, as M(unicloud.usphere.host_compliance) does. Names that Ansible uses itself are an error. A
        host without such a variable has no facts, also if it has C(usphere).
      - Also the variables of a host, with C(usphere) and C(usphere_site_facts), or C(hostvars), read as
        M(unicloud.usphere.license_compliance) reads them; with O(facts_map), facts in your own words.
      - A key that is not in the schema of C(HostFacts) is an error of its host, which names the nearest known
        key; the other hosts keep their decision. A value that cannot be read is unknown, and the finding
        shows it.
    type: raw
    required: true
  expected_hosts:
    description: Hosts that must have facts; hosts without facts are unknown, never left out.
    type: list
    elements: str
  fail_on:
    description: Decisions that count as failures. Only V(undetermined) may be left out.
    type: list
    elements: str
    choices: [error, non_compliant, undetermined]
    default: [error, non_compliant, undetermined]
  coverage:
    description:
      - What to do with systems that are named and that the run does not judge. These are systems of
        O(entitlements), and clients of O(license_servers) that a system has connected as.
      - V(report) lists them on the first line of the report. V(required) also makes each of them
        undetermined.
      - A system is judged under the name of its subject, of its hosts, or of its client at its License
        Server.
    type: str
    choices: [report, required]
    default: report
    version_added: 0.10.0
  coverage_exclude:
    description:
      - Systems that are not to be judged, each with C(name) and C(reason); the report shows them.
    type: list
    elements: dict
    version_added: 0.10.0
seealso:
  - module: unicloud.usphere.license_compliance
  - plugin: unicloud.usphere.license_compliant
    plugin_type: test
  - plugin: unicloud.usphere.license_policy
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show the findings of a system
  ansible.builtin.debug:
    msg: "{{ item.references | join(', ') }}: {{ item.message.en }}"
  loop: "{{ (usphere | unicloud.usphere.license_compliance('vendor', host=inventory_hostname)).findings }}"

- name: Check flat variables of a host without a VMS interface
  ansible.builtin.debug:
    msg: >-
      {{ (node_facts | unicloud.usphere.license_compliance('vendor', facts_map='flat',
      host='node-1')).decision }}
  vars:
    node_facts:
      cpu_count: 2
      arch: x86_64
      version: E0760P03
      features: []
      licenses: [{product: vms_enterprise, arch: x86_64, kind: formal, quantity: 2, expires_at: never}]

- name: Count the decisions of a group, with a policy next to the playbook
  ansible.builtin.debug:
    msg: "{{ (fleet | unicloud.usphere.license_compliance(policy, horizon='60d')).counts.decisions }}"
  vars:
    policy: "{{ lookup('unicloud.usphere.license_policy', 'policies/production.yml') }}"
    fleet: >-
      {{ dict(groups['vms'] | zip(groups['vms'] | map('extract', hostvars, ['ansible_facts',
      'usphere']))) }}
  run_once: true
"""

RETURN = r"""
_value:
  description: The C(ComplianceResult); its schema is C(schemas/compliance_result.schema.json).
  type: dict
  contains:
    decision:
      description: The worst decision of all systems.
      type: str
      choices: [error, non_compliant, undetermined, compliant, not_applicable]
      sample: non_compliant
    subjects:
      description: Every system with its decision and, if it does not comply, the licenses to buy.
      type: list
      elements: dict
    warnings:
      description: Warnings about the JSON Schemas of the policy, in English and Chinese, also displayed.
      type: list
      elements: dict
      returned: if there are any
    findings:
      description: Failures, undecided checks, errors and warnings, each with rule, fact, location and remedy.
      type: list
      elements: dict
"""

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

try:
    from ansible.template import is_trusted_as_template
except ImportError:
    # Before ansible-core 2.19, every text that is not marked as unsafe is a template.
    def is_trusted_as_template(value):
        """Return whether Ansible would template the text."""
        return not getattr(value, "__UNSAFE__", False)


# Templates set the parameters by name, so each option is one parameter.
def license_compliance(
    facts,
    policy,
    as_of=None,
    horizon=None,
    host=None,
    expected_hosts=None,
    fail_on=None,
    entitlements=None,
    waivers=None,
    license_servers=None,
    catalog=None,
    facts_map=None,
    absent=None,
    coerce=None,
    coverage=None,
    coverage_exclude=None,
    max_age=None,
):
    """Return the ComplianceResult of ``facts`` under ``policy``."""
    # Loading the filters of this collection must be fast, so import the engine in the function.
    from ansible import constants as C
    from ansible.vars.reserved import is_reserved_name

    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import (
        evaluate_fleet,
        options,
    )
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import read_run
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.task_files import (
        reserved_check,
        template_check,
    )
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects import given_facts

    try:
        run = read_run(
            {
                "policy": policy,
                "as_of": as_of,
                "horizon": horizon,
                "fail_on": fail_on,
                "entitlements": entitlements,
                "waivers": waivers,
                "license_servers": license_servers,
                "catalog": catalog,
                "absent": absent,
                "coerce": coerce,
                "coverage": coverage,
                "coverage_exclude": coverage_exclude,
                "max_age": max_age,
            }
        )
        for warning in run.policy.warnings("en"):
            Display().warning(warning)
        subjects = given_facts.read_given(
            facts,
            options.read_host(host),
            fact_map=options.read_map(facts_map),
            names=run.policy.own_names,
            reader=given_facts.VariableReader(
                template_check(is_trusted_as_template),
                reserved_check(C.INTERNAL_STATIC_VARS, is_reserved_name),
                expected_hosts is not None,
            ),
        )
        return evaluate_fleet.evaluate(subjects, run, options.read_hosts(expected_hosts))
    except PolicyError as error:
        raise AnsibleFilterError(f"license_compliance: {error.text()}") from None


class FilterModule:
    """The filter unicloud.usphere.license_compliance."""

    def filters(self):
        return {"license_compliance": license_compliance}
