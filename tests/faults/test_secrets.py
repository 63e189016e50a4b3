# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing secret is in anything that ``ansible-playbook -vvvv`` prints or writes, well or badly ended."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from station import Station

COLLECTIONS = Path(__file__).parents[2] / ".collections"
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

PLAY = """
- hosts: localhost
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  module_defaults:
    unicloud.usphere.license: "{{ east | combine(patience) }}"
    unicloud.usphere.license_info: "{{ east }}"
    unicloud.usphere.device_info: "{{ east }}"
    unicloud.usphere.license_request: "{{ east }}"
    unicloud.usphere.license_client: "{{ vms | combine(patience) }}"
    unicloud.usphere.vms_facts: "{{ vms }}"
    unicloud.usphere.license_migration: "{{ patience | combine(ends) }}"
  tasks:
    - unicloud.usphere.license: {activation_file: "{{ file }}"}
      diff: true
      register: results_install
    - unicloud.usphere.license_client: &client
        license_server: "{{ east | combine({'client_port': client_port}) }}"
        client_name: hangzhou
        client_password: "{{ secrets.client }}"
      diff: true
      register: results_client
    - unicloud.usphere.license_client:
        <<: *client
        update_password: always
      register: results_password
    - unicloud.usphere.vms_facts: {license_server: "{{ east }}"}
      register: results_facts
    - unicloud.usphere.device_info: {dest: "{{ out }}/device"}
      register: results_device
    - unicloud.usphere.license_request:
        dest: "{{ out }}/requests"
        keys: [{key: "{{ secrets.other_key }}", product: srm, arch: x86_64}]
      diff: true
      register: results_request
    - unicloud.usphere.license_client:
        <<: *client
        state: absent
      register: results_absent
    - unicloud.usphere.license_migration: {license_ids: [LS-000001]}
      diff: true
      register: results_migration
    - unicloud.usphere.license_migration: {license_ids: [LS-000001]}
      register: results_migration_again
    - unicloud.usphere.license_info: {journal: "{{ out }}/journal"}
      register: results_info
    - unicloud.usphere.license:
        state: absent
        license_ids: "{{ results_install.licenses | map(attribute='id') }}"
        artifacts_dir: "{{ out }}/kept"
      register: results_uninstall
    # What goes wrong says why, and nothing else.
    - unicloud.usphere.license_info: {password: "{{ secrets.wrong }}"}
      ignore_errors: true
      register: results_wrong
    - unicloud.usphere.license_info: {client_secret: "{{ secrets.wrong }}"}
      ignore_errors: true
      register: results_wrong_console
    - unicloud.usphere.vms_facts: {password: "{{ secrets.wrong }}"}
      ignore_errors: true
      register: results_wrong_system
    - unicloud.usphere.license_client:
        license_server: "{{ east | combine({'client_port': client_port, 'password': secrets.wrong}) }}"
        client_name: chengdu
        client_password: "{{ secrets.client }}"
      ignore_errors: true
      register: results_wrong_client
    - unicloud.usphere.license_request:
        dest: "{{ out }}/requests"
        keys: [{key: "{{ secrets.key }}", product: isc, quantity: 0}]
      ignore_errors: true
      register: results_wrong_request
    - unicloud.usphere.license_request:
        dest: "{{ out }}/requests"
        keys: ["{{ secrets.key }}"]
      ignore_errors: true
      register: results_wrong_shape
    - ansible.builtin.set_fact:
        results: "{{ query('ansible.builtin.vars', *query('ansible.builtin.varnames', '^results_')) }}"
    - ansible.builtin.debug: {var: results}
    - ansible.builtin.copy:
        content: "{{ results | to_json }}"
        dest: "{{ out }}/results.json"
        mode: "0600"
"""


def scenario() -> dict[str, Any]:
    host = {"name": "cvk", "cpu_sockets": 2, "cpu_cores": 8, "arch": "x86_64", "vms": 1, "count": 2}
    account = {"username": "automation", "password": SECRETS["account"]}
    formal = {"product": "srm", "arch": "x86_64", "kind": "formal", "code": "3132A0XS", "quantity": 10}
    base = {"product": "vms_standard", "arch": "x86_64", "code": "3132A0XY", "quantity": 4}
    east = {"client_secret": SECRETS["console"], "licenses": [formal]}
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
    with Station(tmp_path / "station", scenario()) as station:
        tls = {"ca_path": station.endpoints["ca"]}
        options = ("host", "port", "username", "password", "client_id", "client_secret")
        ends = {
            name: {key: value for key, value in station.node(name).items() if key in options}
            for name in ("east", "west", "hangzhou")
        }
        given = {
            "secrets": SECRETS,
            "out": str(out),
            "file": str(station.issue(tmp_path / "issued", "east", SECRETS["key"])),
            "client_port": station.node("east")["client_port"],
            "east": {**ends["east"], **tls},
            "vms": {**ends["hangzhou"], **tls},
            "ends": {
                **tls,
                "source": ends["east"],
                "destination": ends["west"],
                "journal": str(out / "journal"),
            },
            "patience": {"wait_timeout": 20, "wait_interval": 0.1, "lock_dir": str(out / "locks")},
        }
        (work / "given.json").write_text(json.dumps(given), encoding="utf-8")
        (work / "play.yml").write_text(PLAY, encoding="utf-8")
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "ansible-playbook"),
                *("-vvvv", "-i", "localhost,", "-c", "local", "-e", f"@{work / 'given.json'}"),
                str(work / "play.yml"),
            ],
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
                "ANSIBLE_LOG_PATH": str(out / "ansible.log"),
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
    assert printed.count("...ignoring") == 6
    results = (out / "results.json").read_text(encoding="utf-8")
    for sign in ("waiting_for_activation_file", "step_transfer_whole", "****7Q2A", "hangzhou"):
        assert sign in results
    assert "Callback dispatch" not in printed, "what a module says to show as a difference cannot be shown"
    for name in ("record.json", "ansible.log"):
        assert any(path.name == name for path in files), name
    assert any(path.suffix == ".uak" for path in files)

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
