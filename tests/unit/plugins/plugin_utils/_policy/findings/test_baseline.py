# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A baseline accepts the findings of a first result for a time, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.unicloud.usphere.plugins.filter.license_baseline import license_baseline
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.waivers import load_waivers
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput

HostFacts = Callable[..., dict[str, Any]]
NOW = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
WHO = ("license office", "LIC-500")
SHORT = {"/licenses/items/0/quantity": 3, "/licenses/items/0/assigned": 3}


def judge(facts: dict[str, Any], waivers: object = None, at: datetime = NOW) -> dict[str, Any]:
    run = Run(load_policy("vendor"), at, waivers=load_waivers(waivers))
    return evaluate_fleet.evaluate([HostInput("hangzhou", facts)], run)


def test_what_was_found_before_no_longer_stops_a_run(host_facts: HostFacts) -> None:
    facts = host_facts("lapsing")
    first = judge(facts)
    assert first["decision"] == "non_compliant"
    document = license_baseline(first, *WHO)
    assert {each["until"] for each in document["waivers"]} == {"2026-12-23"}
    after = judge(facts, document)
    blocking = [each for each in after["findings"] if each["effect"] == "block"]
    assert (after["decision"], blocking) == ("compliant", [])


def test_the_day_after_its_end_the_findings_stop_again(host_facts: HostFacts) -> None:
    facts = host_facts("lapsing")
    document = license_baseline(judge(facts), *WHO, days=1)
    assert judge(facts, document)["decision"] == "compliant"
    assert judge(facts, document, NOW + timedelta(days=1))["decision"] == "non_compliant"


def test_a_new_finding_and_a_larger_shortage_stop_the_run(host_facts: HostFacts) -> None:
    document = license_baseline(judge(host_facts(changes=SHORT)), *WHO)
    assert judge(host_facts(changes=SHORT), document)["decision"] == "compliant"
    larger = {"/licenses/items/0/quantity": 2, "/licenses/items/0/assigned": 2}
    assert judge(host_facts(changes=larger), document)["decision"] == "non_compliant"


def test_what_is_undecided_is_not_accepted(host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/hosts/0/cpu_sockets": None})
    first = judge(facts)
    assert first["decision"] == "undetermined"
    document = license_baseline(first, *WHO)
    assert document["waivers"] == []
    assert judge(facts, document)["decision"] == "undetermined"


def test_the_same_result_gives_the_same_document(host_facts: HostFacts) -> None:
    first = judge(host_facts("lapsing"))
    again = {**first, "findings": list(reversed(first["findings"]))}
    assert license_baseline(first, *WHO) == license_baseline(again, *WHO)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"days": 0}, "days must be a whole number from 1 to 90; got 0"),
        ({"days": 91}, "days must be a whole number from 1 to 90; got 91"),
        ({"days": True}, "days must be a whole number from 1 to 90; got True"),
        ({"days": "30"}, "days must be a whole number from 1 to 90; got 30"),
        ({"ticket": ""}, "ticket must be text"),
        ({"reason": None}, "reason must be text"),
        ({"result": {"kind": "HostFacts"}}, "must be a ComplianceResult"),
        ({"result": []}, "must be a ComplianceResult"),
    ],
)
def test_wrong_arguments_are_errors(arguments: dict[str, Any], sentence: str, host_facts: HostFacts) -> None:
    given = {"result": judge(host_facts()), "approver": WHO[0], "ticket": WHO[1], **arguments}
    with pytest.raises(AnsibleFilterError, match=sentence):
        license_baseline(**given)
