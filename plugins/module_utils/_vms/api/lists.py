# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that may be incomplete: their rows in a response; parameters, totals and links of their pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Generic, List, Mapping, Optional, Sequence, Set, Tuple, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from ..profile.fields import ResponsePart, Source, kind_of
from ..profile.model import NEXT, OFFSET, Operation
from ..wire.connection import Connection
from ..wire.errors import ListIncomplete
from ..wire.pages import Ending, PageStart
from .answers import (
    MESSAGE_KEYS,
    REFUSALS,
    Answer,
    elements_of,
    failure_in,
    first_keys,
    first_text,
    inner_of,
    keys_of,
    other_keys,
    own_keys,
    value_at,
)
from .rows import ABSENT, Missing, ResponseScope, WrongShape, as_integer, find, rows_of

T = TypeVar("T")

_LINK_HEADER = "link"
_LONGEST_LINK = 8192
# RFC 8288: <target>; parameter="value", <target>; parameter=value
_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*(?:([^\s"<>;,=]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"<>;,\\]+)))?)?')
_END_OF_LINK = re.compile(r"\s*(?:,[\s,]*|\Z)")
# A relation is a name or an address.
_RELATION = re.compile(r"[a-z][a-z0-9.-]*\Z|[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_LIST_ROOT = "list"
# Usual names of the total of a list, in lower case and without "_".
_TOTALS = frozenset(
    ["total", "totalcount", "totalelements", "totalnum", "totalrecords", "totalrows", "totalsize"]
).union(("总数", "总条数", "总记录数", "记录总数"))
_TOTAL_HEADERS = ("Total", "X-Total-Count")
_ENDINGS = {NEXT: Ending.NO_LINK, OFFSET: Ending.EMPTY_OFFSET}
_PORTS = {"http": 80, "https": 443}
_NOT_IN_LINKS = re.compile(r"[\x00-\x20\x7f\\]")
# Characters that are already quoted or have a meaning in a path or a query.
_SAFE = "/?:@!$&'()*+,;=-._~%[]"


@dataclass(frozen=True)
class Listed(Generic[T]):
    """The records of a list that were read; ``why`` there may be further ones; the stated ``total``."""

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


@dataclass(frozen=True)
class Rows:
    """Location of the rows of a response: ``path``, or one of ``alternatives`` instead of its last key.

    ``keys`` are those of a row, by which a single one without a list key is recognized; ``own`` those that
    the profile reads, ``states`` those that state success, ``messages`` those of an error.
    """

    path: Sequence[str]
    alternatives: Sequence[str] = ()
    keys: FrozenSet[str] = frozenset()
    own: FrozenSet[str] = frozenset()
    states: FrozenSet[str] = frozenset()
    messages: FrozenSet[str] = frozenset()

    def explained(self, answer: Any) -> FrozenSet[str]:
        """Return the keys of the root that the profile accounts for.

        The error keys are among them only if the response itself states that it is successful.
        """
        is_stated = isinstance(answer, Mapping) and not self.states.isdisjoint(answer)
        return self.own | self.states | self.messages if is_stated else self.own


def rows_in(operation: Operation) -> Rows:
    """Return where the responses of an operation have their rows, or their object."""
    states = first_keys(rule.source for rule in operation.success if rule.source is not None)
    return Rows(
        operation.answer,
        operation.alternatives,
        keys_of(operation),
        own_keys(operation, operation.success),
        states,
        first_keys((*operation.error.code, *operation.error.message)) | REFUSALS,
    )


def rows_under(
    answer: Any, where: Rows, total: Optional[int], element: Optional[str] = ""
) -> List[Mapping[str, Any]]:
    """Return the rows of a list; raises WrongShape for anything else that is not empty.

    ``total`` is the number of rows that the response states, ``element`` that of ``Answer``. A response with
    an error and without rows is rejected.
    """
    rows = _rows_under(answer, where, total)
    if not rows:
        if (
            answer is None
            and total != 0
            and element not in ("", _LIST_ROOT, *where.path, *where.alternatives)
        ):
            raise WrongShape("a list", "the element {0}".format(element) if element else "nothing")
        is_good, inner = isinstance(answer, Mapping) and bool(where.states & set(answer)), answer
        for key in (*where.path, ""):
            if not isinstance(inner, Mapping):
                break
            is_good, failed = failure_in(inner, where.own, is_good)
            if failed is not None:
                raise other_keys("rows, or an answer without an error", inner)
            inner = inner.get(key)
    return rows


def _rows_under(answer: Any, where: Rows, total: Optional[int]) -> List[Mapping[str, Any]]:
    # A total of 0 explains a missing key, but not if the response also has a message.
    stated_empty = total == 0 and not (isinstance(answer, Mapping) and first_text(answer, MESSAGE_KEYS))
    above = where.path[:-1]
    found = value_at(answer, above, stated_empty, len(above), where.explained(answer))
    if isinstance(found, Mapping):
        names = [key for key in (*where.path[-1:], *where.alternatives) if key in found]
        if len(names) == 1:
            found = found[names[0]]
        elif not found or (stated_empty and not where.keys.intersection(found)):
            found = None
        elif where.path or not where.keys.intersection(found):
            raise other_keys(" or ".join([*where.path[-1:], *where.alternatives]) or "a list", found)
    elif where.path and found is not None and found != "" and not _is_plain_list(found, where):
        raise WrongShape("an object with {0}".format(where.path[-1]), kind_of(found))
    return [] if found == {} else rows_of(found)


def _is_plain_list(found: Any, where: Rows) -> bool:
    """Return whether rows arrive without the list key: some releases return the list itself.

    An empty list is not recognized, because nothing shows that it is a list of these rows.
    """
    return (
        len(where.path) == 1
        and isinstance(found, list)
        and bool(found)
        and all(isinstance(row, Mapping) and where.keys.intersection(row) for row in found)
    )


class ForeignLink(ValueError):
    """A link that is not a valid address on the same server."""


def ending_of(operation: Operation) -> Ending:
    """Return how a list without a stated total ends."""
    if operation.paging is None:
        return Ending.AT_ONCE
    return _ENDINGS.get(operation.paging.style, Ending.EMPTY_PAGE)


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


def unread_total(operation: Operation, answer: Answer) -> Optional[int]:
    """Return the largest number that may be the total of a list without paging, None if there is none.

    It stands under a usual name, in a header or above the rows, and is not read as a field.
    """
    found = [answer.response.header(name) for name in _TOTAL_HEADERS]
    data, read = answer.data, elements_of(own_keys(operation, operation.success))
    for level in (
        answer.root,
        *(inner_of(data, operation.answer[:at]) for at in range(len(operation.answer))),
    ):
        if isinstance(level, Mapping):
            found += [
                value
                for key, value in elements_of(level).items()
                if key.lower().replace("_", "") in _TOTALS and key not in read
            ]
    return max((count for count in map(total_of, found) if count is not None), default=None)


def total_of(value: Any) -> Optional[int]:
    """Return a count, None if the value is missing or not a count."""
    count = as_integer(value)
    return count if count is not None and count >= 0 else None


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
    found: Set[str] = set()
    at = 0
    while at < len(header.rstrip(", \t")):
        link = _TARGET.match(header, at)
        parameters: Dict[str, str] = {}
        at = link.end() if link else at
        part = _PARAMETER.match(header, at)
        while part:
            # The first of several parameters of one name counts.
            parameters.setdefault(
                (part[1] or "").lower(), re.sub(r"\\(.)", r"\1", part[2] or "") or part[3] or ""
            )
            at = part.end()
            part = _PARAMETER.match(header, at)
        end = _END_OF_LINK.match(header, at)
        relations = parameters.get("rel", "").lower().split()
        if not link or not end or not all(map(_RELATION.match, relations)):
            # What is not understood may be the link to the next page.
            raise WrongShape("a header Link that RFC 8288 allows", "another one")
        at = end.end()
        if "next" in relations:
            found.add("" if "anchor" in parameters else link[1].strip())
    if len(found) > 1 or "" in found:
        raise WrongShape("one link to the next page", "several" if len(found) > 1 else "one of another page")
    return found.pop() if found else None


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
