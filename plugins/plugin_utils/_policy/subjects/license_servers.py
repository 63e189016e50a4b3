# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""License Servers as subjects: whether each fixed license fits into the quota of one client (R25)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.catalog.code_class import CodeClass, FixedLicense, code_class, fixed_unfit
from ....module_utils._licensing.values.periods import time_span
from ..base.canonical_json import digest
from ..base.errors import PolicyError
from ..documents.plain_data import normalize
from ..facts.facts import Facts
from ..policy.model import LICENSE_SERVER, Subject
from .host_reading import Reading

_INACTIVE_STATUSES = ("uninstalled", "expired")
_ANY = "any"
_LICENSES, _CLIENTS = "/server/licenses", "/server/clients"
_UNFIT, _CODES = "/server/fixed_unfit", "/server/unknown_codes"

#: The results of each License Server, as readings.
Servers = Mapping[Subject, Sequence[Reading]]
Quotas = dict[str, Mapping[tuple[str, str], int] | None]


def without_foreign_products(results: object, catalog: Catalog | None) -> object:
    """Return results of license_info without what they say about products that are not Usphere's.

    That are licenses of these products, and clients whose quota has only these products. The names of the
    products are added as ``not_usphere``. Results of another form are returned unchanged.
    """
    if results is None or catalog is None or not catalog.not_usphere:
        return results
    plain = normalize(results)
    if isinstance(plain, list):
        return [_without_foreign(each, catalog) if isinstance(each, dict) else each for each in plain]
    return _without_foreign(plain, catalog) if isinstance(plain, dict) else plain


