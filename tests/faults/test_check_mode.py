# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode of every module predicts what the real run then does, in random states, and writes nothing."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import processes
import pytest
from apis import APIS
from operation import FORMAL, LOCAL, PACKS, SIZES, Site
from simulator import Simulator

SLOTS = 12
# One number, one set of states and tasks. For a longer run of both APIs: CHECK_MODE_SEEDS="$(seq 100 120)".
_MORE = [int(number) for number in os.environ.get("CHECK_MODE_SEEDS", "").split()]
# The two seeds of a short run are shared out.
RUNS = [(api, seed) for seed in _MORE for api in APIS] or [("first", 1), ("second", 5)]

Args = dict[str, Any]
Task = tuple[str, Args]
PRODUCTS = tuple(FORMAL)


def licenses(dice: random.Random) -> list[dict[str, Any]]:
    """What stands on a License Server: each product at most once formal and once temporary."""
    rows = []
    for product, given in FORMAL.items():
        if dice.random() < 0.6:
            rows.append({"product": product, "kind": "formal", **given})
        if dice.random() < 0.2:
            term = {"term_days": 30, "issued_days_ago": dice.choice((3, 40))}
            rows.append({"product": product, "kind": "temporary", **given, **term})
    return rows


def scenario(dice: random.Random) -> dict[str, Any]:
    servers: dict[str, Any] = {}
    systems: dict[str, Any] = {}
    nodes: dict[str, Any] = {}
    keys = []
    for number in range(SLOTS):
        slot = f"s{number}"
        servers[f"{slot}-east"] = {"licenses": licenses(dice)}
        servers[f"{slot}-west"] = {"licenses": licenses(dice) if dice.random() < 0.3 else []}
        if dice.random() < 0.6:
            client = {"name": f"{slot}-vms", "password": "client-of-faults"}
            servers[f"{slot}-east"]["clients"] = [client, *others(dice)]
        packs = [{"product": PACKS, "kind": "formal", "code": LOCAL[PACKS]["code"], "packs": SIZES}]
        stock = packs if dice.random() < 0.5 else []
        nodes[f"{slot}-node"] = {"product": PACKS, "version": "E0760P03", "licenses": stock}
        host = {"name": "cvk", "cpu_sockets": 2, "cpu_cores": 8, "arch": "x86_64", "vms": 1, "count": 2}
        systems[f"{slot}-vms"] = {"version": "E0760P03", "arch": "x86_64", "hosts": [host]}
        if servers[f"{slot}-east"].get("clients") and dice.random() < 0.5:
            link = {"server": f"{slot}-east", "client": f"{slot}-vms"}
            systems[f"{slot}-vms"]["license_server"] = link
        keys += [
            {"key": f"KEY-{slot}-{item}".upper(), "product": item, "kind": "formal", **FORMAL[item]}
            for item in PRODUCTS
        ]
        keys.append({"key": f"KEY-{slot}-{PACKS}".upper(), **packs[0]})
    return {"license_servers": servers, "vms": systems, "product_nodes": nodes, "keys": keys}


def others(dice: random.Random) -> list[dict[str, Any]]:
    """Other clients of a License Server: none, or one with or without a quota."""
    if dice.random() < 0.7:
        return []
    quota = [{"product": "srm", "arch": "x86_64", "quantity": 3}] if dice.random() < 0.5 else []
    return [{"name": "another", "password": "of-another", "quota": quota}]


def installs(site: Site, dice: random.Random) -> Task:
    bought = site.notes.setdefault("bought", set(PRODUCTS))
    chosen = dice.sample(sorted(bought), dice.randint(1, len(bought))) if bought else []
    if not chosen:
        return reads_server(site, dice)
    files = []
    for product in chosen:
        bought.discard(product)
        file = site.simulator.issue(site.folder / product, site.east, site.key(product))
        files.append({"path": str(file), "expect": {"product": product, "kind": "formal", **FORMAL[product]}})
    args = site.args(site.end(site.east), activation_files=files, allow_unbalanced=dice.random() < 0.3)
    if dice.random() < 0.3:
        args["client"] = dice.choice((site.system, "another"))
    return "license", args


def node(site: Site) -> str:
    return f"{site.slot}-node"


def installs_packs(site: Site, dice: random.Random) -> Task:
    """Onto the product's own node; or onto the License Server, where they do not belong (R27)."""
    if site.notes.setdefault("packs", False):
        return reads_server(site, dice)
    site.notes["packs"] = True
    file = site.simulator.issue(site.folder / PACKS, node(site), site.key(PACKS))
    wanted = {"path": str(file), "expect": {"product": PACKS, "kind": "formal", **LOCAL[PACKS]}}
    if dice.random() < 0.3:
        return "license", site.args(site.end(site.east), activation_files=[wanted])
    return "license", site.args(site.end(node(site)), product_node=PACKS, activation_files=[wanted])


def uninstalls_packs(site: Site, dice: random.Random) -> Task:
    rows = site.simulator.state(node(site))["licenses"]
    chosen = [row["id"] for row in rows[:1]] or ["LS-999999"]
    kept = {"license_ids": chosen, "artifacts_dir": str(site.folder / "kept-packs")}
    return "license", site.args(site.end(node(site)), product_node=PACKS, state="absent", **kept)


def ids(site: Site, dice: random.Random) -> list[str]:
    rows = site.simulator.state(site.east)["licenses"]
    if not rows or dice.random() < 0.1:
        return ["LS-999999"]
    return [row["id"] for row in dice.sample(rows, dice.randint(1, min(2, len(rows))))]


