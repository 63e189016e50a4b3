#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license_client
short_description: Connect a system to its License Server
version_added: 0.1.0
author:
  - unicloud.usphere maintainers (@unicloud)
description:
  - Makes sure that the License Server has a client for the system, that VMS is connected as that client, and
    that it has fetched its licenses. Both servers are read back before success is reported.
  - Licenses that arrive or expire take effect only after VMS has fetched again. After an expiry VMS refuses
    every login until then (R20, R22); this module works nevertheless.
  - The connection options are those of VMS. Those of the License Server are in O(license_server).
extends_documentation_fragment:
  - unicloud.usphere._connection
  - unicloud.usphere._connection.vms
  - unicloud.usphere._handover
  - unicloud.usphere._lock
  - unicloud.usphere._catalog
  - unicloud.usphere._attributes
  - unicloud.usphere._attributes.actiongroup_vms
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: The connection on both servers before and after, without times, which only a real run has.
  idempotent:
    support: partial
    details: With O(reconnect=always) or O(update_password=always) every run changes something.
options:
  state:
    description:
      - V(present) makes sure that the system is connected and has fetched its licenses.
      - V(absent) makes sure that it is not connected, that the licenses of the client are returned, and that
        the client is deleted. A connection of the system to another License Server or as another client is
        not changed.
    type: str
    choices: [present, absent]
    default: present
  license_server:
    description:
      - The connection to the License Server, for this module and for VMS. All other options
        of the connection default to those of the connection to VMS.
    type: dict
    required: true
    suboptions:
      host:
        description: Name or address. VMS connects to the License Server by this name.
        type: str
        required: true
      port:
        description: Port of the console. From V(1) to V(65535).
        type: int
        default: 28443
      client_port:
        description:
          - The port that clients fetch their licenses from. Required with O(state=present); there is no
            default.
          - From V(1) to V(65535).
        type: int
      username:
        description: The console account to log in with.
        type: str
        required: true
      password:
        description: The account's password.
        type: str
        required: true
      client_id:
        description: Id of the console's OAuth2 client.
        type: str
      client_secret:
        description: Secret of the console's OAuth2 client.
        type: str
      scheme:
        description: As O(scheme), which it defaults to.
        type: str
        choices: [https, http]
        version_added: 0.10.0
      validate_certs:
        description: As O(validate_certs), which it defaults to.
        type: bool
      ca_path:
        description: As O(ca_path), which it defaults to.
        type: path
      timeout:
        description: As O(timeout), which it defaults to. From V(0.1) to V(86400).
        type: float
        version_added: 0.10.0
      proxy:
        description: As O(proxy), which it defaults to.
        type: str
        version_added: 0.10.0
      no_proxy:
        description: As O(no_proxy), which it defaults to.
        type: list
        elements: str
        version_added: 0.10.0
      timezone:
        description: As O(timezone), which it defaults to.
        type: str
        version_added: 0.10.0
  client_name:
    description:
      - Name of the client of the system. A hot-standby pair is one client.
    type: str
    required: true
  client_password:
    description:
      - The client's password. It cannot be read from either server, so it is needed only when the client or
        the connection has to be created, and it has no effect otherwise.
    type: str
  update_password:
    description:
      - V(on_create) sends O(client_password) only when the client or the connection has to be created.
      - V(always) sets it on both servers in every run.
    type: str
    choices: [on_create, always]
    default: on_create
  quota:
    description:
      - Maximum quantity of each product that the client may hold. An empty list removes all limits.
      - Without it the quota is not changed.
      - A new quota that the License Server would refuse is refused before anything is sent. The quotas of all
        clients together must not exceed the licenses of the server (R26). A quota can have only one edition,
        and upgrades only together with their base (R4, R5, R6).
    type: list
    elements: dict
    suboptions:
      product:
        description: Product id, such as V(vms_standard).
        type: str
        required: true
      arch:
        description: Architecture, for products that are sold by architecture.
        type: str
        choices: [x86_64, aarch64]
      quantity:
        description: Maximum quantity. From V(1) to V(999999999).
        type: int
        required: true
  contract_number:
    description:
      - The service product contract number that a hot-standby pair needs (R23). A blank number counts as not
        set.
      - Without it the number is not changed, also if VMS is connected to another License Server.
      - A client for a pair is not created without a number. An existing client is never refused, and neither
        is a connection to this License Server as O(client_name).
      - If the module cannot read whether a client is created for a pair, it warns.
    type: str
  reconnect:
    description:
      - When a connected system fetches its licenses again.
      - V(when_needed) fetches if login is refused because a license expired (R20, R22), if either server
        shows the connection as disconnected, if the quota changes, or if a license for this client has been
        installed since the last fetch. It also completes an interrupted run, if VMS has not fetched a new
        O(quota), or did not keep licenses that the License Server assigned.
      - V(always) fetches in every run.
      - V(never) fails if login is refused or the connection is disconnected, and does not fetch new licenses.
    type: str
    choices: [never, when_needed, always]
    default: when_needed
  wait_timeout:
    description:
      - How long to wait until both servers show the effect of one write, in seconds.
      - From V(0) to V(86400).
    type: float
    default: 120
  wait_interval:
    description: How long to wait between two reads, in seconds. From V(0.05) to V(86400).
    type: float
    default: 1
