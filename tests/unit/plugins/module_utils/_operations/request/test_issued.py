# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Issued files in the bundles of requests: the directory determines the purpose of a file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.site_rows import site_rows
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.issued import (
    MAX_BYTES,
    IssuedFile,
    issued,
    problem_row,
    without_copies,
    without_device,
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
        (place / "issued" / file).write_bytes(f"{name}/{file}".encode())
    return place


def rows(folder: Path) -> list[tuple[str, str | None, Any]]:
    return [(Path(file.path).name, file.node, file.row()["expect"]) for file in issued(str(folder)).files]


def problems(folder: Path) -> list[tuple[str, str]]:
    return [
        (problem.code, str(Path(str(problem.fields["path"])).relative_to(folder)))
        for problem in issued(str(folder)).problems
    ]


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
def test_an_invalid_request_is_a_problem(tmp_path: Path, content: bytes, reason: str) -> None:
    (bundle(tmp_path, "request-a", ("a.ak",)) / "request.json").write_bytes(content)
    bundle(tmp_path, "request-b", ("b.ak",))
    (problem,) = issued(str(tmp_path)).problems
    assert problem.code == "issued_request_unreadable"
    assert reason in str(problem.fields["reason"])
    assert rows(tmp_path) == [("b.ak", None, [EXPECT])]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quantity": "four"}, "four"),
        ({"quantity": 0}, "0"),
        ({"kind": "preinstalled"}, "preinstalled"),
        ({"product": "vms_platinum"}, "vms_platinum"),
        ({"product": ["vms_standard"]}, "vms_standard"),
        ({"arch": "sparc"}, "sparc"),
    ],
)
def test_a_request_that_license_would_refuse_is_a_problem_of_its_bundle(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    """The module license refuses all files of a task if it cannot read what one of them should contain."""
    bundle(tmp_path, "request-a", ("a.ak",), keys=[{**KEY, **change}])
    bundle(tmp_path, "request-b", ("b.ak",))
    (problem,) = issued(str(tmp_path)).problems
    assert problem.code == "issued_request_unreadable"
    assert reason in str(problem.fields["reason"])
    assert rows(tmp_path) == [("b.ak", None, [EXPECT])]


def test_a_product_of_the_site_may_be_requested(tmp_path: Path) -> None:
    row = {"id": "gpu_service", "class": "feature", "metric": "host", "installation": "remote"}
    key = {"key": "****7Q2A", "quantity": 4, "product": "gpu_service", "kind": "formal"}
    bundle(tmp_path, "request-a", ("a.ak",), keys=[key])
    assert problems(tmp_path) == [("issued_request_unreadable", "request-a/request.json")]
    assert issued(str(tmp_path), site_rows([row])).problems == ()


# One entry that cannot be used


def a_directory(place: Path) -> None:
    (place / "issued" / "bad").mkdir()
    (place / "issued" / "bad" / "inner.ak").write_bytes(b"unpacked")


def a_dangling_link(place: Path) -> None:
    (place / "issued" / "bad").symlink_to(place / "nowhere")


def a_link_to_itself(place: Path) -> None:
    (place / "issued" / "bad").symlink_to(place / "issued" / "bad")


def a_link_to_a_directory(place: Path) -> None:
    (place / "issued" / "bad").symlink_to(place)


def a_pipe(place: Path) -> None:
    os.mkfifo(place / "issued" / "bad")


def an_empty_file(place: Path) -> None:
    (place / "issued" / "bad").touch()


def a_disk_image(place: Path) -> None:
    with (place / "issued" / "bad").open("wb") as stream:
        stream.truncate(5 * 1024 * 1024)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (a_directory, "issued_entry_no_file"),
        (a_dangling_link, "issued_entry_no_file"),
        (a_link_to_itself, "issued_entry_no_file"),
        (a_link_to_a_directory, "issued_entry_no_file"),
        (a_pipe, "issued_entry_no_file"),
        (an_empty_file, "activation_file_empty"),
        (a_disk_image, "activation_file_too_large"),
    ],
)
def test_an_entry_that_is_not_an_activation_file_is_named_and_the_others_are_found(
    tmp_path: Path, spoil: Callable[[Path], None], code: str
) -> None:
    place = bundle(tmp_path, "request-a", ("a.ak",))
    spoil(place)
    bundle(tmp_path, "request-b", ("b.ak",))
    assert problems(tmp_path) == [(code, "request-a/issued/bad")]
    # What the other entry of the bundle contains is unknown, so the content of a.ak is unknown, too.
    assert rows(tmp_path) == [("a.ak", None, None), ("b.ak", None, [EXPECT])]


def test_a_name_in_another_encoding_is_named_legibly(tmp_path: Path) -> None:
    place = bundle(tmp_path, "request-a", ("a.ak",))
    Path(os.fsdecode(os.fsencode(place / "issued") + b"/\xca\xda\xff\n.ak")).write_bytes(b"x")
    (problem,) = issued(str(tmp_path)).problems
    assert problem.code == "issued_name_unprintable"
    assert str(problem.fields["path"]).endswith("\\xca\\xda\\xff\\x0a.ak")
    assert len(rows(tmp_path)) == 1


def manifest_gone(place: Path) -> None:
    (place / "request.json").unlink()


def manifest_is_a_directory(place: Path) -> None:
    manifest_gone(place)
    (place / "request.json").mkdir()


