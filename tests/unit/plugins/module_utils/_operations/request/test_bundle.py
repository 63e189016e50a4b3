# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activation requests: refused requests, unchecked rules, and the bundle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch, Kind
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import (
    bundle as request,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import device_info
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import (
    options as request_io,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import NamedFile
from ansible_collections.unicloud.usphere.plugins.module_utils._write_module import steps_files

FLEXIBLE, FIXED = "3132A0XY", "3130A0XY"
DEVICE = device_info.DeviceFile("ls-east.did", "0" * 64, b"device\r\n\x00")


def a_key(key: str = "INT-BASE-7Q2A", **changes: Any) -> request.KeyRequest:
    options: dict[str, Any] = {
        "product": "vms_standard",
        "arch": Arch.X86_64,
        "code": FLEXIBLE,
        "purchased": 10,
    }
    return request.KeyRequest(key, **{**options, **changes})


def decide(folder: Path, *keys: request.KeyRequest, **changes: Any) -> request.RequestPlan:
    options = {"keys": keys, "device": DEVICE, "folder": str(folder)}
    return request.decide(request.LicenseRequest(**{**options, **changes}), steps_files)


def refused(folder: Path, *keys: request.KeyRequest, **changes: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        decide(folder, *keys, **changes)
    assert list(folder.iterdir()) == []
    return caught.value


def codes(causes: Sequence[Any]) -> list[str]:
    return [cause.code for cause in causes]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"code": FIXED, "quantity": 4}, "R25"),
        ({"code": FIXED, "quantity": 10, "allocated": 0}, ""),
        ({"code": FIXED}, ""),
        ({"code": FIXED, "allocated": 4, "quantity": 6}, "R25"),
        ({"code": FIXED, "allocated": 1, "purchased": None}, "R25"),
        ({"code": FIXED, "allocated": 1, "purchased": None, "quantity": 9}, "R25"),
        ({"code": FIXED, "allocated": 10}, "R25"),
        ({"code": FIXED, "allocated": 11, "quantity": 1}, "R25"),
        ({"code": FIXED, "purchased": None}, ""),
        ({"quantity": 4}, ""),
        ({"quantity": 6, "allocated": 4}, ""),
        ({"quantity": 7, "allocated": 4}, "R26"),
        ({"quantity": 11}, "R26"),
        ({"allocated": 10}, "R26"),
        ({"allocated": 11}, "R26"),
        ({"kind": Kind.TEMPORARY}, "R12"),
        ({"kind": Kind.TEMPORARY, "term_days": 30}, ""),
        ({"product": "heterogeneous_migration", "arch": None, "kind": Kind.TEMPORARY, "term_days": 9}, "R13"),
        ({"product": "isc", "arch": None}, "R27"),
        ({"product": "vms_standart"}, "R27"),
        ({"arch": None}, ""),
    ],
)
def test_the_rules_for_requests(tmp_path: Path, changes: Any, rule: str) -> None:
    if not rule:
        assert decide(tmp_path, a_key(**changes)).changed
        return
    error = refused(tmp_path, a_key(**changes))
    assert (error.code, error.rule) == ("request_refused", rule)
    assert "7Q2A" in str(error.fields["keys"])
    assert "INT-BASE" not in str(error)


def test_a_product_with_its_own_node_is_requested_for_that_node(tmp_path: Path) -> None:
    isc = a_key(product="isc", arch=None)
    assert decide(tmp_path, isc, node="isc").changed
    assert refused(tmp_path, isc, node="disk_backup_dr").rule == "R27"
    assert codes(refused(tmp_path, a_key(), node="isc").causes) == ["request_device_of_server"]


def test_a_pair_requires_its_contract_number(tmp_path: Path) -> None:
    assert refused(tmp_path, a_key(), hot_standby=True).rule == "R23"
    plan = decide(tmp_path, a_key(), hot_standby=True, contract_number="SP-42")
    assert "step_request_contract" in codes(plan.steps)
    assert codes(decide(tmp_path, a_key(), contract_number="SP-42").warnings) == [
        "request_contract_number_alone"
    ]
    isc = a_key(product="isc", arch=None)
    pair = refused(tmp_path, isc, node="isc", hot_standby=True, contract_number="SP-42")
    assert codes(pair.causes) == ["request_standby_local"]


@pytest.mark.parametrize("blank", ["", "  ", "\u3000"])
def test_a_blank_contract_number_is_no_number(tmp_path: Path, blank: str) -> None:
    options = {"dest": str(tmp_path), "hot_standby": True, "contract_number": blank}
    row = {"key": "INT-BASE-7Q2A", "product": "vms_standard", "arch": "x86_64"}
    asked = request_io.license_request({**options, "keys": [row]}, DEVICE, Catalog.builtin())
    with pytest.raises(OperationError) as caught:
        request.decide(asked, steps_files)
    assert (caught.value.rule, list(tmp_path.iterdir())) == ("R23", [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"product": None}, "request_product_unsaid"),
        ({"purchased": None, "quantity": 4}, "request_purchased_unsaid"),
        ({"code": None, "quantity": 4}, "request_split_unknown"),
        ({"code": "9999", "quantity": 4}, "request_split_unknown"),
    ],
)
def test_unchecked_rules_are_reported(tmp_path: Path, changes: Any, code: str) -> None:
    assert codes(decide(tmp_path, a_key(**changes)).unchecked) == [code]


