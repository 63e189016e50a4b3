# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the tables of operations, their certainty and their fields into the guide on endpoint profiles.

    PYTHONPATH=.collections python tests/tools/endpoint_profile_table.py

A test checks that the guide is up to date.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    LOCAL_OPERATIONS,
    SHAPES,
    OperationFields,
)

FILE = Path(__file__).parents[2] / "docs/docsite/rst/guide_profiles.rst"
ORDER = sorted(SHAPES, key=lambda name: (SHAPES[name].base == "license_server", name))


def certainty() -> str:
    narrow, wide = load_profile("cas_e0710"), load_profile("usphere_7")
    node = wide.node("isc")
    rows = [("operation", "call", "``cas_e0710``", "``usphere_7``", "product nodes")]
    for name in ORDER:
        call = wide.operation(name)
        at_node = node.certainty(name) if name in LOCAL_OPERATIONS else "–"
        path = f"``{call.method} {wide.bases[call.base].path}{call.path}``"
        rows.append((f"``{name}``", path, narrow.certainty(name), wide.certainty(name), at_node))
    return _table("Operations, calls and their certainty", rows)


def fields() -> str:
    rows = [("operation", "placeholders", "fields of the response")]
    for name in ORDER:
        shape = SHAPES[name]
        places = _codes([*shape.params, *shape.body])
        rows.append((f"``{name}``", places or "–", _fields(shape) or "–"))
    return _table("Placeholders and fields of each operation (required fields have a star)", rows)


def _fields(shape: OperationFields) -> str:
    texts = []
    for name, kind in shape.fields.items():
        star = "\\*" if name in shape.required else ""
        of = ": " + _codes(kind.choices) if kind.choices else ""
        texts.append(f"``{name}``{star} ({kind.type.value}{of})")
    return ", ".join(texts)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"``{name}``" for name in names)


def _table(title: str, rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f".. list-table:: {title}", "   :header-rows: 1", ""]
    for row in rows:
        lines += [f"   {'* -' if index == 0 else '  -'} {cell}" for index, cell in enumerate(row)]
    return "\n".join([*lines, ""])


def written(guide: str) -> str:
    for name, table in (("certainty", certainty()), ("fields", fields())):
        begin, end = f".. begin {name}\n", f".. end {name}\n"
        before, _begin, rest = guide.partition(begin)
        _old, _end, after = rest.partition(end)
        guide = f"{before}{begin}\n{table}\n{end}{after}"
    return guide


if __name__ == "__main__":
    FILE.write_text(written(FILE.read_text(encoding="utf-8")), encoding="utf-8")
