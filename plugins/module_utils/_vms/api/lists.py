# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of records that may be incomplete, and the requests for their pages: parameters, totals and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, Generic, Optional, Tuple, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from ..profile.fields import ResponsePart, Source
from ..profile.model import NEXT, OFFSET, Operation
from ..wire.connection import Connection
from ..wire.errors import ListIncomplete
from .pages import Ending, PageStart
from .rows import ABSENT, Missing, ResponseScope, WrongShape, find, kind_of, total_of

T = TypeVar("T")

_LINK_HEADER = "link"
_LONGEST_LINK = 8192
# RFC 8288: <target>; parameter="value", <target>; parameter=value
_LINK = re.compile(r'<([^<>]*)>((?:[^,"<>]|"(?:[^"\\]|\\.)*")*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_NOT_IN_LINKS = re.compile(r"[\x00-\x20\x7f\\]")
# Characters that are already quoted or have a meaning in a path or a query.
_SAFE = "/?:@!$&'()*+,;=-._~%[]"


@dataclass(frozen=True)
class Listed(Generic[T]):
    """The records of a list that were read; ``why`` there may be further ones, None if it is complete.

    ``total`` is the number of records that the server stated, None if it did not.
    """

    rows: Tuple[T, ...]
    why: Optional[ListIncomplete] = None
    total: Optional[int] = None

    @property
    def complete(self) -> bool:
        return self.why is None

    def whole(self) -> Tuple[T, ...]:
        """Return the records of a complete list; raises ListIncomplete, or the error that ended reading."""
        if self.why is not None:
            raise self.why.cause or self.why
        return self.rows


class ForeignLink(ValueError):
    """A link that is not a valid address on the same server."""


def ending_of(operation: Operation) -> Ending:
    """Return how a list without a stated total ends."""
    if operation.paging is None:
        return Ending.AT_ONCE
    return Ending.NO_LINK if operation.paging.style == NEXT else Ending.EMPTY_PAGE


def page_query(operation: Operation, place: PageStart) -> Dict[str, str]:
    """Return the query parameters of a page."""
    paging = operation.paging
    if paging is None:
        return {}
    start = place.seen if paging.style == OFFSET else place.number - 1
    limit = paging.size if place.limit is None else place.limit
    parameters = {paging.start: str(paging.first + start), paging.limit: str(limit)}
    return {name: value for name, value in parameters.items() if name}


def stated_total(operation: Operation, scope: ResponseScope) -> Optional[int]:
    """Return the stated number of rows of a list, None if it is not stated or not readable."""
    paging = operation.paging
    if paging is None or paging.total is None:
        return None
    value = find(paging.total, scope.root, scope)
    return None if isinstance(value, Missing) else total_of(value)


def next_link(operation: Operation, scope: ResponseScope) -> Optional[str]:
    """Return the link to the next page as the server wrote it, None on the last page."""
    source = operation.paging.next if operation.paging is not None else None
    if source is None:
        return None
    value = find(source, scope.root, scope)
    if isinstance(value, Missing):
        if value.reason != ABSENT:
            raise WrongShape("a link to the next page", "something else")
        return None
    if value is None:
        return None
    if not isinstance(value, str):
        raise WrongShape("a link to the next page", kind_of(value))
    if len(value) > _LONGEST_LINK:
        raise WrongShape("a link to the next page", "a text of {0} characters".format(len(value)))
    return _relation_next(value) if _is_link_header(source) else value.strip() or None


def _is_link_header(source: Source) -> bool:
    return source.origin is ResponsePart.HEADER and source.name.lower() == _LINK_HEADER


def _relation_next(header: str) -> Optional[str]:
    """Return the target of the relation ``next`` of a header ``Link`` (RFC 8288)."""
    found = []
    for target, parameters in _LINK.findall(header):
        relation = _REL.search(parameters)
        if relation and "next" in (relation.group(1) or relation.group(2) or "").lower().split():
            found.append(target.strip())
    if len(set(found)) > 1:
        raise WrongShape("one link to the next page", "several")
    return (found[0] or None) if found else None


def target_of_link(link: str, base: str, connection: Connection) -> str:
    """Return path and query of a link in the response to the target ``base``.

    Raises ForeignLink for a link to another scheme, host or port: credentials are sent to one server only.
    """
    if _NOT_IN_LINKS.search(link):
        raise ForeignLink(link)
    try:
        parts = urlsplit(urljoin(connection.endpoint + base, link))
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        raise ForeignLink(link) from None
    own = (connection.scheme, connection.host.lower(), connection.port)
    if (parts.scheme, (parts.hostname or "").lower(), port) != own or "@" in parts.netloc:
        raise ForeignLink(link)
    path = quote(parts.path, safe=_SAFE) or "/"
    return path + ("?" + quote(parts.query, safe=_SAFE) if parts.query else "")
