# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check tasks of examples against plugin documentation: names, options, values, templates, results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible.playbook.block import Block
from ansible.playbook.handler import Handler
from ansible.playbook.play import Play
from ansible.playbook.task import Task
from doc_pages import COLLECTION, Options, known_variables, listed, options_of, page
from jinja2 import Environment, TemplateSyntaxError, nodes

TASK_WORDS = frozenset(name for kind in (Block, Handler, Task) for name in kind.fattributes)
PLAY_WORDS = frozenset(Play.fattributes) | {"hosts"}
JINJA = Environment(autoescape=True)  # templates are parsed, never rendered
CONDITIONS = ("when", "failed_when", "changed_when", "until")
ALWAYS_RETURNED = {"changed", "failed", "msg", "skipped", "results", "diff", "warnings", "stdout", "rc"}
#: Options that module_defaults, the environment or the inventory may set instead of the task.
SET_ELSEWHERE = {"host", "username", "password"}
TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "dict": (dict,),
    "float": (float, int),
    "int": (int,),
    "list": (list, str),
    "path": (str,),
    "str": (str, int, float),
}


def errors_of_plays(plays: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the errors of plays."""
    for play in plays:
        if "ansible.builtin.import_playbook" in play:
            continue
        for word in set(play) - PLAY_WORDS:
            yield f"{word} is not a keyword of a play"
        for role in play.get("roles", []):
            named = role if isinstance(role, dict) else {"role": role}
            given = {**named.get("vars", {}), **{k: v for k, v in named.items() if k not in ("role", "vars")}}
            yield from _role(str(named.get("role")), given)
        yield from errors_of_tasks(
            [*play.get("pre_tasks", []), *play.get("tasks", []), *play.get("handlers", [])]
        )
        yield from _templates(play.get("vars", {}))


def errors_of_tasks(tasks: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the errors of tasks and blocks, and reads of results that a module does not return."""
    registered = {
        task["register"]: call
        for task in _flat(tasks)
        if "register" in task and (call := _call(task)) is not None
    }
    for task in _flat(tasks):
        yield from (f"'{task.get('name', '?')}': {error}" for error in _task(task))
    text = str(tasks)
    for name, (module, _arguments) in registered.items():
        if module.startswith(COLLECTION):
            returned = set(page("module", module)["return"]) | ALWAYS_RETURNED
            for read in set(re.findall(rf"\b{name}\.(\w+)", text)) - returned:
                yield f"{module} does not return {read}"


def _flat(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from _flat(task.get(part, []))


def _call(task: dict[str, Any]) -> tuple[str, Any] | None:
    names = [name for name in task if name not in TASK_WORDS and not name.startswith("with_")]
    return (names[0], task[names[0]] or {}) if len(names) == 1 else None


def _task(task: dict[str, Any]) -> Iterator[str]:
    for word in CONDITIONS:
        for condition in task.get(word) if isinstance(task.get(word), list) else [task.get(word, "true")]:
            yield from _expression(str(condition))
    for word in ("vars", "loop", "environment", "loop_control", "module_defaults", "delegate_to"):
        yield from _templates(task.get(word))
    if "block" in task:
        return
    call = _call(task)
    if call is None:
        yield f"one module was expected among {sorted(set(task) - TASK_WORDS)}"
        return
    module, arguments = call
    if module.count(".") < 2:
        yield f"{module} is not called by its full name"
        return
    yield from _templates(arguments)
    if module in ("ansible.builtin.include_role", "ansible.builtin.import_role"):
        yield from _role(arguments["name"], task.get("vars", {}), arguments.get("tasks_from", "main"))
    if module == "ansible.builtin.set_fact":
        return
    if module == "ansible.builtin.assert":
        for condition in arguments["that"] if isinstance(arguments["that"], list) else [arguments["that"]]:
            yield from _expression(condition)
    found = page("module", module)
    if not found:
        yield f"there is no module {module}"
        return
    if isinstance(arguments, dict):
        yield from errors_of_options(arguments, options_of("module", module), module)
    elif not found["doc"]["options"]:
        yield f"{module} takes no free form"


def errors_of_options(given: dict[str, Any], options: Options, where: str) -> Iterator[str]:
    """Yield the errors of values for documented options."""
    names = {alias: name for name, option in options.items() for alias in (name, *option.get("aliases", ()))}
    for name, value in given.items():
        if name not in names:
            yield f"{where} has no option {name}"
            continue
        yield from _value(value, options[names[name]], f"{where} {name}")
    for name, option in options.items():
        if (
            option.get("required")
            and name not in SET_ELSEWHERE
            and name not in {names.get(each) for each in given}
        ):
            yield f"{where} needs {name}"


def _value(value: Any, option: dict[str, Any], where: str) -> Iterator[str]:
    if isinstance(value, str) and "{{" in value:
        return
    expected = TYPES.get(option.get("type", "str"))
    if expected is not None and (not isinstance(value, expected) or (bool not in expected and value is True)):
        yield f"{where} takes {option['type']}, not {value!r}"
        return
    members = value if isinstance(value, list) else [value]
    if "choices" in option:
        yield from (f"{where} cannot be {each}" for each in members if each not in option["choices"])
    if option.get("suboptions"):
        for member in members:
            if isinstance(member, dict):
                yield from errors_of_options(member, option["suboptions"], where)


def _role(name: str, given: dict[str, Any], entry: str = "main") -> Iterator[str]:
    if not page("role", name):
        yield f"there is no role {name}"
        return
    options = options_of("role", name, entry)
    for variable, value in given.items():
        if variable in options:
            yield from _value(value, options[variable], f"{name} {variable}")
        elif variable not in known_variables():
            yield f"{name} has no variable {variable}"
    yield from _templates(given)


def errors_of_variables(value: Any) -> Iterator[str]:
    """Yield variables that no role or playbook reads, at any depth, and errors of templates."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if re.match(r"(usphere|license)_", str(name)) and name not in known_variables():
                yield f"no role or playbook reads {name}"
            yield from errors_of_variables(inner)
    yield from _templates(value)


def _templates(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _templates(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _templates(inner)
    elif isinstance(value, str) and ("{{" in value or "{%" in value):
        yield from _template(value)


def _expression(text: str) -> Iterator[str]:
    yield from _template("{{ " + text + " }}")


def _exists(kind: str, name: str) -> bool:
    own = {"filter": JINJA.filters, "test": JINJA.tests}.get(kind, {})
    collection = name.rpartition(".")[0] or "ansible.builtin"
    full = name if "." in name else f"{collection}.{name}"
    return name in own or full in listed(kind, collection)


def _template(text: str) -> Iterator[str]:
    try:
        parsed = JINJA.parse(text)
    except TemplateSyntaxError as error:
        yield f"{text}: {error.message}"
        return
    for node in parsed.find_all((nodes.Filter, nodes.Test)):
        kind = "filter" if isinstance(node, nodes.Filter) else "test"
        if not _exists(kind, node.name):
            yield f"there is no {kind} {node.name}"
        elif node.name.startswith(COLLECTION):
            yield from _arguments(node, options_of(kind, node.name), f"{kind} {node.name}")
    for node in parsed.find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name in ("lookup", "query", "q"):
            name = node.args[0].as_const()
            if not _exists("lookup", name):
                yield f"there is no lookup {name}"
            elif name.startswith(COLLECTION):
                yield from _arguments(node, options_of("lookup", name), f"lookup {name}")


def _arguments(node: nodes.Filter | nodes.Test | nodes.Call, options: Options, where: str) -> Iterator[str]:
    for argument in node.kwargs:
        if argument.key not in options:
            yield f"{where} has no option {argument.key}"
