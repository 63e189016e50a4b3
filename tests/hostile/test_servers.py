# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reject hostile server answers, file names that leave their directory, and files of the wrong kind."""

from __future__ import annotations

import os
from http.client import HTTPMessage
from pathlib import Path

import pytest
from budget import within_budget

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import MESSAGES, load_tables
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.license_files import (
    MAX_BYTES,
    MAX_NAME_BYTES,
    path_of,
    read_activation_file,
    safe_name,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ArtifactError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response import Response
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response_body import (
    UnreadableBody,
    parse_body,
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

_LAUGHS = "".join(f'<!ENTITY l{n} "{("&l" + str(n - 1) + ";") * 10}">' for n in range(1, 10))
XML_BODIES = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "lol">{_LAUGHS}]><x>&l9;</x>'.encode(),
    "quadratic blowup": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><x>' + b"&a;" * 50_000 + b"</x>",
    "an external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "an external document type": b'<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd"><x/>',
    "nested elements": b"<a>" * 10_000 + b"</a>" * 10_000,
    "a million elements": b"<x>" + b"<a/>" * 1_000_001 + b"</x>",
    "100,000 attributes": b"<x " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>",
    "an endless name": b"<" + b"a" * 1_000_000 + b"/>",
    "an entity of HTML": b"<x>&nbsp;</x>",
    "a cut document": b"<x><a>1</a>",
    "null characters": b"<x>\x00</x>",
    "another encoding": b'<?xml version="1.0" encoding="utf-16"?><x>\xff\xfe</x>',
}

load_tables()


@pytest.mark.parametrize("case", BODIES)
def test_hostile_bodies_are_rejected(case: str) -> None:
    def problem() -> str:
        try:
            return f"taken for {parse_body(Response(200, HTTPMessage(), BODIES[case]))!r}"[:80]
        except UnreadableBody as error:
            return error.problem

    outcome = within_budget(problem)
    assert outcome.died == "", outcome
    assert outcome.value in ("html", "truncated", "not_json", "encoding")


@pytest.mark.parametrize("case", XML_BODIES)
def test_hostile_xml_is_rejected(case: str) -> None:
    def problem() -> str:
        try:
            return f"taken for {parse_body(Response(200, HTTPMessage(), XML_BODIES[case]))!r}"[:80]
        except UnreadableBody as error:
            return error.problem

    outcome = within_budget(problem)
    assert outcome.died == "", outcome
    assert outcome.value in ("truncated", "not_xml", "encoding")


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
