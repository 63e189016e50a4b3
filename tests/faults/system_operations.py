# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on a system: connect, change, read, disconnect."""

from __future__ import annotations

from typing import Any

from operation import BASE, FEATURE, FORMAL, PATIENCE, Operation, Site, keys_of, later, license_of, not_once
from processes import Args


class Connect(Operation):
    """A system to its License Server; then it fetches what was installed since."""

    name, stages, products = "connect, reconnect", 2, (BASE, FEATURE)

    def scenario(self, slot: str) -> dict[str, Any]:
        host = {"name": "cvk", "cpu_sockets": 2, "cpu_cores": 16, "arch": "x86_64", "vms": 3, "count": 2}
        return {
            "license_servers": {f"{slot}-east": {"licenses": [license_of(BASE)]}},
            "vms": {f"{slot}-vms": {"version": "E0760P03", "arch": "x86_64", "hosts": [host]}},
            "keys": keys_of(slot, (FEATURE,)),
        }

    def before(self, site: Site, stage: int, result: dict[str, Any]) -> None:
        """A feature arrives on the License Server, by a run of ``license`` that nothing disturbs."""
        file = site.simulator.issue(site.folder / "issued", site.east, site.key(FEATURE))
        args = site.args(site.end(site.east), activation_file=str(file))
        done = site.notes["run"]("license", args)
        if done.get("failed"):
            raise RuntimeError(f"the feature was not installed: {done}")
        later(site)

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        server = site.simulator.node(site.east)
        return "license_client", site.args(
            site.end(site.system),
            license_server={**site.end(site.east), "client_port": server["client_port"]},
            client_name=site.system,
            client_password="client-of-faults",
        )

    def where(self, site: Site) -> dict[str, list[str]]:
        return {BASE: site.whereabouts(BASE, (site.east,), 0)}

    def wrong(self, site: Site) -> list[str]:
        found = not_once(site, site.east, self.products)
        system, server = site.simulator.state(site.system), site.simulator.state(site.east)
        link = system["link"] or {}
        if (link.get("state"), link.get("client"), system["login"]) != ("connected", site.system, "ok"):
            found.append(f"the system is not connected: {link}, login {system['login']}")
        if system["quantity"] != FORMAL[BASE]["quantity"] or len(system["holdings"]) != len(self.products):
            found.append(f"the system holds {system['holdings']}")
        if [(client["name"], client["state"]) for client in server["clients"]] != [
            (site.system, "connected")
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

    def before(self, site: Site, stage: int, result: dict[str, Any]) -> None:
        later(site)

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        name, args = super().run(site, stage)
        quota = self.quotas[stage].items()
        args["quota"] = [{"product": item, "arch": "x86_64", "quantity": amount} for item, amount in quota]
        return name, args

    def wrong(self, site: Site) -> list[str]:
        system = site.simulator.state(site.system)
        held = {item["product"]: item["quantity"] for item in system["holdings"]}
        link = system["link"] or {}
        found = [] if held == self.quotas[1] else [f"the system holds {held}"]
        if (link.get("state"), system["login"]) != ("connected", "ok"):
            found.append(f"the system is not connected: {link}, login {system['login']}")
        return found + not_once(site, site.east, self.products)


class NewPassword(Connect):
    """A client whose password changes on both sides: between two writes only the License Server has it."""

    name, products, locked = "change a client's password", (BASE,), False
    long = True

    def before(self, site: Site, stage: int, result: dict[str, Any]) -> None:
        later(site)

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        name, args = super().run(site, stage)
        if stage:
            args |= {"client_password": "another-of-faults", "update_password": "always"}
        return name, args

    def wrong(self, site: Site) -> list[str]:
        # Whether the system has the right one shows when it fetches with it.
        later(site)
        name, args = super().run(site, 0)
        del args["client_password"]
        fetched = site.notes["run"](name, {**args, "reconnect": "always"})
        found = [f"the system cannot fetch: {fetched.get('msg')}"] if fetched.get("failed") else []
        return found + super().wrong(site)


class Leave(Connect):
    """A system's connection, what it holds and its client are taken away."""

    name, stages, products = "disconnect", 1, (BASE,)

    def scenario(self, slot: str) -> dict[str, Any]:
        given = super().scenario(slot)
        client = {"name": f"{slot}-vms", "password": "client-of-faults"}
        given["license_servers"][f"{slot}-east"]["clients"] = [client]
        given["vms"][f"{slot}-vms"]["license_server"] = {"server": f"{slot}-east", "client": f"{slot}-vms"}
        return {**given, "keys": []}

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        name, args = super().run(site, stage)
        return name, {**args, "state": "absent"}

    def wrong(self, site: Site) -> list[str]:
        system, server = site.simulator.state(site.system), site.simulator.state(site.east)
        found = [] if system["link"] is None else [f"the system is connected: {system['link']}"]
        left = [system["holdings"], server["clients"], site.rows(site.east, BASE)[0]["assigned"]]
        found += [f"something is left: {left}"] if any(left) else []
        return found + not_once(site, site.east, self.products)


class Read(Leave):
    """The facts of a connected system, then its License Server. What comes is right, or it is unknown."""

    name, stages, products, locked = "read", 2, (BASE,), False

    def before(self, site: Site, stage: int, result: dict[str, Any]) -> None:
        """No manual step is left."""

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        args = {**site.simulator.shared, "timeout": PATIENCE["timeout"]}
        if stage:
            return "license_info", {**site.end(site.east), **args}
        server = site.end(site.east)
        return "vms_facts", {**site.end(site.system), **args, "license_server": server}

    def wrong(self, site: Site) -> list[str]:
        *disturbed, last = [one for one in site.notes["results"] if not one.get("failed")]
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
