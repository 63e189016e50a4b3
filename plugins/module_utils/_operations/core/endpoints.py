# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build API clients of servers from the options of a task. ``closing_clients`` closes them."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from ..._vms.api.client import Budget
from ..._vms.api.license_server_api import LicenseServerApi, ProductNodeApi
from ..._vms.api.vms_api import VmsApi
from ..._vms.profile.loader import load_profile
from ..._vms.wire.connection import Connection, refuse_account, without_brackets
from ..._vms.wire.errors import AuthenticationFailed, CertificateError, OptionError
from ..._vms.wire.open_clients import opened

VMS_PORT = 8443
LICENSE_SERVER_PORT = 28443

# Options of a connection besides address and account, with their defaults. All modules, roles and plugins
# have them, and roles read them from variables of the inventory, such as usphere_scheme.
CONNECTION_DEFAULTS: Mapping[str, Any] = {
    "scheme": "https",
    "validate_certs": True,
    "ca_path": None,
    "timeout": 30.0,
    "proxy": None,
    "no_proxy": None,
    "timezone": None,
    "profile": "usphere_7",
}


def check_host(option: str, host: object) -> object:
    """Return ``host`` without brackets around an IPv6 address; raises OptionError for one with an account.

    For callers above this layer that read options themselves. The error repeats nothing of the address.
    """
    refuse_account(option, host)
    return without_brackets(host) if isinstance(host, str) else host


def check_connection(where: str, params: Mapping[str, Any]) -> None:
    """Raise OptionError if the options ``params`` of the server ``where`` are no connection."""
    try:
        connection(params, VMS_PORT)
    except OptionError as error:
        fields: Dict[str, Any] = {
            **error.fields,
            "option": "{0}.{1}".format(where, error.fields["option"]),
        }
        raise OptionError(error.code, **fields) from None


def connection(params: Mapping[str, Any], port: int, outer: Optional[Mapping[str, Any]] = None) -> Connection:
    """Build a Connection; the options except address and account default to those of ``outer``.

    ``port`` is the default for a port that is None, the value of an omitted suboption.
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
        proxy=option("proxy"),
        no_proxy=tuple(option("no_proxy") or ()),
        timezone=option("timezone"),
    )


def vms_api(params: Mapping[str, Any], budget: Optional[Budget] = None) -> VmsApi:
    """Build the API client of the VMS that the options ``params`` name."""
    return opened(VmsApi(connection(params, VMS_PORT), load_profile(params["profile"]), budget))


def license_server_api(
    params: Mapping[str, Any], outer: Optional[Mapping[str, Any]] = None, budget: Optional[Budget] = None
) -> LicenseServerApi:
    """Build a License Server's API client from options, or from a nested option inside ``outer``."""
    profile = load_profile(params["profile"] if outer is None else outer["profile"])
    return opened(LicenseServerApi(connection(params, LICENSE_SERVER_PORT, outer), profile, budget))


def license_store_api(params: Mapping[str, Any], budget: Optional[Budget] = None) -> LicenseServerApi:
    """Build the API client of the License Server, or of the node of ``product_node`` if that is set."""
    product = params.get("product_node")
    if product is None:
        return license_server_api(params, budget=budget)
    return product_node_api(product, params, budget=budget)


def product_node_api(
    product: str,
    params: Mapping[str, Any],
    outer: Optional[Mapping[str, Any]] = None,
    budget: Optional[Budget] = None,
) -> ProductNodeApi:
    """Build the API client of the node of ``product``, with its product's part of the profile."""
    profile = load_profile((params if outer is None else outer)["profile"]).node(product)
    return opened(ProductNodeApi(connection(params, LICENSE_SERVER_PORT, outer), profile, budget))


def is_refused(error: Exception) -> bool:
    """Return whether credentials or certificates were rejected; retries fail until an operator fixes them."""
    return isinstance(error, (AuthenticationFailed, CertificateError))
