# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thirty systems as HostFacts: editions, upgrades, architectures, trials, pairs, features, incomplete reads.

Each one is a document of its own with its own subject, client and license ids.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import cache
from typing import Any

from fakes.system import Server, System, host, license_, read

from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import MISSING
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy import load

Facts = dict[str, Any]

AS_OF = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
PAIR = {"state": "pair", "master_ip": "10.1.0.10", "slave_ip": "10.1.0.11"}
TRIAL = {"kind": "temporary", "issued_at": "2026-11-06T00:00:00Z", "expires_at": "2026-12-06T00:00:00Z"}
TRIAL_LONG = {
    "kind": "temporary",
    "issued_at": "2026-11-20T00:00:00Z",
    "expires_at": "2027-01-19T00:00:00Z",
    "term_days": 60,
}
ENDED = {"kind": "temporary", "issued_at": "2026-09-01T00:00:00Z", "expires_at": "2026-10-01T00:00:00Z"}
FEATURES = ("isc", "container_engine", "srm", "disk_backup_dr", "heterogeneous_migration")
#: Facts that a profile with only documented calls does not state.
UNREAD = {"/hot_standby/state": {"reason": "absent"}}


def row(ident: str, product: str, quantity: int = 4, **changes: Any) -> Facts:
    """Return a formal license for x86_64 that the system holds completely."""
    made = {
        "id": ident,
        "product": product,
        "arch": "x86_64",
        "kind": "formal",
        "quantity": quantity,
        "assigned": quantity,
        "expires_at": "never",
        "status": "in_use",
        "held_by": "ls-east",
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def node(ident: str, sockets: int = 2, **changes: Any) -> Facts:
    made = {"id": ident, "name": f"cvk{ident}", "arch": "x86_64", "cpu_sockets": sockets, "status": "ok"}
    return {**made, "container_cluster": False, **changes}


@cache
def _fixtures() -> dict[str, Facts]:
    document: Any = load_bytes((load.FOLDER / "vendor.yml").read_bytes(), "vendor.yml").value
    return dict(document["fixtures"])


def system(fixture: str = "licensed", changes: Mapping[str, Any] | None = None) -> Facts:
    """Return a system of the vendor policy's fixtures, changed by JSON pointer; MISSING removes a fact."""
    facts: Any = copy.deepcopy(_fixtures()[fixture])
    for pointer, value in (changes or {}).items():
        facts = with_value(facts, pointer, value if value is MISSING else copy.deepcopy(value))
    return dict(facts)


def holding(*rows: Facts, **changes: Any) -> Facts:
    """Return the licensed system with other licenses; ``changes`` are facts at the root."""
    return system("licensed", {"/licenses/items": list(rows), **{f"/{k}": v for k, v in changes.items()}})


def using(name: str, used: int | None, *rows: Facts) -> Facts:
    """Return a system on enterprise that uses one feature, and its licenses."""
    use = {"in_use": True} if used is None else {"in_use": True, "used": used}
    return holding(row("LS-1", "vms_enterprise"), *rows) | {
        "features": {**{each: {"in_use": False} for each in FEATURES}, name: use}
    }


def _arm(facts: Facts) -> Facts:
    for each in (*facts["hosts"], *facts["licenses"]["items"]):
        each["arch"] = "aarch64"
    return {**facts, "architecture": "aarch64"}


def _editions() -> Iterator[tuple[str, Facts]]:
    upgrade = row("LS-2", "vms_standard_to_enterprise")
    yield (
        "upgraded, with totals",
        system(
            "licensed",
            {"/license_totals": {"cpu_allowed": 4, "cpu_managed": 4, "edition": "enterprise"}},
        ),
    )
    yield "login stated", system("licensed", {"/login": {"state": "ok"}})
    yield "expiring trial beside a base", system("lapsing")
    yield "room to grow", system("roomy")
    yield "standard", holding(row("LS-1", "vms_standard", code="3132A0XY"))
    yield "enhanced enterprise", holding(row("LS-1", "vms_enhanced_enterprise"))
    yield "upgrade too small", holding(row("LS-1", "vms_standard"), {**upgrade, "quantity": 2, "assigned": 2})
    yield "upgrade too large", holding(row("LS-1", "vms_standard"), {**upgrade, "quantity": 6, "assigned": 6})
    yield "upgrade without a base", holding(row("LS-1", "vms_enterprise"), upgrade)
    yield "mixed editions", holding(row("LS-1", "vms_standard", 2), row("LS-2", "vms_enterprise", 2))
    yield "short of CPUs", holding(row("LS-1", "vms_enterprise", 3))
    yield "shared license", holding(row("LS-1", "vms_enterprise", 20, assigned=4))


def _architectures() -> Iterator[tuple[str, Facts]]:
    arm = _arm(system("roomy"))
    yield "ARM", {**arm, "license_totals": {"cpu_allowed": 8, "cpu_managed": 2, "edition": "enterprise"}}
    mixed = [node("1"), node("2", arch="aarch64")]
    yield (
        "mixed architecture",
        holding(
            row("LS-1", "vms_enterprise", 2), row("LS-2", "vms_enterprise", 2, arch="aarch64"), hosts=mixed
        ),
    )
    yield "license for the other architecture", holding(row("LS-1", "vms_enterprise", arch="aarch64"))


def _terms() -> Iterator[tuple[str, Facts]]:
    yield "trial", holding(row("LS-1", "vms_enterprise", **TRIAL))
    yield "long trial", holding(row("LS-1", "vms_enterprise", **TRIAL_LONG))
    yield "expired trial", holding(row("LS-1", "vms_enterprise", **{**ENDED, "status": "expired"}))
    yield (
        "expired trial beside a license",
        holding(
            row("LS-1", "vms_enterprise"), row("LS-2", "vms_enterprise", **{**ENDED, "status": "expired"})
        ),
    )
    yield (
        "preinstalled",
        holding(
            row("LS-1", "vms_enterprise", kind="preinstalled", expires_at=None),
            preinstalled={"first_run_at": "2026-09-01T00:00:00Z", "edition": "enterprise", "quantity": 4},
        ),
    )
    local = {"kind": "temporary", "expires_at": "2027-03-01T09:00:00", "issued_at": "2026-11-01T09:00:00"}
    yield (
        "times in a named zone",
        holding(
            row("LS-1", "vms_enterprise", **local),
            source={"via": "rest", "gathered_at": "2026-11-24T08:00:00Z", "timezone": "Asia/Shanghai"},
        ),
    )


def _features() -> Iterator[tuple[str, Facts]]:
    yield "pair with SRM", {**using("srm", 12, row("LS-3", "srm", 20)), "hot_standby": PAIR}
    yield "SRM without a license", using("srm", 12)
    yield (
        "disk backup in packs",
        using("disk_backup_dr", 12, row("LS-3", "disk_backup_dr", 12, arch="any", packs=[10, 1, 1])),
    )
    yield (
        "migration on its own node",
        using(
            "heterogeneous_migration",
            6,
            row("LS-3", "heterogeneous_migration", 10, arch="any", packs=[10], held_by="migration-node"),
        ),
    )
    yield "ISC on its own node", using("isc", None, row("LS-3", "isc", 50, arch="any", held_by="isc-node"))
    cluster = [node("1", container_cluster=True), node("2", container_cluster=True)]
    yield (
        "containers",
        {
            **using("container_engine", 4, row("LS-3", "container_service", arch="any")),
            "hosts": cluster,
        },
    )
    yield (
        "features planned on an old version",
        system(
            "licensed", {"/version": {"vms": "E0710", "series": "7.0"}, "/features_wanted": ["srm", "isc"]}
        ),
    )


def _reads() -> Iterator[tuple[str, Facts]]:
    yield (
        "disconnected",
        system("licensed", {"/license_server/state": "disconnected", "/license_server/clock_skew_s": 2}),
    )
    yield "clocks that differ", system("licensed", {"/license_server/clock_skew_s": 600})
    yield (
        "a product of another vendor",
        holding(row("LS-1", "vms_enterprise"), row("LS-2", "ONEStor", metric="host")),
    )
    yield (
        "only documented calls",
        {
            **system("licensed", {"/licenses": {"complete": False, "items": []}, "/license_server": MISSING}),
            "license_totals": {
                "cpu_allowed": 4,
                "cpu_managed": 4,
                "vm_allowed": 500,
                "edition": "enterprise",
            },
            "hot_standby": {},
            "unknown": dict(UNREAD),
        },
    )
    states = {name: {"in_use": False} for name in FEATURES if name != "container_engine"}
    stated = {"features": states, "features_wanted": []}
    server = Server(licenses=(license_(1, product="vms_enterprise"),))
    yield "as read", read(System(), server, subject_id="hangzhou", site=stated)
    yield (
        "as read, versions that differ",
        read(System(hosts=(host(1), host(2, version="E0750", arch="aarch64"))), server, site=stated),
    )


def systems() -> dict[str, Facts]:
    """Return the systems by name. The order is fixed."""
    found: dict[str, Facts] = {}
    for group in (_editions, _architectures, _terms, _features, _reads):
        for name, facts in group():
            found[name] = copy.deepcopy(facts)
    return found
