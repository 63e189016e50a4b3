# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the shipped operations without a login; its list of hosts has a total."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import ResponsePart, Source
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import OFFSET, Paging

# The shipped operations without a login; logins are tested separately. The list of hosts has a total.
_OPEN = load_profile(
    {
        "extends": "usphere_7",
        "name": "open",
        "bases": {
            "vms": {"path": "/cas/casrs", "auth": "none"},
            "license_server": {"path": "/licsmgr/api/v1", "auth": "none"},
        },
    }
)


_BY_OFFSET = Paging(OFFSET, "offset", "limit", 1000, total=Source(ResponsePart.HEADER, name="Total"))


OPEN = replace(
    _OPEN,
    operations={
        **_OPEN.operations,
        "list_hosts": replace(_OPEN.operations["list_hosts"], paging=_BY_OFFSET),
    },
)


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(connect: Any, slept: list[float]) -> Client:
    return Client(connect(), OPEN, sleep=slept.append)


def in_turn(*replies: Any) -> Callable[[Any], Any]:
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def html(reply: Any) -> Any:
    return reply(200, b"<!DOCTYPE html><html>down</html>", [("Content-Type", "text/html")])
