# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading of HostFacts: unknown keys, unreadable values, other spellings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.fact_reader import (
    UNKNOWN_REASONS,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._release import VERSION
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts import (
    host_facts as incoming,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)

Build = Callable[..., dict[str, Any]]
NOT_A_FACT = "the key unknown lists {}, which is not a fact (see Facts reference); did you mean {}?"
ROOT = Path(__file__).resolve().parents[6]


@pytest.fixture(name="judge")
def _judge(vendor: PolicySet, as_of: datetime) -> Callable[..., dict[str, Any]]:
    def judge(*facts: Mapping[str, Any]) -> dict[str, Any]:
        given = [HostInput(f"h{at}", each) for at, each in enumerate(facts)]
        return evaluate_fleet.evaluate(given, Run(vendor, as_of))

    return judge


def sentences(facts: Mapping[str, Any], language: str = "en") -> list[str]:
    with pytest.raises(incoming.InvalidFacts) as caught:
        incoming.read(facts)
    return [error.text(language) for error in caught.value.problems]


@pytest.mark.parametrize(
    ("pointer", "sentence"),
    [
        (
            "/licenses/items/0/expire_at",
            "/licenses/items/0/expire_at: unknown key (see Facts reference); did you mean expires_at?",
        ),
        (
            "/hosts/1/cpu_socket",
            "/hosts/1/cpu_socket: unknown key (see Facts reference); did you mean cpu_sockets?",
        ),
        ("/features/smr", "/features/smr: unknown key (see Facts reference); did you mean srm?"),
        (
            "/login/zzz",
            "/login/zzz: unknown key (see Facts reference); remove it, or prefix its name with x-",
        ),
        (
            "/license",
            "/license: unknown key (facts of the site belong below site_facts; see Facts reference); did you "
            "mean /licenses/items?",
        ),
        ("/rack", "/rack: unknown key (facts of the site belong below site_facts; see Facts reference)"),
        ("/X-rack", "/X-rack: unknown key (facts of the site belong below site_facts; see Facts reference)"),
    ],
)
def test_an_unknown_key_is_an_error_with_the_nearest_name(
    pointer: str, sentence: str, host_facts: Build
) -> None:
    facts = with_value({**host_facts(), "login": {"state": "ok"}}, pointer, "2026-12-06")
    assert sentences(facts) == [sentence]  # type: ignore[arg-type]  # with_value returns a mapping here


def test_unknown_keys_are_listed_up_to_a_maximum(host_facts: Build) -> None:
    facts = {**host_facts(), **{f"zz{at}": at for at in range(500)}}
    found = sentences(facts)
    assert len(found) == incoming.MOST_PROBLEMS + 1
    assert found[-1] == "and 480 more of this kind"


def test_other_hosts_keep_their_decision(judge: Callable[..., dict[str, Any]], host_facts: Build) -> None:
    good = host_facts()
    wrong = host_facts("lapsing", {"/hosts/0/cpu_socket": 4})
    result = judge(good, wrong)
    assert {each["subject"]["id"]: each["decision"] for each in result["subjects"]} == {
        "hangzhou": "compliant",
        "chengdu": "error",
    }
    (finding,) = [each for each in result["findings"] if each["subject"]["id"] == "chengdu"]
    assert finding["pointer"] == "/hosts/0/cpu_socket"
    assert (
        finding["message"]["zh"]
        == "/hosts/0/cpu_socket：未知的键（见 Facts reference）；是否应为 cpu_sockets？"
    )
    assert schemas.validate("compliance_result", result) == []


