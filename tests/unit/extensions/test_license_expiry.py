# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source as ansible-rulebook loads it: its page, its options, and how it imports its code."""

from __future__ import annotations

import asyncio
import inspect
import runpy
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.notice import TYPES
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.options import (
    DAYS,
    OPTIONS,
    SECONDS,
    Option,
    read_settings,
)

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "extensions" / "eda" / "plugins" / "event_source" / "license_expiry.py"
FQCN = "unicloud.usphere.license_expiry"


@pytest.fixture(scope="module")
def source() -> dict[str, Any]:
    return runpy.run_path(str(SOURCE))


@pytest.fixture(scope="module")
def page(source: dict[str, Any]) -> dict[str, Any]:
    return dict(yaml.safe_load(source["DOCUMENTATION"]))


@pytest.fixture(scope="module")
def examples(source: dict[str, Any]) -> list[dict[str, Any]]:
    return list(yaml.safe_load(source["EXAMPLES"]))


def test_main_is_a_coroutine_function(source: dict[str, Any]) -> None:
    assert inspect.iscoroutinefunction(source["main"])


def test_every_option_is_documented_as_it_is_defined(page: dict[str, Any]) -> None:
    compare(page["options"], OPTIONS, "", shared=True)


def compare(described: Mapping[str, Any], options: Mapping[str, Option], at: str, shared: bool) -> None:
    own = {name: each for name, each in options.items() if shared or name in described}
    assert sorted(described) == sorted(own), at
    for name, option in own.items():
        text = described[name]
        where = at + name
        assert text["description"], where
        expected = "str" if option.type in (SECONDS, DAYS) else option.type
        assert text["type"] == expected, where
        assert tuple(text.get("choices", ())) == option.choices, where
        assert text.get("required", False) == option.required, where
        if option.type in (SECONDS, DAYS) and "default" in text:
            assert getattr(read_settings(minimal(**{name: text["default"]}), {}), name) == option.default, (
                where
            )
        else:
            assert text.get("default") == option.default, where
        if option.env:
            assert option.env in str(text["description"]), where
        if "suboptions" in text:
            # Options that may also be set at the top level are described there.
            missing = set(option.options) - set(text["suboptions"]) - set(OPTIONS)
            assert not missing, where
            compare(text["suboptions"], option.options, where + ".", shared=False)


def minimal(**more: Any) -> dict[str, Any]:
    return {"facts_files": ["facts.json"], **more}


def test_every_event_type_is_named_in_the_guide(page: dict[str, Any]) -> None:
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_events.rst").read_text(encoding="utf-8")
    for name in TYPES:
        assert f"``{name}``" in guide, name


def test_every_example_has_valid_options(examples: list[dict[str, Any]]) -> None:
    assert len(examples) == 3
    for example in examples:
        assert set(example) == {"name", FQCN}
        environment = {"USPHERE_USERNAME": "automation", "USPHERE_PASSWORD": "in-the-environment"}
        read_settings(example[FQCN], environment)


def test_it_finds_its_code_without_the_collection_on_the_path(tmp_path: Path) -> None:
    """Another ansible_collections package, without this collection, is on the path."""
    foreign = tmp_path / "ansible_collections"
    foreign.mkdir()
    (foreign / "__init__.py").write_text("", encoding="utf-8")
    program = f"""
import asyncio, runpy, sys
import ansible_collections
main = runpy.run_path({str(SOURCE)!r})["main"]
class Queue:
    async def put(self, event):
        print(event["license_expiry"]["type"], event["license_expiry"]["code"])
        raise SystemExit(0)
try:
    asyncio.run(main(Queue(), {{"facts_files": ["nowhere.json"]}}))
finally:
    print(sorted({{name.split(".")[0] for name in sys.modules}} & {{"ansible", "jinja2", "jsonschema"}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == ["unread event_files_none", "[]"]


def test_wrong_options_raise_a_source_error(source: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="has nothing to read") as raised:
        asyncio.run(source["main"](None, {}))
    assert type(raised.value).__name__ == "SourceError"
