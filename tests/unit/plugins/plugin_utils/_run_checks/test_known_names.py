# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of names agrees with the roles, the playbooks and the inventory plugin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.plugin_utils._run_checks.known_names import (
    INTERNAL,
    INTERNAL_PREFIXES,
    ROLE_OPTIONS,
    ROLE_RESULTS,
    SHARED,
    known_names,
)

ROOT = Path(__file__).resolve().parents[5]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.name != "simulator")
SOURCES = [
    *(path for role in ROLES for path in sorted((ROOT / "roles" / role).rglob("*.yml"))),
    *sorted((ROOT / "playbooks").rglob("*.yml")),
    ROOT / "plugins" / "inventory" / "vms.py",
    *sorted((ROOT / "plugins" / "plugin_utils" / "_inventory").glob("*.py")),
    *sorted((ROOT / "plugins" / "plugin_utils" / "_policy" / "subjects").glob("*.py")),
    ROOT / "plugins" / "plugin_utils" / "_run_checks" / "variable_names.py",
]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
NAME = re.compile(
    r"(?<![\w./])(?:usphere|license_(?:compliance|install|report|migrate))_[a-z_0-9]*[a-z0-9]\b"
)
#: Groups of the inventory.
GROUPS = {"usphere_compliant", "usphere_blocked", "usphere_vms"}


@pytest.mark.parametrize("role", ROLES)
def test_options_are_those_of_the_argument_specs(role: str) -> None:
    path = ROOT / "roles" / role / "meta" / "argument_specs.yml"
    specs = yaml.safe_load(path.read_text(encoding="utf-8"))
    options = {name for each in specs["argument_specs"].values() for name in each["options"]}
    assert options == {f"{role}_{name}" for name in ROLE_OPTIONS[role]}


@pytest.mark.parametrize("role", ROLES)
def test_defaults_are_options(role: str) -> None:
    defaults = yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert set(defaults) <= {f"{role}_{name}" for name in ROLE_OPTIONS[role]}


def test_all_roles_are_known() -> None:
    assert sorted(ROLE_OPTIONS) == sorted(ROLE_RESULTS) == ROLES


def test_every_name_in_the_sources_is_known() -> None:
    assert sorted(set(NAME.findall(TEXT)) - known_names() - GROUPS) == []


def test_every_known_name_is_in_the_sources() -> None:
    assert sorted(name for name in SHARED if f"usphere_{name}" not in TEXT) == []
    results = [f"{role}_{name}" for role, names in ROLE_RESULTS.items() for name in names]
    assert sorted(name for name in results if name not in TEXT) == []


def test_internal_names_are_those_of_the_sources() -> None:
    yaml_text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if path.suffix == ".yml")
    used = set(re.findall(r"(?<!\w)__[a-z][a-z_0-9]*", yaml_text))
    assert sorted(name for name in used if not name.startswith(INTERNAL_PREFIXES)) == sorted(INTERNAL)
