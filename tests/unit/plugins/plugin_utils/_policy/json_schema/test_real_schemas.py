# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten schemas of ten projects: accepted, and with ``absent: allowed`` the same verdicts as the library."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schema_sources
from jsonschema import validators
from judging import judged, prepared_file

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument

# Valid data of each schema, and errors: the pointer of a value that is replaced, its new value, and where the
# error is reported.
DATA: dict[str, tuple[Any, list[tuple[str, Any, str]]]] = {
    "bitbucket-pipelines": (
        {"image": "python:3.11", "pipelines": {"default": [{"step": {"script": ["make"]}}]}},
        [("/pipelines/default/0/step/script", 5, "/pipelines/default/0/step/script")],
    ),
    "changie": (
        {
            "changesDir": ".changes",
            "unreleasedDir": "unreleased",
            "headerPath": "h.tpl",
            "changelogPath": "C.md",
            "versionExt": "md",
            "versionFormat": "x",
            "kindFormat": "x",
            "changeFormat": "x",
        },
        [("/changesDir", 5, "/changesDir")],
    ),
    "cloudbuild": (
        {"steps": [{"name": "gcr.io/cloud-builders/docker", "args": ["build", "."]}]},
        [("/steps/0/args", 5, "/steps/0/args")],
    ),
    "codecov": (
        {"comment": {"layout": "diff"}, "coverage": {"precision": 2}},
        [("/coverage", 5, "/coverage")],
    ),
    "compose-spec": (
        {"services": {"web": {"image": "nginx", "ports": ["80:80"]}}},
        [
            ("/services/web/image", 5, "/services/web/image"),
            ("/services/web/ports", "80", "/services/web/ports"),
        ],
    ),
    "github-workflows": (
        {"on": "push", "jobs": {"test": {"runs-on": "ubuntu-latest", "steps": [{"run": "make"}]}}},
        [("/jobs/test/steps", 5, "/jobs/test"), ("/jobs", [], "/jobs")],
    ),
    "meltano": (
        {"version": 1, "environments": [{"name": "dev"}]},
        [("/environments/0/name", 5, "/environments/0/name")],
    ),
    "readthedocs": (
        {"version": 2, "build": {"os": "ubuntu-22.04", "tools": {"python": "3.11"}}},
        [("/version", "two", "/version"), ("/build", 5, "/build")],
    ),
    "snapcraft": (
        {
            "name": "x",
            "base": "core22",
            "version": "1",
            "summary": "s",
            "description": "d",
            "grade": "devel",
            "confinement": "strict",
            "parts": {"a": {"plugin": "nil"}},
        },
        [("/summary", 5, "/summary")],
    ),
    "taskfile": ({"version": "3", "tasks": {"build": {"cmds": ["go build"]}}}, [("/tasks", 5, "/tasks")]),
}


@pytest.fixture(scope="module", autouse=True)
def _sources() -> None:
    # Without the schemas the tests fail. They are never skipped.
    schema_sources.prepare()


@cache
def loaded(name: str) -> Any:
    """Return the prepared schema, or the error."""
    try:
        return prepared_file(schema_sources.SCHEMAS / f"{name}.json")
    except InvalidDocument as error:
        return error


@cache
def library(name: str) -> Any:
    contents = json.loads((schema_sources.SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    validator = validators.validator_for(contents)
    return validator(contents, format_checker=validator.FORMAT_CHECKER)


def replaced(value: Any, pointer: str, new: Any) -> Any:
    tree = copy.deepcopy(value)
    *above, last = pointer.split("/")[1:]
    inside = tree
    for step in above:
        inside = inside[int(step)] if isinstance(inside, list) else inside[step]
    inside[int(last) if isinstance(inside, list) else last] = new
    return tree


def all_pointers(result: Any) -> Iterator[str]:
    stack = list(result.violations)
    while stack:
        found = stack.pop()
        yield found.pointer
        stack.extend(found.closest)


def test_at_least_nine_of_ten_are_accepted() -> None:
    refused = {name: str(loaded(name)) for name in DATA if isinstance(loaded(name), InvalidDocument)}
    assert len(DATA) == 10
    assert len(refused) <= 1, refused


@pytest.mark.parametrize("name", DATA)
def test_verdicts_are_those_of_the_library(name: str) -> None:
    schema = loaded(name)
    valid, errors = DATA[name]
    assert library(name).is_valid(valid)
    result = judged(schema, valid, absent="allowed")
    assert result.verdict.value == "compliant", (result.violations, result.gaps)
    assert judged(schema, valid).violations == ()
    for pointer, value, at in errors:
        broken = replaced(valid, pointer, value)
        assert not library(name).is_valid(broken)
        result = judged(schema, broken, absent="allowed")
        assert result.verdict.value == "non_compliant"
        assert at in set(all_pointers(result)), result.violations
        assert all(found.place.startswith(f"{name}.json:") for found in result.violations)
