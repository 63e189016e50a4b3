# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example policies of a site: their tests pass, cover every verdict and meet the mutation threshold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.waivers import (
    load_waivers,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    load_entitlements,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.testing.tests_report import (
    policy_report,
)

ROOT = Path(__file__).resolve().parents[3]
DIRECTORY = ROOT / "policies"
POLICIES = ("production", "mixed-arch")
DOCUMENTS = sorted(DIRECTORY.glob("*.yml"))
AS_OF = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)


@pytest.mark.parametrize("name", POLICIES)
def test_policy_tests_pass_and_meet_the_thresholds(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    report = policy_report(load_policy(str(DIRECTORY / f"{name}.yml")))
    coverage, mutation = report["coverage"]["percent"], report["mutation"]["percent"]
    record_property("coverage", coverage)
    record_property("mutation", mutation)
    print(f"{name}: coverage {coverage} %, mutation {mutation} %")
    assert report["tests"]["failed"] == []
    assert report["coverage"]["missing"] == {}
    assert coverage == 100
    assert mutation >= 90, report["mutation"]["survived"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_document_names_its_schema_for_editors(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.search(r"^# yaml-language-server: \$schema=(\S+)$", text, re.MULTILINE)
    assert found is not None
    schema = (path.parent / found.group(1)).resolve()
    assert schema.is_file()
    kind = {"policy": "LicensePolicy", "entitlements": "Entitlements", "waivers": "Waivers"}
    assert f"\nkind: {kind[schema.name.partition('.')[0]]}\n" in text


def fixture(name: str) -> dict[str, Any]:
    document = load_bytes((DIRECTORY / "mixed-arch.yml").read_bytes(), "mixed-arch.yml")
    fixtures: dict[str, Any] = document.value["fixtures"]  # type: ignore[index]
    return dict(fixtures[name])


def judged(*hosts: dict[str, Any]) -> dict[str, Any]:
    return evaluate_fleet.evaluate(
        [HostInput(facts["subject"]["id"], facts) for facts in hosts],
        Run(
            load_policy(str(DIRECTORY / "mixed-arch.yml")),
            AS_OF,
            waivers=load_waivers(str(DIRECTORY / "waivers.yml")),
            entitlements=load_entitlements(str(DIRECTORY / "entitlements.yml")),
        ),
    )


def test_purchased_licenses_are_allocated_as_allowed() -> None:
    chengdu = {**fixture("roomy"), "subject": {"kind": "system", "id": "chengdu"}}
    result = judged(fixture("mixed"), chengdu)
    grants = {
        each["subject"]["id"]: each for each in result["subjects"] if each["subject"]["kind"] == "grant"
    }
    assert set(grants) == {"enterprise-x86", "enterprise-arm", "dr-packs"}
    assert all("r26-allocations" in each["passed"] for each in grants.values())
    assert {each["decision"] for each in grants.values()} == {"compliant"}


def test_waivers_cover_what_they_name_and_no_more() -> None:
    chengdu = {**fixture("roomy"), "subject": {"kind": "system", "id": "chengdu"}}
    arm = fixture("mixed")
    arm["hosts"] = [arm["hosts"][0], {**arm["hosts"][1], "cpu_sockets": 25, "container_cluster": True}]
    result = judged(arm, chengdu)
    verdicts = {(each["rule"], each["verdict"]) for each in result["findings"]}
    assert ("no-containers-on-arm", "waived") in verdicts
    assert ("bought-for-an-architecture", "waived") in verdicts
    arm["hosts"][1]["cpu_sockets"] = 27
    verdicts = {(each["rule"], each["verdict"]) for each in judged(arm, chengdu)["findings"]}
    assert ("bought-for-an-architecture", "fail") in verdicts
