# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published schema of endpoint profiles accepts and rejects exactly what the modules do."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.builtin import PROFILES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    LOCAL_OPERATIONS,
    LOCAL_PRODUCTS,
    SECRET_KEYS,
    SHAPES,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ProfileError

ROOT = Path(__file__).resolve().parents[6]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = tool("endpoint_profile_schema")
TABLE = tool("endpoint_profile_table")
SCHEMA = json.loads(GENERATOR.FILE.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

CALL: dict[str, Any] = {
    "method": "GET", "path": "/about", "certainty": "documented",
    "answer": ["data"], "fields": {"id": ["a", "b"]},
}  # fmt: skip
BASE = {"path": "/x", "auth": "oauth2"}
SITES: list[dict[str, Any]] = [
    {"extends": "cas_e0710"},
    {"extends": "usphere_7", "name": "site", "operations": {"server": CALL, "uninstall_license": None}},
    {"extends": "usphere_7", "local": {"isc": {"operations": {"server": CALL}}, "disk_backup_dr": None}},
    {"extends": "cas_e0710", "local": {"isc": {"base": BASE, "operations": {"server": CALL}}}},
    {"extends": "usphere_7", "codes": {"edition": None}, "license_names": {"x": None}},
    {"name": "small", "bases": {"license_server": BASE}, "operations": {"server": CALL}},
    {"name": "none", "bases": {}, "operations": {}},
]

# Values for any position, valid or invalid.
WORDS = [
    *("", "x", "/", "/a b", "/a?b", "/a#b", "/a\n", "/{task_id}", "/{license_id}/x", "{client}", "{", "/é"),
    *("digest", "oauth2", "oauth2_client", "none", "documented", "assumed", "GET", "POST", "PATCH", "json"),
    *("x86_64", "any", "standard", "ok", "offset", "page", "usphere_7", "cas_e0710", "usphere_8"),
    *sorted(SECRET_KEYS), "PWD", "ipmiPw",
]  # fmt: skip
VALUES: list[Any] = [
    *WORDS, None, True, 0, 1, -1, 7.5, [], ["x"], [""], [1], ["pwd"], {}, {"x": "y"}, {"x": None}, CALL, BASE,
]  # fmt: skip
KEYS = [
    *("name", "extends", "bases", "operations", "codes", "license_names", "local", "base", "path", "auth"),
    *(
        "method",
        "query",
        "paging",
        "answer",
        "alternatives",
        "certainty",
        "fields",
        "encoding",
        "body",
        "constants",
        "lapsed_code",
    ),
    *(
        "style",
        "offset",
        "page",
        "limit",
        "size",
        "total",
        "total_header",
        "id",
        "product",
        "arch",
        "surprise",
    ),
    *("vms", "license_server", "host_arch", "edition", *LOCAL_PRODUCTS, *LOCAL_OPERATIONS, *SHAPES),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every position of a document, including the document itself."""
    found = [path]
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        found += places(child, (*path, key))
    return found


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


@st.composite
def changed_profile(draw: st.DrawFn) -> dict[str, Any]:
    """A profile with up to three changes: a value replaced, a key added, a key removed."""
    start = draw(st.sampled_from([*PROFILES.values(), *SITES, *SITES]))
    document: Any = json.loads(json.dumps(start))
    for _change in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(places(document)))
        here = at(document, path)
        kind = draw(st.sampled_from(["replace", "add", "take", "copy"]))
        if kind == "add" and isinstance(here, dict):
            here[draw(st.sampled_from(KEYS))] = json.loads(json.dumps(draw(st.sampled_from(VALUES))))
        elif kind == "copy" and isinstance(here, dict):
            donor: Any = PROFILES["usphere_7"]
            other = draw(st.sampled_from(places(donor)))
            here[draw(st.sampled_from(KEYS))] = json.loads(json.dumps(at(donor, other)))
        elif path and kind == "take":
            del at(document, path[:-1])[path[-1]]
        elif path:
            at(document, path[:-1])[path[-1]] = json.loads(json.dumps(draw(st.sampled_from(VALUES))))
    return document  # type: ignore[no-any-return]


def accepted(document: dict[str, Any]) -> bool:
    try:
        load_profile(document)
    except ProfileError:
        return False
    return True


@pytest.mark.parametrize("document", [*PROFILES.values(), *SITES], ids=lambda value: value.get("name", "-"))
def test_valid_profiles_are_accepted_by_both(document: dict[str, Any]) -> None:
    plain = json.loads(json.dumps(document))
    assert list(VALIDATOR.iter_errors(plain)) == []
    assert accepted(plain)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changed_profile())
def test_the_schema_and_the_checks_agree(document: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid(document) is accepted(document)


def test_the_generator_produces_valid_and_invalid_profiles() -> None:
    verdicts: list[bool] = []

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(changed_profile())
    def record_verdict(document: dict[str, Any]) -> None:
        verdicts.append(accepted(document))

    record_verdict()
    assert {True, False} <= set(verdicts)


def test_the_file_matches_the_code() -> None:
    assert GENERATOR.FILE.read_text(encoding="utf-8") == GENERATOR.text()
    Draft202012Validator.check_schema(SCHEMA)


def test_the_published_schema_is_a_link_into_the_package() -> None:
    link = ROOT / "schemas" / "endpoint_profile.schema.json"
    assert os.readlink(link) == "../plugins/plugin_utils/schemas/endpoint_profile.schema.json"


def test_the_guide_shows_the_certainty_of_each_call() -> None:
    guide = TABLE.FILE.read_text(encoding="utf-8")
    assert guide == TABLE.written(guide)
    assert "``POST /licsmgr/api/v1/activation-files``" in guide
