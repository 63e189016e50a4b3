# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect a system to a License Server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import plan as link
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client.plan import (
    Reconnect,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ChangeRefused,
    NotVerified,
    ServerRefused,
    Unclear,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
    QuotaRow,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    Share,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.client_link import QUOTA, WANTED, run


def test_a_new_system_gets_a_client_and_a_connection(fake: Any, waits: Waits) -> None:
    server = fake.Server(records=[fake.license()])
    vms = fake.Vms(server)
    plan = run(replace(WANTED, quota=QUOTA), vms, server, waits)
    assert plan.reasons == ("client_missing", "link_missing")
    assert server.writes == ["create_client hangzhou"]
    assert vms.calls == ["connect"]
    assert server.registered[0].quota == QUOTA
    assert vms.link.state == "connected"


def test_a_second_run_changes_nothing(connected: Any, waits: Waits) -> None:
    vms, server = connected
    plan = run(replace(WANTED, client_password=None, quota=()), vms, server, waits)
    assert (plan.changed, plan.reasons) == (False, ())
    assert (server.writes, vms.calls) == ([], [])


def test_secrets_are_not_in_the_repr() -> None:
    assert "s3cret" not in repr(WANTED)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"address": "10.1.0.6"}, "address_differs"),
        ({"client_port": 6666}, "client_port_differs"),
        ({"console_port": 443}, "console_port_differs"),
        ({"contract_number": "SC-1"}, "contract_number_differs"),
    ],
)
def test_a_link_that_differs_is_written_again(
    connected: Any, waits: Waits, change: dict[str, Any], reason: str
) -> None:
    vms, server = connected
    plan = run(replace(WANTED, **change), vms, server, waits)
    assert plan.reasons == (reason,)
    assert (server.writes, vms.calls) == ([], ["connect"])
    assert not link.decide(replace(WANTED, **change), link.read_state("hangzhou", vms, server)).changed


def test_a_rewritten_link_keeps_its_contract_number(connected: Any, waits: Waits) -> None:
    vms, server = connected
    vms.link = replace(vms.link, contract_number="SC-1")
    run(replace(WANTED, client_port=6666), vms, server, waits)
    assert vms.link.contract_number == "SC-1"


def test_without_a_password_no_client_is_created(fake: Any) -> None:
    server = fake.Server()
    vms = fake.Vms(server)
    state = link.read_state("hangzhou", vms, server)
    with pytest.raises(InvalidRequest) as caught:
        link.decide(replace(WANTED, client_password=None), state)
    assert caught.value.code == "client_password_needed"


def test_quota_comparison_ignores_the_order(connected: Any, waits: Waits) -> None:
    vms, server = connected
    plan = run(replace(WANTED, quota=QUOTA), vms, server, waits)
    assert plan.reasons == ("quota_differs",)
    assert (server.writes, vms.calls) == (["update_client hangzhou"], ["reconnect"])
    again = link.decide(
        replace(WANTED, quota=tuple(reversed(QUOTA))), link.read_state("hangzhou", vms, server)
    )
    assert not again.changed


def test_a_new_password_is_written_on_both_sides(connected: Any, waits: Waits) -> None:
    vms, server = connected
    plan = run(replace(WANTED, client_password="new", update_password=True), vms, server, waits)
    assert plan.reasons == ("password_given",)
    assert (server.passwords, vms.calls) == ({"hangzhou": "new"}, ["connect"])


def test_a_wrong_client_password_is_reported_after_one_attempt(connected: Any, waits: Waits) -> None:
    vms, server = connected
    with pytest.raises(ServerRefused) as caught:
        run(replace(WANTED, client_port=1, client_password="wrong"), vms, server, waits)
    assert (caught.value.code, caught.value.changed) == ("refused_client_credentials", False)
    assert vms.calls == ["connect"]


def test_the_system_reconnects_after_an_expiry(connected: Any, waits: Waits) -> None:
    vms, server = connected
    vms.refuses_login = True
    plan = run(WANTED, vms, server, waits)
    assert (plan.reasons, vms.calls, vms.refuses_login) == (("login_refused",), ["reconnect"], False)


