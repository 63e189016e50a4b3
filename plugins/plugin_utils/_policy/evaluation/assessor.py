# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate each distinct fact set once against a bound policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from ..base.canonical_json import digest
from ..constraints.evaluate import evaluate
from ..constraints.projection import Projection, gaps_of
from ..constraints.three_valued import Outcome
from ..facts.fact_table import fact_table, with_site_facts
from ..facts.facts import Facts
from ..facts.max_age import hours_of
from ..findings.finding import UNKNOWN
from ..findings.rule_findings import facts_error, rule_verdict
from ..findings.schema_findings import schema_verdict, view_of
from ..findings.sheet import Sheet
from ..findings.similar_sheets import SimilarSheets
from ..findings.verdict import Verdict
from ..json_schema.model import AbsentMode, SchemaResult
from ..policy.model import LEDGER, OFF, SYSTEM, BoundPolicy, Check, Rule
from ..policy.schema_parts import SchemaPart, SchemaRequirement, evaluate_parts, reads_names
from ..policy.text_templates import quoted
from ..pools.rows import pool_sheet
from ..similar import identifiers
from ..similar.places import texts_in
from ..subjects.cache import Readings
from ..subjects.fact_age import AgeLimit
from ..subjects.host_reading import HostInput, Reading, read_host, read_plain_facts

_SUBJECT_FACTS = ("subject", "source")


def _foreign_products(facts: Facts) -> tuple[str, ...]:
    tree: Any = facts.tree
    for part in ("licenses", "server"):
        held = tree.get(part) if isinstance(tree, dict) else None
        if isinstance(held, dict) and isinstance(held.get("not_usphere"), list):
            return tuple(held["not_usphere"])
    return ()


def _constraint(rule: Rule) -> Any:
    require = rule.require
    return require.as_constraint() if isinstance(require, SchemaRequirement) else require


