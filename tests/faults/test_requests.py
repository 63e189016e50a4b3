# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests on the wire: a fixed number for a read and for an unchanged run, never one per host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import processes
import pytest
from apis import APIS, FIRST, SECOND
from matrix import site_of
from operation import FORMAL, Site
from processes import Args
from simulator import Simulator

MANY = 1000
FILES = 6
# What the bars allow a read, besides one challenge or token for each side, and giving the token back.
TO_VMS, TO_SERVER = 12, 3
# Hosts of a page: what the shipped profile asks for, and the most that the second API gives. With the latter
# 1,000 hosts take one request more than 10.
LARGEST_PAGE = {FIRST: 1000, SECOND: 500}


def scenario() -> dict[str, Any]:
    servers: dict[str, Any] = {}
    systems: dict[str, Any] = {}
    for slot, count in (("s0", 10), ("s1", MANY)):
        client = {"name": f"{slot}-vms", "password": "client-of-faults"}
        licenses = [{"product": product, "kind": "formal", **given} for product, given in FORMAL.items()]
        servers |= {f"{slot}-east": {"licenses": licenses, "clients": [client]}, f"{slot}-west": {}}
        host = {"name": "cvk", "cpu_sockets": 2, "cpu_cores": 8, "arch": "x86_64", "vms": 1, "count": count}
        link = {"server": f"{slot}-east", "client": f"{slot}-vms"}
        pair = {"slave_ip": "10.1.0.11"}
        system = {"version": "E0760P03", "arch": "x86_64", "hosts": [host], "hot_standby": pair}
        systems[f"{slot}-vms"] = {**system, "license_server": {**link, "contract_number": "SC-1"}}
    keys = [
        {"key": f"KEY-{slot}-{number}".upper(), "product": "srm", **FORMAL["srm"]}
        for slot in ("s0", "s1")
        for number in range(FILES + 1)
    ]
    return {"license_servers": servers, "vms": systems, "keys": keys}


@pytest.fixture(scope="module", params=APIS.values(), ids=list(APIS))
def sites(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Site]]:
    """A system with 10 hosts and one with 1,000, each with its License Server."""
    processes.load()
    folder = tmp_path_factory.mktemp("requests")
    with Simulator(folder / "simulator", scenario(), request.param) as simulator:
        yield [site_of(simulator, slot, folder / slot) for slot in ("s0", "s1")]


def count(
    site: Site, name: str, args: Args, check: bool = False
) -> tuple[dict[str, Any], Counter[str], Counter[str]]:
    """Run a module; return its result, its requests by node, and its logins by node.

    Every token is given back and every session is ended once, after everything else.
    """
    site.simulator.call("DELETE", "/requests")
    result = processes.run(name, args, site.folder / "runs", check=check)
    assert not result.get("failed"), result
    api, rows = site.simulator.api, site.simulator.requests()
    opened = [row["node"] for row in rows if api.opens(row["method"], row["path"])]
    ended = [row for row in rows if api.ends(row["method"], row["path"])]
    assert Counter(row["node"] for row in ended) == Counter(opened)
    assert rows[len(rows) - len(ended) :] == ended
    assert {row["status"] for row in ended} <= {200, 204}
    return (
        result,
        Counter(row["node"] for row in rows if not row["auth"]),
        Counter(row["node"] for row in rows if row["auth"] and row not in ended),
    )


def read(site: Site, name: str) -> Args:
    return {**site.end(name), **site.simulator.shared}


def test_reading_a_system_costs_the_same_whatever_its_size(sites: list[Site]) -> None:
    seen = []
    for site in sites:
        args = {**read(site, site.system), "license_server": site.end(site.east)}
        result, asked, logins = count(site, "vms_facts", args)
        hosts = result["ansible_facts"]["usphere"]["hosts"]
        assert asked[site.system] <= TO_VMS
        assert asked[site.east] <= TO_SERVER
        assert logins == {site.system: 1, site.east: 1}
        seen.append((len(hosts), asked[site.system], asked[site.east]))
    assert [hosts for hosts, _vms, _server in seen] == [10, MANY]
    assert seen[1][1] - seen[0][1] == MANY // LARGEST_PAGE[sites[0].simulator.api] - 1
    assert seen[0][2] == seen[1][2]


def connected(site: Site) -> tuple[str, Args]:
    port = site.simulator.node(site.east)["client_port"]
    server = {**site.end(site.east), "client_port": port}
    return "license_client", site.args(site.end(site.system), license_server=server, client_name=site.system)


def installed(site: Site) -> tuple[str, Args]:
    def issue(number: int) -> str:
        key = f"KEY-{site.slot}-{number}".upper()
        return str(site.simulator.issue(site.folder / str(number), site.west, key))

    if "west" not in site.notes:
        site.notes["west"] = [issue(number) for number in range(FILES)]
    files = [{"path": path} for path in site.notes["west"]]
    return "license", site.args(site.end(site.west), activation_files=files)


def removed(site: Site) -> tuple[str, Args]:
    if "gone" not in site.notes:
        key = f"KEY-{site.slot}-{FILES}".upper()
        file = site.simulator.issue(site.folder / "gone", site.west, key)
        done = site.notes["run"]("license", site.args(site.end(site.west), activation_file=str(file)))
        site.notes["gone"] = [license_["id"] for license_ in done["licenses"]]
    kept = str(site.folder / "kept")
    ids = site.notes["gone"]
    return "license", site.args(site.end(site.west), state="absent", license_ids=ids, artifacts_dir=kept)


def told(site: Site) -> tuple[str, Args]:
    return "device_info", {**read(site, site.east), "dest": str(site.folder / "device")}


def asked_for(site: Site) -> tuple[str, Args]:
    keys = [
        {"key": f"KEY-{site.slot}-{number}".upper(), "product": "srm", **FORMAL["srm"]}
        for number in range(FILES)
    ]
    return "license_request", {**read(site, site.east), "keys": keys, "dest": str(site.folder / "ask")}


def listed(site: Site) -> tuple[str, Args]:
    return "license_info", read(site, site.east)


# Each with the requests of a run that changes nothing, on the first and the second API: ``license`` may make
# three. One of them reads which server it is and its time, or the device once more: a success names what it
# rests on.
TASKS: tuple[tuple[Callable[[Site], tuple[str, Args]], tuple[int, int]], ...] = (
    (installed, (2, 2)),
    (removed, (3, 3)),
    (connected, (6, 6)),
    (told, (1, 1)),
    (asked_for, (2, 2)),
    # On the first API the totals come without their number, so an empty page ends them.
    (listed, (5, 4)),
)


@pytest.mark.parametrize(("task", "requests"), TASKS)
def test_a_run_that_changes_nothing(
    sites: list[Site], task: Callable[[Site], tuple[str, Args]], requests: tuple[int, int]
) -> None:
    for site in sites:
        name, args = task(site)
        count(site, name, args)
        result, asked, logins = count(site, name, args)
        assert result["changed"] is False
        assert asked.total() == dict(zip(APIS.values(), requests, strict=True))[site.simulator.api]
        assert set(logins.values()) == {1}


@pytest.mark.parametrize("task", [task for task, _requests in TASKS])
def test_check_mode_logs_in_and_out_once(sites: list[Site], task: Callable[[Site], tuple[str, Args]]) -> None:
    name, args = task(sites[0])
    _result, _asked, logins = count(sites[0], name, args, check=True)
    assert set(logins.values()) == {1}
