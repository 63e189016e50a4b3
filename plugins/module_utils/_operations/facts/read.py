# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build what reads a system from the options of a task: its API client, product nodes, reading options."""

from __future__ import annotations

from typing import Any, Callable, List, Mapping, Optional

from ..._errors import UsphereError
from ..._licensing.catalog.product_kinds import ProductKinds
from ..._vms.api.client import Budget
from ..._vms.api.vms_api import VmsApi
from ..._vms.profile.compiled import profile_of
from ..._vms.wire.open_clients import opened
from ..core.endpoints import VMS_PORT, connection, product_node_api
from .product_nodes import ProductNode
from .vms import ReadOptions


def vms_api(params: Mapping[str, Any], budget: Optional[Budget] = None) -> VmsApi:
    """Build the API client of the VMS that the options ``params`` name."""
    return opened(VmsApi(connection(params, VMS_PORT), profile_of(params["profile"]), budget))


def product_nodes(params: Mapping[str, Any], budget: Optional[Budget] = None) -> List[ProductNode]:
    """Build the nodes of the option ``product_nodes``, each with its product's part of the profile."""
    return [
        ProductNode(node["product"], product_node_api(node["product"], node, params, budget))
        for node in params.get("product_nodes") or ()
    ]


def read_options(
    params: Mapping[str, Any], subject_id: Optional[str], note: Callable[[UsphereError], None]
) -> ReadOptions:
    """Return how to read the system of ``params``; ``note`` is called with the error of each unread part."""
    return ReadOptions(
        subject_id=subject_id,
        site=params["site"] or {},
        srm_sites=[(pair["main_site_ip"], pair["spare_site_ip"]) for pair in params["srm_sites"] or []],
        clock=params["clock"],
        note=note,
        catalog=ProductKinds(params.get("catalog") or ()),
    )
