#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: license_compliance
short_description: Stop a play for systems that do not comply with a license policy
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Checks the facts that M(unicloud.usphere.vms_facts) read from all hosts of the play against a
    policy, once per play, and fails the play with a report if a host does not comply, or returns the
    blocked hosts for use in a later play.
  - A host without facts is not left out. All of its values are unknown, and an unknown value does not pass.
  - If the subject of the facts is another host of the inventory, the host that has the facts is unknown. The
    hosts of one hot-standby pair are one system if each of them has the host variable C(usphere_system) with
    the same name, as plain text; it is read if any of them is. Hosts that have equal facts without a subject
    are unknown, too, as are two systems that were read from one machine or that hold one license of one
    client of a License Server.
  - Take M(unicloud.usphere.host_compliance) to check each host on its own, as a task that runs per host, with
    facts in any variable and in the words of the site.
  - Names of variables that begin with the name of a role of this collection and are not an option of it are
    an error, and so are extra variables and role parameters that differ from a variable of this collection in
    one character; see P(unicloud.usphere.misspelt_variables#lookup).
  - Nothing is read from or written to any system.
extends_documentation_fragment:
  - unicloud.usphere._judging
  - unicloud.usphere._judging.schema
  - unicloud.usphere._judging.age
  - unicloud.usphere._attributes.actiongroup_compliance
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
    details: All work is done on the controller.
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
      - A JSON Schema of draft-04, -06, -07, 2019-09 or 2020-12 of the facts of a system is a policy, too,
        with one rule for each property, required name and other part of its root. A property that no system
        reports is read from C(usphere_site_facts). Other variables of a host are not read for a schema; check
        them with M(unicloud.usphere.host_compliance), or map them with O(facts_map).
      - A relative path is searched in C(files) and C(policies) of the role and next to the playbook, then in
        the working directory of the run.
      - A file that is encrypted by ansible-vault, also one of another option, is decrypted with the secrets
        of the run. Decrypted content is not written to disk, and errors in the file show none of its values.
    type: raw
    required: true
  hosts:
    description:
      - The hosts to check. Default is all hosts of the play, including failed and unreachable hosts; with
        C(serial) the hosts of the current batch.
      - In a play with C(--limit), or one that reads O(facts_files), set it to a group of the inventory to
        check all of its hosts, such as V({{ groups['vms'] }}).
      - A host that is not in the inventory is checked with O(facts_files), else it is unknown.
    type: list
    elements: str
  registered:
    description:
      - The name of the variable that the task registered which read the hosts with
        M(unicloud.usphere.vms_facts). Facts of a system are then taken from this result only, never from a
        fact cache or an earlier run.
      - A host of the play whose result is missing, failed, skipped or unreachable is unknown, even if
        O(facts_files) has its facts. Hosts outside of the play are not concerned.
    type: str
    version_added: 0.10.0
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those; each row overrides the shipped one of its product and architecture (R2). It applies to
        the systems, O(entitlements) and the licenses to buy.
      - A relative path is searched in C(files) and C(policies) of the role and next to the playbook, then in
        the working directory of the run.
    type: raw
    version_added: 0.9.0
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
  facts_files:
    description:
      - Files of facts that were read before, for hosts that this play did not read. JSON or YAML with
        C(HostFacts) of one host, a list of them or a mapping from host name to them; NDJSON (C(.ndjson),
        C(.jsonl)) with the facts of one host per line.
      - If the play has facts of a host as well, those that were read last count. A host that failed in this
        play or could not be reached is unknown even if a file has its facts.
      - Hosts of a file that are not among O(hosts) get no verdict but count in pools.
    type: list
    version_added: 0.9.0
    elements: str
  facts_map:
    description:
      - How facts in your own words map to the facts of the policy, a C(FactMap) document, as a path or as
        data; V(flat) for the variables C(cpu_count), C(arch), C(version), C(edition), C(features) and
        C(licenses), or V(ansible_facts) for the facts of M(ansible.builtin.setup).
      - The own facts of a host are its variables that the map names, then its gathered facts of these names.
        Templates in variables are resolved, gathered facts are never templated. A host without any of them is
        checked with its C(usphere) facts.
      - If the map names systems (C(system)), hosts of the play that are nodes of one system are checked as
        this system. Its other hosts of the inventory count in it, even if they are not in the play, the batch
        or the limit. Unless C(nodes) or C(complete) of the map says otherwise, a system may have further
        nodes, so that only the lower bound of its demand is known.
    type: raw
    version_added: 0.10.0
  as_of:
    description:
      - The time of the decision, in ISO 8601; a date without a time is 00:00 UTC. Default is now.
      - Facts that were read more than 300 seconds later than this are unknown.
    type: raw
  fail_on:
    description:
      - Decisions that fail the play. Only V(undetermined) may be left out.
    type: list
    elements: str
    choices: [error, non_compliant, undetermined]
    default: [error, non_compliant, undetermined]
  override:
    description:
      - For an emergency, lets the play continue in spite of its decision, for at most 24 hours. The decision
        stays what it is, and the first line of every report says who approved it, under which ticket and
        until when. A decision C(error) stops the play in any case.
      - A mapping of C(ticket), C(approver) and C(until), a time with its zone; all three are required.
      - To accept single findings for longer, use O(waivers).
    type: raw
    version_added: 0.10.0
  fail:
    description:
      - Whether to fail the play. With V(false) the task only reports, and RV(blocked_hosts) lists the hosts
        to stop.
      - A policy or option that cannot be used fails the task in any case.
    type: bool
    default: true
  result_file:
    description:
      - File on the controller to write RV(result) to as JSON, whatever the decision is, in check mode, too.
        Only its owner can read it. A relative path is relative to the working directory.
      - If a policy or option cannot be used, the file says so with the decision C(error), so that the file of
        an earlier run does not pass for this one.
      - Set it for a large fleet, because a task returns at most 300 kB; see RV(result_path).
    type: path
    version_added: 0.10.0
  detail:
    description:
      - Whether to show the expected and found values, the rule with file and line, and the remedy below each
        finding.
      - By default they are shown for stopped systems only, and only if at most three are stopped.
    type: bool
    version_added: 0.9.0
  language:
    description:
      - The language of the report. Default follows the controller's locale.
    type: str
    choices: [en, zh]
notes:
  - Runs once per play, or once per batch with C(serial), which the report and RV(scope) then state;
    strategy C(free) is not supported. With C(--limit) the report states that it covers only those hosts.
    A condition (C(when)) must hold for all hosts of the play, else the task fails. If it does not hold for
    the first host, Ansible skips the task for all of them without a message, so make a group of the hosts to
    check and set it as C(hosts) of the play, and let only RV(passed_hosts) go on. Add C(run_once=true) if
    every host needs the registered result.
  - Sets the custom statistic C(usphere_license_compliance), a list with decision, counts and blocked hosts
    of each check of the run, which AWX keeps as artifacts of the job. C(counts) has the number of all blocked
    hosts; C(blocked_hosts) has the first 100 of them.
  - A failure ends the play for all hosts. To stop only some, set O(fail=false), add RV(blocked_hosts)
    to a group with M(ansible.builtin.add_host), continue without that group, and fail it in the last play.
  - Facts are read from C(ansible_facts.usphere) of each host, else from its variable C(usphere), else, for
    a node, from the facts of M(ansible.builtin.setup) (C(processor_count) counts sockets, C(architecture)),
    else from O(facts_files); with O(facts_map), from the variables and facts that the map names.
    Of several facts of one host those that were read last count. If that is not known and they differ, the
    host is unknown.
    Facts are never templated; without O(facts_map), a variable that contains a template is an error of its
    host.
  - Facts that the policy declares under C(site_facts) are read from the variable C(usphere_site_facts) of
    each host and from C(site_facts) of its facts. All other facts of a host that has only site facts are
    unknown.
seealso:
  - module: unicloud.usphere.host_compliance
  - module: unicloud.usphere.vms_facts
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
  - plugin: unicloud.usphere.license_compliant
    plugin_type: test
  - plugin: unicloud.usphere.to_host_facts
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check license policy before other work
  hosts: vms
  gather_facts: false
  tasks:
    - name: Read hosts, sockets, architecture, version, features, licenses
      unicloud.usphere.vms_facts:

    - name: Fail unless every system complies
      unicloud.usphere.license_compliance:
        policy: [vendor, policies/production.yml]
        entitlements: policies/entitlements.yml
        waivers: policies/waivers.yml
        horizon: 30d

- name: Check the complete inventory with facts from files
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Check every system of the inventory against the policy
      unicloud.usphere.license_compliance:
        policy: vendor
        hosts: "{{ groups['vms'] }}"
        facts_files: [facts.ndjson]

- name: Check systems without a VMS interface, united from their nodes
  hosts: nodes
  gather_facts: false
  tasks:
    - name: Check the variables of the nodes against the vendor's rules
      unicloud.usphere.license_compliance:
        policy: vendor
        facts_map: files/fact_map.yml

- name: Continue with the compliant systems
  hosts: vms
  gather_facts: false
  tasks:
    - name: Check the systems without failing the play
      unicloud.usphere.license_compliance:
        policy: vendor
        fail: false
      register: gate
      run_once: true

    - name: Upgrade the compliant systems
      ansible.builtin.include_tasks: upgrade.yml
      when: inventory_hostname in gate.passed_hosts
"""

RETURN = r"""
warnings:
  description: What is doubtful in the JSON Schemas of O(policy), such as a keyword of another draft.
  returned: if there is any
  type: list
  elements: str
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
decisions:
  description:
    - The decision of each host that was checked, the worst of its system and the grants it uses.
    - If the result of the task would have more than 300 kB, it can be without the hosts of RV(blocked_hosts).
  returned: when the policy and the options can be used
  type: dict
  sample: {chengdu: non_compliant, hangzhou: compliant}
  version_added: 0.10.0
passed_hosts:
  description:
    - Hosts that were checked and are not blocked, sorted. Let only these go on. With O(fail_on), they can be
      hosts that are undetermined.
  returned: when the policy and the options can be used
  type: list
  elements: str
  sample: [hangzhou]
  version_added: 0.10.0
blocked_hosts:
  description:
    - Hosts whose decision is among O(fail_on), sorted. A grant blocks the hosts of the systems that use it.
    - All hosts if a failure belongs to no single host, as when no rule applies.
  returned: when the policy and the options can be used
  type: list
  elements: str
  sample: [chengdu]
overridden_hosts:
  description: Hosts that O(override) lets continue in spite of their decision, sorted.
  returned: when the policy and the options can be used
  type: list
  elements: str
  sample: []
scope:
  description: The hosts that the decision covers.
  returned: when the policy and the options can be used
  type: dict
  contains:
    hosts:
      description: Number of hosts that were checked.
      returned: always
      type: int
    total:
      description: Number of hosts of the play.
      returned: always
      type: int
    serial:
      description: Whether this is one of several batches.
      returned: always
      type: bool
    limit:
      description: The text of C(--limit), or an empty text.
      returned: always
      type: str
  sample: {hosts: 2, total: 5, serial: true, limit: ""}
report:
  description:
    - The report, as a list of lines. If the task fails, RV(ignore:msg) has it.
    - If the result of the task would have more than 300 kB, a line says how many lines are left out.
  returned: when the task does not fail
  type: list
  elements: str
  sample:
    - "chengdu: NOT COMPLIANT (1 finding)"
    - "  R31  9 physical CPUs, 8 licensed (aarch64)   /effective/products/0/missing"
    - "         expected: at_most 8; found: demand 9"
    - "         rule: r31-sockets (critical), vendor.yml:660"
    - "         what to do: Buy 1 more edition licenses for aarch64, with upgrades of the same quantity …"
    - "hangzhou: compliant (16 rules, 2 pools)"
result:
  description:
    - The complete C(ComplianceResult); its schema is C(schemas/compliance_result.schema.json).
    - If the task fails, it has no evidence unless O(detail=true). RV(result_path) has it.
    - If the result of the task would have more than 300 kB, this is only in the file of RV(result_path), as
      AWX does not store larger events completely.
  returned: when the policy and the options can be used and the result of the task has at most 300 kB
  type: dict
result_path:
  description:
    - File on the controller with the complete RV(result). This is the value of O(result_file).
    - Without O(result_file) it is a file in the directory of the setting C(DEFAULT_LOCAL_TMP), if RV(result)
      is too large to be returned. Only its owner can read it, and Ansible removes it at the end of the run.
  returned: when O(result_file) is set, or the result of the task would have more than 300 kB
  type: str
  sample: build/result.json
  version_added: 0.10.0
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
            "hosts": {"type": "list", "elements": "str"},
            "entitlements": {"type": "raw"},
            "waivers": {"type": "raw"},
            "catalog": {"type": "raw"},
            "license_servers": {"type": "list", "elements": "dict"},
            "coverage": {"type": "str", "choices": ["report", "required"], "default": "report"},
            "coverage_exclude": {"type": "list", "elements": "dict"},
            "facts_files": {"type": "list", "elements": "str"},
            "facts_map": {"type": "raw"},
            "absent": {"type": "str", "choices": ["undetermined", "allowed", "violation"]},
            "coerce": {"type": "bool"},
            "max_age": {"type": "str"},
            "override": {"type": "raw"},
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
            "registered": {"type": "str"},
            "result_file": {"type": "path"},
        },
        supports_check_mode=True,
    )
    module.fail_json(
        msg="unicloud.usphere.license_compliance runs on the controller as an action plugin, and this module "
        "was called without it; call it by its full name from a task."
    )


if __name__ == "__main__":
    main()
