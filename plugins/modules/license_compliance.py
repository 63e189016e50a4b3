#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: license_compliance
short_description: Stop a play where systems do not comply with a license policy
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Evaluates the facts that M(unicloud.usphere.vms_facts) read of all hosts of the play against a
    policy, once per play, and fails the play with a report if a host does not comply, or reports the
    hosts for a later play to deal with.
  - A host without facts is not left out, it is unknown; and what is unknown does not pass.
  - Facts whose subject is another host of the inventory say nothing about the host that holds them, so that
    host is unknown. The hosts of one hot-standby pair share facts once each of them has the host variable
    C(usphere_system) with the same name, as plain text. Hosts with equal facts that name no subject are
    unknown in the same way.
  - Nothing is read from or written to any system.
extends_documentation_fragment:
  - unicloud.usphere._judging
  - action_common_attributes
  - action_common_attributes.conn
  - action_common_attributes.flow
attributes:
  action:
    support: full
  async:
    support: none
  become:
    support: none
  bypass_host_loop:
    support: full
  check_mode:
    support: full
  connection:
    support: none
  delegation:
    support: none
    details: Everything happens on the controller.
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
      - V(vendor) for the policy that ships with the collection, which expresses the vendor's rules; the
        path of a policy document; a policy as data; or a list of those, composed left to right.
      - A bare JSON Schema 2020-12 of what a system has to look like is a policy too, with one rule for
        each of its top-level constraints. A property that no system reports is taken from
        C(usphere_site_facts).
      - A relative path is looked for in C(files) and C(policies) of the role and beside the playbook, then in
        the working directory of the run.
    type: raw
    required: true
  hosts:
    description:
      - The hosts to evaluate. All hosts of the play if left out, those that failed or could not be
        reached included; under C(serial) those of the current batch.
      - Name a group of the inventory to hold a play with C(--limit), or one that reads O(facts_files), to
        all of its hosts, such as V({{ groups['vms'] }}).
      - A host that the inventory does not have is judged by O(facts_files), else it is unknown.
    type: list
    elements: str
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those; each row overrides the shipped one of its product and architecture (R2). The systems,
        O(entitlements) and what to buy are judged by it.
      - A relative path is looked for in C(files) and C(policies) of the role and beside the playbook, then in
        the working directory of the run.
    type: raw
    version_added: 0.9.0
  facts_files:
    description:
      - Files of facts that were read before, for hosts that this play did not read. JSON or YAML with
        C(HostFacts) of one host, a list of them or a mapping from host name to them; NDJSON (C(.ndjson),
        C(.jsonl)) with one host's facts a line.
      - Facts of the play go before those of a file. A host that failed in this play or could not be reached
        is unknown whatever a file says of it.
      - Hosts of a file that are not among O(hosts) get no verdict and still count in pools.
    type: list
    version_added: 0.9.0
    elements: str
  as_of:
    description:
      - The instant to judge at, in ISO 8601; a bare date is its 00:00 UTC. Now if left out.
      - Facts that were read later than this are unknown.
    type: raw
  fail_on:
    description:
      - Decisions that fail the play. Only V(undetermined) may be left out.
    type: list
    elements: str
    choices: [error, non_compliant, undetermined]
    default: [error, non_compliant, undetermined]
  fail:
    description:
      - Whether to fail the play. With V(false) the task only reports and RV(blocked_hosts) says whom to
        stop.
      - A policy or option that cannot be used fails the task in any case.
    type: bool
    default: true
  detail:
    description:
      - Whether there stands below each finding what was expected and found, which rule says so, in which file
        and line, and what to do.
      - If left out, it stands there only for stopped systems, and only where no more than three are stopped.
    type: bool
    version_added: 0.9.0
  language:
    description:
      - The language of the report. What the controller's locale says if left out.
    type: str
    choices: [en, zh]
notes:
  - Runs once per play, or once per batch under C(serial), and then says so in the report and in RV(scope);
    strategy C(free) is not supported. With C(--limit) it says that it decided for those hosts only.
    C(when) is judged for the first host only. Add C(run_once=true) where every host needs the registered
    result.
  - A failure ends the play for all hosts. To stop only some, set O(fail=false), put RV(blocked_hosts)
    into a group with M(ansible.builtin.add_host), go on without that group, and fail it in the last play.
  - Facts are taken from C(ansible_facts.usphere) of each host, else from its variable C(usphere), else, for
    a node, from what M(ansible.builtin.setup) gathered (C(processor_count) counts sockets, C(architecture)),
    else from O(facts_files).
    They are read as they are and never templated; a variable that holds a template is an error of its host.
  - What the policy declares under C(site_facts) is taken from the variable C(usphere_site_facts) of each host
    and from C(site_facts) of its facts.
