# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_policy
short_description: Load, resolve and check a license policy
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Reads policy documents (YAML or JSON) and the policies that they extend, checks them and returns one
    resolved policy for each term. The filter, the test and the module return the same decisions with it as
    with the documents.
  - Every error is reported with file and line. A misspelled keyword or fact is an error, never a silent
    pass.
options:
  _terms:
    description:
      - V(vendor) for the policy that ships with the collection, the path of a policy document, a policy
        as data, or a list of those, which is composed left to right into one.
      - A JSON Schema of draft-04, -06, -07, 2019-09 or 2020-12 is a policy, too. The resolved policy then
        contains it with all files that it refers to.
      - A relative path is searched in C(files) and C(policies) of the role and next to the playbook, then in
        the working directory of the run.
    type: list
    elements: raw
    required: true
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those, for pools that count a product that is missing in the shipped catalog (R2).
    type: raw
    version_added: 0.9.0
requirements:
  - jsonschema >= 4.21 on the controller
seealso:
  - module: unicloud.usphere.license_compliance
  - plugin: unicloud.usphere.license_compliance
    plugin_type: filter
"""

EXAMPLES = r"""
- name: List the rules of the shipped policy
  ansible.builtin.debug:
    msg: "{{ lookup('unicloud.usphere.license_policy', 'vendor').rules | map(attribute='id') }}"

- name: Compose the shipped policy and the site's own policy
  ansible.builtin.set_fact:
    policy: "{{ lookup('unicloud.usphere.license_policy', ['vendor', 'policies/production.yml']) }}"
"""

RETURN = r"""
_raw:
  description: One resolved C(LicensePolicy) for each term; its schema is C(schemas/policy.schema.json).
  type: list
  elements: dict
  sample:
    - {kind: LicensePolicy, id: production, version: 1.2.0, rules: [{id: production-edition, severity: high}]}
"""

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    """The lookup unicloud.usphere.license_policy."""

    def run(self, terms, variables=None, **kwargs):
        """Return a resolved policy for each term."""
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

        self.set_options(var_options=variables, direct=kwargs)

        def look(folder, name):
            return self.find_file_in_search_path(variables, folder, name, ignore_missing=True)

        find = files.finder(look)

        try:
            refuse_unknown(kwargs, self._options, "the lookup")
            with vault.decrypting(vault.decrypter(self._loader._decrypt_if_vault_data, AnsibleError)):
                own = load_catalog(options.optional(self.get_option("catalog")), find)
                return [load.flatten(load.load_policy(options.sources(term), find, own)) for term in terms]
        except PolicyError as error:
            raise AnsibleLookupError(f"license_policy: {error.text()}") from None
