# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role simulator: start, restart and stop real processes, in an environment of their own."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SIMULATOR = ROOT / "tests" / "simulator"
BIN = Path(sys.executable).parent
WORLD = {
    "license_servers": {"ls-east": {"clients": [{"name": "hangzhou"}]}},
    "vms": {"hangzhou": {"hosts": [{"name": "cvk", "cpu_sockets": 2}]}, "chengdu": {"hosts": [{}]}},
}
PLAYS = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.include_role: {name: unicloud.usphere.simulator, tasks_from: "{{ entry }}"}
    - ansible.builtin.copy:
        content: "{{ simulator_endpoints }}"
        dest: "{{ out }}/{{ inventory_hostname }}"
        mode: "0600"
      when: simulator_endpoints is defined
      no_log: true
      changed_when: false
      check_mode: false
    - unicloud.usphere.vms_facts:
        host: "{{ node.host }}"
        port: "{{ node.port }}"
        username: "{{ node.username }}"
        password: "{{ node.password }}"
        ca_path: "{{ simulator_endpoints.ca }}"
      vars: {node: "{{ simulator_endpoints.nodes[inventory_hostname] }}"}
      when: read | default(false)
"""


class Site:
    """Two hosts, and the directory of their simulator."""

    def __init__(self, folder: Path, wheels: Path, venv: Path) -> None:
        self.folder, self.venv = folder, venv
        self.variables: dict[str, Any] = {
            "simulator_directory": str(folder / "simulated"),
            "simulator_venv": str(venv),
            "simulator_world": WORLD,
            "simulator_pip_arguments": ["--no-index", "--find-links", str(wheels)],
            "out": str(folder / "out"),
        }
        (folder / "out").mkdir()
        hosts = {name: {} for name in ("hangzhou", "chengdu")}
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        self._write("hosts.yml", {"all": {"hosts": hosts, "vars": local}})
        (folder / "play.yml").write_text(PLAYS, encoding="utf-8")

    def _write(self, name: str, value: Any) -> None:
        (self.folder / name).write_text(yaml.safe_dump(value), encoding="utf-8")

    @property
    def state(self) -> Path:
        return self.folder / "simulated" / "state"

    def play(self, entry: str = "main", *options: str, **variables: Any) -> tuple[int, dict[str, int], str]:
        """Return the exit code, the sums of the counters of all hosts, and what was printed."""
        self._write("vars.json", {**self.variables, "entry": entry, **variables})
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MOLECULE_")}
        done = subprocess.run(
            [str(BIN / "ansible-playbook"), "-i", "hosts.yml", "play.yml", "-e", "@vars.json", *options],
            cwd=self.folder,
            env={**environment, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        counters: Counter[str] = Counter()
        for name, number in re.findall(r"(\w+)=(\d+)", done.stdout.partition("PLAY RECAP")[2]):
            counters[name] += int(number)
        assert counters["ok"], done.stdout + done.stderr
        return done.returncode, counters, done.stdout + done.stderr

    def changed(self, entry: str = "main", *options: str, **variables: Any) -> bool:
        code, counters, seen = self.play(entry, *options, **variables)
        assert code == 0, seen
        return counters["changed"] > 0

    def endpoints(self, host: str = "hangzhou") -> Any:
        return json.loads((self.folder / "out" / host).read_text(encoding="utf-8"))

    def pid(self) -> int | None:
        done = subprocess.run(
            [sys.executable, str(SIMULATOR), "status", "--state", str(self.state)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        found = json.loads(done.stdout)
        assert found["answers"] == (found["pid"] is not None)
        return found["pid"]  # type: ignore[no-any-return]  # it is JSON


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    subprocess.run(
        [sys.executable, "tests/tools/wheelhouse.py", str(SIMULATOR / "requirements.txt"), str(folder)],
        cwd=ROOT,
        check=True,
        timeout=120,
    )
    return folder


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One environment for all tests, which the first start creates."""
    return tmp_path_factory.mktemp("environment") / "venv"


