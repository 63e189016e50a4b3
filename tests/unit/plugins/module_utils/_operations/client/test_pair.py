# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair without a contract number (R23) is refused before its client is created, and never later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.license_row import (
    normalize_contract_number,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import connect, pair
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import options as client_io
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import plan as link
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client.plan import (
    Reconnect,
    WantedConnection,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ChangeRefused,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import client
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual.steps import ManualTerms
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ServerLink,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

WANTED = WantedConnection("10.1.0.5", 5555, 28443, "hangzhou", "s3cret")


def run(wanted: WantedConnection, vms: Any, server: Any, waits: Waits) -> list[str]:
    """Run the task once and return the codes of its warnings."""
    state = link.read_state(wanted.client_name, vms, server)
    plan = link.decide(wanted, state)
    warnings = pair.refuse_unnamed_pair(wanted, state, vms)
    if plan.changed:
        connect.apply(plan, vms, server, waits)
    return [warning.code for warning in warnings]


def unsupported() -> None:
    raise errors.OperationUnsupported("operation_unsupported", operation="x", profile="p")


@pytest.fixture
def sides(fake: Any) -> Any:
    """Return (system, server) of a pair that has no client and no connection."""
    server = fake.Server(records=[fake.license()])
    return fake.Vms(server, standby="10.1.0.11"), server


def test_a_pair_without_a_number_is_refused_before_any_write(sides: Any, waits: Waits) -> None:
    vms, server = sides
    with pytest.raises(ChangeRefused) as caught:
        run(WANTED, vms, server, waits)
    assert (caught.value.code, caught.value.rule) == ("pair_without_contract_number", "R23")
    assert (server.writes, server.registered, vms.calls, vms.link) == ([], [], [], None)


def test_a_pair_with_a_number_and_a_single_manager_get_their_client(sides: Any, waits: Waits) -> None:
    vms, server = sides
    assert run(replace(WANTED, contract_number="SC-1"), vms, server, waits) == []
    assert (server.writes, vms.link.contract_number) == (["create_client hangzhou"], "SC-1")
    vms.link, server.registered, vms.standby = None, [], None
    assert run(WANTED, vms, server, waits) == []
    assert vms.link.contract_number is None


@pytest.mark.parametrize("left", ["both", "client", "link"])
@pytest.mark.parametrize("reconnect", [Reconnect.WHEN_NEEDED, Reconnect.ALWAYS])
def test_existing_clients_and_links_are_never_refused(
    sides: Any, waits: Waits, left: str, reconnect: Reconnect
) -> None:
    """After an expiry the system must be able to reconnect (R20), with or without a number."""
    vms, server = sides
    vms.standby = None
    run(WANTED, vms, server, waits)
    vms.standby, vms.refuses_login = "10.1.0.11", True
    if left == "client":
        vms.link = None
    if left == "link":
        server.registered = []
    assert run(replace(WANTED, reconnect=reconnect), vms, server, waits) == []
    assert (vms.link.state, vms.refuses_login) == ("connected", False)


def linked(sides: Any, waits: Waits, **changes: Any) -> None:
    """Link the pair without a number and without a client; ``changes`` are applied to the link."""
    vms, server = sides
    vms.standby = None
    run(WANTED, vms, server, waits)
    vms.standby, vms.link = "10.1.0.11", replace(vms.link, **changes)
    server.registered = []
    server.calls.clear()
    vms.calls.clear()


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "10.9.9.9", "server_id": "ls-west"},
        {"address": "10.9.9.9", "server_id": None},
        {"server_id": "ls-west"},
        {"client_name": "chengdu"},
        {"contract_number": " ", "server_id": "ls-west"},
    ],
    ids=str,
)
def test_a_link_to_another_server_or_client_gives_no_contract_number(
    sides: Any, waits: Waits, changes: dict[str, Any]
) -> None:
    vms, server = sides
    linked(sides, waits, **changes)
    with pytest.raises(ChangeRefused) as caught:
        run(WANTED, vms, server, waits)
    assert (caught.value.code, caught.value.rule) == ("pair_without_contract_number", "R23")
    assert (server.writes, server.registered, vms.calls) == ([], [], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "ls-east.example.com"},
        {"server_id": None},
        {"address": "10.9.9.9", "server_id": "ls-west", "contract_number": "SC-1"},
    ],
    ids=str,
)
def test_a_link_to_this_server_or_with_a_number_is_not_refused(
    sides: Any, waits: Waits, changes: dict[str, Any]
) -> None:
    vms, server = sides
    linked(sides, waits, **changes)
    assert run(WANTED, vms, server, waits) == []
    assert server.writes == ["create_client hangzhou"]
    assert vms.link.contract_number == changes.get("contract_number")