seealso:
  - module: unicloud.usphere.license
  - module: unicloud.usphere.vms_facts
"""

EXAMPLES = r"""
- name: Connect a system, and fetch again if licenses expired or arrived since the last fetch
  unicloud.usphere.license_client:
    host: 10.1.0.10
    username: automation
    password: "{{ vault_usphere_password }}"
    ca_path: files/ca.pem
    license_server:
      host: 10.1.0.5
      client_port: 5555
      username: automation
      password: "{{ vault_license_server_password }}"
      client_id: "{{ vault_usphere_client_id }}"
      client_secret: "{{ vault_usphere_client_secret }}"
    client_name: hangzhou
    client_password: "{{ vault_client_password }}"

- name: Set a quota on a License Server that serves several systems
  unicloud.usphere.license_client:
    host: 10.2.0.10
    username: automation
    password: "{{ vault_usphere_password }}"
    license_server:
      host: 10.1.0.5
      client_port: 5555
      username: automation
      password: "{{ vault_license_server_password }}"
      client_id: "{{ vault_usphere_client_id }}"
      client_secret: "{{ vault_usphere_client_secret }}"
    client_name: chengdu
    client_password: "{{ vault_client_password }}"
    quota:
      - {product: vms_standard, arch: aarch64, quantity: 9}

- name: Disconnect a system and return its licenses
  unicloud.usphere.license_client:
    host: 10.2.0.10
    username: automation
    password: "{{ vault_usphere_password }}"
    license_server:
      host: 10.1.0.5
      username: automation
      password: "{{ vault_license_server_password }}"
      client_id: "{{ vault_usphere_client_id }}"
      client_secret: "{{ vault_usphere_client_secret }}"
    client_name: chengdu
    state: absent
"""

RETURN = r"""
certainty:
  description:
    - Certainty of each call that the task may make, V(documented), V(observed) or V(assumed); V(by_hand) if
      O(profile) has no call.
  returned: success
  type: dict
  sample: {connect_license_server: assumed, list_clients: assumed}
handover_required:
  description: Whether a manual step is due before this task is done.
  returned: success
  type: bool
handover:
  description:
    - The manual steps, see O(handover). If VMS or the License Server cannot be read, RV(link) or RV(client)
      is null.
  returned: if a call is missing in O(profile)
  type: dict
  contains:
    steps: {description: "The manual steps, in order.", returned: always, type: list, elements: str}
    files: {description: Empty here., returned: always, type: list, elements: str}
    verified_by:
      description: How the manual step was verified, V(connection) or V(person). Null if it is not done.
      returned: always
      type: str
plan:
  description:
    - The actions of the task, in order, from V(create_client), V(update_client), V(connect), V(reconnect),
      V(disconnect) and V(delete_client). Empty if there is nothing to do.
  returned: success
  type: list
  elements: str
  sample: [create_client, connect]
reasons:
  description:
    - The reasons of the actions, such as V(client_missing), V(address_differs), V(login_refused),
      V(licenses_arrived), V(fetch_incomplete) or V(quota_not_fetched).
    - If VMS and License Server contradict each other, V(never_fetched), V(server_differs) (VMS last fetched
      from another License Server), V(server_restored) (the License Server does not list the last fetch) or
      V(licenses_gone) (the client holds licenses that the License Server no longer has). The system then
      fetches again.
  returned: success and O(state=present)
  type: list
  elements: str
  sample: [licenses_arrived]
