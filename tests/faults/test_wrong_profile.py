# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile that does not fit its server ends every module with a sentence; nothing is changed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import processes
import pytest
from apis import APIS, SECOND
from matrix import site_of
from operation import FEATURE, FORMAL, Site, license_of, stock_of
from processes import Args
from simulator import Simulator

Profile = dict[str, Any]


def shipped(_profile: Profile) -> str:
    """Return the profile of another product."""
    return "usphere_7"


def misspelt(profile: Profile) -> Profile:
    for name in ("list_licenses", "list_hosts"):
        profile["operations"][name]["anser"] = profile["operations"][name].pop("answer")
    return profile


def another_base(profile: Profile) -> Profile:
    for name in ("vms", "license_server"):
        profile["bases"][name]["path"] = "/api/v9"
    return profile


def another_login(profile: Profile) -> Profile:
    for name in ("vms", "license_server"):
        profile["bases"][name]["auth"]["login"]["success"] = {"at": "result.code", "in": [0]}
    return profile


def another_token(profile: Profile) -> Profile:
    profile["bases"]["vms"]["auth"]["token"] = {"cookie": "JSESSIONID"}
    profile["bases"]["license_server"]["auth"]["token"] = {"header": "X-Auth-Token"}
    return profile


def another_success(profile: Profile) -> Profile:
    for name in ("vms", "license_server"):
        profile["bases"][name]["success"] = {"at": "ret", "in": [200]}
    return profile


def another_answer(profile: Profile) -> Profile:
    """Every answer is said to be where it is not."""
    for operation in profile["operations"].values():
        if "answer" in operation:
            operation["answer"] = ["result", "rows"]
    return profile


# What spoils the profile, and what the sentence has to say.
WRONG: dict[str, tuple[Callable[[Profile], Any], str]] = {
    "of another product": (shipped, "check"),
    "misspelt": (misspelt, "got anser; did you mean answer?"),
    "another base": (another_base, "check the name or id in the request, and the endpoint profile"),
    "another sign of a login": (another_login, "breaks a rule in success of the login: "),
    "another token": (another_token, "must contain a token of the session ("),
    "another sign of success": (another_success, "breaks a rule in success of the endpoint profile"),
    "another place of answers": (another_answer, "must contain result; got an object with ret, obj"),
}
# They only save a file, which has neither a sign of success nor a place in a body.
SAVE_A_FILE = ("device_info", "license_request")
OF_BODIES = ("another sign of success", "another place of answers")


def scenario() -> dict[str, Any]:
    host = {"name": "cvk", "cpu_sockets": 2, "cpu_cores": 8, "arch": "x86_64", "count": 2}
    return {
        "license_servers": {"s0-east": {"licenses": [stock_of(FEATURE)]}, "s0-west": {}},
        "vms": {"s0-vms": {"version": "E0760P03", "arch": "x86_64", "hosts": [host]}},
        "keys": [{"key": "KEY", **stock_of(FEATURE)}],
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    processes.load()
    folder = tmp_path_factory.mktemp("wrong")
    with Simulator(folder / "simulator", scenario(), SECOND) as simulator:
        made = site_of(simulator, "s0", folder / "s0")
        made.notes["file"] = str(simulator.issue(folder / "issued", "s0-west", "KEY"))
        yield made


def tasks_of(site: Site) -> dict[str, tuple[str, Args]]:
    """A task of every module; each does or reads something with the right profile."""
    (ident,) = (row["id"] for row in site.rows(site.east, FEATURE))
    shared = {**site.simulator.shared, "timeout": 5.0}
    east = {**shared, **site.end(site.east)}
    server = {**site.end(site.east), "client_port": site.simulator.node(site.east)["client_port"]}
    purchased = {"product": FEATURE, **FORMAL[FEATURE], "purchased": FORMAL[FEATURE]["quantity"]}
    kept = {"license_ids": [ident], "artifacts_dir": str(site.folder / "kept")}
    file = {"path": site.notes["file"], "expect": license_of(FEATURE)}
    join = {"license_server": server, "client_name": site.system, "client_password": "client-of-faults"}
    ends = {"source": site.end(site.east), "destination": site.end(site.west)}
    return {
        "license": ("license", site.args(site.end(site.west), activation_files=[file])),
        "license, absent": ("license", site.args(site.end(site.east), state="absent", **kept)),
        "license_client": ("license_client", site.args(site.end(site.system), **join)),
        "license_migration": (
            "license_migration",
            site.args(**ends, license_ids=[ident], journal=str(site.folder / "journal")),
        ),
        "device_info": ("device_info", {**east, "dest": str(site.folder / "device")}),
        "license_request": (
            "license_request",
            {**east, "keys": [{"key": "KEY", **purchased}], "dest": str(site.folder / "requests")},
        ),
        "license_info": ("license_info", east),
        "vms_facts": ("vms_facts", {**shared, **site.end(site.system)}),
    }


TASKS = ("license, absent", *processes.NAMES)


def _writes(row: dict[str, Any]) -> bool:
    """Whether a request changes something, also if it is one of the product that a profile is of."""
    return all(api.writes(row["method"], row["path"]) for api in APIS.values())


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_profile_ends_in_a_sentence(site: Site, what: str, task: str) -> None:
    spoil, named = WRONG[what]
    name, args = tasks_of(site)[task]
    args["profile"] = spoil(copy.deepcopy(args["profile"]))
    before = site.simulator.call("GET", "/state")["nodes"]
    site.simulator.call("DELETE", "/requests")

    result = processes.run(name, args, site.folder / "runs")

    assert "crash" not in result, result
    assert site.simulator.call("GET", "/state")["nodes"] == before
    assert [row for row in site.simulator.requests() if _writes(row)] == []
    if name in SAVE_A_FILE and what in OF_BODIES:
        assert not result.get("failed"), result
    elif name == "vms_facts" and what == "another sign of success":
        # Each refusal is a fact that is not known, so nothing that depends on it passes.
        unknown = result["ansible_facts"]["usphere"]["unknown"]
        assert {unknown[pointer]["reason"] for pointer in ("/hosts", "/version")} == {"gather_error"}
    else:
        assert result["failed"] is True
        assert named in result["msg"]


@pytest.mark.parametrize("task", TASKS)
def test_the_right_profile_does_what_a_wrong_one_did_not(site: Site, task: str) -> None:
    name, args = tasks_of(site)[task]

    foretold = processes.run(name, args, site.folder / "runs", check=True)

    assert not foretold.get("failed"), foretold
    if name not in SAVE_A_FILE:
        assert foretold["changed"] is (name in ("license", "license_client", "license_migration"))
