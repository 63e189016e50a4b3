# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module license_client: options, and the connection between a VMS system and its License Server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.lock import Locks
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    Assignment,
    ClientRecord,
    QuotaRow,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    LicenseRecord,
    NamedFile,
    PlatformRecord,
    ServerInfo,
    ServerLink,
    Share,
    VersionRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import ConnectRequest, Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import OperationUnsupported
from ansible_collections.unicloud.usphere.plugins.modules import license_client as module

from ...fakes.ansible_module import run_module

NOW = "2026-11-24T08:00:00Z"
SERVER = {"host": "10.1.0.5", "client_port": 5555, "username": "automation", "password": "server-s3cret"}
OPTIONS = {
    "host": "10.1.0.10",
    "username": "automation",
    "password": "vms-s3cret",
    "license_server": SERVER,
    "client_name": "hangzhou",
    "client_password": "client-s3cret",
}

STANDARD = LicenseRecord(
    id="LS-1",
    product="vms_standard",
    arch="x86_64",
    kind="formal",
    code=None,
    quantity=4,
    issued_at=None,
    installed_at="2026-11-20T08:00:00Z",
    expires_at="never",
    assigned=(),
    device=None,
    status="usable",
    file_name="A.ak",
    sha256=None,
    key=None,
)

LOCKS = ""


@pytest.fixture(autouse=True)
def separate_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "LOCKS", str(tmp_path / "locks"))


class Both:
    """A VMS and its License Server in one object, with 4 CPUs of vms_standard for a connected client."""

    def __init__(self) -> None:
        self.writes: list[str] = []
        self.link: ServerLink | None = None
        self.client: ClientRecord | None = None
        self.profile = load_profile("usphere_7")
        self.endpoint = "https://10.1.0.5:28443"
        self.standby: str | None = None

    def platform(self) -> PlatformRecord:
        return PlatformRecord("vms-1", "10.1.0.10", None, self.standby)

    def version(self) -> VersionRecord:
        return VersionRecord("E0760P03", "7.0")

    def server(self) -> ServerInfo:
        return ServerInfo("ls-east", "1.0", NOW)

    def licenses(self) -> tuple[LicenseRecord, ...]:
        held = () if self.client is None or self.link is None else (Share(self.client.name, 4),)
        return (replace(STANDARD, assigned=held),)

    def device_info(self) -> NamedFile:
        return NamedFile("ls-east.did", b"this device")

    def clients(self) -> tuple[ClientRecord, ...]:
        return () if self.client is None else (self.client,)

    def assignments(self, client: str) -> tuple[Assignment, ...]:
        return () if self.link is None else (Assignment("LS-1", "vms_standard", "x86_64", 4, NOW),)

    def license_server(self) -> ServerLink | None:
        return self.link

    def create_client(self, name: str, password: str, quota: Sequence[QuotaRow] = ()) -> Task:
        self.writes.append("create")
        self.client = ClientRecord(name, "never", None, tuple(quota))
        return Task.finished({})

    def release_client(self, name: str) -> Task:
        assert self.client is not None
        self.writes.append("release")
        self.client = replace(self.client, state="disconnected")
        return Task.finished({})

    def delete_client(self, name: str) -> Task:
        self.writes.append("delete")
        self.client = None
        return Task.finished({})

    def connect_license_server(self, request: ConnectRequest) -> Task:
        assert self.client is not None
        self.writes.append("connect")
        names = (request.address, request.client_port, request.console_port, request.client_name)
        self.link = ServerLink(*names, request.contract_number, "connected", NOW, NOW, "ls-east")
        self.client = replace(self.client, state="connected", last_contact=NOW)
        return Task.finished({})

    def disconnect_license_server(self) -> Task:
        self.writes.append("disconnect")
        self.link = None
        return Task.finished({})


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Both:
    fake = Both()
    monkeypatch.setattr(module, "vms_api", lambda params: fake)
    monkeypatch.setattr(module, "license_server_api", lambda params, outer: fake)
    return fake


def play(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **options: Any
) -> dict[str, Any]:
    """Run the module as Ansible does and return its result."""
    arguments = {**OPTIONS, "lock_dir": LOCKS, **options}
    result, text = run_module(module, arguments, monkeypatch, capsys)
    assert "s3cret" not in text
    return result


