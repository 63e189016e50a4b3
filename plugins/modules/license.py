#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license
short_description: Install and uninstall licenses on a License Server or a product node
version_added: 0.1.0
author:
  - unicloud.usphere maintainers (@unicloud)
description:
  - Installs activation files on a License Server, in the right order, and reports success only after it has
    read back that their licenses are live and match O(expect).
  - Uninstalls formal licenses and saves their uninstall files, without which a license is lost.
  - Checks the vendor's rules before anything is sent, over the end state of the complete task. A system has
    only one edition (R4), an upgrade starts from the installed edition (R5) and its quantity equals the base
    exactly (R6), only formal licenses are uninstalled (R16), and a fixed license is not split (R25).
  - Licenses of isc, disk_backup_dr and heterogeneous_migration are installed on the product's own node, see
    O(product_node); a license for the wrong server is refused (R27).
extends_documentation_fragment:
  - unicloud.usphere._connection
  - unicloud.usphere._connection.license_server
  - unicloud.usphere._handover
  - unicloud.usphere._handover.node
  - unicloud.usphere._lock
  - unicloud.usphere._catalog
  - unicloud.usphere._attributes
  - unicloud.usphere._attributes.actiongroup_vms
attributes:
  check_mode:
    support: full
    details: Nothing is sent that changes anything, and no file is written.
  diff_mode:
    support: full
    details: The licenses before and after, from the plan, so that check mode shows the changes of a real run.
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
      - An activation file as issued by the license platform, on the host that runs the task. Its name and its
        bytes are sent unchanged.
      - The file is installed already if the License Server lists its name and SHA-256.
    type: path
  expect:
    description:
      - The licenses in O(activation_file), as a mapping or, if the file holds several licenses, as a list of
        mappings.
      - An activation file is opaque. With O(expect) the rules are checked before anything is sent, and the
        licenses that the License Server reports afterwards are compared with it. Without it only the License
        Server can refuse the file, and RV(checked) is V(false).
      - The keys are C(product), C(kind) (C(temporary) or C(formal)) and C(quantity), which are required;
        C(arch) (C(x86_64) or C(aarch64)), which is required for products that are sold by architecture; and
        C(code), C(expires_at), C(issued_at), which are compared if they are set. Two expiry dates match if
        they are at most one day apart.
    type: raw
  activation_files:
    description:
      - Several activation files. They are checked together and installed base before upgrade, regardless of
        their order here.
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
    description: The license to uninstall, by its id on the License Server.
    type: str
  license_ids:
    description:
      - Several licenses to uninstall. They are checked together and uninstalled upgrade before base.
      - Licenses of one activation file are uninstalled together, so all of them have to be listed.
    type: list
    elements: str
  artifacts_dir:
    description:
      - The directory for the uninstall files, on the host that runs the task. Required with
        O(state=absent).
      - It is created if it is missing, and the module checks that it is writable before anything is
        uninstalled. Files in it have mode 0600 and are never overwritten by other content.
    type: path
  client:
    description:
      - The client of the system on a License Server that serves several systems.
      - Without it R4 to R6 are reported in RV(unchecked) there, since they apply to each system separately.
      - The rules are checked over the licenses that the client holds and those that its quota lets it draw
        from unassigned licenses.
      - A product node has no clients.
    type: str
  allow_unbalanced:
    description:
      - Allow an end state with fewer upgrades than base licenses. The upgrades take effect after further
        upgrades make the quantities equal (R6). More upgrades than base licenses are never allowed.
    type: bool
    default: false
  handover_dir:
    description:
      - The directory in which activation files are saved for the manual step, unchanged and under their own
        names, on the host that runs the task. Required if O(handover) takes effect with O(state=present).
      - If only totals can be read, a record next to each file has the totals before the manual step. Use one
        directory for each License Server.
    type: path
    version_added: 0.9.0
  wait_timeout:
    description:
      - How long to wait until the License Server shows the effect of one write, in seconds.
      - From V(0) to V(86400).
    type: float
    default: 120
  wait_interval:
    description: How long to wait between two reads, in seconds. From V(0.05) to V(86400).
    type: float
    default: 1
seealso:
  - module: unicloud.usphere.license_client
  - module: unicloud.usphere.license_info
