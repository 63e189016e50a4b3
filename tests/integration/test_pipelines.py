# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the example pipelines step by step, as their runner does, in a clean directory against a simulator.

Steps that need external services are skipped: steps that check out the repository, set up Python or
pass files to a service (``uses``), and steps that install from registries, which SETUP names. All other
steps run unchanged.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulated import Simulator

ROOT = Path(__file__).resolve().parents[2]
PIPELINES = ROOT / "docs" / "examples" / "pipelines"
USER, PASSWORD = "automation", "pipeline-only"
# Steps that download from registries: GitLab's before_script and this step of the workflow.
SETUP = ("before_script", "Install")
ACTIVATION_FILE = "USPHERE7_20261120091500.ak"

ENTERPRISE = [
    {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "code": "3132A0XY", "quantity": 4},
    {
        "product": "vms_standard_to_enterprise",
        "arch": "x86_64",
        "kind": "formal",
        "code": "3132A0XZ",
        "quantity": 4,
    },
]
LAPSING = [
    {"product": "vms_standard", "arch": "aarch64", "kind": "formal", "code": "3132A0XY", "quantity": 2},
    {
        "product": "vms_standard",
        "arch": "aarch64",
        "kind": "temporary",
        "quantity": 2,
        "term_days": 30,
        "issued_days_ago": 18,
    },
]
UNLIMITED = [{**license_, "arch": "aarch64"} for license_ in ENTERPRISE]


def scenario(west: list[dict[str, Any]]) -> dict[str, Any]:
    def system(arch: str, server: str, client: str) -> dict[str, Any]:
        hosts = [{"name": "cvk", "cpu_sockets": 2, "arch": arch, "status": "ok", "count": 2}]
        link = {"server": server, "client": client}
        return {"version": "E0760P03", "arch": arch, "hosts": hosts, "license_server": link}

    clients = {"ls-east": "hangzhou", "ls-west": "chengdu"}
    return {
        "credentials": {"username": USER, "password": PASSWORD},
        "license_servers": {
            name: {
                "client_id": "console",
                "client_secret": "console-secret",
                "licenses": licenses,
                "clients": [{"name": clients[name], "password": "client"}],
            }
            for name, licenses in (("ls-east", ENTERPRISE), ("ls-west", west))
        },
        "vms": {
            "hangzhou": system("x86_64", "ls-east", "hangzhou"),
            "chengdu": system("aarch64", "ls-west", "chengdu"),
        },
        "keys": [
            {
                "key": "PIPELINE-EAST-1",
                "product": "srm",
                "arch": "x86_64",
                "kind": "formal",
                "code": "3132A0XS",
                "quantity": 20,
            }
        ],
    }


@dataclass(frozen=True)
class Ran:
    """One step that ran."""

    name: str
    code: int
    output: str


@dataclass
class Site:
    """A repository as the examples describe it, with the addresses of the simulator."""

    folder: Path
    simulator: Simulator
    ran: list[Ran] = field(default_factory=list)

    def make(self) -> None:
        shutil.copytree(PIPELINES / "site", self.folder, dirs_exist_ok=True)
        shutil.copytree(ROOT / "policies", self.folder / "policies")
        nodes = self.simulator.endpoints["nodes"]

        def moved(place: dict[str, Any], name: str, prefix: str = "") -> None:
            place[f"{prefix}host"], place[f"{prefix}port"] = nodes[name]["host"], nodes[name]["port"]

        file = self.folder / "inventory" / "managers.usphere.yml"
        source = yaml.safe_load(file.read_text(encoding="utf-8"))
        for manager in source["managers"]:
            moved(manager, manager["name"])
            moved(manager["license_server"], {"hangzhou": "ls-east", "chengdu": "ls-west"}[manager["name"]])
        file.write_text(yaml.safe_dump(source), encoding="utf-8")
        file = self.folder / "inventory" / "license_servers.yml"
        servers = yaml.safe_load(file.read_text(encoding="utf-8"))
        for name, variables in servers["license_servers"]["hosts"].items():
            moved(variables, name, "usphere_")
        file.write_text(yaml.safe_dump(servers), encoding="utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ANSIBLE_", "USPHERE_", "PYTHONPATH", "CI_", "GITHUB_"))
        }
        return {
            **inherited,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{inherited['PATH']}",
            "HOME": str(self.folder / "home"),
            # The collection as SETUP would have installed it.
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
            **more,
        }

    def secrets(self) -> dict[str, str]:
        return {
            "USPHERE_USERNAME": USER,
            "USPHERE_PASSWORD": PASSWORD,
            "USPHERE_CLIENT_ID": "console",
            "USPHERE_CLIENT_SECRET": "console-secret",
            "USPHERE_CA_PATH": self.simulator.endpoints["ca"],
        }

    def step(self, name: str, script: str, environment: dict[str, str]) -> bool:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        output = done.stdout + done.stderr
        assert "Traceback" not in output, output
        assert PASSWORD not in output
        self.ran.append(Ran(name, done.returncode, output))
        return done.returncode == 0

    def code(self, name: str) -> int:
        return next(ran.code for ran in self.ran if ran.name == name)

    def output(self, name: str) -> str:
        return next(ran.output for ran in self.ran if ran.name == name)


