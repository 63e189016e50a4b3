# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take facts of hosts out of results that a task of this run registered, never out of a fact cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...module_utils._time import read_time
from .._policy.subjects.host_variables import FACTS, GATHERED

#: The condition of the role's own reading task: a host that it skips states its facts in variables.
STATED = "license_compliance_gather | bool"
#: The module that reads the facts of a system.
READ_ACTION = "vms_facts"


class ReadResults:
    """The results that the hosts of a play have in the variable ``registered``."""

    def __init__(self, variables_of: Callable[[str], object], registered: str, hosts: Iterable[str]) -> None:
        """Read the results of ``hosts``; any other host has its variables only."""
        self._variables_of = variables_of
        self._results = {host: _result_of(variables_of(host), registered) for host in hosts}

    def unread(self) -> frozenset[str]:
        """Return the hosts that were not read in this run, whatever an earlier run stored for them.

        Their result is missing, failed, skipped or unreachable.
        """
        return frozenset(
            host
            for host, result in self._results.items()
            if not _is_stated(result) and _facts_of(result) is None
        )

    def variables(self, host: str) -> object:
        """Return the variables of a host; gathered facts of a system are those that this run read."""
        given = self._variables_of(host)
        facts = _facts_of(self._results.get(host, {}))
        if facts is None or not isinstance(given, Mapping):
            return given
        gathered = given.get(GATHERED)
        others = gathered if isinstance(gathered, Mapping) else {}
        return {**given, GATHERED: {**others, FACTS: facts}}


def _result_of(variables: object, registered: str) -> Mapping[str, Any]:
    result = variables.get(registered) if isinstance(variables, Mapping) else None
    return result if isinstance(result, Mapping) else {}


def _is_stated(result: Mapping[str, Any]) -> bool:
    return bool(result.get("skipped")) and result.get("false_condition") == STATED


def _facts_of(result: Mapping[str, Any]) -> object:
    if any(result.get(name) for name in ("failed", "skipped", "unreachable")):
        return None
    facts = result.get(GATHERED)
    return facts.get(FACTS) if isinstance(facts, Mapping) else None


def failed_reads(variables_of: Callable[[str], object], hosts: Iterable[str]) -> frozenset[str]:
    """Return the hosts whose last read failed in this run and was rescued: their facts are older ones.

    Ansible keeps the task and the result that a rescue was for. Facts that were read after it count.
    """
    return frozenset(host for host in hosts if _has_failed(variables_of(host)))


def _has_failed(variables: object) -> bool:
    if not isinstance(variables, Mapping):
        return False
    task = variables.get("ansible_failed_task")
    action = task.get("action") if isinstance(task, Mapping) else None
    if not isinstance(action, str) or action.rpartition(".")[2] != READ_ACTION:
        return False
    result = variables.get("ansible_failed_result")
    failed = read_time(result.get("failed_at")) if isinstance(result, Mapping) else None
    source: object = variables.get(GATHERED)
    for name in (FACTS, "source"):
        source = source.get(name) if isinstance(source, Mapping) else None
    read = read_time(source.get("gathered_at")) if isinstance(source, Mapping) else None
    return failed is None or read is None or read < failed
