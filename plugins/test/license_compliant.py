# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_compliant
short_description: Whether the facts of a system comply with a license policy
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - True if everything that the policy requires is known and holds. What cannot be decided is not compliant.
  - An error (facts or a policy that cannot be read, a policy that does not concern the system) is raised
    rather than answered.
positional: policy
options:
  _input:
    description: The facts of a system (C(HostFacts), the variable C(usphere)), or of several as a list
      or mapping. For a node what M(ansible.builtin.setup) gathered does too.
    type: raw
    required: true
  policy:
    description:
      - V(vendor) for the policy that ships with the collection, the path of a policy document, a policy
        as data (see P(unicloud.usphere.license_policy#lookup)), or a list of those, composed left to right.
      - A bare JSON Schema 2020-12 of what a system has to look like is a policy too.
      - A relative path is looked for in the working directory of the run. The lookup finds files beside the
        playbook.
    type: raw
    required: true
  as_of:
    description: The instant to judge at, in ISO 8601; now if left out.
    type: str
  horizon:
    description: How far ahead a lapse counts, in days, such as V(30d) or V(30).
    type: raw
  host:
    description: The system that the facts are about, where they do not name their subject themselves.
    type: str
  entitlements:
    description:
      - What was bought, an C(Entitlements) document, as a path, as data, or a list of those. Its grants are
        judged beside the systems (R24 to R26), and its systems count in pools even if nobody read them.
    type: raw
  waivers:
    description:
      - Findings that are accepted for a time, a C(Waivers) document, as a path, as data, or a list of those.
        A waived finding stays in the result and blocks no more; the result says which waivers are active,
        expiring, expired or unused.
    type: raw
  catalog:
    description:
      - A site's own rows of the license catalogue, a C(LicenseCatalog) document, as a path, as data, or a
        list of those; each row overrides the shipped one of its product and architecture (R2). The systems,
        O(entitlements) and what to buy are judged by it.
      - A relative path is looked for in the working directory of the run.
    type: raw
  license_servers:
    description:
      - What M(unicloud.usphere.license_info) returned of License Servers, with C(server), C(licenses) and
        C(clients). Whether their fixed licenses can be held whole by one client is judged beside the systems
        (R25).
    type: list
    elements: dict
requirements:
  - jsonschema >= 4.21 on the controller
seealso:
  - module: unicloud.usphere.license_compliance
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Go on only where the licenses are in order
  ansible.builtin.include_tasks: upgrade.yml
  when: usphere is unicloud.usphere.license_compliant('vendor', horizon='30d')

- name: Say so early
  ansible.builtin.assert:
    that: usphere is unicloud.usphere.license_compliant(policy)
  vars:
    policy: "{{ lookup('unicloud.usphere.license_policy', 'policies/production.yml') }}"
"""

RETURN = r"""
_value:
  description: Whether the decision is C(compliant).
  type: bool
  sample: true
"""

from ansible.errors import AnsibleFilterError


def license_compliant(
    facts,
    policy,
    as_of=None,
    horizon=None,
    host=None,
    entitlements=None,
    waivers=None,
    license_servers=None,
    catalog=None,
):
    """Return whether ``facts`` comply with ``policy``."""
    # Loading the tests of this collection must stay cheap: the engine is imported when it is used.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy import gate, load, options, sources
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.catalogs import load_catalog
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.entitlements import (
        load_entitlements,
    )
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.errors import PolicyError
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.servers import read_servers
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.waivers import load_waivers

    try:
        instant = options.read_as_of(as_of)
        # A yes or no needs no name for the system.
        subjects = sources.host_inputs(facts, host, default="system")
        own = load_catalog(options.sources(catalog))
        result = gate.evaluate(
            subjects,
            load.load_policy(options.sources(policy), catalog=own),
            instant,
            options.read_horizon(horizon),
            waivers=load_waivers(options.sources(waivers)),
            entitlements=load_entitlements(options.sources(entitlements), catalog=own),
            servers=read_servers(license_servers, instant),
            catalog=own,
        )
    except PolicyError as error:
        raise AnsibleFilterError(f"license_compliant: {error.text()}") from None
    if result["decision"] == "error":
        errors = [*result["errors"], *(each for each in result["findings"] if each["verdict"] == "error")]
        sentences = "\n".join(each["message"]["en"] for each in errors)
        raise AnsibleFilterError(f"license_compliant: {sentences}")
    return result["decision"] == "compliant"


class TestModule:
    """The test unicloud.usphere.license_compliant."""

    def tests(self):
        return {"license_compliant": license_compliant}
