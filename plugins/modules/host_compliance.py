#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: host_compliance
short_description: Fail each host whose facts do not comply with a schema or license policy
version_added: 0.10.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Checks the facts of each host of the play against a JSON Schema or a license policy, and fails exactly the
    hosts that do not comply, each under its own name.
  - The facts are those of O(facts), in the words of the site. Without O(facts) they are the variables and the
    facts of the host that the schema names.
  - An unknown value never passes. A host without facts is undetermined and fails.
  - Runs for each host as any task does, with C(when), C(loop), C(delegate_to), C(serial) and all strategies.
    With C(run_once) only the first host would be checked and the others would look compliant, so that is an
    error if the batch of the play has several hosts, except with C(loop) or C(delegate_to).
  - This action judges one host by its own facts. Take M(unicloud.usphere.license_compliance) to check a
    complete fleet in one step, with pools over several systems, purchased licenses, License Servers and
    reports. Both reach the same verdict for the same facts.
  - Nothing is read from or written to any system.
extends_documentation_fragment:
  - unicloud.usphere._judging.schema
  - unicloud.usphere._judging.age
  - unicloud.usphere._attributes.actiongroup_compliance
  - action_common_attributes
  - action_common_attributes.conn
  - action_common_attributes.flow
requirements:
  - jsonschema >= 4.21 on the controller
attributes:
  action:
    support: full
  async:
    support: none
  become:
    support: none
  bypass_host_loop:
    support: none
  check_mode:
    support: full
  connection:
    support: none
  delegation:
    support: full
    details: The facts are those of the host of the task, also if the task is delegated.
  diff_mode:
    support: none
    details: Nothing is changed.
  idempotent:
    description: A second run with the same arguments reports no change.
    support: full
    details: Nothing is changed.
  platform:
    platforms: all
options:
  policy:
    description:
      - A JSON Schema or a C(LicensePolicy), as a path or as data; V(vendor) for the policy that ships with
        the collection, which expresses the vendor's rules; or a list of those, composed left to right.
      - A policy with a pool over several systems is refused, because one host cannot be checked against it.
      - A relative path is searched in C(files) and C(policies) of the role and next to the playbook, then in
        the working directory of the run.
      - A file that is encrypted by ansible-vault, also one of another option, is decrypted with the secrets
        of the run. Decrypted content is not written to disk, and errors in the file show none of its values.
    type: raw
    required: true
  facts:
    description:
      - The facts of the host. For a JSON Schema any data, for a C(LicensePolicy) the facts of
        M(unicloud.usphere.vms_facts) (C(HostFacts)) or of M(ansible.builtin.setup).
      - Null and an empty text do not count as facts, so the host is undetermined.
      - An empty mapping states that the host has none of the values. For a JSON Schema, C(required) and
        O(absent=violation) then make the host non-compliant; everything else is undetermined. For a
        C(LicensePolicy) it does not count as facts.
      - By default, for a JSON Schema, the variables of the host that the schema names at its top level
        (C(properties), C(required), C(dependentRequired) and such, also in C(allOf), C(not), C(if) or
        C($ref)), else the facts of these names in C(ansible_facts), with or without the prefix
        C(ansible_). Templates in variables are resolved, facts are never templated. A name that Ansible
        reserves, such as C(groups) or C(environment), is an error.
      - A value that is C(omit) is left out, at any depth. Before ansible-core 2.19, a template that results
        in nothing results in an empty text. Such a text of a variable counts as null here; in O(facts), in
        filters and in tests it cannot be distinguished from other empty texts.
      - Variables are never all facts of a host. C(additionalProperties=false) is answered for the named
        variables only; keywords that look at all properties, such as C(patternProperties) or
        C(maxProperties), are an error without O(facts).
      - By default, for a C(LicensePolicy), C(ansible_facts.usphere), else the variable C(usphere), else the
        facts of M(ansible.builtin.setup), each with the variable C(usphere_site_facts).
      - By default, with O(facts_map), the variables and facts of the host that the map names; a host without
        any of them has the facts of the line before.
    type: raw
  facts_map:
    description:
      - A C(FactMap) that says how facts in the words of the site are read as C(HostFacts), as a path or as
        data; V(flat) and V(ansible_facts) ship with the collection.
      - A map that unites hosts with C(system) is refused, because one host cannot be checked by it.
    type: raw
  waivers:
    description:
      - Findings that are accepted for a time, a C(Waivers) document, as a path, as data, or a list of those.
    type: raw
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those; each row overrides the shipped one of its product and architecture (R2).
    type: raw
  as_of:
    description:
      - The time of the decision, in ISO 8601; a date without a time is 00:00 UTC. Default is now; the hosts
        of a run are checked as of one time, for at most five minutes.
      - Facts that were read later than this are unknown.
    type: raw
  horizon:
    description:
      - The period in which an expiry counts, in days, such as V(30d) or V(30). Sets the policy's parameter
        C(horizon_days).
      - From V(1) to V(36500).
    type: raw
  fail_on:
    description:
      - Decisions that fail the host. Only V(undetermined) may be left out. A host without facts is
        V(undetermined); stated facts that lack a required value are V(non_compliant).
    type: list
    elements: str
    choices: [error, non_compliant, undetermined]
    default: [error, non_compliant, undetermined]
  fail:
    description:
      - Whether to fail the host. With V(false) the task only reports its RV(decision) and RV(findings).
      - A policy or option that cannot be used fails the task in any case.
    type: bool
    default: true
  detail:
    description:
      - Whether to return RV(result), the complete result with its evidence.
    type: bool
    default: false
  language:
    description:
      - The language of the messages. Default follows the controller's locale.
    type: str
    choices: [en, zh]
