# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator is independent: it imports nothing of the collection or of Ansible."""

from __future__ import annotations

import ast
from pathlib import Path

SIMULATOR = Path(__file__).resolve().parents[2] / "simulator"


def test_the_simulator_imports_nothing_of_the_collection() -> None:
    roots = set()
    for file in SIMULATOR.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                roots |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file}: relative import"
                roots.add(str(node.module).partition(".")[0])
    assert "usim" in roots
    assert not roots & {"ansible", "ansible_collections", "plugins", "module_utils", "plugin_utils"}
