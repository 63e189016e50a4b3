# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""References between schemas: drafts, files, identifiers, cycles; the library's traps."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from judging import (
    COMPLIANT,
    UNDETERMINED,
    codes,
    gaps,
    judged,
    prepared,
    prepared_file,
    problems,
    verdict,
    violations,
)

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.dialects import Dialect

COMMON = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"a": {"maximum": 4}}}'


def write(directory: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (directory / f"{name}.json").write_text(text, encoding="utf-8")
    return directory / "node.json"


@pytest.mark.parametrize("reference", ["common.json", "#"])
def test_missing_data_is_found_behind_a_reference_to_a_schema_with_its_own_dialect(
    tmp_path: Path, reference: str
) -> None:
    node = (
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", '
        '"properties": {"a": {"maximum": 4}, "b": {"$ref": "%s"}}}'
    )
    schema = prepared_file(write(tmp_path, node=node.replace("%s", reference), common=COMMON))
    assert ("/b/a", "missing") in gaps(schema, {"a": 1, "b": {}})
    assert schema.dialect is Dialect.DRAFT2020_12


def test_a_referenced_file_of_another_draft_keeps_its_draft(tmp_path: Path) -> None:
    common = '{"$schema": "http://json-schema.org/draft-04/schema#", "maximum": 4, "exclusiveMaximum": true}'
    schema = prepared_file(
        write(tmp_path, node='{"properties": {"a": {"$ref": "common.json"}}}', common=common)
    )
    assert violations(schema, {"a": 4}) == [("/a", "exclusiveMaximum")]
    assert judged(schema, {"a": 4}).violations[0].place == "common.json:1"
    assert [source.name for source in schema.sources] == ["common.json"]


@pytest.mark.parametrize("name", ["hostname", "date-time", "no-such-format"])
def test_a_format_without_a_checker_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The package of a format can be installed where the tests run.
    monkeypatch.delitem(Draft202012Validator.FORMAT_CHECKER.checkers, name, raising=False)
    found = problems({"properties": {"a": {"format": name}}})
    if name != "no-such-format":
        assert found[0].code == "json_schema_format_package"
        assert all("pip install" in found[0].text(language) for language in ("en", "zh"))
    else:
        assert found[0].code == "json_schema_format_unknown"


def test_a_format_with_a_checker_is_checked() -> None:
    assert violations({"properties": {"a": {"format": "ipv4"}}}, {"a": "1.2.3"}) == [("/a", "format")]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
        {"allOf": [{"$ref": "#"}]},
        {"not": {"$ref": "#"}},
        {"if": {"$ref": "#"}, "then": False},
        {"dependentSchemas": {"a": {"$ref": "#"}}, "required": ["b"]},
        {"$dynamicRef": "#a", "$dynamicAnchor": "a"},
    ],
)
def test_an_endless_reference_is_an_error(schema: Any) -> None:
    assert codes(schema) == ["json_schema_endless"]


def test_a_recursive_schema_is_not_endless() -> None:
    schema = {"type": "object", "properties": {"children": {"items": {"$ref": "#"}}}}
    assert verdict(schema, {"children": [{"children": []}]}) == COMPLIANT


def test_a_relative_reference_under_an_identifier_is_the_file_beside_it(tmp_path: Path) -> None:
    node = '{"$id": "https://example.com/s/node.json", "properties": {"b": {"$ref": "common.json"}}}'
    schema = prepared_file(write(tmp_path, node=node, common=COMMON))
    assert violations(schema, {"b": {"a": 9}}) == [("/b/a", "maximum")]


def test_a_file_is_known_by_its_path_and_by_its_identifier(tmp_path: Path) -> None:
    common = '{"$id": "https://example.com/t/common.json", "maximum": 4}'
    node = (
        '{"properties": {"a": {"$ref": "common.json"}, "b": {"$ref": "https://example.com/t/common.json"}, '
        '"c": {"$ref": "https://example.com/t/other.json"}}}'
    )
    schema = prepared_file(write(tmp_path, node=node, common=common, other='{"minimum": 2}'))
    assert violations(schema, {"a": 9, "b": 9, "c": 1}) == [
        ("/a", "maximum"),
        ("/b", "maximum"),
        ("/c", "minimum"),
    ]


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("https://example.com/other/x.json", "json_schema_network"),
        ("file:///etc/passwd", "json_schema_absolute"),
        ("/etc/passwd", "json_schema_absolute"),
        ("../outside.json", "json_schema_outside"),
        ("sub/../../outside.json", "json_schema_outside"),
        ("%2e%2e/outside.json", "json_schema_outside"),
        ("//example.com/x.json", "json_schema_network"),
        ("link.json", "json_schema_outside"),
        ("nothing.json", "json_schema_file"),
        ("#/$defs/nothing", "json_schema_pointer"),
        ("#nothing", "json_schema_anchor"),
    ],
)
def test_references_stay_in_the_directory(tmp_path: Path, reference: str, code: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.json").write_text('{"maximum": 1}', encoding="utf-8")
    (inside / "link.json").symlink_to(tmp_path / "outside.json")
    path = write(inside, node='{"properties": {"a": {"$ref": "%s"}}}'.replace("%s", reference))
    with pytest.raises(InvalidDocument) as caught:
        prepared_file(path)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert caught.value.problems[0].place == "node.json:1"


def test_a_schema_below_the_directory_can_refer_upward_inside_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path, common='{"maximum": 4}')
    path = write(tmp_path / "sub", node='{"properties": {"a": {"$ref": "../common.json"}}}')
    assert violations(prepared_file(path, tmp_path), {"a": 9}) == [("/a", "maximum")]


