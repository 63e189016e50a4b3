#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_info
short_description: Fetch the device information for a license activation request
version_added: 0.9.0
author:
  - unicloud.usphere maintainers (@unicloud)
description:
  - Fetches the device information (DID) of a License Server or of a product node, unchanged and under its
    own name.
  - An activation file is issued for one device, and the device information can change. Fetch it right
    before a request; M(unicloud.usphere.license_request) and M(unicloud.usphere.license_migration) fetch it
    themselves.
extends_documentation_fragment:
  - unicloud.usphere._connection
  - unicloud.usphere._connection.license_server
  - unicloud.usphere._handover.node
  - unicloud.usphere._attributes
  - unicloud.usphere._attributes.actiongroup_vms
attributes:
  check_mode:
    support: full
    details: The device is read, and no file is written.
  diff_mode:
    support: full
    details: The SHA-256 of the file before and after.
  idempotent:
    support: full
options:
  dest:
    description:
      - The directory for the file, on the host that runs the task. It is created if it is missing. Without it
        nothing is written.
      - An existing file with the same name is replaced with the current device information.
    type: path
seealso:
  - module: unicloud.usphere.license_request
"""

EXAMPLES = r"""
- name: Fetch the device information of a License Server
  unicloud.usphere.device_info:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    client_id: "{{ vault_usphere_client_id }}"
    client_secret: "{{ vault_usphere_client_secret }}"
    dest: /srv/usphere/device-information
  register: device

- name: Show the digest, which changes with the device
  ansible.builtin.debug:
    msg: "{{ device.sha256 }}"
"""

RETURN = r"""
file_name:
  description: The file's own name.
  returned: success
  type: str
  sample: ls-east.did
sha256:
  description: SHA-256 of its bytes; licenses show it as C(device).
  returned: success
  type: str
  sample: 947c337344590dc037335fcca08377e3e9ab1dd0e0ac8ea27c6bbf041f745783
size:
  description: Number of bytes.
  returned: success
  type: int
  sample: 412
path:
  description: Path of the file, in check mode the path that it would have. Null without O(dest).
  returned: success
  type: str
  sample: /srv/usphere/device-information/ls-east.did
certainty:
  description: Certainty of the call, V(documented), V(observed) or V(assumed).
  returned: success
  type: dict
  sample: {device_info: assumed}
failure:
  description: The reason of the failure, for use in conditions.
  returned: failure
  type: dict
  sample: {code: operation_unsupported, operation: device_info, profile: cas_e0710}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.unicloud.usphere.plugins.module_utils._argspec import (
    client_spec,
    connection_spec,
    node_spec,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._module import Module, Result, run
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.call_certainty import (
    certainty,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.endpoints import (
    LICENSE_SERVER_PORT,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.license_server import (
    license_store_api,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import device_info


def fetch(module: AnsibleModule) -> Result:
    """Fetch the device information and save it if a directory is given."""
    api = license_store_api(module.params)
    plan = device_info.decide(device_info.fetch(api), module.params["dest"])
    if plan.changed and not module.check_mode:
        device_info.apply(plan)
    return {
        "changed": plan.changed,
        "path": plan.path,
        "certainty": certainty(api.profile, ("device_info",)),
        **device_info.device_row(plan.file),
        **({"diff": device_info.device_diff(plan)} if module._diff else {}),
    }


def main() -> None:
    module = Module(
        argument_spec={
            **connection_spec(LICENSE_SERVER_PORT),
            **client_spec(),
            **node_spec(),
            "dest": {"type": "path"},
        },
        supports_check_mode=True,
    )
    run(module, fetch)


if __name__ == "__main__":
    main()
