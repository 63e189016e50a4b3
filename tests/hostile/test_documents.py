# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reject hostile policy documents (endless, oversized, misleading) with a documented error, within limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from budget import SECONDS, within_budget

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import MESSAGES, load_tables
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.waivers import (
    load_waivers,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    load_entitlements,
)

HEAD = "kind: LicensePolicy\nid: hostile\nversion: 1.0.0\n"
RULE = "rules: [{id: r, require: {properties: {vms: {properties: {total: {maximum: 10}}}}}}]\n"

load_tables()


def billion_laughs(depth: int, width: int) -> str:
    lines = ["a0: &a0 [" + ",".join(["x"] * width) + "]"]
    for level in range(1, depth):
        lines.append(f"a{level}: &a{level} [" + ",".join([f"*a{level - 1}"] * width) + "]")
    return "\n".join(lines) + "\n"


def policy_with_constraint(constraint: object) -> str:
    policy = {
        "kind": "LicensePolicy",
        "id": "hostile",
        "version": "1.0.0",
        "rules": [{"id": "r", "require": constraint}],
    }
    return json.dumps(policy)


def total_constraint(constraint: object, **more: object) -> object:
    return {"properties": {"vms": {"properties": {"total": constraint}}}, **more}


def name_pattern(pattern: str) -> object:
    return {"properties": {"architecture": {"pattern": pattern}}}


