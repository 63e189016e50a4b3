# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lost answers, interrupted runs and removal of a client and its connection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import connect, disconnect
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import plan as link
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client.plan import (
    Reconnect,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ServerRefused,
    Unclear,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.client_link import QUOTA, WANTED, run


@pytest.mark.parametrize("side", ["vms", "server"])
def test_a_lost_answer_is_resolved_by_reading(fake: Any, waits: Waits, side: str) -> None:
    server = fake.Server()
    vms = fake.Vms(server)
    if side == "vms":
        vms.failures.append(fake.Failure("connect", fake.LOST, after=True))
    else:
        server.failures.append(fake.Failure("create_client", fake.LOST, after=True))
    run(WANTED, vms, server, waits)
    assert (server.writes, vms.calls) == (["create_client hangzhou"], ["connect"])


EXISTS = errors.BusinessError("business_error", error_code="client_exists", error_message="there is one")


def test_a_client_that_a_killed_run_created_meanwhile_is_used(fake: Any, waits: Waits) -> None:
    """Its request arrived between reading and writing; connecting verifies the password."""
    server = fake.Server()
    vms = fake.Vms(server)
    server.failures.append(fake.Failure("create_client", EXISTS, after=True))
    run(replace(WANTED, quota=QUOTA), vms, server, waits)
    assert (server.writes, vms.calls) == (["create_client hangzhou"], ["connect"])


def test_a_client_that_another_user_created_meanwhile_is_refused(fake: Any, waits: Waits) -> None:
    server = fake.Server()
    vms = fake.Vms(server)
    state = link.read_state("hangzhou", vms, server)
    plan = link.decide(replace(WANTED, quota=QUOTA), state)
    server.registered.append(ClientRecord("hangzhou", "never", None))
    server.failures.append(fake.Failure("create_client", EXISTS))
    with pytest.raises(ServerRefused) as caught:
        connect.apply(plan, vms, server, waits)
    assert (caught.value.code, vms.calls) == ("refused_client_exists", [])


def test_a_write_that_never_arrived_is_not_repeated(fake: Any, waits: Waits) -> None:
    server = fake.Server()
    vms = fake.Vms(server)
    vms.failures.append(fake.Failure("connect", fake.LOST))
    with pytest.raises(Unclear) as caught:
        run(WANTED, vms, server, waits)
    assert caught.value.code == "write_unclear"
    assert [cause.code for cause in caught.value.causes] == ["link_not_connected", "unreachable_reset"]
    assert vms.calls == ["connect"]


def test_an_unconfirmed_password_change_is_a_failure(connected: Any, fake: Any, waits: Waits) -> None:
    vms, server = connected
    server.failures.append(fake.Failure("update_client", fake.LOST, after=True))
    with pytest.raises(Unclear):
        run(replace(WANTED, client_password="new", update_password=True), vms, server, waits)
    assert vms.calls == []


def test_an_earlier_fetch_does_not_verify_the_reconnect(connected: Any, fake: Any, waits: Waits) -> None:
    vms, server = connected
    server.time = "2026-11-24T09:00:00Z"
    vms.failures.append(fake.Failure("reconnect", fake.LOST))
    with pytest.raises(Unclear):
        run(replace(WANTED, reconnect=Reconnect.ALWAYS), vms, server, waits)


def test_without_a_server_clock_nothing_is_changed(connected: Any, waits: Waits) -> None:
    vms, server = connected
    server.time = None
    with pytest.raises(OperationError) as caught:
        run(replace(WANTED, reconnect=Reconnect.ALWAYS), vms, server, waits)
    assert (caught.value.code, vms.calls, server.writes) == ("server_clock_unknown", [], [])


def test_removal_releases_and_deletes_the_client(connected: Any, waits: Waits) -> None:
    vms, server = connected
    plan = disconnect.decide("10.1.0.5", "hangzhou", link.read_sides("hangzhou", vms, server))
    disconnect.apply(plan, vms, server, waits)
    assert vms.calls == ["disconnect"]
    assert server.writes == ["release_client hangzhou", "delete_client hangzhou"]
    again = disconnect.decide("10.1.0.5", "hangzhou", link.read_sides("hangzhou", vms, server))
    assert not again.changed


def test_removal_resumes_where_it_stopped(connected: Any, waits: Waits) -> None:
    vms, server = connected
    vms.link = None
    plan = disconnect.decide("10.1.0.5", "hangzhou", link.read_sides("hangzhou", vms, server))
    disconnect.apply(plan, vms, server, waits)
    assert (vms.calls, server.registered) == ([], [])


@pytest.mark.parametrize(("address", "client"), [("10.9.9.9", "hangzhou"), ("10.1.0.5", "chengdu")])
def test_another_connection_is_kept_with_a_warning(connected: Any, address: str, client: str) -> None:
    vms, server = connected
    if client == "hangzhou":
        vms.link = replace(vms.link, server_id="ls-west")
    plan = disconnect.decide(address, client, link.read_sides(client, vms, server))
    assert plan.disconnect is False
    assert [warning.code for warning in plan.warnings] == ["link_is_another"]


@pytest.mark.parametrize("call", ["release_client", "delete_client"])
def test_a_client_that_a_killed_run_deleted_meanwhile_counts_as_removed(
    connected: Any, fake: Any, waits: Waits, call: str
) -> None:
    vms, server = connected
    plan = disconnect.decide("10.1.0.5", "hangzhou", link.read_sides("hangzhou", vms, server))
    late = errors.NotFound("not_found", sent=True)
    write = getattr(server, call)

    def too_late(name: str) -> None:
        server.registered = []
        server.records = [replace(record, assigned=()) for record in server.records]
        server.failures.append(fake.Failure(call, late))
        write(name)

    setattr(server, call, too_late)
    disconnect.apply(plan, vms, server, waits)
    assert server.registered == []


@pytest.mark.parametrize("call", ["release_client", "delete_client"])
def test_a_not_found_answer_of_an_unknown_endpoint_is_a_failure(
    connected: Any, fake: Any, waits: Waits, call: str
) -> None:
    vms, server = connected
    plan = disconnect.decide("10.1.0.5", "hangzhou", link.read_sides("hangzhou", vms, server))
    request_fields = {"endpoint": "https://ls:1", "method": "DELETE", "path": "/x", "server_message": "-"}
    server.failures.append(fake.Failure(call, errors.NotFound("not_found", sent=True, **request_fields)))
    with pytest.raises(OperationError) as caught:
        disconnect.apply(plan, vms, server, waits)
    # The link is already removed at this time.
    assert (caught.value.code, caught.value.changed) == ("connection_interrupted", True)
    assert [cause.code for cause in caught.value.causes] == ["not_found"]


def test_a_lost_answer_during_removal_is_resolved_by_reading(connected: Any, fake: Any, waits: Waits) -> None:
    vms, server = connected
    vms.failures.append(fake.Failure("disconnect", fake.LOST, after=True))
    server.failures.append(fake.Failure("release_client", fake.LOST, after=True))
    server.failures.append(fake.Failure("delete_client", fake.LOST, after=True))
    plan = disconnect.decide("10.1.0.5", "hangzhou", link.read_sides("hangzhou", vms, server))
    disconnect.apply(plan, vms, server, waits)
    assert server.writes == ["release_client hangzhou", "delete_client hangzhou"]
