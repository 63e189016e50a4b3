# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Products of licenses that are missing in the catalog: not Usphere's, or unrecognized."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._pointer import MISSING, join, lookup, split
from ..documents.schemas import suggestion
from .facts import Unread
from .quoted_value import shown
from .schema_mismatches import Use


def unrecognized_products(tree: Mapping[str, object], catalog: Catalog | None = None) -> dict[str, Unread]:
    """Return the products of licenses in ``tree`` that the catalog does not have, by pointer.

    The facts stay known: rules report such products. What depends on the meaning of one is unknown, and its
    findings show the product. The catalog is the built-in one by default.
    """
    items = lookup(tree, "/licenses/items")
    known = catalog or Catalog.builtin()
    found: dict[str, Unread] = {}
    use: Use
    for at in range(len(items) if isinstance(items, list) else 0):
        pointer = f"/licenses/items/{at}/product"
        product = lookup(tree, pointer)
        if product is MISSING or not isinstance(product, str) or known.product(product) is not None:
            continue
        hint = suggestion(product, sorted({each.id for each in known.products}))
        use = ("unread_product_like", {"hint": hint}) if hint else ("unread_product", {})
        found[pointer] = Unread(pointer, shown(product), use)
    return found


def without_foreign(
    tree: dict[str, Any], unknown: Mapping[str, str], unread: Mapping[str, Unread], catalog: Catalog | None
) -> tuple[dict[str, Any], dict[str, str], dict[str, Unread]]:
    """Return the facts without the licenses of products that are not Usphere's (``not_usphere``).

    Such a license counts nowhere, and what is not known about it matters to nothing. Its product is listed in
    ``/licenses/not_usphere``. The pointers of the remaining licenses follow their new positions.
    """
    items = lookup(tree, "/licenses/items")
    if catalog is None or not catalog.not_usphere or not isinstance(items, list):
        return tree, dict(unknown), dict(unread)
    foreign = {
        index: item["product"]
        for index, item in enumerate(items)
        if isinstance(item, dict) and catalog.is_foreign(item.get("product"))
    }
    if not foreign:
        return tree, dict(unknown), dict(unread)
    kept = [index for index in range(len(items)) if index not in foreign]
    places = {str(old): str(new) for new, old in enumerate(kept)}
    licenses = {
        **tree["licenses"],
        "items": [items[index] for index in kept],
        "not_usphere": sorted({*tree["licenses"].get("not_usphere", ()), *foreign.values()}),
    }
    moved = {pointer: _moved(pointer, places) for pointer in {**unknown, **unread}}
    return (
        {**tree, "licenses": licenses},
        {place: unknown[each] for each, place in moved.items() if place is not None and each in unknown},
        {
            place: replace(unread[each], pointer=_moved(unread[each].pointer, places) or place)
            for each, place in moved.items()
            if place is not None and each in unread
        },
    )


def _moved(pointer: str, places: Mapping[str, str]) -> str | None:
    """Return ``pointer`` with the new position of its license; None if the license is not Usphere's."""
    steps = split(pointer)
    if len(steps) < 3 or steps[:2] != ["licenses", "items"] or not steps[2].isdigit():
        return pointer
    return join([*steps[:2], places[steps[2]], *steps[3:]]) if steps[2] in places else None
