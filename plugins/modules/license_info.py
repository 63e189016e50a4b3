#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license_info
short_description: Read the licenses, clients and totals of a License Server or a product node
version_added: 0.1.0
description:
  - Reads a License Server. The result also states which of its interfaces are documented, observed in use or
    assumed.
  - A product node (O(product_node)) has licenses of its product and no clients.
  - License keys are shown by their last four characters only.
extends_documentation_fragment:
  - unicloud.usphere._connection
  - unicloud.usphere._connection.license_server
  - unicloud.usphere._handover.node
  - unicloud.usphere._catalog
  - unicloud.usphere._attributes
  - unicloud.usphere._attributes.info_module
  - unicloud.usphere._attributes.actiongroup_vms
author:
  - unicloud.usphere maintainers (@unicloud)
options:
  gather:
    description:
      - The parts to read. Without it all parts that O(profile) has calls for are read, and RV(lacking) lists
        the rest.
      - A part that O(profile) has no call for is an error.
    type: list
    elements: str
    choices: [server, licenses, clients, statistics]
  product:
    description: Only licenses of this product id.
    type: str
  kind:
    description: Only licenses of this kind.
    type: str
    choices: [preinstalled, temporary, formal]
  status:
    description: Only licenses in this status.
    type: str
    choices: [in_use, usable, unusable, expired, uninstalled]
  client:
    description: Only this client, and the licenses that are assigned to it.
    type: str
  journal:
    description:
      - The directory of a journal of M(unicloud.usphere.license_migration) on the host that runs the task.
        With it RV(migrations) lists the migrations from and to this server and their state.
    type: path
    version_added: 0.9.0
seealso:
  - module: unicloud.usphere.vms_facts
  - module: unicloud.usphere.license
"""

EXAMPLES = r"""
- name: Read server, licenses, clients and totals
  unicloud.usphere.license_info:
    host: 10.1.0.5
    username: automation
    password: "{{ vault_usphere_password }}"
    client_id: "{{ vault_usphere_client_id }}"
    client_secret: "{{ vault_usphere_client_secret }}"
    ca_path: /etc/pki/usphere/ca.pem
  register: east
  delegate_to: localhost

- name: Show the expiry of temporary licenses
  ansible.builtin.debug:
    msg: "{{ east.licenses | selectattr('kind', 'eq', 'temporary') | map(attribute='expires_at') }}"

- name: Read the licenses of one system
  unicloud.usphere.license_info:
    gather: [licenses]
    client: hangzhou
    status: in_use

- name: Read the licenses of a product node
  unicloud.usphere.license_info:
    product_node: disk_backup_dr
    host: 10.1.0.40
    username: dr-automation
    password: "{{ vault_dr_password }}"
    gather: [licenses]

- name: Read totals only, with calls that were observed on a live server
  unicloud.usphere.license_info:
    profile: cas_e0710
"""

RETURN = r"""
server:
  description:
    - The License Server itself; C(time) is its own clock, by which licenses expire. C(zone) is the offset of
      that clock, and C(zone_certainty) is V(stated) by the server, the profile or an option, or V(derived)
      from the difference between its clock and the header C(Date); both are null if the zone is not known.
      C(product) is the product of a product node.
  returned: when read
  type: dict
  sample:
    id: ls-east
    version: E1209
    time: "2026-11-24T08:00:00Z"
    zone: "+08:00"
    zone_certainty: stated
    peer: null
    product: null
licenses:
  description: The licenses, including uninstalled ones. Values that the server does not report are null.
  returned: when read
  type: list
  elements: dict
  sample:
    - id: LS-000001
      product: vms_standard
      arch: x86_64
      kind: formal
      code: "3132A0XY"
      quantity: 4
      issued_at: "2026-01-10T02:00:00Z"
      installed_at: "2026-01-11T02:00:00Z"
      expires_at: never
      status: in_use
      device: 0b51c2
      file_name: USPHERE7_20260110020000.ak
      sha256: 947c337344590dc037335fcca08377e3e9ab1dd0e0ac8ea27c6bbf041f745783
      key: "****7Q2A"
      assigned:
        - {client: hangzhou, quantity: 4}
      packs: null
clients:
  description: The clients with their quotas; C(state) is V(connected), V(disconnected) or V(never).
  returned: when read
  type: list
  elements: dict
  sample:
    - name: hangzhou
      state: connected
      last_contact: "2026-11-24T08:00:00Z"
      quota: []
statistics:
  description:
    - Totals by the server's display name. C(product) and C(arch) are null for an unknown name.
  returned: when read
  type: list
  elements: dict
  sample:
    - name: UniCloud Usphere VMS 虚拟化管理系统标准版软件
      product: vms_standard
      arch: x86_64
      amount: 4
      used: 4
      remaining: 0
migrations:
  description:
    - The migrations of O(journal) whose source or destination is this server, as in
      RV(unicloud.usphere.license_migration#module:migrations). A migration whose record is damaged is always
      listed, with the state V(unreadable).
  returned: when O(journal) is given
  type: list
  elements: dict
certainty:
  description: Certainty of the interface of each part, V(documented), V(observed) or V(assumed).
  returned: success
  type: dict
  sample: {server: assumed, licenses: assumed, clients: assumed, statistics: observed}
lacking:
  description: The parts that O(profile) has no call for.
  returned: success
  type: list
  elements: str
  sample: []
failure:
  description: The error for use in conditions, without secrets. C(code) is the code of RV(msg).
  returned: on failure
  type: dict
  sample: {code: authentication_failed_oauth2, endpoint: "https://10.1.0.5:28443", username: automation}
msg:
  description: The error message.
  returned: on failure
  type: str
  sample: https://10.1.0.5:28443 refuses the connection; check host and port, and that the service runs
"""

from typing import Any, Dict

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.unicloud.usphere.plugins.module_utils._argspec import (
    catalog_spec,
    client_spec,
    connection_spec,
    node_spec,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.product_names import (
    ProductNames,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._module import Module, run, sentences
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.endpoints import (
    LICENSE_SERVER_PORT,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.license_server import (
    LicenseQuery,
    license_store_api,
    read_license_server,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.journal_reader import (
    JournalReader,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import migration_rows


def read(module: AnsibleModule) -> Dict[str, Any]:
    """Read the License Server given in the options."""
    params = module.params
    query = LicenseQuery(**{name: params[name] for name in ("product", "kind", "status", "client")})
    names = ProductNames.shipped(params.get("catalog") or ())
    found = read_license_server(license_store_api(params), params["gather"], query, names)
    if params["journal"] is not None:
        rows = migration_rows.survey_rows(JournalReader(params["journal"]), sentences, "en")
        server_id = found.get("server", {}).get("id")
        found["migrations"] = migration_rows.rows_at(rows, params["host"], params["port"], server_id)
    return {"changed": False, **found}


def main() -> None:
    parts = ["server", "licenses", "clients", "statistics"]
    module = Module(
        argument_spec={
            **connection_spec(LICENSE_SERVER_PORT),
            **client_spec(),
            **node_spec(),
            **catalog_spec(),
            "gather": {"type": "list", "elements": "str", "choices": parts},
            "product": {"type": "str"},
            "kind": {"type": "str", "choices": ["preinstalled", "temporary", "formal"]},
            "status": {"type": "str", "choices": ["in_use", "usable", "unusable", "expired", "uninstalled"]},
            "client": {"type": "str"},
            "journal": {"type": "path"},
        },
        supports_check_mode=True,
    )
    run(module, read)


if __name__ == "__main__":
    main()
