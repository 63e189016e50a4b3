# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of the guide are valid as they are, and every interface gives the same result for them."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.waivers import (
    load_waivers,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects import sources
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    load_entitlements,
)
from ansible_collections.unicloud.usphere.plugins.test.license_compliant import license_compliant

HostFacts = Callable[..., dict[str, Any]]
GUIDE = Path(__file__).resolve().parents[6] / "docs" / "docsite" / "rst" / "guide_policies.rst"


def documents() -> dict[str, dict[str, Any]]:
    """Return the documents of the guide by kind, and parts of documents by their first key."""
    found = {}
    for block in re.findall(
        r"\.\. code-block:: yaml\n\n((?:   .*\n|\n)+)", GUIDE.read_text(encoding="utf-8")
    ):
        value: Any = load_bytes(textwrap.dedent(block).encode(), "guide.yml").value
        if isinstance(value, dict):
            part = next((name for name in ("$schema", "pools") if name in value), "variables")
            found[value.get("kind", part)] = value
    return found


def test_the_guide_has_one_document_of_each_kind() -> None:
    shown = documents()
    assert set(shown) == {"LicensePolicy", "variables", "Entitlements", "Waivers", "$schema", "pools"}
    assert load_policy(shown["LicensePolicy"]).site_facts
    assert load_policy(shown["$schema"]).site_facts
    assert load_entitlements(shown["Entitlements"]).grants
    assert load_waivers(shown["Waivers"]).waivers
    assert load_policy({"kind": "LicensePolicy", "id": "pools", "version": "1.0.0", **shown["pools"]}).pools


def test_every_interface_gives_the_same_result(
    host_facts: HostFacts, as_of: datetime, tmp_path: Path
) -> None:
    shown = documents()
    site = shown["variables"]["usphere_site_facts"]
    fleet = [{**host_facts(name), "site_facts": site} for name in ("licensed", "lapsing")]
    policy = [shown["LicensePolicy"], shown["$schema"]]
    beside = {"entitlements": shown["Entitlements"], "waivers": shown["Waivers"]}
    moment = as_of.isoformat()
    direct = evaluate_fleet.evaluate(
        sources.host_inputs(fleet, None),
        Run(
            load_policy(policy),
            as_of,
            waivers=load_waivers(beside["waivers"]),
            entitlements=load_entitlements(beside["entitlements"]),
        ),
    )
    assert direct["counts"]["verdicts"]["waived"] == 2
    assert license_compliance(fleet, policy, moment, **beside) == direct
    assert license_compliant(fleet, policy, moment, **beside) is (direct["decision"] == "compliant")
    paths = {}
    for name, content in (*beside.items(), ("policy", shown["LicensePolicy"]), ("schema", shown["$schema"])):
        paths[name] = str(tmp_path / f"{name}.json")
        Path(paths[name]).write_text(json.dumps(content))
    (tmp_path / "facts.ndjson").write_text("\n".join(json.dumps(facts) for facts in fleet))
    from_files = evaluate_fleet.evaluate(
        sources.read_facts_files([str(tmp_path / "facts.ndjson")]),
        Run(
            load_policy([paths["policy"], paths["schema"]]),
            as_of,
            waivers=load_waivers(paths["waivers"]),
            entitlements=load_entitlements(paths["entitlements"]),
        ),
    )

    def verdicts(result: dict[str, Any]) -> list[tuple[object, ...]]:
        return [
            (each["subject"], each["rule"], each["verdict"], each["pointer"]) for each in result["findings"]
        ]

    assert verdicts(from_files) == verdicts(direct)
    assert from_files["decision"] == direct["decision"] == "non_compliant"
    assert from_files["digests"]["entitlements"] == direct["digests"]["entitlements"]


@pytest.mark.parametrize("name", ["policy", "entitlements", "waivers"])
def test_documents_name_their_schema_for_editors(name: str) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert f"yaml-language-server: $schema=../schemas/{name}.schema.json" in text
    assert (GUIDE.parents[3] / "schemas" / f"{name}.schema.json").is_file()
