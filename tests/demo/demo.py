# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two systems, one policy: one passes; one is blocked, fixed in the right order, and then passes.

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
# What is bought for one system concerns no other, as a site runs it: --limit chengdu,ls-west.
BOUGHT_FOR = (SYSTEM, SERVER)


class DemoError(Exception):
    """A step did not happen as it has to."""


def must(happened: bool, what: str) -> None:
    if not happened:
        raise DemoError(what)


def headline(number: int, words: str) -> None:
    print(f"\n{number}  {words}", flush=True)


def line(words: str) -> None:
    print(f"   {words}", flush=True)


class Demo:
    """The steps of the demo, in order; each step checks its own claims."""

    def __init__(self, site: DemoSite) -> None:
        self.site = site

    def run(self) -> None:
        self.install_licenses()
        first = self.block_one_system()
        self.buy_immediate_needs(first)
        self.expire_temporary_license()
        self.reconnect()
        self.upgrade_edition()
        self.pass_both_systems()

    # The steps

    def install_licenses(self) -> None:
        headline(
            1,
            "Buy licenses on the license platform, install them on the License Servers, connect the systems",
        )
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
            line(f"{describe_sockets(system, node)}, connected")
        self.install(changed=False)
        line("second run: nothing changed")

    def block_one_system(self) -> dict[str, Any]:
        headline(2, "Check the vendor's license policy: only compliant systems pass")
        run, result = self.gate("first")
        must(run.code == 2, "the gate stops the playbook")
        must(run.hosts["hangzhou"].failed == 0 and self.passed("hangzhou"), "hangzhou passes")
        must(run.hosts[SYSTEM].failed == 1 and not self.passed(SYSTEM), f"{SYSTEM} is blocked")
        broken = rules(result, SYSTEM)
        for rule in ("R20", "R29", "R31"):
            must(rule in broken, f"{SYSTEM} is blocked by {rule}")
        print_report(result)
        line("")
        line(f"hangzhou passed and did its day-2 work; {SYSTEM} was blocked before any change")
        return result

    def buy_immediate_needs(self, result: dict[str, Any]) -> None:
        headline(3, "Buy first what is missing now and what expires")
        lines = plan_lines(result, SYSTEM, "now")
        must(
            [(row["product"], row["quantity"]) for row in lines] == [("vms_standard", 5)],
            "the plan asks for 5 now",
        )
        self.buy(lines)
        self.install(changed=True, limit=BOUGHT_FOR)
        node = self.node(SYSTEM)
        must(node["quantity"] == 13, "4 formal, 5 new and 4 temporary ones are held")
        line(f"{describe_sockets(SYSTEM, node)}, 4 of them until the temporary license expires")

    def expire_temporary_license(self) -> None:
        self.site.advance(days=12, hours=13)
        headline(4, f"{self.site.now():%Y-%m-%d}: the temporary license has expired (R20)")
        must(self.node(SYSTEM)["login"] == "refused", "VMS refuses login after the expiry")
        run, result = self.gate("expired", limit=(SYSTEM,))
        must(run.code == 2 and "R20" in rules(result, SYSTEM), "the gate names the refused login")
        for finding in blocking(result, SYSTEM):
            if "R20" in finding["references"]:
                line(f"{SYSTEM}: {finding['message']['en']}")
                line(f"→ {finding['remediation']['en']}")

    def reconnect(self) -> None:
        headline(5, "Reconnect VMS to its License Server, so that it fetches its licenses again")
        self.site.take_out(SERVER, "temporary")  # the expired license is not needed any more
        run = self.install(changed=True)
        must(
            run.hosts[SYSTEM].changed == 1 and run.hosts["hangzhou"].changed == 0, f"only {SYSTEM} reconnects"
        )
        node = self.node(SYSTEM)
        must(node["login"] == "ok", "login works again")
        line(f"{describe_sockets(SYSTEM, node)}, {edition(node)}; login {node['login']}")

    def upgrade_edition(self) -> None:
        headline(6, "Upgrade exactly the quantity of the base (R6), and buy srm")
        _run, result = self.gate("reconnected", limit=(SYSTEM,))
        lines = plan_lines(result, SYSTEM, "now")
        must(
            sorted((row["product"], row["quantity"]) for row in lines)
            == [("srm", 12), ("vms_standard_to_enterprise", 9)],
            "the plan asks for the upgrade of 9 and srm for 12",
        )
        self.buy(lines)
        self.install(changed=True, limit=BOUGHT_FOR)
        node = self.node(SYSTEM)
        line(f"{describe_sockets(SYSTEM, node)}, {edition(node)}")

    def pass_both_systems(self) -> None:
        headline(7, "Check the policy again")
        run, result = self.gate("last")
        must(run.code == 0 and result["decision"] == "compliant", "both systems pass")
        must(self.passed("hangzhou") and self.passed(SYSTEM), "both systems did their day-2 work")
        print_report(result)
        line("")
        line(f"results and logs are in {FOLDER.relative_to(FOLDER.parents[1])}")

    # Parts of the steps

    def install(self, *, changed: bool, limit: tuple[str, ...] = ()) -> Run:
        run = self.site.play("install", limit=limit)
        must(run.code == 0, f"the playbook install ends well:\n{run.output[-3000:]}")
        must(
            bool(run.changed) == changed,
            f"the playbook install changes {'something' if changed else 'nothing'}",
        )
        return run

    def gate(self, name: str, *, limit: tuple[str, ...] = ()) -> tuple[Run, dict[str, Any]]:
        for mark in self.site.folder.glob("passed-*"):
            mark.unlink()
        file = self.site.folder / f"result-{name}.json"
        # After the expiry the simulator's clock is ahead; it sets the time of facts and decision.
        as_of = self.site.now() + timedelta(minutes=5)
        run = self.site.play(
            "compliance",
            limit=limit,
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

    def passed(self, system: str) -> bool:
        return (self.site.folder / f"passed-{system}").exists()

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


def describe_sockets(system: str, node: dict[str, Any]) -> str:
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


def print_report(result: dict[str, Any]) -> None:
    for words in as_text.report(result, "en"):
        line(words)


def main() -> int:
    print("unicloud.usphere: two VMS systems, one license policy")
    started = time.monotonic()
    try:
        with DemoSite(FOLDER) as site:
            Demo(site).run()
        must(site.stopped(), "the simulator's process is gone")
    except (DemoError, SiteError) as failed:
        print(f"\nThe demo stopped: expected that {failed}", file=sys.stderr)
        return 1
    print(f"\nEvery step ran in this demo, in {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