def test_a_login_that_stays_refused_is_a_failure(connected: Any, waits: Waits) -> None:
    vms, server = connected
    vms.refuses_login, vms.heals = True, False
    with pytest.raises(NotVerified) as caught:
        run(WANTED, vms, server, waits)
    assert (caught.value.code, caught.value.rule) == ("login_still_refused", "R20")


def test_a_wrong_vms_password_is_not_treated_as_an_expiry(connected: Any, monkeypatch: Any) -> None:
    vms, server = connected

    def wrong() -> None:
        raise errors.AuthenticationFailed("authentication_failed")

    monkeypatch.setattr(vms, "version", wrong)
    with pytest.raises(errors.AuthenticationFailed):
        link.read_state("hangzhou", vms, server)


@pytest.mark.parametrize("side", ["link", "client"])
def test_a_broken_connection_is_restored_from_either_side(connected: Any, waits: Waits, side: str) -> None:
    vms, server = connected
    if side == "link":
        vms.link = replace(vms.link, state="disconnected")
    else:
        server.change_client("hangzhou", state="disconnected")
    plan = run(WANTED, vms, server, waits)
    assert (plan.reasons, vms.calls) == ((side + "_disconnected",), ["reconnect"])


@pytest.mark.parametrize("cause", ["link", "login"])
def test_reconnect_never_fails_if_a_reconnect_is_needed(connected: Any, cause: str) -> None:
    vms, server = connected
    if cause == "link":
        vms.link = replace(vms.link, state="disconnected")
    else:
        vms.refuses_login = True
    state = link.read_state("hangzhou", vms, server)
    with pytest.raises(ChangeRefused) as caught:
        link.decide(replace(WANTED, reconnect=Reconnect.NEVER), state)
    assert caught.value.code == "reconnect_forbidden"


def test_reconnect_always_fetches_in_every_run(connected: Any, waits: Waits) -> None:
    vms, server = connected
    run(replace(WANTED, reconnect=Reconnect.ALWAYS), vms, server, waits)
    assert vms.calls == ["reconnect"]


def test_a_newly_installed_license_is_fetched_once(connected: Any, fake: Any, waits: Waits) -> None:
    vms, server = connected
    # The same second as the last fetch: the order cannot be determined from full seconds.
    server.records.append(fake.license("LS-2", sha256="b", installed_at=server.time))
    assert run(WANTED, vms, server, waits).reasons == ("licenses_arrived",)
    assert not link.decide(WANTED, link.read_state("hangzhou", vms, server)).changed


@pytest.mark.parametrize(
    "change",
    [
        {"installed_at": "2026-11-24T07:59:59Z"},
        {"status": "expired"},
        {"status": "uninstalled"},
        {"product": "vms_enterprise"},
        {"installed_at": None},
    ],
)
def test_licenses_that_the_system_cannot_get_cause_no_change(
    connected: Any, fake: Any, change: dict[str, Any]
) -> None:
    vms, server = connected
    server.change_client("hangzhou", quota=(QuotaRow("vms_standard", "x86_64", 8),))
    server.records.append(fake.license("LS-2", **{"installed_at": server.time, **change}))
    assert not link.decide(WANTED, link.read_state("hangzhou", vms, server)).changed


def test_reconnect_never_does_not_fetch_new_licenses(connected: Any, fake: Any) -> None:
    vms, server = connected
    server.records.append(fake.license("LS-2", installed_at=server.time))
    state = link.read_state("hangzhou", vms, server)
    assert not link.decide(replace(WANTED, reconnect=Reconnect.NEVER), state).changed


@pytest.fixture
def half_fetched(connected: Any, fake: Any, waits: Waits) -> Any:
    """Return (system, server) after a run whose background task was interrupted on the system."""
    vms, server = connected
    server.time = "2026-11-24T09:00:00Z"
    server.records.append(fake.license("LS-2", sha256="b", installed_at=server.time))
    vms.breaks_off = True
    vms.failures.append(fake.Failure("reconnect", errors.TaskFailed("task_lost", task="7"), after=True))
    with pytest.raises(Unclear) as caught:
        run(WANTED, vms, server, waits)
    assert [cause.code for cause in caught.value.causes] == ["link_not_connected", "task_lost"]
    vms.breaks_off = False
    vms.calls.clear()
    return vms, server


