# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that render results: options, languages, errors in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.filter.to_license_report import to_license_report
from ansible_collections.unicloud.usphere.plugins.filter.to_opa import to_opa

HostFacts = Callable[..., dict[str, Any]]


@pytest.fixture
def outcome(host_facts: HostFacts) -> dict[str, Any]:
    return dict(license_compliance(host_facts("lapsing"), "vendor", as_of="2026-11-24T08:00:00Z"))


def test_a_report_in_both_languages(outcome: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert to_license_report(outcome, "md", "en").startswith("# License compliance: not compliant")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert to_license_report(outcome, "md").startswith("# 授权合规报告: 不合规")


def test_a_text_with_and_without_detail(outcome: dict[str, Any]) -> None:
    # The default for one stopped system is a report with detail.
    texts = [to_license_report(outcome, "text", "en", detail) for detail in (None, True, False)]
    assert [text.count("what to do: ") for text in texts] == [4, 4, 0]
    with pytest.raises(AnsibleFilterError, match="detail must be true or false; got no"):
        to_license_report(outcome, "text", "en", "no")


def test_to_opa_returns_decision_and_violations(outcome: dict[str, Any]) -> None:
    answer = to_opa(outcome, "en")
    assert answer["allowed"] is False
    assert "chengdu: R31 9 physical CPUs, 8 licensed (aarch64)" in answer["violations"]


def test_wrong_input_is_a_sentence(outcome: dict[str, Any]) -> None:
    with pytest.raises(AnsibleFilterError, match="did you mean sarif"):
        to_license_report(outcome, "sarf", "en")
    with pytest.raises(AnsibleFilterError, match="a ComplianceResult"):
        to_license_report({"kind": "HostFacts"}, "md", "en")
    with pytest.raises(AnsibleFilterError, match="a ComplianceResult"):
        to_opa([], "en")
    with pytest.raises(AnsibleFilterError, match="en or zh"):
        to_opa(outcome, "fr")
