# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading of facts of a host: validated against the schema, age checked; invalid values are unknown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.fact_table import (
    fact_table,
    missing_required,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.fact_age import AgeLimit
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    Reading,
    read_host,
)

HostFacts = Callable[..., dict[str, Any]]


@pytest.fixture
def read(as_of: datetime) -> Callable[..., Reading]:
    def build(facts: object, max_age_hours: int | None = None, reason: str = "absent") -> Reading:
        limit = AgeLimit(as_of, max_age_hours)
        return read_host(HostInput("here", facts, reason), as_of, limit)

    return build


def test_derived_facts_are_added_to_known_ones(read: Callable[..., Reading], host_facts: HostFacts) -> None:
    reading = read(host_facts())
    assert reading.subject == {"kind": "system", "id": "hangzhou"}
    assert reading.facts.value("/effective/edition") == "enterprise"
    assert reading.facts.value("/hosts/0/cpu_sockets") == 2
    assert reading.origins["/effective/edition"] == ("LS-1", "LS-2")


def test_derived_facts_match_their_schema(read: Callable[..., Reading], host_facts: HostFacts) -> None:
    derived = set(schemas.schema("derived_facts")["properties"])
    for name in ("licensed", "lapsing"):
        tree: Any = read(host_facts(name)).facts.tree
        found = schemas.validate("derived_facts", {key: tree[key] for key in derived if key != "hot_standby"})
        assert [mismatch for mismatch in found if mismatch.path[:1] != ("hot_standby",)] == []


@pytest.mark.parametrize(
    ("changes", "pointer", "reason"),
    [
        ({"/hosts/1/cpu_sockets": "two"}, "/hosts/1/cpu_sockets", "type"),
        ({"/hosts/1/cpu_sockets": True}, "/hosts/1/cpu_sockets", "type"),
        ({"/hosts/1/cpu_sockets": -1}, "/hosts/1/cpu_sockets", "value"),
        ({"/hosts/1": "cvk2"}, "/hosts/1", "type"),
        ({"/architecture": "arm"}, "/architecture", "value"),
        ({"/licenses/items/0/expires_at": "soon"}, "/licenses/items/0/expires_at", "value"),
        ({"/features_wanted": ["srmm"]}, "/features_wanted", "value"),
        ({"/hosts": None}, "/hosts", "absent"),
        ({"/hosts/1/arch": None}, "/hosts/1/arch", "absent"),
        ({"/kind": "Facts"}, "", "type"),
        ({"/kind": None}, "", "type"),
        ({"/unknown": {"/hosts": {"reason": "gather_error"}}}, "/hosts", "gather_error"),
        ({"/unknown": {"/hosts": {"reason": "because"}}}, "/hosts", "type"),
        ({"/unknown": {"hosts": {"reason": "absent"}}}, "", "absent"),
    ],
)
def test_invalid_or_missing_values_are_unknown(
    changes: dict[str, Any],
    pointer: str,
    reason: str,
    read: Callable[..., Reading],
    host_facts: HostFacts,
) -> None:
    assert read(host_facts(changes=changes)).facts.unknown[pointer] == reason


def test_null_is_unknown(read: Callable[..., Reading], host_facts: HostFacts) -> None:
    facts = host_facts()
    facts["hosts"][1]["cpu_sockets"] = None
    assert read(facts).facts.reason("/hosts/1/cpu_sockets") == "null"


def test_every_required_fact_is_known_or_listed_as_unknown(
    read: Callable[..., Reading], host_facts: HostFacts
) -> None:
    facts = host_facts()
    for name in list(facts):
        if name not in ("kind", "subject"):
            facts = {key: value for key, value in facts.items() if key != name}
            projected = read(facts).facts
            missing = missing_required(projected.tree, fact_table())
            assert [place for place in missing if not projected.reason(place)] == []


def test_an_object_with_one_listed_fact_is_unknown_in_all_facts(
    read: Callable[..., Reading], host_facts: HostFacts
) -> None:
    facts = host_facts(changes={"/version": None, "/unknown": {"/version/series": {"reason": "absent"}}})
    assert read(facts).facts.reason("/version/vms") == "absent"