seealso:
  - module: unicloud.usphere.license_compliance
  - module: unicloud.usphere.vms_facts
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
  - plugin: unicloud.usphere.license_compliant
    plugin_type: test
"""

EXAMPLES = r"""
- name: Check facts in the words of the site against a JSON Schema
  hosts: vms
  gather_facts: false
  vars:
    node_facts: {cpu_count: 8, arch: x86_64, version: E0760P03, features: [srm]}
    sockets: 8
  tasks:
    - name: Fail the hosts that do not comply
      unicloud.usphere.host_compliance:
        policy: policies/node.schema.json
        facts: "{{ node_facts }}"

    - name: Check variables of the host, which the schema names
      unicloud.usphere.host_compliance:
        policy:
          type: object
          properties:
            sockets: {type: integer, minimum: 4}

- name: Check each system against the rules of the vendor
  hosts: vms
  gather_facts: false
  tasks:
    - name: Read hosts, sockets, architecture, version, features, licenses
      unicloud.usphere.vms_facts:

    - name: Fail the systems that do not comply
      unicloud.usphere.host_compliance:
        policy: vendor
        horizon: 30d

- name: Continue with the compliant systems
  hosts: vms
  gather_facts: false
  tasks:
    - name: Check the systems without failing them
      unicloud.usphere.host_compliance:
        policy: vendor
        fail: false
      register: gate

    - name: Upgrade the compliant systems
      ansible.builtin.include_tasks: upgrade.yml
      when: gate.decision == 'compliant'
"""

RETURN = r"""
decision:
  description: The decision about the host.
  returned: always
  type: str
  choices: [error, non_compliant, undetermined, compliant, not_applicable]
  sample: non_compliant
msg:
  description:
    - The decision in one line. If the host does not comply, a line for each finding follows, with the pointer
      of the fact, what is wrong with it, the rule, and its file and line.
  returned: always
  type: str
  sample: |-
    not compliant (1 finding)
    /effective/products/0/missing: 9 physical CPUs, 8 licensed (aarch64) (R31, vendor.yml:660)
warnings:
  description: What is doubtful in the JSON Schemas, such as a keyword of another draft.
  returned: if there is any
  type: list
  elements: str
findings:
  description:
    - What does not comply, then what cannot be decided, then warnings, in the language of O(language).
    - Values that are missing or unknown are listed once, with all rules that depend on them.
  returned: always
  type: list
  elements: dict
  contains:
    rule:
      description: The rule of the finding.
      returned: always
      type: str
      sample: r31-sockets
    rules:
      description: All rules that depend on the unknown value.
      returned: for an unknown value on which several rules depend
      type: list
      elements: str
    pointer:
      description: The JSON pointer of the fact; empty if there are no facts of the host.
      returned: always
      type: str
      sample: /effective/products/0/missing
    verdict:
      description: Whether the fact is wrong, unknown, or cannot be read.
      returned: always
      type: str
      choices: [fail, unknown, error]
      sample: fail
    message:
      description: What is wrong with the value.
      returned: always
      type: str
      sample: "9 physical CPUs, 8 licensed (aarch64)"
    place:
      description: File and line of the rule.
      returned: always
      type: str
      sample: vendor.yml:660
    remediation:
      description: What to do.
      returned: always
      type: str
    effect:
      description: V(warn) for a finding that does not fail the host.
      returned: for a warning
      type: str
result:
  description: The complete C(ComplianceResult); its schema is C(schemas/compliance_result.schema.json).
  returned: with O(detail=true), when the policy and the options can be used
  type: dict
faults:
  description: Errors of the policy or an option, each with code, fields and location.
  returned: when the policy or an option cannot be used
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule


def main():
    """Fail: this module is documentation only, because the action plugin runs on the controller."""
    module = AnsibleModule(
        argument_spec={
            "policy": {"type": "raw", "required": True},
            "facts": {"type": "raw"},
            "facts_map": {"type": "raw"},
            "waivers": {"type": "raw"},
            "catalog": {"type": "raw"},
            "absent": {"type": "str", "choices": ["undetermined", "allowed", "violation"]},
            "coerce": {"type": "bool"},
            "max_age": {"type": "str"},
            "as_of": {"type": "raw"},
            "horizon": {"type": "raw"},
            "fail_on": {
                "type": "list",
                "elements": "str",
                "choices": ["error", "non_compliant", "undetermined"],
                "default": ["error", "non_compliant", "undetermined"],
            },
            "fail": {"type": "bool", "default": True},
            "detail": {"type": "bool", "default": False},
            "language": {"type": "str", "choices": ["en", "zh"]},
        },
        supports_check_mode=True,
    )
    module.fail_json(
        msg="unicloud.usphere.host_compliance runs on the controller as an action plugin, and this module "
        "was called without it; call it by its full name from a task."
    )


if __name__ == "__main__":
    main()
