# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two systems, one policy: one goes on, one is stopped, told why, remedied in the right order, and goes on.

Every line that is printed is read from the simulator, from ansible-playbook or from the gate's result.
The exit code is 0 only if every step happened.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from demo_site import DemoSite, Run, SiteError

from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats import as_text

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "demo"
KEYS = {
    "vms_standard": "DEMO-WEST-BASE-33F0",
    "vms_standard_to_enterprise": "DEMO-WEST-UP-9A01",
    "srm": "DEMO-WEST-SRM-5C77",
}
SYSTEM, SERVER = "chengdu", "ls-west"


class DemoError(Exception):
    """A step did not happen as it has to."""


def must(happened: bool, what: str) -> None:
    if not happened:
        raise DemoError(what)


def headline(number: int, words: str) -> None:
    print(f"\n{number}  {words}", flush=True)


def line(words: str) -> None:
    print(f"   {words}", flush=True)


class Story:
    """The steps in their order; each checks what it claims."""

    def __init__(self, site: DemoSite) -> None:
        self.site = site

    def tell(self) -> None:
        self.install_what_was_bought()
        first = self.gate_stops_one()
        self.buy_what_the_plan_says_now(first)
        self.lapse_locks_the_door()
        self.reconnect()
        self.upgrade_and_srm()
        self.gate_lets_both_go_on()

    # The steps

    def install_what_was_bought(self) -> None:
        headline(1, "Bought on the license platform, installed on the License Servers, systems connected")
        today = self.site.now()
        self.site.buy("ls-east", ("DEMO-EAST-UP-1B9C", 4))  # the upgrade comes first; the base goes in first
        self.site.buy("ls-east", ("DEMO-EAST-BASE-7Q2A", 4))
        self.site.buy(SERVER, (KEYS["vms_standard"], 4))
        self.site.set_clock(
            today - timedelta(days=17, hours=12)
        )  # a trial's clock starts at the platform (R12)
        self.site.buy(SERVER, ("DEMO-WEST-TRIAL-0D4E", 4), term_days=30)
        self.site.set_clock(today)
        self.install(changed=True)
        for server in ("ls-east", SERVER):
            line(f"{server}: " + ", ".join(self.licenses(server)))
        for system in ("hangzhou", SYSTEM):
            node = self.node(system)
            must(node["link"]["state"] == "connected", f"{system} is connected to its License Server")
            line(f"{held(system, node)}, connected")
        self.install(changed=False)
        line("the same again: nothing changed")

    def gate_stops_one(self) -> dict[str, Any]:
        headline(2, "The gate: only systems that comply with the vendor's rules go on")
        run, result = self.gate("first")
        must(run.code == 2, "the gate stops the playbook")
        must(run.hosts["hangzhou"].failed == 0 and self.went_on("hangzhou"), "hangzhou goes on")
        must(run.hosts[SYSTEM].failed == 1 and not self.went_on(SYSTEM), f"{SYSTEM} is stopped")
        broken = rules(result, SYSTEM)
        for rule in ("R20", "R29", "R31"):
            must(rule in broken, f"{SYSTEM} is stopped by {rule}")
        tell_report(result)
        line("")
        line(f"hangzhou went on to its day-2 work; {SYSTEM} was stopped before anything was touched")
        return result

    def buy_what_the_plan_says_now(self, result: dict[str, Any]) -> None:
        headline(3, "The remedy in its order: first what is missing now and what lapses")
        lines = plan_lines(result, SYSTEM, "now")
        must(
            [(row["product"], row["quantity"]) for row in lines] == [("vms_standard", 5)],
            "the plan asks for 5 now",
        )
        self.buy(lines)
        self.install(changed=True)
        node = self.node(SYSTEM)
        must(node["quantity"] == 13, "4 formal, 5 new and 4 temporary ones are held")
        line(f"{held(SYSTEM, node)}, 4 of them until the lapse")

    def lapse_locks_the_door(self) -> None:
        self.site.advance(days=12, hours=13)
        headline(4, f"{self.site.now():%Y-%m-%d}: the temporary license has lapsed (R20)")
        must(self.node(SYSTEM)["login"] == "refused", "VMS refuses login after the lapse")
        run, result = self.gate("lapsed")
        must(run.code == 2 and "R20" in rules(result, SYSTEM), "the gate names the refused login")
        for finding in blocking(result, SYSTEM):
            if "R20" in finding["references"]:
                line(f"{SYSTEM}: {finding['message']['en']}")
                line(f"→ {finding['remediation']['en']}")

    def reconnect(self) -> None:
        headline(5, "VMS reconnects to its License Server and fetches again")
        self.site.take_out(SERVER, "temporary")  # what has lapsed is not wanted any more
        run = self.install(changed=True)
        must(
            run.hosts[SYSTEM].changed == 1 and run.hosts["hangzhou"].changed == 0, f"only {SYSTEM} reconnects"
        )
        node = self.node(SYSTEM)
        must(node["login"] == "ok", "login works again")
        line(f"{held(SYSTEM, node)}, {edition(node)}; login {node['login']}")

    def upgrade_and_srm(self) -> None:
        headline(6, "The upgrade of exactly the base (R6), and srm")
        _run, result = self.gate("reconnected")
        lines = plan_lines(result, SYSTEM, "now")
        must(
            sorted((row["product"], row["quantity"]) for row in lines)
            == [("srm", 12), ("vms_standard_to_enterprise", 9)],
            "the plan asks for the upgrade of 9 and srm for 12",
        )
        self.buy(lines)
        self.install(changed=True)
        node = self.node(SYSTEM)
        line(f"{held(SYSTEM, node)}, {edition(node)}")

    def gate_lets_both_go_on(self) -> None:
        headline(7, "The gate again")
        run, result = self.gate("last")
        must(run.code == 0 and result["decision"] == "compliant", "the gate lets both systems go on")
        must(self.went_on("hangzhou") and self.went_on(SYSTEM), "both systems did their day-2 work")
        tell_report(result)
        line("")
        line(f"results and logs lie in {FOLDER.relative_to(FOLDER.parents[1])}")

    # What they are made of

    def install(self, *, changed: bool) -> Run:
        run = self.site.play("install")
        must(run.code == 0, f"the playbook install ends well:\n{run.output[-3000:]}")
        must(
            bool(run.changed) == changed,
            f"the playbook install changes {'something' if changed else 'nothing'}",
        )
        return run

    def gate(self, name: str) -> tuple[Run, dict[str, Any]]:
        for mark in self.site.folder.glob("went-on-*"):
            mark.unlink()
        file = self.site.folder / f"result-{name}.json"
        # The simulator's clock runs ahead of this machine's after the lapse: it stamps facts and decision.
        as_of = self.site.now() + timedelta(minutes=5)
        run = self.site.play(
            "compliance",
            usphere_then=str(Path(__file__).with_name("day2.yml")),
            license_compliance_clock="license_server",
            license_compliance_as_of=f"{as_of:%Y-%m-%dT%H:%M:%SZ}",
            license_compliance_horizon="30d",
            license_compliance_result_file=str(file),
        )
        must(file.exists(), f"the gate writes its result:\n{run.output[-3000:]}")
        return run, json.loads(file.read_text(encoding="utf-8"))

    def buy(self, lines: list[dict[str, Any]]) -> None:
        for row in lines:
            self.site.buy(SERVER, (KEYS[row["product"]], row["quantity"]))
            line(f"bought {row['quantity']} × {row['product']} ({', '.join(row['rules'])})")

    def went_on(self, system: str) -> bool:
        return (self.site.folder / f"went-on-{system}").exists()

    def node(self, name: str) -> dict[str, Any]:
        node: dict[str, Any] = self.site.simulator_state()["nodes"][name]
        return node

    def licenses(self, server: str) -> list[str]:
        rows = self.node(server)["licenses"]
        must(
            bool(rows) and all(row["status"] == "in_use" for row in rows),
            f"the licenses of {server} are in use",
        )
        return [
            f"{row['quantity']} × {row['productId']} {row['kind']}"
            + ("" if row["expiresAt"] == "never" else f" until {row['expiresAt'][:10]}")
            for row in rows
        ]


