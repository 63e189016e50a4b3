# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client is connected only if both sides show it, for one server and one client."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import (
    connect,
    disconnect,
    options,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import plan as link
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client.plan import (
    Reconnect,
    WantedConnection,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    InvalidRequest,
    OperationError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ChangeRefused,
    NotVerified,
    ServerRefused,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import client
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual.steps import ManualTerms
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    Assignment,
    ClientRecord,
    QuotaRow,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ServerInfo,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

ADDRESS = "10.1.0.5"
WANTED = WantedConnection(ADDRESS, 5555, 28443, "hangzhou", "s3cret")
QUOTA = (QuotaRow("vms_standard", "x86_64", 4),)
EARLIER = "2026-11-24T07:59:59Z"


def run(wanted: WantedConnection, vms: Any, server: Any, waits: Waits) -> tuple[tuple[str, ...], Any]:
    """Run the task once; return the reasons of its changes and the evidence of its success."""
    state = link.read_state(wanted.client_name, vms, server)
    plan = link.decide(wanted, state)
    if plan.changed:
        state = connect.apply(plan, vms, server, waits)
    return plan.reasons, options.proof_rows(wanted.client_name, state)


def leave(vms: Any, server: Any, waits: Waits, address: str = ADDRESS) -> tuple[bool, Any]:
    state = link.read_sides("hangzhou", vms, server)
    plan = disconnect.decide(address, "hangzhou", state)
    if plan.changed:
        state = disconnect.apply(plan, vms, server, waits)
    return plan.changed, options.proof_rows("hangzhou", state)


@pytest.fixture
def connected(fake: Any, waits: Waits) -> Any:
    """Return (system, server) of a system that is connected and has fetched one license."""
    server = fake.Server(records=[fake.license()])
    vms = fake.Vms(server)
    run(replace(WANTED, quota=QUOTA), vms, server, waits)
    server.calls.clear()
    vms.calls.clear()
    return vms, server


def test_the_result_names_both_sides_and_the_licenses_of_the_client(connected: Any, waits: Waits) -> None:
    vms, server = connected
    reasons, shown = run(WANTED, vms, server, waits)
    assert reasons == ()
    assert [(row["item"], row["name"], row["shown_by"], row["read_at"]) for row in shown] == [
        ("link", "hangzhou", "vms", None),
        ("client", "hangzhou", "license_server", server.time),
        ("share", "LS-1", "license_server", server.time),
    ]
    at_vms, at_server, share = (row["facts"] for row in shown)
    assert (at_vms["address"], at_vms["server_id"], at_vms["state"]) == (ADDRESS, "ls-east", "connected")
    assert at_vms["fetched_at"] == server.time
    assert (at_server["state"], at_server["quota"]) == (
        "connected",
        [{"product": "vms_standard", "arch": "x86_64", "quantity": 4}],
    )
    assert (share["quantity"], share["status"]) == (4, "in_use")
    assert "s3cret" not in repr(shown)


def test_the_result_of_a_removal_names_both_sides(connected: Any, waits: Waits) -> None:
    vms, server = connected
    first, second = leave(vms, server, waits), leave(vms, server, waits)
    assert (first[0], second[0]) == (True, False)
    assert first[1] == second[1]
    assert [(row["item"], row["facts"]) for row in first[1]] == [
        ("link", {"state": "none"}),
        ("client", {"state": "none"}),
    ]


# The server or the system was replaced or restored


def test_a_server_snapshot_without_the_client_is_repaired(connected: Any, waits: Waits) -> None:
    vms, server = connected
    server.registered, server.held = [], []
    assert run(WANTED, vms, server, waits)[0] == ("client_missing",)
    assert (server.registered[0].state, vms.link.state) == ("connected", "connected")


def test_a_system_snapshot_without_the_link_is_repaired(connected: Any, waits: Waits) -> None:
    vms, server = connected
    vms.link = None
    assert run(WANTED, vms, server, waits)[0] == ("link_missing",)
    assert server.writes == []


def test_a_server_restored_to_a_time_before_the_last_fetch_is_detected(connected: Any, waits: Waits) -> None:
    """The server lists the client as connected, but its last contact is older than the last fetch."""
    vms, server = connected
    server.change_client("hangzhou", last_contact=EARLIER)
    assert run(WANTED, vms, server, waits)[0] == ("server_restored",)
    assert (vms.calls, run(WANTED, vms, server, waits)[0]) == (["reconnect"], ())


def test_a_contact_at_or_after_the_fetch_is_accepted(connected: Any, waits: Waits) -> None:
    vms, server = connected
    for contact in (server.time, "2026-11-24T08:00:01Z", None):
        server.change_client("hangzhou", last_contact=contact)
        assert run(WANTED, vms, server, waits)[0] == ()


@pytest.mark.parametrize("quota", [(), (QuotaRow("vms_standard", "x86_64", 3),)])
def test_a_client_that_was_recreated_with_another_quota_is_corrected(
    connected: Any, waits: Waits, quota: Any
) -> None:
    vms, server = connected
    server.registered = [ClientRecord("hangzhou", "never", None, quota)]
    reasons, shown = run(replace(WANTED, quota=QUOTA), vms, server, waits)
    assert "quota_differs" in reasons
    assert shown[1]["facts"]["quota"] == [{"product": "vms_standard", "arch": "x86_64", "quantity": 4}]


def test_a_client_that_was_recreated_with_another_password_is_an_error(
    connected: Any, fake: Any, waits: Waits
) -> None:
    """The password cannot be read; only the next fetch of the system verifies it."""
    vms, server = connected
    server.registered, server.passwords = [ClientRecord("hangzhou", "never", None)], {"hangzhou": "other"}
    wrong = {"error_code": "client_credentials_invalid", "error_message": "wrong password"}
    vms.failures = [fake.Failure("reconnect", errors.TaskFailed("task_failed", **wrong))]
    with pytest.raises(ServerRefused) as caught:
        run(WANTED, vms, server, waits)
    assert caught.value.code == "refused_client_credentials"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"server_id": "ls-west"}, "server_differs"),
        ({"client_name": "chengdu"}, "client_name_differs"),
        ({"client_name": None}, "client_name_differs"),
        ({"address": "10.9.9.9"}, "address_differs"),
        ({"address": None}, "address_differs"),
        ({"fetched_at": None}, "never_fetched"),
        ({"state": None}, "link_disconnected"),
    ],
)
def test_a_different_link_is_not_a_success(
    connected: Any, waits: Waits, change: dict[str, Any], reason: str
) -> None:
    vms, server = connected
    vms.link = replace(vms.link, **change)
    refused = replace(WANTED, reconnect=Reconnect.NEVER, client_password=None)
    with pytest.raises((ChangeRefused, InvalidRequest)) as caught:
        run(refused, vms, server, waits)
    assert reason in str(caught.value.fields["reasons"])
    assert (server.writes, vms.calls) == ([], [])
    assert reason in run(WANTED, vms, server, waits)[0]
    assert run(WANTED, vms, server, waits)[0] == ()