"""

EXAMPLES = r"""
- name: Install an upgrade on a License Server
  unicloud.usphere.license:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    client_id: "{{ vault_usphere_client_id }}"
    client_secret: "{{ vault_usphere_client_secret }}"
    ca_path: files/ca.pem
    activation_file: files/USPHERE7_20261120091500.ak
    expect: {product: vms_standard_to_enterprise, arch: x86_64, kind: formal, quantity: 32, code: "3132A0XY"}

- name: Install base and upgrade in one task
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

- name: Install packs for disk backup on the node of that product
  unicloud.usphere.license:
    product_node: disk_backup_dr
    host: 10.1.0.40
    port: 28443
    username: dr-automation
    password: "{{ vault_dr_password }}"
    client_id: "{{ vault_usphere_client_id }}"
    client_secret: "{{ vault_usphere_client_secret }}"
    activation_file: files/USPHERE7_20261120093000.ak
    expect: {product: disk_backup_dr, kind: formal, quantity: 12}

- name: Install a product of the site's own catalog
  unicloud.usphere.license:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    catalog: "{{ (lookup('ansible.builtin.file', 'catalog.yml') | from_yaml).products }}"
    activation_file: files/USPHERE7_20261120094500.ak
    expect: {product: gpu_service, kind: formal, quantity: 8}

- name: Install with a manual step, which the next run verifies
  unicloud.usphere.license:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    profile: cas_e0710
    handover: true
    handover_dir: /srv/usphere/handover
    activation_file: files/USPHERE7_20261120091500.ak
    expect: {product: vms_standard, arch: x86_64, kind: formal, quantity: 32}
  register: standard

- name: Show the manual steps
  ansible.builtin.debug:
    msg: "{{ standard.handover.steps }}"
  when: standard.handover_required

- name: Uninstall a license and save its uninstall file
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
certainty:
  description:
    - Certainty of each call that the task may make, V(documented), V(observed) or V(assumed); V(by_hand) if
      O(profile) has no call.
  returned: success
  type: dict
  sample: {install_activation_file: assumed, list_licenses: assumed}
handover_required:
  description: Whether a manual step is due before this task is done.
  returned: success
  type: bool
handover:
  description: The manual steps and files, see O(handover).
  returned: if a call is missing in O(profile)
  type: dict
  contains:
    steps: {description: "The manual steps, in order.", returned: always, type: list, elements: str}
    files:
      description: The files saved for the manual step, or the directories for the uninstall files.
      returned: always
      type: list
      elements: str
    verified_by:
      description:
        - How the manual step was verified, V(licenses), V(totals), V(uninstall_file) or V(person). Null if it
          is not done.
      returned: always
      type: str
plan:
  description: The actions of the task, in order. Empty if there is nothing to do.
  returned: success
  type: list
  elements: dict
  contains:
    action:
      description:
        - V(install), V(uninstall) or V(save_uninstall_file). To prepare a manual step, V(put_aside) or
          V(make_folder).
      returned: always
      type: str
    file_name:
      description: Name of the activation file.
      returned: with V(install) and V(put_aside)
      type: str
    sha256:
      description: SHA-256 of the activation file.
      returned: with V(install) and V(put_aside)
      type: str
    expect:
      description: The expected licenses in it, as a list. Empty without O(expect).
      returned: with V(install)
      type: list
      elements: dict
    license_ids:
      description: The licenses of one activation file that are uninstalled together.
      returned: with V(uninstall) and V(save_uninstall_file)
      type: list
      elements: str
    path:
      description: The directory for an uninstall file.
      returned: with V(make_folder)
      type: str
  sample:
    - action: install
      file_name: USPHERE7_20261120091500.ak
      sha256: 0f343b0931126a20f133d67c2b018a3b5e2f7e9d6b2f1f2c2a9d0f7a8d2c1b0a
      expect: [{product: vms_standard_to_enterprise, arch: x86_64, kind: formal, quantity: 32}]
