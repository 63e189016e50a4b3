# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option that is a number states its range, and that range is in force where the option is set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from doc_examples import EVENT_SOURCES, constant
from doc_pages import COLLECTION, listed, options_of

from ansible_collections.unicloud.usphere.plugins.plugin_utils import _renewal
from ansible_collections.unicloud.usphere.plugins.plugin_utils._compiled_profile import CompiledProfile
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.options import read_settings
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.number_ranges import (
    RANGES,
    InvalidOption,
    NumberUnit,
    check_numbers,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import options as readers
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.baseline import baseline
from ansible_collections.unicloud.usphere.plugins.plugin_utils._run_checks.variable_names import (
    VariableNames,
)

STATED = re.compile(r"From V\(([0-9.]+)\) to V\(([0-9.]+)\)")
KINDS = ("module", "filter", "lookup", "test", "callback", "inventory", "role")
#: Actions that evaluate on the controller; their modules are documentation.
CHECKS = (f"{COLLECTION}.license_compliance", f"{COLLECTION}.host_compliance")
#: The role of the tests: its own task checks its option.
SIMULATOR = f"{COLLECTION}.simulator"
RESULT = {
    "kind": "ComplianceResult",
    "as_of": "2026-11-24T00:00:00Z",
    "findings": [],
    "subjects": [],
    "errors": [],
}


@dataclass(frozen=True)
class NumberOption:
    """An option: ``path`` has the names of the options that contain it; ``lists`` those that are lists."""

    kind: str
    plugin: str
    path: tuple[str, ...]
    lists: frozenset[str]
    text: str

    @property
    def name(self) -> str:
        role = self.plugin.rpartition(".")[2] + "_"
        last = self.path[-1]
        return last[len(role) :] if last.startswith(role) and last not in RANGES else last

    @property
    def shown(self) -> str:
        return ".".join(f"{part}[0]" if part in self.lists else part for part in self.path)

    def arguments(self, value: object) -> dict[str, Any]:
        """Return arguments with only this option set."""
        for part in reversed(self.path):
            value = {part: [value] if part in self.lists else value}
        assert isinstance(value, dict)
        return value


def _documented(kind: str, plugin: str) -> dict[str, Any]:
    if kind == "event_source":
        return dict(yaml.safe_load(constant(EVENT_SOURCES[plugin], "DOCUMENTATION")[1])["options"])
    return options_of(kind, plugin)


def _numbers(
    kind: str,
    plugin: str,
    options: dict[str, Any],
    path: tuple[str, ...] = (),
    lists: frozenset[str] = frozenset(),
) -> Iterator[NumberOption]:
    for name, option in options.items():
        described = option.get("description", "")
        text = " ".join(described) if isinstance(described, list) else described
        here = (*path, name)
        found = NumberOption(kind, plugin, here, lists, text)
        if option.get("type") in ("int", "float") or found.name in RANGES:
            yield found
        inner = option.get("suboptions") or option.get("options") or {}
        more = lists | {name} if option.get("type") == "list" else lists
        yield from _numbers(kind, plugin, inner, here, more)


ALL = [
    found
    for kind, plugins in ({kind: listed(kind) for kind in KINDS} | {"event_source": EVENT_SOURCES}).items()
    for plugin in plugins
    for found in _numbers(kind, plugin, _documented(kind, plugin))
]
OPTIONS = pytest.mark.parametrize("option", ALL, ids=lambda each: f"{each.plugin}.{each.shown}")


def test_the_numbers_are_found() -> None:
    assert len(ALL) > 80
    assert {option.kind for option in ALL} == set(ENFORCED)


@OPTIONS
def test_the_range_is_stated(option: NumberOption) -> None:
    assert option.name in RANGES, "add the option to number_ranges.RANGES"
    limits = RANGES[option.name]
    assert STATED.findall(option.text) == [(f"{limits.least:g}", f"{limits.most:.10g}")]


class _Task:
    """What ansible-core runs after the mixin: it would start the module."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._task = SimpleNamespace(args=arguments)

    def run(self, tmp: object = None, task_vars: object = None) -> dict[str, Any]:
        return {"reached": True}


class _Action(CompiledProfile, _Task):
    pass


def _module(option: NumberOption, value: object) -> str:
    if option.plugin in CHECKS:
        return _reader(option, value)
    result = _Action(option.arguments(value)).run()
    return "" if result.get("reached") else str(result["msg"])


def _reader(option: NumberOption, value: object) -> str:
    assert option.name == "horizon"
    return _error(lambda: readers.read_horizon(value))


def _filter(option: NumberOption, value: object) -> str:
    if option.name == "days":
        given = {"approver": "a", "ticket": "t", "reason": "r", "days": value}
        return _error(lambda: baseline(RESULT, **given))
    if option.name == "within":
        return _error(lambda: _renewal.answer([], _renewal.RenewalOptions(within=value)))
    return _reader(option, value)


def _inventory(option: NumberOption, value: object) -> str:
    return _error(lambda: check_numbers(option.arguments(value)))


def _role(option: NumberOption, value: object) -> str:
    if option.plugin == SIMULATOR:
        return _error(lambda: check_numbers(option.arguments(value)))
    names = VariableNames()
    names.add(option.arguments(value))
    return _error(names.check)


def _event_source(option: NumberOption, value: object) -> str:
    args = option.arguments(value)
    for key in ("systems", "license_servers"):
        args[key] = [{"name": "a", "host": "h", **each} for each in args.get(key, ())]
    account = {"facts_files": ["a.json"], "username": "u", "password": "p"}
    return _error(lambda: read_settings({**account, **args}, {}))


def _error(work: Any) -> str:
    try:
        work()
    except (PolicyError, InvalidOption) as error:
        return error.text()
    return ""


ENFORCED = {
    "module": _module,
    "filter": _filter,
    "test": _reader,
    "inventory": _inventory,
    "role": _role,
    "event_source": _event_source,
}


@OPTIONS
def test_the_range_is_in_force(option: NumberOption) -> None:
    limits, play = RANGES[option.name], ENFORCED[option.kind]
    # Ansible converts the value of an option of type int first.
    whole = limits.unit is not NumberUnit.SECONDS
    step = 1 if whole else 0.01
    for inside in (limits.least, limits.most):
        assert play(option, int(inside) if whole else inside) == ""
    wrong = [limits.least - step, limits.most + step, -1]
    for outside in [int(each) for each in wrong] if whole else [*wrong, float("nan"), float("inf")]:
        sentence = play(option, outside)
        assert option.shown in sentence, (outside, sentence)
        assert str(outside)[:8] in sentence
        assert f"from {limits.least:g} to {limits.most:.10g}" in sentence


def test_the_role_of_the_tests_checks_its_timeout() -> None:
    path = Path(__file__).resolve().parents[3] / "roles" / "simulator" / "tasks" / "check.yml"
    task = next(task for task in yaml.safe_load(path.read_text("utf-8")) if "time to wait" in task["name"])
    assert "from 0 to 86400" in task["ansible.builtin.assert"]["fail_msg"]
