# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the output of ansible-doc for plugins, roles and keywords, with which examples are compared."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
COLLECTION = "unicloud.usphere"
Options = dict[str, dict[str, Any]]


def _doc(kind: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-doc"), "-t", kind, "-j", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    # For unknown names, ansible-doc prints an error or omits them.
    return dict(json.loads(done.stdout)) if done.stdout.lstrip().startswith("{") else {}


@functools.cache
def _pages(kind: str) -> dict[str, Any]:
    return _doc(kind, *listed(kind)) if listed(kind) else {}


@functools.cache
def page(kind: str, name: str) -> dict[str, Any]:
    """Return the complete page of one plugin or role; {} if there is none."""
    found = _pages(kind).get(name, {}) if name in listed(kind) else next(iter(_doc(kind, name).values()), {})
    points = found.get("entry_points", {})
    if kind == "role" and "main" not in points and "options" in points:
        # The role validates its variables itself, once, so its entry point has another name.
        return {**found, "entry_points": {**points, "main": points["options"]}}
    return dict(found)


@functools.cache
def listed(kind: str, of: str = COLLECTION) -> tuple[str, ...]:
    """Return the full names of the plugins or roles of a kind in a collection."""
    return tuple(sorted(_doc(kind, "-l", of)))


def options_of(kind: str, name: str, entry: str = "main") -> Options:
    """Return the options of a plugin, or of an entry point of a role."""
    found = page(kind, name)
    if kind == "role":
        options: Options = found["entry_points"][entry]["options"]
        return options
    options = found.get("doc", {}).get("options", {})
    return dict(options)


@functools.cache
def known_variables() -> frozenset[str]:
    """Return the variables that roles document, or that playbooks, roles and the rulebook read."""
    names: set[str] = set()
    for role in listed("role"):
        names |= set(options_of("role", role))
    for path in (
        *ROOT.glob("playbooks/*.yml"),
        *ROOT.glob("roles/*/**/*.yml"),
        *ROOT.glob("extensions/eda/**/*.yml"),
    ):
        names |= set(re.findall(r"\b(?:usphere|license)_[a-z_]+\b", path.read_text(encoding="utf-8")))
    for path in ROOT.glob("plugins/**/*.py"):
        names |= set(re.findall(r"\busphere_[a-z_]+\b", path.read_text(encoding="utf-8")))
    return frozenset(names)
