# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check every example of guides, READMEs and plugin pages.

No example is skipped: an example without a check fails here, unless a comment above it gives a reason
(`.. not run: why` in a guide, `<!-- not run: why -->` in a README).
"""

from __future__ import annotations

import configparser
import itertools
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.config.manager import ConfigManager
from doc_checks import errors_of_options, errors_of_plays, errors_of_tasks, errors_of_variables
from doc_examples import EVENT_SOURCES, GUIDES, ROOT, Example, Kind, constant, examples, kind_of
from doc_pages import known_variables, listed, options_of, page

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import load_fact_map
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.waivers import (
    load_waivers,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.site_catalog import load_catalog
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    load_entitlements,
)

ALL = examples()
LOADERS = {
    "LicensePolicy": load_policy,
    "Waivers": load_waivers,
    "Entitlements": load_entitlements,
    "LicenseCatalog": load_catalog,
    "FactMap": load_fact_map,
}


def of(*kinds: Kind) -> Any:
    chosen = [each for each in ALL if not each.reason and kind_of(each) in kinds]
    return pytest.mark.parametrize("example", chosen, ids=lambda example: example.place)


def test_every_example_has_a_check() -> None:
    directives = sum(
        len(re.findall(r"^ *\.\. (?:code-block|code|sourcecode)::", path.read_text(encoding="utf-8"), re.M))
        for path in GUIDES
    )
    assert len([each for each in ALL if each.place.startswith("docs/")]) == directives > 20
    unknown = [each.place for each in ALL if not each.reason and kind_of(each) is None]
    assert unknown == [], "examples without a check and without a reason"
    assert {Kind.PLAYS, Kind.TASKS, Kind.DOCUMENT, Kind.INVENTORY, Kind.CONSOLE} <= {
        kind_of(each) for each in ALL
    }


@of(Kind.TASKS)
def test_tasks(example: Example) -> None:
    assert list(errors_of_tasks(example.value)) == []


@of(Kind.PLAYS)
def test_plays(example: Example) -> None:
    assert list(errors_of_plays(example.value)) == []


def test_ansible_playbook_accepts_the_syntax_of_all_plays_and_tasks(tmp_path: Path) -> None:
    plays: list[Any] = []
    for example in ALL:
        if example.reason:
            continue
        if kind_of(example) is Kind.PLAYS:
            plays += example.value
        elif kind_of(example) is Kind.TASKS:
            plays.append(
                {"name": example.place, "hosts": "all", "gather_facts": False, "tasks": example.value}
            )
    (tmp_path / "all.yml").write_text(yaml.safe_dump(plays, allow_unicode=True), encoding="utf-8")
    done = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), "--syntax-check", "all.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@of(Kind.DOCUMENT)
def test_documents(example: Example) -> None:
    LOADERS[example.value["kind"]](example.value)


@of(Kind.SCHEMA)
def test_schemas(example: Example) -> None:
    assert load_policy(example.value).site_facts


@of(Kind.POLICY_PART)
def test_parts_of_policies(example: Example) -> None:
    load_policy({"kind": "LicensePolicy", "id": "example", "version": "1.0.0", **example.value})


@of(Kind.PROFILE)
def test_profiles(example: Example) -> None:
    assert load_profile(example.value).name == example.value["name"]


@of(Kind.INVENTORY, Kind.VARIABLES)
def test_inventories_and_variables(example: Example, tmp_path: Path) -> None:
    assert list(errors_of_variables(example.value)) == []
    if kind_of(example) is Kind.INVENTORY:
        (tmp_path / "inventory.yml").write_text(example.text, encoding="utf-8")
        done = subprocess.run(
            [str(Path(sys.executable).parent / "ansible-inventory"), "-i", "inventory.yml", "--list"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        seen = json.loads(done.stdout)
        with_hosts = {
            name for name, group in example.value.items() if group.get("hosts") or "children" in group
        }
        assert set(seen) >= with_hosts, done.stdout
        assert "[WARNING]" not in done.stderr, done.stderr


@of(Kind.INVENTORY_SOURCE)
def test_inventory_sources(example: Example) -> None:
    for document in yaml.safe_load_all(example.text):
        options = options_of("inventory", document["plugin"])
        assert list(errors_of_options(document, options, document["plugin"])) == []


@of(Kind.EVENT_SOURCES)
def test_sources_of_rulebooks(example: Example) -> None:
    for source in example.value:
        ((name, given),) = [(word, value) for word, value in source.items() if word != "name"]
        options = yaml.safe_load(constant(EVENT_SOURCES[name], "DOCUMENTATION")[1])["options"]
        for targets in ("systems", "license_servers"):  # each accepts the connection options, too
            options[targets]["suboptions"] = {**options, **options[targets]["suboptions"]}
        assert list(errors_of_options(given, options, name)) == []


EVENT_CODE = "".join(
    path.read_text(encoding="utf-8") for path in ROOT.glob("plugins/plugin_utils/_events/*.py")
)


def fields(value: Any) -> Iterator[str]:
    """Yield the names in a value at any depth."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield name
        yield from fields(inner)


@of(Kind.EVENT)
def test_events_have_only_known_fields(example: Example) -> None:
    unsent = {name for name in fields(example.value["license_expiry"]) if f'"{name}"' not in EVENT_CODE}
    assert unsent == set(), "no event has such a field"


@of(Kind.RULES)
def test_rules_read_only_known_fields(example: Example) -> None:
    for rule in example.value:
        read = re.findall(r"event\.license_expiry\.([a-z_.]+)", rule["condition"])
        assert read, "the rule must read a license_expiry event"
        unsent = {part for path in read for part in path.split(".") if f'"{part}"' not in EVENT_CODE}
        assert unsent == set(), "no event has such a field"


