#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license_request
short_description: Create a license activation request
version_added: 0.9.0
author:
  - unicloud.usphere maintainers (@unicloud)
description:
  - Creates a bundle of license keys, device information and contract number, with the manual steps on the
    license platform, and checks the request first. A fixed license is not split (R25), the requested quantity
    does not exceed the purchased quantity (R26), and a hot-standby pair has a contract number (R23).
  - The same request creates the same bundle, so a second run changes nothing. If the device, a key, a
    quantity or another option has changed, the request has changed, and a new bundle is created next to the
    old one.
  - A bundle is created and completed atomically, and its files are read back. If a run is killed, no
    incomplete bundle is visible, and the next run for the same O(dest) removes or completes what it left. A
    bundle that was edited, or that contains device information of another device, is refused.
  - Nothing is sent to the platform, which is a web site, and nothing is changed on the device.
extends_documentation_fragment:
  - unicloud.usphere._connection
  - unicloud.usphere._connection.license_server
  - unicloud.usphere._handover.node
  - unicloud.usphere._catalog
  - unicloud.usphere._attributes
  - unicloud.usphere._attributes.actiongroup_vms
attributes:
  check_mode:
    support: full
    details: The device is read and the rules are checked, and no file is written.
  diff_mode:
    support: full
    details: The files of the bundle before and after.
  idempotent:
    support: full
options:
  host:
    description:
      - The License Server, or the product node, that the licenses are for. Not needed with
        O(device_information).
      - Falls back to the environment variable E(USPHERE_HOST).
    type: str
    required: false
  username:
    description:
      - The account to log in with. Not needed with O(device_information).
      - Falls back to the environment variable E(USPHERE_USERNAME).
    type: str
    required: false
  password:
    description:
      - The account's password. A wrong one is sent once. Not needed with O(device_information).
      - Falls back to the environment variable E(USPHERE_PASSWORD).
    type: str
    required: false
  device_information:
    description:
      - A file with saved device information, on the host that runs the task. Without it the device is read,
        which is safer since the device information can change.
    type: path
  keys:
    description: The license keys and the quantity to request with each.
    type: list
    elements: dict
    required: true
    suboptions:
      key:
        description: The license key as printed on the certificate. It is a secret.
        type: str
        required: true
      quantity:
        description: The quantity to request. Default is all that remains. From V(1) to V(999999999).
        type: int
      product:
        description: Product id. Without it the server and the kind cannot be checked.
        type: str
      arch:
        description: Architecture, for products that are sold by architecture.
        type: str
        choices: [x86_64, aarch64]
      kind:
        description: Kind of the license.
        type: str
        choices: [temporary, formal]
        default: formal
      code:
        description: License code. It determines whether the license can be split (R24).
        type: str
      purchased:
        description:
          - The purchased quantity on the certificate. Without it R26 cannot be checked.
          - From V(1) to V(999999999).
        type: int
      allocated:
        description:
          - The quantity that was requested with this key before, for any device.
          - A fixed code (3130) belongs to one device completely, so a value above 0 is refused (R25).
          - From V(0) to V(999999999).
        type: int
        default: 0
      term_days:
        description:
          - The term of a temporary license, in days. It begins when the file is issued (R12).
          - From V(1) to V(999999999).
        type: int
  hot_standby:
    description: The licenses are for a hot-standby pair of VMS, so O(contract_number) is needed (R23).
    type: bool
    default: false
  contract_number:
    description: The service product contract number of a hot-standby pair. Blank counts as not set (R23).
    type: str
  dest:
    description:
      - The directory in which the bundle is created, as a directory named after its content. Files have mode
        0600 and are never overwritten.
    type: path
    required: true
  write_keys:
    description:
      - Write the complete keys to C(keys.txt) of the bundle. Otherwise only their last four characters, and
        a fingerprint that is too short to recover a key, are written, and the operator copies the keys from
        the certificate.
    type: bool
    default: false
  lock_timeout:
    description:
      - How long to wait for another run that writes into O(dest), in seconds. After that the task fails and
        names the process, its host and the time since which it has held the lock. The lock is the hidden file
        C(.usphere.lock) in O(dest); a task that has nothing to write takes no lock.
      - From V(0) to V(86400).
    type: float
    default: 60
    version_added: 1.0.0
  language:
    description: The language of RV(now) and of RV(handover.steps). The bundle has the steps in all languages.
    type: str
    choices: [en, zh]
    default: en
