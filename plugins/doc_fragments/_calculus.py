# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for options of the licensing filters. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of the filters that compute the licenses of one system."""

    DOCUMENTATION = r"""
options:
  _input:
    description:
      - The facts of one system (C(HostFacts)), which M(unicloud.usphere.vms_facts) sets as C(usphere).
      - A key that is not in the schema of C(HostFacts) is an error, which names the nearest known key. A
        value that cannot be read is unknown. See the guide "Policies, purchases and waivers".
    type: dict
    required: true
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those; each row overrides the shipped one of its product and architecture (R2).
      - Licenses of products that the document names in C(not_usphere) count nowhere; reports list them. C(*)
        matches any characters, C(?) exactly one; a pattern matches a whole name, and case does not matter.
      - A relative path is relative to the working directory of the run.
      - It needs the Python library jsonschema on the controller.
    type: raw
    version_added: 0.9.0
"""
