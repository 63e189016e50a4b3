# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the table of operations and their certainty into the guide on endpoint profiles.

    PYTHONPATH=.collections python tests/tools/endpoint_profile_table.py

A test checks that the guide is up to date.
"""

from __future__ import annotations

from pathlib import Path

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    LOCAL_OPERATIONS,
    SHAPES,
)

FILE = Path(__file__).parents[2] / "docs/docsite/rst/guide_profiles.rst"
BEGIN, END = ".. begin certainty\n", ".. end certainty\n"


def table() -> str:
    narrow, wide = load_profile("cas_e0710"), load_profile("usphere_7")
    node = wide.node("isc")
    rows = [("operation", "call", "``cas_e0710``", "``usphere_7``", "product nodes")]
    for name in sorted(SHAPES, key=lambda name: (SHAPES[name].base == "license_server", name)):
        call = wide.operation(name)
        at_node = node.certainty(name) if name in LOCAL_OPERATIONS else "–"
        path = f"``{call.method} {wide.bases[call.base].path}{call.path}``"
        rows.append((f"``{name}``", path, narrow.certainty(name), wide.certainty(name), at_node))
    lines = [
        ".. list-table:: Operations, calls and their certainty",
        "   :header-rows: 1",
        "",
    ]
    for row in rows:
        lines += [f"   {'* -' if index == 0 else '  -'} {cell}" for index, cell in enumerate(row)]
    return "\n".join([*lines, ""])


def written(guide: str) -> str:
    before, _begin, rest = guide.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    FILE.write_text(written(FILE.read_text(encoding="utf-8")), encoding="utf-8")
