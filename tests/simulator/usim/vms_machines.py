# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual machines of a VMS and the reads of storage and network that inspection scripts make."""

from __future__ import annotations

import bisect
import itertools
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, Response, request

from usim import jobs
from usim.documents import LIST, Document
from usim.jobs import Finish, Job, Outcome
from usim.quirks import styled
from usim.simulation import Simulation
from usim.store import node_row
from usim.vms_answers import MACHINE_NOT_FOUND, VmsAnswers
from usim.vms_hosts import cluster_of, find_host, hosts_of
from usim.vms_tasks import message_body
from usim.webapp import Refusal

RUNNING, STOPPED = "running", "shutOff"
_PER_HOST = 10_000  # numbers of machines begin with the number of their host


@dataclass(frozen=True)
class Machine:
    """One virtual machine; ``power`` is its state unless somebody started or stopped it."""

    host: sqlite3.Row
    index: int
    power: str

    @property
    def number(self) -> int:
        return int(self.host["id"]) * _PER_HOST + self.index

    @property
    def name(self) -> str:
        return f"vm-{self.host['id']}-{self.index}"

    def body(self) -> dict[str, object]:
        cluster = cluster_of(self.host)
        body: dict[str, object] = {
            "id": self.number,
            "hostId": self.host["id"],
            "name": self.name,
            "title": self.name,
            "vmStatus": self.power,
            "protectModel": self.index % 2,  # a trap: it has nothing to do with SRM
        }
        if cluster is not None:
            body["clusterId"] = cluster
        if self.power == RUNNING:
            body |= {"castoolsStatus": 1, "cpuRate": 12.5, "memRate": 40.25}
        return body


class Machines:
    """The machines of one VMS at one moment, numbered through all hosts."""

    def __init__(self, hosts: list[sqlite3.Row], power: Mapping[str, str]) -> None:
        self._hosts = hosts
        self._power = power
        self._ends = list(itertools.accumulate(host["vms"] for host in hosts))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, place: int) -> Machine:
        which = bisect.bisect_right(self._ends, place)
        host = self._hosts[which]
        return self._machine(host, place - (self._ends[which] - host["vms"]))

    def _machine(self, host: sqlite3.Row, index: int) -> Machine:
        usual = STOPPED if index < host["vms"] // 4 else RUNNING
        return Machine(host, index, self._power.get(str(host["id"] * _PER_HOST + index), usual))

    def find(self, text: str) -> Machine:
        number, index = divmod(int(text), _PER_HOST) if text.isdecimal() and len(text) < 15 else (-1, 0)
        for host in self._hosts:
            if host["id"] == number and index < host["vms"]:
                return self._machine(host, index)
        raise Refusal(409, MACHINE_NOT_FOUND, "虚拟机不存在。")

    def running_on(self, host: int) -> int:
        return sum(
            self._machine(row, index).power == RUNNING
            for row in self._hosts
            if row["id"] == host
            for index in range(row["vms"])
        )


def machines_of(db: sqlite3.Connection, node: str, host: str | None = None) -> Machines:
    """Return the machines of a VMS, or of one of its hosts."""
    rows = [row for row in hosts_of(db, node) if host in (None, str(row["id"]))]
    return Machines(rows, json.loads(node_row(db, node)["details"]).get("power", {}))


def power_worker(simulation: Simulation, job: Job) -> Finish:
    """``PUT /vm/start`` and ``/vm/stop``: the machine changes its state when the work ends."""

    def finish(db: sqlite3.Connection) -> Outcome:
        details = json.loads(node_row(db, job.node)["details"])
        power = {**details.get("power", {}), str(job.body["machine"]): job.body["state"]}
        changed = json.dumps({**details, "power": power})
        db.execute("UPDATE nodes SET details = ? WHERE name = ?", (changed, job.node))
        return Outcome()

    return finish


