# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bind a composed policy: substitute parameters and check what its JSON Schema cannot express."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._pointer import Path
from ..base.canonical_json import digest
from ..base.errors import InvalidDocument, PolicyError, Problem
from ..constraints import lint
from ..constraints.bind_constraint import bind
from ..documents.schemas import suggestion
from ..facts.fact_table import Node, SiteFact, fact_table, grant_table, server_table, with_site_facts
from ..json_schema.model import PreparedSchema
from .bind_pools import pool_of
from .compose import value_problems
from .model import GRANT, LICENSE_SERVER, SYSTEM, BoundPolicy, Entry, Parameter, PolicySet, Pool, Rule, day
from .plain_schema import part_in
from .schema_parts import SchemaRequirement
from .site_catalog import catalog_digest
from .text_templates import placeholder_problems

HORIZON = "horizon_days"


def bind_policy(policy: PolicySet, horizon: int | None = None, catalog: Catalog | None = None) -> BoundPolicy:
    """Return the policy with its parameters substituted; ``horizon`` (days) is the value of ``horizon_days``.

    ``catalog`` is the site's catalog (R2), by default the built-in one. ``problems`` of the result lists the
    errors of rules and pools. Raises PolicyError if the policy has no parameter ``horizon_days``,
    InvalidDocument if the value is out of its bounds.
    """
    parameters = dict(policy.parameters)
    if horizon is not None:
        parameters[HORIZON] = _horizon(parameters.get(HORIZON), horizon)
    values = {name: parameter.value for name, parameter in parameters.items()}
    catalog = catalog or Catalog.builtin()
    binder = _Binder(values, policy.site_facts, catalog, policy.schemas)
    rules = tuple(binder.rule(entry) for entry in policy.rules.values())
    pools = tuple(binder.pool(entry) for entry in policy.pools.values())
    return BoundPolicy(
        documents=policy.documents,
        parameters=parameters,
        rules=rules,
        pools=pools,
        loosenings=policy.loosenings,
        max_age_hours=policy.max_age_hours,
        digest=_digest(policy),
        problems=tuple(binder.problems),
        site_facts=policy.site_facts,
        catalog=catalog,
        catalog_digest=catalog_digest(catalog),
    )


def with_values(policy: PolicySet, values: Mapping[str, Any], origin: str) -> PolicySet:
    """Return the policy with other parameter values. Raises InvalidDocument for unknown or invalid ones."""
    parameters = dict(policy.parameters)
    for name, value in values.items():
        if name not in parameters:
            hint = suggestion(name, sorted(parameters))
            raise InvalidDocument([Problem("param_unknown", {"param": name, "hint": hint})])
        parameters[name] = _set(parameters[name], value, origin)
    return replace(policy, parameters=parameters)


def _horizon(parameter: Parameter | None, days: int) -> Parameter:
    if parameter is None:
        raise PolicyError("horizon_unused")
    return _set(parameter, days, "horizon")


def _set(parameter: Parameter, value: Any, origin: str) -> Parameter:
    changed = replace(parameter, value=value, origin=origin)
    problems = value_problems(changed, "")
    if problems:
        raise InvalidDocument(problems)
    return changed


def _digest(policy: PolicySet) -> str:
    # The digest covers everything that affects decisions, but not the paths of the files.
    content = {
        "parameters": {name: parameter.to_dict() for name, parameter in policy.parameters.items()},
        "site_facts": {name: each.to_dict() for name, each in policy.site_facts.items()},
        "max_age_hours": policy.max_age_hours,
        "rules": [[entry.origin.policy, entry.origin.version, entry.raw] for entry in policy.rules.values()],
        "pools": [[entry.origin.policy, entry.origin.version, entry.raw] for entry in policy.pools.values()],
    }
    return digest(content)


