# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint profiles as data: method, path, fields and certainty of each API call."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Mapping, Optional, Tuple

from ..wire.errors import OperationUnsupported

AUTHS = ("digest", "oauth2", "oauth2_client", "none")
CERTAINTIES = ("documented", "observed", "assumed")
# Certainty of an operation that is not in the profile: the operator does it in a web interface or a console.
BY_HAND = "by_hand"
ENCODINGS = ("none", "json", "form", "multipart")
METHODS = ("GET", "POST", "PUT", "DELETE")
# Value in place of ``paging``: the server returns all rows of a list at once.
NO_PAGING = "none"


@dataclass(frozen=True)
class Paging:
    """How a list is read page by page.

    ``offset`` counts the skipped rows and reads the total from a header; ``page`` counts pages from 1 and
    reads the total from the body.
    """

    style: str
    start: str
    limit: str
    size: int
    total_header: str = ""
    total: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Base:
    """Base path and authentication of an interface; ``lapsed_code`` is the Error-Code of R20."""

    path: str
    auth: str
    lapsed_code: str = ""


@dataclass(frozen=True)
class Operation:
    """One API call. ``fields`` and ``body`` map field names of the collection to those of the server.

    ``profile/operations.py`` defines the fields. ``answer`` are the keys that lead to the data in the
    response, ``alternatives`` are keys that a list may have instead of the last of them.
    """

    name: str
    base: str
    method: str
    path: str
    auth: str
    certainty: str
    query: Tuple[Tuple[str, str], ...]
    paging: Optional[Paging]
    answer: Tuple[str, ...]
    alternatives: Tuple[str, ...]
    fields: Mapping[str, Tuple[str, ...]]
    encoding: str
    body: Mapping[str, str]
    constants: Mapping[str, str]


def _no_nodes() -> Mapping[str, "Profile"]:
    return {}


@dataclass(frozen=True)
class Profile:
    """An endpoint profile. ``license_names`` maps display names of a site's release to (product, arch).

    ``local`` contains, by product, the calls to a product node that manages its own licenses. Each value is a
    profile of its own, whose ``section`` (``local.isc.``) is the prefix of its operations in messages.
    """

    name: str
    bases: Mapping[str, Base]
    operations: Mapping[str, Operation]
    codes: Mapping[str, Mapping[str, str]]
    license_names: Mapping[str, Tuple[str, Optional[str]]]
    local: Mapping[str, "Profile"] = field(default_factory=_no_nodes)
    section: str = ""

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

    def decode(self, kind: str, value: Optional[str]) -> Optional[str]:
        """Return the meaning of the code ``value`` in a response, None if the profile does not define it."""
        return None if value is None else self.codes[kind].get(value)


def local_section(product: str) -> str:
    return "local.{0}.".format(product)