def _without_foreign(result: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    foreign: set[str] = set()

    def is_foreign(row: object) -> bool:
        if not isinstance(row, dict) or not catalog.is_foreign(row.get("product")):
            return False
        foreign.add(row["product"])
        return True

    def is_client_of_others(row: object) -> bool:
        quota = row.get("quota") if isinstance(row, dict) else None
        if not isinstance(quota, list) or not quota:
            return False
        # Each line is looked at, so that all their products are listed.
        return False not in [is_foreign(line) for line in quota]

    kept = dict(result)
    for name, check in (("licenses", is_foreign), ("clients", is_client_of_others)):
        rows = result.get(name)
        if isinstance(rows, list):
            kept[name] = [row for row in rows if not check(row)]
    return {**kept, "not_usphere": sorted(foreign)} if foreign else kept


def read_servers(results: object, as_of: datetime) -> dict[Subject, tuple[Reading, ...]]:
    """Return License Servers from results of license_info (``server``, ``licenses``, ``clients``).

    None gives no servers. Values that a result does not contain, and facts derived from them, are unknown.
    Raises PolicyError if ``results`` are not results of license_info, FactsError for unreadable values.
    """
    if results is None:
        return {}
    plain = normalize(results)
    given: list[Any] = plain if isinstance(plain, list) else [plain]
    found: dict[Subject, tuple[Reading, ...]] = {}
    for result in given:
        server = result.get("server") if isinstance(result, dict) else None
        ident = server.get("id") if isinstance(server, dict) else None
        if not isinstance(ident, str) or not ident:
            raise PolicyError("servers_input")
        facts = _facts(ident, result, as_of)
        content = digest([facts.tree, dict(facts.unknown)])
        reading = Reading(LICENSE_SERVER, ident, (), facts, content)
        # Keep different results of the same server: the worst one decides.
        key = (ident, LICENSE_SERVER)
        others = [each for each in found.get(key, ()) if each.digest != content]
        found[key] = tuple(sorted([*others, reading], key=lambda each: each.digest))
    return found


def _facts(ident: str, result: Mapping[str, Any], as_of: datetime) -> Facts:
    tree: dict[str, Any] = {"id": ident}
    if result.get("not_usphere"):
        tree["not_usphere"] = result["not_usphere"]
    unknown: dict[str, str] = {}
    quotas = _quotas(result.get("clients"))
    if quotas is None:
        unknown[_CLIENTS] = "null" if "clients" in result and result["clients"] is None else "absent"
    else:
        tree["clients"] = len(quotas)
    licenses = _active(result.get("licenses"), as_of)
    if licenses is None:
        reason = "null" if "licenses" in result and result["licenses"] is None else "absent"
        for name in ("licenses", "fixed", "fixed_unfit", "unknown_codes"):
            unknown[f"/server/{name}"] = reason
        return Facts({"server": tree}, unknown)
    classes = {each["id"]: code_class(each.get("code")) for each in licenses}
    tree["licenses"] = len(licenses)
    tree["fixed"] = sum(each is CodeClass.FIXED for each in classes.values())
    tree["unknown_codes"] = sorted(name for name, each in classes.items() if each is CodeClass.UNKNOWN)
    fixed = [each for each in licenses if classes[each["id"]] is CodeClass.FIXED]
    unclassified = [each for each in licenses if classes[each["id"]] is CodeClass.UNKNOWN]
    because: dict[str, tuple[str, ...]] = {}
    unfit = _unfit(fixed, quotas)
    if unfit == () and _unfit([*fixed, *unclassified], quotas) != ():
        # If the licenses with unknown codes were fixed, some would not fit, so the answer is unknown.
        unfit, because[_UNFIT] = None, (_CODES,)
    if unfit is None:
        unknown[_UNFIT] = "absent"
        because.setdefault(_UNFIT, (_CLIENTS if all(map(_fixed, fixed)) else _LICENSES,))
    else:
        tree["fixed_unfit"] = sorted(unfit)
    return Facts({"server": tree}, unknown, because=because)


def _unfit(licenses: list[dict[str, Any]], quotas: Quotas | None) -> tuple[str, ...] | None:
    """Return ids of licenses that do not fit undivided into any client's quota, treating all as fixed.

    None if that is unknown.
    """
    if not licenses or (quotas is not None and len(quotas) <= 1):
        return ()
    fixed = [_fixed(each) for each in licenses]
    read = [each for each in fixed if each is not None]
    return None if quotas is None or len(read) < len(fixed) else fixed_unfit(read, quotas)


def _active(given: object, as_of: datetime) -> list[dict[str, Any]] | None:
    if not isinstance(given, list):
        return None
    found = []
    for each in given:
        if not isinstance(each, dict) or not isinstance(each.get("id"), str):
            return None
        if each.get("status") in _INACTIVE_STATUSES:
            continue
        span = time_span(each.get("expires_at"))
        if span is not None and span[0] <= as_of < span[1]:
            return None  # Whether it has expired depends on its time zone.
        if span is None or span[1] > as_of:
            found.append(each)
    return found


def _fixed(given: Mapping[str, Any]) -> FixedLicense | None:
    product, quantity = given.get("product"), given.get("quantity")
    if not isinstance(product, str) or isinstance(quantity, bool) or not isinstance(quantity, int):
        return None
    return FixedLicense(given["id"], product, given.get("arch") or _ANY, quantity)


def _quotas(given: object) -> Quotas | None:
    """Return quotas by client, then by product and architecture.

    The value None means that a client has no quota and takes whatever is left. Return None if ``given``
    cannot be read.
    """
    if not isinstance(given, list):
        return None
    found: Quotas = {}
    for client in given:
        if not isinstance(client, dict) or not isinstance(client.get("name"), str):
            return None
        rows = client.get("quota")
        if not rows:
            found[client["name"]] = None
            continue
        quota: dict[tuple[str, str], int] = {}
        for row in rows if isinstance(rows, list) else [None]:
            if not isinstance(row, dict) or not isinstance(row.get("product"), str):
                return None
            if isinstance(row.get("quantity"), bool) or not isinstance(row.get("quantity"), int):
                return None
            key = (row["product"], row.get("arch") or _ANY)
            quota[key] = quota.get(key, 0) + row["quantity"]
        found[client["name"]] = quota
    return found
