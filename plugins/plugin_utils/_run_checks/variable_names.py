# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the variables of a run: a misspelt option would leave its default in force unnoticed.

Names are read, and numbers that are options. Raw values are never templated; the task that uses a template
checks its result. Most hosts have variables of the same names, so each distinct name is checked once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ...module_utils._messages.catalog import render
from .._options.number_ranges import CHECKED_NAMES, InvalidOption, check_numbers
from .._policy.base.errors import InvalidDocument, Problem
from .._policy.documents.plain_data import is_blank
from .._policy.documents.schemas import brief, suggestion
from .known_names import INTERNAL, INTERNAL_PREFIXES, ROLE_OPTIONS, SHARED, USPHERE, known_names
from .near_names import NearNames

#: A site lists here the variables of its own whose names look like those of the collection.
EXCEPTIONS = "usphere_own_variables"
HOSTS = "usphere_hosts"


@dataclass
class VariableNames:
    """The names of the variables of a run.

    ``given`` are extra variables and role parameters, which someone wrote for this run; ``extra`` only the
    former. ``own`` are the exceptions of the site.
    """

    extra: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    _names: set[str] = field(default_factory=set)
    _own: set[str] = field(default_factory=set)
    _problems: dict[str, Problem] = field(default_factory=dict)

    def add(self, variables: object) -> None:
        """Add the raw variables of a host, a play or a role. Values other than mappings have no variables."""
        if not isinstance(variables, Mapping):
            return
        self._names.update(variables)
        for name in _numbers().keys() & variables.keys():
            self._add_number(name, variables[name])
        if EXCEPTIONS in variables:
            self._add_exceptions(variables[EXCEPTIONS])
        if HOSTS in variables and (is_blank(variables[HOSTS]) or variables[HOSTS] in ([], ())):
            self._problems[HOSTS] = Problem("input_empty", {"name": HOSTS})

    def recording(self, variables_of: Callable[[str], object]) -> Callable[[str], object]:
        """Return ``variables_of``, each result of which is added."""

        def record(host: str) -> object:
            found = variables_of(host)
            self.add(found)
            return found

        return record

    def check(self, language: str = "en") -> list[str]:
        """Return the warnings about names that may be misspelt, in ``language``.

        Raises InvalidDocument with all errors: names of a role's options that are no option, internal names,
        and extra variables or role parameters that are one edit away from a name of the collection.
        """
        problems = [problem for name, problem in self._problems.items() if name not in self._own]
        warnings = []
        for name in sorted(self._names | self.given | self.extra):
            problem = self._problem(name)
            if problem is not None:
                problems.append(problem)
                continue
            near = _near().nearest(name) if name not in self._own else ""
            if near and name in self.given | self.extra:
                problems.append(Problem("variable_misspelt", {"name": name, "near": near}))
            elif near:
                warnings.append(render("variable_near", {"name": name, "near": near}, language))
        if problems:
            raise InvalidDocument(problems)
        return warnings

    def _problem(self, name: str) -> Problem | None:
        if name in self.extra and (name.startswith(INTERNAL_PREFIXES) or name in INTERNAL):
            return Problem("variable_internal", {"name": name})
        if name in self._own or name in _known():
            return None
        role = next((each for each in ROLE_OPTIONS if name.startswith(each + "_")), None)
        if role is None:
            return None
        options = [f"{role}_{option}" for option in ROLE_OPTIONS[role]]
        return Problem("variable_no_option", {"name": name, "role": role, "hint": suggestion(name, options)})

    def _add_number(self, name: str, value: object) -> None:
        option = _numbers()[name]
        try:
            check_numbers({option: value}, name[: -len(option)])
        except InvalidOption as error:
            self._problems[name] = Problem(error.code, error.fields)

    def _add_exceptions(self, value: object) -> None:
        if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
            self._own.update(str.__str__(each) for each in value)
        else:
            self._problems[EXCEPTIONS] = Problem("own_variables_invalid", {"value": brief(str(value))})


def given_names(task: Any, extra: Mapping[str, object]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the extra variables, and of those together with the parameters of a task's role.

    ``task`` is a task of Ansible. Parameters are those of ``roles`` in a play, and ``vars`` of the task, its
    blocks and its includes.
    """
    role = getattr(task, "_role", None)
    parameters = role.get_role_params(task.get_dep_chain()) if role is not None else {}
    own = task.get_vars() if hasattr(task, "get_vars") else {}
    names = frozenset(map(str.__str__, extra))
    return names, names | frozenset(parameters) | frozenset(own)


@cache
def _numbers() -> Mapping[str, str]:
    """Return the options that are or contain numbers by the names of their variables."""
    roles = {f"{role}_{name}": name for role, names in ROLE_OPTIONS.items() for name in names}
    shared = {USPHERE + name: name for name in SHARED}
    return {name: option for name, option in {**roles, **shared}.items() if option in CHECKED_NAMES}


@cache
def _known() -> frozenset[str]:
    return known_names()


@cache
def _near() -> NearNames:
    return NearNames(_known())