licenses:
  description:
    - The installed or uninstalled licenses, as the License Server lists them. C(arch) is null if the product
      has none, the C(key) shows its last four characters.
    - In check mode only those that the License Server already lists.
  returned: success
  type: list
  elements: dict
  sample:
    - id: LS-000001
      product: vms_standard
      arch: x86_64
      kind: formal
      code: "3132A0XY"
      quantity: 32
      issued_at: "2026-01-10T02:00:00Z"
      installed_at: "2026-01-11T02:00:00Z"
      expires_at: never
      status: in_use
      device: 0b51c2
      file_name: USPHERE7_20260110020000.ak
      sha256: 947c337344590dc037335fcca08377e3e9ab1dd0e0ac8ea27c6bbf041f745783
      key: "****7Q2A"
      assigned: [{client: hangzhou, quantity: 32}]
checked:
  description:
    - Whether all rules could be checked here. V(false) leaves them to the License Server, see
      RV(unchecked).
  returned: success
  type: bool
unchecked:
  description:
    - The checks that could not be made, each with C(code), C(message) and, if there is one, C(rule).
  returned: success
  type: list
  elements: dict
uninstall_files:
  description: Paths of the uninstall files on disk. In check mode only those that already exist.
  returned: success and O(state=absent)
  type: list
  elements: str
  sample: [/srv/usphere/uninstall-files/USPHERE7_20261120091500.uak]
proof:
  description:
    - Proof of success, one entry for each item that was read. M(unicloud.usphere.license_client) and
      M(unicloud.usphere.license_request) return it in the same form.
    - In check mode, and while RV(handover_required), only items that already exist.
  returned: success
  type: list
  elements: dict
  contains:
    item:
      description:
        - V(license), as the server lists it at the end of the run, live with O(state=present) and uninstalled
          with O(state=absent).
        - V(uninstall_file), as it was read back from disk.
        - V(totals) or V(confirmation), if the license was installed by hand and no call lists licenses.
      returned: always
      type: str
    name: {description: "Id of the license, path of the uninstall file, name of the activation file.",
           returned: always, type: str}
    shown_by:
      description: Where it was read, V(license_server), V(product_node), V(disk) or V(person).
      returned: always
      type: str
    read_at:
      description: The server's own time of that reading. Null if the reading has no time.
      returned: always
      type: str
    facts:
      description:
        - The values read. For a license its C(status), C(product), C(arch), C(kind), C(quantity),
          C(expires_at), and the C(file_name) and C(sha256) of its activation file; for an uninstall file its
          C(sha256); for totals the quantities C(before) and C(now).
      returned: always
      type: dict
  sample:
    - item: license
      name: LS-000001
      shown_by: license_server
      read_at: "2026-11-24T08:00:00Z"
      facts:
        status: in_use
        product: vms_standard
        arch: x86_64
        kind: formal
        quantity: 32
        expires_at: never
        file_name: USPHERE7_20260110020000.ak
        sha256: 947c337344590dc037335fcca08377e3e9ab1dd0e0ac8ea27c6bbf041f745783
targets:
  description:
    - The servers that the task manages, each with C(kind) (V(vms), V(license_server) or V(product_node)),
      C(host) and C(port). Automation controllers count managed nodes by it.
  returned: success
  type: list
  elements: dict
  sample: [{kind: license_server, host: 10.1.0.5, port: 28443}]
failure:
  description: The reason of the failure, for use in conditions.
  returned: failure
  type: dict
  contains:
    code: {description: Code of the message in C(msg)., returned: always, type: str}
    rule: {description: "The vendor's rule, such as V(R6).", returned: if there is one, type: str}
    causes:
      description:
        - Every broken rule, or the causes of the failure, each with C(code), C(message) and C(rule).
      returned: if there are any
      type: list
      elements: dict