def doubling_references(levels: int) -> object:
    definitions: dict[str, Any] = {
        f"d{level}": {"allOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 2} for level in range(levels)
    }
    definitions[f"d{levels}"] = {"required": ["vms"]}
    return {"$defs": definitions, "$ref": "#/$defs/d0"}


BIG = "x" * 100_000
YAML = {
    "billion laughs": (billion_laughs(12, 10), "document_too_many_values"),
    "aliases of one long text": (
        HEAD + RULE + f"fixtures: {{a: {{t: &t {BIG}, l: [" + ",".join(["*t"] * 9_000) + "]}}\n",
        "document_too_large",
    ),
    "a tower of aliases": (
        HEAD
        + "fixtures:\n  a0: &a0 {not: {}}\n"
        + "".join(f"  a{level}: &a{level} {{not: *a{level - 1}}}\n" for level in range(1, 500))
        + "rules: [{id: r, require: *a499}]\n",
        "document_too_deep",
    ),
    "an alias of itself": ("a: &a [*a]\n", "document_alias"),
    "a merge bomb": ("a: &a {x: 1}\nb: {<<: [*a, *a, *a]}\n", "document_merge_key"),
    "duplicate keys": (HEAD + "id: other\n" + RULE, "document_duplicate_key"),
    "not a number": (HEAD + RULE.replace("10", ".nan"), "document_not_finite"),
    "infinity": (HEAD + RULE.replace("10", "-.inf"), "document_not_finite"),
    "a number of 100,000 digits": (HEAD + RULE.replace("10", "9" * 100_000), "document_number_size"),
    "nested 10,000 deep": ("[" * 10_000 + "]" * 10_000, "document_too_deep"),
    "nested 10,000 deep in blocks": (
        "\n".join(" " * level + "a:" for level in range(1_500)),
        "document_too_deep",
    ),
    "a key that is a mapping": ("? {a: 1}\n: 2\n", "document_key"),
    "python objects": ("!!python/object/apply:os.system ['true']\n", "document_tag"),
    "binary": ("a: !!binary aGVsbG8=\n", "document_tag"),
    "several documents": (HEAD + RULE + "---\n" + HEAD, "document_several"),
    "control characters": ("a: \x07\n", "document_syntax"),
    "five megabytes": ("a: " + "x" * 5_000_000, "document_too_large"),
    "many small values": ("a: [" + "1," * 900_000 + "]\n", "document_too_many_values"),
    "an unfinished flow": ("[" + "{a: " * 40, "document_syntax"),
    "the Norway problem": (HEAD + RULE.replace("10", "NO"), "document_disputed_word"),
    "octal": (HEAD + RULE.replace("10", "010"), "document_disputed_number"),
    "a template in a sentence": (
        HEAD + RULE.replace("id: r,", "id: r, message: {en: \"{{ lookup('pipe', 'id') }}\"},"),
        "placeholder_unknown",
    ),
    "a path for an id": (HEAD + RULE + "extends: [{id: ../../../etc/passwd}]\n", "schema_keyword"),
    "an absolute path for an id": (HEAD + RULE + "extends: [{id: /etc/passwd}]\n", "schema_keyword"),
    "an unknown keyword": (HEAD + RULE.replace("maximum", "maximun"), "schema_unknown_key"),
    "the keyword format": (HEAD + RULE.replace("maximum: 10", "format: uri"), "schema_outside_profile"),
    "the keyword patternProperties": (
        HEAD + RULE.replace("maximum: 10", 'patternProperties: {"^(a+)+$": {}}'),
        "schema_outside_profile",
    ),
}
JSON = {
    "not a number": (
        policy_with_constraint(total_constraint({"maximum": 1})).replace(": 1}", ": NaN}"),
        "document_not_finite",
    ),
    "infinity": (
        policy_with_constraint(total_constraint({"maximum": 1})).replace(": 1}", ": -Infinity}"),
        "document_not_finite",
    ),
    "beyond every float": (
        policy_with_constraint(total_constraint({"maximum": 1})).replace(": 1}", ": 1e999}"),
        "document_not_finite",
    ),
    "a number of 100,000 digits": (
        policy_with_constraint(total_constraint({"maximum": 1})).replace(": 1}", ": " + "9" * 100_000 + "}"),
        "document_number_size",
    ),
    "nested 10,000 deep": ("[" * 10_000 + "]" * 10_000, "document_too_deep"),
    "objects nested 10,000 deep": ('{"a":' * 10_000 + "1" + "}" * 10_000, "document_too_deep"),
    "duplicate keys": ('{"kind": "LicensePolicy", "kind": "Other"}', "document_duplicate_key_json"),
    "cut off": ('{"kind": "LicensePolicy", "rules": [', "document_syntax"),
    "a remote reference": (
        policy_with_constraint({"$ref": "http://evil.example/schema.json"}),
        "schema_keyword",
    ),
    "a file reference": (policy_with_constraint({"$ref": "file:///etc/passwd"}), "schema_keyword"),
    "a reference beside": (policy_with_constraint({"$ref": "policy.schema.json"}), "schema_keyword"),
    "a reference to nothing": (policy_with_constraint({"$ref": "#/$defs/nothing"}), "reference_unknown"),
    "a reference to itself": (
        policy_with_constraint({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}),
        "reference_cycle",
    ),
    "references in a circle": (
        policy_with_constraint(
            {
                "$defs": {"a": {"not": {"$ref": "#/$defs/b"}}, "b": {"not": {"$ref": "#/$defs/a"}}},
                "$ref": "#/$defs/a",
            }
        ),
        "reference_cycle",
    ),
    "references that double 40 times": (
        policy_with_constraint(doubling_references(40)),
        "constraint_too_large",
    ),
    "a pattern with a back reference": (policy_with_constraint(name_pattern(r"(a)\1")), "pattern_invalid"),
    "a pattern that looks ahead": (policy_with_constraint(name_pattern("(?=a)a")), "pattern_invalid"),
    "a pattern that repeats repeats": (
        policy_with_constraint(name_pattern("((a{200}){200}){200}")),
        "pattern_invalid",
    ),
    "a pattern that nests groups": (
        policy_with_constraint(name_pattern("(" * 5_000 + "a" + ")" * 5_000)),
        "pattern_invalid",
    ),
    "a pattern of wide choices": (
        policy_with_constraint(name_pattern("|".join(["a" * 100] * 500))),
        "pattern_invalid",
    ),
}


def codes(load: Callable[[], object]) -> list[str]:
    """Return the codes of the errors; an empty list means that the hostile document was accepted."""
    try:
        load()
    except PolicyError as error:
        # Rendering the error must not fail either.
        return sorted({item.code for item in error.problems if item.text("en") and item.text("zh")})
    return []


def error_codes(path: Path, content: bytes, load: Callable[[str], object] = load_policy) -> list[str]:
    path.write_bytes(content)
    outcome = within_budget(lambda: codes(lambda: load(str(path))))
    assert outcome.died == "", outcome
    assert outcome.seconds < 2 * SECONDS
    assert outcome.value, "the content was accepted as a document"
    assert set(outcome.value) <= set(MESSAGES)
    return list(outcome.value)


@pytest.mark.parametrize("case", YAML)
def test_hostile_yaml_is_rejected(tmp_path: Path, case: str) -> None:
    text, code = YAML[case]
    assert code in error_codes(tmp_path / "hostile.yml", text.encode())


@pytest.mark.parametrize("case", JSON)
def test_hostile_json_is_rejected(tmp_path: Path, case: str) -> None:
    text, code = JSON[case]
    assert code in error_codes(tmp_path / "hostile.json", text.encode())


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe" + HEAD.encode("utf-16-le"),
        b"PK\x03\x04" + bytes(200),
        b"\x1f\x8b\x08" + bytes(200),
        b"\x7fELF" + bytes(200),
        bytes(range(256)) * 10,
        b"",
        b"\n\n---\n",
        b"just text",
        b"[1, 2, 3]",
    ],
    ids=["utf-16", "zip", "gzip", "elf", "every byte", "empty", "blank", "text", "a list"],
)
@pytest.mark.parametrize("load", [load_policy, load_waivers, load_entitlements])
@pytest.mark.parametrize("suffix", [".yml", ".json"])
def test_files_that_are_not_documents_are_rejected(
    tmp_path: Path, content: bytes, load: Callable[[str], object], suffix: str
) -> None:
    error_codes(tmp_path / f"hostile{suffix}", content, load)


