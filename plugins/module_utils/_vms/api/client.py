# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""API client for one profile: retry reads until a deadline, send writes once, parse responses."""

from __future__ import annotations

import random
import time
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Callable, Dict, FrozenSet, Iterable, List, Mapping, Optional, Set, Tuple, TypeVar
from urllib.parse import quote

from ..._text import component, printable
from ..profile.model import Base, Operation, Profile
from ..profile.operations import SHAPES
from ..wire.auth import DigestSession, Lapsed, Session, never_lapsed
from ..wire.connection import Connection
from ..wire.errors import (
    BadAnswer,
    BusinessError,
    HttpError,
    ListIncomplete,
    NotFound,
    OptionError,
    Unreachable,
    VmsError,
)
from ..wire.sessions import OAuth2ClientSession, OAuth2Session
from ..wire.transport import Request, Response, Transport
from .answers import Refused, Rows, demand_success, object_under, rows_under
from .json_parser import EnvelopeFailed, JsonRow, NotJson, WrongShape, parse_json, total_of, unwrapped
from .pages import READINGS, IncompleteList, Page, PageStart, RawRow, shown, whole_list
from .records import NamedFile
from .request_body import encode

# Default time limit in seconds of a read without a budget, including retries.
READ_S = 60.0
ATTEMPTS = 5
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0

RETRIED_STATUS = (500, 502, 503, 504)

# Field names whose values are masked in messages of the server.
_SECRETS = ("password", "client_password")

T = TypeVar("T")


