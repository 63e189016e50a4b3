# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fourteen honest systems: each one complies, whichever gate judges it.

Gates: the filter with the vendor policy and with a site policy, the task license_compliance, the task
host_compliance, and the playbook over all of them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from fakes.system import Server, System, license_, listed, read
from gates import by_action, by_filter, by_host
from legible import SCHEMA
from systems import AS_OF, PAIR, Facts, holding, row, system, using

ROOT = Path(__file__).resolve().parents[2]
AT = AS_OF.isoformat()
SITE_POLICY: dict[str, Any] = {
    "kind": "LicensePolicy",
    "id": "site",
    "version": "1.0.0",
    "rules": [
        {
            "id": "licensed",
            "severity": "high",
            "require": {"properties": {"effective": {"properties": {"edition": {"not": {"const": "none"}}}}}},
            "message": {"en": "no license is in force", "zh": "没有生效的授权"},
        }
    ],
}
RECAP = re.compile(r"^(\S+)\s+: .*failed=(\d+)", re.MULTILINE)
GATES = ("filter", "site policy", "license_compliance", "host_compliance", "playbook")


@dataclass(frozen=True)
class Honest:
    """One honest site: the variables of its hosts, and the options that it sets."""

    hosts: Mapping[str, Mapping[str, Any]]
    options: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Facts]:
        """Return the facts by host, of variables and of the fact cache."""
        named = {name: {**each, **each.get("ansible_facts", {})} for name, each in self.hosts.items()}
        return {name: each["usphere"] for name, each in named.items() if "usphere" in each}


@dataclass
class Figures:
    """Systems, judgments and those that do not pass."""

    systems: int = 0
    judged: int = 0
    reds: list[str] = field(default_factory=list)


def _named(name: str, facts: Facts, hours: int = 4, **source: Any) -> Facts:
    """Return the facts as those of ``name``: its own subject, client and license ids."""
    gathered = AS_OF.timestamp() - hours * 3600
    made = {**facts, "subject": {"kind": "system", "id": name}}
    made["source"] = {**facts.get("source", {}), "gathered_at": _text(gathered), **source}
    if "license_server" in facts:
        made["license_server"] = {**facts["license_server"], "client": name}
    rows = [{**each, "id": f"{name}-{each['id']}"} for each in facts["licenses"]["items"]]
    made["licenses"] = {**facts["licenses"], "items": rows}
    return made


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _through_tunnel(number: int) -> Facts:
    """Return where facts were read, as far as facts can say it: one address, another machine each time."""
    said = {"endpoint": "https://127.0.0.1:18080", "identity": {"macs": [f"00:16:3e:00:00:0{number}"]}}
    known = SCHEMA["properties"]["source"]["properties"]
    return {name: value for name, value in said.items() if name in known}


def _one(name: str, facts: Facts, variables: Mapping[str, Any] | None = None, **options: Any) -> Honest:
    return Honest({name: {"usphere": facts, **(variables or {})}}, options)


def fleet() -> dict[str, Honest]:
    """Return the fourteen sites by what is special about them."""
    plain = holding(row("1", "vms_enterprise"))
    found: dict[str, Honest] = {}
    tunnels = {
        name: {
            "usphere": _named(name, plain, **_through_tunnel(number)),
            "usphere_host": "127.0.0.1",
            "usphere_port": 18080,
        }
        for number, name in enumerate(("tunnel-a", "tunnel-b"))
    }
    found["tunnel to 127.0.0.1"] = Honest(tunnels)
    foreign = holding(row("1", "vms_enterprise"), row("2", "ONEStor", 20, metric="host"))
    found["License Server with foreign products"] = _one("foreign", _named("foreign", foreign))
    local = {"expires_at": "2027-11-20 09:00:00", "issued_at": "2026-01-10 09:00:00", "kind": "temporary"}
    zoneless = holding(row("1", "vms_enterprise", **local))
    found["zone-less times"] = _one("zoneless", _named("zoneless", zoneless))
    states = ("isc", "srm", "disk_backup_dr", "heterogeneous_migration")
    stated = {"features": {name: {"in_use": False} for name in states}, "features_wanted": []}
    one = Server(licenses=listed((license_(1, product="vms_enterprise"),)))
    read_facts = read(System(), one, subject_id="no-total", site=stated)
    found["no Total"] = _one("no-total", _named("no-total", read_facts))
    pair = _named("pair", {**plain, "hot_standby": PAIR})
    found["passive manager that does not answer"] = Honest(
        {
            "pair-active": {"usphere": pair, "usphere_system": "pair", "usphere_host": "10.1.0.10"},
            "pair-passive": {"usphere_system": "pair", "usphere_host": "10.1.0.11"},
        }
    )
    trial = {"kind": "temporary", "issued_at": "2026-11-06T00:00:00Z", "expires_at": "2026-12-06T00:00:00Z"}
    waiver = {
        "id": "W-trial",
        "rule": "r20-login-interruption",
        "scope": {"systems": ["trial"]},
        "reason": "the order arrives before the trial ends",
        "approver": "operations",
        "ticket": "CHG-2041",
        "from": "2026-11-20",
        "until": "2026-12-05",
    }
    document = {"kind": "Waivers", "schema_version": 1, "id": "trial", "waivers": [waiver]}
    found["trial under a waiver"] = _one(
        "trial", _named("trial", holding(row("1", "vms_enterprise", **trial))), waivers=document
    )
    skewed = {**plain, "license_server": {**plain["license_server"], "clock_skew_s": 600}}
    ahead = _named("skewed", skewed)
    ahead["source"] = {**ahead["source"], "gathered_at": _text(AS_OF.timestamp() + 240)}
    found["clock 10 minutes off"] = _one("skewed", ahead)
    fresh = holding(
        row("1", "vms_enterprise"),
        row("2", "vms_enterprise", issued_at="2026-11-24T06:00:00Z", installed_at="2026-11-24T07:00:00Z"),
        license_totals={"cpu_allowed": 4, "cpu_managed": 4, "edition": "enterprise"},
    )
    found["just installed and not fetched"] = _one("fresh", _named("fresh", fresh))
    found["balanced upgrade"] = _one("upgraded", _named("upgraded", system("licensed")))
    found["nightly read 25 h ago"] = Honest(
        {"nightly": {"ansible_facts": {"usphere": _named("nightly", plain, hours=25)}}}
    )
    own = {"usphere_rack": "R12", "usphere_owner": "platform", "usphere_hostname_suffix": "example.com"}
    found["own usphere_ variables"] = _one("own", _named("own", plain), own)
    found["facts of a newer collection"] = _one("newer", _named("newer", plain, collection="99.1.0"))
    machines = [{**plain["hosts"][0]}, {**plain["hosts"][1], "arch": "aarch64"}]
    both = holding(
        row("1", "vms_enterprise", 2), row("2", "vms_enterprise", 2, arch="aarch64"), hosts=machines
    )
    found["mixed architecture"] = _one("mixed", _named("mixed", both))
    node = using(
        "disk_backup_dr", 12, row("3", "disk_backup_dr", 12, arch="any", packs=[10, 1, 1], held_by="n1")
    )
    found["product nodes"] = _one("nodes", _named("nodes", node))
    return found