def test_an_object_with_facts_listed_one_by_one_is_not_unknown_itself(
    read: Callable[..., Reading], host_facts: HostFacts
) -> None:
    listed = {"/features/srm/in_use": {"reason": "absent"}}
    facts = read(host_facts(changes={"/features/srm": None, "/unknown": listed})).facts
    assert facts.reason("/features/srm/in_use") == "absent"
    assert facts.reason("/features/srm/wanted") == ""
    assert facts.value("/features/srm/wanted") is False


def test_old_future_and_undated_facts_are_unknown(
    read: Callable[..., Reading], host_facts: HostFacts
) -> None:
    assert read(host_facts(), 1).facts.reason("/hosts") == ""
    old = host_facts(changes={"/source/gathered_at": "2026-11-24T06:59:59Z"})
    assert read(old).facts.reason("/hosts") == ""
    assert read(old, 1).facts.unknown == {"": "stale"}
    late = host_facts(changes={"/source/gathered_at": "2026-11-24T08:05:01Z"})
    assert read(late).facts.unknown == {"": "future"}
    undated = host_facts(changes={"/source/gathered_at": None})
    assert read(undated).facts.reason("/hosts") == ""
    assert read(undated, 1).facts.unknown == {"": "stale"}


def test_missing_or_invalid_facts_have_a_reason(read: Callable[..., Reading]) -> None:
    reading = read(None, reason="unreachable")
    assert (reading.id, reading.facts.unknown) == ("here", {"": "unreachable"})
    assert read("text").facts.unknown == {"": "type"}
    assert read({"a": float("nan")}).error is not None


@pytest.mark.parametrize("changes", [{"/feature": {}}, {"/unknown": []}, {"/source": "rest"}])
def test_an_unknown_key_and_a_wrong_shape_are_errors(
    changes: dict[str, Any], read: Callable[..., Reading], host_facts: HostFacts
) -> None:
    reading = read(host_facts(changes=changes))
    assert reading.error is not None
    assert reading.subject == {"kind": "system", "id": "hangzhou"}


def test_a_refused_login_is_known_and_other_facts_are_not(
    read: Callable[..., Reading], host_facts: HostFacts
) -> None:
    names = ("version", "architecture", "hot_standby", "hosts", "vms", "licenses", "license_server")
    facts = {
        "kind": "HostFacts",
        "schema_version": 1,
        "login": {"state": "refused"},
        "unknown": {f"/{name}": {"reason": "login_refused"} for name in names},
    }
    reading = read(facts)
    assert reading.facts.value("/login/state") == "refused"
    assert reading.facts.reason("/hosts") == "login_refused"


@pytest.mark.parametrize("text", ["yesterday", "2026-11-31T08:00:00Z", 7, ["2026-11-24T08:00:00Z"], ""])
def test_a_time_of_reading_that_cannot_be_read_is_no_proof_of_recent_facts(
    text: object, read: Callable[..., Reading], host_facts: HostFacts
) -> None:
    facts = host_facts(changes={"/source/gathered_at": text})
    reading = read(facts, 36)
    assert reading.facts.unknown == {"": "value"}
    assert not reading.facts.tree
    message = reading.facts.unread_among([""])[0]["message"]
    assert isinstance(message, dict)
    assert message["en"].startswith("/source/gathered_at is ")
    assert "" not in read(facts).facts.unknown


def test_facts_of_the_future_are_unknown_with_both_times(
    read: Callable[..., Reading], host_facts: HostFacts, as_of: datetime
) -> None:
    late = read(host_facts(changes={"/source/gathered_at": "2031-01-01T00:00:00Z"}))
    assert late.facts.unknown == {"": "future"}
    message = late.facts.unread_among([""])[0]["message"]
    assert isinstance(message, dict)
    assert "read at 2031-01-01T00:00:00Z, but this check is at 2026-" in message["en"]
