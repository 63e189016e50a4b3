# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks and plays of the documentation do what they say, against the simulator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from doc_examples import Example, Kind, examples, kind_of
from readme import missing
from stages import NOT_PLAYED, STAGES, Stage
from world import NODES, World, scenario

OURS = "unicloud.usphere."


@dataclass(frozen=True)
class Scene:
    """Consecutive tasks of an example that read each other's results, or its plays."""

    file: str
    name: str
    text: str
    plays: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.file, self.name


def scenes() -> list[Scene]:
    found = []
    for example in examples():
        if example.reason or kind_of(example) not in (Kind.TASKS, Kind.PLAYS):
            continue
        file = example.place.partition(":")[0]
        short = "/".join(Path(file).parts[1:]) if file.startswith("roles/") else Path(file).name
        if kind_of(example) is Kind.PLAYS:
            first = example.value[0]
            found.append(Scene(short, first.get("name", first.get("hosts")), example.text, plays=True))
        else:
            found += [Scene(short, tasks[0]["name"], _text(tasks), plays=False) for tasks in _split(example)]
    return found


def _split(example: Example) -> list[list[dict[str, Any]]]:
    """A module of ours opens a scene; what calls none, or reads its result, goes on with it."""
    parts: list[list[dict[str, Any]]] = []
    for task in example.value:
        calls = any(name.startswith(OURS) for name in task)
        if not parts or (calls and not _reads(task, parts[-1])):
            parts.append([])
        parts[-1].append(task)
    return parts


def _reads(task: dict[str, Any], earlier: list[dict[str, Any]]) -> bool:
    return any(re.search(rf"\b{one['register']}\b", str(task)) for one in earlier if "register" in one)


def _text(tasks: list[dict[str, Any]]) -> str:
    return yaml.safe_dump(tasks, sort_keys=False, allow_unicode=True)


SCENES = scenes()


def test_every_scene_has_a_stage() -> None:
    keys = [scene.key for scene in SCENES]
    assert len(keys) == len(set(keys))
    assert set(keys) == set(STAGES) | set(NOT_PLAYED), (
        "an example without a stage, or a stage without its example"
    )


@pytest.mark.parametrize(
    "scene",
    [scene for scene in SCENES if scene.key in STAGES],
    ids=lambda scene: f"{scene.file}: {scene.name}",
)
def test_it_does_what_it_says(scene: Scene, tmp_path: Path) -> None:
    stage = STAGES[scene.key]
    with World(tmp_path, scenario(stage.licenses, stage.links, stage.clients)) as world:
        for name in stage.before:
            BEFORE[name](world, scene, stage)
        _write_what_is_included(scene.text, world)
        _have_files_issued(yaml.safe_load(scene.text), world)
        for server, files in stage.bought.items():
            for file in files:
                world.issue(server, file["path"], [file["expect"]])
        value = world.adapted(scene.text, stage.ids)
        plays = value if scene.plays else [{"name": scene.name, "hosts": stage.hosts, "tasks": value}]
        for play in plays:
            if "hosts" not in play:  # it imports a playbook
                continue
            play.setdefault("gather_facts", False)
            if stage.defaults:
                play["module_defaults"] = _defaults(world)
            if stage.facts:
                play["pre_tasks"] = [{"name": "Read the facts of a system", f"{OURS}vms_facts": None}]
        code, seen = world.play(plays, stage.variables, stage.bought)
        assert code == stage.code, seen
        assert "ok=" in seen, "the play matched no host"
        flat = " ".join(re.sub(r"[\"',]", "", seen).split())
        for words in stage.see:
            assert re.sub(r"[\"',]", "", words) in flat, f"'{words}' is not seen in:\n{seen}"


