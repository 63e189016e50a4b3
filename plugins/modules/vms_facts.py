#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vms_facts
short_description: Read the hosts, features and licenses of a VMS system
version_added: 0.1.0
description:
  - Reads hosts, CPU sockets, architecture, version, features in use, license totals and the single licenses
    of a system and returns them as the fact C(usphere), which the license checks of this collection use.
  - Values that could not be determined are listed under C(usphere.unknown) with the reason. An unknown value
    never passes a check.
  - It sends a fixed number of requests, regardless of the number of hosts; hosts are read in pages of 1,000.
  - The module fails if the server cannot be reached, refuses the login, or answers the call for the list of
    hosts with status 404, with another failure without an error code, or with something that the endpoint
    profile cannot read. If the server states an error of its own there, also with status 200, the hosts are
    unknown with the reason V(gather_error), and a warning has the server's message. So look at
    C(usphere.unknown) before you use the hosts; the checks of this collection do.
  - Any other part of VMS that cannot be read is unknown, with the reason V(gather_error) or V(unreachable),
    and a warning.
  - A required field of O(profile) that no row of a list of hosts or licenses has is unknown in each row, and
    a warning names the call and the place where it was searched.
  - If the list of hosts may have further rows, because it changed each of the three times that it was read,
    ended before its total, or a further page could not be read, the hosts that were read are returned, and
    C(usphere.unknown) has C(/hosts/-). Such a system can fail a check by these hosts, but cannot pass it.
  - A time that a server returns without a time zone is returned without one. Checks read it in every zone;
    what differs is unknown, with the reason V(zone).
  - With O(via=node) it reads only the node that it runs on.
  - While VMS refuses every login because a license expired (R20, R22), the module succeeds, returns
    C(usphere.login.state=refused) and all other values as unknown.
extends_documentation_fragment:
  - unicloud.usphere._connection
  - unicloud.usphere._connection.vms
  - unicloud.usphere._catalog
  - unicloud.usphere._attributes
  - unicloud.usphere._attributes.facts_module
  - unicloud.usphere._attributes.actiongroup_vms
author:
  - unicloud.usphere maintainers (@unicloud)
options:
  via:
    description:
      - V(rest) reads the VMS manager, usually from the controller.
      - V(node) reads no server. It reads the release (C(/etc/cas_cvk-version)), the architecture and the CPU
        sockets of the host that the task runs on, so run the task on the node. The facts are then those of a
        node (C(subject.kind=node)) with its own version and architecture; values that only a system has are
        unknown. Connection options of servers, and O(catalog), are refused with it.
    type: str
    version_added: 0.9.0
    choices: [rest, node]
    default: rest
  host:
    description:
      - Name or address of the VMS manager. Required with O(via=rest).
      - Falls back to the environment variable E(USPHERE_HOST).
    type: str
    required: false
  username:
    description:
      - The account to log in with. Required with O(via=rest).
      - Falls back to the environment variable E(USPHERE_USERNAME).
    type: str
    required: false
  password:
    description:
      - The account's password. A wrong one is sent once, so that no account gets locked by retries. Required
        with O(via=rest).
      - Falls back to the environment variable E(USPHERE_PASSWORD).
    type: str
    required: false
  license_server:
    description:
      - The License Server that the system is connected to. The licenses that are assigned to the system's
        client are read there.
      - Without it, or if O(profile) has no such calls, the list of licenses is incomplete and the values of
        single licenses are unknown.
      - If it cannot be reached while VMS can, the licenses are unknown with the reason V(unreachable).
    type: dict
    suboptions:
      host:
        description: Name or address of the License Server.
        type: str
        required: true
      port:
        description: Port of its console. From V(1) to V(65535).
        type: int
        default: 28443
      username:
        description: The account to log in with.
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
  product_nodes:
    description:
      - The nodes that hold licenses for the system themselves (local installation). Their licenses are added
        to C(usphere.licenses) with the id C(NODE/ID).
      - Licenses of ISC, disk backup DR and heterogeneous migration are only on these nodes, so without its
        node a feature counts as not licensed.
      - If a node cannot be reached while VMS can, the list of licenses is incomplete.
    type: list
    elements: dict
    version_added: 0.9.0
    default: []
    suboptions:
      product:
        description: The product that the node holds its licenses for.
        type: str
        choices: [isc, disk_backup_dr, heterogeneous_migration]
        required: true
      host:
        description: Name or address of the node.
        type: str
        required: true
      port:
        description: Port of its console. From V(1) to V(65535).
        type: int
        default: 28443
      username:
        description: The account to log in with.
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
  subject_id:
    description:
      - The system's name in the facts. Without it the checks use the name of the inventory host, and treat
        hosts with equal facts, as after C(run_once), as unknown.
    type: str
  site:
    description:
      - Values of the system that no interface reports, as a part of the facts; see the examples.
      - They set values that are unknown. A value that contradicts a value that was read is an error.
    type: dict
    default: {}
  srm_sites:
    description:
      - Pairs of sites whose recovery plans are read, to count the VMs that SRM protects.
      - Without it the use of SRM is unknown.
    type: list
    elements: dict
    default: []
    suboptions:
      main_site_ip:
        description: Address of the main site.
        type: str
        required: true
      spare_site_ip:
        description: Address of the spare site.
        type: str
        required: true
  clock:
    description:
      - Which clock stamps C(usphere.source.gathered_at).
      - V(license_server) is for sites whose clock differs from the controller's, such as a lab; it needs
        O(license_server).
    type: str
    choices: [controller, license_server]
    default: controller
  gather_timeout:
    description:
      - How long all reads together may take, retries included, in seconds.
      - From V(0.1) to V(86400).
    type: float
    default: 120
