# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide whether facts in own words pass plain JSON Schemas, without all that explains a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..base.errors import FactsError
from ..documents.plain_data import normalize
from ..evaluation.run import Run
from ..json_schema.model import AbsentMode, PreparedSchema, SchemaVerdict
from ..policy.model import BoundPolicy
from ..policy.schema_parts import evaluate_parts
from ..subjects.host_reading import HostInput, is_host_facts


@dataclass(frozen=True)
class PlainCheck:
    """The plain JSON Schemas of a policy in which nothing else decides: no waiver, and every rule denies.

    Most hosts comply, and for these nothing has to be explained. A process of its own reads this for each
    host, in a fraction of the time that a whole prepared run takes.
    """

    schemas: Sequence[PreparedSchema]
    rules: int
    fail_on: Sequence[str]
    absent: AbsentMode
    coerce: bool

    def passed(self, given: HostInput, as_of: datetime) -> dict[str, Any] | None:
        """Return what a summary reads of the result if the facts comply, else None.

        None says only that the whole evaluation has to decide.
        """
        if given.error is not None or given.facts is None or is_host_facts(given.facts):
            return None
        try:
            facts = normalize(given.facts)
        except FactsError:
            return None
        for schema in self.schemas:
            results = evaluate_parts(schema, facts, as_of=as_of, absent=self.absent, coerce=self.coerce)
            if any(result.verdict is not SchemaVerdict.COMPLIANT for result in results.values()):
                return None
        subject = {"rules": self.rules, "pools": 0, "waived": []}
        return {
            "decision": "compliant",
            "fail_on": list(self.fail_on),
            "findings": [],
            "errors": [],
            "subjects": [subject],
        }


def plain_check_of(run: Run, bound: BoundPolicy) -> PlainCheck | None:
    """Return the check of a run; None if more than plain schemas decides."""
    has_waivers = run.waivers is not None and bool(run.waivers.waivers)
    if not run.policy.is_plain or has_waivers:
        return None
    if any(rule.mode != "deny" or rule.effective or rule.applies is not True for rule in bound.rules):
        return None
    schemas = tuple(run.policy.schemas.values())
    return PlainCheck(schemas, len(bound.rules), tuple(run.fail_on), run.absent, run.coerce)
