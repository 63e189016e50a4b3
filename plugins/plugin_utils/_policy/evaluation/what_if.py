# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare a what-if evaluation with the current one: changed facts, purchases, entitlements or date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.values.periods import NEVER_TEXT
from ....module_utils._pointer import MISSING, lookup
from ....module_utils._time import format_time
from ..base.errors import PolicyError
from ..documents.plain_data import normalize
from ..documents.schemas import brief, suggestion
from ..facts.facts import with_value
from ..subjects.entitlements import Entitlements
from ..subjects.host_reading import HostInput
from .drift import drift
from .evaluate_fleet import evaluate
from .run import Run

_LINE = frozenset(("product", "arch", "quantity"))


@dataclass(frozen=True)
class Overlay:
    """Changes to evaluate. ``facts`` are values by system ('': all systems) and pointer; null means unknown.

    ``bought`` are permanent formal licenses by system. With ``entitlements`` None, the current entitlements
    are kept; with ``as_of`` None, the time of the run.
    """

    facts: Mapping[str, Mapping[str, object]]
    bought: Mapping[str, Sequence[Mapping[str, Any]]]
    entitlements: Entitlements | None = None
    as_of: datetime | None = None


def read_overlay(
    facts: object,
    bought: object,
    entitlements: Entitlements | None,
    as_of: datetime | None,
    catalog: Catalog | None = None,
) -> Overlay:
    """Return the overlay that options describe.

    ``facts``: values by pointer, or those by system. ``bought``: lines (``product``, ``arch``, ``quantity``)
    in the format of plans and findings, or those by system. Raises PolicyError ``overlay_facts`` or
    ``overlay_bought``.
    """
    lines = _bought(normalize(bought), catalog or Catalog.builtin())
    return Overlay(_facts(normalize(facts)), lines, entitlements, as_of)


def _facts(given: object) -> dict[str, dict[str, object]]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise PolicyError("overlay_facts", value=brief(given))
    if all(name.startswith("/") for name in given):
        return {"": given} if given else {}
    for values in given.values():
        if not isinstance(values, dict) or not all(name.startswith("/") for name in values):
            raise PolicyError("overlay_facts", value=brief(values))
    return given


def _bought(given: Any, catalog: Catalog) -> dict[str, list[dict[str, Any]]]:
    if given is None:
        return {}
    found = {}
    for system, lines in (given if isinstance(given, dict) else {"": given}).items():
        found[system] = lines if isinstance(lines, list) else [lines]
        for line in found[system]:
            _check_line(line, catalog)
    return found


def _check_line(line: object, catalog: Catalog) -> None:
    known = {(row.id, row.arch.value) for row in catalog.products}
    if (
        not isinstance(line, dict)
        or not line.keys() >= _LINE
        or (line["product"], line["arch"]) not in known
        or not isinstance(line["quantity"], int)
        or isinstance(line["quantity"], bool)
        or line["quantity"] < 1
    ):
        raise PolicyError("overlay_bought", value=brief(line))


def what_if(
    hosts: Iterable[HostInput],
    run: Run,
    overlay: Overlay,
) -> dict[str, Any]:
    """Evaluate the hosts without and with ``overlay``, and return the differences (see ``drift``).

    With another ``as_of``, facts are evaluated as if they were gathered at that time. Raises PolicyError
    ``overlay_system`` for a system that is not among the hosts.
    """
    given = list(hosts)
    changed_run = replace(
        run,
        as_of=overlay.as_of or run.as_of,
        # The facts are of that time, so it is the time by which their age is measured.
        clock=overlay.as_of or run.clock,
        entitlements=run.entitlements if overlay.entitlements is None else overlay.entitlements,
    )
    known = {name for each in given for name in (_system_of(each), each.host)}
    for name in (*overlay.facts, *overlay.bought):
        if name and name not in known:
            raise PolicyError("overlay_system", system=name, hint=suggestion(name, sorted(known)))
    changed = [_with_overlay(each, overlay, changed_run.as_of) for each in given]
    before = evaluate(given, replace(run, evidence=False))
    after = evaluate(changed, replace(changed_run, evidence=False))
    return drift(before, after)


def _system_of(given: HostInput) -> str:
    subject = given.facts.get("subject") if isinstance(given.facts, Mapping) else None
    named = subject.get("id") if isinstance(subject, Mapping) else None
    return named if isinstance(named, str) else given.host


def _with_overlay(given: HostInput, overlay: Overlay, as_of: datetime) -> HostInput:
    if not isinstance(given.facts, Mapping):
        return given
    facts: Any = normalize(given.facts)
    names = dict.fromkeys(("", given.host, _system_of(given)))
    for name in names:
        for pointer, value in overlay.facts.get(name, {}).items():
            facts = _with_fact(facts, pointer, value)
    lines = [line for name in names for line in overlay.bought.get(name, ())]
    if lines:
        facts = _with_licenses(facts, lines)
    pointers = [pointer for name in names for pointer in overlay.facts.get(name, {})]
    facts = _without_old_totals(facts, pointers, bool(lines) or overlay.as_of is not None)
    if overlay.as_of is not None and isinstance(facts.get("source"), dict):
        facts = {**facts, "source": {**facts["source"], "gathered_at": format_time(as_of)}}
    return replace(given, facts=facts)


def _without_old_totals(facts: Any, pointers: Sequence[str], other_licenses: bool) -> Any:
    """Return the facts without the totals that VMS reported for other hosts or licenses than those given."""
    if any(pointer.startswith("/hosts") for pointer in pointers):
        facts = _without_total(facts, "cpu_managed", pointers)
    listed = facts.get("licenses")
    complete = isinstance(listed, dict) and listed.get("complete") is True
    # An incomplete list of licenses leaves nothing but the totals.
    if complete and (other_licenses or any(pointer.startswith("/licenses") for pointer in pointers)):
        for name in ("cpu_allowed", "edition", "ends_at"):
            facts = _without_total(facts, name, pointers)
    return facts


def _without_total(facts: Any, name: str, pointers: Sequence[str]) -> Any:
    pointer = "/license_totals/" + name
    if pointer in pointers or lookup(facts, pointer) is MISSING:
        return facts
    return with_value(facts, pointer, MISSING)


def _with_fact(facts: Any, pointer: str, value: object) -> Any:
    unknown = {
        name: entry
        for name, entry in dict(facts.get("unknown", {})).items()
        if name != pointer and not name.startswith(pointer + "/")
    }
    if value is None:
        unknown[pointer] = {"reason": "absent"}
        changed: Any = with_value(facts, pointer, MISSING)
    else:
        changed = with_value(facts, pointer, value)
    return {**changed, "unknown": unknown}


def _with_licenses(facts: Any, lines: Sequence[Mapping[str, Any]]) -> Any:
    listed = facts.get("licenses")
    if not isinstance(listed, dict) or not isinstance(listed.get("items"), list):
        # The current licenses are unknown, so the total with additional licenses is unknown, too.
        return facts
    items = list(listed["items"])
    for at, line in enumerate(lines, 1):
        items.append(
            {
                "id": f"what-if-{at}",
                "product": line["product"],
                "arch": line["arch"],
                "kind": "formal",
                "quantity": line["quantity"],
                "assigned": line["quantity"],
                "expires_at": NEVER_TEXT,
                "status": "in_use",
            }
        )
    return {**facts, "licenses": {**listed, "items": items}}