seealso:
  - module: unicloud.usphere.license_info
  - module: unicloud.usphere.license_compliance
"""

EXAMPLES = r"""
- name: Read the system, with the connection in module_defaults
  module_defaults:
    group/unicloud.usphere.vms:
      host: "{{ usphere_host }}"
      username: "{{ usphere_username }}"
      password: "{{ usphere_password }}"
      ca_path: /etc/pki/usphere/ca.pem
  block:
    - name: Read hosts, sockets, architecture, version, features, licenses
      unicloud.usphere.vms_facts:
        license_server:
          host: "{{ hostvars[usphere_license_server].usphere_host }}"
          username: "{{ usphere_username }}"
          password: "{{ usphere_password }}"
          client_id: "{{ usphere_client_id }}"
          client_secret: "{{ usphere_client_secret }}"

    - name: Show the number of sockets of the system
      ansible.builtin.debug:
        msg: "{{ ansible_facts.usphere.hosts | map(attribute='cpu_sockets') | sum }}"

- name: Read with documented calls only, and set values that no interface reports
  unicloud.usphere.vms_facts:
    host: 10.1.0.10
    username: automation
    password: "{{ vault_usphere_password }}"
    profile: cas_e0710
    site:
      features:
        isc: {in_use: false}
        heterogeneous_migration: {in_use: false}
      features_wanted: [srm]
  delegate_to: localhost

- name: Read through a proxy, and give the time zone of a server that states times without one
  unicloud.usphere.vms_facts:
    host: 10.1.0.10
    username: automation
    password: "{{ vault_usphere_password }}"
    proxy: http://proxy.example.com:3128
    no_proxy: [10.9.0.0/16]
    timezone: Asia/Shanghai

- name: Read every node through its SSH account
  unicloud.usphere.vms_facts:
    via: node

- name: Read also the licenses of a disk backup DR node
  unicloud.usphere.vms_facts:
    host: 10.1.0.10
    username: automation
    password: "{{ vault_usphere_password }}"
    product_nodes:
      - product: disk_backup_dr
        host: 10.1.0.40
        username: dr-automation
        password: "{{ vault_dr_password }}"
        client_id: "{{ vault_usphere_client_id }}"
        client_secret: "{{ vault_usphere_client_secret }}"

- name: Count the VMs that SRM protects
  unicloud.usphere.vms_facts:
    srm_sites:
      - {main_site_ip: 10.1.0.10, spare_site_ip: 10.9.0.10}
"""

RETURN = r"""
failed_at:
  description:
    - When the read failed, by the clock of the controller. After a C(rescue), older facts of the host do not
      count in a check.
  returned: if the task fails
  type: str
  sample: "2026-11-24T08:00:00Z"
