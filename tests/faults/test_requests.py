# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests on the wire: so many for a read, so many for a run that changes nothing, never one per host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import processes
import pytest
from matrix import place_of
from processes import Args
from scene import FORMAL, Place
from station import Station

MANY = 1000
FILES = 6
# What the bars allow a read, besides one challenge or token for each side.
TO_VMS, TO_SERVER = 12, 3


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


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Place]]:
    """A system with 10 hosts and one with 1,000, each with its License Server."""
    processes.load()
    folder = tmp_path_factory.mktemp("requests")
    with Station(folder / "station", scenario()) as station:
        yield [place_of(station, slot, folder / slot) for slot in ("s0", "s1")]


def count(place: Place, name: str, args: Args) -> tuple[dict[str, Any], Counter[str], Counter[str]]:
    """Run a module; return its result, its requests by node, and its logins by node."""
    place.station.call("DELETE", "/requests")
    result = place.notes["run"](name, args)
    assert not result.get("failed"), result
    rows = place.station.requests()
    return (
        result,
        Counter(row["node"] for row in rows if not row["auth"]),
        Counter(row["node"] for row in rows if row["auth"]),
    )


def read(place: Place, name: str) -> Args:
    return {**place.end(name), "ca_path": place.station.endpoints["ca"]}


def test_reading_a_system_costs_the_same_whatever_its_size(places: list[Place]) -> None:
    seen = []
    for place in places:
        args = {**read(place, place.system), "license_server": place.end(place.east)}
        result, asked, logins = count(place, "vms_facts", args)
        hosts = result["ansible_facts"]["usphere"]["hosts"]
        assert asked[place.system] <= TO_VMS
        assert asked[place.east] <= TO_SERVER
        assert logins == {place.system: 1, place.east: 1}
        seen.append((len(hosts), asked[place.system], asked[place.east]))
    assert [hosts for hosts, _vms, _server in seen] == [10, MANY]
    assert seen[0][1:] == seen[1][1:]


def connected(place: Place) -> tuple[str, Args]:
    port = place.station.node(place.east)["client_port"]
    server = {**place.end(place.east), "client_port": port}
    return "license_client", place.args(
        place.end(place.system), license_server=server, client_name=place.system
    )


def installed(place: Place) -> tuple[str, Args]:
    def issue(number: int) -> str:
        key = f"KEY-{place.slot}-{number}".upper()
        return str(place.station.issue(place.folder / str(number), place.west, key))

    files = place.notes.setdefault("west", [issue(number) for number in range(FILES)])
    return "license", place.args(place.end(place.west), activation_files=[{"path": path} for path in files])


def removed(place: Place) -> tuple[str, Args]:
    if "gone" not in place.notes:
        key = f"KEY-{place.slot}-{FILES}".upper()
        file = place.station.issue(place.folder / "gone", place.west, key)
        done = place.notes["run"]("license", place.args(place.end(place.west), activation_file=str(file)))
        place.notes["gone"] = [license_["id"] for license_ in done["licenses"]]
    kept = str(place.folder / "kept")
    ids = place.notes["gone"]
    return "license", place.args(place.end(place.west), state="absent", license_ids=ids, artifacts_dir=kept)


def told(place: Place) -> tuple[str, Args]:
    return "device_info", {**read(place, place.east), "dest": str(place.folder / "device")}


def asked_for(place: Place) -> tuple[str, Args]:
    keys = [
        {"key": f"KEY-{place.slot}-{number}".upper(), "product": "srm", **FORMAL["srm"]}
        for number in range(FILES)
    ]
    return "license_request", {**read(place, place.east), "keys": keys, "dest": str(place.folder / "ask")}


def listed(place: Place) -> tuple[str, Args]:
    return "license_info", read(place, place.east)


# Each with the requests of a run that changes nothing: ``license`` may make three. One of them reads which
# server it is and its time, or the device once more: a success names what it rests on.
TASKS: tuple[tuple[Callable[[Place], tuple[str, Args]], int], ...] = (
    (installed, 2),
    (removed, 3),
    (connected, 6),
    (told, 1),
    (asked_for, 2),
    (listed, 4),
)


@pytest.mark.parametrize(("task", "requests"), TASKS)
def test_a_run_that_changes_nothing(
    places: list[Place], task: Callable[[Place], tuple[str, Args]], requests: int
) -> None:
    for place in places:
        name, args = task(place)
        count(place, name, args)
        result, asked, logins = count(place, name, args)
        assert result["changed"] is False
        assert asked.total() == requests
        assert set(logins.values()) == {1}
