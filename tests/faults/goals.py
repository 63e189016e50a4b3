# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Goals of the soak test: the task, the end state that it must reach, and the work of the operator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import processes
from instructions import Operator, Result, codes_of
from operation import BASE
from processes import Args
from simulator import Simulator
from soak_servers import Holding, Site
from testbed import Task
from verdict import Word, spoke

PASSWORD = "client-of-the-soak"


class Goal(ABC):
    """``servers`` are the ones that it works on; ``about`` is the license, "" if it is about none."""

    kind = ""
    module = ""
    about = ""
    system = ""

    @property
    def subject(self) -> str:
        """What no other goal may take meanwhile."""
        return self.about or self.system

    def __init__(self, site: Site, folder: Path, *servers: str) -> None:
        self.site, self.folder, self.servers = site, folder, servers
        folder.mkdir(parents=True)

    @abstractmethod
    def args(self) -> Args:
        """The module's options now."""

    @abstractmethod
    def wrong(self) -> list[str]:
        """What is not as it has to be in the end."""

    @abstractmethod
    def word(self, result: Result) -> Word:
        """What a run said of the license."""

    def act(self, result: Result) -> None:  # noqa: B027 - most words say to run the task again
        """Do what the words of a run that failed, or that waits, say. Raises instructions.Puzzled."""

    def reached(self) -> None:  # noqa: B027 - not every goal changes what the operator knows
        """Note what the operator knows now."""

    def _live_on(self, *servers: str) -> list[str]:
        sites = self.site.sight(self.about).sites
        return [] if sites == list(servers) else [f"live on {sites}, not on {list(servers)}"]


class Install(Goal):
    """An activation file onto a server: of a key, or of what was removed somewhere."""

    kind, module = "install", "license"

    def __init__(self, site: Site, folder: Path, server: str, holding: Holding | None) -> None:
        super().__init__(site, folder, server)
        if holding is None:
            self._file = site.simulator.issue(folder, server, site.keys.pop())
            (bought,) = set(site.ledger.look()) - set(site.known)
            site.known.add(bought)
            holding = Holding(bought, 0)
        else:
            assert holding.proof is not None
            self._file = site.simulator.transfer(folder, server, holding.proof)
        self._holding, self.about = holding, holding.bought

    def args(self) -> Args:
        return self.site.args(**self.site.end(self.servers[0]), activation_file=str(self._file))

    def wrong(self) -> list[str]:
        return self._live_on(self.servers[0])

    def word(self, result: Result) -> Word:
        return Word(spoke(result), "" if result.get("failed") else self.servers[0])

    def reached(self) -> None:
        self._holding.server, self._holding.proof = self.servers[0], None
        self._holding.quantity = self._holding.quantity or self.site.sight(self.about).quantity
        self.site.holdings[self.about] = self._holding


class Remove(Goal):
    """A license off its server, with its uninstall file on disk."""

    kind, module = "removal", "license"

    def __init__(self, site: Site, folder: Path, holding: Holding) -> None:
        super().__init__(site, folder, holding.server)
        self._holding, self.about = holding, holding.bought
        self._id = _id_of(site, holding)
        self._kept = folder / "kept"

    def args(self) -> Args:
        ends = self.site.end(self.servers[0])
        kept = str(self._kept)
        return self.site.args(**ends, state="absent", license_ids=[self._id], artifacts_dir=kept)

    def wrong(self) -> list[str]:
        files = len(list(self._kept.glob("[!.]*.uak"))) if self._kept.is_dir() else 0
        return self._live_on() + ([] if files else ["no uninstall file is on disk"])

    def word(self, result: Result) -> Word:
        # A run that ends well says that the license is in its uninstall file now.
        return Word(spoke(result) or "files" in result or not result.get("failed"))

    def act(self, result: Result) -> None:
        if "artifact_conflict" in codes_of(result):
            # Another file has the name; it stays, at another place.
            self._kept = self._kept.with_name(f"{self._kept.name}-again")

    def reached(self) -> None:
        self._holding.server = ""
        self._holding.proof = max(self._kept.glob("[!.]*.uak"))


