# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Journal records: a record is read exactly as written, or it is an error."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal import record as codec
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.journal_reader import (
    JournalError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    Step,
    record_id,
)

SAMPLE = """
{"schema": 2, "id": "east.east-1-0123456789", "state": "planned", "sent_at": null, "transfer": null,
 "source": {"host": "a", "port": 1, "server_id": "east", "client": null},
 "destination": {"host": "b", "port": 2, "server_id": "west", "client": "hangzhou"},
 "licenses": [{"id": "east-1", "product": "srm", "arch": "x86_64", "kind": "formal", "code": null,
               "quantity": 4, "expires_at": "never", "file_name": "A.ak", "sha256": "00",
               "issued_at": "2026-01-10T02:00:00Z"}],
 "parts": [{"end": "destination", "quantity": null, "file": null, "sent_at": null, "sent_server_at": null,
            "named": false, "license_ids": []}],
 "uninstall_files": [], "present": [], "refused": [],
 "history": [{"step": "planned", "at": "2026-11-24T08:00:00Z", "server_at": null, "pid": 7, "host": "c"}]}
"""


def changed(**changes: Any) -> bytes:
    return json.dumps({**json.loads(SAMPLE), **changes}).encode()


def test_a_record_survives_a_round_trip() -> None:
    record = codec.from_text(SAMPLE.encode())
    assert codec.from_text(codec.to_text(record)) == record


FILE = {"folder": "uninstall-file", "name": "A.uak", "sha256": "0" * 64}
PART = {
    "end": "destination",
    "quantity": None,
    "file": None,
    "sent_at": None,
    "sent_server_at": None,
    "named": False,
    "license_ids": [],
}
LICENSE = json.loads(SAMPLE)["licenses"][0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{" * 100_000,
        b"[" * 100_000,
        b'{"a": 1, "a": 2}',
        b"1" * 100_000,
        changed(schema=0),
        changed(schema=True),
        changed(schema="1"),
        changed(state="installing"),
        changed(state=None),
        changed(more=1),
        changed(licenses=[]),
        changed(licenses=[LICENSE, LICENSE]),
        changed(licenses=[{**LICENSE, "quantity": -1}]),
        changed(licenses=[{**LICENSE, "quantity": 1.5}]),
        changed(licenses=[{**LICENSE, "quantity": float("nan")}]),
        changed(licenses=[{**LICENSE, "quantity": True}]),
        changed(parts=[]),
        changed(parts={}),
        changed(parts=[{**PART, "end": "elsewhere"}]),
        changed(parts=[{**PART, "license_ids": ["west-1"]}]),
        changed(parts=[{**PART, "file": {**FILE, "name": "../../x"}}]),
        changed(parts=[{**PART, "file": {**FILE, "folder": "../x"}}]),
        changed(parts=[{**PART, "file": {**FILE, "folder": "/etc"}}]),
        changed(parts=[{**PART, "file": {**FILE, "sha256": "A" * 64}}]),
        changed(id="../x"),
        changed(id=".."),
        changed(sent_at="yesterday"),
        changed(history=[{}]),
        changed(state="uninstall_file_saved"),
        changed(state="installed", uninstall_files=[FILE]),
        changed(state="verified", uninstall_files=[FILE]),
        changed(source={"host": "a", "port": 1, "server_id": "", "client": None}),
        changed(source={"host": "a" * 5000, "port": 1, "server_id": "e", "client": None}),
        changed(schema=1),
        changed(present=["0" * 63]),
        changed(present=None),
        changed(refused=[{"sha256": "0" * 64}]),
        changed(licenses=[{**LICENSE, "issued_at": "soon"}]),
        changed(parts=[{**PART, "named": 1}]),
        changed(parts=[{**PART, "named": True}]),
        changed(parts=[{**PART, "sent_at": "2026-11-24T08:00:00Z"}]),
    ],
    ids=range(45),
)
def test_invalid_records_are_rejected(content: bytes) -> None:
    with pytest.raises(codec.BadRecord):
        codec.from_text(content)


def test_a_record_of_schema_1_is_read_and_written_as_schema_2() -> None:
    old = json.loads(SAMPLE)
    old["schema"] = 1
    del old["present"], old["refused"], old["licenses"][0]["issued_at"]
    for name in ("sent_server_at", "named"):
        del old["parts"][0][name]
    record = codec.from_text(json.dumps(old).encode())
    assert (record.present, record.refused, record.licenses[0].issued_at) == ((), (), None)
    assert (record.parts[0].sent_server_at, record.parts[0].named) == (None, False)
    assert json.loads(codec.to_text(record))["schema"] == 2
    assert codec.from_text(codec.to_text(record)) == record


