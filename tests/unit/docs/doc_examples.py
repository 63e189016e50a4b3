# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read every example of the documentation, with its place and its kind."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
#: tests/tutorial and tests/package follow these guides block by block, so their blocks are not examples here.
FOLLOWED = ("guide_molecule.rst", "guide_tutorial.rst")
GUIDES = sorted(
    path for path in (ROOT / "docs" / "docsite" / "rst").glob("*.rst") if path.name not in FOLLOWED
)
READMES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("roles/*/README.md"))]
PLUGINS = sorted(
    path
    for directory in ("modules", "filter", "lookup", "test", "callback", "inventory")
    for path in (ROOT / "plugins" / directory).glob("*.py")
) + sorted(ROOT.glob("extensions/eda/plugins/*/*.py"))

EVENT_SOURCES = {
    f"unicloud.usphere.{path.stem}": path for path in PLUGINS if path.parent.name == "event_source"
}

DIRECTIVE = re.compile(
    r"(?:^ *\.\. not run: (?P<reason>.+)\n\n)?"
    r"^(?P<indent> *)\.\. code-block::[ ]*(?P<language>[\w+]*)\n\n"
    r"(?P<body>(?:(?P=indent)[ \t]+.*\n|[ \t]*\n)+)",
    re.MULTILINE,
)
FENCE = re.compile(
    r"(?:^<!-- not run: (?P<reason>.+) -->\n+)?^```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


#: The first line of a schema or of data in the guide on own facts: the name of the file.
OWN_FACTS_FILE = re.compile(r"# (?:policies/\w+\.schema|cmdb/\w+)\.yml\n")


class Kind(Enum):
    """The kind of an example; each kind has a check."""

    PLAYS = "plays"
    TASKS = "tasks"
    DOCUMENT = "document"  # has a `kind`: a policy, waivers, …
    SCHEMA = "schema"  # a bare JSON Schema, which is also a policy
    POLICY_PART = "part of a policy"
    PROFILE = "endpoint profile"
    INVENTORY = "inventory"
    INVENTORY_SOURCE = "source of the inventory plugin"
    VARIABLES = "variables of roles and playbooks"
    OPTIONS = "options of a module"
    REQUIREMENTS = "requirements of ansible-galaxy"
    EVENT_SOURCES = "sources of a rulebook"
    RULES = "rules of a rulebook"
    EVENT = "event"
    CONFIGURATION = "ansible.cfg"
    OWN_FACTS = "schema or data of the guide on own facts"  # test_own_facts_guide.py reads them all
    CONSOLE = "commands"
    TEXT = "text, not code"


@dataclass(frozen=True)
class Example:
    """One example. `reason` is the stated reason why it is not run, or an empty string."""

    place: str
    language: str
    text: str
    reason: str = ""

    @property
    def value(self) -> Any:
        """The YAML content; the first document where there are several."""
        return next(yaml.safe_load_all(self.text))


def examples() -> list[Example]:
    """Return all examples in the order of files and lines."""
    found: list[Example] = []
    for path in GUIDES:
        found += _fenced(path, DIRECTIVE)
    for path in READMES:
        found += _fenced(path, FENCE)
    for path in PLUGINS:
        found += _of_plugin(path)
    return found


def _fenced(path: Path, pattern: re.Pattern[str]) -> Iterator[Example]:
    text = path.read_text(encoding="utf-8")
    if path == ROOT / "README.md":
        # tests/tutorial runs all blocks before the first section and those of the tutorial.
        tutorial = text.index("\n## Tutorial\n")
        for start, end in ((0, text.index("\n## ")), (tutorial, text.index("\n## ", tutorial + 1))):
            text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    for block in pattern.finditer(text):
        line = text.count("\n", 0, block.start("body")) + 1
        body = textwrap.dedent(block["body"]).strip("\n") + "\n"
        yield Example(f"{path.relative_to(ROOT)}:{line}", block["language"], body, block["reason"] or "")


def _of_plugin(path: Path) -> Iterator[Example]:
    line, text = constant(path, "EXAMPLES")
    if text:
        yield Example(f"{path.relative_to(ROOT)}:{line}", "yaml", text)


def constant(path: Path, name: str) -> tuple[int, str]:
    """Return line and text of the string that a Python file assigns to `name`; 0 and "" without one."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == name
            and isinstance(node.value, ast.Constant)
        ):
            return node.lineno, str(node.value.value)
    return 0, ""


def kind_of(example: Example) -> Kind | None:
    """Return the kind of an example; None if no check handles it."""
    if example.language in ("console", "shell", "bash"):
        return Kind.CONSOLE
    if example.language in ("text", ""):
        return Kind.TEXT
    if example.language == "ini":
        return Kind.CONFIGURATION
    if OWN_FACTS_FILE.match(example.text):
        return Kind.OWN_FACTS
    value = example.value
    if isinstance(value, list):
        return _of_list(value)
    return _of_mapping(value) if isinstance(value, dict) else None


def _of_list(items: list[Any]) -> Kind | None:
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    if all("condition" in item and "action" in item for item in items):
        return Kind.RULES
    if all(set(item) - {"name"} <= set(EVENT_SOURCES) for item in items):
        return Kind.EVENT_SOURCES
    if all("hosts" in item or "ansible.builtin.import_playbook" in item for item in items):
        return Kind.PLAYS
    return Kind.TASKS if all("name" in item for item in items) else None


def _of_mapping(value: dict[str, Any]) -> Kind | None:
    names = set(value)
    if "kind" in names:
        return Kind.DOCUMENT
    if "$schema" in names:
        return Kind.SCHEMA
    if "operations" in names:
        return Kind.PROFILE
    if names == {"license_expiry"}:
        return Kind.EVENT
    if names == {"collections"}:
        return Kind.REQUIREMENTS
    if "plugin" in names:
        return Kind.INVENTORY_SOURCE
    if names <= {"pools", "rules", "parameters", "tests", "fixtures", "extends", "site_facts"}:
        return Kind.POLICY_PART
    if names == {"ansible.cfg"}:
        return Kind.CONFIGURATION
    if all(
        isinstance(group, dict) and set(group) <= {"hosts", "vars", "children"} for group in value.values()
    ):
        return Kind.INVENTORY
    if all(re.match(r"(usphere|license)_[a-z_]+$", name) for name in names):
        return Kind.VARIABLES
    return Kind.OPTIONS if names <= {"activation_files", "license_server", "expect", "quota"} else None
