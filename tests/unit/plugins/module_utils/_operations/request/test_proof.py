# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle is whole, for this device and for these keys, or the task does not succeed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    ArtifactError,
    InvalidRequest,
    NotVerified,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import (
    bundle,
    device_info,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import (
    options as request_io,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.issued import issued
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


def ask(folder: Path, *keys: bundle.KeyRequest, **changes: Any) -> bundle.RequestPlan:
    """One run of the task; return its plan."""
    options = {"keys": keys or (a_key(),), "device": DEVICE, "folder": str(folder)}
    plan = bundle.decide(bundle.LicenseRequest(**{**options, **changes}), steps_files)
    if plan.changed:
        bundle.apply(plan)
    bundle.verify(plan, plan.device)
    return plan


def test_success_names_the_device_and_each_file_as_it_is_on_disk(tmp_path: Path) -> None:
    plan = ask(tmp_path)
    shown = request_io.request_proof(plan, "license_server")
    assert shown == request_io.request_proof(ask(tmp_path), "license_server")
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
def test_where_the_device_information_is_read(options: dict[str, Any], place: str) -> None:
    assert request_io.device_place(options) == place


# Arguments that changed between two runs


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
def test_another_request_is_never_taken_for_one_that_is_there(tmp_path: Path, change: dict[str, Any]) -> None:
    """A key with the same last four characters is another key, and "all that is left" another quantity."""
    first = ask(tmp_path)
    second = ask(tmp_path, a_key(**change))
    assert (second.changed, second.path != first.path) == (True, True)
    assert not ask(tmp_path, a_key(**change)).changed


def test_what_was_asked_for_before_does_not_change_what_is_asked_for_now(tmp_path: Path) -> None:
    """4 of 10 stay 4, whether or not the books say already that they were asked for."""
    first = ask(tmp_path, a_key(quantity=4))
    assert ask(tmp_path, a_key(quantity=4, allocated=4)).path == first.path


@pytest.mark.parametrize("change", [{"hot_standby": True, "contract_number": "SP-2"}, {"device": OTHER}])
def test_another_contract_and_another_device_get_bundles_of_their_own(tmp_path: Path, change: Any) -> None:
    first = ask(tmp_path, hot_standby=True, contract_number="SP-1")
    second = ask(tmp_path, **{"hot_standby": True, "contract_number": "SP-1", **change})
    assert (second.changed, second.path != first.path) == (True, True)


def test_keys_show_in_a_fingerprint_that_no_key_can_be_found_by(tmp_path: Path) -> None:
    manifest = (Path(ask(tmp_path).path) / "request.json").read_bytes()
    (row,) = json.loads(manifest)["keys"]
    assert (row["key"], len(row["fingerprint"])) == ("****7Q2A", 6)
    assert b"INT-BASE" not in manifest
    assert license_files.digest(b"INT-BASE-7Q2A")[:6] != row["fingerprint"]


# Bundles that were cut or edited


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_run_that_is_cut_off_leaves_nothing_that_looks_like_a_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = license_files.keep
    for kept in range(4):
        turns = iter(range(kept))

        def cut(folder: str, name: str, content: bytes, turns: Iterator[int] = turns) -> Any:
            if next(turns, None) is None:
                raise KeyboardInterrupt
            return keep(folder, name, content)

        monkeypatch.setattr(license_files, "keep", cut)
        with pytest.raises(KeyboardInterrupt):
            ask(tmp_path)
        assert [path for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
        assert issued(str(tmp_path)) == ()
    monkeypatch.setattr(license_files, "keep", keep)
    plan = ask(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [plan.name]
    assert names(Path(plan.path)) == set(plan.files)


def test_a_bundle_that_appears_meanwhile_is_not_mixed_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = ask(tmp_path / "other")
    files = dict(plan.files)
    keep = license_files.keep
    place = tmp_path / "own" / plan.name

    def slow(folder: str, name: str, content: bytes) -> Any:
        place.mkdir(exist_ok=True)
        return keep(folder, name, content)

    monkeypatch.setattr(license_files, "keep", slow)
    with pytest.raises(ArtifactError) as caught:
        license_files.keep_folder(str(place), files)
    assert (caught.value.code, list(place.iterdir())) == ("artifact_conflict", [])


@pytest.mark.parametrize("file", ["request.json", "STEPS.en.txt", "device-information/ls-east.did"])
@pytest.mark.parametrize("change", ["cut", "edited", "emptied", "deleted", "older"])
def test_a_bundle_that_is_not_as_it_was_written(tmp_path: Path, file: str, change: str) -> None:
    """A file that is gone is written again; any other content is refused by name and stays as it is."""
    plan = ask(tmp_path)
    older = ask(tmp_path, a_key(quantity=9), device=OTHER)
    path = Path(plan.path) / file
    content = path.read_bytes()
    if change == "deleted":
        path.unlink()
        assert ask(tmp_path).missing == (file,)
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
        ask(tmp_path)
    assert (caught.value.code, caught.value.fields["path"]) == ("request_not_kept", str(path))
    assert path.read_bytes() == new


def test_the_keys_of_another_request(tmp_path: Path) -> None:
    keys = Path(ask(tmp_path, write_keys=True).path) / "keys.txt"
    assert not ask(tmp_path).changed
    keys.write_text("ANOTHER-KEY-7Q2A\n")
    for write_keys in (True, False):
        with pytest.raises(ArtifactError) as caught:
            ask(tmp_path, write_keys=write_keys)
        assert caught.value.fields["path"] == str(keys)


def test_the_device_information_of_another_device_beside_the_own(tmp_path: Path) -> None:
    place = Path(ask(tmp_path).path) / "device-information"
    (place / ".hidden").write_bytes(b"x")
    assert not ask(tmp_path).changed
    (place / "ls-west.did").write_bytes(b"other")
    with pytest.raises(ArtifactError) as caught:
        ask(tmp_path)
    assert (caught.value.code, caught.value.fields["own"]) == ("request_foreign_device", "ls-east.did")


def test_files_that_a_person_puts_beside_it_are_left_alone(tmp_path: Path) -> None:
    place = Path(ask(tmp_path).path)
    (place / "certificate.pdf").write_bytes(b"x")
    (place / "issued").mkdir()
    assert not ask(tmp_path).changed


@pytest.mark.parametrize("again", [OTHER, device_info.DeviceFile("ls-west.did", DEVICE.sha256, CONTENT)])
def test_a_device_that_changes_while_the_bundle_is_written(
    tmp_path: Path, again: device_info.DeviceFile
) -> None:
    asked = bundle.LicenseRequest((a_key(),), DEVICE, str(tmp_path))
    plan = bundle.decide(asked, steps_files)
    bundle.apply(plan)
    with pytest.raises(NotVerified) as caught:
        bundle.verify(plan, again)
    assert (caught.value.code, caught.value.changed) == ("device_changed_meanwhile", True)


@pytest.mark.parametrize("file", ["request.json", "STEPS.en.txt"])
def test_a_file_that_is_gone_at_the_last_look(tmp_path: Path, file: str) -> None:
    plan = ask(tmp_path)
    (Path(plan.path) / file).unlink()
    with pytest.raises(ArtifactError) as caught:
        bundle.verify(plan, DEVICE)
    assert caught.value.fields["path"] == str(Path(plan.path) / file)


# What was issued


def answered(plan: bundle.RequestPlan, content: bytes = b"opaque") -> Path:
    place = Path(plan.path) / "issued"
    place.mkdir(exist_ok=True)
    (place / "a.ak").write_bytes(content)
    return Path(plan.path)


def test_an_issued_file_names_the_request_that_it_answers(tmp_path: Path) -> None:
    place = answered(ask(tmp_path, a_key(quantity=4)))
    (file,) = issued(str(tmp_path))
    assert file.request_row() == {
        "bundle": str(place),
        "recognized_by": ["place", "name"],
        "sha256": license_files.digest(b"opaque"),
    }
    assert file.expect[0]["quantity"] == 4


def test_all_that_was_left_is_expected_by_number(tmp_path: Path) -> None:
    answered(ask(tmp_path, a_key(allocated=4)))
    assert issued(str(tmp_path))[0].expect[0]["quantity"] == 6


def edited(place: Path, other: Path) -> None:
    text = (place / "request.json").read_text(encoding="utf-8")
    (place / "request.json").write_text(text.replace('"quantity": 4', '"quantity": 8'), encoding="utf-8")


def exchanged(place: Path, other: Path) -> None:
    (place / "request.json").write_bytes((other / "request.json").read_bytes())


def other_device(place: Path, other: Path) -> None:
    (place / "device-information" / "ls-east.did").write_bytes(b"other")


@pytest.mark.parametrize("change", [edited, exchanged, other_device])
def test_a_request_that_is_not_the_one_of_its_bundle(
    tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    other = Path(ask(tmp_path, a_key(quantity=8)).path)
    change(answered(ask(tmp_path, a_key(quantity=4))), other)
    with pytest.raises(InvalidRequest) as caught:
        issued(str(tmp_path))
    assert caught.value.code == "issued_request_unreadable"


def test_two_bundles_that_exchanged_their_names(tmp_path: Path) -> None:
    four = answered(ask(tmp_path, a_key(quantity=4)))
    eight = answered(ask(tmp_path, a_key(quantity=8)), b"other")
    four.rename(tmp_path / "aside")
    eight.rename(four)
    (tmp_path / "aside").rename(eight)
    with pytest.raises(InvalidRequest):
        issued(str(tmp_path))


def test_a_renamed_bundle_is_known_by_its_place_alone(tmp_path: Path) -> None:
    answered(ask(tmp_path)).rename(tmp_path / "ls-east in spring")
    (file,) = issued(str(tmp_path))
    assert file.recognized_by == ("place",)


@pytest.mark.parametrize("entry", ["folder", "dangling"])
def test_an_entry_that_is_no_file_is_named(tmp_path: Path, entry: str) -> None:
    place = answered(ask(tmp_path)) / "issued" / "unpacked"
    place.mkdir() if entry == "folder" else place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InvalidRequest) as caught:
        issued(str(tmp_path))
    assert (caught.value.code, caught.value.fields["path"]) == ("issued_entry_no_file", str(place))


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.ak").write_bytes(b"x")
    place = answered(ask(tmp_path / "requests")) / "issued" / "b.ak"
    place.symlink_to(tmp_path / "elsewhere.ak")
    assert len(issued(str(tmp_path / "requests"))) == 2
