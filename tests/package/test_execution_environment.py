# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Execution and decision environments: what ansible-builder makes of the samples and of the collection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
EXAMPLES = ROOT / "docs" / "examples"
SAMPLES = {
    "execution-environment": EXAMPLES / "execution-environment" / "execution-environment.yml",
    "decision-environment": EXAMPLES / "decision-environment" / "decision-environment.yml",
}


def run(tool: str, *arguments: object, cwd: Path, status: int = 0) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHONPATH"))
    }
    environment.update(HOME=str(cwd), ANSIBLE_HOME=str(cwd / "ansible-home"), ANSIBLE_NOCOLOR="1")
    done = subprocess.run(
        [str(BIN / tool), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=cwd,
        env=environment,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collections path with the built collection in it, as an image has it."""
    folder = tmp_path_factory.mktemp("image")
    run("ansible-galaxy", "collection", "build", ROOT, "--output-path", folder, cwd=folder)
    (tarball,) = folder.glob("unicloud-usphere-*.tar.gz")
    run("ansible-galaxy", "collection", "install", tarball, "-p", folder / "path", "--offline", cwd=folder)
    return folder / "path"


@pytest.fixture(scope="module")
def requirements(collections: Path) -> dict[str, list[str]]:
    """What ansible-builder's own introspection finds that the collection needs."""
    pip, bindep = collections.parent / "pip.txt", collections.parent / "bindep.txt"
    run(
        "ansible-builder",
        "introspect",
        collections,
        "--write-pip",
        pip,
        "--write-bindep",
        bindep,
        cwd=collections,
    )
    return {
        path.stem: [
            line.partition("  #")[0] for line in path.read_text(encoding="utf-8").splitlines() if line
        ]
        for path in (pip, bindep)
    }


def test_the_collection_brings_its_python_requirements(requirements: dict[str, list[str]]) -> None:
    found = {Requirement(line).name: str(Requirement(line).specifier) for line in requirements["pip"]}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    stated = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert stated, "requirements.txt states nothing"
    assert found == {each.name: str(each.specifier) for each in stated}


def test_what_is_installed_here_satisfies_them(requirements: dict[str, list[str]]) -> None:
    """The tests of the collection ran with it, so an image that satisfies them will do."""
    import importlib.metadata

    for line in requirements["pip"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(importlib.metadata.version(requirement.name)), line


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [((), {"util-linux"}), (("eda",), {"util-linux", "java-17-openjdk-headless", "openjdk-17-jre-headless"})],
)
def test_the_collection_brings_its_system_requirements(
    requirements: dict[str, list[str]], profiles: tuple[str, ...], expected: set[str], tmp_path: Path
) -> None:
    """As bindep, which the image's build calls, reads them: Java only for those who ask for it."""
    from bindep.depends import Depends

    depends = Depends("\n".join(requirements["bindep"]) + "\n")
    found = set()
    for platform in ("platform:rpm", "platform:dpkg"):
        found |= {rule[0] for rule in depends.active_rules([*profiles, platform, "default"])}
    assert found == expected


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_build_context_comes_of_each_sample(name: str, tmp_path: Path) -> None:
    run(
        "ansible-builder",
        *("create", "--file", SAMPLES[name], "--context", tmp_path / "context"),
        *("--output-filename", "Containerfile"),
        cwd=tmp_path,
    )
    context = tmp_path / "context"
    definition: dict[str, Any] = yaml.safe_load(SAMPLES[name].read_text(encoding="utf-8"))
    text = (context / "Containerfile").read_text(encoding="utf-8")
    assert f'ARG EE_BASE_IMAGE="{definition["images"]["base_image"]["name"]}"' in text
    assert 'ARG PYPKG="python3.12"' in text
    assert 'ARG PYCMD="/usr/bin/python3.12"' in text
    assert f'ARG ANSIBLE_INSTALL_REFS="{install_refs(definition)}"' in text
    assert "ansible-galaxy collection install $ANSIBLE_GALAXY_CLI_COLLECTION_OPTS -r requirements.yml" in text
    assert "introspect.py introspect" in text, "the collection's own requirements are read in the build"
    wanted = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert wanted == definition["dependencies"]["galaxy"]
    assert wanted["collections"][0]["name"] == "unicloud.usphere"


def install_refs(definition: dict[str, Any]) -> str:
    dependencies = definition["dependencies"]
    return " ".join(dependencies[name]["package_pip"] for name in ("ansible_core", "ansible_runner"))


def test_a_decision_environment_has_rulebook_and_java(tmp_path: Path) -> None:
    sample = SAMPLES["decision-environment"]
    run("ansible-builder", "create", "--file", sample, "--context", tmp_path / "context", cwd=tmp_path)
    build = tmp_path / "context" / "_build"
    assert (
        Requirement((build / "requirements.txt").read_text(encoding="utf-8").strip()).name
        == "ansible-rulebook"
    )
    assert (build / "bindep.txt").read_text(encoding="utf-8").split() == [
        "java-17-openjdk-headless",
        "[platform:rpm]",
    ]
    (text,) = (tmp_path / "context").glob("*file")
    assert "JAVA_HOME=/usr/lib/jvm/jre-17" in text.read_text(encoding="utf-8")


def test_a_definition_that_is_wrong_is_refused(tmp_path: Path) -> None:
    """So that the tests above say something."""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(SAMPLES["execution-environment"].read_text(encoding="utf-8") + "dependecies: {}\n")
    run(
        "ansible-builder",
        "create",
        "--file",
        wrong,
        "--context",
        tmp_path / "context",
        cwd=tmp_path,
        status=1,
    )


def test_the_collection_runs_where_the_samples_put_it(collections: Path) -> None:
    """Version and requirement of the samples are those of the collection."""
    manifest = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    for sample in SAMPLES.values():
        definition = yaml.safe_load(sample.read_text(encoding="utf-8"))
        assert definition["version"] == 3
        core = Requirement(definition["dependencies"]["ansible_core"]["package_pip"])
        assert str(core.specifier) == runtime["requires_ansible"]
        (own,) = definition["dependencies"]["galaxy"]["collections"]
        assert own["name"] == f"{manifest['namespace']}.{manifest['name']}"
    installed = collections / "ansible_collections" / "unicloud" / "usphere"
    assert (installed / "extensions" / "eda" / "rulebooks" / "renew.yml").is_file()
    assert (installed / "extensions" / "audit" / "event_query.yml").is_file()
