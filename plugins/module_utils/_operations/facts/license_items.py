# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licenses of a License Server as the items of HostFacts."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence

from ..._facts import ABSENT, TYPE, FactTree
from ..._licensing.catalog.product_kinds import ANY, EDITION, Products
from ..._vms.api.records import LicenseRecord

# An item must state these values; the others may be known to be absent.
_NEEDED = ("product", "kind", "quantity", "expires_at", "status")


def license_items(
    tree: FactTree, records: Sequence[LicenseRecord], client: str, held_by: Optional[str], catalog: Products
) -> List[Dict[str, object]]:
    """Return the licenses of which ``client`` holds a share; ``assigned`` is its quantity.

    A required value that a license does not state is marked as unknown in ``tree``.
    """
    items: List[Dict[str, object]] = []
    for record in records:
        assigned = record.assigned_to(client)
        if assigned > 0:
            pointer = "/licenses/items/{0}".format(len(items))
            items.append(_item(tree, pointer, record, assigned, held_by, catalog))
    return items


def local_item(
    tree: FactTree, pointer: str, record: LicenseRecord, node: str, catalog: Products
) -> Dict[str, object]:
    """Return a license that a product node holds. The system holds all of it, and its id is ``NODE/ID``.

    License ids are unique on one server only.
    """
    item = _item(tree, pointer, record, _stated(record), node, catalog)
    return {**item, "id": "{0}/{1}".format(node, record.id)}


def grants_sockets(records: Sequence[LicenseRecord], client: str, catalog: Products) -> bool:
    """Return whether ``client`` holds an edition license, from which VMS derives its total of CPU sockets."""
    for record in records:
        kind = catalog.kind(record.product)
        # An unknown product may be an edition.
        if record.assigned_to(client) and (kind is None or kind.license_class == EDITION):
            return True
    return False


def _item(
    tree: FactTree,
    pointer: str,
    record: LicenseRecord,
    assigned: Optional[int],
    held_by: Optional[str],
    catalog: Products,
) -> Dict[str, object]:
    values = {
        "id": record.id,
        "product": record.product,
        "arch": record.arch or _arch_of(record.product, catalog),
        "kind": record.kind,
        "code": record.code,
        "quantity": _stated(record),
        "assigned": assigned,
        "issued_at": record.issued_at,
        "installed_at": record.installed_at,
        "expires_at": record.expires_at,
        "status": record.status,
        "held_by": held_by,
        "key": record.key,
        "packs": None if record.packs is None else list(record.packs),
    }
    unknown = {name: record.unknown.get(name, TYPE) for name in _NEEDED if values[name] is None}
    if values["arch"] is None:
        unknown["arch"] = record.unknown.get("arch", ABSENT)
    if record.kind == "temporary" and record.issued_at is None:
        # The term of a temporary license starts when it is issued (R12).
        unknown["issued_at"] = record.unknown.get("issued_at", ABSENT)
    return tree.row(pointer, values, unknown)


def _stated(record: LicenseRecord) -> Optional[int]:
    """Return the quantity; None if it is below 1, which counts as not stated."""
    return record.quantity if record.quantity is not None and record.quantity >= 1 else None


def _arch_of(product: Optional[str], catalog: Products) -> Optional[str]:
    """Return ``any`` for a product that has no architecture of its own (R39), else None."""
    kind = catalog.kind(product)
    return ANY if kind is not None and not kind.has_arches else None