@pytest.fixture
def site(tmp_path: Path, wheels: Path, venv: Path) -> Iterator[Site]:
    made = Site(tmp_path, wheels, venv)
    yield made
    subprocess.run([sys.executable, str(SIMULATOR), "stop", "--state", str(made.state)], check=True)


def free_port() -> int:
    """Return a port that no process uses, below those that the kernel gives to clients."""
    while True:
        port = 10240 + secrets.randbelow(20000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def runs(pid: int) -> bool:
    """Return whether a process runs; one that waits for its parent to notice its end does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_start_and_stop(site: Site) -> None:
    code, counters, seen = site.play("main", "--check")
    assert (code, counters["changed"] > 0) == (0, True), seen
    assert site.pid() is None, "check mode starts nothing"
    assert not site.state.exists()

    code, counters, seen = site.play(read=True)
    assert code == 0, seen
    assert counters["changed"] > 0
    pid, endpoints = site.pid(), site.endpoints()
    assert pid is not None
    assert endpoints["pid"] == pid
    assert site.endpoints("chengdu") == endpoints, "every host of the play has the fact"
    assert {node["host"] for node in endpoints["nodes"].values()} == {"127.0.0.1"}
    generated = {
        node[name]
        for node in endpoints["nodes"].values()
        for name in ("password", "client_secret")
        if name in node
    }
    assert len(generated) == 4, "each is generated"
    assert [secret for secret in generated if secret in seen] == []
    program = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
    assert Path(os.fsdecode(program)) == site.venv / "bin" / "python"
    assert "include-system-site-packages = false" in (site.venv / "pyvenv.cfg").read_text(encoding="utf-8")

    assert not site.changed(), "a second run with the same arguments"
    assert site.endpoints() == endpoints
    assert site.changed("stop", "--check")
    assert site.pid() == pid

    assert site.changed("stop")
    assert not runs(pid)
    assert not site.changed("stop")
    assert site.changed("stop", simulator_remove_state=True)
    assert not site.state.exists()


def test_a_process_that_has_ended_is_replaced_and_other_arguments_restart(site: Site, tmp_path: Path) -> None:
    assert site.changed()
    first, before = site.pid(), site.endpoints()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    # The number is another process now; it must neither be believed nor ended.
    with subprocess.Popen(["sleep", "600"]) as bystander:
        (site.state / "simulator.pid").write_text(str(bystander.pid), encoding="ascii")
        assert site.changed()
        second, after = site.pid(), site.endpoints()
        assert second not in (None, first, bystander.pid)
        assert {**after, "pid": 0} == {**before, "pid": 0}, "it continues with its state"
        assert bystander.poll() is None
        bystander.kill()

    file = tmp_path / "world.yml"
    file.write_text("clock: 2026-11-24T08:00:00Z\nvms: {beijing: {hosts: [{}]}}\n", encoding="utf-8")
    port = free_port()
    other = {"simulator_world": str(file), "simulator_ports": {"beijing": port}}
    assert site.changed(**other)
    assert second is not None
    assert not runs(second)
    assert {name: node["port"] for name, node in site.endpoints()["nodes"].items()} == {"beijing": port}
    assert not site.changed(**other)


@pytest.mark.parametrize(
    ("variables", "error"),
    [
        ({"simulator_world": {"vms": {"hangzhou": {"hots": []}}}}, "vms.hangzhou.hots: unknown key"),
        ({"simulator_ports": {"hangzou": 20000}}, "Did you mean hangzhou?"),
        ({"simulator_timeout": 0}, "it was not ready after 0 seconds"),
        ({"simulator_world": [1]}, "simulator_world must be a mapping or the path of a YAML file; got list"),
        ({"simulator_directory": ""}, "simulator_directory must be a directory on the controller; got none"),
        (
            {"simulator_python": "/bin/false", "simulator_venv": "none"},
            "simulator_python must be Python 3.10 or newer with venv and ensurepip; got /bin/false",
        ),
    ],
)
def test_a_start_that_fails_reports_why(site: Site, variables: dict[str, Any], error: str) -> None:
    code, _counters, seen = site.play(**variables)

    assert code == 2, seen
    assert error in " ".join(seen.split())
    assert site.pid() is None