def uninstalls(site: Site, dice: random.Random) -> Task:
    kept = str(site.folder / "kept")
    args = site.args(site.end(site.east), state="absent", license_ids=ids(site, dice), artifacts_dir=kept)
    return "license", args


def client(site: Site, dice: random.Random) -> Args:
    server = {
        **site.end(site.east),
        "client_port": site.simulator.node(site.east)["client_port"],
    }
    args = site.args(site.end(site.system), license_server=server, client_name=site.system)
    if dice.random() < 0.9:
        args["client_password"] = "client-of-faults"
    return args


def connects(site: Site, dice: random.Random) -> Task:
    args = client(site, dice)
    args["reconnect"] = dice.choice(("never", "when_needed", "always"))
    if dice.random() < 0.5:
        # As much as there is, less, or more; upgrades without their base; two lines or none.
        args["quota"] = [
            {"product": product, "arch": "x86_64", "quantity": dice.choice((1, 4, 10, 11))}
            for product in dice.sample(PRODUCTS, dice.randint(0, 2))
        ]
    return "license_client", args


def disconnects(site: Site, dice: random.Random) -> Task:
    return "license_client", {**client(site, dice), "state": "absent"}


def migrates(site: Site, dice: random.Random) -> Task:
    args = site.args(
        source=site.end(site.east),
        destination=site.end(site.west),
        journal=str(site.folder / "journal"),
        license_ids=ids(site, dice),
        state=dice.choice(("migrated", "migrated", "aborted")),
        allow_unbalanced=dice.random() < 0.3,
    )
    if dice.random() < 0.3 and args["state"] == "migrated":
        args["quantities"] = [dice.choice((1, 4, 50))]
    return "license_migration", args


def saves_device(site: Site, dice: random.Random) -> Task:
    args = _connection(site, site.east)
    return "device_info", {**args, "dest": str(site.folder / "device")}


def requests(site: Site, dice: random.Random) -> Task:
    product = dice.choice(PRODUCTS)
    key = {"key": site.key(product), "product": product, **FORMAL[product]}
    key["purchased"], key["quantity"] = dice.choice((1, 10)), dice.choice((1, 4))
    args = _connection(site, site.east)
    return "license_request", {**args, "keys": [key], "dest": str(site.folder / "requests")}


def reads_server(site: Site, dice: random.Random) -> Task:
    return "license_info", _connection(site, site.east)


def reads_system(site: Site, dice: random.Random) -> Task:
    server = site.end(site.east)
    return "vms_facts", {**_connection(site, site.system), "license_server": server}


def _connection(site: Site, name: str) -> Args:
    return {**site.end(name), **site.simulator.shared, "timeout": 5.0}


TASKS: tuple[Callable[[Site, random.Random], Task], ...] = (
    installs,
    installs,
    uninstalls,
    uninstalls,
    installs_packs,
    uninstalls_packs,
    connects,
    connects,
    disconnects,
    migrates,
    migrates,
    saves_device,
    requests,
    reads_server,
    reads_system,
)
SAID = ("failed", "failure", "changed", "plan", "diff", "unchecked", "certainty")


def said(result: Args) -> Args:
    """What both runs have to agree on."""
    assert "crash" not in result, result
    found = {key: result.get(key) for key in SAID}
    # A path that is there by then is the same path; a sentence may name an instant.
    if found["failure"]:
        found["failure"] = found["failure"]["code"]
    return found


def shown(about: str, foretold: Args, done: Args) -> str:
    wanted = ("msg", *SAID)
    return "\n".join([about, *(str({key: one.get(key) for key in wanted}) for one in (foretold, done))])


def on_disk(site: Site) -> dict[str, bytes]:
    """Everything that a run may have written, apart from the test's own records of runs."""
    files = (path for path in site.folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if "runs" not in path.parts}


@pytest.mark.parametrize(("api", "seed"), RUNS)
def test_check_mode_foretells_the_real_run_and_writes_nothing(api: str, seed: int, tmp_path: Path) -> None:
    processes.load()
    dice = random.Random(seed)  # noqa: S311 - chance to be repeated, no secret
    seen: Counter[str] = Counter()
    with Simulator(tmp_path / "simulator", scenario(dice), APIS[api]) as simulator:
        for slot in range(SLOTS):
            site = Site(simulator, f"s{slot}", tmp_path / f"s{slot}")
            for make in dice.sample(TASKS, 4):
                name, args = make(site, dice)
                runs = site.folder / "runs"
                before, disk = simulator.call("GET", "/state")["nodes"], on_disk(site)

                simulator.call("PUT", "/dry-run", {"on": True})
                foretold = processes.run(name, args, runs, check=True)
                refused = simulator.call("GET", "/dry-run")["refused"]
                simulator.call("PUT", "/dry-run", {"on": False})

                about = f"{api} API, seed {seed}, s{slot}, {make.__name__}: {args}"
                assert refused == [], about
                assert simulator.call("GET", "/state")["nodes"] == before, about
                assert on_disk(site) == disk, about

                done = processes.run(name, args, runs)

                assert said(foretold) == said(done), shown(about, foretold, done)
                seen[f"{name} {'failed' if done.get('failed') else done.get('changed')}"] += 1
                if not done.get("failed") and args.get("reconnect") != "always":
                    assert processes.run(name, args, runs)["changed"] is False, about
    assert {"license True", "license failed"} <= set(seen), seen
    assert {what.partition(" ")[0] for what in seen} == set(processes.NAMES), seen
