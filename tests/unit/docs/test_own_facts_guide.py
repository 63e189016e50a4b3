# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide on own facts says what the engine decides: every table row and every output."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from doc_examples import Kind, kind_of
from own_facts_guide import files, guide_examples, outputs, table_rows, write_files

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.files import find_here
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    Document,
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.decision import FAIL_ON
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.check_host import HostCheck
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.host_scope import (
    stated_facts,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.private_files import (
    PrivateDirectory,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.evaluate import (
    evaluate_schema,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.explain import (
    result_texts,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.model import (
    AbsentMode,
    PreparedSchema,
    SchemaResult,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.prepare import load_schema
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_identity import Inventory

AS_OF = datetime(2026, 11, 30, tzinfo=timezone.utc)
ROWS = list(table_rows())
#: The schemas and data of the guide; each is read by a test below.
READ = {
    "cmdb/nodes.yml",
    *(
        f"policies/{name}.schema.yml"
        for name in ("cmdb", "common", "explained", "misspelled", "node", "setup")
    ),
}


def prepared(name: str, directory: Path) -> PreparedSchema:
    path = directory / name
    return load_schema(load_bytes(path.read_bytes(), name), path.name, path.parent)


def judged(
    schema: PreparedSchema, facts: Any, absent: str = "undetermined", coerce: bool = False
) -> SchemaResult:
    return evaluate_schema(schema, facts, as_of=AS_OF, absent=AbsentMode(absent), coerce=coerce)


def test_the_guide_has_tables_of_decisions() -> None:
    assert len(ROWS) > 25
    assert {row["Decision"] for row in ROWS} == {"compliant", "non_compliant", "undetermined"}
    assert {row["absent"] for row in ROWS if "absent" in row} == {mode.value for mode in AbsentMode}
    assert {row["coerce"] for row in ROWS if "coerce" in row} == {True, False}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['Schema']} {row['Facts']} {row['Decision']}")
def test_the_action_decides_as_the_tables_say(row: dict[str, Any], tmp_path: Path) -> None:
    options = {name: row[name] for name in ("absent", "coerce") if name in row}
    options = {
        name: str(value).split(" ", maxsplit=1)[0] if name == "absent" else value
        for name, value in options.items()
    }
    check = HostCheck(
        {"policy": row["Schema"], "as_of": AS_OF.isoformat(), "fail_on": list(FAIL_ON), **options},
        find_here,
        PrivateDirectory(str(tmp_path)),
        [],
    )
    given = stated_facts(row["Facts"], "node", plain=True)
    inventory = Inventory(frozenset(("node",)))
    assert check.result(given, inventory)["decision"] == row["Decision"]
    assert check.summary(given, inventory, "", dict)["decision"] == row["Decision"]


def facts_of(section: str) -> dict[str, Any]:
    written = files()
    if section == "Check host variables":
        hosts: dict[str, Any] = yaml.safe_load(written["inventory.yml"])["nodes"]["hosts"]
        return hosts
    exported: dict[str, Any] = yaml.safe_load(written["cmdb/nodes.yml"])
    return exported


@pytest.mark.parametrize(
    ("section", "policy"),
    [
        ("Check host variables", "policies/node.schema.yml"),
        ("Check a file of a CMDB", "policies/cmdb.schema.yml"),
    ],
)
def test_outputs_of_hosts(section: str, policy: str, tmp_path: Path) -> None:
    write_files(tmp_path)
    schema = prepared(policy, tmp_path)
    shown = {each.host: each for each in outputs(section)}
    hosts = facts_of(section)
    assert shown.keys() < hosts.keys()
    for host, facts in hosts.items():
        found = judged(schema, facts)
        if host not in shown:
            assert found.verdict.value == "compliant"
            continue
        assert found.verdict.value == shown[host].decision
        assert sorted(result_texts(found)) == sorted(shown[host].lines)


def test_every_file_is_read() -> None:
    checked = [each.text for each in guide_examples() if kind_of(each) is Kind.OWN_FACTS]
    others = {"inventory.yml", "variables.yml", "mapping.yml", "assert.yml", "setup.yml", "cmdb.yml"}
    assert {name for name, text in files().items() if text in checked} == READ
    assert files().keys() == READ | others


def test_the_facts_of_setup_that_the_guide_names(tmp_path: Path) -> None:
    write_files(tmp_path)
    schema = prepared("policies/setup.schema.yml", tmp_path)
    gathered = {"architecture": "x86_64", "processor_count": 1, "memtotal_mb": 2048, "other": [1]}
    assert judged(schema, gathered).verdict.value == "compliant"
    assert judged(schema, {}).verdict.value == "non_compliant"


def test_the_error_of_a_misspelled_keyword(tmp_path: Path) -> None:
    write_files(tmp_path)
    (shown,) = outputs("Find misspellings")
    with pytest.raises(InvalidDocument) as caught:
        prepared("policies/misspelled.schema.yml", tmp_path)
    assert caught.value.text().splitlines() == list(shown.lines)


def test_the_texts_of_an_explained_rule(tmp_path: Path) -> None:
    write_files(tmp_path)
    english, chinese = outputs("Explain a rule")
    found = judged(prepared("policies/explained.schema.yml", tmp_path), {"edition": "standard"})
    assert result_texts(found) == list(english.lines)
    assert result_texts(found, "zh") == list(chinese.lines)


@pytest.mark.parametrize("name", ["x-rack", "$comment"])
def test_annotations_are_not_errors(name: str) -> None:
    schema = {"properties": {"a": {"maximum": 3, name: "r7"}}}
    assert judged(load_schema(Document("inline", schema)), {"a": 3}).verdict.value == "compliant"


@pytest.mark.parametrize(
    "reference", ["https://example.org/a.yml", "/etc/a.yml", "../a.yml", "#/$defs/nowhere"]
)
def test_references_out_of_the_directory_are_errors(reference: str, tmp_path: Path) -> None:
    schema = Document("s.yml", {"properties": {"a": {"$ref": reference}}})
    with pytest.raises(InvalidDocument):
        load_schema(schema, "s.yml", tmp_path)
