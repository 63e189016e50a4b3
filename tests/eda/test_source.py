# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source against real servers over HTTPS."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from site_servers import Site

SECRETS = ("only-for-this-test", "client-only")
SCENARIO = """
clock: "2026-11-24T00:00:00Z"
credentials: {username: automation, password: only-for-this-test}
license_servers:
  ls-east:
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, quantity: 2, key: ABCD-EFGH-7Q2A}
      - {product: vms_standard, arch: x86_64, kind: temporary, quantity: 2, expires_at: "2026-12-06T12:00Z"}
      - {product: srm, arch: x86_64, kind: temporary, quantity: 20, term_days: 90, issued_days_ago: 1}
    clients:
      - {name: hangzhou, password: client-only}
product_nodes:
  dr-1:
    product: disk_backup_dr
    version: E0760P03
    licenses:
      - {product: disk_backup_dr, kind: temporary, packs: [10], term_days: 20, issued_days_ago: 5}
vms:
  hangzhou:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk1, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 20, count: 2}]
    license_server: {server: ls-east, client: hangzhou}
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path, SCENARIO, "all: {}\n") as site:
        yield site


def server(site: Site, name: str, *more: str) -> dict[str, Any]:
    node = site.endpoints["nodes"][name]
    wanted = ("host", "port", "username", "password", *more)
    return {"name": name, "ca_path": site.endpoints["ca"], **{key: node[key] for key in wanted}}


def system(site: Site, **more: Any) -> dict[str, Any]:
    east = server(site, "ls-east", "client_id", "client_secret")
    east.pop("name")
    return {**server(site, "hangzhou"), "license_server": east, **more}


def args(site: Site, **more: Any) -> dict[str, Any]:
    return {"systems": [system(site)], "clock": "license_server", **more}


def test_a_system_is_read_as_it_is(site: Site, watch: Callable[..., None]) -> None:
    async def steps(feed: Any) -> None:
        (event,) = await feed.until(1)
        assert (event["type"], event["system"], event["days_left"]) == ("lapse", "hangzhou", 12)
        assert event["license"]["id"] == "LS-000002"
        assert event["license"]["quantity"] == 2
        assert event["then"] == {
            "login_interrupted": True, "missing": 2, "edition": "standard", "upgrades_ok": True,
            "covered": False, "unknown": {},
        }  # fmt: skip
        state = site.node("ls-east")["licenses"]
        assert event["expires_at"] in json.dumps(state), "the end is the server's own"

    watch(args(site), steps)
    assert site.writes() == [], "a source only reads"


def test_a_lapse_that_comes_and_the_login_that_it_costs(
    site: Site, watch: Callable[..., None], tmp_path: Path
) -> None:
    async def steps(feed: Any) -> None:
        await feed.until(1)
        site.control("POST", "/clock/advance", {"seconds": 13 * 86400})
        events = await feed.until(2)
        assert (events[1]["type"], events[1]["system"]) == ("login_refused", "hangzhou")

    watch(args(site, state_file=str(tmp_path / "told.json")), steps)


def test_a_license_server_and_a_product_node(site: Site, watch: Callable[..., None]) -> None:
    servers = [
        {**server(site, "ls-east", "client_id", "client_secret"), "clients": {"hangzhou": "hangzhou"}},
        {**server(site, "dr-1", "client_id", "client_secret"), "product_node": "disk_backup_dr"},
    ]

    async def steps(feed: Any) -> None:
        events = {event["subject"]["name"]: event for event in await feed.until(2)}
        assert events["ls-east"]["subject"]["kind"] == "license_server"
        assert (events["ls-east"]["system"], events["ls-east"]["client"]) == ("hangzhou", "hangzhou")
        assert events["dr-1"]["subject"]["kind"] == "node"
        assert events["dr-1"]["license"]["product"] == "disk_backup_dr"
        assert "system" not in events["dr-1"]

    watch({"license_servers": servers, "clock": "license_server"}, steps)


def test_what_both_know_is_told_once(site: Site, watch: Callable[..., None]) -> None:
    known = {**server(site, "ls-east", "client_id", "client_secret"), "clients": {"hangzhou": "hangzhou"}}

    async def steps(feed: Any) -> None:
        (event,) = await feed.until(1)
        assert event["subject"]["kind"] == "system"

    watch(args(site, license_servers=[known]), steps)


def test_a_dead_server_is_an_event_and_the_others_are_served(
    site: Site, watch: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    dead = {**system(site), "name": "chengdu", "port": 1}

    async def steps(feed: Any) -> None:
        events = {event["system"]: event for event in await feed.until(2)}
        assert events["hangzhou"]["type"] == "lapse"
        assert (events["chengdu"]["type"], events["chengdu"]["code"]) == ("unread", "unreachable_refused")
        assert (
            "may occur without an event: https://127.0.0.1:1 refuses the connection"
            in events["chengdu"]["message"]
        )

    with caplog.at_level(logging.WARNING):
        watch({"systems": [system(site), dead], "clock": "license_server", "deadline": 1}, steps)
    assert any("next read in" in record.getMessage() for record in caplog.records)


def test_a_wrong_password_is_sent_once_however_many_systems_name_the_manager(
    site: Site, watch: Callable[..., None]
) -> None:
    before = site.node("hangzhou")["failed_logins"]
    systems = [{**system(site), "name": f"system-{number}", "password": "wrong"} for number in range(4)]

    async def steps(feed: Any) -> None:
        events = await feed.until(4)
        assert {event["type"] for event in events} == {"unread"}

    watch({"systems": systems, "interval": "1h"}, steps)
    assert site.node("hangzhou")["failed_logins"] - before == 1


def test_a_server_that_comes_back_is_read_again(site: Site, watch: Callable[..., None]) -> None:
    fault = {"node": "hangzhou", "kind": "http_500", "method": "GET", "times": 0}

    async def steps(feed: Any) -> None:
        (unread,) = await feed.until(1)
        assert unread["type"] == "unread"
        site.control("DELETE", "/faults")
        events = await feed.until(2)
        assert events[1]["type"] == "lapse"
        site.control("POST", "/faults", fault)
        events = await feed.until(3)
        assert events[2]["type"] == "unread", "it was over, so it is told anew"

    site.control("POST", "/faults", fault)
    watch(args(site, deadline=0.5), steps)


def test_a_license_server_that_is_down_leaves_what_the_system_says(
    site: Site, watch: Callable[..., None]
) -> None:
    async def steps(feed: Any) -> None:
        unknown, totals = await feed.until(2)
        assert (unknown["type"], unknown["what"], unknown["reason"]) == ("unknown", "licenses", "unreachable")
        assert (totals["type"], totals["origin"], totals["expires_at"]) == (
            "lapse", "totals", "2026-12-06T12:00:00Z",
        )  # fmt: skip
        site.control("DELETE", "/faults")
        events = await feed.until(3)
        assert events[2]["license"]["id"] == "LS-000002"

    site.control("POST", "/faults", {"node": "ls-east", "kind": "reset_before", "times": 0})
    watch({"systems": [system(site)], "deadline": 2}, steps)


def test_a_wrong_password_is_sent_once(site: Site, watch: Callable[..., None]) -> None:
    wrong = {**system(site), "password": "not-this-one"}

    async def steps(feed: Any) -> None:
        (event,) = await feed.until(1)
        assert event["type"] == "unread"
        assert site.node("hangzhou")["failed_logins"] == 1

    watch({"systems": [wrong], "interval": 3600, "retry": 0.1}, steps)
    assert site.node("hangzhou")["failed_logins"] == 1


def test_nothing_secret_leaves(
    site: Site, watch: Callable[..., None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = tmp_path / "told.json"
    kept: list[Any] = []

    async def steps(feed: Any) -> None:
        kept.extend(await feed.until(2))

    wrong = {**system(site), "name": "chengdu", "password": "another-secret-word"}
    with caplog.at_level(logging.DEBUG):
        watch({"systems": [system(site), wrong], "clock": "license_server", "state_file": str(state)}, steps)
    secret = site.endpoints["nodes"]["ls-east"]["client_secret"]
    printed = json.dumps(kept) + caplog.text + state.read_text(encoding="utf-8")
    assert "lapse" in printed
    for word in (*SECRETS, "another-secret-word", secret, "ABCD-EFGH"):
        assert word not in printed