def test_an_existing_client_is_not_refused_because_of_a_link_to_another_server(
    sides: Any, waits: Waits
) -> None:
    vms, server = sides
    server.registered = [ClientRecord("hangzhou", "never", None)]
    server.passwords = {"hangzhou": "s3cret"}
    vms.link = ServerLink("10.9.9.9", 5555, 28443, "hangzhou", None, "connected", None, None, "ls-west")
    assert run(WANTED, vms, server, waits) == []
    assert (server.writes, vms.link.address) == ([], "10.1.0.5")


# Manual steps, with a server that cannot be read


@pytest.mark.parametrize("hidden", ["link", "client", "both"])
@pytest.mark.parametrize(
    ("standby", "number", "warnings"),
    [("10.1.0.11", None, ["pair_not_checked"]), (None, None, []), ("10.1.0.11", "SC-1", [])],
)
def test_an_unreadable_side_leaves_a_pair_unchecked(
    sides: Any,
    monkeypatch: pytest.MonkeyPatch,
    hidden: str,
    standby: str | None,
    number: str | None,
    warnings: list[str],
) -> None:
    vms, server = sides
    vms.standby = standby
    for owner, name, side in ((vms, "license_server", "link"), (server, "clients", "client")):
        if hidden in (side, "both"):
            monkeypatch.setattr(owner, name, unsupported)
    wanted = replace(WANTED, contract_number=number)
    read = client.read("hangzhou", vms, server)
    assert [cause.code for cause in client.refuse_unnamed_pair(wanted, read, vms)] == warnings
    monkeypatch.setattr(vms, "platform", unsupported)
    asked = [cause.code for cause in client.refuse_unnamed_pair(wanted, read, vms)]
    assert asked == ([] if number else ["pair_not_checked"])


def test_manual_steps_do_not_warn_about_existing_and_refuse_missing_connections(
    sides: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    vms, server = sides
    with pytest.raises(ChangeRefused):
        client.refuse_unnamed_pair(WANTED, client.read("hangzhou", vms, server), vms)
    vms.standby = None
    run(WANTED, vms, server, waits)
    vms.standby = "10.1.0.11"
    for owner, name in ((vms, "license_server"), (server, "clients")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, unsupported)
            read = client.read("hangzhou", vms, server)
        assert client.refuse_unnamed_pair(WANTED, read, vms) == ()


def test_the_steps_name_the_contract_number_of_the_link(sides: Any) -> None:
    vms, server = sides
    vms.link = ServerLink("10.9.9.9", 5555, 28443, "hangzhou", "SC-1", "connected", None, None, "ls-west")
    read = client.read("hangzhou", vms, server)
    over = client.connect(WANTED, read, "https://vms:1", ManualTerms("https://ls:1"))
    assert [step.fields for step in over.steps if step.code == "handover_contract"] == [
        {"contract_number": "SC-1"}
    ]


@pytest.mark.parametrize("cause", ["lapse", "profile"])
def test_a_system_that_cannot_be_read_gives_a_warning(
    sides: Any, waits: Waits, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vms, server = sides
    if cause == "lapse":
        vms.refuses_login = True
    else:
        monkeypatch.setattr(vms, "platform", unsupported)
    assert run(WANTED, vms, server, waits) == ["pair_not_checked"]
    assert server.writes == ["create_client hangzhou"]


def test_a_system_error_stops_the_task_before_it_writes(
    sides: Any, waits: Waits, fake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vms, server = sides

    def away() -> None:
        raise fake.LOST

    monkeypatch.setattr(vms, "platform", away)
    with pytest.raises(errors.Unreachable):
        run(WANTED, vms, server, waits)
    assert (server.writes, vms.calls) == ([], [])


@pytest.mark.parametrize(
    ("text", "number"),
    [(None, None), ("", None), (" ", None), ("\t\n", None), ("\u3000", None), (" SC-1 ", "SC-1"), ("0", "0")],
)
def test_a_blank_number_is_no_number(text: str | None, number: str | None) -> None:
    assert normalize_contract_number(text) == number
    options = {
        "license_server": {"host": "10.1.0.5", "port": 28443, "client_port": 5555},
        "client_name": "hangzhou",
        "reconnect": "when_needed",
        "contract_number": text,
    }
    assert client_io.wanted_connection(options, Catalog.builtin()).contract_number == number
