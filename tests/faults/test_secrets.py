# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret is in anything that ``ansible-playbook -vvvv`` prints or writes, in success or failure."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import yaml
from simulator import PROGRAM, Simulator

HERE = Path(__file__).parent
PLAYBOOK = HERE / "secrets.yml"
COLLECTIONS = HERE.parents[1] / ".collections"
SECRETS = {
    "account": "planted-account-5c1e",
    "wrong": "planted-wrong-77aa",
    "console": "planted-console-91bd",
    "client": "planted-client-3f08",
    "key": "PLANTED-LICENSE-KEY-4D2B-7Q2A",
    "other_key": "PLANTED-OTHER-KEY-88C1-9Z9Z",
}
# What the simulator's hosts have for `pwd` and `ipmiPw`.
OF_HOSTS = ("host-secret-", "ipmi-secret-")
# Copies of what the platform and the servers gave, byte by byte: their content is not ours to change.
OPAQUE = (".ak", ".uak", ".did")

# The reports that the callback writes at the end, by their names.
REPORTS = tuple(f"gate{end}" for end in (".json", ".html", ".csv", ".md", ".xml", ".sarif", ".prom", ".txt"))
MODULES = sorted(path.stem for path in (HERE.parents[1] / "plugins" / "modules").glob("[a-z]*.py"))


def scenario() -> dict[str, Any]:
    host = {"name": "cvk", "cpu_sockets": 2, "cpu_cores": 8, "arch": "x86_64", "vms": 1, "count": 2}
    account = {"username": "automation", "password": SECRETS["account"]}
    formal = {"product": "srm", "arch": "x86_64", "kind": "formal", "code": "3132A0XS", "quantity": 10}
    base = {"product": "vms_standard", "arch": "x86_64", "code": "3132A0XY", "quantity": 4}
    nanjing = {"name": "nanjing", "password": SECRETS["client"]}
    east = {"client_secret": SECRETS["console"], "licenses": [formal], "clients": [nanjing]}
    return {
        "credentials": account,
        "license_servers": {"east": east, "west": {"client_secret": SECRETS["console"]}},
        "vms": {"hangzhou": {"version": "E0760P03", "arch": "x86_64", "hosts": [host]}},
        "keys": [{"key": SECRETS["key"], **base}, {"key": SECRETS["other_key"], **formal}],
    }


def spellings(secret: str) -> set[bytes]:
    """The secret as it is, and as it may go over the wire or into a file."""
    plain = secret.encode()
    return {plain, base64.b64encode(plain), plain.hex().encode(), quote(secret, safe="").encode()}


@pytest.fixture
def told(tmp_path: Path) -> tuple[str, Path]:
    """Play everything; return what was printed, and the folder with all that was written."""
    out, work = tmp_path / "out", tmp_path / "work"
    out.mkdir()
    work.mkdir()
    with Simulator(tmp_path / "simulator", scenario()) as simulator:
        tls = {"ca_path": simulator.endpoints["ca"]}
        options = ("host", "port", "username", "password", "client_id", "client_secret")
        ends = {
            name: {key: value for key, value in simulator.node(name).items() if key in options}
            for name in ("east", "west", "hangzhou")
        }
        given = {
            "secrets": SECRETS,
            "out": str(out),
            "file": str(simulator.issue(tmp_path / "issued", "east", SECRETS["key"])),
            "client_port": simulator.node("east")["client_port"],
            "east": {**ends["east"], **tls},
            "vms": {**ends["hangzhou"], **tls},
            "ends": {
                **tls,
                "source": ends["east"],
                "destination": ends["west"],
                "journal": str(out / "journal"),
            },
            "simulator": str(PROGRAM),
            "state": str(tmp_path / "simulator" / "state"),
            "control_port": urlsplit(simulator.endpoints["control"]).port,
            "patience": {"wait_timeout": 20, "wait_interval": 0.1, "lock_dir": str(out / "locks")},
        }
        (work / "given.json").write_text(json.dumps(given), encoding="utf-8")
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "ansible-playbook"),
                *("-vvvv", "-i", "localhost,", "-c", "local", "-e", f"@{work / 'given.json'}"),
                str(PLAYBOOK),
            ],
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
                "ANSIBLE_LOG_PATH": str(out / "ansible.log"),
                "ANSIBLE_CALLBACKS_ENABLED": "unicloud.usphere.license_report",
                "USPHERE_LICENSE_REPORT": ",".join(str(out / name) for name in REPORTS),
                "ANSIBLE_KEEP_REMOTE_FILES": "0",
                "ANSIBLE_NOCOLOR": "1",
                "HOME": str(out / "home"),
            },
            cwd=work,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-3000:]
    return run.stdout + run.stderr, out


def test_nothing_secret_is_printed_or_written(told: tuple[str, Path]) -> None:
    printed, out = told
    files = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    texts = {str(path): text for path, text in files.items() if path.suffix not in OPAQUE}
    texts["what was printed"] = printed.encode()

    # Proof that the run did what it was for, and that its records were looked through.
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    bad = {name for name, result in results.items() if isinstance(result, dict) and result.get("failed")}
    assert bad == {name for name in results if name.startswith("results_wrong")} | {
        "results_gate_stops",
        "results_host_stops",
        "results_spent",
    }
    assert printed.count("...ignoring") == len(bad)
    assert results["results_wrong_client_password"]["failure"]["code"] == "refused_client_credentials"
    assert results["results_migrated"]["migrations"][0]["state"] == "verified"
    assert results["results_handover"]["handover_required"] is True
    assert results["results_gate"]["result"]["subjects"]
    said = json.dumps(results)
    for sign in ("waiting_for_activation_file", "step_transfer_whole", "****7Q2A", "hangzhou"):
        assert sign in said
    assert "Callback dispatch" not in printed, "what a module says to show as a difference cannot be shown"
    names = {path.name for path in files}
    assert {"record.json", "ansible.log", *REPORTS} <= names
    for pattern in ("*.uak", "*.did", "*.handover.json", "STEPS.zh.txt", "*.lock", "report-html"):
        assert list(out.rglob(pattern)), pattern

    found = [
        (secret, where)
        for secret in (*SECRETS.values(), *OF_HOSTS)
        for where, text in texts.items()
        if any(spelling in text for spelling in spellings(secret))
    ]
    assert found == []


@pytest.mark.parametrize("secret", SECRETS.values())
def test_a_secret_would_be_found(secret: str) -> None:
    sent = f"Authorization: Basic {base64.b64encode(secret.encode()).decode()}".encode()

    assert any(spelling in sent for spelling in spellings(secret))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_played_and_fails_once(module: str) -> None:
    played = [task for play in yaml.safe_load(PLAYBOOK.read_text(encoding="utf-8")) for task in play["tasks"]]
    own = [task for task in played if f"unicloud.usphere.{module}" in task]

    assert [task for task in own if not task.get("ignore_errors")]
    assert [task for task in own if task.get("ignore_errors")]
