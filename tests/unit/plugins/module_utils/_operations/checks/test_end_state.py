# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock without a zone does not decide what has expired, and the check says so."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.checks import end_state
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import ServerInfo


class _Clock:
    def __init__(self, time: str) -> None:
        self._time = time

    def server(self) -> ServerInfo:
        return ServerInfo("ls-east", None, self._time)


@pytest.mark.parametrize(
    ("time", "codes"), [("2026-11-24T00:00:00Z", []), ("2026-11-24T08:00:00", ["unchecked_clock_zone"])]
)
def test_the_clock_of_the_server_needs_a_zone(time: str, codes: list[str]) -> None:
    unchecked: list[Any] = []
    now = end_state._clock(_Clock(time), None, unchecked)  # type: ignore[arg-type]  # only the clock is read
    assert [cause.code for cause in unchecked] == codes
    assert now.tzinfo is not None
    if codes:
        text = render(codes[0], unchecked[0].fields, "en")
        assert "ls-east" in text
        assert "timezone" in text
    else:
        assert now.isoformat() == "2026-11-24T00:00:00+00:00"
