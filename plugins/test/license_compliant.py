# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_compliant
short_description: Test whether the facts of a system comply with a license policy
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - True if all values that the policy requires are known and comply. An undetermined system is not compliant.
  - With several hosts, a host that has the facts of another host is not compliant, nor are hosts with equal
    facts without a subject.
  - An error (facts or a policy that cannot be read, a policy that does not apply to the system) raises an
    exception; for a C(LicensePolicy), so do facts in your own words without O(facts_map).
extends_documentation_fragment:
  - unicloud.usphere._judging
  - unicloud.usphere._judging.template
  - unicloud.usphere._judging.schema
  - unicloud.usphere._judging.age
positional: policy
options:
  _input:
    description: The facts of a system (C(HostFacts), the variable C(usphere)), or of several as a list
      or mapping. For a node also the facts of M(ansible.builtin.setup). Also host variables, and with
      O(facts_map) facts in your own words, as P(unicloud.usphere.license_compliance#filter) reads them.
    type: raw
    required: true
seealso:
  - module: unicloud.usphere.license_compliance
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Continue only if the licenses comply
  ansible.builtin.include_tasks: upgrade.yml
  when: usphere is unicloud.usphere.license_compliant('vendor', horizon='30d')

- name: Check the license policy
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
from ansible.utils.display import Display

try:
    from ansible.template import is_trusted_as_template
except ImportError:
    # Before ansible-core 2.19, every text that is not marked as unsafe is a template.
    def is_trusted_as_template(value):
        """Return whether Ansible would template the text."""
        return not getattr(value, "__UNSAFE__", False)


# Templates set the parameters by name, so each option is one parameter.
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
    facts_map=None,
    absent=None,
    coerce=None,
    max_age=None,
):
    """Return whether ``facts`` comply with ``policy``."""
    # Loading the tests of this collection must be fast, so import the engine in the function.
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
                "entitlements": entitlements,
                "waivers": waivers,
                "license_servers": license_servers,
                "catalog": catalog,
                "absent": absent,
                "coerce": coerce,
                "max_age": max_age,
            }
        )
        for warning in run.policy.warnings("en"):
            Display().warning(warning)
        # The result is a boolean without the name of the system, so any name is suitable.
        subjects = given_facts.read_given(
            facts,
            options.read_host(host),
            default="system",
            fact_map=options.read_map(facts_map),
            names=run.policy.own_names,
            reader=given_facts.VariableReader(
                template_check(is_trusted_as_template),
                reserved_check(C.INTERNAL_STATIC_VARS, is_reserved_name),
            ),
        )
        if run.policy.own_names is None:
            given_facts.refuse_own_words(subjects)
        result = evaluate_fleet.evaluate(subjects, run)
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
