# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""AGENTS.md names what exists and every package, and its worked examples work."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from agents_page import (
    PAGE,
    ROOT,
    Copy,
    Row,
    example,
    is_defined,
    paths,
    references,
    row_of,
    rows,
    source_files,
)

LAYERS = "ansible_collections.unicloud.usphere.plugins."
#: Parents of which every child directory is in a table.
PARENTS = ("plugins", "roles", "extensions", "tests")


def exists(path: str) -> bool:
    """Return whether a path or pattern exists, relative to the collection or to its plugins."""
    return any(any(base.glob(path.rstrip("/"))) for base in (ROOT, ROOT / "plugins"))


@pytest.mark.parametrize(("path", "name"), sorted(set(references())))
def test_a_reference_names_what_its_file_defines(path: str, name: str) -> None:
    assert (ROOT / path).is_file()
    assert is_defined(ROOT / path, name)


def test_every_path_exists() -> None:
    assert [path for path in paths() if not exists(path)] == []
    assert len(paths()) > 20


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.directory)
def test_a_row_names_a_directory_and_its_files(row: Row) -> None:
    assert (ROOT / row.directory).is_dir()
    assert [name for name in row.files if not (ROOT / row.directory / name).exists()] == []


def test_every_package_has_a_row() -> None:
    directories = {PurePosixPath(name).parent for name in source_files() if name.startswith(PARENTS)}
    packages = {
        str(each)
        for each in directories
        if each.parts[:2] in (("plugins", "module_utils"), ("plugins", "plugin_utils"))
    }
    children = {"/".join(each.parts[:2]) for each in directories if len(each.parts) > 1}
    assert (packages | children) - {row.directory for row in rows()} == set()
    assert len(packages) > 30


def test_packages_are_in_the_order_of_their_imports() -> None:
    order = runpy.run_path(str(ROOT / "tests" / "unit" / "test_layers.py"))["ORDER"]
    for parent, packages in order.items():
        directory = "plugins/" + parent.replace(".", "/")
        listed = [PurePosixPath(row.directory) for row in rows()]
        assert tuple(each.name for each in listed if str(each.parent) == directory) == packages, parent


def test_a_wrong_reference_is_found() -> None:
    assert not is_defined(ROOT / "tests/unit/docs/agents_page.py", "Copy.no_such_method")
    assert is_defined(ROOT / "tests/unit/docs/agents_page.py", "Copy.run")
    assert references("See `a/b.py: run` and `a/b.py`.") == [("a/b.py", "run")]
    assert paths("See `a/b.py: run` and `a/b.py`.") == ["a/b.py"]
    assert row_of("| `a/b` | Text | `c.py`, `d.py` |") == Row("a/b", ("c.py", "d.py"))
    assert not exists("plugins/no_such_directory")


# The worked examples, each with a program that prints True if what it adds is in the copy, and the
# generated file that names it.
EXAMPLES = {
    "Add a rule": (
        f"from {LAYERS}plugin_utils._policy.policy.load import load_policy\n"
        "print('r27-in-scope' in load_policy('vendor').rules)",
        "docs/docsite/rst/guide_rules.rst",
        "``r27-in-scope``",
    ),
    "Add a product": (
        f"from {LAYERS}module_utils._licensing.catalog.catalog import Catalog\n"
        "print(Catalog.builtin().product('object_storage').row == 19)",
        "plugins/module_utils/_licensing/catalog/catalog_data.py",
        '"object_storage"',
    ),
    "Add an endpoint": (
        f"from {LAYERS}module_utils._vms.profile.loader import load_profile\n"
        "print(load_profile('usphere_7').operation('manager_time').path == '/system/time')",
        "docs/docsite/rst/guide_profiles.rst",
        "``manager_time``",
    ),
}


@pytest.fixture
def copy_of_the_collection(tmp_path: Path) -> Callable[[], Copy]:
    if shutil.which("git") is None:
        pytest.skip("git is needed to apply the diffs")
    return lambda: Copy(tmp_path)


@pytest.mark.parametrize("title", list(EXAMPLES))
def test_an_example_works(title: str, copy_of_the_collection: Callable[[], Copy]) -> None:
    copy, steps = copy_of_the_collection(), example(title)
    assert len(steps.diffs) > 1
    for diff in steps.diffs:
        copy.apply(diff)
    assert any("pytest" in command for command in steps.commands)
    for command in steps.commands:
        done = copy.run(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
    program, generated, name = EXAMPLES[title]
    assert copy.python(program) == "True"
    assert name in copy.text(generated)


@pytest.mark.parametrize("title", list(EXAMPLES))
def test_an_example_fails_without_its_last_diff(
    title: str, copy_of_the_collection: Callable[[], Copy]
) -> None:
    copy, steps = copy_of_the_collection(), example(title)
    for diff in steps.diffs[:-1]:
        copy.apply(diff)
    failed = next((command for command in steps.commands if copy.run(command).returncode), None)
    assert failed is not None


def test_the_commands_of_the_page_exist() -> None:
    make, environment, test = example("Commands").commands
    targets = make.removeprefix("make ").replace(".venv", "$(VENV)").split()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets if f"\n{target}:" not in makefile] == []
    assert {word.partition("=")[0] for word in environment.split()[1:]} == {
        "PYTHONPATH",
        "ANSIBLE_COLLECTIONS_PATH",
        "PATH",
    }
    assert test.startswith("python -m pytest ")
    assert (ROOT / test.split()[-1]).is_file()
    assert "`make help`" in PAGE
