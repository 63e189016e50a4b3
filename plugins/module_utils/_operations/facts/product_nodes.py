# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add the licenses that product nodes hold themselves to a system's HostFacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Set

from ..._facts import FactTree
from ..._licensing.catalog.product_kinds import Products
from ..._vms.api.license_reader import LicenseReader
from ..._vms.api.records import LicenseRecord, ServerInfo
from ..._vms.wire.errors import OperationUnsupported
from ..core.errors import InvalidRequest
from .license_items import local_item
from .vms import NOT_READ, ReadOptions, note_incomplete


@dataclass(frozen=True)
class ProductNode:
    """A node that holds the licenses of ``product`` for a system (local installation)."""

    product: str
    api: LicenseReader


def add_node_licenses(tree: FactTree, nodes: Sequence[ProductNode], options: ReadOptions) -> None:
    """Add the licenses of the nodes to ``/licenses`` of ``tree``; their ids are ``NODE/ID``.

    A node that does not respond makes the list incomplete; an unknown list stays unknown. Raises
    InvalidRequest for a node of another product (R27), and for one that is named twice.
    """
    licenses = tree.get("/licenses")
    if licenses is None:
        return
    items: List[Dict[str, object]] = list(licenses["items"])
    complete, node_ids = licenses["complete"], set()  # type: bool, Set[str]
    for node in nodes:
        try:
            info, listed = node.api.server(), node.api.license_list()
        except OperationUnsupported:
            complete = False
        except NOT_READ as error:
            options.note(error)
            complete = False
        else:
            _check_node(node, info, node_ids)
            if listed.why is not None:
                note_incomplete(listed.why, options.note)
                complete = False
            items += _items(tree, len(items), info.id, listed.rows, options.catalog)
    tree.put("/licenses", {"complete": complete, "items": items})


def _check_node(node: ProductNode, info: ServerInfo, node_ids: Set[str]) -> None:
    if info.product not in (None, node.product):
        fields: Dict[str, Any] = {"server": info.id, "product": node.product, "reported": info.product}
        raise InvalidRequest("node_of_other_product", "R27", **fields)
    if info.id in node_ids:
        raise InvalidRequest("product_node_twice", "R27", server=info.id)
    node_ids.add(info.id)


def _items(
    tree: FactTree, start: int, node: str, records: Sequence[LicenseRecord], catalog: Products
) -> List[Dict[str, object]]:
    return [
        local_item(tree, "/licenses/items/{0}".format(start + at), record, node, catalog)
        for at, record in enumerate(records)
    ]
