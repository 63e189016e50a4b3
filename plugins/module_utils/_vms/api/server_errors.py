# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the typed errors of responses: statuses, refusals, bodies of another format or structure."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from typing import Any, Dict, Iterable, Optional, Set

from ..._text import printable
from ..profile.model import Base, Operation, Profile
from ..wire.connection import Connection
from ..wire.errors import (
    BadAnswer,
    BusinessError,
    HttpError,
    ListIncomplete,
    LoginRefused,
    NotFound,
    VmsError,
)
from ..wire.pages import READINGS, IncompleteList, ListRead, shown
from ..wire.response import Response
from ..wire.response_body import UnreadableBody, parse_body
from .answers import Refused, accepts_status, is_documented_empty, is_zero, reported_error
from .rows import ResponseScope, WrongShape

RETRIED_STATUS = (500, 502, 503, 504)
# Statuses of a client's error that say nothing about the request itself.
_NO_REFUSAL = (401, 404, 408, 429)
# Parts of a link that can have secrets: an account, parameters of the path, the query.
_PRIVATE = re.compile(r"(?<=//)[^/?#]*@|;[^/?#]*|[?#].*", re.DOTALL)
# Statuses that refuse one call to an account that other calls accept.
_FORBIDDEN = (401, 403)
_LONGEST = 1200
_LEAST_IN_FACTS = 6


