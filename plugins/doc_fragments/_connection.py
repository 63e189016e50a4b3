# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for connection options. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """``DOCUMENTATION`` for all modules, and the default port by ``VMS`` or ``LICENSE_SERVER``."""

    DOCUMENTATION = r"""
options:
  host:
    description:
      - Name or address of the server. An account in it (C(user:password@host)) is refused.
      - Falls back to the environment variable E(USPHERE_HOST).
    type: str
    required: true
  username:
    description:
      - The account to log in with.
      - Falls back to the environment variable E(USPHERE_USERNAME).
    type: str
    required: true
  password:
    description:
      - The account's password. A wrong one is sent once, so that no account gets locked by retries.
      - Falls back to the environment variable E(USPHERE_PASSWORD).
    type: str
    required: true
  scheme:
    description:
      - Whether to connect over TLS. With V(http) nothing is encrypted.
    type: str
    choices: [https, http]
    default: https
  validate_certs:
    description:
      - Whether the server's certificate is verified. No connection falls back to an unverified one.
    type: bool
    default: true
  ca_path:
    description:
      - A PEM file with the certificates of the issuing CA, or a directory of hashed certificates.
      - Without it the trusted CAs of the operating system are used.
      - Falls back to the environment variable E(USPHERE_CA_PATH).
    type: path
  timeout:
    description:
      - How long one complete request may take, in seconds.
      - From V(0.1) to V(86400).
    type: float
    default: 30
  proxy:
    description:
      - An HTTP proxy on the way to the server, such as V(http://proxy.example.com:3128). HTTPS goes through
        it in a tunnel. A proxy that requires a login is not supported.
      - The proxy variables of the environment, such as E(https_proxy), are not read.
      - An empty O(proxy), O(no_proxy) or O(timezone) is not set.
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
      - V(cas_e0710) has the calls that the vendor documents or that public code uses, which only read.
        V(usphere_7) adds the calls that are assumed.
      - A mapping is a site's own profile. It may C(extends) a shipped profile and replace single operations.
        Its schema is C(endpoint_profile.schema.json); see the guide on endpoint profiles.
      - A text with a V(/), or one that ends in V(.json), V(.yml) or V(.yaml), is the path of a file with such
        a mapping, of at most 1 MB. It is read on the controller. A relative path is searched in the
        directories C(files) and C(profiles) of the role, then next to the playbook, then in the working
        directory.
      - The profile is validated on the controller before anything is sent.
    type: raw
    default: usphere_7
"""

    VMS = r"""
options:
  port:
    description:
      - Port of the VMS manager.
      - Falls back to the environment variable E(USPHERE_PORT).
      - From V(1) to V(65535).
    type: int
    default: 8443
"""

    LICENSE_SERVER = r"""
options:
  port:
    description:
      - Port of the License Server's console.
      - Falls back to the environment variable E(USPHERE_PORT).
      - From V(1) to V(65535).
    type: int
    default: 28443
  client_id:
    description:
      - Id of the console's OAuth2 client. There is no default; ask the administrator of the License Server.
      - Falls back to the environment variable E(USPHERE_CLIENT_ID).
    type: str
  client_secret:
    description:
      - Secret of the console's OAuth2 client.
      - Falls back to the environment variable E(USPHERE_CLIENT_SECRET).
    type: str
"""
