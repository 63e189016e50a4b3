# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients are closed at the end of the work that opened them, whatever its result is."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import Unreachable
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.open_clients import (
    OpenClients,
    closing_clients,
    opened,
)


class Opened:
    """A client that records when it is closed, and can fail then."""

    def __init__(self, name: str, closed: list[str], error: Exception | None = None) -> None:
        self.name, self.closed, self.error = name, closed, error

    def close(self) -> None:
        self.closed.append(self.name)
        if self.error is not None:
            raise self.error


def test_clients_are_closed_once_and_in_reverse() -> None:
    closed: list[str] = []
    with closing_clients():
        first = Opened("first", closed)
        assert opened(first) is first
        opened(Opened("second", closed))
        assert closed == []
    assert closed == ["second", "first"]


@pytest.mark.parametrize("error", [Unreachable("unreachable_refused", endpoint="x"), OSError("closed")])
def test_a_client_that_cannot_be_closed_changes_nothing(error: Exception) -> None:
    closed: list[str] = []
    with closing_clients():
        opened(Opened("first", closed))
        opened(Opened("second", closed, error))
    assert closed == ["second", "first"]


def test_an_error_closes_the_clients_and_is_kept() -> None:
    closed: list[str] = []

    def work() -> None:
        with closing_clients():
            opened(Opened("first", closed, OSError("closed")))
            raise SystemExit

    with pytest.raises(SystemExit):
        work()
    assert closed == ["first"]


def test_outside_the_caller_closes_a_client() -> None:
    closed: list[str] = []
    opened(Opened("first", closed))
    with closing_clients():
        pass
    assert closed == []


def test_shared_clients_outlive_the_work_that_opened_them() -> None:
    closed: list[str] = []
    shared = OpenClients()
    with closing_clients():
        opened(Opened("own", closed))
        with shared.collecting():
            opened(Opened("shared", closed))
    assert closed == ["own"]
    shared.close()
    shared.close()
    assert closed == ["own", "shared"]


def test_another_thread_has_its_own_clients() -> None:
    closed: list[str] = []

    def work() -> None:
        with closing_clients():
            opened(Opened("inner", closed))

    with closing_clients():
        opened(Opened("outer", closed))
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert closed == ["inner"]
    assert closed == ["inner", "outer"]
