# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_issued_files
short_description: Find the activation files that the license platform issued for requests
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Looks on the controller into the bundles that M(unicloud.usphere.license_request) wrote, and returns the
    activation files that a person has put into their folders C(issued), with what was asked for.
  - An activation file is opaque, so its place says what it is for. Where one bundle has several, nobody can
    say which key went into which, and nothing is said about their content.
  - A C(request.json) that was edited, or that belongs to another request than its bundle, is refused; so is
    what is no file.
  - Files whose names begin with a dot are left alone; copy under such a name and rename, and no run takes
    half a file.
options:
  _terms:
    description:
      - The folders with the bundles, as in O(unicloud.usphere.license_request#module:dest). One that is
        missing has nothing in it yet.
    type: list
    elements: path
    required: true
  product_node:
    description:
      - Return the files for the node of this product. Without it those for License Servers are returned.
    type: str
  with_request:
    description:
      - Add RV(_raw[].request) to each entry, which names the request that the file answers. Without it the
        entries are just what M(unicloud.usphere.license) takes.
    type: bool
    default: false
    version_added: 1.0.0
seealso:
  - module: unicloud.usphere.license_request
  - module: unicloud.usphere.license
"""

EXAMPLES = r"""
- name: Install what has arrived for the License Server
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
    - One entry for each file, in the order of their paths, as
      O(unicloud.usphere.license#module:activation_files) takes it.
  type: list
  elements: dict
  contains:
    path:
      description: Where it lies.
      type: str
      sample: /srv/usphere/requests/ls-east-5f2d9c01ab/issued/USPHERE7_20261124091500.ak
    expect:
      description: What was asked for, as a list; null if the request leaves that open.
      type: list
      elements: dict
    request:
      description: The request that the file answers, if O(with_request) asks for it.
      type: dict
      contains:
        bundle: {description: The folder of its bundle., type: str}
        recognized_by:
          description:
            - How that is known. V(place) is the folder C(issued) that the file is in; V(name) says that the
              name of the bundle confirms its C(request.json), too.
          type: list
          elements: str
        sha256: {description: SHA-256 of the file., type: str}
"""

import os

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.unicloud.usphere.plugins.module_utils._module import sentence
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    ArtifactError,
    InvalidRequest,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.issued import issued


class LookupModule(LookupBase):
    """The lookup unicloud.usphere.license_issued_files."""

    def run(self, terms, variables=None, **kwargs):
        """Return the activation files in the bundles of each folder."""
        self.set_options(var_options=variables, direct=kwargs)
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
