# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Property: buying exactly the plan passes, and one unit less does not."""

from __future__ import annotations

import copy

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import (
    derive,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.planning.purchase_plan import (
    purchase_plan,
)

from .....fakes.shortages import END, NOW, S2E

# -- buying exactly the plan turns a failure into a pass; one unit less does not --

_ends = st.sampled_from(["never", "never", END, "2027-01-15T00:00:00Z"])


_licenses = st.lists(
    st.tuples(
        st.sampled_from(["vms_standard", "vms_standard", "vms_enterprise", S2E, "srm"]),
        st.integers(1, 6),
        _ends,
        st.sampled_from(["x86_64", "x86_64", "x86_64", "aarch64"]),
    ),
    max_size=4,
)


def _facts(licenses, sockets, arm, protected):
    hosts = [{"id": "1", "arch": "x86_64", "cpu_sockets": sockets, "container_cluster": False}]
    if arm:
        hosts.append({"id": "2", "arch": "aarch64", "cpu_sockets": arm, "container_cluster": False})
    features = {name: {"in_use": False, "used": 0} for name in
                ("isc", "container_engine", "disk_backup_dr", "heterogeneous_migration")}  # fmt: skip
    features["srm"] = {"in_use": protected > 0, "used": protected}
    return {
        "kind": "HostFacts", "version": {"vms": "E0760"}, "architecture": "x86_64", "hosts": hosts,
        "vms": {"total": 9}, "hot_standby": {"state": "none"}, "features_wanted": [], "features": features,
        "license_server": {"id": "ls", "fetched_at": "2026-11-20T00:00:00Z"},
        "licenses": {"complete": True, "items": [
            {"id": f"L{index}", "product": product, "quantity": quantity, "expires_at": end, "arch": arch,
             "kind": "formal" if end == "never" else "temporary"}
            for index, (product, quantity, end, arch) in enumerate(licenses)
        ]},
        "unknown": {},
    }  # fmt: skip


def _bought(facts, lines):
    facts = copy.deepcopy(facts)
    facts["licenses"]["items"] += [
        {"id": f"B{index}", "product": product, "arch": arch, "quantity": quantity, "kind": "formal",
         "expires_at": "never"}
        for index, (product, arch, quantity) in enumerate(lines) if quantity
    ]  # fmt: skip
    return facts


def _findings(facts, at):
    """Findings of a gate at ``at``, after a fetch."""
    facts["license_server"]["fetched_at"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    derived = derive(facts, at)
    # Without any license there is no expiry; nothing else may be undetermined.
    open_ends = {"ends_at", "days", "valid_until", "default_license", "days_to_lapse"}
    assert {pointer.rpartition("/")[2] for pointer in derived.unknown} <= open_ends
    tree = derived.facts
    found = [row for row in tree["upgrades"] if row["state"] != "balanced"]
    found += [row for row in tree["effective"]["products"] if row["missing"]]
    found += [entry for entry in tree["forecast"] if entry["missing"] or not entry["upgrades_ok"]]
    found += [row for entry in tree["forecast"] for row in entry["products"] if row["missing"]]
    found += [tree["effective"]["editions"]] if len(tree["effective"]["editions"]) > 1 else []
    # An edition from a trial falls when the trial expires, whatever is bought before; sockets must suffice.
    found += ["login"] if tree["login"]["missing_after"] else []
    for name, feature in tree["features"].items():
        applies = feature["in_use"] or feature["wanted"] or feature["licensed"]
        if applies and not (feature["edition_ok"] and feature["licensed"] and not feature["missing"]):
            found.append(name)
    return found


@settings(max_examples=100, deadline=None)
@given(_licenses, st.integers(1, 6), st.sampled_from([0, 0, 0, 3]), st.integers(0, 3))
def test_buying_exactly_the_plan_passes_and_one_unit_less_does_not(licenses, sockets, arm, protected):
    facts = _facts(licenses, sockets, arm, protected)
    plan = purchase_plan(facts, NOW)
    assume(plan.complete)
    lines = [(line.product, line.arch, line.quantity) for step in plan.steps for line in step.lines]
    at = max([step.at for step in plan.steps if step.at] + [NOW])
    assert _findings(_bought(facts, lines), at) == []
    for index, (product, arch, quantity) in enumerate(lines):
        less = [*lines[:index], (product, arch, quantity - 1), *lines[index + 1 :]]
        assert _findings(_bought(facts, less), at), (product, quantity)
    # Until the expiry no upgrade may violate its base, unless it did so before.
    early = [line for step in plan.steps if step.at is None for line in step.lines]
    first = [(line.product, line.arch, line.quantity) for line in early]
    before, after = derive(facts, NOW).facts, derive(_bought(facts, first), NOW).facts
    if all(row["state"] == "balanced" for row in before["upgrades"]):
        assert all(row["state"] == "balanced" for row in after["upgrades"])
