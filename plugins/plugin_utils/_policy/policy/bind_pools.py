# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bind pools: substitute parameters and check facts, units and groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._pointer import Path, split
from ..base.errors import Problem
from ..constraints import lint
from ..constraints.bind_constraint import bind
from ..documents.schemas import suggestion
from ..facts.fact_synonyms import suggest_facts
from ..facts.fact_table import Node
from .model import ALLOCATED, IN_FORCE, PURCHASED, SUBJECT, VMS, Entry, Pool
from .pool_terms import ONE, Term, number, read_term
from .text_templates import quoted

AGGREGATES = ("sum", "count", "min", "max")
_PRODUCT = "product"
#: Keys by which the quantities of grants can be grouped.
_GRANT_KEYS = {
    PURCHASED: ("arch", _PRODUCT),
    ALLOCATED: ("arch", _PRODUCT, SUBJECT, "license_server.id"),
}


def pool_of(
    entry: Entry,
    check: Mapping[str, Any],
    values: Mapping[str, object],
    facts: Node,
    catalog: Catalog,
    report: Callable[[Problem], None],
) -> Pool:
    """Return the bound pool; ``check`` has the fields shared with rules. Call ``report`` with each error."""
    return _PoolBinder(entry, values, facts, catalog, report).pool(check)


class _PoolBinder:
    def __init__(
        self,
        entry: Entry,
        values: Mapping[str, object],
        facts: Node,
        catalog: Catalog,
        report: Callable[[Problem], None],
    ) -> None:
        self._entry = entry
        self._raw = entry.raw
        self._values = values
        self._facts = facts
        self._catalog = catalog
        self._report = report

    def _add_problem(self, path: Path, code: str, **fields: object) -> None:
        self._report(Problem(code, {"id": self._entry.id, **fields}, self._entry.place(path)))

    def pool(self, check: Mapping[str, Any]) -> Pool:
        raw = self._raw
        row = self._row()
        demand, source = raw["demand"], raw["supply"]
        aggregate = next(name for name in AGGREGATES if name in demand)
        forecast = raw.get("forecast", {})
        texts = (*check["message"].values(), *check["remediation"].values())
        pool = Pool(
            **check,
            rows=raw["rows"],
            where=self._where(row),
            group_by=tuple(raw["group_by"]),
            count_once_by=tuple(raw.get("count_once_by", (SUBJECT, "id"))),
            unit=demand["unit"],
            aggregate=aggregate,
            term=self._term(aggregate, demand[aggregate]),
            ceil_div=self._number(("demand", "ceil_div"), demand.get("ceil_div", 1)),
            round_up=self._number(("demand", "round_up"), demand.get("round_up", 1)),
            source=source["from"],
            product=source.get(_PRODUCT, ""),
            packs=tuple(source.get("packs", ())),
            headroom_warn=int(raw["require"].get("headroom_warn", "0%").rstrip("%")),
            blame=raw.get("blame", "all"),
            forecast_days=self._number(("forecast", "within_days"), forecast["within_days"])
            if forecast
            else 0,
            forecast_mode=forecast.get("mode", "warn"),
            quoted=quoted(texts),
            catalog=self._catalog,
        )
        if row is not None:
            self._check_names(pool, row)
        self._check_supply(pool)
        return pool

    def _row(self) -> Node | None:
        rows = self._raw["rows"]
        found = self._facts if rows == "." else self._facts.find([*split(rows), "0"])
        if found is None:
            self._add_problem(("rows",), "pool_rows", rows=rows)
        return found

    def _where(self, row: Node | None) -> Any:
        if "where" not in self._raw or row is None:
            return True

        def report(problem: Problem, path: Path) -> None:
            self._report(Problem(problem.code, problem.fields, self._entry.place(("where", *path))))

        bound = bind(self._raw["where"], self._values, report)
        lint.check(bound, row, report, guarded=True)
        return bound

    def _term(self, aggregate: str, raw: Any) -> Term:
        if aggregate == "count":
            return ONE
        try:
            return read_term(raw, self._values)
        except (KeyError, ValueError) as error:
            self._number_problem(("demand", aggregate), error)
            return ONE

    def _number(self, path: Path, raw: Any) -> int:
        try:
            return number(raw, self._values, 1)
        except (KeyError, ValueError) as error:
            self._number_problem(path, error)
            return 1

    def _number_problem(self, path: Path, error: KeyError | ValueError) -> None:
        name = str(error.args[0])
        if isinstance(error, KeyError):
            hint = suggestion(name, sorted(self._values))
            self._add_problem(path, "param_unknown", param=name, hint=hint)
        else:
            self._add_problem(path, "pool_number", param=name)

    # -- checks that the schema cannot express --

    def _check_names(self, pool: Pool, row: Node) -> None:
        for name in sorted(set(pool.term.facts())):
            self._check_fact(("demand", pool.aggregate), name, row, "integer")
        for key, names in (("group_by", pool.group_by), ("count_once_by", pool.count_once_by)):
            for index, name in enumerate(names):
                if name != SUBJECT and not (pool.rows == "." and name == "id" and key == "count_once_by"):
                    self._check_fact((key, index), name, row, "string")

    def _check_fact(self, path: Path, name: str, row: Node, wanted: str) -> None:
        node = row.find(name.split(".")) or self._facts.find(name.split("."))
        if node is None:
            near = suggest_facts(name, row, row)
            hint = [pointer.removeprefix("/").replace("/", ".") for pointer in near]
            self._add_problem(path, "pool_fact_unknown", fact=name, hint=hint)
        elif wanted not in node.types:
            self._add_problem(
                path, "pool_fact_type", fact=name, expected=wanted, actual=" / ".join(node.types)
            )

    def _check_supply(self, pool: Pool) -> None:
        allowed = _GRANT_KEYS.get(pool.source)
        for index, name in enumerate(pool.group_by):
            if allowed is not None and name not in allowed:
                self._add_problem(
                    ("group_by", index), "pool_group", fact=name, source=pool.source, expected=list(allowed)
                )
        if (_PRODUCT in pool.group_by) is bool(pool.product):
            self._add_problem(("supply",), "pool_product_twice" if pool.product else "pool_product_missing")
        elif _PRODUCT in pool.group_by and pool.source == IN_FORCE:
            self._add_problem(("supply", "from"), "pool_product_source", source=pool.source)
        elif pool.product:
            self._check_product(pool)

    def _check_product(self, pool: Pool) -> None:
        metrics = {product.id: product.metric.value for product in self._catalog.products}
        if pool.product != VMS and pool.product not in metrics:
            hint = suggestion(pool.product, [VMS, *sorted(metrics)])
            self._add_problem(("supply", _PRODUCT), "pool_product_unknown", product=pool.product, hint=hint)
            return
        metric = "cpu_socket" if pool.product == VMS else metrics[pool.product]
        if metric != pool.unit:
            fields = {"product": pool.product, "metric": metric, "unit": pool.unit}
            self._add_problem(("demand", "unit"), "pool_unit", **fields)
