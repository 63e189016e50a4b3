# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_baseline
short_description: Accept the present findings for a limited time
version_added: 0.10.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Returns a C(Waivers) document with one waiver for each finding of a first C(ComplianceResult) that stops a
    run, so that from then on only new findings stop it.
  - Each waiver names its finding and its system, and a shortage may not grow beyond the present one. Findings
    that could not be decided are not part of it, since it is not known what they would accept.
positional: approver, ticket, reason, days
options:
  _input:
    description: The result, of P(unicloud.usphere.license_compliance#filter) or from a report in JSON.
    type: dict
    required: true
  approver:
    description: Who accepts the findings.
    type: str
    required: true
  ticket:
    description: The ticket in which that is recorded.
    type: str
    required: true
  reason:
    description: Why the findings are accepted for now.
    type: str
    default: Present before the check was introduced.
  days:
    description: For how many days, from the day of the result on. From V(1) to V(90).
    type: int
    default: 30
seealso:
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
  - plugin: unicloud.usphere.license_drift
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write waivers for the present findings
  vars:
    first: "{{ usphere | unicloud.usphere.license_compliance('vendor', host=inventory_hostname) }}"
  ansible.builtin.copy:
    content: "{{ first | unicloud.usphere.license_baseline('license office', 'LIC-500') | to_nice_yaml }}"
    dest: policies/baseline.yml
    mode: "0644"
"""

RETURN = r"""
_value:
  description: A C(Waivers) document for the option C(waivers) of a check.
  type: dict
  sample: {kind: Waivers, schema_version: 1, id: baseline, waivers: []}
"""

from ansible.errors import AnsibleFilterError


def license_baseline(result, approver, ticket, reason="Present before the check was introduced.", days=30):
    """Return waivers for the findings of ``result`` that stop a run."""
    # Loading the filters of this collection must be fast, so import the engine in the function.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.baseline import baseline

    try:
        return baseline(result, approver=approver, ticket=ticket, reason=reason, days=days)
    except PolicyError as error:
        raise AnsibleFilterError(f"license_baseline: {error.text()}") from None


class FilterModule:
    """The filter unicloud.usphere.license_baseline."""

    def filters(self):
        return {"license_baseline": license_baseline}
