# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair without a contract number (R23): refused before a client is made for it, and never later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog import Catalog
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.contract import contract_number
from ansible_collections.unicloud.usphere.plugins.module_utils._operations import (
    client_io,
    connect,
    link,
    pair,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.errors import ChangeRefused
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.link import Reconnect, Wanted
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.settle import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._vms import errors

WANTED = Wanted("10.1.0.5", 5555, 28443, "hangzhou", "s3cret")


def run(wanted: Wanted, vms: Any, server: Any, waits: Waits) -> list[str]:
    """One run of the task; return the codes of its warnings."""
    state = link.read_state(wanted.client_name, vms, server)
    plan = link.decide(wanted, state)
    warnings = pair.foresee(wanted, state, vms)
    if plan.changed:
        connect.apply(plan, vms, server, waits)
    return [warning.code for warning in warnings]


@pytest.fixture
def sides(fake: Any) -> Any:
    """(system, server) of a pair that has no client and no connection."""
    server = fake.Server(records=[fake.license()])
    return fake.Vms(server, standby="10.1.0.11"), server


def test_a_pair_without_a_number_is_refused_before_anything_is_written(sides: Any, waits: Waits) -> None:
    vms, server = sides
    with pytest.raises(ChangeRefused) as caught:
        run(WANTED, vms, server, waits)
    assert (caught.value.code, caught.value.rule) == ("pair_without_contract_number", "R23")
    assert (server.writes, server.registered, vms.calls, vms.link) == ([], [], [], None)


def test_a_pair_with_its_number_and_a_single_manager_get_their_client(sides: Any, waits: Waits) -> None:
    vms, server = sides
    assert run(replace(WANTED, contract_number="SC-1"), vms, server, waits) == []
    assert (server.writes, vms.link.contract_number) == (["create_client hangzhou"], "SC-1")
    vms.link, server.registered, vms.standby = None, [], None
    assert run(WANTED, vms, server, waits) == []
    assert vms.link.contract_number is None


@pytest.mark.parametrize("left", ["both", "client", "link"])
@pytest.mark.parametrize("reconnect", [Reconnect.WHEN_NEEDED, Reconnect.ALWAYS])
def test_what_is_there_already_is_never_held_up(
    sides: Any, waits: Waits, left: str, reconnect: Reconnect
) -> None:
    """After a lapse the way back in is to reconnect (R20), with or without a number."""
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


@pytest.mark.parametrize("fault", ["lapse", "profile"])
def test_a_system_that_cannot_be_asked_is_warned_about(
    sides: Any, waits: Waits, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vms, server = sides
    if fault == "lapse":
        vms.refuses_login = True
    else:

        def unsupported() -> None:
            raise errors.OperationUnsupported("operation_unsupported", operation="platform", profile="x")

        monkeypatch.setattr(vms, "platform", unsupported)
    assert run(WANTED, vms, server, waits) == ["pair_not_checked"]
    assert server.writes == ["create_client hangzhou"]


def test_a_system_that_answers_with_a_fault_stops_the_task_before_it_writes(
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
def test_a_blank_number_is_none(text: str | None, number: str | None) -> None:
    assert contract_number(text) == number
    options = {
        "license_server": {"host": "10.1.0.5", "port": 28443, "client_port": 5555},
        "client_name": "hangzhou",
        "reconnect": "when_needed",
        "contract_number": text,
    }
    assert client_io.wanted_connection(options, Catalog.builtin()).contract_number == number