@pytest.mark.parametrize("key", ["", "A B", "A\nB", "x" * 129, "a\x00b"])
def test_an_invalid_key_is_an_error(tmp_path: Path, key: str) -> None:
    error = refused(tmp_path, a_key(key))
    assert error.code == "request_key_invalid"


def test_a_missing_key_and_a_duplicate_key_are_errors(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "request_keys_empty"
    assert refused(tmp_path, a_key(), a_key()).code == "request_key_twice"


def test_the_bundle_is_written_once(tmp_path: Path) -> None:
    plan = decide(tmp_path, a_key(quantity=4))
    assert list(tmp_path.iterdir()) == []
    request.apply(plan)
    bundle = Path(plan.path)
    assert (bundle / "device-information" / "ls-east.did").read_bytes() == DEVICE.content
    manifest = json.loads((bundle / "request.json").read_bytes())
    assert manifest["keys"][0]["quantity"] == 4
    assert "7Q2A" in (bundle / "STEPS.zh.txt").read_text(encoding="utf-8")
    files = [path for path in bundle.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert not [path for path in files if b"INT-BASE" in path.read_bytes()]
    again = decide(tmp_path, a_key(quantity=4))
    assert (again.changed, again.path) == (False, plan.path)


def test_another_request_or_device_gets_its_own_bundle(tmp_path: Path) -> None:
    paths = set()
    other = device_info.DeviceFile("ls-east.did", "1" * 64, b"other")
    for plan in (
        decide(tmp_path, a_key(quantity=4)),
        decide(tmp_path, a_key(quantity=5)),
        decide(tmp_path, a_key(quantity=4), device=other),
    ):
        request.apply(plan)
        paths.add(plan.path)
    assert len(paths) == 3


def test_an_incomplete_bundle_is_completed(tmp_path: Path) -> None:
    plan = decide(tmp_path, a_key())
    request.apply(plan)
    (Path(plan.path) / "request.json").unlink()
    again = decide(tmp_path, a_key())
    assert again.missing == ("request.json",)
    request.apply(again)
    assert not decide(tmp_path, a_key()).changed


def test_an_edited_file_is_not_overwritten(tmp_path: Path) -> None:
    plan = decide(tmp_path, a_key())
    request.apply(plan)
    (Path(plan.path) / "request.json").write_text("{}")
    with pytest.raises(OperationError) as caught:
        decide(tmp_path, a_key())
    assert caught.value.code == "request_not_kept"


def test_keys_are_written_on_demand_only(tmp_path: Path) -> None:
    request.apply(decide(tmp_path, a_key()))
    plan = decide(tmp_path, a_key(), write_keys=True)
    assert plan.missing == ("keys.txt",)
    request.apply(plan)
    assert (Path(plan.path) / "keys.txt").read_text() == "INT-BASE-7Q2A\n"
    assert "INT-BASE" not in repr(plan)


# Device information


class Device:
    def __init__(self, name: str = "ls-east.did", content: bytes = b"d\r\n\x00") -> None:
        self.given = NamedFile(name, content)

    def device_info(self) -> NamedFile:
        return self.given


def test_device_information_is_saved_byte_for_byte(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    plan = device_info.decide(device_info.fetch(Device()), str(folder))
    assert plan.changed
    assert not folder.exists()
    device_info.apply(plan)
    assert (folder / "ls-east.did").read_bytes() == b"d\r\n\x00"
    assert not device_info.decide(device_info.fetch(Device()), str(folder)).changed
    newer = device_info.decide(device_info.fetch(Device(content=b"e")), str(folder))
    assert newer.changed
    device_info.apply(newer)
    assert (folder / "ls-east.did").read_bytes() == b"e"
    assert [path.name for path in folder.iterdir()] == ["ls-east.did"]


def test_without_a_directory_nothing_is_written() -> None:
    plan = device_info.decide(device_info.fetch(Device()), None)
    device_info.apply(plan)
    assert not plan.changed


def test_a_name_never_leads_out_of_the_directory(tmp_path: Path) -> None:
    plan = device_info.decide(device_info.fetch(Device("../../etc/x")), str(tmp_path))
    assert plan.path == str(tmp_path / "x")


@pytest.mark.parametrize("kind", ["folder", "link", "blocked"])
def test_an_unusable_directory_is_an_error(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "f"
    if kind == "blocked":
        folder.write_text("x")
    else:
        folder.mkdir()
        place = folder / "ls-east.did"
        place.mkdir() if kind == "folder" else place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OperationError) as caught:
        device_info.decide(device_info.fetch(Device()), str(folder))
    assert caught.value.code == "device_information_not_kept"


def test_empty_or_unreadable_device_information_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OperationError) as caught:
        device_info.fetch(Device(content=b""))
    assert caught.value.code == "device_information_missing"
    for content in (None, b""):
        path = tmp_path / "did"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(OperationError) as caught:
            device_info.read(str(path))
        assert caught.value.code == "device_information_unreadable"
