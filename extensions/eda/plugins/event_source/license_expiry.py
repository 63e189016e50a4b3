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
short_description: An event for each Usphere license that lapses soon
description:
  - Reads VMS managers, License Servers, product nodes or files of facts again and again, and sends an event
    for each license that ends within a horizon.
  - Each lapse is sent once, over restarts too if there is a O(state_file). A license that was renewed and
    lapses anew is sent again, because its end is another one.
  - An event says what is known of the time after it, such as whether VMS will refuse every login (R20) and
    how many CPU sockets will be without a license (R31). What is not known stands in C(then.unknown).
  - Nothing is passed over in silence. A server that cannot be read, a list of licenses that is not whole, an
    end that nobody knows and a VMS that refuses every login are events, too, one for as long as it lasts.
  - Events carry no passwords; license keys are masked. Texts of servers cannot open a template.
  - It only reads, with the calls of M(unicloud.usphere.vms_facts) and M(unicloud.usphere.license_info).
options:
  systems:
    description:
      - The systems to read. At least one of O(systems), O(license_servers) and O(facts_files) is needed.
      - Each takes the connection options below itself, too, and what it does not say is taken from there.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The system's name in the inventory; events name it as C(system), for playbooks to run on.
          - Letters, digits, dots, dashes and underscores, so that it cannot be a pattern for other hosts.
        type: str
        required: true
      host:
        description: Name or address of the VMS manager.
        type: str
        required: true
      port:
        description: Its port. Default is 8443.
        type: int
      license_server:
        description:
          - The License Server that serves the system, with C(host), C(port) (default 28443) and an account.
          - Account and certificates default to those of the system.
          - Without it the list of licenses is not whole, which is an event of type V(unknown).
        type: dict
      site:
        description:
          - What the site knows and no interface says, as in O(unicloud.usphere.vms_facts#module:site); the
            first run of the software, say, from which preinstalled licenses are counted (R10).
        type: dict
        default: {}
  license_servers:
    description:
      - License Servers and product nodes whose own lists are read. They know no system's CPU sockets, so
        what a lapse does is not known here.
      - Each takes the connection options below itself, too.
    type: list
    elements: dict
    suboptions:
      name:
        description: Its name in events.
        type: str
        required: true
      host:
        description: Name or address.
        type: str
        required: true
      port:
        description: Port of its console. Default is 28443.
        type: int
      product_node:
        description: The product that the node holds its licenses for, if it is a product node.
        type: str
        choices: [isc, disk_backup_dr, heterogeneous_migration]
      clients:
        description:
          - Which of its clients is which system, by the client's name. Events of other clients say C(client)
            and no C(system), because the server's word must not choose whom a playbook runs on.
          - What a client holds that is one of O(systems) is left to that one, which knows more.
        type: dict
        default: {}
  facts_files:
    description:
      - Paths or patterns of files, read anew at every look. They hold C(HostFacts) (JSON, NDJSON, YAML), or
        a registered result of M(unicloud.usphere.vms_facts) or M(unicloud.usphere.license_info).
    type: list
    elements: str
  username:
    description: The account to log in with. Falls back to the environment variable E(USPHERE_USERNAME).
    type: str
  password:
    description:
      - Its password. Falls back to the environment variable E(USPHERE_PASSWORD).
      - ansible-rulebook makes a number of a template that gives digits; such a password is refused, because
        it may not be what was written any more.
    type: str
  client_id:
    description:
      - Id of the License Server console's OAuth2 client. Falls back to E(USPHERE_CLIENT_ID).
    type: str
  client_secret:
    description: Secret of that client. Falls back to E(USPHERE_CLIENT_SECRET).
    type: str
  scheme:
    description: How servers are spoken to. Default is V(https).
    type: str
    choices: [https, http]
  validate_certs:
    description: Whether certificates are verified. They are unless it is false.
    type: bool
  ca_path:
    description: The CA of the certificates, a PEM file or a folder. Falls back to E(USPHERE_CA_PATH).
    type: str
  timeout:
    description: How long one request may take, such as V(30) or V(1m). Default is 30 seconds.
    type: str
  profile:
    description: The endpoint profile, by name or as data. Default is V(usphere_7).
    type: raw
  catalog:
    description: A site's own rows of the license catalogue, a C(LicenseCatalog) as a path or as data (R2).
    type: raw
  horizon:
    description: How many days ahead a lapse is told, such as V(30d).
    type: str
    default: 30d
  look_back:
    description: How many days after it a lapse is still told, if nobody looked in time.
    type: str
    default: 7d
  interval:
    description: The time from one look to the next, such as V(15m) or V(1h).
    type: str
    default: 1h
  retry:
    description:
      - How soon a look that failed is repeated, such as V(60s). The wait doubles with every failure, up to
        O(interval).
      - Where credentials or certificates were not taken the next look is an O(interval) away, and then twice
        that, up to a day, so that no account gets locked.
    type: str
    default: 1m
  deadline:
    description: How long one look may take, all its requests and their repetitions together.
    type: str
    default: 2m
  clock:
    description:
      - Whose clock says what time it is. V(license_server) takes the clock of the License Server, for a lab
        whose clock is not the controller's; of a file it takes the instant at which its facts were read.
    type: str
    choices: [controller, license_server]
    default: controller
  state_file:
    description:
      - Where it is kept what was told, so that a restart does not tell it again. One source has it at a time.
      - Without it a restart tells everything again.
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


def _part(name: str) -> types.ModuleType:
    """Import a part of this collection, the one that lies beside this file.

    ansible-rulebook runs this file outside of any package and knows no collection loader. Another copy of the
    collection, or another package named ansible_collections, may well be on the import path.
    """
    folder = str(Path(__file__).resolve().parents[4] / "plugins")
    package = sys.modules.get(PACKAGE)
    if package is None or list(package.__path__) != [folder]:
        for loaded in [key for key in sys.modules if key.split(".")[0] == PACKAGE]:
            del sys.modules[loaded]
        package = types.ModuleType(PACKAGE)
        package.__path__ = [folder]
        sys.modules[PACKAGE] = package
    return importlib.import_module(f"{PACKAGE}.{name}")


async def main(queue: Any, args: dict[str, Any]) -> None:
    """Send events into ``queue`` until ansible-rulebook ends the source."""
    await _part("plugin_utils._events.loop").follow(queue, args)
