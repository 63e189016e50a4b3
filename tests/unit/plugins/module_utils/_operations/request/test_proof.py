# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle is complete and for this device and these keys, or the task fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.bundles import whole_directory
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ArtifactError,
    NotVerified,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import (
    bundle,
    device_info,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import (
    options as request_io,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.issued import (
    IssuedFiles,
    issued,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._write_module import steps_files

CONTENT = b"device\r\n\x00"
DEVICE = device_info.DeviceFile("ls-east.did", license_files.digest(CONTENT), CONTENT)
OTHER = device_info.DeviceFile("ls-east.did", license_files.digest(b"other"), b"other")


def a_key(key: str = "INT-BASE-7Q2A", **changes: Any) -> bundle.KeyRequest:
    options: dict[str, Any] = {
        "product": "vms_standard",
        "arch": Arch.X86_64,
        "code": "3132A0XY",
        "purchased": 10,
    }
    return bundle.KeyRequest(key, **{**options, **changes})


def request_activation(folder: Path, *keys: bundle.KeyRequest, **changes: Any) -> bundle.RequestPlan:
    """Run the task once and return its plan."""
    options = {"keys": keys or (a_key(),), "device": DEVICE, "folder": str(folder)}
    plan = bundle.decide(bundle.LicenseRequest(**{**options, **changes}), steps_files)
    if plan.changed:
        bundle.apply(plan)
    bundle.verify(plan, plan.device)
    return plan


def test_the_result_names_the_device_and_each_file_on_disk(tmp_path: Path) -> None:
    plan = request_activation(tmp_path)
    shown = request_io.request_proof(plan, "license_server")
    assert shown == request_io.request_proof(request_activation(tmp_path), "license_server")
    assert shown[0]["item"] == "device_information"
    assert shown[0]["facts"] == {"sha256": DEVICE.sha256, "size": len(CONTENT)}
    files = {row["name"]: row["facts"]["sha256"] for row in shown[1:]}
    on_disk = [path for path in Path(plan.path).rglob("*") if path.is_file()]
    assert files == {str(path): license_files.digest(path.read_bytes()) for path in on_disk}


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({}, "license_server"),
        ({"product_node": "isc"}, "product_node"),
        ({"product_node": "isc", "device_information": "x.did"}, "disk"),
    ],
)
def test_the_result_shows_where_the_device_information_was_read(options: dict[str, Any], place: str) -> None:
    assert request_io.device_place(options) == place


# Module options that changed between two runs


@pytest.mark.parametrize(
    "change",
    [
        {"key": "ANOTHER-KEY-7Q2A"},
        {"quantity": 4},
        {"allocated": 4},
        {"purchased": 9},
        {"arch": Arch.AARCH64},
        {"product": "vms_enterprise"},
        {"code": "3132A0XZ"},
    ],
)
def test_another_request_is_never_treated_as_an_existing_one(tmp_path: Path, change: dict[str, Any]) -> None:
    """A key with equal last four characters is another key; "the rest" is another quantity than a number."""
    first = request_activation(tmp_path)
    second = request_activation(tmp_path, a_key(**change))
    assert (second.changed, second.path != first.path) == (True, True)
    assert not request_activation(tmp_path, a_key(**change)).changed


def test_an_earlier_request_does_not_change_this_request(tmp_path: Path) -> None:
    """4 of 10 stay 4, whether or not they are already counted as allocated."""
    first = request_activation(tmp_path, a_key(quantity=4))
    assert request_activation(tmp_path, a_key(quantity=4, allocated=4)).path == first.path


@pytest.mark.parametrize("change", [{"hot_standby": True, "contract_number": "SP-2"}, {"device": OTHER}])
def test_another_contract_or_device_gets_its_own_bundle(tmp_path: Path, change: Any) -> None:
    first = request_activation(tmp_path, hot_standby=True, contract_number="SP-1")
    second = request_activation(tmp_path, **{"hot_standby": True, "contract_number": "SP-1", **change})
    assert (second.changed, second.path != first.path) == (True, True)


def test_keys_are_shown_as_a_fingerprint_that_does_not_reveal_them(tmp_path: Path) -> None:
    manifest = (Path(request_activation(tmp_path).path) / "request.json").read_bytes()
    (row,) = json.loads(manifest)["keys"]
    assert (row["key"], len(row["fingerprint"])) == ("****7Q2A", 6)
    assert b"INT-BASE" not in manifest
    assert license_files.digest(b"INT-BASE-7Q2A")[:6] != row["fingerprint"]


# Incomplete and edited bundles


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_an_interrupted_run_leaves_no_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = license_files.keep
    for kept in range(4):
        turns = iter(range(kept))

        def cut(folder: str, name: str, content: bytes, turns: Iterator[int] = turns) -> Any:
            if next(turns, None) is None:
                raise KeyboardInterrupt
            return keep(folder, name, content)

        monkeypatch.setattr(license_files, "keep", cut)
        with pytest.raises(KeyboardInterrupt):
            request_activation(tmp_path)
        assert [path for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
        assert issued(str(tmp_path)) == IssuedFiles(())
    monkeypatch.setattr(license_files, "keep", keep)
    plan = request_activation(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [plan.name]
    assert names(Path(plan.path)) == set(plan.files)


def test_a_bundle_that_appears_meanwhile_is_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = request_activation(tmp_path / "other")
    files = dict(plan.files)
    keep = license_files.keep
    place = tmp_path / "own" / plan.name

    def slow(folder: str, name: str, content: bytes) -> Any:
        place.mkdir(exist_ok=True)
        return keep(folder, name, content)

    monkeypatch.setattr(license_files, "keep", slow)
    with pytest.raises(ArtifactError) as caught:
        whole_directory.write_directory(str(place), files)
    assert (caught.value.code, list(place.iterdir())) == ("artifact_conflict", [])


@pytest.mark.parametrize("file", ["request.json", "STEPS.en.txt", "device-information/ls-east.did"])
@pytest.mark.parametrize("change", ["cut", "edited", "emptied", "deleted", "older"])
def test_a_changed_bundle_is_completed_or_refused(tmp_path: Path, file: str, change: str) -> None:
    """A missing file is written again; changed content is refused by name and stays unchanged."""
    plan = request_activation(tmp_path)
    older = request_activation(tmp_path, a_key(quantity=9), device=OTHER)
    path = Path(plan.path) / file
    content = path.read_bytes()
    if change == "deleted":
        path.unlink()
        assert request_activation(tmp_path).missing == (file,)
        assert path.read_bytes() == content
        return
    new = {
        "cut": content[:-1],
        "edited": content + b"x",
        "emptied": b"",
        "older": (Path(older.path) / file).read_bytes(),
    }[change]
    path.write_bytes(new)
    with pytest.raises(ArtifactError) as caught:
        request_activation(tmp_path)
    assert (caught.value.code, caught.value.fields["path"]) == ("request_not_kept", str(path))
    assert path.read_bytes() == new


def test_the_keys_of_another_request_are_refused(tmp_path: Path) -> None:
    keys = Path(request_activation(tmp_path, write_keys=True).path) / "keys.txt"
    assert not request_activation(tmp_path).changed
    keys.write_text("ANOTHER-KEY-7Q2A\n")
    for write_keys in (True, False):
        with pytest.raises(ArtifactError) as caught:
            request_activation(tmp_path, write_keys=write_keys)
        assert caught.value.fields["path"] == str(keys)


def test_device_information_of_another_device_in_the_bundle_is_refused(tmp_path: Path) -> None:
    place = Path(request_activation(tmp_path).path) / "device-information"
    (place / ".hidden").write_bytes(b"x")
    assert not request_activation(tmp_path).changed
    (place / "ls-west.did").write_bytes(b"other")
    with pytest.raises(ArtifactError) as caught:
        request_activation(tmp_path)
    assert (caught.value.code, caught.value.fields["own"]) == ("request_foreign_device", "ls-east.did")


def test_files_that_an_operator_adds_are_kept(tmp_path: Path) -> None:
    place = Path(request_activation(tmp_path).path)
    (place / "certificate.pdf").write_bytes(b"x")
    (place / "issued").mkdir()
    assert not request_activation(tmp_path).changed


@pytest.mark.parametrize("again", [OTHER, device_info.DeviceFile("ls-west.did", DEVICE.sha256, CONTENT)])
def test_a_device_that_changes_during_the_run_is_an_error(
    tmp_path: Path, again: device_info.DeviceFile
) -> None:
    asked = bundle.LicenseRequest((a_key(),), DEVICE, str(tmp_path))
    plan = bundle.decide(asked, steps_files)
    bundle.apply(plan)
    with pytest.raises(NotVerified) as caught:
        bundle.verify(plan, again)
    assert (caught.value.code, caught.value.changed) == ("device_changed_meanwhile", True)


@pytest.mark.parametrize("file", ["request.json", "STEPS.en.txt"])
def test_a_file_that_disappears_before_the_final_read_is_an_error(tmp_path: Path, file: str) -> None:
    plan = request_activation(tmp_path)
    (Path(plan.path) / file).unlink()
    with pytest.raises(ArtifactError) as caught:
        bundle.verify(plan, DEVICE)
    assert caught.value.fields["path"] == str(Path(plan.path) / file)


# Issued files


def answered(plan: bundle.RequestPlan, content: bytes = b"opaque") -> Path:
    place = Path(plan.path) / "issued"
    place.mkdir(exist_ok=True)
    (place / "a.ak").write_bytes(content)
    return Path(plan.path)


def test_an_issued_file_names_its_request(tmp_path: Path) -> None:
    place = answered(request_activation(tmp_path, a_key(quantity=4)))
    (file,) = issued(str(tmp_path)).files
    assert file.request_row() == {
        "bundle": str(place),
        "product_node": None,
        "recognized_by": ["place", "name"],
        "sha256": license_files.digest(b"opaque"),
    }
    assert file.expect[0]["quantity"] == 4


def test_a_request_for_all_remaining_licenses_expects_their_number(tmp_path: Path) -> None:
    answered(request_activation(tmp_path, a_key(allocated=4)))
    assert issued(str(tmp_path)).files[0].expect[0]["quantity"] == 6


def edited(place: Path, other: Path) -> None:
    text = (place / "request.json").read_text(encoding="utf-8")
    (place / "request.json").write_text(text.replace('"quantity": 4', '"quantity": 8'), encoding="utf-8")


def exchanged(place: Path, other: Path) -> None:
    (place / "request.json").write_bytes((other / "request.json").read_bytes())


def other_device(place: Path, other: Path) -> None:
    (place / "device-information" / "ls-east.did").write_bytes(b"other")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (edited, "issued_request_edited"),
        (exchanged, "issued_request_edited"),
        (other_device, "issued_other_device"),
    ],
)
def test_a_request_file_that_does_not_match_its_bundle_is_a_problem(
    tmp_path: Path, change: Callable[[Path, Path], None], code: str
) -> None:
    other = answered(request_activation(tmp_path, a_key(quantity=8)), b"other")
    change(answered(request_activation(tmp_path, a_key(quantity=4))), other)
    found = issued(str(tmp_path))
    assert [problem.code for problem in found.problems] == [code]
    assert [file.bundle for file in found.files] == [str(other)]


def test_two_bundles_with_exchanged_names_are_problems(tmp_path: Path) -> None:
    four = answered(request_activation(tmp_path, a_key(quantity=4)))
    eight = answered(request_activation(tmp_path, a_key(quantity=8)), b"other")
    four.rename(tmp_path / "aside")
    eight.rename(four)
    (tmp_path / "aside").rename(eight)
    found = issued(str(tmp_path))
    assert [problem.code for problem in found.problems] == ["issued_request_edited"] * 2
    assert found.files == ()


def test_a_renamed_bundle_is_recognized_by_its_path(tmp_path: Path) -> None:
    answered(request_activation(tmp_path)).rename(tmp_path / "ls-east in spring")
    (file,) = issued(str(tmp_path)).files
    assert file.recognized_by == ("place",)


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.ak").write_bytes(b"x")
    place = answered(request_activation(tmp_path / "requests")) / "issued" / "b.ak"
    place.symlink_to(tmp_path / "elsewhere.ak")
    assert len(issued(str(tmp_path / "requests")).files) == 2