class Move(Goal):
    """A license from one server to another, by way of the platform."""

    kind, module = "migration", "license_migration"

    def __init__(self, site: Site, folder: Path, holding: Holding, to: str, journal: Path) -> None:
        super().__init__(site, folder, holding.server, to)
        self._holding, self.about = holding, holding.bought
        self._task = Task(self.about, holding.server, to, [_id_of(site, holding)], str(journal))
        self._issued: Path | None = None
        self._person = Operator(self, folder / "no-backup")
        self.simulator: Simulator = site.simulator
        self.destinations = (to,)

    def args(self) -> Args:
        task, end = self._task, self.site.end
        return self.site.args(
            journal=task.journal,
            source=end(task.source),
            destination=end(task.destination),
            license_ids=task.license_ids,
            activation_files=task.files,
        )

    def wrong(self) -> list[str]:
        return self._live_on(self._task.destination)

    def word(self, result: Result) -> Word:
        arrived = not result.get("failed") and result["state"] == "verified"
        return Word(spoke(result), self._task.destination if arrived else "")

    def act(self, result: Result) -> None:
        self._person.act(self._task, result)

    def reached(self) -> None:
        self._holding.server = self._task.destination

    # The operator's desk

    def hand_in(self, task: Task, uninstall_file: Path) -> Path:
        self._issued = self.simulator.transfer(self.folder / "issued", task.destination, uninstall_file)
        return self._issued

    def issued(self, _task: Task) -> Path | None:
        return self._issued

    def uninstall_file(self, task: Task) -> Path | None:
        kept = sorted(Path(task.journal).glob(f"{task.source}.{task.license_ids[0]}-*/**/[!.]*.uak"))
        return kept[0] if kept else None

    def license(self, server: str, **options: Any) -> Result:
        args = self.site.args(**self.site.end(server), **options)
        return processes.run("license", args, self.folder / "runs")

    def port_of(self, name: str) -> int:
        return int(self.simulator.node(name)["port"])


def _id_of(site: Site, holding: Holding) -> str:
    sight = site.sight(holding.bought)
    if sight.sites != [holding.server]:
        raise RuntimeError(f"the operator takes it to be elsewhere: {holding}, {sight}")
    return sight.live[0].id


class Connect(Goal):
    """A system's client on a server, with a quota; or the end of it."""

    kind, module = "client change", "license_client"

    def __init__(self, site: Site, folder: Path, system: str, server: str, quota: int) -> None:
        super().__init__(site, folder, server)
        self.system, self._quota = system, quota

    def args(self) -> Args:
        node = self.site.simulator.node(self.servers[0])
        server = {**self.site.end(self.servers[0]), "client_port": node["client_port"]}
        args = self.site.args(
            **self.site.end(self.system),
            license_server=server,
            client_name=self.system,
            client_password=PASSWORD,
        )
        if not self._quota:
            return {**args, "state": "absent"}
        return {**args, "quota": [{"product": BASE, "arch": "x86_64", "quantity": self._quota}]}

    def wrong(self) -> list[str]:
        system = self.site.simulator.state(self.system)
        clients = {row["name"]: row for row in self.site.simulator.state(self.servers[0])["clients"]}
        link = system["link"]
        if not self._quota:
            left = [system["holdings"], clients.get(self.system)]
            return [f"something is left: {link} {left}"] if link is not None or any(left) else []
        held = {row["product"]: row["quantity"] for row in system["holdings"]}
        found = [] if held == {BASE: self._quota} else [f"the system holds {held}"]
        if link is None or link["state"] != "connected" or system["login"] != "ok":
            found.append(f"the system is not connected: {link}, login {system['login']}")
        if clients.get(self.system, {}).get("state") != "connected":
            found.append(f"the server's client is {clients.get(self.system)}")
        return found

    def word(self, result: Result) -> Word:
        return Word(spoke(result))

    def reached(self) -> None:
        self.site.connected[self.system] = self.servers[0] if self._quota else ""