def test_either_server_of_a_license_server_pair_is_accepted(
    connected: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    vms, server = connected
    monkeypatch.setattr(server, "server", lambda: ServerInfo("ls-east-b", "1.0", server.time, "ls-east"))
    assert run(WANTED, vms, server, waits)[0] == ()


def test_a_system_that_fetches_from_another_server_is_not_connected(
    connected: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system resolves the address to another server than this task, for example with another DNS."""
    vms, server = connected
    monkeypatch.setattr(server, "server", lambda: ServerInfo("ls-new", "1.0", server.time))
    with pytest.raises(NotVerified) as caught:
        run(WANTED, vms, server, waits)
    assert (caught.value.code, caught.value.fields["reasons"]) == (
        "connection_not_proved",
        ("server_differs",),
    )


@pytest.mark.parametrize("status", ["uninstalled", None])
def test_shares_of_a_removed_license_are_detected(connected: Any, waits: Waits, status: str | None) -> None:
    vms, server = connected
    server.records = [] if status is None else [replace(row, status=status) for row in server.records]
    if status is None:
        assert run(WANTED, vms, server, waits)[0] == ("licenses_gone",)
        assert run(WANTED, vms, server, waits)[1][2:] == []
    else:
        state = link.read_state("hangzhou", vms, server)
        assert link.decide(WANTED, state).reasons == ("licenses_gone",)


def test_shares_that_remain_after_the_license_is_removed_are_a_failure(
    connected: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    vms, server = connected
    server.records = []
    kept = (Assignment("LS-1", "vms_standard", "x86_64", 4, server.time),)
    monkeypatch.setattr(server, "assignments", lambda client: kept)
    with pytest.raises(NotVerified) as caught:
        run(WANTED, vms, server, waits)
    assert caught.value.fields["reasons"] == ("licenses_gone",)


def test_a_change_before_the_final_read_is_a_failure(
    fake: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = fake.Server(records=[fake.license()])
    vms = fake.Vms(server)
    clients = server.clients

    def cut() -> Any:
        found = clients()
        if vms.link is not None and "GET assignments" not in server.calls:
            server.calls.append("GET assignments")
        elif vms.link is not None:
            found = tuple(replace(each, state="disconnected") for each in found)
        return found

    monkeypatch.setattr(server, "clients", cut)
    with pytest.raises(OperationError) as caught:
        run(WANTED, vms, server, waits)
    assert (caught.value.code, caught.value.changed) == ("connection_not_proved", True)


# Module options that changed between two runs


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quota": (QuotaRow("vms_standard", "x86_64", 8),)}, "quota_differs"),
        ({"quota": ()}, "quota_differs"),
        ({"client_name": "chengdu"}, "client_missing"),
        ({"contract_number": "SC-1"}, "contract_number_differs"),
        ({"client_port": 6666}, "client_port_differs"),
        ({"update_password": True, "client_password": "new"}, "password_given"),
    ],
)
def test_a_changed_option_is_not_reported_as_unchanged(
    connected: Any, waits: Waits, change: dict[str, Any], reason: str
) -> None:
    vms, server = connected
    wanted = replace(WANTED, **change)
    assert reason in run(wanted, vms, server, waits)[0]
    assert run(replace(wanted, update_password=False), vms, server, waits)[0] == ()


# Removal


def test_this_server_under_another_address_is_not_another_connection(connected: Any, waits: Waits) -> None:
    vms, server = connected
    with pytest.raises(ChangeRefused) as caught:
        leave(vms, server, waits, "ls-east.example.com")
    assert (caught.value.code, caught.value.fields["address"]) == ("link_by_other_address", ADDRESS)
    assert (server.writes, vms.calls) == ([], [])
    sides = client.read("hangzhou", vms, server)
    with pytest.raises(ChangeRefused):
        client.disconnect("hangzhou", "ls-east.example.com", sides, "https://vms:1", ManualTerms("x"))


def test_a_client_list_without_the_client_does_not_prove_its_removal(
    connected: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    vms, server = connected
    clients = server.clients
    monkeypatch.setattr(server, "clients", lambda: clients()[:0])
    with pytest.raises(NotVerified) as caught:
        leave(vms, server, waits)
    assert (caught.value.code, caught.value.fields["license_ids"]) == ("client_holds_unlisted", ["LS-1"])
    assert (server.writes, vms.calls) == ([], [])


def test_a_client_restored_by_a_snapshot_is_removed_again(connected: Any, waits: Waits) -> None:
    vms, server = connected
    snapshot = (list(server.registered), list(server.records), list(server.held), vms.link)
    leave(vms, server, waits)
    server.registered, server.records, server.held, vms.link = snapshot
    assert leave(vms, server, waits)[0]
    assert (server.registered, vms.link) == ([], None)


def test_a_client_that_reappears_at_the_final_read_is_a_failure(
    connected: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    vms, server = connected
    gone = server.delete_client
    there = list(server.registered)

    def back_later(name: str) -> Task:
        task = gone(name)
        monkeypatch.setattr(server, "clients", lambda: tuple(server.registered) if late() else ())
        return task

    reads: list[int] = []

    def late() -> bool:
        reads.append(1)
        if len(reads) > 1:
            server.registered = there
        return len(reads) > 1

    monkeypatch.setattr(server, "delete_client", back_later)
    with pytest.raises(NotVerified) as caught:
        leave(vms, server, waits)
    assert (caught.value.code, caught.value.changed) == ("connection_not_removed", True)
