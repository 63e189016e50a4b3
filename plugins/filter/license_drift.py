# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_drift
short_description: Compare two compliance results
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Compares an earlier C(ComplianceResult) with a later one.
  - Findings are matched by their fingerprint, which excludes values, dates, texts and the policy's version.
  - A finding that is no longer reported counts as fixed only if its check passes now.
positional: before
options:
  _input:
    description: The later result, of P(unicloud.usphere.license_compliance#filter) or from a report in JSON.
    type: dict
    required: true
  before:
    description: The earlier result.
    type: dict
    required: true
seealso:
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
  - plugin: unicloud.usphere.license_what_if
    plugin_type: filter
"""

EXAMPLES = r"""
- name: List findings that are new since yesterday
  vars:
    today: "{{ usphere | unicloud.usphere.license_compliance('vendor', host=inventory_hostname) }}"
    yesterday: "{{ lookup('ansible.builtin.file', 'reports/yesterday.json') | from_json }}"
    drift: "{{ today | unicloud.usphere.license_drift(yesterday) }}"
  ansible.builtin.debug:
    msg: "{{ (drift.new + drift.newly_unknown) | map(attribute='message.en') }}"
"""

RETURN = r"""
_value:
  description: The comparison.
  type: dict
  contains:
    same:
      description: Whether nothing changed except times and digests.
      type: bool
      sample: false
    before:
      description: Time, decision and digests of the earlier result.
      type: dict
    after:
      description: Time, decision and digests of the later result.
      type: dict
    new:
      description: Findings that did not exist before, or that only warned or could not be decided.
      type: list
      elements: dict
    newly_unknown:
      description: Findings that can no longer be decided.
      type: list
      elements: dict
    fixed:
      description: Earlier findings whose checks pass now.
      type: list
      elements: dict
    changed:
      description: Findings with other values, verdict or effect, C(before) and C(after).
      type: list
      elements: dict
    ended:
      description:
        - Earlier findings that are no longer reported although their checks do not pass, each with C(why),
          which is V(subject_gone), V(check_gone), V(off), V(not_applicable), V(unknown), or V(elsewhere) if
          the check has other findings.
      type: list
      elements: dict
    decisions:
      description: Subjects whose decision changed, with C(before) and C(after); V(null) if missing.
      type: list
      elements: dict
"""

from ansible.errors import AnsibleFilterError


def license_drift(after, before):
    """Return the changes from ``before`` to ``after``."""
    # Loading the filters of this collection must be fast, so import the engine in the function.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.drift import drift

    try:
        return drift(before, after)
    except PolicyError as error:
        raise AnsibleFilterError(f"license_drift: {error.text()}") from None


class FilterModule:
    """The filter unicloud.usphere.license_drift."""

    def filters(self):
        return {"license_drift": license_drift}
