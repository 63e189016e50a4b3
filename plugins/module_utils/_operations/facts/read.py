# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read systems and License Servers by the options of a task, for modules and plugins."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from ..._errors import UsphereError
from ..._licensing.catalog.catalog import Catalog
from ..._licensing.catalog.site import site_rows
from ..._vms.api.client import Budget
from ..._vms.wire.open_clients import closing_clients
from ..core.endpoints import license_server_api, license_store_api, product_node_api, vms_api
from .license_server import LicenseQuery, read_license_server
from .product_nodes import ProductNode
from .read_system import read_system
from .vms import ReadOptions


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
        catalog=site_rows(params.get("catalog") or ()),
    )


def system_facts(
    params: Mapping[str, Any],
    license_server: Optional[Mapping[str, Any]],
    options: ReadOptions,
    seconds: float,
) -> Dict[str, object]:
    """Return the HostFacts of the system that ``params`` name, as ``vms_facts`` reads them.

    ``license_server`` is the nested option of that module. All reads together end within ``seconds``.
    """
    budget = Budget(seconds)
    with closing_clients():
        server = None if license_server is None else license_server_api(license_server, params, budget)
        return read_system(vms_api(params, budget), server, options, product_nodes(params, budget))


def store_facts(
    params: Mapping[str, Any], gather: Sequence[str], catalog: Catalog, seconds: float
) -> Dict[str, Any]:
    """Return what ``license_info`` reads of a License Server or product node, within ``seconds``.

    Parts of ``gather`` that the profile does not support are not read.
    """
    with closing_clients():
        api = license_store_api(params, Budget(seconds))
        unsupported = read_license_server(api, (), LicenseQuery(), catalog)["lacking"]
        return read_license_server(
            api, [name for name in gather if name not in unsupported], LicenseQuery(), catalog
        )
