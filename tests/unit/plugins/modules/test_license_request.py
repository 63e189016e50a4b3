# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module license_request: options, the bundle, and a second read of the device information."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import NamedFile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.modules import license_request as module

from ...fakes.ansible_module import run_module

OPTIONS: dict[str, Any] = {
    "host": "10.1.0.5",
    "username": "automation",
    "password": "s3cret-s3cret",
    "keys": [
        {
            "key": "INT-BASE-7Q2A",
            "product": "vms_standard",
            "arch": "x86_64",
            "code": "3132A0XY",
            "purchased": 10,
            "quantity": 4,
        }
    ],
}


class Server:
    """A License Server; ``answers`` lists its device information in the order of the reads."""

    def __init__(self) -> None:
        self.profile = load_profile("usphere_7")
        self.answers = [b"this device"]

    def device_info(self) -> NamedFile:
        content = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return NamedFile("ls-east.did", content)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    fake = Server()
    monkeypatch.setattr(module, "license_store_api", lambda params: fake)
    return fake


def play(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, **options: Any
) -> dict[str, Any]:
    """Run the module as Ansible does and return its result."""
    arguments = {**OPTIONS, "dest": str(folder), **options}
    result, text = run_module(module, arguments, monkeypatch, capsys)
    assert "INT-BASE" not in text
    return result


def test_the_result_contains_the_evidence_of_success(
    server: Server, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    planned = play(monkeypatch, capsys, tmp_path, _ansible_check_mode=True)
    assert (planned["changed"], planned["proof"], list(tmp_path.iterdir())) == (True, [], [])
    done = play(monkeypatch, capsys, tmp_path)
    again = play(monkeypatch, capsys, tmp_path)
    assert (done["changed"], again["changed"], again["proof"] == done["proof"]) == (True, False, True)
    assert (done["proof"][0]["item"], done["proof"][0]["shown_by"]) == (
        "device_information",
        "license_server",
    )
    assert {row["name"] for row in done["proof"][1:]} == {
        str(Path(done["bundle"]) / file) for file in done["files"]
    }


def test_all_reads_of_a_run_share_one_login(
    server: Server, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    logins: list[Server] = []
    monkeypatch.setattr(module, "license_store_api", lambda params: logins.append(server) or server)
    for count in (1, 2):
        play(monkeypatch, capsys, tmp_path)
        assert len(logins) == count


@pytest.mark.parametrize("written", [False, True])
def test_a_device_that_changes_between_two_reads_is_an_error(
    server: Server, tmp_path: Path, monkeypatch: Any, capsys: Any, written: bool
) -> None:
    if written:
        play(monkeypatch, capsys, tmp_path)
    server.answers = [b"this device", b"another device"]
    result = play(monkeypatch, capsys, tmp_path)
    assert (result["failed"], result["failure"]["code"]) == (True, "device_changed_meanwhile")
    assert result["changed"] is not written


def test_saved_device_information_is_read_from_disk(
    server: Server, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    saved = tmp_path / "saved.did"
    saved.write_bytes(b"this device")
    done = play(monkeypatch, capsys, tmp_path / "out", device_information=str(saved))
    assert (done["proof"][0]["name"], done["proof"][0]["shown_by"]) == ("saved.did", "disk")


@pytest.mark.parametrize("purchased", [10, None])
def test_a_fixed_key_that_was_requested_before_is_refused(
    server: Server, tmp_path: Path, monkeypatch: Any, capsys: Any, purchased: int | None
) -> None:
    key = {**OPTIONS["keys"][0], "code": "3130A0XY", "allocated": 4, "purchased": purchased}
    result = play(monkeypatch, capsys, tmp_path, keys=[key])
    assert (result["failure"]["rule"], list(tmp_path.iterdir())) == ("R25", [])


@pytest.mark.parametrize("option", ["quantity", "purchased", "term_days"])
def test_an_invalid_number_is_reported_with_its_option(
    server: Server, tmp_path: Path, monkeypatch: Any, capsys: Any, option: str
) -> None:
    result = play(monkeypatch, capsys, tmp_path, keys=[{**OPTIONS["keys"][0], option: 0}])
    assert (result["failure"]["code"], result["failure"]["option"]) == ("option_invalid", option)
    assert result["msg"].startswith(option + " ")
    assert list(tmp_path.iterdir()) == []
