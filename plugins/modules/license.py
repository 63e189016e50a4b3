#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license
short_description: Install and uninstall licenses on a License Server
version_added: 0.1.0
author:
  - unicloud.usphere maintainers (@unicloud)
description:
  - Installs activation files on a License Server, in the right order, and reports success only once it has
    read back that their licenses are live and are what was expected.
  - Uninstalls formal licenses and keeps their uninstall files, without which a license is lost.
  - What the vendor's rules forbid is refused before anything is sent, judged over the end state of the
    whole task. Only one edition may be in a system (R4), an upgrade starts from the edition that is there
    (R5) and its quantity equals the base exactly (R6), only formal licenses are uninstalled (R16), and a
    fixed license stays whole (R25).
extends_documentation_fragment:
  - unicloud.usphere._connection
  - unicloud.usphere._connection.license_server
  - unicloud.usphere._attributes
  - unicloud.usphere._attributes.actiongroup_vms
attributes:
  check_mode:
    support: full
    details: Nothing is sent that changes anything, and no file is written.
  diff_mode:
    support: full
    details: The licenses before and after, from the plan, so that check mode shows what the real run does.
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) makes sure that the licenses of the activation files are installed and live.
      - V(absent) makes sure that licenses are uninstalled and that their uninstall files are in
        O(artifacts_dir).
    type: str
    choices: [present, absent]
    default: present
  activation_file:
    description:
      - An activation file as the license platform gave it, on the host that runs the task. Its name and its
        bytes go over the wire unchanged.
      - Whether it is installed already is decided by the name and the SHA-256 that the License Server
        lists.
    type: path
  expect:
    description:
      - What is in O(activation_file), as a mapping or, if the file holds several licenses, as a list of
        mappings.
      - An activation file is opaque. With O(expect) the rules are checked before anything is sent, and what
        the License Server reports afterwards is held against it. Without it only the License Server can
        refuse, and RV(checked) is V(false).
      - The keys are C(product), C(kind) (C(temporary) or C(formal)) and C(quantity), which are required;
        C(arch) (C(x86_64) or C(aarch64)), which is required for products that are sold by architecture; and
        C(code), C(expires_at), C(issued_at), which count if they are given. Two ends agree if they are at
        most one day apart.
    type: raw
  activation_files:
    description:
      - Several activation files. They are judged together and installed base before upgrade, whatever their
        order here.
    type: list
    elements: dict
    suboptions:
      path:
        description: As O(activation_file).
        type: path
        required: true
      expect:
        description: As O(expect).
        type: raw
  license_id:
    description: The license that leaves, by the id that the License Server gave it.
    type: str
  license_ids:
    description:
      - Several licenses that leave. They are judged together and uninstalled upgrade before base.
      - Licenses of one activation file leave together, so all of them have to be named.
    type: list
    elements: str
  artifacts_dir:
    description:
      - The folder that keeps the uninstall files, on the host that runs the task. Required with
        O(state=absent).
      - It is made if it is missing, and it is proved to be writable before anything is uninstalled. Files
        in it have mode 0600 and are never overwritten by other content.
    type: path
  client:
    description:
      - The client that stands for the system on a License Server that serves several.
      - Without it R4 to R6 are reported in RV(unchecked) there, since they hold for each system by itself.
    type: str
  allow_unbalanced:
    description:
      - Allow an end state in which the upgrades are fewer than their base. They take effect once more of
        them make the two equal (R6). More upgrades than base are never allowed.
    type: bool
    default: false
  wait_timeout:
    description: How long to wait until the License Server shows the effect of one write, in seconds.
    type: float
    default: 120
  wait_interval:
    description: How long to wait between two looks, in seconds.
    type: float
    default: 1
seealso:
  - module: unicloud.usphere.license_client
  - module: unicloud.usphere.license_info