@pytest.mark.parametrize("load", [load_waivers, load_entitlements])
@pytest.mark.parametrize("case", ["billion laughs", "nested 10,000 deep", "duplicate keys", "python objects"])
def test_hostile_waivers_and_entitlements_are_rejected(
    tmp_path: Path, load: Callable[[str], object], case: str
) -> None:
    text, code = YAML[case]
    assert code in error_codes(tmp_path / "hostile.yml", text.encode(), load)


def test_an_endless_chain_of_extended_policies_is_rejected(tmp_path: Path) -> None:
    for at in range(200):
        text = HEAD.replace("hostile", f"p{at}") + RULE.replace("id: r", f"id: r{at}")
        (tmp_path / f"p{at}.yml").write_text(text + f"extends: [{{id: p{at + 1}}}]\n")
    assert error_codes(tmp_path / "p0.yml", (tmp_path / "p0.yml").read_bytes()) == ["policy_too_many"]


def test_policies_that_extend_each_other_are_rejected(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text(HEAD.replace("hostile", "b") + RULE + "extends: [{id: a}]\n")
    text = HEAD.replace("hostile", "a") + RULE.replace("id: r", "id: q") + "extends: [{id: b}]\n"
    assert "extends_cycle" in error_codes(tmp_path / "a.yml", text.encode())


def test_a_thousand_errors_are_all_listed_in_time(tmp_path: Path) -> None:
    rules = [{"id": f"r{at}", "require": total_constraint({"maximun": at})} for at in range(1_000)]
    content = {"kind": "LicensePolicy", "id": "hostile", "version": "1.0.0", "rules": rules}
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(content))

    def count() -> int:
        try:
            load_policy(str(path))
        except PolicyError as error:
            return len(error.problems)
        return 0

    outcome = within_budget(count)
    assert outcome.died == ""
    assert outcome.value >= 1_000
