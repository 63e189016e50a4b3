# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the filters over the licensing core take, said once. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of the filters that work out what one system may use."""

    DOCUMENTATION = r"""
options:
  _input:
    description:
      - The facts of one system (C(HostFacts)), which M(unicloud.usphere.vms_facts) sets as C(usphere).
      - A key that C(HostFacts) do not have is an error, which names the nearest one. A value that cannot be
        read is unknown. The guide "Policies, purchases and waivers" says how facts are read.
    type: dict
    required: true
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those; each row overrides the shipped one of its product and architecture (R2).
      - A relative path is looked for in the working directory of the run.
      - It needs the Python library jsonschema on the controller.
    type: raw
    version_added: 0.9.0
"""