ansible_facts:
  description: Facts to add to the inventory host.
  returned: always
  type: dict
  contains:
    usphere:
      description:
        - The system, by the schema C(host_facts.schema.json). A missing key is either listed in C(unknown)
          with the reason, or does not apply to the system.
      returned: always
      type: dict
      contains:
        kind:
          description: Always V(HostFacts).
          returned: always
          type: str
          sample: HostFacts
        schema_version:
          description: Version of the schema.
          returned: always
          type: int
          sample: 1
        subject:
          description: The system or node of the facts, C(id) only with O(subject_id).
          returned: always
          type: dict
          sample: {kind: system, id: hangzhou}
        source:
          description:
            - How and when the facts were read, and the certainty of the calls that were used, see the guide
              on endpoint profiles. C(endpoint) is the address that was read; C(identity) has the MAC
              addresses and bar codes of the machine as far as VMS reports them.
          returned: always
          type: dict
          sample:
            via: rest
            profile: usphere_7
            certainty:
              documented: [license_totals, list_clusters, list_hosts, manager, platform, version, vm_count]
              assumed: [license_server_link, list_licenses, server]
            gathered_at: "2026-11-24T08:00:00Z"
            endpoint: https://10.1.0.10:8443
            identity: {macs: ["00:16:3e:00:00:01"], barcodes: [CN0123456789]}
        version:
          description: Release and series of VMS.
          returned: when known
          type: dict
          sample: {vms: E0760P03, series: "7.0"}
        architecture:
          description: Architecture of the manager.
          returned: when known
          type: str
          sample: x86_64
        hot_standby:
          description: Whether the system is a pair, and its addresses.
          returned: when known
          type: dict
          sample: {state: pair, master_ip: 10.1.0.10, slave_ip: 10.1.0.11}
        hosts:
          description:
            - Every registered host, regardless of its status. If C(unknown) has C(/hosts/-), there may be
              further ones.
          returned: when known
          type: list
          elements: dict
          sample:
            - id: "1"
              name: cvk1
              arch: x86_64
              cpu_sockets: 2
              version: E0760P03
              status: ok
              container_cluster: false
              added_at: "2025-02-01T00:00:00Z"
        vms:
          description: Number of VMs, running or not.
          returned: when known
          type: dict
          sample: {total: 120}
        features:
          description: Use of the features that need their own license, as far as known.
          returned: when known
          type: dict
          sample: {container_engine: {in_use: false, used: 0}, srm: {in_use: true, used: 12}}
        features_wanted:
          description: Features that the site plans to use, from O(site).
          returned: always
          type: list
          elements: str
          sample: [srm]
        license_totals:
          description: The totals that VMS reports for itself.
          returned: when known
          type: dict
          sample: {cpu_allowed: 4, cpu_managed: 4, vm_allowed: 500, edition: enterprise}
        license_server:
          description:
            - The system's License Server, its client there, and the clock skew of the server. C(zone) is the
              offset of its clock and C(zone_certainty) is V(stated) or V(derived), as in
              RV(unicloud.usphere.license_info#module:server).
          returned: when known
          type: dict
          sample:
            id: ls-east
            client: hangzhou
            state: connected
            fetched_at: "2026-11-20T01:00:00Z"
            clock_skew_s: 1
            zone: "+08:00"
            zone_certainty: stated
        licenses:
          description: The licenses assigned to the system; C(complete) is whether the list is complete.
          returned: when known
          type: dict
          sample:
            complete: true
            items:
              - id: LS-1
                product: vms_standard
                arch: x86_64
                kind: formal
                code: "3132A0XY"
                quantity: 4
                assigned: 4
                issued_at: "2026-01-10T02:00:00Z"
                installed_at: "2026-01-11T02:00:00Z"
                expires_at: never
                status: in_use
                held_by: ls-east
                key: "****7Q2A"
        login:
          description: Only while every login is refused.
          returned: when refused
          type: dict
          sample: {state: refused}
        unknown:
          description: The unknown values, by JSON pointer, with the reason.
          returned: always
          type: dict
          sample: {/features/isc/in_use: {reason: absent}}
failure:
  description: The error for use in conditions, without secrets. C(code) is the code of RV(msg).
  returned: on failure
  type: dict
  sample: {code: unreachable_refused, endpoint: "https://10.1.0.10:8443"}
msg:
  description: The error message.
  returned: on failure
  type: str
  sample: https://10.1.0.10:8443 refuses the connection; check host and port, and that the service runs
"""

from typing import Any, Dict, Optional

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.unicloud.usphere.plugins.module_utils._argspec import (
    make_connection_optional,
    system_spec,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._module import Module, run, sentence
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.endpoints import (
    license_server_api,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.node import (
    NodeOptions,
    read_node,
    refuse_options,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.read import (
    product_nodes,
    read_options,
    vms_api,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.read_system import (
    read_system,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Budget


def gather_node(module: AnsibleModule) -> Dict[str, Any]:
    """Read the facts of the node on which the module runs."""
    params = module.params
    refuse_options(params)
    facts = read_node(NodeOptions(params["subject_id"], params["site"] or {}, lscpu=lambda: lscpu(module)))
    return {"changed": False, "ansible_facts": {"usphere": facts}}


def lscpu(module: AnsibleModule) -> Optional[str]:
    """Return the English output of C(lscpu), or None if the command is missing or fails."""
    command = module.get_bin_path("lscpu")
    if command is None:
        return None
    code, out, _err = module.run_command([command], environ_update={"LC_ALL": "C"})
    return out if code == 0 else None


def gather(module: AnsibleModule) -> Dict[str, Any]:
    """Read the facts of the system given in the options."""
    params = module.params
    budget = Budget(params["gather_timeout"])
    vms = vms_api(params, budget)
    server = params["license_server"]
    options = read_options(params, params["subject_id"], lambda error: module.warn(sentence(error)))
    store = license_server_api(server, params, budget) if server else None
    facts = read_system(vms, store, options, product_nodes(params, budget))
    return {"changed": False, "ansible_facts": {"usphere": facts}}


def main() -> None:
    system = system_spec()
    make_connection_optional(system)
    module = Module(
        argument_spec={
            **system,
            "via": {"type": "str", "choices": ["rest", "node"], "default": "rest"},
            "subject_id": {"type": "str"},
        },
        supports_check_mode=True,
        required_if=[["via", "rest", ["host", "username", "password"]]],
    )
    run(module, gather if module.params["via"] == "rest" else gather_node)


if __name__ == "__main__":
    main()