seealso:
  - module: unicloud.usphere.device_info
  - module: unicloud.usphere.license
"""

EXAMPLES = r"""
- name: Request 4 of 10 purchased licenses for a License Server
  unicloud.usphere.license_request:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    dest: /srv/usphere/requests
    keys:
      - key: "{{ vault_key_2026_001 }}"
        product: vms_standard
        arch: x86_64
        code: "3132A0XY"
        purchased: 10
        quantity: 4
  register: request

- name: Show the manual steps
  ansible.builtin.debug:
    msg: "{{ request.handover.steps }}"

- name: Request licenses for a hot-standby pair with saved device information
  unicloud.usphere.license_request:
    device_information: files/ls-east.did
    dest: /srv/usphere/requests
    hot_standby: true
    contract_number: "SP-2026-0042"
    keys: [{key: "{{ vault_key_2026_002 }}", product: vms_standard, arch: x86_64}]
"""

RETURN = r"""
bundle:
  description: The directory of the bundle, in check mode the path that it would have.
  returned: success
  type: str
  sample: /srv/usphere/requests/request-5f2d9c01ab44
files:
  description: The files of the bundle, by their paths in it.
  returned: success
  type: list
  elements: str
  sample: [STEPS.en.txt, STEPS.zh.txt, device-information/ls-east.did, request.json]
plan:
  description: The files to write. Empty if the bundle already exists.
  returned: success
  type: list
  elements: str
proof:
  description:
    - Proof of success, one entry for each item that was read. M(unicloud.usphere.license) and
      M(unicloud.usphere.license_client) return it in the same form.
    - Empty in check mode if there is something to write.
  returned: success
  type: list
  elements: dict
  contains:
    item:
      description:
        - V(device_information), as it was read once more at the end and found unchanged; V(file), a file of
          the bundle as it was read back from disk.
      returned: always
      type: str
    name: {description: "Name of the device information, or path of the file.", returned: always, type: str}
    shown_by:
      description: Where it was read, V(license_server), V(product_node) or V(disk).
      returned: always
      type: str
    read_at:
      description: Null, since these readings have no time.
      returned: always
      type: str
    facts:
      description: The C(sha256), and the C(size) of the device information.
      returned: always
      type: dict
  sample:
    - item: device_information
      name: ls-east.did
      shown_by: license_server
      read_at: null
      facts: {sha256: 0f343b0931126a20f133d67c2b018a3b5e2f7e9d6b2f1f2c2a9d0f7a8d2c1b0a, size: 412}
device_information:
  description: Name, size and SHA-256 of the device information in the bundle.
  returned: success
  type: dict
  sample: {file_name: ls-east.did, size: 412, sha256: 0f343b09}
now:
  description: The manual steps, in order, each with C(code) and C(message).
  returned: success
  type: list
  elements: dict
handover_required:
  description: Always true. The request is complete only after its activation file is installed.
  returned: success
  type: bool
handover:
  description: The manual steps as text.
  returned: success
  type: dict
  contains:
    steps: {description: The messages of RV(now)., returned: always, type: list, elements: str}
checked:
  description: Whether all rules could be checked here.
  returned: success
  type: bool
unchecked:
  description: The checks that could not be made, with the reasons.
  returned: success
  type: list
  elements: dict
certainty:
  description: Certainty of the call for the device information. Empty with O(device_information).
  returned: success
  type: dict
  sample: {device_info: assumed}
