# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences that product nodes hold themselves, as further items of a system's HostFacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Protocol, Sequence, Set, Tuple

from ..._licensing.catalog.catalog import Catalog
from ..._vms.api.records import LicenseRecord, ServerInfo
from ..._vms.wire.errors import OperationUnsupported
from ..core.errors import InvalidRequest
from .builder import NOT_READ, FactTree
from .license_items import local_item
from .vms import ReadOptions


class NodeReads(Protocol):
    """What is read of a product node."""

    def server(self) -> ServerInfo:
        """Which node it is, and of which product."""

    def licenses(self) -> Tuple[LicenseRecord, ...]:
        """Every licence that it holds."""


@dataclass(frozen=True)
class ProductNode:
    """A node that holds the licences of ``product`` for a system (local installation)."""

    product: str
    api: NodeReads


def add_node_licenses(draft: FactTree, nodes: Sequence[ProductNode], options: ReadOptions) -> None:
    """Add what the nodes hold to ``/licenses`` of the draft; their ids are ``NODE/ID``.

    A node that does not answer leaves the list not whole. Where the list itself is unknown it stays so.
    Raises InvalidRequest for the node of another product (R27), and for one that is named twice.
    """
    licenses = draft.get("/licenses")
    if licenses is None:
        return
    items: List[Dict[str, object]] = list(licenses["items"])
    complete, seen = licenses["complete"], set()  # type: bool, Set[str]
    for node in nodes:
        try:
            info, records = node.api.server(), node.api.licenses()
        except OperationUnsupported:
            complete = False
        except NOT_READ as error:
            options.note(error)
            complete = False
        else:
            _demand_node(node, info, seen)
            items += _items(draft, len(items), info.id, records, options.catalog)
    draft.put("/licenses", {"complete": complete, "items": items})


def _demand_node(node: ProductNode, info: ServerInfo, seen: Set[str]) -> None:
    if info.product not in (None, node.product):
        fields: Dict[str, Any] = {"server": info.id, "product": node.product, "reported": info.product}
        raise InvalidRequest("node_of_other_product", "R27", **fields)
    if info.id in seen:
        raise InvalidRequest("product_node_twice", "R27", server=info.id)
    seen.add(info.id)


def _items(
    draft: FactTree, start: int, node: str, records: Sequence[LicenseRecord], catalog: Catalog
) -> List[Dict[str, object]]:
    return [
        local_item(draft, "/licenses/items/{0}".format(start + at), record, node, catalog)
        for at, record in enumerate(records)
    ]
