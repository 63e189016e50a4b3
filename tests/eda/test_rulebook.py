# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebook renew under ansible-rulebook, from a license that will lapse to the login that it saves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import yaml
from engine import BIN, Engine, engine, java_home
from site_servers import Site

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("events-password-8F21", "events-client-5D3C", "events-secret-90BE", "EVT-BASE-7Q2A")
SCENARIO = """
clock: now
task_ms: 20
credentials: {username: automation, password: events-password-8F21}
license_servers:
  ls-east:
    client_secret: events-secret-90BE
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 4}
    clients: [{name: hangzhou, password: events-client-5D3C}]
  ls-west:
    client_secret: events-secret-90BE
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 4}
      - &lapsing
        product: vms_standard
        arch: x86_64
        kind: temporary
        quantity: 2
        term_days: 30
        issued_days_ago: 18
      - *lapsing
    clients: [{name: chengdu, password: events-client-5D3C}]
vms:
  hangzhou:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 2, count: 2}]
    license_server: {server: ls-east, client: hangzhou}
  chengdu:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 2, count: 4}]
    license_server: {server: ls-west, client: chengdu}
keys:
  - {key: EVT-BASE-7Q2A, product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 10}
"""
RULEBOOK = ROOT / "extensions" / "eda" / "rulebooks" / "renew.yml"
(GATHERED,) = re.findall(r"once_after: (\d+) seconds", RULEBOOK.read_text(encoding="utf-8"))
GATHERED_S = int(GATHERED)
FEATURES = ("isc", "srm", "disk_backup_dr", "heterogeneous_migration")


@pytest.fixture(scope="module")
def java() -> str:
    """Without Java this is a failure that says so, never a test that was not run."""
    try:
        return str(java_home())
    except LookupError as lacking:
        pytest.fail(str(lacking))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("events"), SCENARIO, "all: {}\n") as made:
        made.hosts.write_text(yaml.safe_dump(inventory(made)), encoding="utf-8")
        yield made


