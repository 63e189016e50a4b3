# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create systems with shortages and plan their purchases."""

from __future__ import annotations

import datetime as dt

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.planning.purchase_plan import (
    purchase_plan,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render

UTC = dt.timezone.utc


NOW = dt.datetime(2026, 11, 24, tzinfo=UTC)


END = "2026-12-06T00:00:00Z"


S2E = "vms_standard_to_enterprise"


S2H = "vms_standard_to_enhanced_enterprise"


E2H = "vms_enterprise_to_enhanced_enterprise"


def plan_of(facts, **options):
    plan = purchase_plan(facts, NOW, **options)
    for step in plan.steps:
        for line in step.lines:
            fields = {"product": line.product, "arch": line.arch, "quantity": line.quantity, **line.parts}
            assert render(line.reason_code, fields, "zh")
        assert not step.requires or render("plan_requires_" + step.requires, {})
    for note in plan.notes:
        assert note.rule in render(note.code, note.fields)
    return plan


def short(plan):
    """Lines of the plan as [(when, at, [(product, arch, quantity)])]."""
    return [
        (
            step["when"],
            step["at"],
            [(line["product"], line["arch"], line["quantity"]) for line in step["lines"]],
        )
        for step in plan.to_dict()["steps"]
    ]


def in_use(facts, **used):
    for name, count in used.items():
        facts["features"][name] = {"in_use": True, "used": count}
    return facts
