# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate and compile the endpoint profile of a task, for the actions of modules with this option."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from ..module_utils._errors import UsphereError
from ..module_utils._messages.catalog import render
from ..module_utils._operations.core.endpoints import CONNECTION_DEFAULTS
from ..module_utils._operations.facts.controller_reads import compile_profile, is_path

DIRECTORIES = ("files", "profiles")


@functools.lru_cache(maxsize=4)
def _compiled_name(name: str) -> dict[str, str]:
    """Return a shipped profile, which is compiled once in a process."""
    return compile_profile(name)


# Forks inherit what was compiled before them, and nearly every task uses this profile.
_compiled_name(CONNECTION_DEFAULTS["profile"])


class CompiledProfile:
    """A mixin before the action ``normal``: the module gets its ``profile`` compiled.

    The task itself keeps its option, because Ansible runs the action of one task several times (``until``).
    A profile that is invalid fails the task before anything is sent.
    """

    #: The error of ``_find_needle`` for a file that is not found; set by the action.
    not_found: type[Exception] = OSError
    _ready: Any = None

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """Compile the profile and run the module."""
        arguments = self._task.args  # type: ignore[attr-defined]  # of the action
        # A module that reads no server ignores the profile.
        self._ready = {}
        if arguments.get("via") != "node":
            try:
                self._ready = {"profile": self._compiled(arguments.get("profile"))}
            except UsphereError as error:
                failure = {**error.fields, "code": error.code}
                message = render(error.code, error.fields)
                return {"failed": True, "changed": False, "msg": message, "failure": failure}
        return super().run(tmp, task_vars)  # type: ignore[misc]  # of the action

    def _execute_module(self, module_name: Any = None, module_args: Any = None, **options: Any) -> Any:
        given = self._task.args if module_args is None else module_args  # type: ignore[attr-defined]
        return super()._execute_module(  # type: ignore[misc]  # of the action
            module_name, {**given, **self._ready}, **options
        )

    def _compiled(self, given: Any) -> dict[str, str]:
        if given is None:
            return _compiled_name(CONNECTION_DEFAULTS["profile"])
        if not isinstance(given, str):
            return compile_profile(given)
        # A value of a template is a tagged subclass of str.
        name = str.__str__(given)
        return compile_profile(self._found(name)) if is_path(name) else _compiled_name(name)

    def _found(self, name: str) -> str:
        """Return the path of a file as Ansible searches it: in the role, then next to the playbook."""
        for directory in DIRECTORIES:
            try:
                found: str = self._find_needle(directory, name)  # type: ignore[attr-defined]  # of the action
            except self.not_found:
                continue
            if Path(found).is_file():
                return found
        return name
