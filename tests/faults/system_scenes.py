# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to a system: connected, read, taken away."""

from __future__ import annotations

from typing import Any

from processes import Args
from scene import BASE, FEATURE, FORMAL, PATIENCE, Place, Scene, keys_of, later, license_of, not_once


class Connect(Scene):
    """A system to its License Server; then it fetches what was installed since."""

    name, stages, products = "connect, reconnect", 2, (BASE, FEATURE)

    def scenario(self, slot: str) -> dict[str, Any]:
        host = {"name": "cvk", "cpu_sockets": 2, "cpu_cores": 16, "arch": "x86_64", "vms": 3, "count": 2}
        return {
            "license_servers": {f"{slot}-east": {"licenses": [license_of(BASE)]}},
            "vms": {f"{slot}-vms": {"version": "E0760P03", "arch": "x86_64", "hosts": [host]}},
            "keys": keys_of(slot, (FEATURE,)),
        }

    def before(self, place: Place, stage: int, result: dict[str, Any]) -> None:
        """A feature arrives on the License Server, by a run of ``license`` that nothing disturbs."""
        file = place.station.issue(place.folder / "issued", place.east, place.key(FEATURE))
        args = place.args(place.end(place.east), activation_file=str(file))
        done = place.notes["run"]("license", args)
        if done.get("failed"):
            raise RuntimeError(f"the feature was not installed: {done}")
        later(place)

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        server = place.station.node(place.east)
        return "license_client", place.args(
            place.end(place.system),
            license_server={**place.end(place.east), "client_port": server["client_port"]},
            client_name=place.system,
            client_password="client-of-faults",
        )

    def where(self, place: Place) -> dict[str, list[str]]:
        return {BASE: place.whereabouts(BASE, (place.east,), 0)}

    def wrong(self, place: Place) -> list[str]:
        found = not_once(place, place.east, self.products)
        system, server = place.station.state(place.system), place.station.state(place.east)
        link = system["link"] or {}
        if (link.get("state"), link.get("client"), system["login"]) != ("connected", place.system, "ok"):
            found.append(f"the system is not connected: {link}, login {system['login']}")
        if system["quantity"] != FORMAL[BASE]["quantity"] or len(system["holdings"]) != len(self.products):
            found.append(f"the system holds {system['holdings']}")
        if [(client["name"], client["state"]) for client in server["clients"]] != [
            (place.system, "connected")
        ]:
            found.append(f"the server's clients are {server['clients']}")
        return found


class Allot(Connect):
    """A connected system whose quota is raised for one product and lowered for another."""

    name, stages, products = "change a quota", 2, (BASE, FEATURE)
    long = True
    quotas = ({BASE: 1, FEATURE: 10}, {BASE: 4, FEATURE: 3})

    def scenario(self, slot: str) -> dict[str, Any]:
        given = super().scenario(slot)
        given["license_servers"][f"{slot}-east"]["licenses"].append(license_of(FEATURE))
        return {**given, "keys": []}

    def before(self, place: Place, stage: int, result: dict[str, Any]) -> None:
        later(place)

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        name, args = super().run(place, stage)
        quota = self.quotas[stage].items()
        args["quota"] = [{"product": item, "arch": "x86_64", "quantity": amount} for item, amount in quota]
        return name, args

    def wrong(self, place: Place) -> list[str]:
        system = place.station.state(place.system)
        held = {item["product"]: item["quantity"] for item in system["holdings"]}
        link = system["link"] or {}
        found = [] if held == self.quotas[1] else [f"the system holds {held}"]
        if (link.get("state"), system["login"]) != ("connected", "ok"):
            found.append(f"the system is not connected: {link}, login {system['login']}")
        return found + not_once(place, place.east, self.products)


class NewPassword(Connect):
    """A client whose password changes on both sides: between two writes only the License Server has it."""

    name, products, locked = "change a client's password", (BASE,), False
    long = True

    def before(self, place: Place, stage: int, result: dict[str, Any]) -> None:
        later(place)

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        name, args = super().run(place, stage)
        if stage:
            args |= {"client_password": "another-of-faults", "update_password": "always"}
        return name, args

    def wrong(self, place: Place) -> list[str]:
        # Whether the system has the right one shows when it fetches with it.
        later(place)
        name, args = super().run(place, 0)
        del args["client_password"]
        fetched = place.notes["run"](name, {**args, "reconnect": "always"})
        found = [f"the system cannot fetch: {fetched.get('msg')}"] if fetched.get("failed") else []
        return found + super().wrong(place)


class Leave(Connect):
    """A system's connection, what it holds and its client are taken away."""

    name, stages, products = "disconnect", 1, (BASE,)

    def scenario(self, slot: str) -> dict[str, Any]:
        given = super().scenario(slot)
        client = {"name": f"{slot}-vms", "password": "client-of-faults"}
        given["license_servers"][f"{slot}-east"]["clients"] = [client]
        given["vms"][f"{slot}-vms"]["license_server"] = {"server": f"{slot}-east", "client": f"{slot}-vms"}
        return {**given, "keys": []}

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        name, args = super().run(place, stage)
        return name, {**args, "state": "absent"}

    def wrong(self, place: Place) -> list[str]:
        system, server = place.station.state(place.system), place.station.state(place.east)
        found = [] if system["link"] is None else [f"the system is connected: {system['link']}"]
        left = [system["holdings"], server["clients"], place.rows(place.east, BASE)[0]["assigned"]]
        found += [f"something is left: {left}"] if any(left) else []
        return found + not_once(place, place.east, self.products)


class Read(Leave):
    """The facts of a connected system, then its License Server. What comes is right, or it is unknown."""

    name, stages, products, locked = "read", 2, (BASE,), False

    def before(self, place: Place, stage: int, result: dict[str, Any]) -> None:
        """Nobody has anything to do."""

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        args = {"ca_path": place.station.endpoints["ca"], "timeout": PATIENCE["timeout"]}
        if stage:
            return "license_info", {**place.end(place.east), **args}
        server = place.end(place.east)
        return "vms_facts", {**place.end(place.system), **args, "license_server": server}

    def wrong(self, place: Place) -> list[str]:
        *disturbed, last = [one for one in place.notes["results"] if not one.get("failed")]
        found = [
            f"not what is there: {read}"
            for read in disturbed
            if "ansible_facts" in read and not _is_right(read["ansible_facts"]["usphere"])
        ]
        return found + ([] if len(last.get("licenses", [])) == 1 else [f"the licenses are {last}"])


def _is_right(facts: dict[str, Any]) -> bool:
    """Whether facts say of a system with 2 hosts and one license what is so, or give a reason."""
    hosts, licenses, unknown = facts.get("hosts"), facts.get("licenses", {}), facts["unknown"]
    well = "/hosts" in unknown if hosts is None else [host["cpu_sockets"] for host in hosts] == [2, 2]
    if licenses.get("complete"):
        return well and len(licenses["items"]) == 1
    # A list that is not known to be complete has its reason beside it, or in the link that was not read.
    explained = any(pointer.startswith("/licenses") for pointer in unknown)
    return well and (explained or "/license_server" in unknown)