"""

EXAMPLES = r"""
- name: The upgrade that was bought, on the License Server that serves this system
  unicloud.usphere.license:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    client_id: "{{ vault_usphere_client_id }}"
    client_secret: "{{ vault_usphere_client_secret }}"
    ca_path: files/ca.pem
    activation_file: files/USPHERE7_20261120091500.ak
    expect: {product: vms_standard_to_enterprise, arch: x86_64, kind: formal, quantity: 32, code: "3132A0XY"}

- name: Base and upgrade in one task, judged together
  unicloud.usphere.license:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    activation_files:
      - path: files/USPHERE7_20261120091500.ak
        expect: {product: vms_standard_to_enterprise, arch: x86_64, kind: formal, quantity: 32}
      - path: files/USPHERE7_20261120091000.ak
        expect:
          - {product: vms_standard, arch: x86_64, kind: formal, quantity: 32}
          - {product: srm, arch: x86_64, kind: formal, quantity: 20}

- name: A license leaves, and its uninstall file is kept
  unicloud.usphere.license:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    state: absent
    license_id: LS-000123
    artifacts_dir: /srv/usphere/uninstall-files
  register: left
"""

RETURN = r"""
plan:
  description: What is done, in the order in which it is done. Empty if there is nothing to do.
  returned: success
  type: list
  elements: dict
  contains:
    action:
      description: V(install), V(uninstall) or V(save_uninstall_file).
      returned: always
      type: str
    file_name:
      description: Name of the activation file.
      returned: with V(install)
      type: str
    sha256:
      description: SHA-256 of the activation file.
      returned: with V(install)
      type: str
    expect:
      description: What is said to be in it, as a list. Empty if nothing is said.
      returned: with V(install)
      type: list
      elements: dict
    license_ids:
      description: The licenses of one activation file that leave together.
      returned: with V(uninstall) and V(save_uninstall_file)
      type: list
      elements: str
  sample:
    - action: install
      file_name: USPHERE7_20261120091500.ak
      sha256: 0f343b0931126a20f133d67c2b018a3b5e2f7e9d6b2f1f2c2a9d0f7a8d2c1b0a
      expect: [{product: vms_standard_to_enterprise, arch: x86_64, kind: formal, quantity: 32}]
licenses:
  description:
    - The licenses that the activation files yielded, or those that left, as the License Server lists them.
    - In check mode only those that are there already.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: The License Server's id of the license., returned: always, type: str}
    product: {description: Product id., returned: always, type: str}
    arch: {description: Architecture. Null if the product has none., returned: always, type: str}
    kind: {description: "V(preinstalled), V(temporary) or V(formal).", returned: always, type: str}
    code: {description: License code. Many licenses may share it., returned: always, type: str}
    quantity: {description: What the license is worth., returned: always, type: int}
    issued_at: {description: When the license platform issued it., returned: always, type: str}
    installed_at: {description: When it was installed., returned: always, type: str}
    expires_at: {description: "When it ends, or V(never).", returned: always, type: str}
    status:
      description: V(in_use), V(usable), V(unusable), V(expired) or V(uninstalled).
      returned: always
      type: str
    device: {description: Digest of the device information it was made for., returned: always, type: str}
    file_name: {description: Name of its activation file., returned: always, type: str}
    sha256: {description: SHA-256 of its activation file., returned: always, type: str}
    key: {description: "The license key, masked to its last four characters.", returned: always, type: str}
    assigned:
      description: Which client holds how much of it.
      returned: always
      type: list
      elements: dict
      contains:
        client: {description: Name of the client., returned: always, type: str}
        quantity: {description: How much it holds., returned: always, type: int}
checked:
  description:
    - Whether all rules could be checked here. V(false) leaves them to the License Server, see
      RV(unchecked).
  returned: success
  type: bool
unchecked:
  description:
    - What could not be checked and why, one entry with C(code), C(message) and, if there is one, C(rule)
      each.
  returned: success
  type: list
  elements: dict