@of(Kind.OPTIONS)
def test_options(example: Example) -> None:
    ((name, value),) = example.value.items()
    homes = [module for module in listed("module") if name in options_of("module", module)]
    assert homes, f"no module has the option {name}"
    assert any(
        not list(errors_of_options({name: value}, {name: options_of("module", home)[name]}, home))
        for home in homes
    )


@of(Kind.REQUIREMENTS)
def test_requirements_name_this_collection(example: Example) -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    names = [entry["name"] for entry in example.value["collections"]]
    tarball = f"{galaxy['namespace']}-{galaxy['name']}-{galaxy['version']}.tar.gz"
    assert names
    assert set(names) <= {f"{galaxy['namespace']}.{galaxy['name']}", tarball}


@of(Kind.CONFIGURATION)
def test_configurations(example: Example) -> None:
    text = example.value["ansible.cfg"] if example.language == "yaml" else example.text
    parser = configparser.ConfigParser()
    parser.read_string(text)
    known = {
        (entry["section"], entry["key"])
        for definition in ConfigManager().get_configuration_definitions().values()
        for entry in definition.get("ini", [])
    } | {("defaults", "callback_result_format")}
    for callback in listed("callback"):
        for option in options_of("callback", callback).values():
            known |= {(entry["section"], entry["key"]) for entry in option.get("ini", [])}
    configured = {(section, key) for section in parser.sections() for key in parser[section]}
    assert configured
    assert configured - known == set()


def commands() -> Iterator[tuple[str, str]]:
    for example in ALL:
        if kind_of(example) is Kind.CONSOLE and not example.reason:
            folded = example.text.replace("\\\n", " ")
            prompts = any(line.startswith(("$ ", "# ")) for line in folded.splitlines())
            for line in folded.splitlines():
                if line.startswith("$ ") or (not prompts and line.strip()):
                    yield example.place, line.removeprefix("$ ")


@pytest.mark.parametrize(("place", "command"), list(commands()))
def test_commands(place: str, command: str) -> None:
    words = shlex.split(command, comments=True)
    program = Path(words[0]).name
    if program == "ansible-playbook":
        playbooks = [word for word in words if word.startswith("unicloud.usphere.")]
        for playbook in playbooks:
            assert (ROOT / "playbooks" / f"{playbook.rpartition('.')[2]}.yml").is_file(), command
        if playbooks:
            _extra_variables(words, ROOT / "playbooks" / f"{playbooks[0].rpartition('.')[2]}.yml")
    elif program == "ansible-doc":
        kind = words[words.index("-t") + 1] if "-t" in words else "module"
        assert page(kind, words[-1]), command
    elif program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{re.escape(words[1])}:", makefile, re.MULTILINE), command
    elif program == "ansible-galaxy" and words[-1].endswith(".tar.gz"):
        galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
        assert words[-1] == f"unicloud-usphere-{galaxy['version']}.tar.gz", command
    else:
        assert program in PROGRAMS, (
            f"{place}: no check for '{program}'; add it to PROGRAMS with what it needs"
        )


#: Other programs in the guides than those of Ansible, and why no check reads their commands.
PROGRAMS = {
    "ansible-builder": "needs a container engine; tests create the context of the samples with it",
    "python3": "creates an environment, as tests/tutorial does",
    "ansible-inventory": "the tests of the inventory plugin run it",
    "export": "sets a variable of Ansible's own",
    "ansible-rulebook": "the tests of the event source run the shipped rulebook with it",
    "ansible-galaxy": "builds and installs; tests/tutorial does both",
    "pip": "installs from an index",
}


def _extra_variables(words: list[str], playbook: Path) -> None:
    head = playbook.read_text(encoding="utf-8")
    for word, value in itertools.pairwise(words):
        if word == "-e" and "=" in value and not value.startswith("{"):
            name = value.partition("=")[0]
            assert name in known_variables() or re.search(rf"^#   {name}\b", head, re.MULTILINE), name


@pytest.mark.parametrize(
    ("tasks", "error"),
    [
        ("- {name: x, unicloud.usphere.license: {activation_fil: a}}", "no option activation_fil"),
        ("- {name: x, unicloud.usphere.license: {state: gone}}", "cannot be gone"),
        ("- {name: x, unicloud.usphere.license: {product_node: {a: 1}}}", "takes str"),
        ("- {name: x, unicloud.usphere.licence: {}}", "no module"),
        ("- {name: x, unicloud.usphere.license_migration: {source: {host: a}}}", "needs journal"),
        ("- {name: x, debug: {msg: a}}", "full name"),
        ("- {name: x, ansible.builtin.debug: {msg: '{{ a | unicloud.usphere.nothing }}'}}", "no filter"),
        (
            "- {name: x, ansible.builtin.debug: {msg: '{{ a | unicloud.usphere.to_opa(b=1) }}'}}",
            "no option b",
        ),
        ("- {name: x, ansible.builtin.debug: {msg: '{{ a | }}'}}", "expected token"),
        ("- {name: x, ansible.builtin.debug: {msg: a}, when: b is unicloud.usphere.nothing}", "no test"),
        ("- {name: x, ansible.builtin.debug: {msg: '{{ query(\"unicloud.usphere.no\") }}'}}", "no lookup"),
        (
            "- {name: x, unicloud.usphere.device_info: {dest: /a}, register: r}\n"
            "- {name: y, ansible.builtin.debug: {msg: '{{ r.sum }}'}}",
            "does not return sum",
        ),
    ],
)
def test_errors_of_a_wrong_example_are_found(tasks: str, error: str) -> None:
    assert any(error in found for found in errors_of_tasks(yaml.safe_load(tasks)))
