# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint profiles as data: authentication, method, path, body, fields and certainty of each API call."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Mapping, Optional, Tuple

from ..wire.errors import OperationUnsupported
from .fields import Envelope, ErrorPlaces, FieldMap, ResponseRule, Source

DEFAULT_PROFILE = "usphere_7"

DIGEST = "digest"
BASIC = "basic"
BEARER = "bearer"
OAUTH2 = "oauth2"
SESSION = "session"
# Authentication of the token call itself: HTTP Basic of the OAuth2 client.
OAUTH2_CLIENT = "oauth2_client"
# Certainty of an operation that is not in the profile: the operator does it in a web interface or a console.
BY_HAND = "by_hand"

OFFSET = "offset"
NEXT = "next"


@dataclass(frozen=True)
class Paging:
    """How a list is read page by page: by skipped rows or pages from ``first``, or by the link at ``next``.

    ``start`` and ``limit`` are query parameters, ``size`` is the number of rows to request, ``total`` the
    place of the total, ``count`` the operation that counts the rows, or "".
    """

    style: str
    start: str
    limit: str
    size: int
    first: int = 0
    total: Optional[Source] = None
    next: Optional[Source] = None
    count: str = ""


def _no_texts() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Call:
    """One HTTP request: ``body`` is a template in the encoding ``encoding``, None sends no body."""

    method: str
    path: str
    query: Tuple[Tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=_no_texts)
    encoding: str = "none"
    body: Any = None


@dataclass(frozen=True)
class TokenUse:
    """Where a token is in the response of the login (``source``), and the header or cookie that sends it."""

    source: Source
    header: str = ""
    cookie: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class SessionAuth:
    """A login that opens a session. The paths of ``login`` and ``logout`` are absolute on the server.

    After one of ``refused_status``, or a response to which a rule of ``refused`` applies, the login is
    repeated once.
    """

    login: Call
    success: Tuple[ResponseRule, ...]
    token: TokenUse
    csrf: Optional[TokenUse] = None
    logout: Optional[Call] = None
    refused_status: Tuple[int, ...] = (401, 403)
    refused: Tuple[ResponseRule, ...] = ()


@dataclass(frozen=True)
class Base:
    """Base path, authentication and conventions of an interface.

    ``lapsed_codes`` are the error codes that mean R20. ``logout`` returns an OAuth2 token, below ``path``.
    ``timezone`` is that of times without a zone, "" if it is not known.
    """

    path: str
    auth: str
    lapsed_codes: Tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=_no_texts)
    format: str = "json"
    success: Tuple[ResponseRule, ...] = ()
    error: ErrorPlaces = field(default_factory=ErrorPlaces)
    envelope: Optional[Envelope] = None
    session: Optional[SessionAuth] = None
    logout: Optional[Call] = None
    timezone: str = ""


@dataclass(frozen=True)
class Operation:
    """One API call. ``fields`` map field names (``profile/operations.py``) to places of a response.

    ``answer`` are the keys that lead to the data, ``alternatives`` those that a list may have instead of the
    last of them. Each rule of ``empty`` recognizes a response without data. ``count`` is the operation that
    counts the rows, or "". ``identity`` and ``lists`` are those of ``OperationFields``.
    """

    name: str
    base: str
    call: Call
    auth: str
    certainty: str
    paging: Optional[Paging]
    answer: Tuple[str, ...]
    alternatives: Tuple[str, ...]
    fields: Mapping[str, FieldMap]
    format: str = "json"
    success: Tuple[ResponseRule, ...] = ()
    error: ErrorPlaces = field(default_factory=ErrorPlaces)
    empty: Tuple[ResponseRule, ...] = ()
    identity: str = ""
    lists: bool = False
    count: str = ""

    @property
    def method(self) -> str:
        return self.call.method

    @property
    def path(self) -> str:
        return self.call.path


def _no_nodes() -> Mapping[str, "Profile"]:
    return {}


@dataclass(frozen=True)
class Profile:
    """An endpoint profile. ``license_names`` maps display names of a site's release to (product, arch).

    ``local`` has, by product, the profile of a node that manages its own licenses; ``section``
    (``local.isc.``) is the prefix of its operations in messages. ``secrets`` are fixed values of requests.
    """

    name: str
    bases: Mapping[str, Base]
    operations: Mapping[str, Operation]
    license_names: Mapping[str, Tuple[str, Optional[str]]]
    local: Mapping[str, "Profile"] = field(default_factory=_no_nodes)
    section: str = ""
    secrets: Tuple[str, ...] = ()

    def supports(self, *operations: str) -> bool:
        """Return whether the profile has all of ``operations``."""
        return all(operation in self.operations for operation in operations)

    def operation(self, name: str) -> Operation:
        """Return the API call for ``name``; raises OperationUnsupported if the profile does not have it."""
        try:
            return self.operations[name]
        except KeyError:
            raise OperationUnsupported(
                "operation_unsupported", operation=self.section + name, profile=self.name
            ) from None

    def certainty(self, name: str) -> str:
        """Return the certainty of the operation ``name``: one of CERTAINTIES, or BY_HAND if it is missing."""
        return self.operations[name].certainty if name in self.operations else BY_HAND

    def node(self, product: str) -> "Profile":
        """Return the profile of the node of a local product; a profile without calls if none is defined."""
        if product in self.local:
            return self.local[product]
        return replace(self, bases={}, operations={}, local={}, section=local_section(product))


def local_section(product: str) -> str:
    return "local.{0}.".format(product)
