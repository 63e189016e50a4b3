# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts and policies that the tests of plugins and plugin_utils share."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import (
    MISSING,
    with_value,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy import load
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet

Facts = dict[str, Any]


@pytest.fixture(scope="session")
def vendor() -> PolicySet:
    return load.load_policy("vendor")


@pytest.fixture(scope="session")
def as_of() -> datetime:
    return datetime(2026, 11, 24, 8, tzinfo=timezone.utc)


@pytest.fixture
def host_facts() -> Callable[..., Facts]:
    """HostFacts of the vendor policy's fixtures, changed by JSON pointer (``None`` removes a fact).

    Facts with a subject of their own have a client of their own at the License Server, as every system has.
    """
    document = load_bytes((load.FOLDER / "vendor.yml").read_bytes(), "vendor.yml")
    fixtures: dict[str, Facts] = document.value["fixtures"]  # type: ignore[index]

    def build(name: str = "licensed", changes: dict[str, Any] | None = None) -> Facts:
        facts: Any = copy.deepcopy(fixtures[name])
        for pointer, value in (changes or {}).items():
            facts = with_value(facts, pointer, MISSING if value is None else value)
        named, link = (changes or {}).get("/subject/id"), facts.get("license_server")
        is_own = isinstance(named, str) and "/license_server/client" not in (changes or {})
        if is_own and isinstance(link, dict) and "client" in link:
            link["client"] = named
        return dict(facts)

    return build


@pytest.fixture
def policy_of() -> Callable[..., dict[str, Any]]:
    """A LicensePolicy as data, with the given rules."""

    def build(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"kind": "LicensePolicy", "id": "site", "version": "1.0.0", "rules": list(rules), **more}

    return build
