# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find products of licenses that are missing in the catalog, with the product that may be meant."""

from __future__ import annotations

from collections.abc import Mapping

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._pointer import MISSING, lookup
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