def gitlab(site: Site) -> bool:
    """Run the jobs stage by stage, each with a runner's variables; stop after a stage that fails."""
    pipeline = yaml.safe_load((PIPELINES / "gitlab-ci.yml").read_text(encoding="utf-8"))
    reserved = ("stages", "default", "variables")
    jobs = {name: job for name, job in pipeline.items() if name not in reserved}
    assert {job["stage"] for job in jobs.values()} == set(pipeline["stages"])
    assert set(pipeline["default"]) == {"image", "before_script"}
    green = True
    for stage in pipeline["stages"]:
        for name, job in jobs.items():
            if job["stage"] != stage or not green:
                continue
            assert "before_script" not in job
            variables = {**pipeline["variables"], **job.get("variables", {})}
            environment = site.environment(
                **site.secrets(), **{key: str(text) for key, text in variables.items()}
            )
            green = site.step(name, "\n".join(job["script"]), environment)
            artifacts = job.get("artifacts", {})
            if green or artifacts.get("when") == "always":
                for path in (*artifacts.get("paths", ()), *artifacts.get("reports", {}).values()):
                    assert (site.folder / path).exists(), f"{name} has no {path}"
    return green


def filled(text: object, site: Site, secrets: dict[str, str]) -> str:
    """Return a value of the workflow with its expressions replaced."""
    named = re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: secrets[found.group(1)], str(text))
    return named.replace("/etc/pki/usphere/ca.pem", site.simulator.endpoints["ca"])


def github(site: Site) -> bool:
    """Run the steps in order; after a failure run only the steps that are marked to always run."""
    workflow = yaml.safe_load((PIPELINES / "github-actions.yml").read_text(encoding="utf-8"))
    ((_name, job),) = workflow["jobs"].items()
    green = True
    handed = []
    for step in job["steps"]:
        if not green and step.get("if") != "${{ !cancelled() }}":
            continue
        if "uses" in step:
            handed += [step["with"][key] for key in ("sarif_file", "path") if key in step.get("with", {})]
        elif step["name"] not in SETUP:
            variables = {**job["env"], **step.get("env", {})}
            given = {name: filled(text, site, site.secrets()) for name, text in variables.items()}
            green = site.step(
                step["name"], filled(step["run"], site, site.secrets()), site.environment(**given)
            )
    assert handed == ["build/license.sarif", "build/"]
    for path in handed if "Gate" in {ran.name for ran in site.ran} else ():
        assert (site.folder / path).exists(), f"no step created {path}"
    return green


RUNNERS = {"gitlab": gitlab, "github": github}
STEPS = {
    "gitlab": ["lint-policy", "test-policy", "check-mode", "gate"],
    "github": ["Lint the policy", "Test the policy", "Check mode", "Gate"],
}


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    with Simulator(tmp_path, json.dumps(scenario(request.param))) as simulator:  # JSON is YAML
        made = Site(tmp_path / "site", simulator)
        made.make()
        out = made.folder / "files"
        out.mkdir()
        simulator.buy("ls-east", "PIPELINE-EAST-1", 20, out).rename(out / ACTIVATION_FILE)
        simulator.control("PUT", "/dry-run", {"on": True})
        yield made


def findings(folder: Path) -> tuple[int, int]:
    """Return the number of findings in the JUnit report and in the SARIF report, -1 for a missing file."""
    junit, sarif = folder / "build" / "license.xml", folder / "build" / "license.sarif"
    failed = results = -1
    if junit.exists():
        cases = ET.parse(junit).iter("testcase")  # noqa: S314  the report was written by this collection
        failed = sum(1 for case in cases if case.find("failure") is not None)
    if sarif.exists():
        (run,) = json.loads(sarif.read_text(encoding="utf-8"))["runs"]
        results = sum(1 for result in run["results"] if result.get("level") == "error")
    return failed, results