def test_a_schema_without_a_file_cannot_refer_to_files() -> None:
    assert codes({"properties": {"a": {"$ref": "common.json"}}}) == ["json_schema_no_directory"]


def test_nested_definitions_do_not_hide_those_of_the_root() -> None:
    schema = {
        "$defs": {"limit": {"maximum": 4}},
        "properties": {"a": {"$defs": {"limit": {"maximum": 100}}, "$ref": "#/$defs/limit"}},
    }
    assert violations(schema, {"a": 9}) == [("/a", "maximum")]


def test_a_prepared_schema_can_be_pickled() -> None:
    schema = prepared({"$defs": {"n": {"maximum": 4}}, "properties": {"a": {"$ref": "#/$defs/n"}}})
    again = pickle.loads(pickle.dumps(schema))  # noqa: S301 - the test pickled it
    assert again == schema
    assert judged(again, {"a": 9}) == judged(schema, {"a": 9})


def test_the_digest_covers_all_documents(tmp_path: Path) -> None:
    path = write(tmp_path, node='{"properties": {"a": {"$ref": "common.json"}}}', common='{"maximum": 4}')
    first, again = prepared_file(path).digest, prepared_file(path).digest
    write(tmp_path, common='{"maximum": 5}')
    assert first == again
    assert first != prepared_file(path).digest


def test_a_dynamic_reference_finds_the_outermost_anchor() -> None:
    schema = {
        "$id": "https://example.com/strict",
        "$dynamicAnchor": "node",
        "$ref": "tree",
        "unevaluatedProperties": False,
        "$defs": {
            "tree": {
                "$id": "tree",
                "$dynamicAnchor": "node",
                "properties": {"data": True, "children": {"items": {"$dynamicRef": "#node"}}},
            }
        },
    }
    assert violations(schema, {"children": [{"dat": 1}]}, absent="allowed") == [
        ("/children/0/dat", "unevaluatedProperties")
    ]
    assert verdict(schema, {"children": [{}]}) == UNDETERMINED


OLD = "http://json-schema.org/draft-03/schema#"


def test_a_referenced_schema_of_a_draft_that_is_not_known_is_an_error(tmp_path: Path) -> None:
    old = json.dumps({"$schema": OLD, "divisibleBy": 2})
    node = write(tmp_path, node='{"properties": {"cpu": {"$ref": "old.json"}}}', old=old)
    with pytest.raises(InvalidDocument) as caught:
        prepared_file(node)
    assert [(problem.code, problem.place) for problem in caught.value.problems] == [
        ("json_schema_draft", "old.json:1")
    ]


@pytest.mark.parametrize("name", [{}, {"$id": "a.json"}])
def test_an_embedded_schema_of_a_draft_that_is_not_known_is_an_error(name: Any) -> None:
    inner = {**name, "$schema": OLD, "disallow": "integer"}
    assert "json_schema_draft" in codes(
        {"$defs": {"a": inner}, "properties": {"cpu": {"$ref": name.get("$id", "#/$defs/a")}}}
    )


@pytest.mark.parametrize("dialect", [each for each in Dialect if each is not Dialect.DRAFT2020_12])
@pytest.mark.parametrize("items", [{"type": "integer"}, False])
def test_prefix_items_are_no_keyword_of_earlier_drafts(dialect: Dialect, items: Any) -> None:
    if items is False and dialect is Dialect.DRAFT4:
        return
    schema = {"$schema": dialect.uri, "prefixItems": [{}, {}], "items": items}
    assert verdict(schema, ["a", "b"]) == "non_compliant"


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://[x"},
        {"$id": "http://[x", "type": "object"},
        {"$id": "http://a/b", "$ref": "//[x"},
        {"properties": {"a": {"$id": "//[x", "type": "object"}}},
    ],
)
def test_what_is_not_a_uri_is_an_error(schema: Any) -> None:
    assert codes(schema) == ["json_schema_uri"]


@pytest.mark.parametrize("reference", ["loop.json", "a\0b", "a%00b"])
def test_a_file_that_cannot_be_found_out_is_an_error(tmp_path: Path, reference: str) -> None:
    (tmp_path / "loop.json").symlink_to("loop.json")
    node = write(tmp_path, node=json.dumps({"properties": {"a": {"$ref": reference}}}))
    with pytest.raises(InvalidDocument) as caught:
        prepared_file(node)
    assert [problem.code for problem in caught.value.problems] == ["json_schema_file"]