seealso:
  - module: unicloud.usphere.vms_facts
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
  - plugin: unicloud.usphere.license_compliant
    plugin_type: test
"""

EXAMPLES = r"""
- name: Licensed systems only
  hosts: vms
  gather_facts: false
  tasks:
    - name: Read hosts, sockets, architecture, version, features, licenses
      unicloud.usphere.vms_facts:

    - name: Stop unless every system complies
      unicloud.usphere.license_compliance:
        policy: [vendor, policies/production.yml]
        entitlements: policies/entitlements.yml
        waivers: policies/waivers.yml
        horizon: 30d

- name: Decide about the whole inventory from facts that were read before
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Hold every system of the inventory against the policy
      unicloud.usphere.license_compliance:
        policy: vendor
        hosts: "{{ groups['vms'] }}"
        facts_files: [facts.ndjson]

- name: Go on with the systems that comply
  hosts: vms
  gather_facts: false
  tasks:
    - name: Find out which do
      unicloud.usphere.license_compliance:
        policy: vendor
        fail: false
      register: gate
      run_once: true

    - name: Upgrade them
      ansible.builtin.include_tasks: upgrade.yml
      when: inventory_hostname in gate.compliant_hosts
"""

RETURN = r"""
decision:
  description: The worst decision of all hosts.
  returned: always
  type: str
  choices: [error, non_compliant, undetermined, compliant, not_applicable]
  sample: non_compliant
compliant_hosts:
  description: Hosts that comply, sorted.
  returned: when the policy and the options can be used
  type: list
  elements: str
  sample: [hangzhou]
blocked_hosts:
  description:
    - Hosts whose decision is among O(fail_on), sorted. A grant blocks the hosts of the systems that use it.
    - All hosts where something fails that belongs to no single host, as when no rule applies.
  returned: when the policy and the options can be used
  type: list
  elements: str
  sample: [chengdu]
scope:
  description: Whom the decision is about.
  returned: when the policy and the options can be used
  type: dict
  contains:
    hosts:
      description: How many hosts were evaluated.
      returned: always
      type: int
    total:
      description: How many hosts the play has.
      returned: always
      type: int
    serial:
      description: Whether this is one batch of several.
      returned: always
      type: bool
    limit:
      description: The text of C(--limit), or nothing.
      returned: always
      type: str
  sample: {hosts: 2, total: 5, serial: true, limit: ""}
report:
  description: What a person reads, line by line.
  returned: when the policy and the options can be used
  type: list
  elements: str
  sample:
    - "chengdu: NOT COMPLIANT (1 finding)"
    - "  R31  9 physical CPUs, 8 licensed (aarch64)   /effective/products/0/missing"
    - "         expected: at_most 8; found: demand 9"
    - "         rule: r31-sockets (critical), vendor.yml:598"
    - "         what to do: Buy 1 more edition licenses for aarch64, with upgrades of the same quantity …"
    - "hangzhou: compliant (14 rules, 2 pools)"
result:
  description: The whole C(ComplianceResult); its schema is C(schemas/compliance_result.schema.json).
  returned: when the policy and the options can be used
  type: dict
faults:
  description: What is wrong with the policy or an option, each with code, fields and place.
  returned: when the policy or an option cannot be used
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule


def main():
    """Say that this file is documentation: the work is done on the controller."""
    module = AnsibleModule(
        argument_spec={
            "policy": {"type": "raw", "required": True},
            "hosts": {"type": "list", "elements": "str"},
            "entitlements": {"type": "raw"},
            "waivers": {"type": "raw"},
            "catalog": {"type": "raw"},
            "license_servers": {"type": "list", "elements": "dict"},
            "facts_files": {"type": "list", "elements": "str"},
            "as_of": {"type": "raw"},
            "horizon": {"type": "raw"},
            "fail_on": {
                "type": "list",
                "elements": "str",
                "choices": ["error", "non_compliant", "undetermined"],
                "default": ["error", "non_compliant", "undetermined"],
            },
            "fail": {"type": "bool", "default": True},
            "detail": {"type": "bool"},
            "language": {"type": "str", "choices": ["en", "zh"]},
        },
        supports_check_mode=True,
    )
    module.fail_json(
        msg="unicloud.usphere.license_compliance runs on the controller as an action plugin, and this module "
        "was called without it; call it by its full name from a task."
    )


if __name__ == "__main__":
    main()