class _Binder:
    def __init__(
        self,
        values: Mapping[str, Any],
        site_facts: Mapping[str, SiteFact],
        catalog: Catalog,
        schemas: Mapping[str, PreparedSchema],
    ) -> None:
        self._values = values
        self._schemas = schemas
        self._catalog = catalog
        self._facts = with_site_facts(fact_table(), site_facts)
        self.problems: list[Problem] = []

    def _report_at(self, entry: Entry, key: str) -> Any:
        def report(problem: Problem, path: Path) -> None:
            self.problems.append(Problem(problem.code, problem.fields, entry.place((key, *path))))

        return report

    def _add_problem(self, entry: Entry, path: Path, code: str, **fields: object) -> None:
        self.problems.append(Problem(code, {"id": entry.id, **fields}, entry.place(path)))

    def rule(self, entry: Entry) -> Rule:
        if "json_schema" in entry.raw:
            reference = entry.raw["json_schema"]
            schema = self._schemas[reference["digest"]]
            return Rule(**self._check(entry, True), require=SchemaRequirement(schema, part_in(reference)))
        before = len(self.problems)
        require = self._constraint(entry, "require", guarded=False)
        if len(self.problems) == before and lint.never_fails(require, self._facts_of(entry)):
            self._add_problem(entry, ("require",), "rule_never_fails")
        return Rule(**self._check(entry, require), require=require, about=entry.raw.get("about", SYSTEM))

    def _facts_of(self, entry: Entry) -> Node:
        tables = {GRANT: grant_table, LICENSE_SERVER: server_table}
        table = tables.get(entry.raw.get("about", SYSTEM))
        return self._facts if table is None else table()

    def pool(self, entry: Entry) -> Pool:
        check = self._check(entry, None)
        return pool_of(entry, check, self._values, self._facts, self._catalog, self.problems.append)

    def _check(self, entry: Entry, require: Any) -> dict[str, Any]:
        raw = entry.raw
        conditions = [
            self._constraint(entry, key, guarded=True) for key in ("applies_to", "when") if key in raw
        ]
        self._check_dates(entry)
        message, remediation = dict(raw.get("message", {})), dict(raw.get("remediation", {}))
        for key, wording in (("message", message), ("remediation", remediation)):
            for language, text in wording.items():
                for problem in placeholder_problems(text, self._facts_of(entry), self._values, require):
                    place = entry.place((key, language))
                    self.problems.append(Problem(problem.code, problem.fields, place))
        return {
            "id": entry.id,
            "origin": entry.origin,
            "severity": raw.get("severity", "high"),
            "mode": raw.get("mode", "deny"),
            "effective": raw.get("effective", {}),
            "on_unknown": raw.get("on_unknown"),
            "applies": {"allOf": conditions} if conditions else True,
            "message": message,
            "remediation": remediation,
            "references": tuple(raw.get("references", ())),
        }

    def _constraint(self, entry: Entry, key: str, *, guarded: bool) -> Any:
        report = self._report_at(entry, key)
        bound = bind(entry.raw[key], self._values, report)
        lint.check(bound, self._facts_of(entry), report, guarded=guarded)
        return bound

    def _check_dates(self, entry: Entry) -> None:
        mode = entry.raw.get("mode")
        dates: list[tuple[Path, str]] = []
        if isinstance(mode, dict):
            dates = [(("mode", name), mode[name]) for name in ("audit", "warn", "deny") if name in mode]
        window = [
            (("effective", name), entry.raw.get("effective", {}).get(name))
            for name in ("from", "until")
            if name in entry.raw.get("effective", {})
        ]
        for series in (dates, window):
            self._check_date_order(entry, series)

    def _check_date_order(self, entry: Entry, dates: Iterable[tuple[Path, str]]) -> None:
        previous = None
        for path, text in dates:
            try:
                current = day(text)
            except ValueError:
                self._add_problem(entry, path, "date_invalid", date=text)
                continue
            if previous is not None and current < previous:
                self._add_problem(entry, path, "dates_out_of_order", date=text)
            previous = current
