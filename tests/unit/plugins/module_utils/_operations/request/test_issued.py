# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Issued files in the bundles of requests: the directory determines the purpose of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.issued import (
    MAX_BYTES,
    issued,
)

KEY = {
    "key": "****7Q2A",
    "quantity": 4,
    "product": "vms_standard",
    "arch": "x86_64",
    "kind": "formal",
    "code": "3132A0XY",
    "term_days": None,
}
EXPECT = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4, "code": "3132A0XY"}


def bundle(folder: Path, name: str, files: tuple[str, ...], **request: Any) -> Path:
    place = folder / name
    (place / "issued").mkdir(parents=True)
    tree = {"kind": "LicenseRequest", "schema": 1, "keys": [KEY], "product_node": None, **request}
    (place / "request.json").write_text(json.dumps(tree), encoding="utf-8")
    for file in files:
        (place / "issued" / file).write_bytes(b"opaque")
    return place


def rows(folder: Path) -> list[tuple[str, str | None, Any]]:
    return [(Path(file.path).name, file.node, file.row()["expect"]) for file in issued(str(folder))]


def test_an_issued_file_is_matched_with_its_request(tmp_path: Path) -> None:
    bundle(tmp_path, "request-b", ("b.ak",), product_node="disk_backup_dr")
    bundle(tmp_path, "request-a", ("a.ak",))
    bundle(tmp_path, "request-c", ())
    assert rows(tmp_path) == [("a.ak", None, [EXPECT]), ("b.ak", "disk_backup_dr", [EXPECT])]


def test_several_files_give_no_expectation(tmp_path: Path) -> None:
    bundle(tmp_path, "request-a", ("a.ak", "b.ak"), keys=[KEY, {**KEY, "product": "srm"}])
    assert rows(tmp_path) == [("a.ak", None, None), ("b.ak", None, None)]


def test_one_file_may_hold_all_keys(tmp_path: Path) -> None:
    upgrade = {**KEY, "product": "vms_standard_to_enterprise", "code": None}
    bundle(tmp_path, "request-a", ("a.ak",), keys=[KEY, upgrade])
    expect = {name: value for name, value in EXPECT.items() if name != "code"}
    assert rows(tmp_path) == [("a.ak", None, [EXPECT, {**expect, "product": upgrade["product"]}])]


@pytest.mark.parametrize("open_field", ["product", "quantity"])
def test_values_that_the_request_leaves_open_are_not_expected(tmp_path: Path, open_field: str) -> None:
    bundle(tmp_path, "request-a", ("a.ak",), keys=[KEY, {**KEY, open_field: None}])
    assert rows(tmp_path) == [("a.ak", None, None)]


def test_hidden_files_are_still_being_written(tmp_path: Path) -> None:
    bundle(tmp_path, "request-a", (".a.ak",))
    assert rows(tmp_path) == []


def test_without_a_directory_there_are_no_issued_files(tmp_path: Path) -> None:
    assert rows(tmp_path / "none") == []
    (tmp_path / "file").write_text("no bundle", encoding="utf-8")
    assert rows(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not complete JSON"),
        (b"\xff", "not complete JSON"),
        (b"[" * 100_000, "not complete JSON"),
        (b"[]", "not an object"),
        (b'{"kind": "Other"}', "not a LicenseRequest"),
        (b'{"kind": "LicenseRequest"}', "keys is not a list"),
        (b'{"kind": "LicenseRequest", "keys": [1]}', "a key is not an object"),
        (b" " * (MAX_BYTES + 1), "too large"),
    ],
)
def test_an_invalid_request_is_an_error(tmp_path: Path, content: bytes, reason: str) -> None:
    (bundle(tmp_path, "request-a", ("a.ak",)) / "request.json").write_bytes(content)
    with pytest.raises(InvalidRequest) as raised:
        issued(str(tmp_path))
    assert raised.value.code == "issued_request_unreadable"
    assert reason in str(raised.value.fields["reason"])
