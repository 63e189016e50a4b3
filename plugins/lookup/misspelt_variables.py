# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: misspelt_variables
short_description: Find misspelt variables of the roles and playbooks of this collection
version_added: 0.10.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Checks the names of the variables of the play's hosts. Values are not read and templates are not
    rendered.
  - A variable whose name begins with C(license_compliance_), C(license_install_), C(license_report_) or
    C(license_migrate_) and that is not an option of that role is an error, which names the nearest option.
    Without this check the default of the misspelt option would be in force.
  - An extra variable (C(-e)) that differs from a variable of this collection in one character is an error,
    and so is one with the name of an internal variable. Other variables that differ in one character are
    returned, and a warning is displayed for each.
  - An empty C(usphere_hosts) is an error.
  - Variables of your own with such names are listed in C(usphere_own_variables), a list of names without
    templates.
  - The roles call this lookup themselves, and M(unicloud.usphere.license_compliance) does the same check.
options:
  _terms:
    description: Must be empty.
    type: list
    elements: str
  language:
    description: The language of the messages. Default follows the controller's locale.
    type: str
    choices: [en, zh]
seealso:
  - module: unicloud.usphere.license_compliance
"""

EXAMPLES = r"""
- name: Check the names of the variables once
  ansible.builtin.assert:
    that: query('unicloud.usphere.misspelt_variables') | length == 0
    fail_msg: The inventory has misspelt variables; see the warnings.
  run_once: true
"""

RETURN = r"""
_raw:
  description: A sentence for each variable that differs from one of this collection in one character.
  type: list
  elements: str
  sample: []
"""

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars


class LookupModule(LookupBase):
    """The lookup unicloud.usphere.misspelt_variables."""

    def run(self, terms, variables=None, **kwargs):
        """Return a sentence for each variable that may be misspelt."""
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.known_options import (
            refuse_unknown,
        )
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import options
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._run_checks.variable_names import (
            VariableNames,
        )

        self.set_options(var_options=variables, direct=kwargs)
        variables = variables or {}
        try:
            refuse_unknown(kwargs, self._options, "the lookup")
        except PolicyError as error:
            raise AnsibleLookupError(f"misspelt_variables: {error.text()}") from None
        if terms:
            raise AnsibleLookupError("misspelt_variables: this lookup has no terms; remove them")
        extra = frozenset(map(str.__str__, load_extra_vars(self._loader)))
        names = VariableNames(extra, extra)
        names.add(variables)
        hostvars = variables.get("hostvars", {})
        for host in variables.get("ansible_play_hosts_all", ()):
            # Raw values: templating the variables of all hosts would take most of the time.
            names.add(hostvars.raw_get(host) if hasattr(hostvars, "raw_get") else hostvars.get(host))
        try:
            warnings = names.check(options.read_language(self.get_option("language")))
        except PolicyError as error:
            raise AnsibleLookupError(f"misspelt_variables: {error.text()}") from None
        for warning in warnings:
            Display().warning(warning)
        return warnings