uninstall_files:
  description: Paths of the uninstall files on disk. In check mode only those that are there already.
  returned: success and O(state=absent)
  type: list
  elements: str
  sample: [/srv/usphere/uninstall-files/USPHERE7_20261120091500.uak]
failure:
  description: Why the task failed, for a playbook to branch on.
  returned: failure
  type: dict
  contains:
    code: {description: Code of the sentence in C(msg)., returned: always, type: str}
    rule: {description: "The vendor's rule behind it, such as V(R6).", returned: if there is one, type: str}
    causes:
      description:
        - Every broken rule, or what lies behind the failure, each with C(code), C(message) and C(rule).
      returned: if there are any
      type: list
      elements: dict
"""

from typing import Any, Dict, Union

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.unicloud.usphere.plugins.module_utils._adapter import (
    LICENSE_SERVER_PORT,
    Result,
    client_spec,
    connection_spec,
    license_server_api,
    run,
    sentences,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations import (
    install,
    license_io,
    remove,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.settle import waits_of

Plan = Union[install.InstallPlan, remove.RemovePlan]


def present(module: AnsibleModule) -> Result:
    """Install the activation files that are not installed yet."""
    server, waits = license_server_api(module.params), waits_of(module.params)
    plan = install.decide(license_io.install_request(module.params), server)
    files, changed = plan.there, plan.changed
    if plan.changed and not module.check_mode:
        outcome = install.apply(plan, server, waits)
        files, changed = outcome.files, outcome.changed
    result = {"plan": license_io.install_steps(plan), "licenses": license_io.installed_rows(files)}
    return told(module, plan, changed, license_io.install_diff(plan), result)


def absent(module: AnsibleModule) -> Result:
    """Uninstall licenses and keep their uninstall files."""
    server, waits = license_server_api(module.params), waits_of(module.params)
    plan = remove.decide(license_io.remove_request(module.params), server)
    licenses, saved = plan.standing, plan.kept
    if plan.changed and not module.check_mode:
        outcome = remove.apply(plan, server, waits)
        licenses, saved = outcome.licenses, outcome.uninstall_files
    result = {
        "plan": license_io.remove_steps(plan),
        "licenses": [license_io.license_row(record) for record in licenses],
        "uninstall_files": list(saved),
    }
    return told(module, plan, plan.changed, license_io.remove_diff(plan), result)


def told(module: AnsibleModule, plan: Plan, changed: bool, diff: Result, result: Result) -> Result:
    """Add what every result says."""
    for warning in sentences(plan.warnings):
        module.warn(warning["message"])
    result.update(changed=changed, checked=not plan.unchecked, unchecked=sentences(plan.unchecked))
    if module._diff:
        result["diff"] = diff
    return result


def main() -> None:
    spec: Dict[str, Any] = {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "activation_file": {"type": "path"},
        "expect": {"type": "raw"},
        "activation_files": {
            "type": "list",
            "elements": "dict",
            "options": {"path": {"type": "path", "required": True}, "expect": {"type": "raw"}},
        },
        "license_id": {"type": "str"},
        "license_ids": {"type": "list", "elements": "str"},
        "artifacts_dir": {"type": "path"},
        "client": {"type": "str"},
        "allow_unbalanced": {"type": "bool", "default": False},
        "wait_timeout": {"type": "float", "default": 120.0},
        "wait_interval": {"type": "float", "default": 1.0},
    }
    module = AnsibleModule(
        argument_spec={**connection_spec(LICENSE_SERVER_PORT), **client_spec(), **spec},
        supports_check_mode=True,
        mutually_exclusive=[["activation_file", "activation_files"], ["license_id", "license_ids"]],
        required_if=[
            ["state", "present", ["activation_file", "activation_files"], True],
            ["state", "absent", ["license_id", "license_ids"], True],
            ["state", "absent", ["artifacts_dir"]],
        ],
        required_by={"expect": ["activation_file"]},
    )
    run(module, present if module.params["state"] == "present" else absent)


if __name__ == "__main__":
    main()
