# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the operations: a clock, waits, the fakes, and the check that every error can be rendered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import LANGUAGES, render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import cause_of
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from ....fakes.license_server import Clock, Failure, FakeServer, a_license
from ....fakes.vms import FakeVms


@pytest.fixture(autouse=True)
def every_error_can_be_rendered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Assert that each error of a test, and each of its causes, can be rendered in every language."""
    made: list[OperationError] = []
    original = OperationError.__init__

    def remember(self: OperationError, *args: Any, **fields: Any) -> None:
        original(self, *args, **fields)
        made.append(self)

    monkeypatch.setattr(OperationError, "__init__", remember)
    yield
    for error in made:
        for cause in (cause_of(error), *error.causes):
            for language in LANGUAGES:
                assert render(cause.code, cause.fields, language)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def waits(clock: Clock) -> Waits:
    return Waits(10, 1, clock, clock.sleep)


@pytest.fixture
def fake() -> Any:
    """The fakes, for tests to instantiate."""

    class Fakes:
        Server = FakeServer
        Vms = FakeVms
        Failure = Failure
        license = staticmethod(a_license)
        LOST = errors.Unreachable("unreachable_reset", sent=True, endpoint="https://ls:1")

    return Fakes