def test_assigned_licenses_that_were_not_saved_are_fetched_again(half_fetched: Any, waits: Waits) -> None:
    vms, server = half_fetched
    plan = run(WANTED, vms, server, waits)
    assert (plan.reasons, vms.calls) == (("fetch_incomplete",), ["reconnect"])
    assert not link.decide(WANTED, link.read_state("hangzhou", vms, server)).changed


def test_reconnect_never_does_not_fetch_unsaved_licenses(half_fetched: Any) -> None:
    vms, server = half_fetched
    state = link.read_state("hangzhou", vms, server)
    assert not link.decide(replace(WANTED, reconnect=Reconnect.NEVER), state).changed


def shared(server: Any, quota: tuple[QuotaRow, ...], held: int, other: int = 0) -> None:
    """Set the client's quota and its share of 8; the quota of another client reserves ``other``."""
    server.change_client("hangzhou", quota=quota)
    if other:
        row = QuotaRow("vms_standard", "x86_64", other)
        server.registered.append(ClientRecord("chengdu", "never", None, (row,)))
    server.records = [
        replace(record, quantity=8, assigned=(Share("hangzhou", held),)) for record in server.records
    ]
    server.held = [replace(row, quantity=held) for row in server.held]


@pytest.mark.parametrize(
    ("quota", "held", "other", "reasons"),
    [
        (4, 8, 0, ("quota_not_fetched",)),
        (4, 4, 0, ()),
        (6, 4, 0, ("quota_not_fetched",)),
        (6, 4, 2, ("quota_not_fetched",)),
        (6, 4, 4, ()),
        (9, 8, 0, ()),
    ],
)
def test_a_quota_that_was_set_but_not_fetched_is_fetched(
    connected: Any, quota: int, held: int, other: int, reasons: tuple[str, ...]
) -> None:
    vms, server = connected
    rows = (QuotaRow("vms_standard", "x86_64", quota),)
    shared(server, rows, held, other)
    state = link.read_state("hangzhou", vms, server)
    assert link.decide(replace(WANTED, quota=rows), state).reasons == reasons
    # Without a quota in the task, or with reconnect=never, the state is kept.
    assert link.decide(WANTED, state).reasons == ()
    never = replace(WANTED, quota=rows, reconnect=Reconnect.NEVER)
    assert link.decide(never, state).reasons == ()


def test_a_smaller_quota_returns_the_rest(connected: Any) -> None:
    vms, server = connected
    rows = (QuotaRow("srm", "x86_64", 1),)
    server.change_client("hangzhou", quota=rows)
    state = link.read_state("hangzhou", vms, server)
    assert link.decide(replace(WANTED, quota=rows), state).reasons == ("quota_not_fetched",)


@pytest.mark.parametrize(
    ("change", "clients", "reasons"),
    [
        ({}, 1, ("quota_not_fetched",)),
        ({}, 2, ()),
        ({"status": "unusable"}, 1, ()),
        ({"kind": "preinstalled"}, 1, ()),
    ],
)
def test_a_quota_that_was_removed_but_not_fetched_is_fetched(
    connected: Any, fake: Any, change: dict[str, Any], clients: int, reasons: tuple[str, ...]
) -> None:
    vms, server = connected
    server.records.append(fake.license("LS-2", **change))
    if clients == 2:
        server.registered.append(ClientRecord("chengdu", "never", None))
    state = link.read_state("hangzhou", vms, server)
    assert link.decide(replace(WANTED, quota=()), state).reasons == reasons


@pytest.mark.parametrize(("bound", "reasons"), [(5, ()), (8, ("quota_not_fetched",))])
def test_a_fixed_license_is_drawn_completely_or_not_at_all(
    connected: Any, fake: Any, bound: int, reasons: tuple[str, ...]
) -> None:
    vms, server = connected
    rows = (QuotaRow("vms_standard", "x86_64", bound),)
    server.change_client("hangzhou", quota=rows)
    server.records.append(fake.license("LS-2", code="3130A0XY"))
    state = link.read_state("hangzhou", vms, server)
    assert link.decide(replace(WANTED, quota=rows), state).reasons == reasons
