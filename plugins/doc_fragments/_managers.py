# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for connection options of the inventory plugin. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """Top-level options, which every entry of C(managers) may override."""

    DOCUMENTATION = r"""
options:
  host:
    description: Name or address of the VMS manager, if O(managers) is not set.
    type: str
    env:
      - name: USPHERE_HOST
  port:
    description: Port of the VMS manager. From V(1) to V(65535).
    type: int
    default: 8443
    env:
      - name: USPHERE_PORT
  username:
    description: The account to log in with. Read access is sufficient.
    type: str
    env:
      - name: USPHERE_USERNAME
  password:
    description:
      - The account's password. A wrong one is sent once to each manager.
      - Like every option here it may be a template or, with C(!vault), encrypted. Templates can use extra
        variables and lookups, but not the inventory.
    type: str
    env:
      - name: USPHERE_PASSWORD
  scheme:
    description: Whether to connect over TLS. With V(http) nothing is encrypted.
    type: str
    choices: [https, http]
    default: https
  validate_certs:
    description: Whether the server's certificate is verified. No connection falls back to an unverified one.
    type: bool
    default: true
  ca_path:
    description:
      - A PEM file with the certificates of the issuing CA, or a directory of hashed certificates.
      - Without it the trusted CAs of the operating system are used.
    type: path
    env:
      - name: USPHERE_CA_PATH
  timeout:
    description: How long one complete request may take, in seconds. From V(0.1) to V(86400).
    type: float
    default: 30
  proxy:
    description:
      - An HTTP proxy on the way to the server, such as V(http://proxy.example.com:3128). HTTPS goes through
        it in a tunnel. A proxy that requires a login is not supported.
      - The proxy variables of the environment, such as E(https_proxy), are not read.
    type: str
    version_added: 0.10.0
  no_proxy:
    description:
      - Hosts that are reached without O(proxy). These are names, which include all names below them,
        addresses, and networks such as V(10.0.0.0/8). V(*) is every host.
    type: list
    elements: str
    version_added: 0.10.0
  timezone:
    description:
      - The time zone of times that the server states without one. It is an offset such as V(+08:00), or a
        name such as V(Asia/Shanghai), for which the machine needs Python 3.9 and time zone data.
      - Default is the time zone in the endpoint profile, else that of the server's own clock. If neither is
        known, such a time can be in any time zone, and what depends on it is unknown. The clock tells nothing
        about times beyond a change for daylight saving time, nor behind a proxy.
    type: str
    version_added: 0.10.0
  profile:
    description:
      - "The endpoint profile: the calls of all operations, and the certainty of each call."
      - V(cas_e0710), V(usphere_7), or a site's own as a mapping or as the path of a file, which is a text
        with a V(/) or one that ends in V(.json), V(.yml) or V(.yaml); see the guide on endpoint profiles. A
        relative path is searched next to the inventory source, then in the working directory.
    type: raw
    default: usphere_7
  license_server:
    description:
      - The License Server of the systems, a mapping like the option of M(unicloud.usphere.vms_facts), with
        the keys C(host), C(port), C(username), C(password), C(client_id), C(client_secret), C(scheme),
        C(validate_certs), C(ca_path), C(timeout), C(proxy), C(no_proxy), C(timezone).
      - Without C(host) here, these are only defaults for the entries of O(managers) that name one.
      - Without a License Server the list of licenses is incomplete, and the values of single licenses are
        unknown.
    type: raw
  product_nodes:
    description:
      - The nodes that hold licenses for the systems themselves, mappings like those of
        O(unicloud.usphere.vms_facts#module:product_nodes).
    type: list
    elements: dict
    default: []
  site:
    description:
      - Values of the systems that no interface reports, as a part of the facts, such as that ISC is not in
        use. See O(unicloud.usphere.vms_facts#module:site).
    type: dict
    default: {}
  srm_sites:
    description:
      - Pairs of sites whose recovery plans are counted. See O(unicloud.usphere.vms_facts#module:srm_sites).
    type: list
    elements: dict
    default: []
  clock:
    description: Which clock counts. See O(unicloud.usphere.vms_facts#module:clock).
    type: str
    choices: [controller, license_server]
    default: controller
  catalog:
    description:
      - A site's own rows of the license catalog (R2). See O(unicloud.usphere.vms_facts#module:catalog).
    type: list
    elements: dict
  gather_timeout:
    description:
      - How long all reads of one manager together may take, retries included, in seconds.
      - From V(0.1) to V(86400).
    type: float
    default: 120
"""
