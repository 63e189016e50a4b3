# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_policy_test
short_description: Run the tests of a license policy and measure coverage and mutation score
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Runs the C(tests) of a policy document, and measures them. Coverage is the share of the verdicts (pass,
    fail, unknown, and not_applicable if there is a condition) of each rule and pool that the tests cover.
    The mutation score is the share of small changes to the policy (a limit changed by one, a keyword
    inverted, a condition removed, a mode or date changed) that make a test fail.
  - Only the policy's own rules and tests are measured, not those of a policy that it extends. A rule that
    the policy only overrides needs a test with a failure.
options:
  _terms:
    description:
      - V(vendor) for the policy that ships with the collection, the path of a policy document, or a policy
        as data. With a list, its last policy is tested, composed with the policies before it.
      - A relative path is searched in C(files) and C(policies) of the role and next to the playbook, then
        in the working directory.
    type: list
    elements: raw
    required: true
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those, if rules, pools or tests name a product that is missing in the shipped catalog (R2).
    type: raw
  language:
    description: The language of C(lines), V(en) or V(zh). Default follows the environment.
    type: str
requirements:
  - jsonschema >= 4.21 on the controller
seealso:
  - plugin: unicloud.usphere.license_policy
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Check the tests of the shipped policy and their mutation score
  ansible.builtin.assert:
    that:
      - report.tests.failed == []
      - report.coverage.percent == 100
      - report.mutation.percent >= 90
  vars:
    report: "{{ lookup('unicloud.usphere.license_policy_test', 'vendor') }}"
"""

RETURN = r"""
_raw:
  description: One report for each term.
  type: list
  elements: dict
  contains:
    policy:
      description: Id and version of the policy that was tested.
      type: dict
      sample: {id: vendor, version: 1.0.0}
    tests:
      description: Number of tests and expectations, and in C(failed) those that failed.
      type: dict
    coverage:
      description: >-
        Number of required and covered verdicts, C(missing) by rule or pool, and the total C(percent), rounded
        down.
      type: dict
    mutation:
      description: >-
        Number of mutants and number detected by a test, those that C(survived) with location and change,
        number C(refused) by the loader (they do not count), and the C(percent), rounded down.
      type: dict
    lines:
      description: The report as lines of text.
      type: list
      elements: str
"""

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    """The lookup unicloud.usphere.license_policy_test."""

    def run(self, terms, variables=None, **kwargs):
        """Return a test report for each term."""
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.known_options import (
            refuse_unknown,
        )
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import files, vault
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import options
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy import load
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.site_catalog import (
            load_catalog,
        )
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.testing import tests_report
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats import policy_tests

        self.set_options(var_options=variables, direct=kwargs)

        def look(folder, name):
            return self.find_file_in_search_path(variables, folder, name, ignore_missing=True)

        find = files.finder(look)

        try:
            refuse_unknown(kwargs, self._options, "the lookup")
            language = options.read_language(self.get_option("language"))
            with vault.decrypting(vault.decrypter(self._loader._decrypt_if_vault_data, AnsibleError)):
                own = load_catalog(options.optional(self.get_option("catalog")), find)
                policies = [load.load_policy(options.sources(term), find, own) for term in terms]
                reports = [tests_report.policy_report(policy, own) for policy in policies]
        except PolicyError as error:
            raise AnsibleLookupError(f"license_policy_test: {error.text()}") from None
        return [{**report, "lines": policy_tests.report_lines(report, language)} for report in reports]