@pytest.mark.parametrize(
    "pointer", ["/x-rack", "/hosts/0/x-rack", "/licenses/items/0/x-", "/site_facts/Any Key!"]
)
def test_keys_of_the_site_are_allowed(
    pointer: str, judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    assert judge(with_value(host_facts(), pointer, "r7"))["decision"] == "compliant"


def test_unknown_keys_of_a_newer_collection_are_one_error(
    judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    newer = host_facts(changes={"/source/collection": "9.4.0"})
    assert judge(newer)["decision"] == "compliant", "all keys are known"
    newer["hosts"][0]["numa"] = newer["cluster"] = newer["licence"] = 1
    (sentence,) = sentences(newer)
    assert sentence.startswith(
        "the facts were written by version 9.4.0 of the collection, "
        f"but this is version {VERSION}, which does not support "
    )
    assert "(unknown keys: 3)" in sentence
    assert len(sentences({**newer, "source": {"collection": VERSION}})) == 3


def test_the_version_is_that_of_the_collection() -> None:
    found = re.search(r"^version: (\S+)$", (ROOT / "galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    assert found.group(1) == VERSION


@pytest.mark.parametrize(
    ("pointer", "sentence"),
    [
        (
            "/logins",
            NOT_A_FACT.format("/logins", "/login"),
        ),
        (
            "/feature/srm",
            NOT_A_FACT.format("/feature/srm", "/features/srm"),
        ),
        (
            "/LICENSES",
            NOT_A_FACT.format("/LICENSES", "/licenses"),
        ),
        (
            "/login/",
            NOT_A_FACT.format("/login/", "/login"),
        ),
        (
            "/hosts/0/",
            NOT_A_FACT.format("/hosts/0/", "/hosts/0"),
        ),
    ],
)
def test_a_misspelled_unknown_pointer_is_an_error(pointer: str, sentence: str, host_facts: Build) -> None:
    assert sentences({**host_facts(), "unknown": {pointer: {"reason": "gather_error"}}}) == [sentence]


def test_an_unknown_pointer_below_a_row_is_allowed(
    judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    listed = {"/hosts/0/numa": {"reason": "absent"}, "/x-rack": {"reason": "absent"}}
    assert judge({**host_facts(), "unknown": listed})["decision"] == "compliant"


@pytest.mark.parametrize("rest", ["", "/kind", "/x-note"])
@pytest.mark.parametrize("position", ["2", "00", "+0", "-", "²", "9" * 5000])
def test_a_pointer_to_a_missing_row_makes_its_list_unknown(
    position: str, rest: str, judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    listed = {f"/licenses/items/{position}{rest}": {"reason": "gather_error"}}
    found = incoming.read({**host_facts(), "unknown": listed})
    assert found.unknown["/licenses/items"] == "gather_error"
    assert "items" not in found.tree["licenses"]
    result = judge({**host_facts(), "unknown": listed})
    assert result["decision"] == "undetermined"
    assert result["counts"]["verdicts"].get("fail", 0) == 0


def test_a_list_with_unknown_rows_only_is_unknown(
    judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    facts = {**host_facts(), "licenses": {"complete": True}}
    listed = {"/licenses/items/0/key": {"reason": "absent"}}
    assert incoming.read({**facts, "unknown": listed}).unknown["/licenses/items"] == "absent"
    assert judge({**facts, "unknown": listed})["decision"] == "undetermined"


def test_a_key_of_many_digits_is_an_error_of_its_host_only(
    judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    odd = {**host_facts(changes={"/subject/id": "odd"}), "9" * 5000: 1}
    result = judge(odd, host_facts())
    assert {each["subject"]["id"]: each["decision"] for each in result["subjects"]} == {
        "odd": "error",
        "hangzhou": "compliant",
    }


def test_features_are_those_of_the_catalog(host_facts: Build) -> None:
    row = {"id": "snapshot_pro", "class": "feature", "metric": "vm", "installation": "remote"}
    catalog = Catalog.builtin().extended([row], "site")
    facts = host_facts(changes={"/features/snapshot_pro": {"in_use": True, "used": "3"}})
    assert sentences(facts) == [
        "/features/snapshot_pro: unknown key (see Facts reference); remove it, or prefix its name with x-"
    ]
    legible = incoming.read(facts, catalog)
    assert legible.tree["features"]["snapshot_pro"] == {"in_use": True, "used": 3}
    assert legible.tree["features"]["isc"] == {"in_use": False}
    wrong = with_value(facts, "/features/snapshot_pro/in_use", "yes")
    assert incoming.read(wrong, catalog).unknown == {"/features/snapshot_pro/in_use": "type"}
    with pytest.raises(incoming.InvalidFacts, match="did you mean in_use"):
        incoming.read(with_value(facts, "/features/snapshot_pro/in_us", True), catalog)


def test_an_unreadable_value_is_shown_with_accepted_values(
    judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    result = judge(host_facts(changes={"/hosts/0/arch": "amd64x"}))
    assert result["decision"] == "undetermined"
    (finding,) = [each for each in result["findings"] if each["rule"] == "r31-sockets"]
    assert finding["because"] == [{"pointer": "/hosts/0/arch", "reason": "value"}]
    assert '/hosts/0/arch is "amd64x"; use x86_64 or aarch64' in finding["message"]["en"]
    assert '/hosts/0/arch 为 "amd64x"；请使用 x86_64 或 aarch64' in finding["message"]["zh"]
    assert finding["unread"][0]["value"] == '"amd64x"'
    assert schemas.validate("compliance_result", result) == []


def test_an_unknown_derived_fact_names_its_unreadable_value(
    judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    result = judge(host_facts(changes={"/licenses/items/0/kind": "正式授权"}))
    texts = [each["message"]["en"] for each in result["findings"] if each["verdict"] == "unknown"]
    expected = '/licenses/items/0/kind is "正式授权"; use preinstalled, temporary or formal'
    assert texts
    assert all(expected in text for text in texts)


def test_an_unreadable_release_is_shown(judge: Callable[..., dict[str, Any]], host_facts: Build) -> None:
    changes = {"/version": {"vms": "7.0"}, "/features_wanted": ["heterogeneous_migration"]}
    result = judge(host_facts(changes=changes))
    texts = [each["message"]["en"] for each in result["findings"] if each["rule"] == "r28-migration-edition"]
    assert len(texts) == 1
    assert '/version/vms is "7.0"; use a release such as E0760P03' in texts[0]


def test_a_possible_secret_is_not_shown(host_facts: Build) -> None:
    legible = incoming.read(host_facts(changes={"/licenses/items/0/key": "AAAA-BBBB"}), Catalog.builtin())
    found = legible.unread["/licenses/items/0/key"].to_dict()
    assert "AAAA" not in str(found)
    assert "(its value is not shown)" in found["message"]["en"]


def test_a_sentence_has_no_control_characters(host_facts: Build) -> None:
    legible = incoming.read(
        host_facts(changes={"/hosts/0/arch": "a\x1b[31m\n" + "b" * 5000}), Catalog.builtin()
    )
    text = legible.unread["/hosts/0/arch"].to_dict()["message"]["en"]
    assert text.isprintable()
    assert len(text) < 200


def test_other_spellings_are_accepted(judge: Callable[..., dict[str, Any]], host_facts: Build) -> None:
    changes = {
        "/architecture": "AMD64",
        "/version/vms": "cvk 7.0 (e0760p03)",
        "/hosts/0/arch": "x64",
        "/hosts/0/cpu_sockets": "2",
        "/hosts/1/arch": "X86_64",
        "/licenses/items/0/arch": "x86-64",
        "/licenses/items/0/quantity": "4",
        "/vms/total": "120",
    }
    spelled = host_facts(changes=changes)
    assert judge(spelled)["decision"] == "compliant"
    legible = incoming.read(spelled, Catalog.builtin())
    assert legible.unknown == {}
    assert legible.tree == {name: value for name, value in host_facts().items() if name != "unknown"}


def test_a_valid_document_is_returned_unchanged(host_facts: Build) -> None:
    facts = host_facts()
    legible = incoming.read(facts, Catalog.builtin())
    assert legible.tree == facts
    assert legible.tree["hosts"] is facts["hosts"]
    assert (legible.unknown, legible.unread) == ({}, {})


@pytest.mark.parametrize("missing", schemas.schema("host_facts")["required"])
def test_a_missing_required_key_is_absent(missing: str, host_facts: Build) -> None:
    facts = {name: value for name, value in host_facts().items() if name != missing}
    legible = incoming.read(facts, Catalog.builtin())
    assert legible.unknown == ({"": "type"} if missing == "kind" else {f"/{missing}": "absent"})


def test_reasons_are_equal_in_schema_and_code() -> None:
    listed = schemas.schema("host_facts")["properties"]["unknown"]["additionalProperties"]
    assert tuple(listed["properties"]["reason"]["enum"]) == UNKNOWN_REASONS == UNKNOWN_REASONS
    assert {"value", "conflict", "gather_error", "zone", "future"} <= set(UNKNOWN_REASONS)


def test_every_place_knows_every_reason() -> None:
    def reasons(node: Any) -> Iterator[list[str]]:
        if isinstance(node, dict):
            if "slice_missing" in node.get("enum", ()):
                yield node["enum"]
            for child in node.values():
                yield from reasons(child)
        elif isinstance(node, list):
            for child in node:
                yield from reasons(child)

    folder = Path(schemas.__file__).parents[2] / "schemas"
    found = {
        path.name: [sorted(each) for each in reasons(json.loads(path.read_text(encoding="utf-8")))]
        for path in folder.glob("*.json")
    }
    listed = {name: each for name, each in found.items() if each}
    assert set(listed) == {"host_facts.schema.json", "compliance_result.schema.json"}
    assert all(each == sorted(UNKNOWN_REASONS) for lists in listed.values() for each in lists)


@pytest.mark.parametrize("arch", ["\u0430arch64", "amd64x", "any", 7, ""])
def test_licenses_of_an_unreadable_architecture_do_not_cover_hosts(
    arch: object, judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    facts: Any = host_facts()
    for index in range(len(facts["licenses"]["items"])):
        facts = with_value(facts, f"/licenses/items/{index}/arch", arch)
    assert judge(facts)["decision"] == "undetermined"
    for index in range(len(facts["licenses"]["items"])):
        facts = with_value(facts, f"/licenses/items/{index}/arch", "ARM64")
    assert judge(facts)["decision"] == "non_compliant"


@pytest.mark.parametrize("login", [{"state": "Ok"}, {"state": 1}, {}, "ok", None])
def test_an_unreadable_login_state_is_undetermined(
    login: object, judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    assert judge(host_facts())["decision"] == "compliant"
    assert judge({**host_facts(), "login": login})["decision"] == "undetermined"
    assert (
        judge({**host_facts(), "unknown": {"/login": {"reason": "gather_error"}}})["decision"]
        == "undetermined"
    )


def test_missing_wanted_features_are_undetermined(
    judge: Callable[..., dict[str, Any]], host_facts: Build
) -> None:
    facts = host_facts(changes={"/features_wanted": ["disk_backup_dr"]})
    assert judge(facts)["decision"] == "non_compliant"
    del facts["features_wanted"]
    assert judge(facts)["decision"] == "undetermined"


def test_use_of_a_feature_of_the_site_is_counted(as_of: datetime, host_facts: Build) -> None:
    row = {"id": "snapshot_pro", "class": "feature", "metric": "vm", "installation": "remote"}
    catalog = Catalog.builtin().extended([row], "site")
    held = {"id": "L", "product": "snapshot_pro", "kind": "formal", "quantity": 5, "expires_at": "never"}
    rows = [*host_facts()["licenses"]["items"], held]
    facts = host_facts(
        changes={"/licenses/items": rows, "/features/snapshot_pro": {"in_use": True, "used": 7}}
    )
    tree: Any = read_host(HostInput("h", facts), as_of, None, None, catalog).facts.tree
    (found,) = [each for each in tree["effective"]["products"] if each["product"] == "snapshot_pro"]
    assert (found["quantity"], found["used"], found["missing"]) == (5, 7, 2)


@pytest.mark.parametrize("value", [None, "x86", ["x"], 7])
def test_a_row_that_is_not_an_object_is_one_unknown_row(
    value: object, host_facts: Build, judge: Callable[..., dict[str, Any]]
) -> None:
    facts = host_facts(changes={"/hosts/0/cpu_sockets": 8})
    facts["hosts"][1] = value
    found = incoming.read(facts)
    assert found.tree["hosts"][1] == {}
    assert set(found.unknown) == {"/hosts/1"}
    # The other host proves the shortage: 8 sockets, 4 licenses.
    assert judge(facts)["decision"] == "non_compliant"