class ServerErrors:
    """The errors of one server. Secrets that were sent are masked in its sentences."""

    def __init__(self, connection: Connection, profile: Profile) -> None:
        self._connection = connection
        self._profile = profile
        # Secrets that were sent in addition to those of the connection.
        self._sent: Set[str] = set()
        self._mask = connection.mask()
        self._mask_of_facts = connection.mask(least=_LEAST_IN_FACTS)
        self.remember(profile.secrets)

    def remember(self, secrets: Iterable[str]) -> None:
        """Mask ``secrets`` in every later text of the server."""
        more = set(secrets) - self._sent
        if more:
            self._sent |= more
            self._mask = self._connection.mask(*self._sent)
            self._mask_of_facts = self._connection.mask(*self._sent, least=_LEAST_IN_FACTS)

    def masked(self, text: str) -> str:
        return self._mask.text(text)

    def masked_fact(self, text: str) -> str:
        """Mask the secrets in the value of a field, which may honestly contain a very short one."""
        return self._mask_of_facts.text(text)

    def brief(self, text: str) -> str:
        return _brief(self.masked(text))

    def raise_for_status(self, operation: Operation, response: Response) -> None:
        """Raise the error of a response whose status is not one of success."""
        status = response.status
        if accepts_status(operation, status):
            return
        where = self.location(operation)
        root = parsed_or_none(response)
        if is_documented_empty(operation, response, root):
            return
        if 300 <= status < 400:
            raise BadAnswer("answer_redirect", sent=True, status=status, **where)
        scope = ResponseScope(root, response)
        code, message = reported_error(operation.error, scope)
        if code and 400 <= status < 500 and status not in _NO_REFUSAL:
            raise self.refused(operation, code, message, scope)
        self._raise_if_lapsed(operation, code, message)
        message = self.masked(message)
        if status == 404:
            raise NotFound(
                "not_found", sent=True, server_message=message or self.masked(code) or "404", **where
            )
        raise HttpError(
            "http_forbidden" if status in _FORBIDDEN else "http_status",
            retriable=status in RETRIED_STATUS,
            status=status,
            retry_after=_retry_after(response),
            username=self._connection.username,
            **where,
        )

    def refused(
        self,
        operation: Operation,
        code: str,
        message: str,
        scope: ResponseScope,
        sentence: str = "business_error",
    ) -> VmsError:
        """Return the error for a refusal with the server's ``code``.

        Operations decide by its ``error_code``, the name of that code.
        """
        self._raise_if_lapsed(operation, code, message)
        fields = self.location(operation)
        fields.update(error_code=self.brief(code), error_message=self.masked(message))
        error = BusinessError(sentence, **fields)
        # Decisions compare the unmasked code; masking could change it where a secret is part of a common
        # word.
        error.error_code = operation.error.named(code)
        error.scope = scope
        return error

    def _raise_if_lapsed(self, operation: Operation, code: str, message: str) -> None:
        if code and code in self._profile.bases[operation.base].lapsed_codes:
            raise LoginRefused(
                "login_refused",
                "R20",
                endpoint=self._connection.endpoint,
                server_message=self.masked(message or code),
            )

    def lapsed(self, base: Base, response: Response) -> Optional[str]:
        """Return the server's sentence if a response to a login means R20, None otherwise."""
        code, message = reported_error(base.error, ResponseScope(parsed_or_none(response), response))
        return self.masked(message or code) if code and code in base.lapsed_codes else None

    def of_refusal(self, operation: Operation, error: Refused, response: Response, root: Any) -> VmsError:
        """Return the error for a response whose body reports a failure."""
        scope = ResponseScope(root, response)
        # 0 is the code of success, so only a rule of the profile makes the response a refusal.
        sentence = "business_error_unstated" if is_zero(error.error_code) else "business_error"
        return self.refused(
            operation, error.error_code or str(response.status), error.message, scope, sentence
        )

    def unreadable(self, operation: Operation, error: UnreadableBody) -> BadAnswer:
        """Return the error for a body that cannot be read, named by its content type and encoding."""
        fields = {
            "content_type": self.brief(error.content_type).lower(),
            "encoding": error.encoding,
            "reason": self.masked(error.reason),
        }
        truncated = error.problem == "truncated"
        return self.bad("answer_" + error.problem, operation, retriable=truncated, **fields)

    def wrong_shape(self, operation: Operation, error: WrongShape) -> BadAnswer:
        """Return the error for a response whose data does not fit the operation."""
        expected, got = self.masked(error.expected), self.brief(error.got)
        return self.bad("answer_shape", operation, expected=expected, got=got)

    def not_whole(self, operation: Operation, read: ListRead) -> ListIncomplete:
        """Return why a list is not complete; ``cause`` is the error of the request that ended its reading."""
        if isinstance(read.why, IncompleteList):
            return self.incomplete(operation, read.why)
        total: Any = "?" if read.total is None else read.total
        seen = len(read.rows)
        error = ListIncomplete("answer_cut_off", seen, got=seen, total=total, **self.location(operation))
        error.cause = read.why if isinstance(read.why, VmsError) else None
        return error

    def incomplete(self, operation: Operation, error: IncompleteList) -> ListIncomplete:
        fields = self.location(operation)
        total: Any = "?" if error.total is None else error.total
        if error.limit is not None:
            return ListIncomplete("answer_too_many_rows", error.seen, limit=error.limit, **fields)
        if error.repeated is not None:
            fields.update(row=self._shown_link(error.repeated), readings=READINGS)
            return ListIncomplete("answer_row_repeated", error.seen, got=error.seen, total=total, **fields)
        code = "answer_unproved" if error.total is None else "answer_incomplete"
        return ListIncomplete(code, error.seen, got=error.seen, total=total, **fields)

    def foreign_link(self, operation: Operation, link: str) -> BadAnswer:
        """Return the error for a link to the next page that leaves the server."""
        return self.bad("answer_link", operation, link=self._shown_link(link))

    def _shown_link(self, link: str) -> str:
        """Return a link, or the id of a row, without its account and query, which can have secrets."""
        public = _PRIVATE.sub(lambda part: "?..." if part.group()[0] in "?#" else "", self.masked(link))
        return shown(public)

    def bad(self, code: str, operation: Operation, retriable: bool = False, **fields: Any) -> BadAnswer:
        return BadAnswer(code, sent=True, retriable=retriable, **{**self.location(operation), **fields})

    def location(self, operation: Operation) -> Dict[str, Any]:
        base = self._profile.bases[operation.base]
        return {
            "endpoint": self._connection.endpoint,
            "method": operation.method,
            "path": base.path + operation.path,
        }


def _brief(text: str) -> str:
    """Return a masked text with each of its parts shortened; a secret is masked as a whole only."""
    parts = [part if len(part) <= 120 else part[:117] + "..." for part in text[:_LONGEST].split(", ")]
    return ", ".join(parts)


def parsed_or_none(response: Response) -> Any:
    """Return a body, None if it is not readable: an error page has no code, a login form no token."""
    try:
        return parse_body(response)
    except UnreadableBody:
        return None


def _retry_after(response: Response) -> Optional[float]:
    value = printable(response.header("Retry-After"))
    if value.isascii() and value.isdigit() and len(value) < 7:
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
