# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The official JSON-Schema-Test-Suite: decided as the library decides it, except by named classes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest
import schema_sources
from certain_possible import Derivation, Inexpressible
from jsonschema_specifications import REGISTRY as SPECIFICATIONS
from judging import judged, prepared
from referencing import Registry
from referencing.jsonschema import specification_with
from suite_classes import (
    formats_without_checker,
    gap_is_real,
    invalid_patterns,
    misspelt,
    parts_of,
    possible_gaps,
)

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.dialects import Dialect
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.model import PreparedSchema

DRAFTS = {
    "draft4": (Dialect.DRAFT4, jsonschema.Draft4Validator),
    "draft6": (Dialect.DRAFT6, jsonschema.Draft6Validator),
    "draft7": (Dialect.DRAFT7, jsonschema.Draft7Validator),
    "draft2019-09": (Dialect.DRAFT2019_09, jsonschema.Draft201909Validator),
    "draft2020-12": (Dialect.DRAFT2020_12, jsonschema.Draft202012Validator),
}
HOST = "http://localhost:1234/"
# Every version of the suite has more; an empty directory must not look like success.
LEAST = {"draft4": 800, "draft6": 1000, "draft7": 1300, "draft2019-09": 1700, "draft2020-12": 1700}


@pytest.fixture(scope="module", autouse=True)
def _sources() -> None:
    # Without the suite the tests fail. They are never skipped.
    schema_sources.prepare()


@cache
def remotes(draft: str) -> dict[str, Any]:
    """Return the remote schemas of a draft by URI."""
    found = {}
    root = schema_sources.SUITE / "remotes"
    for path in sorted(root.rglob("*.json")):
        name = path.relative_to(root).as_posix()
        others = ["draft3/", "draft-next/"]
        contents = path.read_text(encoding="utf-8")
        if draft == "draft4":
            # The library's draft-04 cannot hold the boolean schemas of later drafts.
            others += ["draft6/", "draft7/", "draft2019-09/", "draft2020-12/"]
        if not name.startswith(tuple(others)) and not (draft == "draft4" and "$dynamicAnchor" in contents):
            found[HOST + name] = json.loads(contents)
    return found


