# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: to_opa
short_description: Convert a compliance result to an Open Policy Agent decision
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Returns C(allowed) and C(violations), the decision that automation controllers with policy enforcement
    read from Open Policy Agent. If C(allowed) is false, there is at least one violation, whatever the reason.
  - The Rego document C(policies/opa/license_compliance.rego) returns the same decision for a result that is
    passed to Open Policy Agent as input.
options:
  _input:
    description:
      - The result, as P(unicloud.usphere.license_compliance#filter) or C(result) of
        M(unicloud.usphere.license_compliance) returns it.
    type: dict
    required: true
  language:
    description: The language of messages, V(en) or V(zh). Default follows the environment.
    type: str
seealso:
  - plugin: unicloud.usphere.to_license_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the decision for a policy engine
  ansible.builtin.debug:
    msg: "{{ result | unicloud.usphere.to_opa }}"
  vars:
    result: "{{ usphere | unicloud.usphere.license_compliance('vendor', host=inventory_hostname) }}"
"""

RETURN = r"""
_value:
  description: The decision.
  type: dict
  contains:
    allowed:
      description: Whether no finding stops the play.
      type: bool
      sample: false
    violations:
      description: A message for each finding that stops it, with its system and rule.
      type: list
      elements: str
      sample: ["chengdu: R31 9 physical CPUs, 8 licensed (aarch64)"]
"""

from ansible.errors import AnsibleFilterError


def to_opa(result, language=None):
    """Return whether ``result`` allows the run to continue, and the violations if it does not."""
    # Loading the filters of this collection must be fast, so import the engine in the function.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import options
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats.as_opa import opa

    try:
        return opa(result, options.read_language(language))
    except PolicyError as error:
        raise AnsibleFilterError(f"to_opa: {error.text()}") from None


class FilterModule:
    """The filter unicloud.usphere.to_opa."""

    def filters(self):
        return {"to_opa": to_opa}
