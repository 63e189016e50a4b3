# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wrong password of a server that several systems share is sent once, however many threads read."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.refused_accounts import (
    GuardedServer,
    RefusedAccounts,
    account_of,
    manager_account,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    Unreachable,
)

WHERE = {"endpoint": "https://x:1", "username": "automation"}
PARAMS = {"host": "10.1.0.5", "port": 28443, "username": "automation", "password": "wrong"}


class Server:
    """A License Server that counts calls, and raises ``error`` if there is one."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.calls = 0

    def server(self) -> Any:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return "info"

    license_list = server


def read_by_threads(accounts: RefusedAccounts, server: Server, count: int = 8) -> list[object]:
    found: list[object] = []

    def read() -> None:
        try:
            found.append(GuardedServer(server, accounts, account_of(PARAMS)).server())
        except (AuthenticationFailed, Unreachable) as error:
            found.append(error)

    threads = [threading.Thread(target=read) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_refused_account_is_used_once() -> None:
    error = AuthenticationFailed("authentication_failed", "R20", **WHERE)
    server = Server(error)
    assert read_by_threads(RefusedAccounts(60, lambda: 100.0), server) == [error] * 8
    assert server.calls == 1


def test_after_its_time_it_is_tried_again() -> None:
    clock = [100.0]
    accounts = RefusedAccounts(60, lambda: clock[0])
    server = Server(AuthenticationFailed("authentication_failed", "R20", **WHERE))
    read_by_threads(accounts, server)
    clock[0] = 159.0
    read_by_threads(accounts, server)
    assert server.calls == 1
    clock[0] = 160.0
    server.error = None
    assert read_by_threads(accounts, server) == ["info"] * 8


def test_other_errors_and_other_passwords_are_not_remembered() -> None:
    accounts = RefusedAccounts(60, lambda: 100.0)
    server = Server(Unreachable("unreachable_refused", **WHERE))
    read_by_threads(accounts, server)
    assert server.calls == 8
    server = Server(AuthenticationFailed("authentication_failed", "R20", **WHERE))
    read_by_threads(accounts, server)
    good = Server(None)
    other = account_of({**PARAMS, "password": "right"})
    assert GuardedServer(good, accounts, other).server() == "info"
    with pytest.raises(AuthenticationFailed):
        GuardedServer(good, accounts, account_of(PARAMS)).license_list()


def test_what_another_server_refuses_does_not_count_for_a_manager() -> None:
    accounts = RefusedAccounts(60, lambda: 0.0)
    account = manager_account(PARAMS)
    for endpoint in ("https://license-server:1", "https://vms:1", "https://vms:1"):
        with pytest.raises(AuthenticationFailed) as caught, accounts.guard(account, "https://vms:1"):
            raise AuthenticationFailed("authentication_failed", endpoint=endpoint, username="automation")
        assert caught.value.fields["endpoint"] == endpoint
    with pytest.raises(AuthenticationFailed), accounts.guard(account, "https://vms:1"):
        pytest.fail("the account was used again")


def test_the_spelling_of_an_address_makes_no_other_account() -> None:
    named, spelled = ({**PARAMS, "host": host} for host in ("vms.example.com", "VMS.example.com."))
    assert account_of(spelled) == account_of(named)
    assert manager_account(spelled) == manager_account(named) != account_of(named)
    assert account_of({**PARAMS, "password": "right"}) != account_of(PARAMS)
