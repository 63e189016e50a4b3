# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint profiles: which call does what, as data. ``profile_reader.py`` checks them strictly."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Mapping, Optional, Tuple

from ..wire.errors import OperationUnsupported

AUTHS = ("digest", "oauth2", "oauth2_client", "none")
CERTAINTIES = ("documented", "observed", "assumed")
# The certainty of an operation that a profile lacks: a person does it, on a web site or a console.
BY_HAND = "by_hand"
ENCODINGS = ("none", "json", "form", "multipart")
METHODS = ("GET", "POST", "PUT", "DELETE")
# In the place of a paging: the server gives all rows of a list at once.
NO_PAGING = "none"


@dataclass(frozen=True)
class Paging:
    """How a list is read in parts.

    ``offset`` counts the rows skipped and finds the total in a header, ``page`` counts pages from 1 and
    finds it in the body.
    """

    style: str
    start: str
    limit: str
    size: int
    total_header: str = ""
    total: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Base:
    """Where an interface's paths begin and how it authenticates; ``lapsed_code`` is the Error-Code of R20."""

    path: str
    auth: str
    lapsed_code: str = ""


@dataclass(frozen=True)
class Operation:
    """One call. ``fields`` and ``body`` map our field names to the other side's, see ``shapes.py``.

    ``answer`` are the keys down to what is read, ``alternatives`` keys that a list may have in place of the
    last of them.
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

    ``local`` holds, by product, how a product node is spoken to that keeps its licenses itself; each is a
    profile of its own, whose ``section`` (``local.isc.``) stands before the names of its operations in
    messages.
    """

    name: str
    bases: Mapping[str, Base]
    operations: Mapping[str, Operation]
    codes: Mapping[str, Mapping[str, str]]
    license_names: Mapping[str, Tuple[str, Optional[str]]]
    local: Mapping[str, "Profile"] = field(default_factory=_no_nodes)
    section: str = ""

    def supports(self, *operations: str) -> bool:
        """Say whether the profile has all of ``operations``."""
        return all(operation in self.operations for operation in operations)

    def operation(self, name: str) -> Operation:
        """Return the call for ``name``; raises OperationUnsupported where the profile lacks it."""
        try:
            return self.operations[name]
        except KeyError:
            raise OperationUnsupported(
                "operation_unsupported", operation=self.section + name, profile=self.name
            ) from None

    def certainty(self, name: str) -> str:
        """Return how certain the operation ``name`` is: of CERTAINTIES, or BY_HAND where it is lacking."""
        return self.operations[name].certainty if name in self.operations else BY_HAND

    def node(self, product: str) -> "Profile":
        """Return how the node of a local product is spoken to; a profile without calls if nobody said."""
        if product in self.local:
            return self.local[product]
        return replace(self, bases={}, operations={}, local={}, section=local_section(product))

    def decode(self, kind: str, value: Optional[str]) -> Optional[str]:
        """Return what the code ``value`` of an answer means, None if nobody said."""
        return None if value is None else self.codes[kind].get(value)


def local_section(product: str) -> str:
    return "local.{0}.".format(product)