def held(system: str, node: dict[str, Any]) -> str:
    return f"{system}: {node['quantity']} licensed for {node['sockets']} physical CPUs"


def edition(node: dict[str, Any]) -> str:
    return "/".join(node["editions"]) or "no edition"


def blocking(result: dict[str, Any], system: str) -> list[dict[str, Any]]:
    return [
        finding
        for finding in result["findings"]
        if finding["subject"]["id"] == system and finding["verdict"] == "fail" and finding["mode"] == "deny"
    ]


def rules(result: dict[str, Any], system: str) -> set[str]:
    return {rule for finding in blocking(result, system) for rule in finding["references"]}


def plan_lines(result: dict[str, Any], system: str, when: str) -> list[dict[str, Any]]:
    (subject,) = (entry for entry in result["subjects"] if entry["subject"]["id"] == system)
    steps = subject["plan"]["steps"]
    return [row for step in steps if step["when"] == when for row in step["lines"]]


def tell_report(result: dict[str, Any]) -> None:
    for words in as_text.report(result, "en"):
        line(words)


def main() -> int:
    print("unicloud.usphere: two VMS systems, one license policy")
    started = time.monotonic()
    try:
        with DemoSite(FOLDER) as site:
            Story(site).tell()
        must(site.stopped(), "the simulator's process is gone")
    except (DemoError, SiteError) as failed:
        print(f"\nThe demo stopped: expected that {failed}", file=sys.stderr)
        return 1
    print(f"\nAll of this happened just now, in {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
