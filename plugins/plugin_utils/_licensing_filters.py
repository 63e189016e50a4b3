# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared functions of the licensing filters: read facts and options, convert errors to FilterInputError."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from ..module_utils._errors import LicensingError, shown
from ..module_utils._licensing.catalog.catalog import Catalog
from ..module_utils._licensing.facts.derive import project_facts
from ..module_utils._licensing.planning.purchase_plan import purchase_plan
from ..module_utils._messages.catalog import render
from ..module_utils._pointer import split
from ._policy.base.errors import PolicyError
from ._policy.documents.plain_data import kind_of, normalize
from ._policy.evaluation.options import optional, read_as_of
from ._policy.facts import host_facts
from ._policy.facts.row_order import in_order
from ._policy.policy.site_catalog import load_catalog

Result = TypeVar("Result")


class FilterInputError(ValueError):
    """Invalid input of a filter; its text is the message of the message catalog."""


def answered(work: Callable[[], Result]) -> Result:
    """Run ``work``; raise FilterInputError with the message of a licensing or facts error."""
    try:
        return work()
    except LicensingError as error:
        sentence = render(error.code, error.fields)
    except PolicyError as error:
        sentence = error.text()
    raise FilterInputError(sentence)


def effective(facts: object, as_of: object, catalog: object = None) -> dict[str, Any]:
    """Return ``effective.*`` and ``upgrades`` of one system, with unknown values and their reasons."""
    return _part(_projected(facts, read_as_of(as_of), catalog), ("effective", "upgrades"), "effective")


def forecast(facts: object, as_of: object, catalog: object = None) -> dict[str, Any]:
    """Return ``forecast`` and ``login`` of one system, with unknown values and their reasons."""
    return _part(_projected(facts, read_as_of(as_of), catalog), ("forecast", "login"), "login")


def plan(facts: object, as_of: object, features: object, catalog: object = None) -> dict[str, Any]:
    """Return the purchase plan of one system as plain data."""
    wanted = [] if features is None else normalize(features)
    if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
        raise LicensingError("features_not_a_list", got=shown(wanted))
    rows = catalog_of(catalog)
    return purchase_plan(system_facts(facts, rows), read_as_of(as_of), wanted, rows).to_dict()


def _projected(facts: object, as_of: datetime, catalog: object) -> dict[str, Any]:
    rows = catalog_of(catalog)
    return project_facts(system_facts(facts, rows), as_of, rows)


def catalog_of(argument: object) -> Catalog:
    """Return the built-in license catalog, merged with the site's rows if there are any (R2)."""
    return load_catalog(optional(argument))


def system_facts(value: object, catalog: Catalog) -> dict[str, Any]:
    """Return the facts of one system as validated plain data.

    The complete value is read at once: lazy values are resolved, and undefined values raise even if they are
    not used later. Facts are validated against their schema: an unknown key raises FactsError, and a value
    that cannot be parsed is listed under ``unknown``.
    """
    plain = normalize(value)
    if not isinstance(plain, dict) or plain.get("kind") != "HostFacts":
        got = (
            "kind " + shown(plain["kind"]) if isinstance(plain, dict) and "kind" in plain else _kind_of(plain)
        )
        raise LicensingError("facts_not_host_facts", got=got)
    return host_facts.read(in_order(plain), catalog, written=plain).document()


def _kind_of(value: object) -> str:
    if isinstance(value, dict) and "kind" in value:
        return "kind " + shown(value["kind"])
    names = {dict: "a mapping without kind", list: "a list", str: "text", type(None): "nothing"}
    return names.get(type(value), kind_of(value))


def _part(tree: Mapping[str, Any], names: Sequence[str], flattened: str) -> dict[str, Any]:
    """Return the named parts of the tree; the content of ``flattened`` is moved up one level."""
    result: dict[str, Any] = dict(tree.get(flattened, {}))
    result.update((name, tree[name]) for name in names if name != flattened and name in tree)
    result["unknown"] = {
        pointer: reason for pointer, reason in tree["unknown"].items() if set(split(pointer)[:1]) & set(names)
    }
    return result