class Assessor:
    """Evaluates fact sets against a policy at one time; caches outcomes by the facts that they depend on."""

    def __init__(
        self,
        policy: BoundPolicy,
        as_of: datetime,
        *,
        evidence: bool,
        absent: AbsentMode = AbsentMode.UNDETERMINED,
        coerce: bool = False,
        limit: AgeLimit | None = None,
    ) -> None:
        self.policy = policy
        self.absent = absent
        self.coerce = coerce
        self.as_of = as_of
        self.table = with_site_facts(fact_table(), policy.site_facts)
        self.values = {f"param:{name}": each.value for name, each in policy.parameters.items()}
        self.off = sorted(check.id for check in self.checks if check.mode_at(as_of) == OFF)
        self.evidence = evidence
        self._rules = [(rule, rule.mode_at(as_of)) for rule in policy.rules if rule.id not in self.off]
        self.pools = [pool for pool in policy.pools if pool.id not in self.off]
        self._projections = {
            rule.id: Projection((rule.applies, _constraint(rule))) for rule, _mode in self._rules
        }
        self._outcomes: dict[str, dict[bytes, tuple[Outcome, Outcome]]] = {
            rule: {} for rule in self._projections
        }
        self._sheets: dict[int, Sheet] = {}

        age_limit = limit or AgeLimit(as_of, hours_of(policy.max_age_hours))

        def read(given: HostInput) -> Reading:
            if given.plain:
                return read_plain_facts(given)
            return read_host(given, as_of, age_limit, policy.site_facts, policy.catalog)

        self._readings = Readings(read, age_limit, personal=self.reads_subject())
        #: None if the policy can look inside identifiers.
        self._similar = None if self._reads_rows() else SimilarSheets(self._key, self._read_facts)

    @property
    def checks(self) -> tuple[Check, ...]:
        return (*self.policy.rules, *self.policy.pools)

    def reads_subject(self) -> bool:
        """Return whether the policy reads the subject of the facts, or the time at which they were read."""
        constraints = [part for rule in self.policy.rules for part in (rule.applies, _constraint(rule))]
        for pool in self.policy.pools:
            constraints += [pool.applies]
        texts = [
            text for check in self.checks for text in (*check.message.values(), *check.remediation.values())
        ]
        named = [
            f"/{name.split('.')[0]}" for pool in self.policy.pools for name in pool.names() if "." in name
        ]
        named = [name for name in named if name != "/subject"]
        if Projection(constraints, (*quoted(texts), *named)).reads(*_SUBJECT_FACTS):
            return True
        requirements = [rule.require for rule in self.policy.rules]
        schemas = [each.schema for each in requirements if isinstance(each, SchemaRequirement)]
        return reads_names({each.digest: each for each in schemas}.values(), _SUBJECT_FACTS)

    def claims(self, given: Iterable[HostInput]) -> list[tuple[str, str, str, Sheet]]:
        """Return for each host the id and kind of its subject, the host, and the sheet of its fact set."""
        found = []
        for each in given:
            kind = self._readings.kind(each) if self._similar is not None else None
            known = None if kind is None or self._similar is None else self._similar.sheet(kind)
            if kind is not None and known is not None:
                found.append((*kind.about, each.host, known))
                continue
            reading, ident, about = self._readings.claim(each)
            sheet = self.sheet(reading)
            if kind is not None and self._similar is not None:
                self._similar.add(kind, sheet)
            found.append((ident, about, each.host, sheet))
        return found

    def sheet(self, reading: Reading) -> Sheet:
        """Return the sheet of a reading; the same object for the same reading."""
        known = self._sheets.get(id(reading))
        if known is None:
            known = self._sheets[id(reading)] = self._assess(reading)
        return known

    def _assess(self, reading: Reading) -> Sheet:
        facts = reading.facts
        verdicts: list[Verdict] = []
        evidence: dict[str, list[dict[str, Any]]] = {}
        if reading.error is not None:
            verdicts.append(facts_error(self.checks[0], reading.error, reading.mapped))
        gaps = gaps_of(facts)
        parts: dict[str, dict[SchemaPart, SchemaResult]] = {}
        for rule, mode in self._rules if reading.error is None else ():
            if rule.about != (reading.kind if reading.kind in LEDGER else SYSTEM):
                continue
            projection = self._projections[rule.id]
            if isinstance(rule.require, SchemaRequirement):
                decide = partial(self._schema_verdict, rule, mode, rule.require)
                verdict = decide(reading, parts)
                if verdict.verdict == UNKNOWN:
                    verdict = _in_every_zone(verdict, reading, partial(_with_own_parts, decide))
            else:
                verdict = self._verdict(rule, mode, projection.key(facts, gaps), reading)
            verdicts.append(verdict)
            if self.evidence and verdict.verdict == "pass":
                evidence[rule.id] = projection.evidence(facts, reading.origins)
        if self.evidence and reading.stated:
            evidence["fact_map"] = [dict(entry) for entry in reading.stated]
        pools = {}
        if reading.kind not in LEDGER:
            for pool in self.pools:
                found = pool_sheet(pool, facts, self.table, self.as_of, pool.until(self.as_of))
                if found is not None:
                    pools[pool.id] = found
        return Sheet(
            self._key(reading),
            reading.kind,
            reading.digest,
            facts.unknown.get("", ""),
            tuple(verdicts),
            pools,
            error=reading.error is not None,
            evidence=evidence,
            reading=reading,
            as_of=self.as_of,
            catalog=self.policy.catalog,
            not_usphere=_foreign_products(facts),
        )

    def _key(self, reading: Reading) -> str:
        """Return the key of the sheet of a reading; equal keys mean equal sheets."""
        personal = reading.subject if self._depends_on_subject(reading) else None
        # Invalid facts have no content to distinguish them by, only their error.
        error_text = None if reading.error is None else reading.error.text()
        aged = reading.facts.unknown.get("", "")
        content: list[object] = [reading.digest, reading.kind, aged, error_text, personal]
        if self.policy.catalog_digest:
            content.append(self.policy.catalog_digest)
        return digest(content)

    def _read_facts(self, facts: Facts) -> Iterator[bytes]:
        """Yield for each rule what it reads of ``facts``."""
        gaps = gaps_of(facts)
        return (self._projections[rule.id].key(facts, gaps) for rule, _mode in self._rules)

    def _reads_rows(self) -> bool:
        """Return whether the policy can look inside identifiers of rows other than by projected facts."""
        if any(isinstance(rule.require, SchemaRequirement) for rule in self.policy.rules):
            return True
        constraints = [(pool.applies, pool.where) for pool in self.policy.pools]
        return not identifiers.NAMES.isdisjoint(texts_in(constraints))

    def _depends_on_subject(self, reading: Reading) -> bool:
        return reading.kind in LEDGER or self._readings.personal

    def _schema_verdict(
        self,
        rule: Rule,
        mode: str,
        require: SchemaRequirement,
        reading: Reading,
        parts: dict[str, dict[SchemaPart, SchemaResult]],
    ) -> Verdict:
        """Return the verdict of a rule of a plain schema; ``parts`` collects the results of each schema."""
        schema = require.schema
        if schema.digest not in parts:
            parts[schema.digest] = evaluate_parts(
                schema, view_of(reading.facts), as_of=self.as_of, absent=self.absent, coerce=self.coerce
            )
        applies = evaluate(rule.applies, reading.facts, self.as_of)
        return schema_verdict(rule, mode, applies, parts[schema.digest][require.part], reading)

    def _verdict(self, rule: Rule, mode: str, projected: bytes, reading: Reading) -> Verdict:
        known = self._outcomes[rule.id]
        found = known.get(projected)
        if found is None:
            applies = evaluate(rule.applies, reading.facts, self.as_of)
            outcome = evaluate(rule.require, reading.facts, self.as_of)
            found = known[projected] = (applies, outcome)
        verdict = rule_verdict(rule, mode, *found, reading, self.values)
        if verdict.verdict != UNKNOWN:
            return verdict

        def decide(each: Reading) -> Verdict:
            outcomes = [evaluate(part, each.facts, self.as_of) for part in (rule.applies, rule.require)]
            return rule_verdict(rule, mode, outcomes[0], outcomes[1], each, self.values)

        return _in_every_zone(verdict, reading, decide)


def _with_own_parts(
    decide: Callable[[Reading, dict[str, dict[SchemaPart, SchemaResult]]], Verdict], reading: Reading
) -> Verdict:
    return decide(reading, {})


def _in_every_zone(verdict: Verdict, reading: Reading, decide: Callable[[Reading], Verdict]) -> Verdict:
    """Return the verdict in every zone of times without one, if it is the same in all; else ``verdict``."""
    found = [decide(replace(reading, facts=facts)) for facts in reading.zones()]
    agreed = {each.verdict for each in found}
    return found[0] if len(agreed) == 1 and UNKNOWN not in agreed else verdict
