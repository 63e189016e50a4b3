# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_issued_files
short_description: Find activation files issued for license activation requests
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Searches the bundles of M(unicloud.usphere.license_request) on the controller, and returns the
    activation files that the operator saved in their directories C(issued), with the requested licenses.
  - An activation file is opaque, so its path identifies the request. If one bundle has several files, the
    key of each file is unknown, and C(expect) is null.
  - A C(request.json) that was edited, or that belongs to another request than its bundle, is refused, and so
    is an entry that is not a file.
  - Files whose names begin with a dot are ignored. To prevent the use of an incomplete file, copy it with
    such a name, then rename it.
options:
  _terms:
    description:
      - The directories with the bundles, as in O(unicloud.usphere.license_request#module:dest). A missing
        directory counts as empty.
    type: list
    elements: path
    required: true
  product_node:
    description:
      - Return the files for the node of this product. By default the files for License Servers are returned.
    type: str
  with_request:
    description:
      - Add RV(_raw[].request) to each entry, which names the request of the file. Without it the entries have
        only the keys that M(unicloud.usphere.license) accepts.
    type: bool
    default: false
    version_added: 1.0.0
seealso:
  - module: unicloud.usphere.license_request
  - module: unicloud.usphere.license
"""

EXAMPLES = r"""
- name: Install the activation files issued for the License Server
  unicloud.usphere.license:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    activation_files: "{{ arrived }}"
  vars:
    arrived: "{{ query('unicloud.usphere.license_issued_files', '/srv/usphere/requests') }}"
  when: arrived | length > 0
"""

RETURN = r"""
_raw:
  description:
    - One entry for each file, in the order of their paths, in the form of
      O(unicloud.usphere.license#module:activation_files).
  type: list
  elements: dict
  contains:
    path:
      description: Path of the file.
      type: str
      sample: /srv/usphere/requests/ls-east-5f2d9c01ab/issued/USPHERE7_20261124091500.ak
    expect:
      description: The requested licenses, as a list; null if the request does not determine them.
      type: list
      elements: dict
    request:
      description: The request of the file, if O(with_request) is set.
      type: dict
      contains:
        bundle: {description: The directory of its bundle., type: str}
        recognized_by:
          description:
            - How the request was identified. V(place) is the directory C(issued) of the file; V(name) means
              that the name of the bundle also matches its C(request.json).
          type: list
          elements: str
        sha256: {description: SHA-256 of the file., type: str}
"""

import os

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.unicloud.usphere.plugins.module_utils._module import sentence
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ArtifactError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.issued import issued
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.known_options import refuse_unknown
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.number_ranges import InvalidOption


class LookupModule(LookupBase):
    """The lookup unicloud.usphere.license_issued_files."""

    def run(self, terms, variables=None, **kwargs):
        """Return the activation files in the bundles of each directory."""
        self.set_options(var_options=variables, direct=kwargs)
        try:
            refuse_unknown(kwargs, self._options, "the lookup")
        except InvalidOption as error:
            raise AnsibleLookupError(f"license_issued_files: {error.text()}") from None
        found = []
        for term in terms:
            try:
                files = issued(os.path.abspath(os.path.expanduser(str(term))))
            except (ArtifactError, InvalidRequest) as error:
                raise AnsibleLookupError(f"license_issued_files: {sentence(error)}") from None
            node = self.get_option("product_node") or None
            wanted = [file for file in files if file.node == node]
            if self.get_option("with_request"):
                found += [{**file.row(), "request": file.request_row()} for file in wanted]
            else:
                found += [file.row() for file in wanted]
        return found
