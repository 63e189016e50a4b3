# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module license: options, the plan in check mode, and its execution."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.lock import Locks
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ServerInfo,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.modules import license as module

from ...fakes.ansible_module import run_module
from ...fakes.license_module import EXPECT, Server

CONNECTION = {
    "host": "10.1.0.5",
    "username": "automation",
    "password": "s3cret-s3cret",
    "client_secret": "hidden-1",
}


LOCKS = ""


@pytest.fixture(autouse=True)
def separate_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "LOCKS", str(tmp_path / "locks"))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    fake = Server()
    monkeypatch.setattr(module, "license_store_api", lambda params: fake)
    return fake


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "A.ak"
    path.write_bytes(b"\x00opaque\r\n")
    return path


def play(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **options: Any
) -> dict[str, Any]:
    """Run the module as Ansible does and return its result."""
    arguments = {**CONNECTION, "lock_dir": LOCKS, **options}
    return run_module(module, arguments, monkeypatch, capsys)[0]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "activation_file"),
        ({"activation_file": "a", "activation_files": [{"path": "a"}]}, "mutually exclusive"),
        ({"activation_files": [{"path": "a"}], "expect": EXPECT}, "activation_file"),
        ({"state": "absent", "license_id": "LS-1"}, "artifacts_dir"),
        ({"state": "absent", "artifacts_dir": "/x"}, "license_id"),
        (
            {"state": "absent", "artifacts_dir": "/x", "license_id": "a", "license_ids": ["b"]},
            "mutually exclusive",
        ),
        (
            {"state": "absent", "artifacts_dir": "/x", "license_id": "a", "activation_file": "b"},
            "activation_file",
        ),
        ({"activation_file": "a", "artifacts_dir": "/x"}, "artifacts_dir"),
    ],
    ids=str,
)
def test_incompatible_options_are_errors(
    server: Server, monkeypatch: Any, capsys: Any, options: dict[str, Any], named: str
) -> None:
    result = play(monkeypatch, capsys, **options)
    assert result["failed"]
    assert named in result["msg"]


def test_check_mode_reports_what_the_real_run_does(
    server: Server, file: Path, monkeypatch: Any, capsys: Any
) -> None:
    options = {"activation_file": str(file), "expect": EXPECT, "_ansible_diff": True}
    preview = play(monkeypatch, capsys, _ansible_check_mode=True, **options)
    assert (preview["changed"], preview["checked"], preview["licenses"], server.writes) == (
        True,
        True,
        [],
        [],
    )
    assert preview["diff"] == {
        "before": {"licenses": []},
        "after": {"licenses": [{**EXPECT, "file_name": "A.ak"}]},
    }
    done = play(monkeypatch, capsys, **options)
    assert server.writes == ["install"]
    assert {name: done[name] for name in ("changed", "plan", "diff")} == {
        name: preview[name] for name in ("changed", "plan", "diff")
    }
    assert [row["id"] for row in done["licenses"]] == ["LS-1"]
    again = play(monkeypatch, capsys, **options)
    assert (again["changed"], again["plan"], server.writes) == (False, [], ["install"])
    assert again["diff"]["before"] == again["diff"]["after"]


def test_without_expect_the_result_reports_that_nothing_was_checked(
    server: Server, file: Path, monkeypatch: Any, capsys: Any
) -> None:
    result = play(monkeypatch, capsys, activation_files=[{"path": str(file)}])
    assert result["changed"]
    assert result["checked"] is False
    assert [row["code"] for row in result["unchecked"]] == ["unchecked_no_expectation"]
    assert "A.ak" in result["unchecked"][0]["message"]
    assert "diff" not in result


def test_a_site_product_needs_the_site_catalog(
    server: Server, file: Path, monkeypatch: Any, capsys: Any
) -> None:
    row = {"id": "gpu_service", "class": "feature", "metric": "cpu_socket", "installation": "remote"}
    expect = {"product": "gpu_service", "kind": "formal", "quantity": 4}
    options = {"activation_file": str(file), "expect": expect, "_ansible_check_mode": True}
    shipped = play(monkeypatch, capsys, **options)
    assert shipped["failure"]["code"] == "expect_product"
    site = play(monkeypatch, capsys, catalog=[row], **options)
    assert (site["changed"], site["checked"]) == (True, True)


def test_a_refused_change_names_the_rule_and_the_fix(
    server: Server, file: Path, monkeypatch: Any, capsys: Any
) -> None:
    upgrade = {**EXPECT, "product": "vms_standard_to_enterprise"}
    result = play(monkeypatch, capsys, activation_file=str(file), expect=upgrade)
    assert result["failed"]
    assert result["failure"]["code"] == "install_refused"
    assert result["failure"]["rule"] == "R5"
    assert "R5" in result["msg"]
    assert server.writes == []


