# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts files in the formats of pipelines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.facts_files import read_documents
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError

Build = Callable[..., dict[str, Any]]


def read(path: Path) -> list[tuple[str, str]]:
    return [(kind, name) for kind, name, _content in read_documents(str(path))]


@pytest.mark.parametrize("suffix", ["json", "yml", "ndjson"])
def test_host_facts_in_every_format(tmp_path: Path, system: Build, suffix: str) -> None:
    path = tmp_path / f"facts.{suffix}"
    facts = system()
    path.write_text(yaml.safe_dump(facts) if suffix == "yml" else json.dumps(facts) + "\n", encoding="utf-8")
    ((kind, name, content),) = read_documents(str(path))
    assert (kind, name, content) == ("host", "hangzhou", facts)


def test_each_line_is_one_host(tmp_path: Path, system: Build) -> None:
    path = tmp_path / "facts.ndjson"
    rows = [system(subject={"kind": "system", "id": name}) for name in ("hangzhou", "chengdu")]
    path.write_text("\n\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert read(path) == [("host", "hangzhou"), ("host", "chengdu")]


def test_a_mapping_of_hosts(tmp_path: Path, system: Build) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"hz": system(), "cd": None}), encoding="utf-8")
    assert read(path) == [("host", "hz"), ("host", "cd")]


def test_a_registered_result_of_vms_facts(tmp_path: Path, system: Build) -> None:
    path = tmp_path / "shanghai.json"
    facts = system(subject={"kind": "system"})
    path.write_text(json.dumps({"changed": False, "ansible_facts": {"usphere": facts}}), encoding="utf-8")
    assert read(path) == [("host", "shanghai")], "without a subject the name of the file is used"


@pytest.mark.parametrize(
    ("server", "name"),
    [({"server": {"id": "ls-east"}}, "ls-east"), ({}, "license-server"), ({"server": 1}, "license-server")],
)
def test_a_registered_result_of_license_info(tmp_path: Path, server: dict[str, Any], name: str) -> None:
    path = tmp_path / "license-server.json"
    path.write_text(json.dumps({"licenses": [], "certainty": {}, **server}), encoding="utf-8")
    assert read(path) == [("server", name)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            '{"kind": "ComplianceResult"}',
            "must contain HostFacts, a result of vms_facts or a result of license_info; got ComplianceResult",
        ),
        ('"text"', "got str"),
        ("{", "facts.json"),
        ('{"kind": "HostFacts", "n": NaN}', "facts.json"),
        ("[1]", "int"),
        ("{}", "contains no facts"),
        ("[]", "contains no facts"),
        ('{"usphere": {}}', "contains no facts"),
        ('{"ansible_facts": {"usphere": {}}}', "contains no facts"),
    ],
)
def test_other_content_is_an_error(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PolicyError) as raised:
        read(path)
    assert sentence in str(raised.value)


def test_other_encodings_and_missing_files_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    with pytest.raises(PolicyError):
        read(path)
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(PolicyError, match="UTF-8"):
        read(path)
