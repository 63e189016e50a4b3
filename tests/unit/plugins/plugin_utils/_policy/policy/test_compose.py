# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that extend others: pinned by digest, loaded once, without cycles."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]
Write = Callable[..., str]

RULE = "{id: %s-rule, require: {properties: {vms: {properties: {total: {maximum: 500}}}}}}"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def one(ident: str, *extends: str, version: str = "1.0.0", rule: str = "", folder: str = "") -> str:
        path = tmp_path / folder / f"{ident}.yml"
        path.parent.mkdir(exist_ok=True)
        listed = ", ".join("{" + each + "}" for each in extends)
        path.write_text(
            f"kind: LicensePolicy\nid: {ident}\nversion: {version}\nextends: [{listed}]\n"
            f"rules:\n  - {rule or RULE % ident}\n"
        )
        return str(path)

    return one


def digest_of(path: str) -> str:
    return load_policy(path).documents[-1]["digest"]


def errors(argument: object) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load_policy(argument)
    assert caught.value.text("zh")
    return caught.value.text().split("\n")


def test_a_pinned_policy_must_match_its_digest_and_version(write: Write, tmp_path: Path) -> None:
    base = write("base")
    pinned = f"id: base, version: 1.0.0, digest: {digest_of(base)}"
    site = write("site", pinned)
    assert [each["id"] for each in load_policy(site).documents] == ["base", "site"]
    # Blanks and comments do not change the digest; another bound does, and is reported.
    Path(base).write_text("# a comment\n" + Path(base).read_text().replace("[]", "[ ]"))
    assert load_policy(site)
    Path(base).write_text(Path(base).read_text().replace("500", "501"))
    (error,) = errors(site)
    assert error.startswith("site.yml:4: digest of the extended policy base must be ")
    write("base", version="1.0.1")
    assert "version of the extended policy base must be 1.0.0; got 1.0.1" in errors(site)[0]


def test_a_policy_extended_twice_is_loaded_once(write: Write) -> None:
    write("base")
    write("left", "id: base")
    write("right", "id: base")
    policy = load_policy(write("site", "id: left", "id: right"))
    assert [each["id"] for each in policy.documents] == ["base", "left", "right", "site"]
    assert list(policy.rules) == ["base-rule", "left-rule", "right-rule", "site-rule"]


def test_two_versions_of_one_policy_are_an_error(write: Write) -> None:
    first = write("base")
    second = write("base", version="2.0.0", folder="other")
    (error,) = errors([first, second])
    assert (
        "the policy base is loaded twice with different versions or contents (1.0.0, 2.0.0); keep one"
        in error
    )


@pytest.mark.parametrize("length", [1, 2, 3])
def test_cycles_are_rejected(length: int, write: Write) -> None:
    names = ["a", "b", "c"][:length]
    paths = [write(name, f"id: {names[(at + 1) % length]}") for at, name in enumerate(names)]
    cycle = ", ".join([*names, "a"])
    assert errors(paths[0])[0].endswith(f"the policies extend each other in a cycle: {cycle}")


def test_the_number_of_documents_is_limited(write: Write) -> None:
    for at in range(120):
        write(f"p{at}", f"id: p{at + 1}")
    write("p120")
    assert "more than 100 documents" in errors(write("site", "id: p0"))[0]


def test_an_extended_policy_is_searched_beside_the_policy_only(write: Write, tmp_path: Path) -> None:
    write("base", folder="elsewhere")
    site = write("site", "id: base")
    assert (
        "the extended policy base was not found in the directory of this policy; add base.yml"
        in errors(site)[0]
    )
    (tmp_path / "base.json").write_text(
        json.dumps({"kind": "LicensePolicy", "id": "base", "version": "1.0.0", "rules": []})
    )
    assert [each["id"] for each in load_policy(site).documents] == ["base", "site"]
    (tmp_path / "base.json").write_text("{}")
    assert any("base.json" in error for error in errors(site))


def test_a_file_with_another_id_is_an_error(write: Write, tmp_path: Path) -> None:
    Path(write("other")).rename(tmp_path / "base.yml")
    assert "id of the extended policy base must be base; got other" in errors(write("site", "id: base"))[0]


def test_a_policy_outside_its_dates_decides_nothing(
    write: Write, as_of: datetime, host_facts: HostFacts
) -> None:
    strict = RULE.replace("500", "1") % "base"
    base = Path(write("base", rule=strict))
    base.write_text(base.read_text() + "effective: {from: 2026-11-25, until: 2026-12-31}\n")
    policy = load_policy(write("site", "id: base"))
    given = [HostInput("h", host_facts())]
    result = evaluate_fleet.evaluate(given, Run(policy, as_of))
    assert (result["decision"], result["off"]) == ("compliant", ["base-rule"])
    later = as_of.replace(day=25)
    assert evaluate_fleet.evaluate(given, Run(policy, later))["decision"] == "non_compliant"
