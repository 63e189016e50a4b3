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
  - An entry that cannot be used is a problem. That is an entry that is not a file, an empty file, or a bundle
    whose C(request.json) is missing, was edited, or belongs to another request. So is a file that has the
    same name or content as another one for the same server.
  - By default the lookup fails if there is a problem, and names each of them. O(with_problems) returns the
    other files together with the problems, so that one entry does not stop the others.
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
  with_problems:
    description:
      - Return one entry with RV(_raw[].files) and RV(_raw[].problems). Without it the lookup fails if there
        is a problem.
      - The playbook must then report the problems, since the lookup does not.
    type: bool
    default: false
    version_added: 1.0.0
  devices:
    description:
      - The devices that are known, as the products of product nodes, and as an empty string for the License
        Server. A file for another device is then a problem, since no task installs it.
    type: list
    elements: str
    version_added: 1.0.0
  installed:
    description:
      - SHA-256 of files that are installed already, as M(unicloud.usphere.license_info) returns them with the
        licenses. These files are left out.
    type: list
    elements: str
    default: []
    version_added: 1.0.0
  catalog:
    description:
      - A site's own rows of the license catalog, as in O(unicloud.usphere.license#module:catalog), which
        requests may name.
    type: list
    elements: dict
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

- name: Install the usable files, then fail if an entry cannot be used
  block:
    - name: Install the usable files
      unicloud.usphere.license:
        host: 10.1.0.5
        username: automation
        password: "{{ vault_usphere_password }}"
        activation_files: "{{ arrived.files }}"
      when: arrived.files | length > 0

    - name: Fail if an entry cannot be used
      ansible.builtin.assert:
        that: arrived.problems | length == 0
        fail_msg: "{{ arrived.problems | map(attribute='message.en') | join('; ') }}"
  vars:
    requests: /srv/usphere/requests
    arrived: "{{ query('unicloud.usphere.license_issued_files', requests, with_problems=true) | first }}"
"""

RETURN = r"""
_raw:
  description:
    - One entry for each file, in the order of their paths, in the form of
      O(unicloud.usphere.license#module:activation_files).
    - With O(with_problems) one entry that has C(files), which are these entries, and C(problems).
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
        product_node:
          description: The product whose node the file is for; null for a License Server.
          type: str
        sha256: {description: SHA-256 of the file., type: str}
    files: {description: "The entries of the files, if O(with_problems) is set.", type: list, elements: dict}
    problems:
      description: The entries that cannot be used, if O(with_problems) is set.
      type: list
      elements: dict
      contains:
        path: {description: "Path of the entry, or of the C(request.json) of its bundle.", type: str}
        code: {description: "Code of the message, such as V(issued_entry_no_file).", type: str}
        message: {description: "The message by language, C(en) and C(zh).", type: dict}
"""

import os

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.site_rows import site_rows
from ansible_collections.unicloud.usphere.plugins.module_utils._module import sentence, sentences
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.issued import (
    issued,
    problem_row,
    without_copies,
    without_device,
)
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
        files, problems = self._find([os.path.abspath(os.path.expanduser(str(term))) for term in terms])
        request = self.get_option("with_request")
        rows = [{**file.row(), **({"request": file.request_row()} if request else {})} for file in files]
        if self.get_option("with_problems"):
            return [{"files": rows, "problems": [problem_row(problem) for problem in problems]}]
        if problems:
            messages = "; ".join(row["message"] for row in sentences(problems))
            raise AnsibleLookupError(f"license_issued_files: {messages}")
        return rows

    def _find(self, folders):
        """Return the files to install on the server, and the problems of all directories."""
        try:
            catalog = site_rows(self.get_option("catalog") or ())
        except LicensingError as error:
            raise AnsibleLookupError(f"license_issued_files: {sentence(error)}") from None
        read = [issued(folder, catalog) for folder in dict.fromkeys(folders)]
        node, installed = self.get_option("product_node") or None, set(self.get_option("installed"))
        files = [file for each in read for file in each.files]
        problems = [problem for each in read for problem in each.problems]
        if self.get_option("devices") is not None:
            problems += without_device(files, self.get_option("devices"))
        usable = without_copies(f for f in files if f.node == node and f.sha256 not in installed)
        return usable.files, [*problems, *usable.problems]