def test_a_newer_schema_is_reported_as_newer() -> None:
    with pytest.raises(codec.BadRecord) as caught:
        codec.from_text(changed(schema=3, state={"new": "form"}))
    assert caught.value.newer


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_rejected(content: bytes) -> None:
    with pytest.raises(codec.BadRecord):
        codec.from_text(content)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_record_with_a_replaced_value_is_rejected_or_valid(data: st.DataObject) -> None:
    tree = json.loads(SAMPLE)
    place: Any = tree
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if isinstance(inner, (dict, list)) and inner and data.draw(st.booleans()):
            place = inner
            continue
        place[key] = data.draw(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})
        )
        break
    try:
        record = codec.from_text(json.dumps(tree).encode())
    except codec.BadRecord:
        return
    assert codec.from_text(codec.to_text(record)) == record


def test_different_licenses_have_different_record_ids() -> None:
    ids = {
        record_id(*args)
        for args in [("a", ("b",)), ("a", ("b", "c")), ("a/b", ("c",)), ("a_b", ("c",)), ("主机", ("c",))]
    }
    assert len(ids) == 5
    assert record_id("a", ("b", "c")) == record_id("a", ("c", "b"))
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-") for name in ids)


# On disk


def record_directory(site: Any) -> Path:
    site.run()
    return Path(site.folder / "journal" / site.record.id)


def test_a_foreign_file_in_the_journal_is_an_error(site: Any) -> None:
    folder = record_directory(site)
    (folder.parent / "notes.txt").write_text("x")
    with pytest.raises(JournalError) as caught:
        site.records()
    assert caught.value.code == "journal_foreign_file"


def test_a_missing_record_beside_its_files_is_an_error(site: Any) -> None:
    folder = record_directory(site)
    (folder / "record.json").unlink()
    with pytest.raises(JournalError) as caught:
        site.run()
    assert caught.value.code == "journal_record_missing"
    assert site.source.writes == ["uninstall east-1"]


def test_temporary_files_of_a_killed_run_are_ignored(site: Any) -> None:
    folder = site.folder / "journal" / "east.x-0"
    folder.mkdir(parents=True)
    (folder / ".usphere-half.tmp").write_bytes(b"{")
    (folder.parent / ".lock").write_bytes(b"")
    assert site.records() == ()


def test_a_record_of_another_migration_is_an_error(site: Any) -> None:
    folder = record_directory(site)
    folder.rename(folder.parent / "elsewhere")
    with pytest.raises(JournalError) as caught:
        site.records()
    assert caught.value.code == "journal_record_invalid"


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "huge"])
def test_a_record_that_is_not_a_regular_file_is_an_error(site: Any, kind: str) -> None:
    path = record_directory(site) / "record.json"
    path.rename(path.parent / "kept.json")
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(path.parent / "kept.json")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(b" " * (1024 * 1024 + 1))
    with pytest.raises(JournalError) as caught:
        site.records()
    assert caught.value.code == "journal_record_invalid"


def test_a_record_of_a_newer_release_is_an_error(site: Any) -> None:
    path = record_directory(site) / "record.json"
    path.write_bytes(path.read_bytes().replace(b'"schema": 2', b'"schema": 9'))
    with pytest.raises(JournalError) as caught:
        site.records()
    assert caught.value.code == "journal_record_newer"


def test_a_survey_separates_valid_and_unreadable_records(site: Any) -> None:
    folder = record_directory(site)
    unreadable_directory = folder.parent / "bad"
    unreadable_directory.mkdir()
    (unreadable_directory / "record.json").write_bytes(b"{")
    good, unreadable = site.journal.survey()
    assert [record.step for record in good] == [Step.WAITING]
    assert [item.id for item in unreadable] == ["bad"]


def test_an_edited_uninstall_file_is_not_submitted(site: Any, kit: Any) -> None:
    folder = record_directory(site)
    site.destination.device = 2
    (folder / "uninstall-file" / "A.ak.uak").write_bytes(b"edited")
    site.run()
    bundle = folder / site.record.transfer.folder / "uninstall-file" / "A.ak.uak"
    assert bundle.read_bytes() == site.source.proof(site.source.records[0])


def test_an_unwritable_journal_is_detected_in_advance(site: Any) -> None:
    (site.folder / "journal").write_text("x")
    with pytest.raises(JournalError) as caught:
        site.run()
    assert caught.value.code == "journal_unusable"
    assert site.source.writes == []


def test_a_step_that_cannot_be_recorded_is_not_taken(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files

    original = license_files.replace_file

    def full(path: str, content: bytes) -> None:
        if b"uninstall_sent" in content:
            raise OSError(28, "No space left on device")
        original(path, content)

    monkeypatch.setattr(license_files, "replace_file", full)
    with pytest.raises(Exception, match=r"migration_interrupted|journal_not_written"):
        site.run()
    assert site.source.writes == []


def test_a_record_that_could_not_be_read_again_is_not_written(site: Any) -> None:
    site.source.records.clear()
    site.source.add(file_name="x" * 5000)
    with pytest.raises(JournalError) as caught:
        site.run()
    assert caught.value.code == "journal_not_written"
    assert site.source.writes == []