def manifest_is_a_pipe(place: Path) -> None:
    manifest_gone(place)
    os.mkfifo(place / "request.json")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (manifest_gone, "issued_request_missing"),
        (manifest_is_a_directory, "issued_request_unreadable"),
        (manifest_is_a_pipe, "issued_request_unreadable"),
    ],
)
def test_a_bundle_without_its_request_is_a_problem(
    tmp_path: Path, spoil: Callable[[Path], None], code: str
) -> None:
    spoil(bundle(tmp_path, "request-a", ("a.ak",)))
    bundle(tmp_path, "request-b", ("b.ak",))
    assert problems(tmp_path) == [(code, "request-a/request.json")]
    assert rows(tmp_path) == [("b.ak", None, [EXPECT])]


def test_device_information_that_is_a_pipe_is_a_problem(tmp_path: Path) -> None:
    device = {"path": "device-information/ls.did", "sha256": "0" * 64}
    place = bundle(tmp_path, "request-a", ("a.ak",), device_information=device)
    (place / "device-information").mkdir()
    os.mkfifo(place / "device-information" / "ls.did")
    assert problems(tmp_path) == [("issued_request_unreadable", "request-a/request.json")]


@pytest.mark.parametrize("node", [7, {"product": "isc"}, ["isc"]])
def test_a_product_node_that_is_not_text_is_a_problem(tmp_path: Path, node: Any) -> None:
    bundle(tmp_path, "request-a", ("a.ak",), product_node=node)
    assert problems(tmp_path) == [("issued_request_unreadable", "request-a/request.json")]


def test_a_file_in_place_of_the_directory_issued_is_a_problem(tmp_path: Path) -> None:
    place = bundle(tmp_path, "request-a", ())
    (place / "issued").rmdir()
    (place / "issued").write_bytes(b"an activation file")
    assert problems(tmp_path) == [("issued_not_directory", "request-a/issued")]


def test_an_unreadable_directory_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle(tmp_path, "request-a", ("a.ak",))
    bundle(tmp_path, "request-b", ("b.ak",))
    listdir = os.listdir

    def refused(folder: Any) -> list[str]:
        if "request-a" in str(folder):
            raise PermissionError(13, "Permission denied")
        return listdir(folder)

    # Root may read anywhere, so the test sets the result.
    monkeypatch.setattr(os, "listdir", refused)
    assert problems(tmp_path) == [("issued_folder_unreadable", "request-a/issued")]
    assert rows(tmp_path) == [("b.ak", None, [EXPECT])]


@pytest.mark.parametrize("entries", [(), (".a.ak",)])
def test_a_directory_without_visible_files_is_not_a_problem(tmp_path: Path, entries: tuple[str, ...]) -> None:
    place = bundle(tmp_path, "request-a", entries)
    (place / "request.json").unlink()
    (tmp_path / "renewal.json").write_text("{}", encoding="utf-8")
    (tmp_path / "notes").mkdir()
    assert issued(str(tmp_path)).problems == issued(str(tmp_path)).files == ()


def test_files_in_a_bundle_whose_repair_was_interrupted_are_a_problem(tmp_path: Path) -> None:
    for number, kind in enumerate(("repair", "part", "repair")):
        bundle(tmp_path, f".request-{number:012x}.{kind}", ("a.ak",) if number < 2 else ())
    assert problems(tmp_path) == [("issued_bundle_hidden", ".request-000000000000.repair/issued")]
    assert rows(tmp_path) == []


# Files of several bundles


def a_file(path: str, sha256: str, node: str | None = None) -> IssuedFile:
    return IssuedFile(path, sha256, node)


def test_files_with_the_same_name_or_content_are_problems_and_the_others_are_kept() -> None:
    files = [a_file("r1/a.ak", "1"), a_file("r2/a.ak", "2"), a_file("r3/c.ak", "2"), a_file("r4/d.ak", "4")]
    usable = without_copies(files)
    assert [file.path for file in usable.files] == ["r4/d.ak"]
    assert [(problem.fields["path"], problem.fields["others"]) for problem in usable.problems] == [
        ("r1/a.ak", ["r2/a.ak"]),
        ("r2/a.ak", ["r1/a.ak", "r3/c.ak"]),
        ("r3/c.ak", ["r2/a.ak"]),
    ]


def test_a_file_for_a_device_that_no_task_installs_on_is_a_problem() -> None:
    files = [a_file("r1/a.ak", "1"), a_file("r2/b.ak", "2", "isc")]
    assert without_device(files, ("", "isc")) == ()
    (problem,) = without_device(files, ("",))
    assert (problem.fields["path"], problem.fields["device"], problem.rule) == ("r2/b.ak", "isc", "R27")
    (problem,) = without_device(files, ("isc",))
    assert (problem.fields["path"], problem.fields["device"]) == ("r1/a.ak", "License Server")


def test_a_problem_is_shown_in_both_languages(tmp_path: Path) -> None:
    a_directory(bundle(tmp_path, "request-a", ()))
    (problem,) = issued(str(tmp_path)).problems
    path = str(tmp_path / "request-a" / "issued" / "bad")
    row = problem_row(problem)
    assert (row["path"], row["code"]) == (path, "issued_entry_no_file")
    assert row["message"]["en"].startswith(f"{path} is not a file; put only activation files")
    assert row["message"]["zh"].startswith(f"{path} 不是文件；")