def test_the_report_is_what_the_quick_start_shows(tmp_path: Path) -> None:
    short = {**Stage().licenses, "ls-west": [{"product": "vms_standard", "arch": "aarch64", "quantity": 7}]}
    with World(tmp_path, scenario(short, Stage().links, Stage().clients)) as world:
        gate = [{"ansible.builtin.import_playbook": f"{OURS}compliance"}]
        code, seen = world.play(gate, {"license_compliance_language": "en"})
    assert code == 2, seen
    (shown,) = (
        each.text for each in examples() if "quick_start" in each.place and kind_of(each) is Kind.TEXT
    )
    assert missing(shown, seen) is None, seen


def _defaults(world: World) -> dict[str, Any]:
    """The connection, said once: a system's own for what asks it, ls-east for what asks a License Server."""
    east = world.endpoints["nodes"]["ls-east"]
    server = {
        "host": "{{ hostvars[usphere_license_server].usphere_host }}",
        "port": "{{ hostvars[usphere_license_server].usphere_port }}",
    }
    facts = {
        "host": "{{ usphere_host }}",
        "port": "{{ usphere_port }}",
        "license_server": {
            **server,
            "username": "automation",
            "password": "{{ usphere_password }}",
            "client_id": "{{ usphere_client_id }}",
            "client_secret": "{{ usphere_client_secret }}",
        },
        "site": "{{ license_compliance_site | default({}) }}",
        "srm_sites": "{{ license_compliance_srm_sites | default([]) }}",
    }
    return {
        f"{OURS}vms_facts": facts,
        **{
            f"{OURS}{name}": {"host": east["host"], "port": east["port"]}
            for name in ("license", "license_info")
        },
    }


def _write_what_is_included(text: str, world: World) -> None:
    for name in re.findall(r"include_tasks: (\S+)", text):
        tasks = [{"name": "Say so", "ansible.builtin.debug": {"msg": f"PLAYED {name}"}}]
        (world.folder / name).write_text(yaml.safe_dump(tasks), encoding="utf-8")


def _have_files_issued(value: Any, world: World) -> None:
    """Make the activation files that tasks name hold what the tasks expect in them."""
    for task in value if isinstance(value, list) else []:
        arguments = task.get(f"{OURS}license") or {}
        named = arguments.get("activation_files", [])
        files = [] if isinstance(named, str) else list(named)
        if "activation_file" in arguments:
            files.append({"path": arguments["activation_file"], "expect": arguments["expect"]})
        for file in files:
            expected = file["expect"] if isinstance(file["expect"], list) else [file["expect"]]
            world.issue(NODES[arguments.get("host", "10.1.0.5")], file["path"], expected)


# What has to have happened before


def _task(world: World, module: str, **arguments: Any) -> None:
    play = {
        "hosts": "hangzhou",
        "gather_facts": False,
        "tasks": [{"name": "Before", f"{OURS}{module}": arguments, "register": "before"}],
    }
    code, seen = world.play([play], {})
    assert code == 0, seen


def _ends(world: World) -> dict[str, Any]:
    nodes = world.endpoints["nodes"]
    return {
        end: {"host": nodes[name]["host"], "port": nodes[name]["port"]}
        for end, name in (("source", "ls-east"), ("destination", "ls-west"))
    }


def _move(world: World, _scene: Scene, _stage: Stage) -> None:
    journal = str(world.folder / "srv/usphere/journal")
    _task(world, "license_migration", journal=journal, license_ids=["LS-000001"], **_ends(world))


def _plan(world: World, _scene: Scene, _stage: Stage) -> None:
    """A migration that stopped before anything was uninstalled."""
    path = "/licsmgr/api/v1/licenses/*/uninstall"
    fault = {"node": "ls-east", "method": "POST", "path": path, "kind": "http_500", "times": 0}
    world.control("POST", "/faults", fault)
    play = {
        "hosts": "hangzhou",
        "gather_facts": False,
        "tasks": [
            {
                f"{OURS}license_migration": {
                    "journal": str(world.folder / "srv/usphere/journal"),
                    "license_ids": ["LS-000002"],
                    "wait_timeout": 5,
                    **_ends(world),
                }
            }
        ],
    }
    code, seen = world.play([play], {})
    assert code == 2, seen
    world.control("DELETE", "/faults")


