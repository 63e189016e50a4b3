# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build API clients of servers from the options of a task. ``closing_clients`` closes them."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from ..._vms.api.client import Budget
from ..._vms.api.license_reader import LicenseReader
from ..._vms.profile.compiled import profile_of
from ..._vms.wire.connection import Connection
from ..._vms.wire.open_clients import opened

VMS_PORT = 8443
LICENSE_SERVER_PORT = 28443


def connection(params: Mapping[str, Any], port: int, outer: Optional[Mapping[str, Any]] = None) -> Connection:
    """Build a Connection; the options except address and account default to those of ``outer``.

    ``port`` is the default for a port that is None.
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


def license_server_api(
    params: Mapping[str, Any], outer: Optional[Mapping[str, Any]] = None, budget: Optional[Budget] = None
) -> LicenseReader:
    """Build the client that reads a License Server's licenses; the options may be nested inside ``outer``."""
    profile = profile_of(params["profile"] if outer is None else outer["profile"])
    return opened(LicenseReader(connection(params, LICENSE_SERVER_PORT, outer), profile, budget))


def product_node_api(
    product: str,
    params: Mapping[str, Any],
    outer: Optional[Mapping[str, Any]] = None,
    budget: Optional[Budget] = None,
) -> LicenseReader:
    """Build the client that reads the licenses of the node of ``product``, by its part of the profile."""
    profile = profile_of((params if outer is None else outer)["profile"]).node(product)
    return opened(LicenseReader(connection(params, LICENSE_SERVER_PORT, outer), profile, budget))
