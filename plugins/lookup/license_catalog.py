# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_catalog
short_description: Look up license requirements of a Usphere product, feature or scheme
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Reads the vendor's license catalog (table 1-1, R27, and the recommended schemes, R33 to R38). It has the
    products with their metric, packs and place of installation, the lowest edition that a feature needs, and
    the available upgrades.
  - An id may have several types, such as C(heterogeneous_migration), which is a product, a feature and a
    scheme; C(is) lists them.
options:
  _terms:
    description:
      - Ids of products, upgrades, features or schemes.
    type: list
    elements: str
    required: true
  version:
    description:
      - The version of the VMS manager, such as V(E0760P03). Without it the edition that heterogeneous
        migration needs (R28) is null, and C(by_version) lists the edition for each range of versions.
    type: str
  arch:
    description:
      - The architecture, V(x86_64) or V(aarch64). Default is both.
    type: str
  catalog:
    description:
      - A site's own rows, a C(LicenseCatalog) document, as a path, as data, or a list of those; each row
        overrides the shipped one of its product and architecture (R2). Its schema is
        C(schemas/catalog.schema.json).
      - A relative path is searched in C(files) and C(policies) of the role and next to the playbook, then in
        the working directory of the run.
      - It needs the Python library jsonschema on the controller.
    type: raw
seealso:
  - plugin: unicloud.usphere.license_purchase_plan
    plugin_type: filter
  - plugin: unicloud.usphere.license_policy
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show the license that storage-replication disaster recovery needs on ARM
  ansible.builtin.debug:
    msg: "{{ need.product }} per {{ need.metric }}, edition {{ need.edition }} or higher"
  vars:
    need: >-
      {{ lookup('unicloud.usphere.license_catalog', 'storage_replication_dr', version='E0760',
      arch='aarch64').needs[0] }}

- name: Show the edition that heterogeneous migration needs
  ansible.builtin.debug:
    msg: >-
      {{ lookup('unicloud.usphere.license_catalog', 'heterogeneous_migration',
      version=usphere.version.vms).needs[0].edition }}

- name: Show products of the site's own catalog
  ansible.builtin.debug:
    msg: "{{ lookup('unicloud.usphere.license_catalog', 'srm', catalog='catalog.yml').products }}"
"""

RETURN = r"""
_raw:
  description: One result for each term.
  type: list
  elements: dict
  contains:
    term:
      description: The id of the query.
      type: str
    is:
      description: The types of the id, from product, upgrade, feature and scheme.
      type: list
      elements: str
    version:
      description: The version of the query, or null.
      type: str
    arch:
      description: The architecture of the query, or null.
      type: str
    products:
      description:
        - The rows of the product, or of the products that license the feature or scheme, each with C(row)
          (its number in the table, null for a site's own), C(id), C(class), C(metric), C(installation),
          C(arch), C(feature), C(edition), C(from), C(to), C(packs), C(family), C(kinds), C(name_en) and
          C(name_zh).
      type: list
      elements: dict
    needs:
      description: The requirements of each feature.
      type: list
      elements: dict
      contains:
        feature:
          description: The feature.
          type: str
        edition:
          description: The lowest edition that it needs, null if it depends on an unknown version.
          type: str
          sample: enterprise
        confidence:
          description: V(stated) if the vendor documents it, V(low) if no release is known.
          type: str
        by_version:
          description: If the edition depends on the version, ranges of versions with the edition for each.
          type: list
          elements: dict
        product:
          description: The license product.
          type: str
        metric:
          description: The unit that it counts.
          type: str
        packs:
          description: The pack sizes that it is sold in, empty if any quantity is sold.
          type: list
          elements: int
        installation:
          description: V(remote) on a License Server, V(local) on the product's node.
          type: str
        arch_ok:
          description: V(yes), V(no) or V(unknown) for the architecture of the query, else null.
          type: str
        kinds:
          description: The kinds of license that exist for it.
          type: list
          elements: str
        scheme:
          description: The recommended scheme.
          type: str
        rules:
          description: The vendor's rules for these requirements.
          type: list
          elements: str
    schemes:
      description:
        - The schemes, each with C(id), C(rule), C(feature) and C(editions), which are null if they depend on
          an unknown version.
      type: list
      elements: dict
    upgrades:
      description: For an edition, the upgrades from it or to it, as rows.
      type: list
      elements: dict
    source:
      description: Source of the rows.
      type: str
"""

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    """The lookup unicloud.usphere.license_catalog."""

    def run(self, terms, variables=None, **kwargs):
        """Return the catalog entries for each term."""
        from ansible_collections.unicloud.usphere.plugins.plugin_utils import _licensing_filters as core
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.known_options import (
            refuse_unknown,
        )
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import files, vault
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import (
            catalog_query,
            options,
        )
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy import site_catalog

        self.set_options(var_options=variables, direct=kwargs)

        def look(folder, name):
            return self.find_file_in_search_path(variables, folder, name, ignore_missing=True)

        find = files.finder(look)

        def answers():
            refuse_unknown(kwargs, self._options, "the lookup")
            with vault.decrypting(vault.decrypter(self._loader._decrypt_if_vault_data, AnsibleError)):
                catalog = site_catalog.load_catalog(options.optional(self.get_option("catalog")), find)
            version, arch = (options.plain_text(self.get_option(name)) for name in ("version", "arch"))
            question = catalog_query.read_question(version, arch)
            return [catalog_query.answer(options.plain_text(term), question, catalog) for term in terms]

        try:
            return core.answered(answers)
        except core.FilterInputError as error:
            raise AnsibleLookupError(f"license_catalog: {error}") from None