def _split_one(world: World, _scene: Scene, _stage: Stage) -> None:
    journal = world.folder / "srv/usphere/journal"
    _task(
        world,
        "license_migration",
        journal=str(journal),
        license_ids=["LS-000001"],
        quantities=[4],
        **_ends(world),
    )
    (proof,) = journal.glob("*/uninstall-file/*.uak")
    out = world.folder / "srv/usphere/transferred"
    shares = ("--quantity", "4", "--server", "ls-west", "--remainder-server", "ls-east")
    for file in world.platform("transfer", "--uninstall-file", proof, *shares, "--out", out)["files"]:
        part = "part" if file["licenses"][0]["quantity"] == 4 else "rest"
        Path(file["path"]).rename(out / f"{part}.ak")


def _request(world: World, _scene: Scene, _stage: Stage) -> None:
    """A request that the platform has answered."""
    requests, key = world.folder / "srv/usphere/requests", "KEY-vms_standard-x86_64"
    asked = {"key": key, "product": "vms_standard", "arch": "x86_64", "quantity": 4, "purchased": 10}
    _task(world, "license_request", dest=str(requests), keys=[asked], **_ends(world)["source"])
    (bundle,) = {path.parent for path in requests.rglob("*") if path.name == "request.json"}
    world.buy("ls-east", key, 4, bundle / "issued")


def _facts(world: World, _scene: Scene, _stage: Stage) -> None:
    plays = [
        {
            "hosts": "vms",
            "gather_facts": False,
            "module_defaults": _defaults(world),
            "tasks": [
                {f"{OURS}vms_facts": {"subject_id": "{{ inventory_hostname }}"}},
                {
                    "ansible.builtin.copy": {
                        "content": "{{ usphere | to_json }}\n",
                        "dest": "facts-{{ inventory_hostname }}.json",
                        "mode": "0600",
                    }
                },
            ],
        }
    ]
    code, seen = world.play(plays, {})
    assert code == 0, seen
    lines = [path.read_text(encoding="utf-8").strip() for path in sorted(world.folder.glob("facts-*.json"))]
    assert len(lines) == 2
    (world.folder / "facts.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _yesterday(world: World, _scene: Scene, _stage: Stage) -> None:
    _facts(world, _scene, _stage)
    read = "lookup('ansible.builtin.file', 'facts-hangzhou.json') | from_json"
    decided = f"{{{{ {read} | unicloud.usphere.license_compliance('vendor') }}}}"
    copy = {"content": decided + "\n", "dest": "reports/yesterday.json", "mode": "0600"}
    plays = [{"hosts": "hangzhou", "gather_facts": False, "tasks": [{"ansible.builtin.copy": copy}]}]
    code, seen = world.play(plays, {})
    assert code == 0, seen


def _of_guide(guide: str, kind: Kind) -> str:
    return next(each.text for each in examples() if guide in each.place and kind_of(each) is kind)


def _profile(world: World, _scene: Scene, _stage: Stage) -> None:
    text = _of_guide("guide_profiles.rst", Kind.PROFILE)
    (world.folder / "our-site.yml").write_text(text, encoding="utf-8")


def _catalog(world: World, _scene: Scene, _stage: Stage) -> None:
    text = _of_guide("guide_rules.rst", Kind.DOCUMENT)
    (world.folder / "catalog.yml").write_text(text, encoding="utf-8")


def _device(world: World, _scene: Scene, _stage: Stage) -> None:
    content = world.control("GET", "/nodes/ls-east/device-information")
    (world.folder / "files/ls-east.did").write_bytes(content)


BEFORE = {
    "move": _move,
    "plan": _plan,
    "split": _split_one,
    "request": _request,
    "facts": _facts,
    "yesterday": _yesterday,
    "profile": _profile,
    "catalog": _catalog,
    "device": _device,
}
