# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate a fleet with one pool."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

from .....fakes.pools import HostFacts, Judge, Result, document, license_
from .....fakes.runs import evaluate_with


@pytest.fixture
def judge(as_of: datetime) -> Judge:
    def run(changes: dict[str, Any], *facts: Any, **options: Any) -> Result:
        hosts = [HostInput(f"h{at}", each) for at, each in enumerate(facts)]
        policy = load_policy(document(changes, **options.pop("policy", {})))
        result = evaluate_with(hosts, policy, options.pop("as_of", as_of), **options)
        assert schemas.validate("compliance_result", result) == []
        return result

    return run


@pytest.fixture
def system(host_facts: HostFacts) -> HostFacts:
    """Build a standard system: sockets by host (None: unknown), and its licenses."""

    def build(
        name: str, sockets: list[Any], quantity: int = 4, *more: dict[str, Any], arch: str = "x86_64"
    ) -> Any:
        hosts = []
        for at, count in enumerate(sockets):
            row = {"id": f"{name}-{at}", "arch": arch, "cpu_sockets": count, "container_cluster": at == 0}
            row["added_at"] = f"2026-0{at + 1}-01T00:00:00Z"
            hosts.append({key: value for key, value in row.items() if value is not None})
        items = [license_("L0", quantity, name=name), *more] if quantity else list(more)
        changes = {"/subject/id": name, "/hosts": hosts, "/licenses": {"complete": True, "items": items}}
        return host_facts("licensed", changes)

    return build
