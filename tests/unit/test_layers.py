# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports point down only; the network, Ansible and third parties are confined to certain packages."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
PREFIX = "ansible_collections.unicloud.usphere.plugins"
KINDS = ("action", "callback", "doc_fragments", "filter", "inventory", "lookup", "modules", "test")

# Modules that every package may import: of the collection, they import only each other.
SHARED = {
    "module_utils._decode",
    "module_utils._errors",
    "module_utils._facts",
    "module_utils._interval",
    "module_utils._masking",
    "module_utils._messages",
    "module_utils._pointer",
    "module_utils._release",
    "module_utils._text",
    "module_utils._time",
}
# What else each package of the collection may import. Modules for options and results may import Ansible.
ALLOWED: dict[str, set[str]] = {
    **dict.fromkeys(SHARED, SHARED),
    "module_utils._licensing": SHARED,
    "module_utils._vms": SHARED,
    "module_utils._operations": SHARED | {"module_utils._vms", "module_utils._licensing"},
    "module_utils._module": SHARED | {"module_utils._vms"},
    "module_utils._argspec": SHARED | {"module_utils._licensing", "module_utils._operations"},
    "module_utils._write_module": SHARED | {"module_utils._module", "module_utils._operations"},
    "plugin_utils": SHARED | {"module_utils._licensing", "module_utils._operations"},
}
# Packages of one parent, in order: each imports only those before it.
ORDER = {
    "module_utils._vms": ("wire", "profile", "api"),
    "module_utils._licensing": ("values", "catalog", "reading", "state", "rules", "facts", "planning"),
    "module_utils._operations": (
        *("core", "bundles", "checks", "facts", "license", "client", "journal", "request", "migration"),
        "manual",
    ),
    "plugin_utils._policy": (
        *("base", "documents", "facts", "fact_map", "constraints", "json_schema", "policy", "similar"),
        *("subjects", "fleet", "pools", "findings", "evaluation", "host_checks", "testing"),
    ),
    "plugin_utils._report": ("model", "formats", "output"),
}
MOST_MODULES = 12
MAY_NAME_ANSIBLE = ("module_utils._module", "module_utils._argspec", "module_utils._write_module")
STANDARD_LIBRARY_ONLY = ("module_utils",)


def package_of(module: str) -> str:
    """Return the package of a dotted name below `plugins`: two parts below module_utils, one elsewhere."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "module_utils" else parts[0]


def python_files() -> list[Path]:
    return sorted(path for path in PLUGINS.rglob("*.py") if path.stat().st_size)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PLUGINS).with_suffix("").parts)


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield (dotted name, is own); own names are relative to `plugins`."""
    package = dotted(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _own(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            for alias in node.names:
                yield ".".join([*base, *([node.module] if node.module else [alias.name])]), True
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield _own(node.module)


def _own(name: str) -> tuple[str, bool]:
    return (name[len(PREFIX) + 1 :], True) if name.startswith(PREFIX + ".") else (name, False)


@pytest.mark.parametrize("path", python_files(), ids=dotted)
def test_imports_point_down(path: Path) -> None:
    own_package = package_of(dotted(path))
    for name, own in imports(path):
        if not own:
            continue
        other_package = package_of(name)
        if other_package == own_package:
            continue
        if own_package in KINDS:
            # A plugin is a thin wrapper: it may use everything below it, but no other plugin.
            assert other_package.split(".")[0] in ("module_utils", "plugin_utils"), (
                f"{dotted(path)} imports {name}"
            )
            if own_package == "modules":
                assert other_package.startswith("module_utils"), (
                    f"{dotted(path)} imports {name}: it would not reach a node"
                )
        else:
            assert own_package in ALLOWED, f"{dotted(path)} is not in a known package"
            assert other_package in ALLOWED[own_package], (
                f"{dotted(path)} imports {name}, which is not below it"
            )


@pytest.mark.parametrize("path", python_files(), ids=dotted)
def test_only_plugins_and_adapters_import_ansible(path: Path) -> None:
    name = dotted(path)
    if package_of(name) in KINDS or name.startswith(MAY_NAME_ANSIBLE):
        return
    named = [imported for imported, own in imports(path) if not own and imported.split(".")[0] == "ansible"]
    assert not named, f"{name} imports {named}"


@pytest.mark.parametrize("path", python_files(), ids=dotted)
def test_module_utils_use_the_standard_library_only(path: Path) -> None:
    name = dotted(path)
    if not name.startswith("module_utils"):
        return
    foreign = {
        imported
        for imported, own in imports(path)
        if not own and imported.split(".")[0] not in (*sys.stdlib_module_names, "ansible")
    }
    assert not foreign, f"{name} imports {sorted(foreign)}"


def _place(module: str) -> tuple[str, str]:
    """Return the parent in ORDER that a module is below, and its package there; empty strings without one."""
    for parent in ORDER:
        if module.startswith(parent + "."):
            return parent, module[len(parent) + 1 :].split(".")[0]
    return "", ""


@pytest.mark.parametrize("path", python_files(), ids=dotted)
def test_packages_of_one_parent_import_in_order(path: Path) -> None:
    parent, package = _place(dotted(path))
    if not parent:
        return
    order = ORDER[parent]
    assert package in order, f"{dotted(path)} is in a package that ORDER does not name"
    for name, own in imports(path):
        above, other = _place(name)
        if own and above == parent:
            assert order.index(other) <= order.index(package), f"{dotted(path)} imports {name}"


def test_no_package_has_too_many_modules() -> None:
    sizes = Counter(path.parent for path in python_files() if "_utils" in dotted(path))
    large = {
        str(directory.relative_to(PLUGINS)): size for directory, size in sizes.items() if size > MOST_MODULES
    }
    assert large == {}


def test_public_class_names_are_unique() -> None:
    places: dict[str, list[str]] = {}
    for path in python_files():
        if "_utils" in dotted(path):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places.setdefault(node.name, []).append(dotted(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_the_checks_read_sources() -> None:
    assert len(python_files()) > 20
    assert list(imports(PLUGINS / "module_utils" / "_messages" / "catalog.py"))
