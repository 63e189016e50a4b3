# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain schemas alone say that a host complies; all other verdicts are left to the whole evaluation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.files import find_here
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks import prepared_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.plain_check import (
    PlainCheck,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.prepared_run import (
    RunStore,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.private_files import (
    NAME,
    PrivateDirectory,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput

PolicyOf = Callable[..., dict[str, Any]]
AS_OF = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
SCHEMA = {"properties": {"cpu_count": {"type": "integer", "maximum": 4}}, "required": ["cpu_count"]}
RULE = {"id": "edition", "require": {"properties": {"architecture": {"const": "x86_64"}}}}
WAIVER = {
    "id": "w",
    "rule": "cpu_count",
    "scope": {"systems": ["a"]},
    "reason": "r",
    "ticket": "T-1",
    "approver": "a",
    "from": "2026-11-01",
    "until": "2026-12-31",
}
WAIVERS = {"kind": "Waivers", "id": "w", "schema_version": 1, "waivers": [WAIVER]}


def store_in(folder: Path, policy: object, **options: object) -> RunStore:
    return RunStore({"policy": policy, **options}, find_here, PrivateDirectory(str(folder)), ())


def check_in(folder: Path, policy: object, **options: object) -> PlainCheck:
    found = store_in(folder, policy, **options).plain
    assert found is not None
    return found


def test_facts_that_comply_need_no_more(tmp_path: Path) -> None:
    passed = check_in(tmp_path, SCHEMA).passed(HostInput("a", {"cpu_count": 4}), AS_OF)
    assert passed is not None
    assert passed["decision"] == "compliant"
    assert passed["subjects"] == [{"rules": 2, "pools": 0, "waived": []}]


@pytest.mark.parametrize(
    "given",
    [
        HostInput("a", {"cpu_count": 5}),
        HostInput("a", {"cpu_count": None}),
        HostInput("a", {"cpu_count": "4"}),
        HostInput("a", {}),
        HostInput("a", None),
        HostInput("a", {"cpu_count": 4, "other": object()}),
        HostInput("a", {"kind": "HostFacts", "cpu_count": 4}),
    ],
)
def test_everything_else_is_left_to_the_evaluation(tmp_path: Path, given: HostInput) -> None:
    assert check_in(tmp_path, SCHEMA).passed(given, AS_OF) is None


def test_options_of_the_schema_hold(tmp_path: Path) -> None:
    text = HostInput("a", {"cpu_count": "4"})
    assert check_in(tmp_path, SCHEMA, coerce=True).passed(text, AS_OF) is not None
    schema = {"properties": {"cpu_count": {"maximum": 4}, "arch": {"const": "x86_64"}}}
    some = HostInput("a", {"cpu_count": 4})
    assert check_in(tmp_path, schema).passed(some, AS_OF) is None
    assert check_in(tmp_path, schema, absent="allowed").passed(some, AS_OF) is not None


def test_waivers_and_other_rules_leave_it_to_the_evaluation(tmp_path: Path, policy_of: PolicyOf) -> None:
    assert store_in(tmp_path, SCHEMA, waivers=WAIVERS).plain is None
    assert store_in(tmp_path, policy_of(RULE)).plain is None
    assert store_in(tmp_path, [policy_of(RULE), SCHEMA]).plain is None


def test_the_next_host_reads_the_schemas_alone(tmp_path: Path) -> None:
    first = store_in(tmp_path, SCHEMA)
    whole = tmp_path / NAME / f"{first.header.content}.pickle"
    assert len(list(tmp_path.glob(f"{NAME}/*.pickle"))) == 2
    whole.unlink()
    assert check_in(tmp_path, SCHEMA).passed(HostInput("a", {"cpu_count": 4}), AS_OF)
    (schemas,) = tmp_path.glob(f"{NAME}/*.pickle")
    assert schemas.name == f"{first.header.plain}.pickle"


def test_a_broken_file_of_schemas_is_prepared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = store_in(tmp_path, SCHEMA).header
    (tmp_path / NAME / f"{header.plain}.pickle").write_bytes(b"broken")
    unpickled: list[int] = []
    real = prepared_run.pickle.loads
    monkeypatch.setattr(prepared_run.pickle, "loads", lambda data: unpickled.append(len(data)) or real(data))
    assert check_in(tmp_path, SCHEMA).passed(HostInput("a", {"cpu_count": 4}), AS_OF)
    assert len(unpickled) == 1