link:
  description: The connection as VMS reports it, null if there is none. In check mode the state before.
  returned: success
  type: dict
  contains:
    address: {description: The License Server that VMS connects to., returned: always, type: str}
    client_port: {description: Its port for clients., returned: always, type: int}
    console_port: {description: Its console's port., returned: always, type: int}
    client_name: {description: The client that VMS connects as., returned: always, type: str}
    contract_number: {description: The service product contract number., returned: always, type: str}
    state: {description: V(connected) or V(disconnected)., returned: always, type: str}
    last_contact: {description: Last contact of VMS with the License Server., returned: always, type: str}
    fetched_at: {description: When VMS last fetched its licenses., returned: always, type: str}
    server_id: {description: The id that the License Server reports., returned: always, type: str}
client:
  description: The client on the License Server, null if there is none. In check mode the state before.
  returned: success
  type: dict
  contains:
    name: {description: Name of the client., returned: always, type: str}
    state: {description: "V(connected), V(disconnected) or V(never).", returned: always, type: str}
    last_contact: {description: Its last contact with the License Server., returned: always, type: str}
    quota: {description: Maximum quantities that it may hold., returned: always, type: list, elements: dict}
proof:
  description:
    - Proof of success, one entry for each item that was read. M(unicloud.usphere.license) and
      M(unicloud.usphere.license_request) return it in the same form.
    - Empty in check mode if there is something to do, and while RV(handover_required).
  returned: success
  type: list
  elements: dict
  contains:
    item:
      description:
        - V(link), the connection as VMS reports it; V(client), as the License Server lists it; V(share), the
          quantity of one license that the client holds; V(confirmation), if the operator confirmed it and no
          call can verify it.
      returned: always
      type: str
    name: {description: "Name of the client, or id of the license.", returned: always, type: str}
    shown_by:
      description: Where it was read, V(vms), V(license_server) or V(person).
      returned: always
      type: str
    read_at:
      description: The License Server's own time of that reading. Null for values of VMS.
      returned: always
      type: str
    facts:
      description:
        - The values read. For a connection its C(state), C(address), C(client_port), C(console_port),
          C(client_name), C(contract_number), C(fetched_at) and C(server_id); for a client its C(state),
          C(last_contact) and C(quota); for a share C(product), C(arch), C(quantity), C(fetched_at) and the
          C(status) of its license. A C(state) of V(none) means that there is none.
      returned: always
      type: dict
  sample:
    - item: client
      name: hangzhou
      shown_by: license_server
      read_at: "2026-11-24T08:00:00Z"
      facts: {state: connected, last_contact: "2026-11-24T08:00:00Z", quota: []}
login:
  description: V(refused) while VMS refuses every login because a license expired (R20, R22), else V(ok).
  returned: success and O(state=present)
  type: str
assignments:
  description: The licenses that the client holds, one entry per license. In check mode the state before.
  returned: success and O(state=present)
  type: list
  elements: dict
  contains:
    license_id: {description: The License Server's id of the license., returned: always, type: str}
    product: {description: Product id., returned: always, type: str}
    arch: {description: Architecture., returned: always, type: str}
    quantity: {description: Quantity that the client holds., returned: always, type: int}
    fetched_at: {description: When it was fetched., returned: always, type: str}
targets:
  description:
    - The servers that the task manages, each with C(kind) (V(vms), V(license_server) or V(product_node)),
      C(host) and C(port). Automation controllers count managed nodes by it.
  returned: success
  type: list
  elements: dict
  sample:
    - {kind: vms, host: 10.1.0.10, port: 8443}
    - {kind: license_server, host: 10.1.0.5, port: 28443}
failure:
  description: The reason of the failure, for use in conditions.
  returned: failure
  type: dict
  contains:
    code: {description: Code of the message in C(msg)., returned: always, type: str}
    rule: {description: "The vendor's rule, such as V(R20).", returned: if there is one, type: str}
    causes:
      description: The causes of the failure, each with C(code) and C(message).
      returned: if there are any
      type: list
      elements: dict
"""

from typing import Any, Dict, Optional, Sequence

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.unicloud.usphere.plugins.module_utils._argspec import (
    catalog_spec,
    connection_spec,
    license_server_spec,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import site_catalog
from ansible_collections.unicloud.usphere.plugins.module_utils._module import Module, Result, run
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import (
    connect,
    disconnect,
    options,
    pair,
    quota,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import plan as link
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import call_certainty
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.endpoints import (
    LICENSE_SERVER_PORT,
    VMS_PORT,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import (
    read_waits,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_endpoints import (
    CONNECTION,
    DISCONNECTION,
    license_server_api,
    vms_api,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import client, steps
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import VmsWriter
from ansible_collections.unicloud.usphere.plugins.module_utils._write_module import (
    build_result,
    handover_spec,
    hold_locks,
    lock_spec,
    target,
    warn,
)


def present(module: AnsibleModule) -> Result:
    """Create the client and the connection, and fetch licenses if required."""
    params, waits = module.params, read_waits(module.params)
    vms, server = vms_api(params), license_server_api(params["license_server"], params)
    catalog = site_catalog(params)
    requested = options.wanted_connection(params, catalog)
    if steps.needs_manual_step(vms.profile, client.CONNECT, params["handover"]):
        sides = client.read(requested.client_name, vms, server)
        quota.check_quota(requested, sides.state.client, server, catalog)
        warn(module, client.refuse_unnamed_pair(requested, sides, vms))
        terms = steps.ManualTerms(server.endpoint, confirmed=params["handover_confirmed"])
        over = client.connect(requested, sides, vms.endpoint, terms)
        row = options.connection_row(sides.state)
        row["proof"] = client.proof_rows(requested.client_name, sides, over)
        return complete(module, vms, CONNECTION, {**by_hand(), "reasons": [], **row}, over)
    state = link.read_state(requested.client_name, vms, server)
    plan = link.decide(requested, state)
    quota.check_quota(requested, state.client, server, catalog)
    warn(module, pair.refuse_unnamed_pair(requested, state, vms))
    if plan.changed and not module.check_mode:
        state = connect.apply(plan, vms, server, waits)
    planned = plan.changed and module.check_mode
    result = {
        "changed": plan.changed,
        "plan": options.connect_steps(plan),
        "reasons": list(plan.reasons),
        **options.connection_row(state),
        "proof": [] if planned else options.proof_rows(requested.client_name, state),
        "diff": options.connect_diff(plan),
    }
    return complete(module, vms, CONNECTION, result)


def absent(module: AnsibleModule) -> Result:
    """Remove the connection and the client."""
    params, waits = module.params, read_waits(module.params)
    vms, server = vms_api(params), license_server_api(params["license_server"], params)
    name, address = params["client_name"], params["license_server"]["host"]
    if steps.needs_manual_step(vms.profile, client.DISCONNECT, params["handover"]):
        sides = client.read(name, vms, server)
        terms = steps.ManualTerms(server.endpoint, confirmed=params["handover_confirmed"])
        over = client.disconnect(name, address, sides, vms.endpoint, terms)
        row = {**options.sides_row(sides.state), "proof": client.proof_rows(name, sides, over)}
        return complete(module, vms, DISCONNECTION, {**by_hand(), **row}, over)
    state = link.read_sides(name, vms, server)
    plan = disconnect.decide(address, name, state)
    warn(module, plan.warnings)
    if plan.changed and not module.check_mode:
        state = disconnect.apply(plan, vms, server, waits)
    planned = plan.changed and module.check_mode
    result = {
        "changed": plan.changed,
        "plan": options.disconnect_steps(plan),
        **options.sides_row(state),
        "proof": [] if planned else options.proof_rows(name, state),
        "diff": options.disconnect_diff(plan),
    }
    return complete(module, vms, DISCONNECTION, result)


def by_hand() -> Result:
    """Return the result values of a run that only lists manual steps: no change and no plan."""
    return {"changed": False, "plan": [], "diff": {"before": {}, "after": {}}}


def complete(
    module: AnsibleModule,
    vms: VmsWriter,
    calls: Sequence[str],
    result: Result,
    over: Optional[steps.Handover] = None,
) -> Result:
    """Return the result with the certainty of the calls and both targets."""
    targets = [
        target("vms", module.params, VMS_PORT),
        target("license_server", module.params["license_server"]),
    ]
    return build_result(module, result, call_certainty.certainty(vms.profile, calls), targets, over)


def work(module: AnsibleModule) -> Result:
    """Connect or disconnect while no other task works on the same system or License Server."""
    server = module.params["license_server"]
    port = LICENSE_SERVER_PORT if server["port"] is None else server["port"]
    targets = [(server["host"], port), (module.params["host"], module.params["port"])]
    with hold_locks(module, "license_client", targets):
        return present(module) if module.params["state"] == "present" else absent(module)


def main() -> None:
    license_server: Dict[str, Any] = license_server_spec()
    license_server["required"] = True
    license_server["options"]["client_port"] = {"type": "int"}
    quota_row = {
        "product": {"type": "str", "required": True},
        "arch": {"type": "str", "choices": ["x86_64", "aarch64"]},
        "quantity": {"type": "int", "required": True},
    }
    module = Module(
        argument_spec={
            **connection_spec(VMS_PORT),
            **handover_spec(),
            **lock_spec(),
            **catalog_spec(),
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "license_server": license_server,
            "client_name": {"type": "str", "required": True},
            "client_password": {"type": "str", "no_log": True},
            "update_password": {
                "type": "str",
                "choices": ["on_create", "always"],
                "default": "on_create",
                "no_log": False,
            },
            "quota": {"type": "list", "elements": "dict", "options": quota_row},
            "contract_number": {"type": "str"},
            "reconnect": {
                "type": "str",
                "choices": ["never", "when_needed", "always"],
                "default": "when_needed",
            },
            "wait_timeout": {"type": "float", "default": 120.0},
            "wait_interval": {"type": "float", "default": 1.0},
        },
        supports_check_mode=True,
    )
    run(module, work)


if __name__ == "__main__":
    main()
