# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What facts are judged with, said once. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of whatever evaluates facts against a policy."""

    DOCUMENTATION = r"""
options:
  horizon:
    description:
      - How far ahead a lapse counts, in days, such as V(30d) or V(30). Sets the policy's parameter
        C(horizon_days).
    type: raw
  entitlements:
    description:
      - What was bought, an C(Entitlements) document, as a path, as data, or a list of those. Its grants are
        judged beside the systems (R24 to R26), and its systems count in pools even if nobody read them.
    type: raw
    version_added: 0.9.0
  waivers:
    description:
      - Findings that are accepted for a time, a C(Waivers) document, as a path, as data, or a list of those.
        A waived finding stays in the result and blocks no more; the result says which waivers are active,
        expiring, expired or unused.
    type: raw
    version_added: 0.9.0
  license_servers:
    description:
      - What M(unicloud.usphere.license_info) returned of License Servers, with C(server), C(licenses) and
        C(clients). Whether their fixed licenses can be held whole by one client is judged beside the systems
        (R25).
    type: list
    version_added: 0.9.0
    elements: dict
requirements:
  - jsonschema >= 4.21 on the controller
"""

    TEMPLATE = r"""
options:
  policy:
    description:
      - V(vendor) for the policy that ships with the collection, the path of a policy document, a policy
        as data (see P(unicloud.usphere.license_policy#lookup)), or a list of those, composed left to right.
      - A bare JSON Schema 2020-12 of what a system has to look like is a policy too.
      - A relative path is looked for in the working directory of the run. The lookup finds files beside the
        playbook.
    type: raw
    required: true
  as_of:
    description: The instant to judge at, in ISO 8601; now if left out.
    type: str
  host:
    description: The system that the facts are about, where they do not name their subject themselves.
    type: str
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those; each row overrides the shipped one of its product and architecture (R2). The systems,
        O(entitlements) and what to buy are judged by it.
      - A relative path is looked for in the working directory of the run.
    type: raw
    version_added: 0.9.0
"""
