# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to servers: what modules, the inventory plugin and the event source share."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from ..._errors import UsphereError
from ..._licensing.catalog.catalog import Catalog
from ..._licensing.catalog.site import site_rows
from ..._vms.api.client import Budget
from ..._vms.api.license_server_api import LicenseServerApi, ProductNodeApi
from ..._vms.api.vms_api import VmsApi
from ..._vms.profile.loader import load_profile
from ..._vms.wire.connection import Connection, refuse_account
from ..._vms.wire.errors import AuthenticationFailed, CertificateError
from .license_server import LicenseQuery, read_license_server
from .product_nodes import ProductNode
from .read_system import read_system
from .vms import ReadOptions

VMS_PORT = 8443
LICENSE_SERVER_PORT = 28443


def check_host(option: str, host: object) -> None:
    """Refuse an address with an account in it, for those that read options above this layer.

    Raises OptionError, which repeats nothing of the address.
    """
    refuse_account(option, host)


def connection(params: Mapping[str, Any], port: int, outer: Optional[Mapping[str, Any]] = None) -> Connection:
    """Build a Connection; what ``params`` leaves open of TLS, scheme and timeout comes from ``outer``.

    ``port`` stands in for one that is None, as an omitted option inside a dictionary arrives.
    """

    def option(name: str) -> Any:
        value = params.get(name)
        return outer.get(name) if value is None and outer is not None else value

    return Connection(
        host=params["host"],
        port=port if params.get("port") is None else params["port"],
        username=params["username"],
        password=params["password"],
        scheme=option("scheme"),
        validate_certs=option("validate_certs"),
        ca_path=option("ca_path"),
        timeout=option("timeout"),
        client_id=params.get("client_id"),
        client_secret=params.get("client_secret"),
    )


def vms_api(params: Mapping[str, Any], budget: Optional[Budget] = None) -> VmsApi:
    """Build the API of the VMS that the options ``params`` name."""
    return VmsApi(connection(params, VMS_PORT), load_profile(params["profile"]), budget)


def license_server_api(
    params: Mapping[str, Any], outer: Optional[Mapping[str, Any]] = None, budget: Optional[Budget] = None
) -> LicenseServerApi:
    """Build a License Server's API from options, or from a nested option inside ``outer``."""
    profile = load_profile(params["profile"] if outer is None else outer["profile"])
    return LicenseServerApi(connection(params, LICENSE_SERVER_PORT, outer), profile, budget)


def license_store_api(params: Mapping[str, Any], budget: Optional[Budget] = None) -> LicenseServerApi:
    """Build the API of what holds the licenses: a License Server, or the node that ``product_node`` names."""
    product = params.get("product_node")
    if product is None:
        return license_server_api(params, budget=budget)
    profile = load_profile(params["profile"]).node(product)
    return ProductNodeApi(connection(params, LICENSE_SERVER_PORT), profile, budget)


def product_nodes(params: Mapping[str, Any], budget: Optional[Budget] = None) -> List[ProductNode]:
    """Build the nodes of the option ``product_nodes``, each by its product's part of the profile."""
    return [
        ProductNode(
            node["product"],
            ProductNodeApi(
                connection(node, LICENSE_SERVER_PORT, params),
                load_profile(params["profile"]).node(node["product"]),
                budget,
            ),
        )
        for node in params.get("product_nodes") or ()
    ]


def read_options(
    params: Mapping[str, Any], subject_id: Optional[str], note: Callable[[UsphereError], None]
) -> ReadOptions:
    """Return how the system that ``params`` name is read; ``note`` hears of parts that were not."""
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
    server = None if license_server is None else license_server_api(license_server, params, budget)
    return read_system(vms_api(params, budget), server, options, product_nodes(params, budget))


def store_facts(
    params: Mapping[str, Any], gather: Sequence[str], catalog: Catalog, seconds: float
) -> Dict[str, Any]:
    """Return what ``license_info`` reads of a License Server or product node, within ``seconds``.

    Of ``gather`` only what the profile has is read.
    """
    api = license_store_api(params, Budget(seconds))
    lacking = read_license_server(api, (), LicenseQuery(), catalog)["lacking"]
    return read_license_server(api, [name for name in gather if name not in lacking], LicenseQuery(), catalog)


def is_refused(error: Exception) -> bool:
    """Whether credentials or certificates were not taken: trying again without a person helps nobody."""
    return isinstance(error, (AuthenticationFailed, CertificateError))