def cases(draft: str) -> Iterator[tuple[str, Any, list[dict[str, Any]]]]:
    """Yield the name, the schema and the tests of every group of a draft, the optional ones included."""
    for path in sorted((schema_sources.SUITE / "tests" / draft).rglob("*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            yield f"{path.stem}: {group['description']}", group["schema"], group["tests"]


def registry(draft: str, validator: Any) -> Any:
    """Return a registry of the remote schemas without access to the network."""
    name = validator.META_SCHEMA.get("$schema")
    specification = specification_with(name)
    return Registry().with_resources(
        (uri, specification.create_resource(contents)) for uri, contents in remotes(draft).items()
    )


def documents(schema: Any, draft: str) -> list[Any]:
    """Return the schema and all documents that it can refer to."""
    references = [
        part[name]
        for part in parts_of(schema)
        if isinstance(part, dict)
        for name in ("$ref", "$dynamicRef", "$recursiveRef", "$id", "id")
        if isinstance(part.get(name), str)
    ]
    found = [schema]
    if any(HOST in reference or "/" in reference or ".json" in reference for reference in references):
        found.extend(remotes(draft).values())
    if any("json-schema.org" in reference for reference in references):
        found.extend(SPECIFICATIONS.contents(uri) for uri in SPECIFICATIONS)
    return found


def load_class(error: InvalidDocument, schema: Any, draft: str, accepts: list[bool | str]) -> str:
    """Return the class of a schema that is refused, after checking that the schema is of this class."""
    validator = DRAFTS[draft][1]
    reachable = documents(schema, draft)
    reasons = {problem.code for problem in error.problems}
    conditions = {
        "json_schema_never_fails": all(accepted is True for accepted in accepts),
        "json_schema_format_package": formats_without_checker(reachable, validator.FORMAT_CHECKER.checkers),
        "json_schema_format_unknown": formats_without_checker(reachable, validator.FORMAT_CHECKER.checkers),
        "json_schema_pattern_invalid": invalid_patterns(reachable),
        "json_schema_misspelt": misspelt(reachable),
        "json_schema_endless": "crash RecursionError" in accepts,
    }
    wrong = [reason for reason in reasons if not conditions.get(reason)]
    assert not wrong, f"refused for {wrong}: {error}"
    return "refused: " + ", ".join(sorted(reason[len("json_schema_") :] for reason in reasons))


def library_verdict(validator: Any, instance: Any) -> bool | str:
    try:
        return bool(validator.is_valid(instance))
    except Exception as error:  # noqa: BLE001 - whatever a library raises on these schemas is its answer
        return f"crash {type(error).__name__}"


def class_of(schema: Any, ready: PreparedSchema, instance: Any, accepted: bool | str, draft: str) -> str:
    """Return the class of one test, or raise AssertionError."""
    result = judged(ready, instance)
    if result.verdict.value != "undetermined":
        assert (result.verdict.value == "compliant") is accepted, (
            f"{result.verdict} but the library: {accepted}"
        )
        return "as the library"
    reasons = {gap.reason.value for gap in result.gaps}
    assert reasons, "undetermined without a gap"
    assert not result.violations
    if reasons == {"nothing_checked"}:
        assert accepted is True, "nothing was checked, but the library refuses the value"
        return "undetermined: nothing checked"
    assert reasons <= possible_gaps(documents(schema, draft), instance)
    for gap in result.gaps:
        assert gap_is_real(gap.pointer, gap.reason.value, gap.keyword, instance), gap
    return "undetermined: " + ", ".join(sorted(reasons))


@pytest.mark.parametrize("draft", DRAFTS)
def test_every_test_of_the_suite_is_decided_as_the_library_decides_it(
    draft: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dialect, validator_class = DRAFTS[draft]
    known = registry(draft, validator_class)
    counts: Counter[str] = Counter()
    differences = []
    for name, schema, tests in cases(draft):
        validator = validator_class(schema, registry=known, format_checker=validator_class.FORMAT_CHECKER)
        accepts = [library_verdict(validator, test["data"]) for test in tests]
        try:
            ready = prepared(schema, dialect=dialect, registered=remotes(draft))
        except InvalidDocument as error:
            try:
                counts[load_class(error, schema, draft, accepts)] += len(tests)
            except AssertionError as difference:
                differences.append(f"{name}: {difference}")
            continue
        for test, accepted in zip(tests, accepts, strict=True):
            try:
                counts[class_of(schema, ready, test["data"], accepted, draft)] += 1
            except AssertionError as difference:
                differences.append(f"{name}: {test['description']}: {difference}")
    with capsys.disabled():
        print(f"\n{draft}: {sum(counts.values())} tests")
        for reason, count in sorted(counts.items()):
            print(f"  {count:5} {reason}")
    assert differences == []
    assert sum(counts.values()) >= LEAST[draft]
    assert counts["as the library"] > 0.6 * sum(counts.values())


@pytest.mark.parametrize("allowed", [False, True], ids=["absent undetermined", "absent allowed"])
@pytest.mark.parametrize("draft", [name for name in DRAFTS if name != "draft4"])
def test_the_second_implementation_agrees_on_the_suite(
    draft: str, allowed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    dialect, _validator = DRAFTS[draft]
    compared = 0
    differences = []
    for name, schema, tests in cases(draft):
        try:
            ready = prepared(schema, dialect=dialect, registered=remotes(draft))
        except InvalidDocument:
            continue
        for test in tests:
            try:
                expected = Derivation(schema, dialect.value, allowed).verdict(test["data"])
            except Inexpressible:
                continue
            result = judged(ready, test["data"], absent="allowed" if allowed else "undetermined")
            unasked = [gap.reason.value for gap in result.gaps] == ["nothing_checked"]
            compared += 1
            if ("compliant" if unasked else result.verdict.value) != expected:
                differences.append(f"{name}: {test['description']}: {result.verdict.value}, not {expected}")
    with capsys.disabled():
        print(f"\n{draft}, absent {'allowed' if allowed else 'undetermined'}: {compared} tests compared")
    assert differences == []
    assert compared > 400
