# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event source for ansible-rulebook that sends an event for each Usphere license that expires soon."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
---
short_description: Sends an event for each Usphere license that expires soon
description:
  - Reads VMS managers, License Servers, product nodes or facts files at a regular interval, and sends an
    event for each license that expires within a horizon.
  - Each expiry is sent once; with O(state_file) this includes restarts. A license that was renewed and
    expires again is sent again, because its end date is a different one.
  - An event contains the known effects of the expiry, such as whether VMS will refuse every login (R20) and
    how many CPU sockets will be without a license (R31). Unknown effects are listed under C(then.unknown).
  - Problems are events, too. These are a server that cannot be read, an incomplete list of licenses, an
    unknown end date, and a VMS that refuses every login. Such an event is sent once per occurrence.
  - Events contain no passwords, and license keys are masked. Texts of servers cannot start a template.
  - The source only reads. It uses the API calls of M(unicloud.usphere.vms_facts) and
    M(unicloud.usphere.license_info).
options:
  systems:
    description:
      - The systems to read. At least one of O(systems), O(license_servers) and O(facts_files) is required.
      - Each system also accepts the connection options below; the options below are the defaults.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The system's name in the inventory. Events contain it as C(system), the target for playbooks.
          - It can contain letters, digits, dots, dashes and underscores, so that it is not a pattern that
            matches other hosts.
        type: str
        required: true
      host:
        description: Name or address of the VMS manager.
        type: str
        required: true
      port:
        description: Port of the VMS manager. Default is 8443. From V(1) to V(65535).
        type: int
      license_server:
        description:
          - The License Server of the system, with C(host), C(port) (default 28443) and account options.
          - Options of the account and the connection default to those of the system.
          - Without it, the list of licenses is incomplete, which is an event of type V(unknown).
        type: dict
      site:
        description:
          - Facts that the site declares because no API returns them, as in
            O(unicloud.usphere.vms_facts#module:site). An example is the first run of the software, which is
            the start of preinstalled licenses (R10).
        type: dict
        default: {}
  license_servers:
    description:
      - License Servers and product nodes whose license lists are read. They do not report the CPU sockets of
        systems, so the effects of an expiry are unknown.
      - Each server also accepts the connection options below; the options below are the defaults.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the server in events.
        type: str
        required: true
      host:
        description: Name or address of the server.
        type: str
        required: true
      port:
        description: Port of its console. Default is 28443. From V(1) to V(65535).
        type: int
      product_node:
        description: The product whose licenses the node holds, if the server is a product node.
        type: str
        choices: [isc, disk_backup_dr, heterogeneous_migration]
      clients:
        description:
          - Maps client names of the server to names of systems. Events of other clients contain C(client) but
            not C(system), because text of a server must not select the target of a playbook.
          - Licenses of a client that is one of O(systems) are skipped here. That system is read itself, and
            its events contain more details.
        type: dict
        default: {}
  facts_files:
    description:
      - Paths or glob patterns of files, which are read again at every interval. They contain C(HostFacts)
        (JSON, NDJSON, YAML), or a registered result of M(unicloud.usphere.vms_facts) or
        M(unicloud.usphere.license_info).
    type: list
    elements: str
  username:
    description: The account to log in with. Falls back to the environment variable E(USPHERE_USERNAME).
    type: str
  password:
    description:
      - Password of the account. Falls back to the environment variable E(USPHERE_PASSWORD).
      - ansible-rulebook converts the result of a template to a number if it looks like one. Such a password
        is rejected, because the number may differ from the text.
    type: str
  client_id:
    description:
      - ID of the OAuth2 client of the License Server console. Falls back to E(USPHERE_CLIENT_ID).
    type: str
  client_secret:
    description: Secret of the OAuth2 client. Falls back to E(USPHERE_CLIENT_SECRET).
    type: str
  scheme:
    description:
      - Whether to connect over TLS. With V(http) nothing is encrypted.
      - Default is V(https).
    type: str
    choices: [https, http]
  validate_certs:
    description:
      - Whether the server's certificate is verified. No connection falls back to an unverified one.
      - Default is V(true).
    type: bool
  ca_path:
    description:
      - A PEM file with the certificates of the issuing CA, or a directory of hashed certificates.
      - Without it the trusted CAs of the operating system are used.
      - Falls back to the environment variable E(USPHERE_CA_PATH).
    type: str
  timeout:
    description:
      - How long one complete request may take, in seconds.
      - A text with a unit, such as V(1m), is possible, too. Default is 30 seconds.
      - From V(0.1) to V(86400) seconds.
    type: str
  proxy:
    description:
      - An HTTP proxy on the way to the server, such as V(http://proxy.example.com:3128). HTTPS goes through
        it in a tunnel. A proxy that requires a login is not supported.
      - The proxy variables of the environment, such as E(https_proxy), are not read.
      - An empty O(proxy), O(no_proxy) or O(timezone) is not set.
    type: str
  no_proxy:
    description:
      - Hosts that are reached without O(proxy). These are names, which include all names below them,
        addresses, and networks such as V(10.0.0.0/8). V(*) is every host.
    type: list
    elements: str
  timezone:
    description:
      - The time zone of times that the server states without one. It is an offset such as V(+08:00), or a
        name such as V(Asia/Shanghai), for which the machine needs Python 3.9 and time zone data.
      - Default is the time zone in the endpoint profile, else that of the server's own clock. If neither is
        known, such a time can be in any time zone, and what depends on it is unknown.
    type: str
  profile:
    description:
      - "The endpoint profile: the calls of all operations, and the certainty of each call."
      - Its name, the profile as data, or the path of a file, which is a text with a V(/) or one that ends in
        V(.json), V(.yml) or V(.yaml). A relative path begins at the working directory. Default is
        V(usphere_7).
    type: raw
  catalog:
    description: The site's own rows of the license catalog, a C(LicenseCatalog) as a path or as data (R2).
    type: raw
  horizon:
    description:
      - The number of days before an expiry from which its event is sent, such as V(30d).
      - From V(1) to V(36500) days.
    type: str
    default: 30d
  look_back:
    description:
      - The number of days after an expiry for which its event is sent if it was not sent before.
      - From V(1) to V(36500) days.
    type: str
    default: 7d
  interval:
    description: The time between two reads, such as V(15m) or V(1h). From V(0.1) to V(31622400) seconds.
    type: str
    default: 1h
  retry:
    description:
      - The wait after a failed read, such as V(60s). The wait doubles with every failure, up to O(interval).
      - If credentials or certificates were rejected, the wait is O(interval), then twice that, up to a day,
        so that no account is locked.
      - From V(0.1) to V(31622400) seconds.
    type: str
    default: 1m
  deadline:
    description:
      - Timeout of one read, with all its requests and their repetitions.
      - From V(0.1) to V(31622400) seconds.
    type: str
    default: 2m
  clock:
    description:
      - The clock to use. V(license_server) uses the clock of the License Server, for a lab whose clock
        differs from the controller's. For a file, it uses the time at which its facts were gathered.
    type: str
    choices: [controller, license_server]
    default: controller
  state_file:
    description:
      - Path of a file that stores which events were sent, so that a restart does not send them again. Only
        one source can use it at a time.
      - Without it, all events are sent again after a restart.
    type: str
  language:
    description: The language of C(message).
    type: str
    choices: [en, zh]
    default: en
"""

EXAMPLES = r"""
- name: Two systems with the License Server that serves both
  unicloud.usphere.license_expiry:
    username: automation
    password: "{{ usphere_password }}"
    client_id: license-console
    client_secret: "{{ usphere_client_secret }}"
    ca_path: /etc/pki/usphere/ca.pem
    systems:
      - {name: hangzhou, host: 10.1.0.10, license_server: {host: 10.1.0.5}}
      - {name: chengdu, host: 10.2.0.10, license_server: {host: 10.1.0.5}}
    horizon: 30d
    state_file: /var/lib/usphere/license_expiry.json

- name: A License Server and a product node, their accounts in the environment
  unicloud.usphere.license_expiry:
    license_servers:
      - {name: ls-east, host: 10.1.0.5, clients: {hangzhou: hangzhou}}
      - {name: dr-node-1, host: 10.1.0.40, product_node: disk_backup_dr, username: dr-automation}
    interval: 6h

- name: Facts that a nightly pipeline leaves in files
  unicloud.usphere.license_expiry:
    facts_files: [/srv/usphere/facts/*.json]
    horizon: 60d
    look_back: 1d
"""

PACKAGE = "unicloud_usphere_plugins"


def _load(name: str) -> types.ModuleType:
    """Import a module of the copy of the collection that contains this file.

    ansible-rulebook runs this file outside of any package and has no collection loader. The import path may
    contain another copy of the collection, or another package named ansible_collections.
    """
    directory = str(Path(__file__).resolve().parents[4] / "plugins")
    package = sys.modules.get(PACKAGE)
    if package is None or list(package.__path__) != [directory]:
        for loaded in [key for key in sys.modules if key.split(".")[0] == PACKAGE]:
            del sys.modules[loaded]
        package = types.ModuleType(PACKAGE)
        package.__path__ = [directory]
        sys.modules[PACKAGE] = package
    return importlib.import_module(f"{PACKAGE}.{name}")


async def main(queue: Any, args: dict[str, Any]) -> None:
    """Send events to ``queue`` until ansible-rulebook stops the source."""
    await _load("plugin_utils._events.loop").follow(queue, args)