def register(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    _register_machines(app, simulation, node, base, answers)
    _register_power(app, simulation, node, base, answers)
    _register_storage(app, simulation, node, base, answers)


def _register_machines(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    def find(number: str) -> Machine:
        with simulation.store.transaction() as db:
            return machines_of(db, node).find(number)

    @app.get(f"{base}/host/detail")
    def host_detail() -> Response:
        row = find_host(simulation, node, request.args.get("hostId", ""))
        with simulation.store.transaction() as db:
            running = machines_of(db, node).running_on(row["id"])
        body = {"vmNum": row["vms"], "vmRunCount": running, "vmShutoff": row["vms"] - running}
        return answers.by_turns("hostDetail", body, "detail")

    @app.get(f"{base}/vm/vmList")
    def vm_list() -> Response:
        with simulation.store.transaction() as db:
            machines = machines_of(db, node, request.args.get("hostId"))

        def shown(place: int) -> object:
            machine = machines[place]
            return styled(machine.body(), machine.index % 2 == 1)

        return answers.page("domain", len(machines), shown)

    @app.get(f"{base}/vm/detail/<number>")
    def vm_detail(number: str) -> Response:
        machine = find(number)
        disk = {
            "device": "disk",
            "deviceName": "vda",
            "format": "qcow2",
            "cacheType": "directsync",
            "path": f"/vms/isos/{machine.name}",
        }
        network = {"vsName": "vswitch0", "deviceModel": "virtio", "isKernelAccelerated": 1}
        more = {"storage": [disk], "network": [network]}
        return answers.send(Document("domain", {**machine.body(), **more}))

    @app.get(f"{base}/vm/id/<number>/monitor")
    def vm_monitor(number: str) -> Response:
        machine = find(number)
        body: dict[str, object] = {"id": machine.number, "name": machine.name}
        if machine.power == RUNNING:
            body["partition"] = [{"device": name, "usage": 25.5} for name in ("/", "/boot")]
        return answers.send(Document("domain", body))

    @app.get(f"{base}/vmTemplate/all")
    def templates() -> Response:
        return answers.send(Document(LIST, {"vmTemplate": [{"id": 1, "name": "template"}]}))

    @app.get(f"{base}/backupStrategy/backupStrategyList")
    def backup_strategies() -> Response:
        return answers.send(Document(LIST, {"backupStrategy": []}))


def _register_power(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    def change(number: str, state: str) -> Response:
        with simulation.store.transaction() as db:
            machine = machines_of(db, node).find(number)
            work: dict[str, str | int | None] = {"machine": machine.number, "name": machine.name}
            work["state"] = state
            message = jobs.post(db, simulation, node, "power", work)
            row = jobs.find_message(db, node, str(message))
        assert row is not None
        begun = styled(message_body(row, node, simulation), True)
        assert isinstance(begun, dict)
        return answers.send(Document("message", begun))

    @app.put(f"{base}/vm/start/<number>")
    def start(number: str) -> Response:
        return change(number, RUNNING)

    @app.put(f"{base}/vm/stop/<number>")
    def stop(number: str) -> Response:
        return change(number, STOPPED)


def _register_storage(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    @app.get(f"{base}/host/id/<number>/storage")
    def shared_storage(number: str) -> Response:
        find_host(simulation, node, number)
        pool = {"name": "shared", "totalSize": 1_000_000, "freeSize": 750_000, "path": "/vms/shared"}
        return answers.send(Document(LIST, {"storagePool": [pool]}))

    @app.get(f"{base}/host/id/<number>/monitor")
    def host_monitor(number: str) -> Response:
        row = find_host(simulation, node, number)
        disks = [{"device": name, "usage": 25.5} for name in ("sda1", "sda2")]
        return answers.send(Document("host", {"id": row["id"], "name": row["name"], "disk": disks}))

    @app.get(f"{base}/host/id/<number>/vswitch")
    def switches(number: str) -> Response:
        find_host(simulation, node, number)
        switch = {"name": "vswitch0", "status": 1, "pnic": "eth0"}
        return answers.send(Document("host", {"vSwitch": [switch]}))

    @app.get(f"{base}/storage/pool")
    def storage_pools() -> Response:
        find_host(simulation, node, request.args.get("hostId", ""))
        pools = [{"name": name, "status": 1} for name in ("isopool", "defaultpool")]
        return answers.send(Document(LIST, {"storagePool": pools}))
