# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which servers a run counts as managed: real results of the modules through the jq of a controller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jq
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SIMULATOR = ROOT / "tests" / "simulator"
QUERIES = ROOT / "extensions" / "audit" / "event_query.yml"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[a-z]*.py"))

SCENARIO = """
clock: now
credentials: {username: automation, password: counted-only}
license_servers:
  ls-east:
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 4}
      - {product: srm, arch: x86_64, kind: formal, code: "3132A0SR", quantity: 10}
    clients:
      - name: hangzhou
        password: counted-client
        quota: [{product: vms_standard, arch: x86_64, quantity: 4}]
  ls-west: {}
product_nodes:
  dr-1: {product: disk_backup_dr, version: E0760P03}
vms:
  hangzhou:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk1, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 20, count: 2}]
    license_server: {server: ls-east, client: hangzhou}
keys:
  - {key: KEY-WEST-0001, product: srm, arch: x86_64, kind: formal, code: "3132A0SS", quantity: 5}
  - {key: KEY-NODE-0001, product: disk_backup_dr, kind: formal, code: "3132D0XY", packs: [10]}
"""

PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  vars:
    east: "{{ nodes['ls-east'] }}"
    west: "{{ nodes['ls-west'] }}"
    node: "{{ nodes['dr-1'] }}"
    vms: "{{ nodes['hangzhou'] }}"
    server_of_vms: &east
      host: "{{ east.host }}"
      port: "{{ east.port }}"
      username: "{{ east.username }}"
      password: "{{ east.password }}"
      client_id: "{{ east.client_id }}"
      client_secret: "{{ east.client_secret }}"
  module_defaults:
    group/unicloud.usphere.vms: {ca_path: "{{ ca }}"}
  tasks:
    - name: What only reads
      unicloud.usphere.license_info: *east
    - unicloud.usphere.device_info: *east
    - unicloud.usphere.vms_facts:
        host: "{{ vms.host }}"
        port: "{{ vms.port }}"
        username: "{{ vms.username }}"
        password: "{{ vms.password }}"
        license_server: "{{ server_of_vms }}"
    - name: Install on two, in a loop, one of them twice
      unicloud.usphere.license:
        host: "{{ item.at.host }}"
        port: "{{ item.at.port }}"
        username: "{{ item.at.username }}"
        password: "{{ item.at.password }}"
        client_id: "{{ item.at.client_id }}"
        client_secret: "{{ item.at.client_secret }}"
        product_node: "{{ item.at.product | default(omit) }}"
        activation_file: "{{ item.path }}"
      loop:
        - {at: "{{ west }}", path: "{{ files.west }}"}
        - {at: "{{ node }}", path: "{{ files.node }}"}
        - {at: "{{ west }}", path: "{{ files.west }}"}
    - name: The system and its License Server
      unicloud.usphere.license_client:
        host: "{{ vms.host }}"
        port: "{{ vms.port }}"
        username: "{{ vms.username }}"
        password: "{{ vms.password }}"
        license_server: "{{ server_of_vms | combine({'client_port': east.client_port}) }}"
        client_name: hangzhou
        client_password: counted-client
    - name: Two License Servers, each of which somebody worked on before
      unicloud.usphere.license_migration:
        journal: "{{ folder }}/journal"
        source: *east
        destination:
          host: "{{ west.host }}"
          port: "{{ west.port }}"
          username: "{{ west.username }}"
          password: "{{ west.password }}"
          client_id: "{{ west.client_id }}"
          client_secret: "{{ west.client_secret }}"
        license_ids: [LS-000002]
    - name: What failed has managed nothing
      unicloud.usphere.license:
        host: 127.0.0.1
        port: 1
        username: nobody
        password: nothing-here
        activation_file: "{{ files.west }}"
      ignore_errors: true
