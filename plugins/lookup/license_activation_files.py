# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_activation_files
short_description: Find activation files of migrated licenses
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Searches a directory on the controller for activation files, and returns those for the licenses of a
    migration in the form of O(unicloud.usphere.license_migration#module:activation_files).
  - An activation file is opaque, so its path identifies the license. Save a file in C(LICENSE_ID/); a part of
    a license in C(LICENSE_ID/destination/) or C(LICENSE_ID/source/); and if several parts have the same
    destination, in C(LICENSE_ID/destination/QUANTITY/).
  - Files whose names begin with a dot are ignored. To prevent the use of an incomplete file, copy it with
    such a name, then rename it.
  - Ids are unique on one License Server only, so use a separate directory for each License Server.
options:
  _terms:
    description: The directories. A missing directory counts as empty.
    type: list
    elements: path
    required: true
  license_ids:
    description: The licenses to migrate, by their ids on the source. Directories of other ids are ignored.
    type: list
    elements: str
    required: true
notes:
  - A file directly in the directory belongs to no license. It is ignored with a warning.
seealso:
  - module: unicloud.usphere.license_migration
  - plugin: unicloud.usphere.license_migrations
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Migrate two licenses with the activation files that have arrived
  unicloud.usphere.license_migration:
    journal: /srv/usphere/journal
    username: automation
    password: "{{ vault_usphere_password }}"
    source: {host: 10.1.0.5}
    destination: {host: 10.2.0.5}
    license_ids: "{{ moving }}"
    activation_files: "{{ query('unicloud.usphere.license_activation_files', folder, license_ids=moving) }}"
  vars:
    folder: /srv/usphere/transferred/ls-east
    moving: [LS-000123, LS-000124]
"""

RETURN = r"""
_raw:
  description: One entry for each file, in the order of their paths.
  type: list
  elements: dict
  contains:
    path:
      description: Path of the file.
      type: str
      sample: /srv/usphere/transferred/ls-east/LS-000123/USPHERE7_20261124091500.ak
    license_id: {description: The license of the file., type: str}
    to:
      description: V(source) or V(destination), if the path contains it.
      type: str
    quantity:
      description: The quantity of the part, if the path contains it.
      type: int
"""

import os

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.unicloud.usphere.plugins.module_utils._module import sentence
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.drop_directory import (
    dropped,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.known_options import refuse_unknown
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.number_ranges import InvalidOption

display = Display()


class LookupModule(LookupBase):
    """The lookup unicloud.usphere.license_activation_files."""

    def run(self, terms, variables=None, **kwargs):
        """Return the activation files in each directory."""
        self.set_options(var_options=variables, direct=kwargs)
        try:
            refuse_unknown(kwargs, self._options, "the lookup")
        except InvalidOption as error:
            raise AnsibleLookupError(f"license_activation_files: {error.text()}") from None
        license_ids = [str(ident) for ident in self.get_option("license_ids")]
        found = []
        for term in terms:
            try:
                there = dropped(os.path.abspath(os.path.expanduser(str(term))), license_ids)
            except InvalidRequest as error:
                raise AnsibleLookupError(f"license_activation_files: {sentence(error)}") from None
            for warning in there.warnings:
                display.warning(sentence(warning))
            found += [file.row() for file in there.files]
        return found
