# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test license_compliant: true only for systems that are known to comply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.unicloud.usphere.plugins.test.license_compliant import TestModule as Plugin

HostFacts = Callable[..., dict[str, Any]]

AS_OF = "2026-11-24T08:00:00Z"
compliant = Plugin().tests()["license_compliant"]


def test_it_is_true_only_for_compliant_systems(host_facts: HostFacts) -> None:
    assert compliant(host_facts(), "vendor", as_of=AS_OF) is True
    assert compliant(host_facts("lapsing"), "vendor", as_of=AS_OF) is False
    assert compliant(host_facts(changes={"/licenses": None}), "vendor", as_of=AS_OF) is False
    assert compliant({"a": host_facts(), "b": None}, "vendor", as_of=AS_OF) is False


def test_facts_need_no_subject(host_facts: HostFacts) -> None:
    assert compliant(host_facts(changes={"/subject": None}), "vendor", as_of=AS_OF) is True


def test_an_error_is_raised_and_is_not_false(host_facts: HostFacts) -> None:
    arm = {"properties": {"architecture": {"const": "aarch64"}}}
    one = {"properties": {"hosts": {"minItems": 1}}}
    policy = {"kind": "LicensePolicy", "id": "a", "version": "1.0.0"}
    with pytest.raises(AnsibleFilterError, match="no rule and no pool applies"):
        compliant(host_facts(), {**policy, "rules": [{"id": "r", "when": arm, "require": one}]}, as_of=AS_OF)
    with pytest.raises(AnsibleFilterError, match="there is no host to check"):
        compliant([], "vendor")
    with pytest.raises(AnsibleFilterError, match="did you mean /hosts"):
        compliant(host_facts(), {**policy, "rules": [{"id": "r", "require": {"required": ["hostz"]}}]})


def test_own_words_without_a_map_are_an_error_for_a_license_policy() -> None:
    for value in ({"mem_gb": 1}, {"n1": {"mem_gb": 1}}):
        with pytest.raises(AnsibleFilterError, match="set facts_map"):
            compliant(value, "vendor", as_of=AS_OF)
    assert compliant({"n1": None}, "vendor", as_of=AS_OF) is False
    assert compliant({"cpu_count": 2}, "vendor", as_of=AS_OF, facts_map="flat") is False