"""

CALLBACK = """
import json
import os
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "events"

    def _note(self, result):
        event = {"resolved_action": result._task.resolved_action, "res": result._result}
        with open(os.environ["EVENTS"], "a") as stream:
            stream.write(json.dumps(event, default=str) + "\\n")

    def v2_runner_on_ok(self, result):
        self._note(result)

    v2_runner_item_on_ok = v2_runner_on_ok

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._note(result)
"""


def command(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(each) for each in arguments], capture_output=True, text=True, check=False, timeout=180, **more
    )


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    state = tmp_path_factory.mktemp("counted") / "simulator"
    scenario = state.with_name("scenario.yml")
    scenario.write_text(SCENARIO, encoding="utf-8")
    started = command(sys.executable, SIMULATOR, "start", "--state", state, "--scenario", scenario)
    assert started.returncode == 0, started.stderr
    yield {**json.loads((state / "endpoints.json").read_text(encoding="utf-8")), "state": state}
    command(sys.executable, SIMULATOR, "stop", "--state", state)


@pytest.fixture(scope="module")
def events(endpoints: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What a run told its callbacks: the resolved module of each event, and its result."""
    folder = tmp_path_factory.mktemp("run")
    files = {}
    for name, key, server in (("west", "KEY-WEST-0001", "ls-west"), ("node", "KEY-NODE-0001", "dr-1")):
        bought = command(
            *(sys.executable, SIMULATOR, "platform", "activate", "--state", endpoints["state"]),
            *("--key", key, "--server", server, "--out", folder / name),
        )
        assert bought.returncode == 0, bought.stderr
        files[name] = json.loads(bought.stdout)["path"]
    (folder / "callback").mkdir()
    (folder / "callback" / "events.py").write_text(CALLBACK, encoding="utf-8")
    (folder / "play.yml").write_text(PLAYBOOK, encoding="utf-8")
    variables = {"nodes": endpoints["nodes"], "ca": endpoints["ca"], "files": files, "folder": str(folder)}
    (folder / "vars.json").write_text(json.dumps(variables), encoding="utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_CALLBACK_PLUGINS": str(folder / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "events",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "EVENTS": str(folder / "events.ndjson"),
    }
    done = command(
        BIN / "ansible-playbook",
        folder / "play.yml",
        "-e",
        f"@{folder}/vars.json",
        cwd=folder,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (folder / "events.ndjson").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def queries() -> dict[str, dict[str, str]]:
    return dict(yaml.safe_load(QUERIES.read_text(encoding="utf-8")))


def rows(queries: dict[str, dict[str, str]], event: dict[str, Any]) -> list[Any]:
    query = queries.get(event["resolved_action"])
    return [] if query is None else jq.compile(query["query"]).input_value(event["res"]).all()


def hashable(value: Any) -> Any:
    """What a controller makes of canonical facts to find the same node again; null it refuses."""
    if isinstance(value, dict):
        return tuple(sorted((name, hashable(item)) for name, item in value.items()))
    if isinstance(value, list):
        return tuple(hashable(item) for item in value)
    assert isinstance(value, (int, float, str, bool)), f"{value!r} makes the controller drop the node"
    return value


def test_the_queries_name_modules_that_exist(queries: dict[str, dict[str, str]]) -> None:
    assert queries
    for name, entry in queries.items():
        namespace, collection, module = name.split(".")
        assert (namespace, collection) == ("unicloud", "usphere")
        assert module in MODULES
        assert set(entry) == {"query"}


def test_every_module_that_changes_a_server_has_one(queries: dict[str, dict[str, str]]) -> None:
    """A module that says what it works on is counted, and the other way round."""
    for module in MODULES:
        text = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
        assert ("\ntargets:\n" in text) == (f"unicloud.usphere.{module}" in queries), module


def test_a_run_counts_each_server_that_it_worked_on_once(
    queries: dict[str, dict[str, str]], events: list[dict[str, Any]], endpoints: dict[str, Any]
) -> None:
    counted: dict[Any, dict[str, Any]] = {}
    names: dict[str, Any] = {}
    for event in events:
        for row in rows(queries, event):
            assert set(row) == {"name", "canonical_facts", "facts"}
            assert row["canonical_facts"]
            assert row["facts"]["device_type"]
            identity = hashable(row["canonical_facts"])
            counted.setdefault(identity, row)
            # A name may stand once in the records of a job, whoever it belongs to.
            assert names.setdefault(row["name"], identity) == identity
    nodes = endpoints["nodes"]
    expected = {
        f"{nodes[name]['host']}:{nodes[name]['port']}": kind
        for name, kind in (
            ("hangzhou", "vms"),
            ("ls-east", "license_server"),
            ("ls-west", "license_server"),
            ("dr-1", "product_node"),
        )
    }
    assert {row["name"]: row["facts"]["node_type"] for row in counted.values()} == expected


def test_what_only_reads_and_what_failed_counts_nothing(
    queries: dict[str, dict[str, str]], events: list[dict[str, Any]]
) -> None:
    by_module: dict[str, list[int]] = {}
    for event in events:
        module = event["resolved_action"].rpartition(".")[2]
        by_module.setdefault(module, []).append(len(rows(queries, event)))
    assert by_module == {
        "license_info": [0],
        "device_info": [0],
        "vms_facts": [0],
        "license": [1, 1, 1, 0, 0],  # three items of the loop, its summary, the failure
        "license_client": [2],
        "license_migration": [2],
    }
