# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the result of the filter ``license_renewal`` as plain data and messages, without license keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..module_utils._errors import LicensingError
from ..module_utils._licensing.catalog.catalog import Catalog
from ..module_utils._licensing.planning.purchase_plan import NOW
from ..module_utils._licensing.planning.renewal import Need, Renewal, State, find_renewals, read_keys
from ..module_utils._messages.catalog import render
from ..module_utils._time import format_end, format_time
from ._licensing_filters import catalog_of, system_facts
from ._policy.base.errors import FactsError
from ._policy.documents.plain_data import kind_of, normalize
from ._policy.evaluation.options import read_as_of, read_horizon, read_language
from ._policy.facts import host_facts

DEFAULT_DAYS = 30


@dataclass(frozen=True)
class RenewalOptions:
    """Options of the filter as the user gave them; ``answer`` reads and checks them."""

    within: object = DEFAULT_DAYS
    keys: object = None
    expected: object = None
    node_licenses: object = None
    as_of: object = None
    catalog: object = None
    language: object = None


def answer(facts: object, given: RenewalOptions) -> dict[str, Any]:
    """Return the licenses to renew as plain data. Raises LicensingError, PolicyError."""
    time, days = read_as_of(given.as_of), read_horizon(given.within, "within") or DEFAULT_DAYS
    rows_of_products = catalog_of(given.catalog)
    systems, refused = _systems(facts, given.expected, rows_of_products)
    systems = _with_nodes(systems, normalize(given.node_licenses) if given.node_licenses is not None else {})
    by_system = _keys(given.keys, list(systems))
    found = find_renewals(systems, by_system, time, days, rows_of_products)
    report_language = read_language(given.language)
    rows = [_row(renewal, days, report_language) for renewal in found]
    for row in rows:
        if row["system"] in refused:
            row["report"] = [*refused[row["system"]].text(report_language).splitlines(), *row["report"]]
    return {
        "kind": "LicenseRenewal",
        "as_of": format_time(time),
        "within": days,
        "state": _worst(found),
        "systems": rows,
        "report": [line for row in rows for line in row["report"]],
    }


_ORDER = (State.NOTHING_DUE, State.COVERED, State.DUE, State.UNKNOWN)


def _worst(found: Sequence[Renewal]) -> str:
    """Return the state of all systems: unknown outweighs due. Without any system the state is unknown."""
    return max((renewal.state for renewal in found), key=_ORDER.index, default=State.UNKNOWN).value


def _systems(
    facts: object, expected: object, catalog: Catalog
) -> tuple[dict[str, dict[str, Any] | None], dict[str, FactsError]]:
    """Return facts by system (None: no usable facts), and by system the error of refused facts."""
    refused: dict[str, FactsError] = {}
    plain = normalize(facts)
    names: Any = normalize(expected) if expected is not None else []
    found: dict[str, dict[str, Any] | None] = {str(name): None for name in names}
    seen: set[str] = set()
    for item in plain if isinstance(plain, list) else [plain]:
        name = _name(item)
        one: dict[str, Any] | None = None
        try:
            one = system_facts(item, catalog)
        except host_facts.InvalidFacts as error:
            refused[name] = error
        if name in seen:
            raise LicensingError("renewal_facts_twice", "", system=name)
        seen.add(name)
        found[name] = one
    return found, refused


def _name(facts: object) -> str:
    subject = facts.get("subject") if isinstance(facts, Mapping) else None
    return str(subject.get("id", "-")) if isinstance(subject, Mapping) else "-"


# Fields of a row of license_info that are facts about a license.
_LICENSE_FIELDS = (
    "product",
    "arch",
    "kind",
    "code",
    "quantity",
    "issued_at",
    "installed_at",
    "expires_at",
    "status",
    "packs",
)


