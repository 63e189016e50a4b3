# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build API clients that write from the options of a task, and list the calls that writes may make.

Modules that only read do not ship this file.

The functions have the names of those that build reading clients, in ``endpoints.py`` and ``facts/read.py``.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from ..._vms.api.tasks import LicenseServerWriter, ProductNodeWriter, VmsWriter
from ..._vms.profile.compiled import profile_of
from ..._vms.profile.model import Profile
from ..._vms.wire.open_clients import opened
from .call_certainty import _LINK, certainty
from .endpoints import LICENSE_SERVER_PORT, VMS_PORT, connection


def vms_api(params: Mapping[str, Any]) -> VmsWriter:
    """Build the API client of the VMS that the options ``params`` name."""
    return opened(VmsWriter(connection(params, VMS_PORT), profile_of(params["profile"])))


def license_server_api(
    params: Mapping[str, Any], outer: Optional[Mapping[str, Any]] = None
) -> LicenseServerWriter:
    """Build a License Server's API client from options, or from a nested option inside ``outer``."""
    profile = profile_of(params["profile"] if outer is None else outer["profile"])
    return opened(LicenseServerWriter(connection(params, LICENSE_SERVER_PORT, outer), profile))


def license_store_api(params: Mapping[str, Any]) -> LicenseServerWriter:
    """Build the API client of the License Server, or of the node of ``product_node`` if that is set."""
    product = params.get("product_node")
    if product is None:
        return license_server_api(params)
    profile = profile_of(params["profile"]).node(product)
    return opened(ProductNodeWriter(connection(params, LICENSE_SERVER_PORT), profile))


# The operations that each state of a module may call, besides logging in.
_INSTALL = ("list_licenses", "server", "list_clients", "install_activation_file", "license_task")


_REMOVE = ("list_licenses", "server", "list_clients", "uninstall_license", "license_task", "uninstall_file")


# A product node has no clients.
_NOT_AT_NODES = ("list_clients",)


CONNECTION = (
    *_LINK,
    *("server", "list_licenses", "platform", "create_client", "update_client"),
    *("connect_license_server", "reconnect_license_server", "vms_task"),
)


DISCONNECTION = (
    *_LINK,
    *("server", "list_licenses", "disconnect_license_server", "release_client", "delete_client"),
)


def of_licenses(profile: Profile, state: str, product_node: Optional[str]) -> Dict[str, str]:
    """Return the certainty of the operations that ``license`` calls in ``state``."""
    calls = _INSTALL if state == "present" else _REMOVE
    return certainty(profile, (name for name in calls if product_node is None or name not in _NOT_AT_NODES))
