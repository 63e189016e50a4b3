# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that plugins of the controller read themselves: check their options, recognize a refusal."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ..._vms.wire.connection import refuse_account, without_brackets
from ..._vms.wire.errors import AuthenticationFailed, CertificateError, OptionError
from .endpoints import VMS_PORT, connection


def check_host(option: str, host: object) -> object:
    """Return ``host`` without brackets around an IPv6 address; raises OptionError for one with an account.

    For callers above this layer that read options themselves. The error repeats nothing of the address.
    """
    refuse_account(option, host)
    return without_brackets(host) if isinstance(host, str) else host


def check_connection(where: str, params: Mapping[str, Any]) -> None:
    """Raise OptionError if the options ``params`` of the server ``where`` are not those of a connection."""
    try:
        connection(params, VMS_PORT)
    except OptionError as error:
        fields: Dict[str, Any] = {
            **error.fields,
            "option": "{0}.{1}".format(where, error.fields["option"]),
        }
        raise OptionError(error.code, **fields) from None


def is_refused(error: Exception) -> bool:
    """Return whether credentials or certificates were rejected; retries fail until an operator fixes them."""
    return isinstance(error, (AuthenticationFailed, CertificateError))


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
