# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reject hostile server answers, file names that leave their directory, and files of the wrong kind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from budget import within_budget

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import MESSAGES, load_tables
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import ArtifactError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.license_files import (
    MAX_BYTES,
    MAX_NAME_BYTES,
    path_of,
    read_activation_file,
    safe_name,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response_body import (
    NotJson,
    parse_json,
)

BODIES = {
    "nested lists": b"[" * 10_000 + b"]" * 10_000,
    "nested objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "100,000 digits": b'{"a": ' + b"9" * 100_000 + b"}",
    "100,000 decimals": b'{"a": 0.' + b"9" * 100_000 + b"}",
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "beyond every float": b'{"a": 1e999}',
    "a key twice": b'{"quantity": 1, "quantity": 9999}',
    "a page": b"<html><script>alert(1)</script></html>",
    "not UTF-8": b"\xff\xfe\x00",
    "a zip": b"PK\x03\x04" + bytes(100),
    "cut off": b'{"data": [{"id": "LS-1"',
    "two answers": b"{}{}",
}

load_tables()


@pytest.mark.parametrize("case", BODIES)
def test_hostile_bodies_are_rejected(case: str) -> None:
    def problem() -> str:
        try:
            return f"taken for {parse_json(BODIES[case])!r}"[:80]
        except NotJson as error:
            return error.problem

    outcome = within_budget(problem)
    assert outcome.died == "", outcome
    assert outcome.value in ("html", "truncated", "not_json")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/evil",
        "..\\..\\evil.uak",
        "/etc/passwd",
        "C:\\evil.uak",
        "..",
        ".",
        "",
        ".bashrc",
        "~root",
        "-rf",
        "a\x00b",
        "a\nb\x1b[31m",
        "\u202egnp.uak",
        "x" * 100_000,
        "证" * 10_000,
        "a/../../b",
        "\ud800",
    ],
)
def test_file_names_stay_in_their_directory(tmp_path: Path, name: str) -> None:
    kept = safe_name(name, "../LS-1")
    path = Path(path_of(str(tmp_path), kept))
    assert path.parent == tmp_path
    assert path.resolve().parent == tmp_path.resolve()
    assert kept not in ("", ".", "..")
    assert kept.isprintable()
    assert len(os.fsencode(kept)) <= MAX_NAME_BYTES


def test_files_of_the_wrong_kind_are_rejected(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ak")
    (tmp_path / "folder.ak").mkdir()
    (tmp_path / "empty.ak").write_bytes(b"")
    with (tmp_path / "huge.ak").open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    (tmp_path / "gone.ak").symlink_to(tmp_path / "nowhere")

    def code(name: str) -> str:
        try:
            read_activation_file(str(tmp_path / name))
        except ArtifactError as error:
            return error.code
        return "taken"

    for name in ("pipe.ak", "folder.ak", "empty.ak", "huge.ak", "gone.ak", "absent.ak"):
        outcome = within_budget(lambda name=name: code(name))
        assert outcome.died == "", (name, outcome)
        assert outcome.value in MESSAGES, name
