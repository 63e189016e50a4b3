# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the guide on rules from the table of where each is enforced.

    PYTHONPATH=.collections python tests/tools/rule_guide.py

A test holds the guide against this.
"""

from __future__ import annotations

from pathlib import Path

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.rule_table import ROWS, RuleRow

FILE = Path(__file__).parents[2] / "docs/docsite/rst/guide_rules.rst"
HEAD = """..
  SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
  SPDX-License-Identifier: GPL-3.0-or-later

.. _ansible_collections.unicloud.usphere.docsite.guide_rules:

The vendor's rules
==================

Every rule of the vendor's license document has a number, which messages, policies and results quote. This is
where each is enforced: by a check or pool of the policy ``vendor``, by modules before they change anything,
by a derived fact that policies can use, or by data of the licensing core.

This page is generated; ``tests/tools/rule_guide.py`` writes it.

"""
#: Field of a row, and what a person calls it.
KINDS = (
    ("checks", "checks of the policy ``vendor``"),
    ("pools", "pools of the policy ``vendor``"),
    ("refusals", "said by modules and plugins (``code``)"),
    ("facts", "derived facts"),
    ("code", "the licensing core"),
)


def section(row: RuleRow) -> str:
    lines = [row.id, "-" * len(row.id), "", row.text, ""]
    for field, name in KINDS:
        found = getattr(row, field)
        if found:
            lines.append(f"- {name}: " + ", ".join(f"``{each}``" for each in found))
    if row.why:
        lines.append(f"- not enforced: {row.why}")
    return "\n".join([*lines, ""])


def guide() -> str:
    return HEAD + "\n".join(section(row) for row in ROWS)


if __name__ == "__main__":
    FILE.write_text(guide(), encoding="utf-8")