"""

from typing import Any, Dict, Optional, Union

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.unicloud.usphere.plugins.module_utils._argspec import (
    catalog_spec,
    client_spec,
    connection_spec,
    node_spec,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import site_catalog
from ansible_collections.unicloud.usphere.plugins.module_utils._module import Module, Result, run, sentences
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.endpoints import (
    LICENSE_SERVER_PORT,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import (
    read_waits,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_endpoints import (
    license_store_api,
    of_licenses,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.license_server import (
    license_row,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license import (
    install,
    options,
    remove,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import (
    install as handover_install,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import (
    remove as handover_remove,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import steps
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import LicenseServerWriter
from ansible_collections.unicloud.usphere.plugins.module_utils._write_module import (
    build_result,
    handover_spec,
    hold_locks,
    lock_spec,
    target,
    warn,
)

Plan = Union[install.InstallPlan, remove.RemovePlan]


def present(module: AnsibleModule) -> Result:
    """Install the activation files that are not installed yet."""
    params, waits = module.params, read_waits(module.params)
    request, server = options.install_request(params, site_catalog(params)), license_store_api(params)
    if steps.needs_manual_step(server.profile, handover_install.OPERATIONS, params["handover"]):
        manual, result = handover_install.install_manually(request, server, params, not module.check_mode)
        return complete(module, manual.plan, server, result, manual.handover)
    plan = install.decide(request, server)
    files, changed, read_at = plan.there, plan.changed, plan.read_at
    if plan.changed and not module.check_mode:
        outcome = install.apply(plan, server, waits)
        files, changed, read_at = outcome.files, outcome.changed, outcome.read_at
    result = {
        "changed": changed,
        "plan": options.install_steps(plan),
        "licenses": options.installed_rows(files),
        "proof": options.install_proof(files, request.node, read_at),
        "diff": options.install_diff(plan),
    }
    return complete(module, plan, server, result)


def absent(module: AnsibleModule) -> Result:
    """Uninstall licenses and save their uninstall files."""
    params, waits = module.params, read_waits(module.params)
    request, server = options.remove_request(params, site_catalog(params)), license_store_api(params)
    if steps.needs_manual_step(server.profile, handover_remove.OPERATIONS, params["handover"]):
        manual, result = handover_remove.remove_manually(request, server, waits, not module.check_mode)
        return complete(module, manual.plan, server, result, manual.handover)
    plan = remove.decide(request, server)
    licenses, saved, read_at = plan.licenses, plan.kept, plan.read_at
    if plan.changed and not module.check_mode:
        outcome = remove.apply(plan, server, waits)
        licenses, saved, read_at = outcome.licenses, outcome.uninstall_files, outcome.read_at
    result = {
        "changed": plan.changed,
        "plan": options.remove_steps(plan),
        "licenses": [license_row(record) for record in licenses],
        "uninstall_files": list(saved),
        "proof": options.remove_proof(licenses, saved, request.node, read_at),
        "diff": options.remove_diff(plan),
    }
    return complete(module, plan, server, result)


def complete(
    module: AnsibleModule,
    plan: Plan,
    server: LicenseServerWriter,
    result: Result,
    over: Optional[steps.Handover] = None,
) -> Result:
    """Return the result with the checks, the certainty and the target; emit the warnings of the plan."""
    warn(module, plan.warnings)
    params, node = module.params, module.params["product_node"]
    checks = {"checked": not plan.unchecked, "unchecked": sentences(plan.unchecked)}
    certainty = of_licenses(server.profile, params["state"], node)
    targets = [target("product_node" if node else "license_server", params)]
    return build_result(module, {**result, **checks}, certainty, targets, over)


def work(module: AnsibleModule) -> Result:
    """Install or uninstall while no other task works on the same target."""
    with hold_locks(module, "license", [(module.params["host"], module.params["port"])]):
        return present(module) if module.params["state"] == "present" else absent(module)


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
        "handover_dir": {"type": "path"},
        "wait_timeout": {"type": "float", "default": 120.0},
        "wait_interval": {"type": "float", "default": 1.0},
    }
    module = Module(
        argument_spec={
            **connection_spec(LICENSE_SERVER_PORT),
            **client_spec(),
            **handover_spec(),
            **node_spec(),
            **catalog_spec(),
            **lock_spec(),
            **spec,
        },
        supports_check_mode=True,
        mutually_exclusive=[["activation_file", "activation_files"], ["license_id", "license_ids"]],
        required_if=[
            ["state", "present", ["activation_file", "activation_files"], True],
            ["state", "absent", ["license_id", "license_ids"], True],
            ["state", "absent", ["artifacts_dir"]],
        ],
        required_by={"expect": ["activation_file"]},
    )
    run(module, work)


if __name__ == "__main__":
    main()
