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
from page_blocks import missing
from setups import NOT_PLAYED, SETUPS, Setup
from simulator_setup import NODES, ExampleSite, scenario
from tunnel_proxy import TunnelProxy

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
    assert set(keys) == set(SETUPS) | set(NOT_PLAYED), (
        "an example without a setup, or a setup without its example"
    )


@pytest.mark.parametrize(
    "scene",
    [scene for scene in SCENES if scene.key in SETUPS],
    ids=lambda scene: f"{scene.file}: {scene.name}",
)
def test_it_does_what_it_says(scene: Scene, tmp_path: Path) -> None:
    setup = SETUPS[scene.key]
    with ExampleSite(tmp_path, scenario(setup.licenses, setup.links, setup.clients)) as site:
        for name in setup.before:
            BEFORE[name](site, scene, setup)
        _write_what_is_included(scene.text, site)
        _have_files_issued(yaml.safe_load(scene.text), site)
        for server, files in setup.bought.items():
            for file in files:
                site.issue(server, file["path"], [file["expect"]])
        value = site.adapted(scene.text, setup.ids)
        plays = value if scene.plays else [{"name": scene.name, "hosts": setup.hosts, "tasks": value}]
        for play in plays:
            if "hosts" not in play:  # it imports a playbook
                continue
            play.setdefault("gather_facts", False)
            if setup.defaults:
                play["module_defaults"] = _defaults(site)
            if setup.facts:
                play["pre_tasks"] = [{"name": "Read the facts of a system", f"{OURS}vms_facts": None}]
        code, seen = site.play(plays, setup.variables, setup.bought)
        assert code == setup.code, seen
        assert "ok=" in seen, "the play matched no host"
        flat = " ".join(re.sub(r"[\"',]", "", seen).split())
        for words in setup.see:
            assert re.sub(r"[\"',]", "", words) in flat, f"'{words}' is not seen in:\n{seen}"
        if site.proxy is not None:
            site.proxy.stop()
            assert site.proxy.heads, "nothing went through the proxy"


def test_the_report_is_what_the_quick_start_shows(tmp_path: Path) -> None:
    short = {**Setup().licenses, "ls-west": [{"product": "vms_standard", "arch": "aarch64", "quantity": 7}]}
    with ExampleSite(tmp_path, scenario(short, Setup().links, Setup().clients)) as site:
        gate = [{"ansible.builtin.import_playbook": f"{OURS}compliance"}]
        code, seen = site.play(gate, {"license_compliance_language": "en"})
    assert code == 2, seen
    (shown,) = (
        each.text for each in examples() if "quick_start" in each.place and kind_of(each) is Kind.TEXT
    )
    assert missing(shown, seen) is None, seen


def _defaults(site: ExampleSite) -> dict[str, Any]:
    """The connection, said once: a system's own for what asks it, ls-east for what asks a License Server."""
    east = site.endpoints["nodes"]["ls-east"]
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


def _write_what_is_included(text: str, site: ExampleSite) -> None:
    for name in re.findall(r"include_tasks: (\S+)", text):
        tasks = [{"name": "Say so", "ansible.builtin.debug": {"msg": f"PLAYED {name}"}}]
        (site.folder / name).write_text(yaml.safe_dump(tasks), encoding="utf-8")


def _have_files_issued(value: Any, site: ExampleSite) -> None:
    """Make the activation files that tasks name hold what the tasks expect in them."""
    for task in value if isinstance(value, list) else []:
        arguments = task.get(f"{OURS}license") or {}
        named = arguments.get("activation_files", [])
        files = [] if isinstance(named, str) else list(named)
        if "activation_file" in arguments:
            files.append({"path": arguments["activation_file"], "expect": arguments["expect"]})
        for file in files:
            expected = file["expect"] if isinstance(file["expect"], list) else [file["expect"]]
            site.issue(NODES[arguments.get("host", "10.1.0.5")], file["path"], expected)


# What has to have happened before


def _task(site: ExampleSite, module: str, **arguments: Any) -> None:
    play = {
        "hosts": "hangzhou",
        "gather_facts": False,
        "tasks": [{"name": "Before", f"{OURS}{module}": arguments, "register": "before"}],
    }
    code, seen = site.play([play], {})
    assert code == 0, seen


def _ends(site: ExampleSite) -> dict[str, Any]:
    nodes = site.endpoints["nodes"]
    return {
        end: {"host": nodes[name]["host"], "port": nodes[name]["port"]}
        for end, name in (("source", "ls-east"), ("destination", "ls-west"))
    }


