# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both READMEs list everything that the collection contains, link to files that exist, and agree."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from doc_examples import FENCE

ROOT = Path(__file__).resolve().parents[3]
#: The section that lists the contents, per README.
CONTENTS = {"README.md": "Included content", "README.zh.md": "内容一览"}
LENGTH = 300
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
ROW = re.compile(r"^\| `(?P<name>\w+)` \|(?: (?P<kind>[\w /]+) \|)? (?P<purpose>[^|]+) \|$")


def text_of(readme: str) -> str:
    return (ROOT / readme).read_text(encoding="utf-8")


def listed(readme: str) -> list[tuple[str, str]]:
    """Return kind and name of each row in the four tables of the contents."""
    text = text_of(readme)
    start = text.index(f"\n## {CONTENTS[readme]}\n")
    found = []
    tables = re.findall(r"(?:^\|.*\n)+", text[start : text.index("\n## ", start + 1)], re.MULTILINE)
    for kind, table in zip(("module", "", "role", "playbook"), tables, strict=True):
        for row in table.splitlines()[2:]:
            parts = ROW.match(row)
            assert parts, f"{readme}: a row must be | `name` | purpose |, or with the type between; got {row}"
            found.append((kind or parts["kind"], parts["name"]))
    return found


def published() -> set[tuple[str, str]]:
    """Return kind and name of every plugin, role, playbook and event source of the collection."""
    found = {("module", path.stem) for path in (ROOT / "plugins" / "modules").glob("*.py")}
    for kind in ("filter", "lookup", "test", "callback", "inventory"):
        found |= {(kind, path.stem) for path in (ROOT / "plugins" / kind).glob("*.py")}
    found |= {("role", path.parent.parent.name) for path in ROOT.glob("roles/*/meta/main.yml")}
    found |= {("playbook", path.stem) for path in ROOT.glob("playbooks/*.yml")}
    found |= {("event source", path.stem) for path in ROOT.glob("extensions/eda/plugins/event_source/*.py")}
    return {(kind, name) for kind, name in found if name != "__init__"}


def blocks(readme: str) -> list[tuple[str, str]]:
    """Return language and content of each block."""
    return [(found["language"], found["body"]) for found in FENCE.finditer(text_of(readme))]


@pytest.mark.parametrize("readme", CONTENTS)
def test_the_tables_list_every_plugin_once(readme: str) -> None:
    rows = Counter(listed(readme))
    assert len(published()) > 30
    assert published() - set(rows) == set(), "missing in the tables"
    assert set(rows) - published() == set(), "not part of the collection"
    assert [row for row, times in rows.items() if times > 1] == []


@pytest.mark.parametrize("readme", CONTENTS)
def test_every_guide_and_rulebook_is_named(readme: str) -> None:
    text = text_of(readme)
    guides = sorted(path.name for path in ROOT.glob("docs/docsite/rst/*.rst"))
    assert [name for name in guides if f"(docs/docsite/rst/{name})" not in text] == []
    rulebooks = [path.stem for path in ROOT.glob("extensions/eda/rulebooks/*.yml")]
    assert [name for name in rulebooks if f"`{name}`" not in text] == []


@pytest.mark.parametrize("readme", CONTENTS)
def test_links_lead_to_files(readme: str) -> None:
    targets = [found for found in re.findall(r"\]\(([^)#]+)\)", text_of(readme)) if "://" not in found]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("readme", CONTENTS)
def test_it_begins_with_a_play_of_four_lines_and_its_output(readme: str) -> None:
    (language, play), (output_language, output) = blocks(readme)[:2]
    (task,) = yaml.safe_load(play)[0]["tasks"]
    assert (language, output_language) == ("yaml", "console")
    assert {"policy", "facts"} <= set(task["unicloud.usphere.host_compliance"])
    assert output.startswith("$ ansible-playbook ")
    assert "PLAY RECAP" in output


@pytest.mark.parametrize("readme", CONTENTS)
def test_it_names_the_version_and_the_test_command(readme: str) -> None:
    text = text_of(readme)
    assert f"unicloud-usphere-{GALAXY['version']}.tar.gz" in text
    assert re.search(r"^make demo\b", text, re.MULTILINE)
    assert re.search(r"^make test\b", text, re.MULTILINE)
    assert len(text.splitlines()) <= LENGTH


def comparable(language: str, body: str) -> Any:
    """Return the content of a block without comments and without what is in the reader's language."""
    if language not in ("yaml", "json"):
        return None if language == "console" else re.sub(r"#.*", "", body).split()
    value = yaml.safe_load(body)
    for play in value if isinstance(value, list) else []:
        for task in play["tasks"]:
            task.pop("name")
            task.get("unicloud.usphere.host_compliance", {}).pop("language", None)
    return value


def test_both_languages_have_the_same_blocks() -> None:
    english, chinese = (
        [(language, comparable(language, body)) for language, body in blocks(readme)] for readme in CONTENTS
    )
    assert english == chinese


def test_the_chinese_readme_shows_chinese_messages() -> None:
    task = yaml.safe_load(blocks("README.zh.md")[0][1])[0]["tasks"][0]
    assert task["unicloud.usphere.host_compliance"]["language"] == "zh"


def test_the_requirements_file_accepts_this_version() -> None:
    (requirements,) = (
        yaml.safe_load(body) for _language, body in blocks("README.md") if body.startswith("collections:")
    )
    (collection,) = requirements["collections"]
    assert collection["name"] == f"{GALAXY['namespace']}.{GALAXY['name']}"
    operator, version = re.fullmatch(r"(>=)([\d.]+)", collection["version"]).groups()  # type: ignore[union-attr]
    parts = [tuple(int(part) for part in text.split(".")) for text in (version, GALAXY["version"])]
    assert operator == ">="
    assert parts[0] <= parts[1]
