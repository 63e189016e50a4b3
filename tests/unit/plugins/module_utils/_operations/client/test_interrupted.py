# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interrupted work on a client reports what was written, whatever interrupted it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import connect, disconnect
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import plan as link
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client.plan import WantedConnection
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

WANTED = WantedConnection("10.1.0.5", 5555, 28443, "hangzhou", "s3cret")

CALL = {"endpoint": "https://ls:1", "method": "GET", "path": "/x"}
UNSENT = errors.Unreachable("unreachable_refused", endpoint="https://ls:1")
REFUSED = errors.LoginRefused("login_refused", "R20", sent=True, server_message="lapsed", **CALL)
WITHOUT_CODE = errors.BusinessError("business_error", error_code="", error_message="no", **CALL)
BUSY = errors.BusinessError("business_error", error_code="client_in_use", error_message="held")
ERRORS = [UNSENT, REFUSED, errors.HttpError("http_status", status=404, **CALL), WITHOUT_CODE]


def stopped(work: Any, *args: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        work(*args)
    return caught.value


@pytest.fixture
def sides(fake: Any) -> Any:
    server = fake.Server(records=[fake.license()])
    return fake.Vms(server), server


def planned(vms: Any, server: Any) -> Any:
    return link.decide(WANTED, link.read_state("hangzhou", vms, server))


def leaving(vms: Any, server: Any) -> Any:
    return disconnect.decide("10.1.0.5", "hangzhou", link.read_sides("hangzhou", vms, server))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
@pytest.mark.parametrize("name", ["clients", "assignments", "licenses", "server"])
def test_a_failing_final_read_does_not_hide_the_writes(
    sides: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch, error: Any, name: str
) -> None:
    vms, server = sides
    plan = planned(vms, server)
    original = link.read_state

    def failing(*args: Any) -> Any:
        def fail(*_args: Any) -> None:
            raise error

        monkeypatch.setattr(server, name, fail)
        return original(*args)

    monkeypatch.setattr(connect, "read_state", failing)
    found = stopped(connect.apply, plan, vms, server, waits)
    assert (found.code, found.changed, found.rule) == ("connection_not_read_back", True, error.rule)
    assert [cause.code for cause in found.causes] == [error.code]
    assert found.fields["client"] == "hangzhou"
    assert (server.writes, vms.calls) == (["create_client hangzhou"], ["connect"])


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_a_failed_connection_reports_the_created_client(
    sides: Any, fake: Any, waits: Waits, error: Any
) -> None:
    vms, server = sides
    plan = planned(vms, server)
    vms.failures = [fake.Failure("connect", error)]
    found = stopped(connect.apply, plan, vms, server, waits)
    assert (found.code, found.changed) == ("connection_interrupted", True)
    assert (found.fields["done"], [cause.code for cause in found.causes]) == (
        ("create_client",),
        [error.code],
    )


@pytest.mark.parametrize("call", ["create_client", "connect"])
def test_a_refused_first_write_changed_nothing(sides: Any, fake: Any, waits: Waits, call: str) -> None:
    vms, server = sides
    if call == "connect":
        server.create_client("hangzhou", "s3cret")
    plan = planned(vms, server)
    vms.failures = server.failures = [fake.Failure(call, UNSENT)]
    with pytest.raises(errors.Unreachable) as caught:
        connect.apply(plan, vms, server, waits)
    assert caught.value is UNSENT


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
@pytest.mark.parametrize(
    ("call", "done"),
    [("release_client", ("disconnect",)), ("delete_client", ("disconnect", "release_client"))],
)
def test_an_interrupted_removal_reports_what_is_removed(
    sides: Any, fake: Any, waits: Waits, call: str, done: Any, error: Any
) -> None:
    vms, server = sides
    connect.apply(planned(vms, server), vms, server, waits)
    server.failures = [fake.Failure(call, error)]
    found = stopped(disconnect.apply, leaving(vms, server), vms, server, waits)
    assert (found.code, found.changed, found.fields["done"]) == ("connection_interrupted", True, done)
    assert [cause.code for cause in found.causes] == [error.code]


def test_a_removal_that_the_server_refuses_halfway_has_changed_something(
    sides: Any, fake: Any, waits: Waits
) -> None:
    vms, server = sides
    connect.apply(planned(vms, server), vms, server, waits)
    server.failures = [fake.Failure("release_client", BUSY)]
    found = stopped(disconnect.apply, leaving(vms, server), vms, server, waits)
    assert (found.code, found.changed) == ("refused_client_in_use", True)


def test_a_failing_final_read_does_not_verify_a_removal(
    sides: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    vms, server = sides
    connect.apply(planned(vms, server), vms, server, waits)
    plan = leaving(vms, server)

    def fail(*_args: Any) -> None:
        raise UNSENT

    monkeypatch.setattr(disconnect, "read_sides", fail)
    found = stopped(disconnect.apply, plan, vms, server, waits)
    assert (found.code, found.changed) == ("disconnection_not_read_back", True)
    assert [cause.code for cause in found.causes] == ["unreachable_refused"]


@pytest.mark.parametrize("found_there", ["another_address", "held"])
def test_a_final_read_that_contradicts_the_removal_has_changed_something(
    sides: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch, found_there: str
) -> None:
    vms, server = sides
    connect.apply(planned(vms, server), vms, server, waits)
    plan, before = leaving(vms, server), vms.link
    held = server.licenses()
    original = link.read_sides

    def read_again(*args: Any) -> Any:
        if found_there == "held":
            monkeypatch.setattr(server, "licenses", lambda: held)
        else:
            monkeypatch.setattr(vms, "link", replace(before, address="10.9.9.9"))
        return original(*args)

    monkeypatch.setattr(disconnect, "read_sides", read_again)
    found = stopped(disconnect.apply, plan, vms, server, waits)
    assert found.changed
    assert found.code in ("link_by_other_address", "client_holds_unlisted")
