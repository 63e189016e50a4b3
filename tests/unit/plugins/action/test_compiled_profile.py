# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions of modules with an endpoint profile: the controller validates it, the module gets it compiled.

The controller also validates the rows of the option ``catalog``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[4]
MODULES = (
    *("device_info", "license", "license_client", "license_info", "license_migration", "license_request"),
    "vms_facts",
)
# Nothing listens there: a task that reaches it has passed the validation of its profile.
NOWHERE = {"host": "127.0.0.1", "port": 1, "username": "u", "password": "planted-secret", "gather_timeout": 1}
# A busy machine may need the second before it connects.
REACHED = ("unreachable_refused", "unreachable_deadline")
GPU = {"id": "gpu_service", "class": "feature", "metric": "cpu_socket", "installation": "remote"}


def read(**options: Any) -> dict[str, Any]:
    return {"unicloud.usphere.vms_facts": options}


# Name of the registered result → task.
TASKS: dict[str, dict[str, Any]] = {
    "by_default": read(),
    "by_name": read(profile="cas_e0710"),
    "by_path": read(profile="profiles/site.yml"),
    "in_directory": read(profile="site.yml"),
    "by_mapping": read(profile={"extends": "usphere_7", "name": "inline"}),
    "by_template": read(profile="{{ chosen }}"),
    "misspelt": read(profile="cas_e0711"),
    "wrong": read(profile={"extends": "usphere_7", "name": ""}),
    "missing": read(profile="profiles/none.yml"),
    "forged": read(profile={"compiled": "{}"}),
    "looped": {**read(profile="{{ item }}"), "loop": ["usphere_7", "cas_e0711"]},
    "repeated": {**read(profile="site.yml"), "retries": 1, "delay": 0, "until": "again is success"},
    "checked": {**read(profile="site.yml"), "check_mode": True},
    "delegated": {**read(profile="site.yml"), "delegate_to": "other"},
    "asynchronous": {**read(profile="site.yml"), "async": 300, "poll": 1},
    "on_the_node": read(via="node"),
    "own_row": read(catalog=[GPU]),
    "own_row_as_text": read(catalog=[json.dumps(GPU)]),
    "row_misspelt": read(catalog=[{**GPU, "metric": "cup_socket"}]),
    "row_of_another_role": read(catalog=[{**GPU, "id": "vms_standard"}]),
    "row_as_text": read(catalog=[json.dumps({**GPU, "id": "vms_standard"})]),
    "no_rows": read(catalog=["gpu_service"]),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of all tasks in one play."""
    folder = tmp_path_factory.mktemp("play")
    (folder / "profiles").mkdir()
    (folder / "profiles" / "site.yml").write_text("{extends: usphere_7, name: our-site}", encoding="utf-8")
    tasks = []
    for name, task in TASKS.items():
        registered = "again" if name == "repeated" else name
        tasks.append({"name": name, **task, "register": registered, "ignore_errors": True})
    names = {name: f"{{{{ {'again' if name == 'repeated' else name} }}}}" for name in TASKS}
    saved = {"content": "{{ found | to_json }}", "dest": str(folder / "results.json")}
    play = {
        "hosts": "site",
        "gather_facts": False,
        "module_defaults": {"group/unicloud.usphere.vms": NOWHERE},
        "vars": {"chosen": {"extends": "usphere_7", "name": "{{ inventory_hostname }}"}},
        "tasks": [*tasks, {"ansible.builtin.copy": saved, "vars": {"found": names}}],
    }
    # Only the node itself is read without a connection, so the defaults of a server are not given there.
    tasks[-1]["module_defaults"] = {}
    (folder / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = {"all": {"hosts": {"site": here, "other": here}}}
    (folder / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    # Ansible writes the file of an asynchronous job below HOME and looks for it in the home directory of the
    # account, which can be two directories.
    jobs = {"ANSIBLE_ASYNC_DIR": str(folder / "jobs")}
    paths = {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"), "LC_ALL": "C.UTF-8", **jobs}
    environment = {**os.environ, **paths}
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "play.yml", "-i", "hosts.yml", "-vvv"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert "planted-secret" not in output
    found: dict[str, Any] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return {**found, "output": output}


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("by_default", "usphere_7"),
        ("by_name", "cas_e0710"),
        ("by_path", "our-site"),
        ("in_directory", "our-site"),
        ("by_mapping", "inline"),
        ("by_template", "site"),
        ("repeated", "our-site"),
        ("checked", "our-site"),
        ("delegated", "our-site"),
        ("asynchronous", "our-site"),
    ],
)
def test_a_valid_profile_reaches_the_module(results: dict[str, Any], name: str, profile: str) -> None:
    assert results[name].get("failure", {}).get("code") in REACHED, results[name]
    assert f'"profile": "{profile}"' in results["output"]


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("misspelt", "profile_key_like", "got cas_e0711; did you mean cas_e0710?"),
        ("wrong", "profile_text", "invalid at /name: must be a text that is not empty"),
        ("missing", "profile_file_missing", "profiles/none.yml"),
        ("forged", "profile_key_unknown", "compiled"),
    ],
)
def test_an_invalid_profile_fails_the_task_first(
    results: dict[str, Any], name: str, code: str, sentence: str
) -> None:
    result = results[name]
    assert (result["failed"], result["changed"], result["failure"]["code"]) == (True, False, code)
    assert sentence in result["msg"]


def test_the_compiled_form_is_not_printed(results: dict[str, Any]) -> None:
    assert '"license_totals"' not in results["output"]


def test_every_item_of_a_loop_has_its_own_profile(results: dict[str, Any]) -> None:
    codes = [item["failure"]["code"] for item in results["looped"]["results"]]
    assert codes[0] in REACHED
    assert codes[1:] == ["profile_key_like"]


def test_a_retried_task_is_run_again(results: dict[str, Any]) -> None:
    assert results["repeated"]["attempts"] == 1


def test_a_node_is_read_without_a_profile(results: dict[str, Any]) -> None:
    assert results["on_the_node"]["ansible_facts"]["usphere"]["subject"]["kind"] == "node"


@pytest.mark.parametrize("module", MODULES)
def test_each_module_with_the_option_has_the_action(module: str) -> None:
    text = (ROOT / "plugins" / "action" / f"{module}.py").read_text(encoding="utf-8")
    assert "class ActionModule(CompiledProfile, ModuleAction):" in text


def test_no_other_module_has_the_option() -> None:
    paths = [
        path for path in (ROOT / "plugins" / "modules").glob("*.py") if "_api" in path.read_text("utf-8")
    ]
    assert sorted(path.stem for path in paths) == sorted(MODULES)


@pytest.mark.parametrize("name", ["own_row", "own_row_as_text"])
def test_valid_rows_of_the_catalog_reach_the_module(results: dict[str, Any], name: str) -> None:
    assert results[name]["failure"]["code"] in REACHED


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("row_misspelt", "catalog_row_invalid", "the field metric of a catalog row"),
        ("row_of_another_role", "catalog_role", "vms_standard must remain edition standard"),
        ("row_as_text", "catalog_role", "vms_standard must remain edition standard"),
    ],
)
def test_an_invalid_row_of_the_catalog_fails_the_task_first(
    results: dict[str, Any], name: str, code: str, sentence: str
) -> None:
    found = results[name]
    assert (found["failure"]["code"], found["failure"]["rule"]) == (code, "R2")
    assert sentence in found["msg"]


def test_rows_of_another_type_are_refused(results: dict[str, Any]) -> None:
    assert "catalog" in results["no_rows"]["msg"]
    assert "unable to convert to dict" in results["no_rows"]["msg"]
