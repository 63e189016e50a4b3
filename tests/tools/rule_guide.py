# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the guide on rules from the table of where each is enforced.

    PYTHONPATH=.collections python tests/tools/rule_guide.py

A test holds the guide against this.
"""

from __future__ import annotations

from pathlib import Path

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.rule_table import (
    ROWS,
    RuleRow,
)

FILE = Path(__file__).parents[2] / "docs/docsite/rst/guide_rules.rst"
# The guide has the license of this file, in the two lines at its top.
LICENSE = [line.removeprefix("# ") for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:2]]
HEAD = (
    "\n  ".join(["..", *LICENSE])
    + """

.. _ansible_collections.unicloud.usphere.docsite.guide_rules:

The vendor's rules
==================

Every rule of the vendor's license document has a number, which messages, policies and results quote. This is
where each is enforced: by a check or pool of the policy ``vendor``, by modules before they change anything,
by a derived fact that policies can use, or by data of the licensing core.

This page is generated; ``tests/tools/rule_guide.py`` writes it.

A catalogue of your own
-----------------------

Where the vendor told you of other products, packs or architectures than are shipped, write them down (R2):

.. code-block:: yaml

   # yaml-language-server: $schema=../schemas/catalog.schema.json
   kind: LicenseCatalog
   schema_version: 1
   id: acme-catalog
   source: The vendor's answer of 2026-11-02
   products:
     # Overrides the shipped row: packs of 500 are sold, too.
     - id: disk_backup_dr
       class: feature
       family: B
       metric: host
       installation: local
       feature: disk_backup_dr
       packs: [1, 10, 50, 100, 500]
     # A product that no rule knows is counted as itself, and no longer blurs what else counts CPUs.
     - {id: gpu_service, class: feature, metric: cpu_socket, installation: remote}

A row replaces the shipped one of its product and architecture. Rows for both architectures replace a shipped
one for any. What a product is for, the feature, edition or upgrade, stays as it is shipped. The lookup
``license_catalog``, the filters ``effective_license``, ``license_forecast`` and ``license_purchase_plan``,
the lookup ``license_policy``, and the gate take the document as ``catalog``: the action and filter
``license_compliance``, the test ``license_compliant``, the filter ``license_what_if``, and the role as
``license_compliance_catalog``. A result that was decided by it carries its SHA-256 as ``digests.catalog``.

.. code-block:: yaml+jinja

   - name: What storage-replication disaster recovery takes here
     ansible.builtin.debug:
       msg: >-
         {{ lookup('unicloud.usphere.license_catalog', 'storage_replication_dr', version='E0760',
         arch='aarch64') }}

The rules, one by one
---------------------


"""
)
#: Field of a row, and what a person calls it.
KINDS = (
    ("checks", "checks of the policy ``vendor``"),
    ("pools", "pools of the policy ``vendor``"),
    ("refusals", "said by modules and plugins (``code``)"),
    ("facts", "derived facts"),
    ("code", "the licensing core"),
)


def section(row: RuleRow) -> str:
    lines = [row.id, "^" * len(row.id), "", row.text, ""]
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
