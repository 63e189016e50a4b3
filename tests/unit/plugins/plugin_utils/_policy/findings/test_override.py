# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""An override is complete, current and short; the decision stays, and every report says so first."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._play_check.task_result import (
    ResultOptions,
    task_result,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.play_scope import PlayScope
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.override import (
    Override,
    read_override,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.output.render import render_report

NOW = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
GIVEN = {"ticket": "CHG-4711", "approver": "duty manager", "until": "2026-11-25T08:00:00Z"}
OVERRIDE = Override("CHG-4711", "duty manager", NOW + timedelta(hours=24))
SCOPE = PlayScope(("hangzhou",), frozenset({"hangzhou"}), 1)


def test_an_override_is_read() -> None:
    assert read_override(GIVEN, NOW) == OVERRIDE
    assert read_override(None, NOW) is None
    assert read_override("", NOW) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"until": "2026-11-25T08:00:01Z"}, "more than 24 hours from now"),
        ({"until": "2026-11-24T08:00:00Z"}, "the override ended at 2026-11-24T08:00:00Z"),
        ({"until": "2026-11-24T20:00:00"}, "must be a time with its zone"),
        ({"until": None}, "must be a time with its zone"),
        ({"ticket": ""}, "ticket of the override must be text"),
        ({"ticket": 4711}, "ticket of the override must be text of at most 256 characters; got 4711"),
        ({"approver": "  "}, "approver of the override must be text"),
        ({"aprover": "x"}, "got aprover; did you mean approver"),
    ],
)
def test_a_wrong_override_is_an_error(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_override({**GIVEN, **changes}, NOW)
    assert sentence in caught.value.text()


def test_an_override_that_is_no_mapping_is_an_error() -> None:
    with pytest.raises(PolicyError, match="must be a mapping with ticket, approver and until"):
        read_override(["CHG-4711"], NOW)


@pytest.fixture
def stopped(host_facts: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    run = Run(load_policy("vendor"), NOW, override=OVERRIDE)
    return evaluate_fleet.evaluate([HostInput("hangzhou", host_facts("lapsing"))], run)


def test_the_decision_stays_and_the_play_continues(stopped: dict[str, Any]) -> None:
    assert stopped["decision"] == "non_compliant"
    assert stopped["override"] == GIVEN
    assert schemas.validate("compliance_result", stopped) == []
    found = task_result(stopped, SCOPE, ResultOptions())
    assert (found["failed"], found["decision"]) == (False, "non_compliant")
    assert (found["blocked_hosts"], found["passed_hosts"]) == ([], ["hangzhou"])
    assert found["overridden_hosts"] == ["hangzhou"]
    assert found["report"][0].startswith("OVERRIDE: duty manager allowed this run to continue until")


def test_an_error_stops_the_play_in_any_case(stopped: dict[str, Any]) -> None:
    found = task_result({**stopped, "decision": "error"}, SCOPE, ResultOptions())
    assert (found["failed"], found["overridden_hosts"]) == (True, [])


@pytest.mark.parametrize("form", ["text", "md", "html", "csv", "junit", "sarif", "prometheus", "json"])
def test_every_report_says_so(form: str, stopped: dict[str, Any]) -> None:
    text = render_report(stopped, form, "en", None)
    assert "CHG-4711" in text
    if form in ("text", "md"):
        first = next(line for line in text.splitlines() if "CHG-4711" in line)
        assert "NON-COMPLIANT" not in text[: text.index(first)] or form == "md"
    if form == "prometheus":
        assert 'override_until_timestamp_seconds{ticket="CHG-4711"} 1795593600' in text
    if form == "json":
        assert json.loads(text)["override"] == GIVEN


def test_a_result_without_an_override_does_not_mention_it(stopped: dict[str, Any]) -> None:
    plain = replace(Run(load_policy("vendor"), NOW), override=None)
    result = evaluate_fleet.evaluate([], plain)
    assert "override" not in result
    assert "CHG-4711" not in render_report(result, "text", "en", None)
