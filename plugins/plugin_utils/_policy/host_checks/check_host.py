# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the facts of one host against a policy that the hosts of a run share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ..base.errors import InvalidDocument, PolicyError, Problem
from ..documents.files import Finder
from ..evaluation.evaluate_fleet import evaluate
from ..evaluation.options import read_as_of
from ..fact_map.model import FactMap
from ..subjects.host_identity import Inventory
from ..subjects.host_reading import HostInput
from .prepared_run import RunStore
from .private_files import PrivateDirectory
from .verdict_memory import VerdictMemory, shared_time

Summarize = Callable[[Mapping[str, Any]], dict[str, Any]]
#: The options that a prepared run depends on. All other options change only its time or its report.
RUN_OPTIONS = (
    "policy",
    "waivers",
    "catalog",
    "horizon",
    "fail_on",
    "absent",
    "coerce",
    "facts_map",
    "max_age",
)


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(timezone.utc)


class HostCheck:
    """The check of one host with the options of a task.

    ``searched`` are the directories in which ``find`` searches. Raises PolicyError or InvalidDocument for an
    option that is not valid.
    """

    def __init__(
        self,
        options: Mapping[str, object],
        find: Finder,
        directory: PrivateDirectory,
        searched: Sequence[str],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = RunStore({name: options.get(name) for name in RUN_OPTIONS}, find, directory, searched)
        self._directory = directory
        self._clock = clock
        problems: list[Problem] = []
        try:
            self._as_of = read_as_of(options["as_of"]) if options.get("as_of") not in (None, "") else None
        except PolicyError as error:
            problems.extend(error.problems)
        try:
            self.header = self._store.header
        except PolicyError as error:
            problems.extend(error.problems)
        if problems:
            raise InvalidDocument(problems)

    @property
    def fact_map(self) -> FactMap | None:
        """The FactMap of the facts; None if they are HostFacts, or what a plain JSON Schema names."""
        return self._store.prepared.fact_map if self.header.is_mapped else None

    def result(self, given: HostInput, inventory: Inventory, evidence: bool = True) -> dict[str, Any]:
        """Return the ComplianceResult of the host."""
        prepared = self._store.prepared
        run = replace(prepared.run, as_of=self._time(given), evidence=evidence)
        return evaluate([given], run, inventory=inventory, policy=prepared.bound)

    def summary(
        self, given: HostInput, inventory: Inventory, variant: object, summarize: Summarize
    ) -> dict[str, Any]:
        """Return ``summarize`` of the ComplianceResult, or what it returned for a host with equal facts.

        ``summarize`` must not depend on the host; ``variant`` is plain data that it depends on otherwise.
        """
        memory = VerdictMemory(self._directory, self.header, self._time(given), variant)
        known = memory.recall(given)
        if known is None:
            passed = self._passed(given)
            known = summarize(passed or self.result(given, inventory, evidence=False))
            memory.remember(given, known)
        return known

    def _passed(self, given: HostInput) -> dict[str, Any] | None:
        plain = self._store.plain
        return None if plain is None else plain.passed(given, self._time(given).replace(microsecond=0))

    def _time(self, given: HostInput) -> datetime:
        if self._as_of is None:
            self._as_of = shared_time(self._directory, given, self._clock())
        return self._as_of
