# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_migrations
short_description: List migrations and their state
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Reads journals of M(unicloud.usphere.license_migration) on the controller and returns every migration with
    the manual steps that are due now. No License Server is read and nothing is written.
  - A migration whose record is damaged has the state V(unreadable) and the reason.
options:
  _terms:
    description: The directories of the journals.
    type: list
    elements: path
    required: true
  states:
    description: Only migrations in one of these states.
    type: list
    elements: str
  activation_folder:
    description:
      - The directory for the activation files of the license platform, where
        P(unicloud.usphere.license_activation_files#lookup) finds them.
      - C(now) then has the directory for each file, and so does C(activation_folder) of each waiting part.
    type: path
    version_added: 0.9.0
  language:
    description: The language of C(now).
    type: str
    choices: [en, zh]
    default: en
seealso:
  - module: unicloud.usphere.license_migration
  - module: unicloud.usphere.license_info
  - plugin: unicloud.usphere.license_activation_files
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: List migrations that wait for a manual step
  ansible.builtin.debug:
    msg: "{{ item.license_ids | join(', ') }}: {{ item.now | map(attribute='message') | join(' ') }}"
  loop: "{{ query('unicloud.usphere.license_migrations', '/srv/usphere/journal', states=waiting) }}"
  loop_control: {label: "{{ item.id }}"}
  vars: {waiting: [waiting_for_activation_file]}
"""

RETURN = r"""
_raw:
  description: One entry for each migration, as in RV(unicloud.usphere.license_migration#module:migrations).
  type: list
  elements: dict
  sample:
    - {id: ls-east.LS-000123-5f2d9c01ab, state: waiting_for_activation_file, license_ids: [LS-000123]}
"""

import os

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.unicloud.usphere.plugins.module_utils._module import sentence, sentences
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.journal import (
    Journal,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.journal_reader import (
    JournalError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import migration_rows
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.known_options import refuse_unknown
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.number_ranges import InvalidOption


class LookupModule(LookupBase):
    """The lookup unicloud.usphere.license_migrations."""

    def run(self, terms, variables=None, **kwargs):
        """Return the migrations of each journal."""
        self.set_options(var_options=variables, direct=kwargs)
        try:
            refuse_unknown(kwargs, self._options, "the lookup")
        except InvalidOption as error:
            raise AnsibleLookupError(f"license_migrations: {error.text()}") from None
        states, language = self.get_option("states"), self.get_option("language")
        folder = self.get_option("activation_folder")
        folder = None if folder is None else os.path.abspath(os.path.expanduser(str(folder)))
        found = []
        for term in terms:
            journal = Journal(os.path.expanduser(str(term)))
            try:
                found += migration_rows.survey_rows(journal, sentences, language, folder)
            except JournalError as error:
                raise AnsibleLookupError(f"license_migrations: {sentence(error)}") from None
        return [row for row in found if states is None or row["state"] in states]