failure:
  description: The reason of the failure, for use in conditions.
  returned: failure
  type: dict
  contains:
    code: {description: Code of the message in C(msg)., returned: always, type: str}
    rule: {description: "The vendor's rule, such as V(R25).", returned: if there is one, type: str}
    causes: {description: Every broken rule., returned: if there are any, type: list, elements: dict}
"""

from typing import Any, Callable, Dict, Tuple

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.unicloud.usphere.plugins.module_utils._argspec import (
    catalog_spec,
    client_spec,
    connection_spec,
    make_connection_optional,
    node_spec,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import site_catalog
from ansible_collections.unicloud.usphere.plugins.module_utils._module import Module, Result, run, sentences
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.call_certainty import (
    certainty,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.endpoints import (
    LICENSE_SERVER_PORT,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.license_server import (
    license_store_api,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import (
    bundle,
    device_info,
    options,
    save_bundle,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._write_module import steps_files, warn


def prepare(module: AnsibleModule) -> Result:
    """Check the request and save its bundle."""
    params, catalog = module.params, site_catalog(module.params)
    locks = save_bundle.request_locks(params)
    read_device, calls = device_reader(params)
    file = read_device()
    request = options.license_request(params, file, catalog)
    plan = bundle.decide(request, steps_files)
    warn(module, plan.warnings, params["language"])
    if not module.check_mode:
        plan = save_bundle.save_bundle(plan, request, steps_files, locks)
    planned = plan.changed and module.check_mode
    if not planned:
        bundle.verify(plan, read_device())
    now = sentences(plan.steps, params["language"])
    return {
        "changed": plan.changed,
        **options.request_row(plan),
        "proof": [] if planned else options.request_proof(plan, options.device_place(params)),
        "device_information": device_info.device_row(file),
        "now": now,
        "handover_required": True,
        "handover": {"steps": [step["message"] for step in now]},
        "checked": not plan.unchecked,
        "unchecked": sentences(plan.unchecked),
        "certainty": calls,
        **({"diff": options.request_diff(plan)} if module._diff else {}),
    }


def device_reader(params: Dict[str, Any]) -> Tuple[Callable[[], device_info.DeviceFile], Dict[str, str]]:
    """Return a function that reads the device information, and the certainty of its call.

    All reads of a run share one login.
    """
    path = params["device_information"]
    if path is not None:
        return lambda: device_info.read(path), {}
    options.require_device(params)
    api = license_store_api(params)
    return lambda: device_info.fetch(api), certainty(api.profile, ("device_info",))


def main() -> None:
    shared = {**connection_spec(LICENSE_SERVER_PORT), **client_spec(), **node_spec(), **catalog_spec()}
    # Device information may be read from a file, so the connection is not required.
    make_connection_optional(shared)
    key: Dict[str, Any] = {
        "key": {"type": "str", "required": True, "no_log": True},
        "quantity": {"type": "int"},
        "product": {"type": "str"},
        "arch": {"type": "str", "choices": ["x86_64", "aarch64"]},
        "kind": {"type": "str", "choices": ["temporary", "formal"], "default": "formal"},
        "code": {"type": "str"},
        "purchased": {"type": "int"},
        "allocated": {"type": "int", "default": 0},
        "term_days": {"type": "int"},
    }
    spec: Dict[str, Any] = {
        "device_information": {"type": "path"},
        "keys": {"type": "list", "elements": "dict", "required": True, "no_log": False, "options": key},
        "hot_standby": {"type": "bool", "default": False},
        "contract_number": {"type": "str"},
        "dest": {"type": "path", "required": True},
        "write_keys": {"type": "bool", "default": False, "no_log": False},
        "lock_timeout": {"type": "float", "default": 60.0},
        "language": {"type": "str", "choices": ["en", "zh"], "default": "en"},
    }
    module = Module(argument_spec={**shared, **spec}, supports_check_mode=True)
    run(module, prepare)


if __name__ == "__main__":
    main()
