# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published schemas: closed, described, with valid examples, and without network access."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.dialects import (
    known_keywords,
)

ROOT = Path(__file__).resolve().parents[6]
REGISTRY: Any = Registry().with_resources(
    (resource.id(), resource)
    for resource in (Resource.from_contents(schemas.schema(n)) for n in schemas.NAMES)
)


def properties(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield every described property: its path, its schema, the schema that contains it."""
    if not isinstance(part, dict):
        return
    for name, child in part.get("properties", {}).items():
        yield f"{path}/{name}", child, part
        yield from properties(child, f"{path}/{name}")
    for name, child in part.get("$defs", {}).items():
        yield from properties(child, f"{path}/$defs/{name}")
    for keyword in ("items", "additionalProperties"):
        yield from properties(part.get(keyword), f"{path}/{keyword}")
    for at, child in enumerate(part.get("anyOf", ())):
        yield from properties(child, f"{path}/anyOf/{at}")


@pytest.mark.parametrize("name", schemas.NAMES)
def test_a_schema_is_valid_and_describes_every_property(name: str) -> None:
    content = schemas.schema(name)
    Draft202012Validator.check_schema(content)
    for path, child, parent in properties(content):
        assert child.get("description"), path
        assert child.get("examples"), path
        assert parent.get("unevaluatedProperties") is False, path


@pytest.mark.parametrize("name", schemas.NAMES)
def test_examples_are_valid(name: str) -> None:
    content = schemas.schema(name)
    for path, child, _parent in properties(content):
        # The example of an object shows a part of it; the example of a value is complete.
        if (
            child.get("type") in ("string", "integer", "boolean", "number")
            or "enum" in child
            or "$ref" in child
        ):
            wrapped = {**child, "$id": content["$id"], "$defs": content.get("$defs", {})}
            validator = Draft202012Validator(wrapped, registry=REGISTRY)
            for example in child["examples"]:
                assert list(validator.iter_errors(example)) == [], path


@pytest.mark.parametrize("name", schemas.NAMES)
def test_the_published_path_links_to_the_package(name: str) -> None:
    link = ROOT / "schemas" / f"{name}.schema.json"
    assert link.is_symlink()
    assert os.readlink(link) == f"../plugins/plugin_utils/schemas/{name}.schema.json"
    assert link.is_file()


def test_keywords_outside_the_profile_are_those_of_json_schema() -> None:
    profile = set(schemas.schema("constraint")["$defs"]["constraint"]["properties"])
    assert set(known_keywords()) - profile == schemas.STANDARD_KEYWORDS


def test_the_documented_host_facts_are_valid() -> None:
    assert schemas.validate("host_facts", schemas.schema("host_facts")["examples"][0]) == []


def test_a_reference_outside_the_package_is_rejected_without_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_network(*_args: object) -> None:
        raise AssertionError("the network was accessed")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    for reference in ("http://127.0.0.1:1/x.json", "file:///etc/passwd", "other.schema.json"):
        policy = {
            "kind": "LicensePolicy",
            "id": "p",
            "version": "1.0.0",
            "rules": [{"id": "a", "require": {"$ref": reference}}],
        }
        assert [error.code for error in schemas.validate("policy", policy)] == ["schema_keyword"]
