# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module license_migration: options, the plan in check mode, its execution, and one run at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.lock import Locks
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    LicenseRecord,
    NamedFile,
    ServerInfo,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.modules import license_migration as module

from ...fakes.ansible_module import run_module

NOW = "2026-11-24T08:00:00Z"


class Server:
    """A License Server that accepts every request; only the source has a license."""

    def __init__(self, name: str, profile: str, *records: LicenseRecord) -> None:
        self.name = name
        self.profile = load_profile(profile)
        self.records = list(records)
        self.writes: list[str] = []

    def server(self) -> ServerInfo:
        return ServerInfo(self.name, "1.0", NOW)

    def licenses(self) -> tuple[LicenseRecord, ...]:
        return tuple(self.records)

    def clients(self) -> tuple[()]:
        return ()

    def device_info(self) -> NamedFile:
        return NamedFile(self.name + ".did", b"device of " + self.name.encode())

    def uninstall_file(self, license_id: str) -> NamedFile:
        return NamedFile("A.uak", b"proof")

    def uninstall(self, license_id: str) -> Task:
        self.writes.append("uninstall")
        self.records = [a_license("uninstalled")]
        return Task.finished({})

    def install(self, file_name: str, content: bytes) -> Task:
        raise AssertionError("nothing is to be installed here")


def a_license(status: str) -> LicenseRecord:
    return LicenseRecord(
        id="LS-1",
        product="srm",
        arch="x86_64",
        kind="formal",
        code="3132A0XY",
        quantity=4,
        issued_at=NOW,
        installed_at=NOW,
        expires_at="never",
        assigned=(),
        device=None,
        status=status,
        file_name="A.ak",
        sha256="a" * 64,
        key="****7Q2A",
    )


Play = Callable[..., dict[str, Any]]


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Server:
    east, west = Server("east", "usphere_7", a_license("usable")), Server("west", "usphere_7")

    def api(params: dict[str, Any]) -> Server:
        found = {"10.1.0.5": east, "10.2.0.5": west}[params["host"]]
        found.profile = load_profile(params["profile"])
        return found

    monkeypatch.setattr(module, "license_server_api", api)
    return east


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Play:
    def run(**options: Any) -> dict[str, Any]:
        given = {
            "username": "automation",
            "password": "s3cret-s3cret",
            "client_secret": "hidden-1",
            "journal": str(tmp_path / "journal"),
            "lock_dir": str(tmp_path / "locks"),
            "source": {"host": "10.1.0.5", "password": "0ther-s3cret"},
            "destination": {"host": "10.2.0.5"},
            "license_ids": ["LS-1"],
            "wait_interval": 0.05,
            "wait_timeout": 1,
            **options,
        }
        return run_module(module, given, monkeypatch, capsys)[0]

    return run


def test_check_mode_writes_nothing_and_reports_what_the_real_run_does(
    source: Server, play: Play, tmp_path: Path
) -> None:
    preview = play(_ansible_check_mode=True, _ansible_diff=True)
    assert (preview["changed"], source.writes, list(tmp_path.iterdir())) == (True, [], [])
    done = play(_ansible_diff=True)
    for name in ("changed", "plan", "diff", "checked", "unchecked", "certainty"):
        assert done[name] == preview[name]
    assert done["state"] == "waiting_for_activation_file"
    assert done["handover_required"]
    assert done["handover"]["steps"] == [step["message"] for step in done["now"]]
    again = play(_ansible_diff=True)
    assert (again["changed"], again["plan"], source.writes) == (False, [], ["uninstall"])
    assert again["diff"]["before"] == again["diff"]["after"]
    assert again["migrations"] == done["migrations"]


def test_the_bundle_has_its_steps_in_both_languages(source: Server, play: Play) -> None:
    bundle = Path(play()["migrations"][0]["bundle"])
    assert "1. On the license platform" in (bundle / "STEPS.en.txt").read_text(encoding="utf-8")
    assert "License 管理平台" in (bundle / "STEPS.zh.txt").read_text(encoding="utf-8")
    chinese = play(language="zh")
    assert "License 管理平台" in chinese["now"][0]["message"]


def test_secrets_are_neither_printed_nor_written(source: Server, play: Play, tmp_path: Path) -> None:
    texts = json.dumps(play()) + "".join(
        path.read_bytes().decode("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()
    )
    for secret in ("s3cret-s3cret", "0ther-s3cret", "hidden-1"):
        assert secret not in texts


def test_a_journal_locked_by_another_run_is_an_error(source: Server, play: Play, tmp_path: Path) -> None:
    locks = Locks(str(tmp_path / "locks"), 1, "license_migration")
    with locks.file(str(tmp_path / "journal" / ".lock"), "journal"):
        result = play(lock_timeout=0)
        assert (result["failed"], result["failure"]["code"]) == (True, "lock_held")
        assert not play(lock_timeout=0, _ansible_check_mode=True).get("failed")
    assert source.writes == []


@pytest.mark.parametrize("host", ["10.1.0.5", "10.2.0.5"])
def test_a_server_locked_by_another_run_is_an_error(
    source: Server, play: Play, tmp_path: Path, host: str
) -> None:
    with Locks(str(tmp_path / "locks"), 1, "license").targets([(host, 28443)]):
        result = play(lock_timeout=0)
    assert result["failure"]["code"] == "lock_held"
    assert result["failure"]["what"] == "license"
    assert source.writes == []


@pytest.mark.parametrize("profile", ["cas_e0710"])
def test_an_unsupported_call_is_detected_before_the_uninstallation(
    source: Server, play: Play, profile: str
) -> None:
    result = play(profile=profile)
    assert result["failure"]["code"] == "operation_unsupported"
    assert source.writes == []


def test_abort_needs_no_destination(source: Server, play: Play) -> None:
    result = play(state="aborted", destination=None)
    assert result["failure"]["code"] == "migration_unknown"


@pytest.mark.parametrize("options", [{"source": None}, {"license_ids": None}, {"journal": None}])
def test_required_options(source: Server, play: Play, options: Any) -> None:
    result = play(**options)
    assert result["failed"]
    assert next(iter(options)) in result["msg"]


@pytest.mark.parametrize("option", ["journal", "lock_dir"])
def test_an_empty_path_is_not_the_working_directory(
    source: Server, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    result = play(**{option: ""})
    assert result["failure"] == {"code": "option_empty", "option": option}
    assert not list(here.iterdir())