def test_a_license_is_uninstalled_once_and_its_uninstall_file_is_kept(
    server: Server, file: Path, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    play(monkeypatch, capsys, activation_file=str(file), expect=EXPECT)
    folder = tmp_path / "proofs"
    options = {"state": "absent", "license_id": "LS-1", "artifacts_dir": str(folder), "_ansible_diff": True}
    preview = play(monkeypatch, capsys, _ansible_check_mode=True, **options)
    assert (preview["changed"], preview["uninstall_files"], folder.exists()) == (True, [], False)
    done = play(monkeypatch, capsys, **options)
    assert (done["plan"], done["diff"]) == (preview["plan"], preview["diff"])
    assert done["uninstall_files"] == [str(folder / "A.uak")]
    again = play(monkeypatch, capsys, **options)
    assert (again["changed"], again["uninstall_files"]) == (False, done["uninstall_files"])
    assert again["diff"] == {"before": {"licenses": []}, "after": {"licenses": []}}
    assert server.writes == ["install", "uninstall"]


@pytest.mark.parametrize("option", [{"wait_interval": 0}, {"wait_timeout": -1}, {"wait_timeout": "nan"}])
def test_endless_waits_are_refused(
    server: Server, file: Path, monkeypatch: Any, capsys: Any, option: dict[str, Any]
) -> None:
    result = play(monkeypatch, capsys, activation_file=str(file), expect=EXPECT, **option)
    assert result["failed"]
    assert result["failure"]["code"] == "option_invalid"
    assert server.writes == []


def test_secrets_are_not_in_the_result(server: Server, file: Path, monkeypatch: Any, capsys: Any) -> None:
    result = play(monkeypatch, capsys, activation_file=str(file), expect=EXPECT)
    assert "s3cret-s3cret" not in json.dumps(result)
    assert "hidden-1" not in json.dumps(result)


def test_every_result_shows_the_certainty_of_the_calls(
    server: Server, file: Path, monkeypatch: Any, capsys: Any
) -> None:
    options = {"activation_file": str(file), "expect": EXPECT}
    preview = play(monkeypatch, capsys, _ansible_check_mode=True, **options)
    done = play(monkeypatch, capsys, **options)
    assert preview["certainty"] == done["certainty"]
    assert done["certainty"]["install_activation_file"] == "assumed"
    assert (done["handover_required"], "handover" in done) == (False, False)


def test_an_unsupported_call_fails_before_anything_is_read_or_sent(
    server: Server, file: Path, monkeypatch: Any, capsys: Any
) -> None:
    server.profile = load_profile({"extends": "usphere_7", "operations": {"install_activation_file": None}})
    for check in (True, False):
        result = play(monkeypatch, capsys, activation_file=str(file), _ansible_check_mode=check)
        assert result["failed"]
        assert result["failure"]["code"] == "operation_unsupported"
        assert "handover" in result["msg"]
    assert server.writes == []


def test_manual_steps_are_prepared_reported_and_verified(
    server: Server, file: Path, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    server.profile = load_profile({"extends": "usphere_7", "operations": {"install_activation_file": None}})
    folder = tmp_path / "out"
    options = {
        "activation_file": str(file),
        "expect": EXPECT,
        "handover": True,
        "_ansible_diff": True,
        "handover_dir": str(folder),
        "language": "zh",
    }
    preview = play(monkeypatch, capsys, _ansible_check_mode=True, **options)
    assert not folder.exists()
    first = play(monkeypatch, capsys, **options)
    same = ("changed", "plan", "diff", "handover_required", "handover", "unchecked", "certainty")
    assert {name: first[name] for name in same} == {name: preview[name] for name in same}
    assert (first["changed"], first["handover_required"]) == (True, True)
    assert first["certainty"]["install_activation_file"] == "by_hand"
    assert first["plan"][0]["action"] == "put_aside"
    assert any("安装" in step for step in first["handover"]["steps"])
    assert (folder / "A.ak").read_bytes() == file.read_bytes()
    again = play(monkeypatch, capsys, **options)
    assert (again["changed"], again["handover_required"], again["plan"]) == (False, True, [])
    server._list("usable", "A.ak", hashlib.sha256(file.read_bytes()).hexdigest())
    done = play(monkeypatch, capsys, **options)
    assert (done["changed"], done["handover_required"]) == (False, False)
    assert done["handover"]["verified_by"] == "licenses"
    assert [row["id"] for row in done["licenses"]] == ["LS-1"]
    assert server.writes == []


def test_manual_steps_need_a_directory(server: Server, file: Path, monkeypatch: Any, capsys: Any) -> None:
    server.profile = load_profile("cas_e0710")
    result = play(monkeypatch, capsys, activation_file=str(file), handover=True)
    assert (result["failed"], result["failure"]["code"]) == (True, "handover_dir_needed")


def test_an_operator_uninstalls_manually(
    server: Server, file: Path, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    server._list("usable", "A.ak", "0" * 64)
    unsupported = {"uninstall_license": None, "uninstall_file": None}
    server.profile = load_profile({"extends": "usphere_7", "operations": unsupported})
    options = {
        "state": "absent",
        "license_id": "LS-1",
        "artifacts_dir": str(tmp_path / "proofs"),
        "handover": True,
    }
    preview = play(monkeypatch, capsys, _ansible_check_mode=True, **options)
    first = play(monkeypatch, capsys, **options)
    assert (preview["changed"], preview["plan"]) == (first["changed"], first["plan"])
    assert [row["action"] for row in first["plan"]] == ["make_folder"]
    assert first["handover_required"]
    server._list("uninstalled", "A.ak", "0" * 64)
    (tmp_path / "proofs" / "LS-1" / "A.uak").write_bytes(b"proof")
    done = play(monkeypatch, capsys, **options)
    assert (done["changed"], done["handover_required"]) == (False, False)
    assert done["uninstall_files"] == [str(tmp_path / "proofs" / "LS-1" / "A.uak")]


def test_a_license_on_the_wrong_server_is_refused_by_name(
    server: Server, file: Path, monkeypatch: Any, capsys: Any
) -> None:
    isc = {"product": "isc", "kind": "formal", "quantity": 4}
    wrong = play(monkeypatch, capsys, activation_file=str(file), expect=isc)
    assert (wrong["failure"]["code"], wrong["failure"]["rule"]) == ("install_refused", "R27")
    assert "isc" in wrong["msg"]
    other = play(monkeypatch, capsys, activation_file=str(file), expect=isc, product_node="disk_backup_dr")
    assert "isc" in other["msg"]
    assert "disk_backup_dr" in other["msg"]
    remote = play(monkeypatch, capsys, activation_file=str(file), expect=EXPECT, product_node="isc")
    assert "vms_standard" in remote["msg"]
    client = play(monkeypatch, capsys, activation_file=str(file), product_node="isc", client="hangzhou")
    assert client["failure"]["code"] == "option_not_for_node"
    assert server.writes == []


def test_a_node_of_another_product_is_an_error(
    server: Server, file: Path, monkeypatch: Any, capsys: Any
) -> None:
    isc = {"product": "isc", "kind": "formal", "quantity": 4}
    info = ServerInfo("dr-1", "1.0", "2026-11-24T08:00:00Z", product="disk_backup_dr")
    monkeypatch.setattr(server, "server", lambda: info)
    result = play(monkeypatch, capsys, activation_file=str(file), expect=isc, product_node="isc")
    assert result["failure"]["code"] == "node_of_other_product"
    assert server.writes == []


def test_two_tasks_do_not_run_on_one_target_at_once(
    server: Server, file: Path, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    options = {"activation_file": str(file), "expect": EXPECT, "lock_timeout": 0}
    with Locks(str(tmp_path / "locks"), 0, "other").targets([("10.1.0.5", 28443)]):
        held = play(monkeypatch, capsys, **options)
        preview = play(monkeypatch, capsys, _ansible_check_mode=True, **options)
    assert held["failure"]["code"] == "lock_held"
    assert "other" in held["msg"]
    assert (preview["changed"], server.writes) == (True, [])
    assert play(monkeypatch, capsys, **options)["changed"]


def test_the_result_contains_the_evidence_of_success(
    server: Server, file: Path, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    arguments: dict[str, Any] = {"activation_file": str(file), "expect": EXPECT}
    assert play(monkeypatch, capsys, **arguments, _ansible_check_mode=True)["proof"] == []
    done = play(monkeypatch, capsys, **arguments)
    again = play(monkeypatch, capsys, **arguments, _ansible_check_mode=True)
    assert (done["changed"], again["changed"]) == (True, False)
    (row,) = done["proof"]
    assert again["proof"] == [row]
    assert (row["item"], row["name"], row["shown_by"]) == ("license", "LS-1", "license_server")
    assert row["read_at"] == "2026-11-24T08:00:00Z"
    assert row["facts"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    folder = tmp_path / "kept"
    leave: dict[str, Any] = {"state": "absent", "license_id": "LS-1", "artifacts_dir": str(folder)}
    assert play(monkeypatch, capsys, **leave, _ansible_check_mode=True)["proof"] == []
    gone = play(monkeypatch, capsys, **leave)
    assert [(row["item"], row["name"]) for row in gone["proof"]] == [
        ("license", "LS-1"),
        ("uninstall_file", str(folder / "A.uak")),
    ]
    assert gone["proof"][0]["facts"]["status"] == "uninstalled"
    assert play(monkeypatch, capsys, **leave)["proof"] == gone["proof"]
