# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of requests of the inventory grows with the pages of hosts only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Site

# Requests to a VMS whose hosts fit in one page; one counts the hosts, one is for the empty page after them.
READS_OF_VMS = 10


def hosts(listed: Any, group: str) -> list[str]:
    return list(listed.get(group, {}).get("hosts", ()))


@pytest.mark.parametrize("more", [0, 2500])
def test_requests_grow_with_pages_only(more: int, site: Site) -> None:
    if more:
        grown = {"name": "more", "count": more, "cpu_sockets": 2, "arch": "x86_64"}
        site.simulator.control("POST", "/nodes/hangzhou/hosts", grown)
    site.write(list=["hosts", "systems"])
    site.simulator.requests()
    listed, _messages = site.inventory()
    assert len(hosts(listed, "usphere_system_hangzhou")) == 2 + more
    requests = site.simulator.requests()
    # A page has 1,000 hosts. The License Server is read for its time by both systems, for its licenses once.
    pages = -(-(2 + more) // 1000)
    assert requests == {"hangzhou": READS_OF_VMS - 1 + pages, "chengdu": READS_OF_VMS, "ls": 3}
