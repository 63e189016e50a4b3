# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that ansible-doc has no gap for any plugin or role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible.plugins.doc_fragments import constructed, inventory_cache
from doc_examples import EVENT_SOURCES, constant
from doc_pages import COLLECTION, ROOT, listed, page

DIRECTORIES = {
    "module": "modules",
    "filter": "filter",
    "lookup": "lookup",
    "test": "test",
    "callback": "callback",
    "inventory": "inventory",
}
PAGES = [(kind, name) for kind in DIRECTORIES for name in listed(kind)]
ROLES = listed("role")
VERSION = re.compile(r"\d+\.\d+\.\d+")
# Options that every inventory plugin gets from ansible-core, where their texts are maintained.
OF_CORE = {
    name
    for fragment in (constructed, inventory_cache)
    for name in yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"]
}
TYPES = {"bool", "dict", "float", "int", "list", "path", "raw", "str"}
ATTRIBUTES = {"check_mode", "diff_mode", "idempotent"}
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))


def sentences(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []


def gaps_of_description(entry: dict[str, Any], where: str) -> Iterator[str]:
    documented = sentences(entry.get("description"))
    if not documented or not all(text.strip() for text in documented):
        yield f"{where} has no description"
    for text in documented:
        if text.strip() and text.strip()[-1] not in ".:)":
            yield f"{where}: '{text[-40:]}' does not end as a sentence does"


def gaps_of_options(options: dict[str, Any], where: str) -> Iterator[str]:
    """Yield what is missing in options and their suboptions."""
    for name, option in options.items():
        here = f"{where} {name}"
        if name in OF_CORE:
            continue
        yield from gaps_of_description(option, here)
        if option.get("type") not in TYPES:
            yield f"{here} has no type"
        if option.get("type") == "list" and not option.get("elements"):
            yield f"{here} does not say of what it is a list"
        if option.get("required") and option.get("default") is not None:
            yield f"{here} is required and has a default"
        yield from gaps_of_options(option.get("suboptions") or option.get("options") or {}, here)


def gaps_of_values(values: dict[str, Any], where: str, *, of_module: bool) -> Iterator[str]:
    """Yield what is missing in return values and the values that they contain."""
    for name, value in values.items():
        here = f"{where} returns {name}"
        yield from gaps_of_description(value, here)
        if value.get("type") not in TYPES:
            yield f"{here} without a type"
        if value.get("type") == "list" and not value.get("elements"):
            yield f"{here} does not say of what it is a list"
        if of_module and not value.get("returned"):
            yield f"{here} without saying when"
        yield from gaps_of_values(value.get("contains") or {}, here, of_module=of_module)


def has_sample(value: dict[str, Any]) -> bool:
    return "sample" in value or any(has_sample(inner) for inner in (value.get("contains") or {}).values())


def test_every_plugin_and_role_has_a_page() -> None:
    for kind, directory in DIRECTORIES.items():
        files = {
            f"{COLLECTION}.{path.stem}"
            for path in (ROOT / "plugins" / directory).glob("*.py")
            if path.stem != "__init__"
        }
        assert set(listed(kind)) == files, kind
    assert set(ROLES) == {f"{COLLECTION}.{path.name}" for path in (ROOT / "roles").iterdir() if path.is_dir()}
    assert len(PAGES) > 20


@pytest.mark.parametrize(("kind", "name"), PAGES)
def test_a_page_has_no_gap(kind: str, name: str) -> None:
    found = page(kind, name)
    assert found, f"ansible-doc -t {kind} {name} shows nothing"
    doc = found["doc"]
    gaps = [*gaps_of_description(doc, name), *gaps_of_options(doc.get("options", {}), name)]
    gaps += gaps_of_values(found["return"] or {}, name, of_module=kind == "module")
    if not doc["short_description"] or doc["short_description"].endswith("."):
        gaps.append("the short description ends with a period or is missing")
    if not VERSION.fullmatch(str(doc.get("version_added"))):
        gaps.append("no version_added")
    if not doc.get("author"):
        gaps.append("no author")
    if not doc.get("seealso"):
        gaps.append("no seealso")
    if not (found["examples"] or "").strip():
        gaps.append("no examples")
    elif not isinstance(list(yaml.safe_load_all(found["examples"])), list):
        gaps.append("the examples are not YAML")
    if kind in ("module", "filter", "lookup", "test"):
        if not found["return"]:
            gaps.append("no return values")
        elif not any(has_sample(value) for value in found["return"].values()):
            gaps.append("no return value has a sample")
    if kind == "module":
        gaps += [f"no attribute {missing}" for missing in sorted(ATTRIBUTES - set(doc.get("attributes", {})))]
    assert gaps == []


@pytest.mark.parametrize("name", ROLES)
def test_a_role_has_no_gap(name: str) -> None:
    directory = ROOT / "roles" / name.rpartition(".")[2]
    points = page("role", name)["entry_points"]
    gaps = []
    for point, entry in points.items():
        here = f"{name} {point}"
        gaps += [*gaps_of_description(entry, here), *gaps_of_options(entry.get("options", {}), here)]
        gaps += [
            f"{here} has no {word}"
            for word in ("author", "version_added", "short_description")
            if not entry.get(word)
        ]
        gaps += [
            f"{option} does not begin with the role's name"
            for option in entry.get("options", {})
            if not option.startswith(f"{directory.name}_")
        ]
    assert gaps == []
    readme = (directory / "README.md").read_text(encoding="utf-8")
    assert f"# {name}\n" in readme
    assert "```yaml" in readme
    defaults = directory / "defaults" / "main.yml"
    if defaults.is_file():
        stated = yaml.safe_load(defaults.read_text(encoding="utf-8")) or {}
        options = {**points["main"]["options"]}
        assert set(stated) <= set(options), "a default without documentation"
        differ = {
            option: (value, options[option].get("default"))
            for option, value in stated.items()
            if "default" in options[option] and options[option]["default"] != value
        }
        assert differ == {}, "the documentation has another default"


@pytest.mark.parametrize("name", EVENT_SOURCES)
def test_an_event_source_has_no_gap(name: str) -> None:
    doc = yaml.safe_load(constant(EVENT_SOURCES[name], "DOCUMENTATION")[1])
    assert [*gaps_of_description(doc, name), *gaps_of_options(doc["options"], name)] == []
    assert doc["short_description"]
    assert yaml.safe_load(constant(EVENT_SOURCES[name], "EXAMPLES")[1])


def test_no_page_has_a_version_later_than_the_collection() -> None:
    def number(version: str) -> tuple[int, ...]:
        return tuple(int(part) for part in version.split("."))

    added = {f"{kind} {name}": page(kind, name)["doc"]["version_added"] for kind, name in PAGES}
    for role in ROLES:
        added[f"role {role}"] = page("role", role)["entry_points"]["main"]["version_added"]
    late = {name: version for name, version in added.items() if number(version) > number(GALAXY["version"])}
    assert late == {}


def released() -> dict[str, str]:
    """Return the release in which the changelog lists each plugin and role as new."""
    changelog = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    found = {}
    for version, release in changelog["releases"].items():
        groups = {
            "module": release.get("modules", []),
            **release.get("plugins", {}),
            **release.get("objects", {}),
        }
        for kind, entries in groups.items():
            found |= {f"{kind} {COLLECTION}.{entry['name']}": version for entry in entries}
    return found


def test_changelog_and_page_agree_on_the_version_added() -> None:
    documented = {f"{kind} {name}": page(kind, name)["doc"]["version_added"] for kind, name in PAGES}
    for role in ROLES:
        documented[f"role {role}"] = page("role", role)["entry_points"]["main"]["version_added"]
    known = released()
    assert len(known) > 20
    assert {name: version for name, version in known.items() if documented.get(name) != version} == {}
    unlisted = {name: version for name, version in documented.items() if name not in known}
    assert {name for name, version in unlisted.items() if version in set(known.values())} == set()


def test_a_gap_is_found() -> None:
    assert list(gaps_of_options({"a": {"description": "Fine.", "type": "str"}}, "x")) == []
    bad = {
        "a": {
            "description": [],
            "type": "list",
            "suboptions": {"b": {"description": "No end", "type": "word"}},
        }
    }
    assert list(gaps_of_options(bad, "x")) == [
        "x a has no description",
        "x a does not say of what it is a list",
        "x a b: 'No end' does not end as a sentence does",
        "x a b has no type",
    ]
    assert list(gaps_of_values({"v": {"description": "Fine.", "type": "str"}}, "x", of_module=True)) == [
        "x returns v without saying when"
    ]
