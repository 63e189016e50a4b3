# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Complete facts of a system, for tests to change."""

from __future__ import annotations

import copy
import datetime as dt

import pytest

UTC = dt.timezone.utc
NOW = dt.datetime(2026, 11, 24, tzinfo=UTC)

FEATURES = ("isc", "srm", "container_engine", "disk_backup_dr", "heterogeneous_migration")


def _license(ident, product, quantity, arch="x86_64", kind="formal", expires_at="never", **more):
    return {
        "id": ident, "product": product, "arch": arch, "kind": kind, "quantity": quantity,
        "expires_at": expires_at, "status": "in_use", "held_by": "ls", **more,
    }  # fmt: skip


def _hosts(*sockets, arch="x86_64", start=1, **more):
    return [
        {"id": str(index), "name": f"cvk{index}", "arch": arch, "cpu_sockets": count, "version": "E0760P03",
         "status": "ok", "container_cluster": False, **more}
        for index, count in enumerate(sockets, start)
    ]  # fmt: skip


def _system(licenses=(), hosts=None, **changes):
    """HostFacts with nothing unknown: no feature in use, no standby, fetched on the 20th."""
    facts = {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "system", "id": "hangzhou"},
        "source": {"via": "rest", "profile": "usphere_7", "gathered_at": "2026-11-24T00:00:00Z"},
        "version": {"vms": "E0760P03", "series": "7.0"},
        "architecture": "x86_64",
        "hot_standby": {"state": "none"},
        "hosts": _hosts(2, 2) if hosts is None else hosts,
        "vms": {"total": 120},
        "features_wanted": [],
        "features": {name: {"in_use": False, "used": 0} for name in FEATURES},
        "license_server": {"id": "ls", "client": "hangzhou", "state": "connected",
                           "fetched_at": "2026-11-20T00:00:00Z"},
        "licenses": {"complete": True, "items": list(licenses)},
        "preinstalled": {"first_run_at": "2026-01-01T00:00:00Z"},
        "unknown": {},
    }  # fmt: skip
    facts.update(changes)
    return copy.deepcopy(facts)


@pytest.fixture(name="now")
def _now():
    return NOW


@pytest.fixture(name="lic")
def _lic():
    """Build one license row."""
    return _license


@pytest.fixture(name="hosts")
def _hosts_fixture():
    """Build hosts with the given number of sockets each."""
    return _hosts


@pytest.fixture(name="system")
def _system_fixture():
    """Build HostFacts from licenses and hosts."""
    return _system


@pytest.fixture(name="chengdu")
def _chengdu():
    """The demo's system: 9 ARM sockets, 4 + 4 licensed of which 4 expire in 12 days, srm unlicensed."""
    features = {name: {"in_use": False, "used": 0} for name in FEATURES}
    features["srm"] = {"in_use": True, "used": 12}
    return _system(
        [
            _license("LS-1", "vms_standard", 4, "aarch64"),
            _license("LS-2", "vms_standard", 4, "aarch64", "temporary", "2026-12-06T00:00:00Z"),
        ],
        _hosts(2, 2, 2, 2, 1, arch="aarch64"),
        architecture="aarch64",
        features=features,
    )


@pytest.fixture(name="system_builder", scope="session")
def _system_builder():
    """Build HostFacts in tests with generated values, which share one fixture over all examples."""
    return _system


@pytest.fixture(name="license_builder", scope="session")
def _license_builder():
    """Build one license row in tests with generated values."""
    return _license