def test_check_mode_reports_what_the_real_run_does(both: Both, monkeypatch: Any, capsys: Any) -> None:
    quota = [{"product": "vms_standard", "arch": "x86_64", "quantity": 4}]
    preview = play(monkeypatch, capsys, quota=quota, _ansible_check_mode=True, _ansible_diff=True)
    assert (preview["changed"], preview["plan"], both.writes) == (True, ["create_client", "connect"], [])
    assert preview["reasons"] == ["client_missing", "link_missing"]
    done = play(monkeypatch, capsys, quota=quota, _ansible_diff=True)
    assert both.writes == ["create", "connect"]
    assert (done["plan"], done["diff"]) == (preview["plan"], preview["diff"])
    assert done["diff"]["after"]["quota"] == quota
    assert (done["link"]["state"], done["client"]["state"], done["login"]) == ("connected", "connected", "ok")
    again = play(monkeypatch, capsys, quota=quota, client_password=None, _ansible_diff=True)
    assert (again["changed"], again["plan"], len(both.writes)) == (False, [], 2)
    assert again["diff"]["before"] == again["diff"]["after"] == done["diff"]["after"]


@pytest.mark.parametrize("check", [True, False])
def test_a_quota_above_the_available_quantity_is_refused_before_anything_is_sent(
    both: Both, monkeypatch: Any, capsys: Any, check: bool
) -> None:
    quota = [{"product": "vms_standard", "arch": "x86_64", "quantity": 5}]
    result = play(monkeypatch, capsys, quota=quota, _ansible_check_mode=check)
    assert (result["failed"], result["changed"], both.writes) == (True, False, [])
    assert (result["failure"]["code"], result["failure"]["rule"]) == ("quota_refused", "R26")
    assert [cause["code"] for cause in result["failure"]["causes"]] == ["quota_beyond_supply"]


def test_the_result_contains_the_evidence_of_success(both: Both, monkeypatch: Any, capsys: Any) -> None:
    assert play(monkeypatch, capsys, _ansible_check_mode=True)["proof"] == []
    done = play(monkeypatch, capsys)
    assert [(row["item"], row["shown_by"], row["read_at"]) for row in done["proof"]] == [
        ("link", "vms", None),
        ("client", "license_server", NOW),
        ("share", "license_server", NOW),
    ]
    assert play(monkeypatch, capsys)["proof"] == done["proof"]
    assert play(monkeypatch, capsys, state="absent", _ansible_check_mode=True)["proof"] == []
    gone = play(monkeypatch, capsys, state="absent")
    assert [row["facts"] for row in gone["proof"]] == [{"state": "none"}, {"state": "none"}]


def test_manual_steps_are_verified_by_both_sides_or_confirmed(
    both: Both, monkeypatch: Any, capsys: Any
) -> None:
    unsupported_calls = {"create_client": None}
    both.profile = load_profile({"extends": "usphere_7", "operations": unsupported_calls})
    assert play(monkeypatch, capsys, handover=True)["proof"] == []
    both.client = ClientRecord("hangzhou", "connected", NOW)
    both.link = ServerLink("10.1.0.5", 5555, 28443, "hangzhou", None, "connected", NOW, NOW, "ls-east")
    done = play(monkeypatch, capsys, handover=True)
    assert [row["item"] for row in done["proof"]] == ["link", "client"]

    def unsupported(*_args: Any) -> None:
        raise OperationUnsupported("operation_unsupported", operation="x", profile="p")

    for name in ("license_server", "clients"):
        monkeypatch.setattr(both, name, unsupported)
    confirmed = play(monkeypatch, capsys, handover=True, handover_confirmed=True)
    assert [(row["item"], row["shown_by"]) for row in confirmed["proof"]] == [("confirmation", "person")]


@pytest.mark.parametrize("check", [True, False])
def test_a_pair_without_a_contract_number_is_refused_before_anything_is_sent(
    both: Both, monkeypatch: Any, capsys: Any, check: bool
) -> None:
    both.standby = "10.1.0.11"
    result = play(monkeypatch, capsys, contract_number=" ", _ansible_check_mode=check)
    assert (result["failed"], result["changed"], both.writes) == (True, False, [])
    assert (result["failure"]["code"], result["failure"]["rule"]) == ("pair_without_contract_number", "R23")
    done = play(monkeypatch, capsys, contract_number="SC-1", _ansible_check_mode=check)
    assert (done["changed"], len(both.writes)) == (True, 0 if check else 2)


def test_an_unreadable_side_leaves_a_pair_unchecked_with_a_warning(
    both: Both, monkeypatch: Any, capsys: Any
) -> None:
    both.standby = "10.1.0.11"
    unsupported_calls = {"create_client": None, "list_clients": None}
    both.profile = load_profile({"extends": "usphere_7", "operations": unsupported_calls})

    def unsupported() -> None:
        raise OperationUnsupported("operation_unsupported", operation="list_clients", profile="p")

    monkeypatch.setattr(both, "clients", unsupported)
    warnings: list[str] = []
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda _self, warning: warnings.append(warning))
    assert play(monkeypatch, capsys, handover=True)["handover_required"] is True
    assert ["R23" in warning for warning in warnings] == [True]
    assert play(monkeypatch, capsys, handover=True, contract_number="SC-1")["handover_required"] is True
    assert len(warnings) == 1


