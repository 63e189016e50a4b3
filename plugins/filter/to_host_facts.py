# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: to_host_facts
short_description: Convert facts in your own words to HostFacts with a FactMap
version_added: 0.10.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Returns the facts of one host as C(HostFacts), the form in which license rules read them. The map states
    where each fact is in your own facts.
  - A fact that is missing in your own facts is listed under C(unknown) with its reason, never as false.
  - C(source.x-fact_map) of the result has the own pointer of each fact and the facts that the map states
    itself.
  - Only one host is converted. The action M(unicloud.usphere.license_compliance) unites hosts that are nodes
    of one system (C(system) of the map).
positional: facts_map
options:
  _input:
    description: The own facts of one host.
    type: dict
    required: true
  facts_map:
    description:
      - A C(FactMap) document, as a path or as data; V(flat) for the variables C(cpu_count), C(arch),
        C(version), C(edition), C(features) and C(licenses), or V(ansible_facts) for the facts of
        M(ansible.builtin.setup).
      - A relative path is relative to the working directory of the run.
    type: raw
    required: true
  host:
    description: The name of the host, the subject of the facts.
    type: str
    required: true
requirements:
  - jsonschema >= 4.21 on the controller
seealso:
  - module: unicloud.usphere.license_compliance
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the facts that license rules read
  ansible.builtin.debug:
    msg: "{{ node_facts | unicloud.usphere.to_host_facts('flat', host='node-1') }}"
  vars:
    node_facts: {cpu_count: 2, arch: x86_64, version: E0760P03, features: [srm]}

- name: Show which facts are unknown with a map of your own
  ansible.builtin.debug:
    msg: "{{ (node_facts | unicloud.usphere.to_host_facts(map, host='node-1')).unknown }}"
  vars:
    node_facts: {cpu_count: 2}
    map:
      kind: FactMap
      id: cmdb
      facts:
        /hosts/0/cpu_sockets: {from: /cpu_count}
        /hosts/0/arch: {from: /arch, values: {x86: x86_64}}
"""

RETURN = r"""
_value:
  description: The C(HostFacts) of the host; their schema is C(schemas/host_facts.schema.json).
  type: dict
  contains:
    subject:
      description: Kind and name of the host.
      type: dict
      sample: {kind: node, id: node-1}
    hosts:
      description: The host as a row of CVK hosts.
      type: list
      elements: dict
      sample: [{id: node-1, name: node-1, arch: x86_64, cpu_sockets: 2}]
    unknown:
      description: Unknown facts by JSON pointer, each with its reason; missing if there are none.
      type: dict
      sample: {/hosts/0/arch: {reason: absent}}
"""

from ansible.errors import AnsibleFilterError


def to_host_facts(facts, facts_map, host=None):
    """Return the HostFacts of one host from facts in the site's own words."""
    # Loading the filters of this collection must be fast, so import the engine in the function.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import options
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects import mapped_hosts

    try:
        fact_map = options.read_map(facts_map)
        return mapped_hosts.host_facts(fact_map, facts, options.read_host(host))
    except PolicyError as error:
        raise AnsibleFilterError(f"to_host_facts: {error.text()}") from None


class FilterModule:
    """The filter unicloud.usphere.to_host_facts."""

    def filters(self):
        return {"to_host_facts": to_host_facts}
