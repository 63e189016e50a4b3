# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system with a temporary and a formal license, as facts and as listed by a License Server."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.notice import EventSubject, Window

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
FEATURES = ("isc", "srm", "container_engine", "disk_backup_dr", "heterogeneous_migration")


def license_row(ident: str, product: str = "vms_standard", quantity: int = 4, **more: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "product": product,
        "arch": "x86_64",
        "kind": "formal",
        "quantity": quantity,
        "assigned": quantity,
        "expires_at": "never",
        "status": "in_use",
        "held_by": "ls-east",
        "key": "****7Q2A",
        **more,
    }


def temporary(ident: str, expires_at: str | None, quantity: int = 2, **more: Any) -> dict[str, Any]:
    return license_row(ident, quantity=quantity, kind="temporary", expires_at=expires_at, **more)


@pytest.fixture
def window() -> Window:
    return Window(NOW, horizon=30, look_back=7)


@pytest.fixture
def subject() -> EventSubject:
    return EventSubject("system", "hangzhou")


@pytest.fixture
def system() -> Callable[..., dict[str, Any]]:
    """Build HostFacts of six sockets without unknown facts, with the given licenses."""

    def build(*licenses: dict[str, Any], **changes: Any) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "kind": "HostFacts",
            "schema_version": 1,
            "subject": {"kind": "system", "id": "hangzhou"},
            "source": {"via": "rest", "profile": "usphere_7", "gathered_at": "2026-11-24T00:00:00Z"},
            "version": {"vms": "E0760P03", "series": "7.0"},
            "architecture": "x86_64",
            "hot_standby": {"state": "none"},
            "hosts": [
                {"id": str(at), "name": f"cvk{at}", "arch": "x86_64", "cpu_sockets": 2, "status": "ok",
                 "version": "E0760P03", "container_cluster": False}
                for at in (1, 2, 3)
            ],
            "vms": {"total": 120},
            "features_wanted": [],
            "features": {name: {"in_use": False, "used": 0} for name in FEATURES},
            "license_server": {"id": "ls-east", "client": "hangzhou", "state": "connected",
                               "fetched_at": "2026-11-20T00:00:00Z"},
            "licenses": {"complete": True, "items": list(licenses)},
            "preinstalled": {"first_run_at": "2026-01-01T00:00:00Z"},
            "unknown": {},
        }  # fmt: skip
        facts.update(changes)
        return copy.deepcopy(facts)

    return build