def inventory(site: Site) -> dict[str, Any]:
    def reached(name: str) -> dict[str, Any]:
        node = site.endpoints["nodes"][name]
        own = {
            "usphere_host": node["host"],
            "usphere_port": node["port"],
            "usphere_username": node["username"],
            "usphere_password": node["password"],
        }
        if "client_id" in node:
            own["usphere_client_id"] = node["client_id"]
            own["usphere_client_secret"] = node["client_secret"]
            own["usphere_client_port"] = node["client_port"]
        return own

    systems = {
        "hangzhou": {**reached("hangzhou"), "usphere_license_server": "ls-east"},
        "chengdu": {**reached("chengdu"), "usphere_license_server": "ls-west"},
    }
    key = {
        "key": "EVT-BASE-7Q2A",
        "product": "vms_standard",
        "arch": "x86_64",
        "code": "3132A0XY",
        "purchased": 10,
    }
    return {
        "all": {
            "vars": {
                "ansible_connection": "local",
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                "usphere_ca_path": site.endpoints["ca"],
                "usphere_lock_dir": str(site.folder / "locks"),
                "usphere_renewal_dir": str(site.folder / "renewal"),
                "usphere_clock": "license_server",
                "license_install_wait_interval": 0.1,
            },
            "children": {
                "vms": {
                    "vars": {
                        "usphere_client_password": "events-client-5D3C",
                        "usphere_site": {"features": {name: {"in_use": False} for name in FEATURES}},
                        "usphere_keys": [key],
                    },
                    "hosts": systems,
                },
                "license_servers": {"hosts": {name: reached(name) for name in ("ls-east", "ls-west")}},
            },
        }
    }


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built collection, installed: the rulebook, its source and the playbook are found by name in it."""
    folder = tmp_path_factory.mktemp("installed")
    # One that is on the path already would be left as it is.
    environment = {**without_ansible(), "HOME": str(folder), "ANSIBLE_HOME": str(folder / "ansible-home")}
    for arguments in (
        ("build", ROOT, "--output-path", folder),
        ("install", "unicloud-usphere-*.tar.gz", "-p", folder / "path", "--offline"),
    ):
        named = [str(next(folder.glob(str(each)))) if "*" in str(each) else str(each) for each in arguments]
        done = subprocess.run(
            [str(BIN / "ansible-galaxy"), "collection", *named],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=environment,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "path"


def without_ansible() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHONPATH"))
    }


@pytest.fixture(scope="module")
def environment(java: str, collections: Path, site: Site) -> dict[str, str]:
    node = site.endpoints["nodes"]["ls-east"]
    return {
        **without_ansible(),
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(site.folder),
        "JAVA_HOME": java,
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_HOME": str(site.folder / "ansible-home"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        # The account of the source, as a service would have it.
        "USPHERE_USERNAME": node["username"],
        "USPHERE_PASSWORD": node["password"],
        "USPHERE_CLIENT_ID": node["client_id"],
        "USPHERE_CLIENT_SECRET": node["client_secret"],
        "USPHERE_CA_PATH": site.endpoints["ca"],
    }


def start(site: Site, environment: dict[str, str], name: str) -> AbstractContextManager[Engine]:
    nodes = site.endpoints["nodes"]
    served = {"hangzhou": "ls-east", "chengdu": "ls-west"}
    systems = [
        {
            "name": system,
            "host": nodes[system]["host"],
            "port": nodes[system]["port"],
            "license_server": {"host": nodes[server]["host"], "port": nodes[server]["port"]},
        }
        for system, server in served.items()
    ]
    variables = {
        "usphere_systems": systems,
        "usphere_within": 20,
        "usphere_interval": "1s",
        "usphere_state_file": str(site.folder / "told.json"),
        "usphere_clock": "license_server",
    }
    path = site.folder / "vars.yml"
    path.write_text(yaml.safe_dump(variables), encoding="utf-8")
    return engine("unicloud.usphere.renew", site.hosts, path, site.folder / f"{name}.log", environment)


def looks(site: Site) -> int:
    """How often the source has looked at chengdu since requests were last forgotten."""
    rows = site.control("GET", "/requests?node=chengdu")
    return sum(row["path"].endswith("/host/list") for row in rows)


def rest(site: Site, running: Engine) -> None:
    """Wait for further looks, and for longer than the rulebook gathers events before it starts anything."""
    site.control("DELETE", "/requests")
    end = time.monotonic() + GATHERED_S + 2
    running.until(lambda: looks(site) >= 3 and time.monotonic() > end)


def result(site: Site) -> dict[str, Any]:
    """What the last run of the playbook found."""
    return dict(json.loads((site.folder / "renewal" / "renewal.json").read_text(encoding="utf-8")))


def test_from_the_event_to_the_license_that_was_renewed(site: Site, environment: dict[str, str]) -> None:
    renewal = site.folder / "renewal"
    with start(site, environment, "first") as running:
        running.until(lambda: running.plays >= 1)
        # Two licenses lapse at one system: one run, for this system, as far as a person has to come in.
        found = result(site)
        assert (found["within"], [row["system"] for row in found["systems"]]) == (20, ["chengdu"])
        (bundle,) = (renewal / "chengdu").glob("request-*")
        assert not (renewal / "hangzhou").exists()
        rest(site, running)
        assert running.plays == 1, "told once, renewed once"
        assert not [row for row in site.writes() if row[0] in ("hangzhou", "ls-east")]

        # The operator has a file issued; it is not installed before the licenses expire.
        site.buy("ls-west", "EVT-BASE-7Q2A", 4, str(bundle.relative_to(site.folder) / "issued"))
        site.control("POST", "/clock/advance", {"seconds": 13 * 86400})
        assert site.node("chengdu")["login"] == "refused"
        running.until(lambda: running.plays >= 2)
        assert site.node("chengdu")["login"] == "ok"
        quantities = [row["quantity"] for row in site.node("ls-west")["licenses"] if row["kind"] == "formal"]
        assert quantities == [4, 4], "what was requested has been installed"
        assert site.node("chengdu")["quantity"] == 8
        rest(site, running)
        assert running.plays == 2
        printed = running.output

    with start(site, environment, "second") as running:
        rest(site, running)
        assert running.plays == 0, "a restart tells nothing that was told"
        printed += running.output
    for secret in SECRETS:
        assert secret not in printed
