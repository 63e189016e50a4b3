# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for the catalog option. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """The catalog option of modules that use products."""

    DOCUMENTATION = r"""
options:
  catalog:
    description:
      - A site's own rows of the license catalog (R2), each of which replaces the shipped row of its product
        and architecture or is added to the catalog. They are the C(products) of a C(LicenseCatalog) document,
        read for example with P(ansible.builtin.file#lookup) and P(ansible.builtin.from_yaml#filter).
      - The keys are C(id), C(class) (C(edition), C(upgrade) or C(feature)), C(metric) (C(cpu_socket), C(vm)
        or C(host)) and C(installation) (C(remote) or C(local)), which are required; and C(arch), C(family),
        C(feature), C(edition), C(from), C(to), C(packs), C(name_zh), C(name_en). The feature, edition or
        upgrade of a shipped product cannot be changed.
      - Without it only the shipped catalog is used.
    type: list
    version_added: 0.9.0
    elements: dict
"""