def test_absent_removes_the_connection_on_both_sides(both: Both, monkeypatch: Any, capsys: Any) -> None:
    play(monkeypatch, capsys)
    both.writes.clear()
    preview = play(monkeypatch, capsys, state="absent", _ansible_check_mode=True, _ansible_diff=True)
    assert (preview["changed"], both.writes) == (True, [])
    done = play(monkeypatch, capsys, state="absent", _ansible_diff=True)
    assert both.writes == ["disconnect", "release", "delete"]
    assert (done["plan"], done["diff"]) == (preview["plan"], preview["diff"])
    assert (done["link"], done["client"]) == (None, None)
    assert play(monkeypatch, capsys, state="absent")["changed"] is False


def test_another_connection_is_kept_with_a_warning(both: Both, monkeypatch: Any, capsys: Any) -> None:
    play(monkeypatch, capsys)
    warnings: list[str] = []
    # With other parts of Ansible loaded in the same process, module warnings go to its display instead.
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda _self, warning: warnings.append(warning))
    other = {**SERVER, "host": "10.9.9.9"}
    result = play(monkeypatch, capsys, state="absent", client_name="chengdu", license_server=other)
    assert result["changed"] is False
    assert both.link is not None
    assert len(warnings) == 1
    assert "10.1.0.5" in warnings[0]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"license_server": {**SERVER, "client_port": None}}, "client_port_needed"),
        ({"client_password": None}, "client_password_needed"),
        ({"quota": [{"product": "vms_premium", "quantity": 4}]}, "quota_product"),
        ({"quota": [{"product": "vms_standard", "quantity": 4}]}, "quota_product"),
        ({"quota": [{"product": "srm", "arch": "x86_64", "quantity": 0}]}, "expect_quantity"),
        ({"quota": [{"product": "container_service", "quantity": 4}] * 2}, "quota_twice"),
        ({"wait_interval": 0}, "option_invalid"),
    ],
    ids=str,
)
def test_invalid_options_are_reported_before_anything_is_sent(
    both: Both, monkeypatch: Any, capsys: Any, options: dict[str, Any], code: str
) -> None:
    result = play(monkeypatch, capsys, **options)
    assert result["failed"]
    assert result["failure"]["code"] == code
    assert both.writes == []


def test_an_omitted_port_is_the_default_port(both: Both, monkeypatch: Any, capsys: Any) -> None:
    play(monkeypatch, capsys)
    assert both.link is not None
    assert both.link.console_port == 28443


def test_manual_steps_are_reported_and_verified(both: Both, monkeypatch: Any, capsys: Any) -> None:
    unsupported_calls = {"create_client": None, "connect_license_server": None}
    both.profile = load_profile({"extends": "usphere_7", "operations": unsupported_calls})
    failed = play(monkeypatch, capsys)
    assert failed["failure"]["code"] == "operation_unsupported"
    preview = play(monkeypatch, capsys, handover=True, _ansible_check_mode=True)
    first = play(monkeypatch, capsys, handover=True)
    assert preview == first
    assert (first["changed"], first["handover_required"], both.writes) == (False, True, [])
    assert len(first["handover"]["steps"]) == 4
    assert first["certainty"]["create_client"] == "by_hand"
    both.client = ClientRecord("hangzhou", "connected", NOW)
    both.link = ServerLink("10.1.0.5", 5555, 28443, "hangzhou", None, "connected", NOW, NOW, "ls-east")
    done = play(monkeypatch, capsys, handover=True)
    assert (done["handover_required"], done["handover"]["verified_by"]) == (False, "connection")
    unsupported_calls = {"disconnect_license_server": None}
    both.profile = load_profile({"extends": "usphere_7", "operations": unsupported_calls})
    away = play(monkeypatch, capsys, handover=True, state="absent")
    assert (away["handover_required"], len(away["handover"]["steps"]), both.writes) == (True, 3, [])


def test_two_tasks_do_not_run_on_one_target_at_once(
    both: Both, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    for target in (("10.1.0.10", 8443), ("10.1.0.5", 28443)):
        with Locks(str(tmp_path / "locks"), 0, "other").targets([target]):
            held = play(monkeypatch, capsys, lock_timeout=0)
        assert held["failure"]["code"] == "lock_held"
    assert both.writes == []