def _with_nodes(systems: dict[str, dict[str, Any] | None], nodes: Any) -> dict[str, dict[str, Any] | None]:
    """Add to each system the licenses on its product nodes; ids are unique on one server only."""
    if not isinstance(nodes, Mapping) or not all(isinstance(held, Mapping) for held in nodes.values()):
        raise LicensingError("renewal_nodes_shape", "R27", got=kind_of(nodes))
    found = dict(systems)
    for system, held in nodes.items():
        facts = found.get(system)
        if facts is None or "licenses" not in facts:
            continue
        rows = [
            {
                "id": f"{node}/{row['id']}",
                **{name: row[name] for name in _LICENSE_FIELDS if row.get(name) is not None},
            }
            for node, licenses in held.items()
            for row in licenses
        ]
        licenses = facts["licenses"]
        found[system] = {**facts, "licenses": {**licenses, "items": [*licenses["items"], *rows]}}
    return found


def _keys(keys: object, systems: Sequence[str]) -> dict[str, Any]:
    plain = normalize(keys) if keys is not None else []
    table: Mapping[object, Any] = plain if isinstance(plain, dict) else dict.fromkeys(systems, plain)
    for rows in table.values():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            # The value may contain license keys, so the message has only its type.
            raise LicensingError("renewal_keys_shape", "R26", got=kind_of(rows))
    return {str(system): read_keys(rows) for system, rows in table.items()}


def _row(renewal: Renewal, days: int, language: str) -> dict[str, Any]:
    plan = renewal.plan.to_dict()
    steps: Any = plan["steps"]
    return {
        "system": renewal.system,
        "state": renewal.state.value,
        "login": None if renewal.refused is None else "refused" if renewal.refused else "ok",
        "lapses": [{**expiry.entry, "days": expiry.days} for expiry in renewal.expiries],
        "needs": [_need(need) for need in renewal.needs],
        "later": [step for step in steps if step["when"] != NOW and renewal.state is State.DUE],
        "notes": plan["notes"],
        "unknown": list(renewal.unknown),
        "report": list(_report(renewal, days, language)),
    }


def _need(need: Need) -> dict[str, Any]:
    """Return a line of the plan; ``draws`` are the quantities to request with each key of the list."""
    line = need.line
    return {
        "product": line.product,
        "arch": line.arch,
        "quantity": line.quantity,
        "unit": line.unit,
        "packs": list(line.packs),
        "rules": list(line.rules),
        "product_node": need.node,
        "draws": [{"number": part.number, "ask": {"quantity": part.quantity}} for part in need.allocations],
        "open": need.open,
    }


def _report(renewal: Renewal, days: int, language: str) -> Iterator[str]:
    def message(code: str, **fields: object) -> str:
        return render(code, {"system": renewal.system, "within": days, **fields}, language)

    if renewal.unread:
        yield message("renewal_unread")
        return
    yield message("renewal_" + renewal.state.value, pointers=renewal.unknown)
    if renewal.refused:
        yield message("renewal_refused")
    for expiry in renewal.expiries:
        code = "renewal_lapse_login" if expiry.entry.get("login_interrupted") else "renewal_lapse"
        yield message(code, ends=expiry.entry["ends"], at=expiry.at, days=expiry.days)
    if renewal.state is not State.DUE:
        return
    for need in renewal.needs:
        fields = {"quantity": need.line.quantity, "product": need.line.product, "arch": need.line.arch}
        yield message("renewal_need_buy" if need.open else "renewal_need_keys", open=need.open, **fields)
    for step in renewal.plan.steps:
        for line in step.lines if step.when != NOW else ():
            fields = {"quantity": line.quantity, "product": line.product, "arch": line.arch}
            yield message("renewal_later", at="?" if step.at is None else format_end(step.at), **fields)
    for note in renewal.plan.notes:
        yield message("renewal_note", text=render(note.code, note.fields, language))
    if renewal.unknown:
        yield message("renewal_open_facts", pointers=renewal.unknown)