@pytest.mark.parametrize("site", [UNLIMITED], indirect=True, ids=["compliant"])
@pytest.mark.parametrize("runner", RUNNERS)
def test_a_compliant_fleet_passes(runner: str, site: Site) -> None:
    assert RUNNERS[runner](site), site.ran[-1].output[-6000:]
    assert [ran.name for ran in site.ran] == STEPS[runner]
    lint, test, check, gate = (ran.output for ran in site.ran)
    assert "production" in lint
    assert "all tests pass; coverage and mutation score meet the threshold" in test
    # The change was detected and not applied.
    assert re.search(r"ls-east +: .*changed=[1-9]", check), check
    assert ACTIVATION_FILE in check
    state = site.simulator.control("GET", "/state")["nodes"]["ls-east"]
    assert len(state["licenses"]) == len(ENTERPRISE)
    assert site.simulator.control("GET", "/dry-run")["refused"] == []
    assert re.search(r"chengdu +: .*failed=0", gate)
    assert max(findings(site.folder)) == 0


@pytest.mark.parametrize("site", [LAPSING], indirect=True, ids=["lapsing"])
@pytest.mark.parametrize("runner", RUNNERS)
def test_a_non_compliant_system_fails_the_pipeline_and_is_reported(runner: str, site: Site) -> None:
    assert not RUNNERS[runner](site)
    assert [(ran.name, bool(ran.code)) for ran in site.ran] == [
        (name, name.lower() == "gate") for name in STEPS[runner]
    ]
    assert re.search(r"hangzhou +: .*failed=0", site.ran[-1].output)
    assert re.search(r"chengdu +: .*failed=1", site.ran[-1].output)
    assert max(findings(site.folder)) >= 1
    result = json.loads((site.folder / "build" / "license.json").read_text(encoding="utf-8"))
    assert result["decision"] == "non_compliant"
    if runner == "github":
        # A service shows a finding at its line only under the file's name in the repository.
        places = (site.folder / "build" / "license.sarif").read_text(encoding="utf-8")
        assert '"uri": "policies/production.yml"' in places
        assert str(site.folder) not in places


@pytest.mark.parametrize("site", [UNLIMITED], indirect=True, ids=["compliant"])
@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize(
    ("change", "at"),
    [
        (("    severity: high\n", "    severity: hihg\n"), 0),  # the file is not a valid document
        (
            ("enum: [enterprise, enhanced_enterprise]", "enum: [enterprise]"),
            1,
        ),  # no policy test notices the change, or one fails
    ],
    ids=["not-a-policy", "not-tested"],
)
def test_an_invalid_policy_stops_the_pipeline_before_any_system_is_read(
    change: tuple[str, str], at: int, runner: str, site: Site
) -> None:
    policy = site.folder / "policies" / "production.yml"
    text = policy.read_text(encoding="utf-8")
    assert change[0] in text
    policy.write_text(text.replace(*change, 1), encoding="utf-8")
    site.simulator.control("DELETE", "/requests")
    assert not RUNNERS[runner](site)
    assert [ran.name for ran in site.ran] == STEPS[runner][: at + 1]
    assert site.simulator.control("GET", "/requests") == []


@pytest.mark.parametrize("site", [UNLIMITED], indirect=True, ids=["compliant"])
@pytest.mark.parametrize("runner", RUNNERS)
def test_an_unreachable_manager_is_not_a_pass(runner: str, site: Site) -> None:
    file = site.folder / "inventory" / "managers.usphere.yml"
    source = yaml.safe_load(file.read_text(encoding="utf-8"))
    source["managers"][1].update(host="127.0.0.1", port=1)
    file.write_text(yaml.safe_dump(source), encoding="utf-8")
    assert not RUNNERS[runner](site)
    assert site.ran[-1].name.lower() == "gate"
    assert "chengdu: UNDETERMINED" in site.ran[-1].output
    result = json.loads((site.folder / "build" / "license.json").read_text(encoding="utf-8"))
    assert result["decision"] == "undetermined"


def test_the_setup_steps_that_are_not_run_only_install_packages() -> None:
    pipeline = yaml.safe_load((PIPELINES / "gitlab-ci.yml").read_text(encoding="utf-8"))
    workflow = yaml.safe_load((PIPELINES / "github-actions.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    (install,) = [step["run"].strip().splitlines() for step in job["steps"] if step.get("name") in SETUP]
    assert install == pipeline["default"]["before_script"]
    assert all(line.startswith(("pip install ", "ansible-galaxy collection install ")) for line in install)