def judge_all(folder: Path) -> Figures:
    """Judge each site by each gate, and all of them by the playbook."""
    figures = Figures()
    sites = fleet()
    figures.systems = len(sites)
    for name, site in sites.items():
        for gate in GATES[:-1]:
            figures.judged += 1
            bad = blocked(site, gate, folder)
            if bad:
                figures.reds.append(f"{name}, {gate}: {bad}")
    figures.judged += len(sites)
    figures.reds += [f"{name}, playbook" for name in _blocked_by_playbook(sites, folder)]
    return figures


def blocked(site: Honest, gate: str, folder: Path) -> str:
    """Return what blocks the site; empty if it passes."""
    options = {"as_of": AT, **site.options}
    if gate in ("filter", "site policy"):
        facts = site.facts()
        policy = "vendor" if gate == "filter" else SITE_POLICY
        if gate == "site policy":
            options.pop("waivers", None)
        found = by_filter(facts, policy=policy, **options)
        return "" if found["decision"] == "compliant" else _why(found)
    if gate == "license_compliance":
        task = by_action(site.hosts, folder, policy="vendor", **options)
        return (
            ""
            if task["decision"] == "compliant"
            else "; ".join(task.get("report", [task.get("msg", "")]))[:400]
        )
    failed = [
        str(result["msg"])
        for name, variables in site.hosts.items()
        # host_compliance is about the facts of its own host; one manager of the pair has none.
        if _has_facts(variables)
        and (result := by_host(name, variables, folder, policy="vendor", **options))["failed"]
    ]
    return "; ".join(failed)[:400]


def _why(result: Mapping[str, Any]) -> str:
    blocking = [each for each in result["findings"] if each["effect"] == "block"]
    return "; ".join(f"{each['rule']}: {each['message']['en']}" for each in blocking)[:400]


def _blocked_by_playbook(sites: Mapping[str, Honest], folder: Path) -> list[str]:
    """Return the sites of which a host does not continue in one run of the playbook over all hosts."""
    hosts: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for site in sites.values():
        options |= site.options
        for name, variables in site.hosts.items():
            # A fact cache takes part in the other gates; an inventory has variables.
            cached = variables.get("ansible_facts", {})
            hosts[name] = {**{k: v for k, v in variables.items() if k != "ansible_facts"}, **cached}
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (folder / "fleet.json").write_text(json.dumps({"vms": {"hosts": hosts, "vars": local}}), encoding="utf-8")
    then = folder / "then.yml"
    then.write_text(
        '- ansible.builtin.debug: {msg: "CONTINUES {{ inventory_hostname }} ."}\n', encoding="utf-8"
    )
    values = {"license_compliance_gather": False, "license_compliance_as_of": AT, "usphere_then": str(then)}
    values |= {f"license_compliance_{name}": value for name, value in options.items()}
    (folder / "values.json").write_text(json.dumps(values), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(folder / "fleet.json")]
    done = subprocess.run(
        [*command, "-e", f"@{folder / 'values.json'}", "unicloud.usphere.compliance"],
        cwd=folder,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    failed = {name for name, count in RECAP.findall(done.stdout) if count != "0"}
    return [
        f"{name} ({host})"
        for name, site in sites.items()
        for host, variables in site.hosts.items()
        if host in failed or (_has_facts(variables) and f"CONTINUES {host} ." not in done.stdout)
    ]


def _has_facts(variables: Mapping[str, Any]) -> bool:
    """Return whether the host has facts of its own, and is not the manager of a pair that waits."""
    return "usphere" in variables or "ansible_facts" in variables