def _move(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    journal = str(site.folder / "srv/usphere/journal")
    _task(site, "license_migration", journal=journal, license_ids=["LS-000001"], **_ends(site))


def _plan(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    """A migration that stopped before anything was uninstalled."""
    path = "/licsmgr/api/v1/licenses/*/uninstall"
    fault = {"node": "ls-east", "method": "POST", "path": path, "kind": "http_500", "times": 0}
    site.control("POST", "/faults", fault)
    play = {
        "hosts": "hangzhou",
        "gather_facts": False,
        "tasks": [
            {
                f"{OURS}license_migration": {
                    "journal": str(site.folder / "srv/usphere/journal"),
                    "license_ids": ["LS-000002"],
                    "wait_timeout": 5,
                    **_ends(site),
                }
            }
        ],
    }
    code, seen = site.play([play], {})
    assert code == 2, seen
    site.control("DELETE", "/faults")


def _split_one(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    journal = site.folder / "srv/usphere/journal"
    _task(
        site,
        "license_migration",
        journal=str(journal),
        license_ids=["LS-000001"],
        quantities=[4],
        **_ends(site),
    )
    (proof,) = journal.glob("*/uninstall-file/*.uak")
    out = site.folder / "srv/usphere/transferred"
    shares = ("--quantity", "4", "--server", "ls-west", "--remainder-server", "ls-east")
    for file in site.platform("transfer", "--uninstall-file", proof, *shares, "--out", out)["files"]:
        part = "part" if file["licenses"][0]["quantity"] == 4 else "rest"
        Path(file["path"]).rename(out / f"{part}.ak")


def _request(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    """A request that the platform has answered."""
    requests, key = site.folder / "srv/usphere/requests", "KEY-vms_standard-x86_64"
    asked = {"key": key, "product": "vms_standard", "arch": "x86_64", "quantity": 4, "purchased": 10}
    _task(site, "license_request", dest=str(requests), keys=[asked], **_ends(site)["source"])
    (bundle,) = {path.parent for path in requests.rglob("*") if path.name == "request.json"}
    site.buy("ls-east", key, 4, bundle / "issued")


def _facts(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    plays = [
        {
            "hosts": "vms",
            "gather_facts": False,
            "module_defaults": _defaults(site),
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
    code, seen = site.play(plays, {})
    assert code == 0, seen
    lines = [path.read_text(encoding="utf-8").strip() for path in sorted(site.folder.glob("facts-*.json"))]
    assert len(lines) == 2
    (site.folder / "facts.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _policies(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    (site.folder / "policies").mkdir(exist_ok=True)


def _yesterday(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    _facts(site, _scene, _setup)
    read = "lookup('ansible.builtin.file', 'facts-hangzhou.json') | from_json"
    decided = f"{{{{ {read} | unicloud.usphere.license_compliance('vendor') }}}}"
    copy = {"content": decided + "\n", "dest": "reports/yesterday.json", "mode": "0600"}
    plays = [{"hosts": "hangzhou", "gather_facts": False, "tasks": [{"ansible.builtin.copy": copy}]}]
    code, seen = site.play(plays, {})
    assert code == 0, seen


def _of_guide(guide: str, kind: Kind) -> str:
    return next(each.text for each in examples() if guide in each.place and kind_of(each) is kind)


def _profile(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    text = _of_guide("guide_profiles.rst", Kind.PROFILE)
    (site.folder / "our-site.yml").write_text(text, encoding="utf-8")


def _catalog(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    text = _of_guide("guide_rules.rst", Kind.DOCUMENT)
    (site.folder / "catalog.yml").write_text(text, encoding="utf-8")


def _fact_map(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    """Write the map and the nodes of the guide; they have no VMS interface."""
    text = _of_guide("guide_fact_maps.rst", Kind.DOCUMENT)
    (site.folder / "fact_map.yml").write_text(text, encoding="utf-8")
    nodes = yaml.safe_load(_of_guide("guide_fact_maps.rst", Kind.INVENTORY))
    site.more_groups = nodes


def _proxy(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    """Open a proxy. It ends with the test; a tunnel through it ends with its client."""
    site.proxy = TunnelProxy()
    site.instead["http://proxy.example.com:3128"] = site.proxy.address


def _device(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    content = site.control("GET", "/nodes/ls-east/device-information")
    (site.folder / "files/ls-east.did").write_bytes(content)


def _schema(site: ExampleSite, _scene: Scene, _setup: Setup) -> None:
    text = """
    {"type": "object",
     "properties": {"cpu_count": {"type": "integer", "minimum": 4}, "arch": {"enum": ["x86_64", "aarch64"]}}}
    """
    (site.folder / "policies" / "node.schema.json").write_text(text, encoding="utf-8")


BEFORE = {
    "schema": _schema,
    "move": _move,
    "plan": _plan,
    "split": _split_one,
    "request": _request,
    "facts": _facts,
    "policies": _policies,
    "yesterday": _yesterday,
    "profile": _profile,
    "catalog": _catalog,
    "device": _device,
    "fact_map": _fact_map,
    "proxy": _proxy,
}