class Budget:
    """Remaining time in seconds for several requests together."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        return self._end - self._clock()


class Client:
    """Client of one server with one profile. Keeps the connection, the nonce and the token over all calls."""

    def __init__(
        self,
        connection: Connection,
        profile: Profile,
        budget: Optional[Budget] = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.profile = profile
        self._connection = connection
        self._budget = budget
        self._sleep = sleep
        self._transport = Transport(connection)
        self._sessions: Dict[Tuple[str, str], Session] = {}
        # Secrets that were sent in addition to those of the connection.
        self._sent: Set[str] = set()
        self._mask = connection.mask()

    def read(self, name: str, **params: str) -> JsonRow:
        """Return the object that the read ``name`` returns; an empty response is an object without fields."""
        operation = self.profile.operation(name)
        return self._retried(partial(self._object, operation, params))

    def read_rows(self, name: str, **params: str) -> List[JsonRow]:
        """Return all rows of a list, over all pages; raises ListIncomplete if there may be more."""
        operation = self.profile.operation(name)
        budget = self._budget or Budget(READ_S)
        identity = SHAPES[name].identity

        def fetch(place: PageStart) -> Page:
            return self._retried(partial(self._page, operation, params, place), budget)

        def named(row: RawRow) -> Optional[str]:
            return JsonRow(row, operation.fields).text(identity) if identity else None

        try:
            rows = whole_list(fetch, named, operation.paging is not None)
        except IncompleteList as error:
            raise self._incomplete(operation, error) from None
        return [JsonRow(row, operation.fields) for row in rows]

    def read_total(self, name: str, **params: str) -> Optional[int]:
        """Return the number of rows of a list, from its first page; None if the server does not state it."""
        operation = self.profile.operation(name)
        page = self._retried(partial(self._page, operation, params, PageStart()))
        if page.total is not None and page.total < len(page.rows):
            raise self._incomplete(operation, IncompleteList(len(page.rows), page.total))
        return page.total

    def read_file(self, name: str, **params: str) -> NamedFile:
        """Return a file under the name that the server sent; BadAnswer if it is not a plain file name."""
        operation = self.profile.operation(name)
        response = self._retried(partial(self._send, operation, params, {}))
        disposition = response.headers.get_filename()
        file_name = component(disposition) if disposition else None
        if file_name is None:
            raise self._bad("answer_file_name", operation)
        return NamedFile(file_name, response.body)

    def write(self, name: str, values: Optional[Mapping[str, Any]] = None, **params: str) -> JsonRow:
        """Send a write once and return its response.

        ``values`` are the values of its body, by the field names of the collection.
        """
        operation = self.profile.operation(name)
        content_type, body = encode(operation, values or {})
        self._remember(str(value) for name, value in (values or {}).items() if name in _SECRETS and value)
        response = self._send(operation, params, {}, Budget(self._connection.timeout), content_type, body)
        return self._shaped(operation, lambda: _row(self._json(operation, response), operation))

    def _object(self, operation: Operation, params: Mapping[str, str], budget: Budget) -> JsonRow:
        response = self._send(operation, params, {}, budget)
        return self._shaped(
            operation,
            lambda: _row(
                object_under(self._json(operation, response), operation.answer, _keys(operation)), operation
            ),
        )

    def _page(
        self, operation: Operation, params: Mapping[str, str], place: PageStart, budget: Budget
    ) -> Page:
        response = self._send(operation, params, _page_query(operation, place), budget)

        def page() -> Page:
            answer = self._json(operation, response)
            total = _total(operation, response, answer)
            location = Rows(operation.answer, operation.alternatives, _keys(operation))
            return Page(rows_under(answer, location, total), total)

        return self._shaped(operation, page)

    def _send(
        self,
        operation: Operation,
        params: Mapping[str, str],
        extra: Mapping[str, str],
        budget: Budget,
        content_type: str = "",
        body: Optional[bytes] = None,
    ) -> Response:
        headers = {"Accept": "application/json", "User-Agent": "unicloud.usphere"}
        if content_type:
            headers["Content-Type"] = content_type
        base = self.profile.bases[operation.base]
        request = Request(operation.method, _target(base, operation, params, extra), headers, body)
        fresh = operation.method != "GET" and operation.name != "token"

        def exchange(signed: Request) -> Response:
            left = min(self._connection.timeout, budget.left())
            if left <= 0:
                raise Unreachable(
                    "unreachable_deadline",
                    endpoint=self._connection.endpoint,
                    seconds=round(budget.seconds, 1),
                )
            return self._transport.exchange(signed, left, fresh)

        response = self._session(operation, base).send(request, exchange)
        self._raise_for_status(operation, response)
        return response

    def _session(self, operation: Operation, base: Base) -> Session:
        key = (operation.base, operation.auth)
        if key not in self._sessions:
            self._sessions[key] = self._new_session(operation.auth, base)
        return self._sessions[key]

    def _new_session(self, auth: str, base: Base) -> Session:
        if auth == "digest":
            return DigestSession(self._connection, _lapsed(base))
        if auth == "oauth2":
            return OAuth2Session(self._connection, never_lapsed, self._fetch_token)
        if auth == "oauth2_client":
            return OAuth2ClientSession(self._connection)
        return Session(self._connection, _lapsed(base))

    def _fetch_token(self) -> str:
        operation = self.profile.operation("token")
        where = self._connection
        answer = self.write("token", {"username": where.username, "password": where.password})
        token = answer.text("access_token")
        if token is None or not token.isascii() or " " in token:
            raise self._bad("answer_shape", operation, expected="an access token", got="none")
        self._remember([token])
        return token

    def _remember(self, secrets: Iterable[str]) -> None:
        more = set(secrets) - self._sent
        if more:
            self._sent |= more
            self._mask = self._connection.mask(*self._sent)

    def masked(self, text: str) -> str:
        """Return text of the server without any secret that was sent to it."""
        return self._mask.text(text)

    def _raise_for_status(self, operation: Operation, response: Response) -> None:
        status = response.status
        if 200 <= status < 300:
            return
        where = self._location(operation)
        if 300 <= status < 400:
            raise BadAnswer("answer_redirect", sent=True, status=status, **where)
        code, message, license_ids = _server_error(response)
        message = self.masked(message)
        if status == 404:
            raise NotFound(
                "not_found", sent=True, server_message=message or self.masked(code) or "404", **where
            )
        if code and status in (400, 403, 409):
            raise self._business(operation, code, message, license_ids)
        raise HttpError(
            "http_status",
            retriable=status in RETRIED_STATUS,
            status=status,
            retry_after=_retry_after(response),
            **where,
        )

    def _json(self, operation: Operation, response: Response) -> Any:
        try:
            answer = parse_json(response.body)
            demand_success(answer, _keys(operation))
            inner = unwrapped(answer)
            # A wrapper without ``data`` is not an empty list, so its other content is checked.
            return answer if inner is None and isinstance(answer, Mapping) and "data" not in answer else inner
        except NotJson as error:
            raise self._bad(
                "answer_" + error.problem, operation, retriable=error.problem == "truncated"
            ) from None
        except (EnvelopeFailed, Refused) as error:
            raise self._business(operation, error.error_code, error.message) from None

    def _business(
        self, operation: Operation, code: str, message: str, license_ids: Tuple[str, ...] = ()
    ) -> BusinessError:
        texts = {"error_code": self.masked(code), "error_message": self.masked(message)}
        error = BusinessError("business_error", license_ids=license_ids, **texts, **self._location(operation))
        # Decisions compare the unmasked code; masking could change it where a secret is part of a common
        # word.
        error.error_code = code
        return error

    def _shaped(self, operation: Operation, read: Callable[[], T]) -> T:
        try:
            return read()
        except WrongShape as error:
            raise self.wrong_shape(operation.name, error) from None

    def wrong_shape(self, name: str, error: WrongShape) -> BadAnswer:
        """Return the error for a response whose data does not fit the operation ``name``."""
        operation = self.profile.operation(name)
        expected, got = self.masked(error.expected), self.masked(error.got)
        return self._bad("answer_shape", operation, expected=expected, got=got)

    def _incomplete(self, operation: Operation, error: IncompleteList) -> ListIncomplete:
        fields = self._location(operation)
        if error.limit is not None:
            return ListIncomplete("answer_too_many_rows", error.seen, limit=error.limit, **fields)
        if error.repeated is not None:
            repeated = self.masked(shown(error.repeated))
            got = "{0} twice, and that in {1} readings".format(repeated, READINGS)
            return ListIncomplete("answer_shape", error.seen, expected="every row once", got=got, **fields)
        return ListIncomplete("answer_incomplete", error.seen, got=error.seen, total=error.total, **fields)

    def _bad(self, code: str, operation: Operation, retriable: bool = False, **fields: Any) -> BadAnswer:
        return BadAnswer(code, sent=True, retriable=retriable, **{**self._location(operation), **fields})

    def _location(self, operation: Operation) -> Dict[str, Any]:
        base = self.profile.bases[operation.base]
        return {
            "endpoint": self._connection.endpoint,
            "method": operation.method,
            "path": base.path + operation.path,
        }

    def _retried(self, attempt: Callable[[Budget], T], budget: Optional[Budget] = None) -> T:
        budget = budget or self._budget or Budget(READ_S)
        number = 1
        while True:
            try:
                return attempt(budget)
            except (Unreachable, BadAnswer, HttpError) as error:
                wait = _wait(error, number)
                if not error.retriable or number >= ATTEMPTS or wait >= budget.left():
                    raise
            self._sleep(wait)
            number += 1


def _lapsed(base: Base) -> Lapsed:
    def sentence(response: Response) -> Optional[str]:
        code = printable(response.header("Error-Code"))
        return response.header_text("Error-Message") or code if code in base.lapsed_codes else None

    return sentence


def _row(answer: Any, operation: Operation) -> JsonRow:
    return JsonRow({} if answer is None else answer, operation.fields)


def _wait(error: VmsError, number: int) -> float:
    requested = error.retry_after if isinstance(error, HttpError) else None
    backoff = min(FIRST_WAIT_S * 2.0 ** (number - 1), LONGEST_WAIT_S)
    # Many controllers may have met the same restart, so their retries are spread over time.
    spread = backoff * (0.5 + random.random() / 2)  # noqa: S311  not used for secrets
    return max(spread, requested or 0.0)


def _retry_after(response: Response) -> Optional[float]:
    value = response.header("Retry-After").strip()
    if value.isascii() and value.isdigit() and len(value) < 7:
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _target(base: Base, operation: Operation, params: Mapping[str, str], extra: Mapping[str, str]) -> str:
    for name, value in params.items():
        if value in ("", ".", ".."):
            raise OptionError(
                "option_invalid", option=name, expected="the name or id of something", got=value
            )
    quoted = {name: quote(value, safe="") for name, value in params.items()}
    query = [(name, _filled(text, quoted)) for name, text in operation.query]
    query += [(name, quote(value, safe="")) for name, value in extra.items()]
    text = "&".join("{0}={1}".format(quote(name, safe=""), value) for name, value in query)
    return base.path + _filled(operation.path, quoted) + ("?" + text if text else "")


def _filled(template: str, quoted: Mapping[str, str]) -> str:
    for name, value in quoted.items():
        template = template.replace("{" + name + "}", value)
    return template


def _page_query(operation: Operation, place: PageStart) -> Dict[str, str]:
    paging = operation.paging
    if paging is None:
        return {}
    start = place.seen if paging.style == "offset" else place.number
    limit = paging.size if place.limit is None else place.limit
    return {paging.start: str(start), paging.limit: str(limit)}


def _total(operation: Operation, response: Response, answer: Any) -> Optional[int]:
    """Return the stated number of rows of a list, None if it is not stated or not readable."""
    paging = operation.paging
    if paging is None:
        return None
    if paging.style == "offset":
        # Two servers in a chain may each have added the header; which of two numbers is right is not known.
        return total_of(", ".join(response.all_headers(paging.total_header)))
    for key in paging.total:
        answer = answer.get(key) if isinstance(answer, Mapping) else None
    return total_of(answer)


def _keys(operation: Operation) -> FrozenSet[str]:
    """Return the top-level keys by which an object of a response, or a row of it, is read."""
    return frozenset(key for name, keys in operation.fields.items() if "." not in name for key in keys)


def _server_error(response: Response) -> Tuple[str, str, Tuple[str, ...]]:
    """Return the server's (code, message, license ids), from headers (VMS) or body (License Server)."""
    code = printable(response.header("Error-Code"))
    message = printable(response.header_text("Error-Message"))
    try:
        answer = parse_json(response.body)
        body = JsonRow(answer if isinstance(answer, Mapping) else {}, _ERROR_FIELDS)
        license_ids = body.texts("license_ids")
    except (NotJson, WrongShape):
        return code, message, ()
    return code or body.text("code") or "", message or body.text("message") or "", license_ids


_ERROR_FIELDS = {
    "code": ("errorCode",),
    "message": ("errorMessage", "message"),
    "license_ids": ("licenseIds",),
}
