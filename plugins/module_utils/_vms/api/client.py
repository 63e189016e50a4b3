# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""API client for one profile: retry reads until a deadline, send writes once, parse responses."""

from __future__ import annotations

import datetime as dt
import random
import time
from functools import partial
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, TypeVar

from ..._time import DerivedZone, derive_zone
from ..profile.fields import wire_text
from ..profile.model import Operation, Profile
from ..wire.connection import Connection
from ..wire.errors import (
    BadAnswer,
    HttpError,
    Unreachable,
    VmsError,
)
from ..wire.pages import IncompleteList, ListReader, Page, PageStart, RawRow
from ..wire.response import Response
from ..wire.response_body import UnreadableBody, read_body
from ..wire.transport import Request, Transport
from .answers import Answer, Refused, accept, has_outer_fields, inner_of, object_under
from .lists import (
    ForeignLink,
    Listed,
    ending_of,
    next_link,
    page_query,
    rows_in,
    rows_under,
    stated_total,
    target_of_link,
    total_of,
    unread_total,
)
from .logins import Logins, request_of
from .request_body import check_params, encode, target_of
from .rows import JsonRow, ResponseScope, WrongShape, as_token
from .server_errors import ServerErrors

# Default time limit in seconds of a read without a budget, including retries.
READ_S = 60.0
ATTEMPTS = 5
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0

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
        self._errors = ServerErrors(connection, profile)
        self._logins = Logins(connection, profile, self._errors, self._send_now, self._fetch_token)
        self._zone: Optional[DerivedZone] = None
        self._zone_was_read = False

    def close(self) -> None:
        """Log out and return tokens as far as possible, and close the connection."""
        self._logins.close()
        self._transport.close()

    def read(self, name: str, **params: str) -> JsonRow:
        """Return the object that the read ``name`` returns; an empty response is an object without fields."""
        operation = self.profile.operation(name)
        return self._retried(partial(self._object, operation, params))

    def read_rows(self, name: str, **params: str) -> List[JsonRow]:
        """Return all rows of a list, over all pages; raises ListIncomplete if there may be more."""
        return list(self.read_list(name, **params).whole())

    def read_list(self, name: str, **params: str) -> Listed[JsonRow]:
        """Return the rows of a list, over all pages, and why there may be more.

        Raises the error of the first page, and ListIncomplete if no row was read of a list that has some.
        """
        operation = self.profile.operation(name)
        budget = self._budget or Budget(READ_S)
        identity = operation.identity
        scopes: Dict[int, ResponseScope] = {}
        target = ""

        def fetch(place: PageStart) -> Page:
            nonlocal target
            target = self._page_target(operation, params, place, target)
            page, scope = self._retried(partial(self._page, operation, params, target), budget)
            scopes.update((id(row), scope) for row in page.rows)
            return page

        def row_of(row: RawRow) -> JsonRow:
            return JsonRow(row, operation.fields, scope=scopes.get(id(row)))

        def named(row: RawRow) -> Optional[str]:
            return wire_text(row_of(row).raw(identity)) if identity else None

        count = partial(self._count_rows, operation.count) if operation.count else None
        size = operation.paging.size if operation.paging is not None else 0
        read = ListReader(fetch, named, ending_of(operation), count, size).read()
        rows = tuple(row_of(row) for row in read.rows)
        if read.why is None:
            return Listed(rows, None, read.total)
        why = self._errors.not_whole(operation, read)
        if not rows:
            raise why.cause or why
        return Listed(rows, why, read.total)

    def _page_target(
        self, operation: Operation, params: Mapping[str, str], place: PageStart, before: str
    ) -> str:
        """Return the target of a page; ``before`` is that of the page whose link leads to it."""
        if not place.link:
            base = self.profile.bases[operation.base]
            check_params(params)
            return target_of(base.path, operation.call, params, page_query(operation, place))
        try:
            return target_of_link(place.link, before, self._connection)
        except ForeignLink:
            raise self._errors.foreign_link(operation, place.link) from None

    def _count_rows(self, name: str) -> Optional[int]:
        """Return the number of rows by the operation ``name``, None if it fails."""
        try:
            return self.read_total(name)
        except VmsError:
            # Without the count, the list is read until a page is empty. An account may lack the permission.
            return None

    def read_total(self, name: str, **params: str) -> Optional[int]:
        """Return the number of rows of a list, None if the server does not state it.

        It is the field ``count``, else the total of the first page, or the rows of a list without pages.
        """
        operation = self.profile.operation(name)
        if "count" in operation.fields:
            return total_of(self.read(name, **params).integer("count"))
        target = self._page_target(operation, params, PageStart(), "")
        page, _scope = self._retried(partial(self._page, operation, params, target))
        number = len(page.rows)
        is_wrong = page.total is not None and (
            page.total > number if operation.paging is None else page.total < number
        )
        if is_wrong:
            raise self._errors.incomplete(operation, IncompleteList(number, page.total))
        return number if operation.paging is None else page.total

    def read_response(
        self, name: str, check: Callable[[Operation, Response], None], **params: str
    ) -> Response:
        """Return the response to the read ``name`` as it is.

        ``check`` raises UnreadableBody, Refused or WrongShape for one that is not a success.
        """
        operation = self.profile.operation(name)
        response = self._retried(partial(self._send, operation, params, ""))
        self._accepted(operation, response, partial(check, operation, response))
        return response

    def write(
        self,
        name: str,
        values: Optional[Mapping[str, Any]] = None,
        check: Optional[Callable[[Operation, Answer], None]] = None,
        **params: str,
    ) -> JsonRow:
        """Send a write once and return its response.

        ``values`` are those of its body; ``check`` raises Refused or WrongShape.
        """
        operation = self.profile.operation(name)
        given = {**params, **(values or {})}
        content_type, body = encode(operation.name, operation.call, given)
        self._errors.remember(str(given[name]) for name in _SECRETS if given.get(name))
        budget = Budget(self._connection.timeout)
        response = self._send(operation, params, "", budget, content_type, body, given)
        answer = self._answer(operation, response)

        def written() -> JsonRow:
            if check is not None:
                check(operation, answer)
            return self._row(inner_of(answer.data, operation.answer), operation, answer)

        return self._accepted(operation, response, written, answer.root)

    def _object(self, operation: Operation, params: Mapping[str, str], budget: Budget) -> JsonRow:
        answer = self._answer(operation, self._send(operation, params, "", budget))

        def found() -> JsonRow:
            where = rows_in(operation)
            if answer.element is None and not answer.is_empty and not has_outer_fields(operation):
                raise WrongShape("an object", "nothing")
            data = object_under(answer.data, where.path, where.keys, where.explained(answer.data))
            return self._row(data, operation, answer)

        return self._shaped(operation, found)

    def _page(
        self, operation: Operation, params: Mapping[str, str], target: str, budget: Budget
    ) -> Tuple[Page, ResponseScope]:
        answer = self._answer(operation, self._send(operation, params, target, budget))
        scope = self._scope(operation, answer)
        total = stated_total(operation, scope)
        if operation.paging is None:
            total = unread_total(operation, answer)

        def page() -> Page:
            # A wrapper without data is not a response without content.
            element = answer.element if answer.root is None else ""
            rows = [] if answer.is_empty else rows_under(answer.data, rows_in(operation), total, element)
            return Page(rows, total, next_link(operation, scope))

        return self._shaped(operation, page), scope

    def _row(self, data: Any, operation: Operation, answer: Answer) -> JsonRow:
        values = {} if data is None or data == "" else data
        return JsonRow(values, operation.fields, scope=self._scope(operation, answer))

    def _scope(self, operation: Operation, answer: Answer) -> ResponseScope:
        response = answer.response

        def zone(moment: dt.datetime) -> Optional[dt.tzinfo]:
            if operation.name == "server":
                self._derive_zone(moment, response)
            derived = self._zone_of_server(operation.base)
            return None if derived is None else derived.at(moment)

        return ResponseScope(
            answer.root,
            response,
            self._connection.timezone or "",
            self.profile.bases[operation.base].timezone,
            zone,
            self._errors.masked_fact,
        )

    def _zone_of_server(self, base: str) -> Optional[DerivedZone]:
        """Return the zone of the server's clock, which is read once where the profile has a call for it."""
        if not self._zone_was_read:
            self._zone_was_read = True
            if self.profile.supports("server") and self.profile.operation("server").base == base:
                try:
                    self.read("server").instant("time")
                except VmsError:
                    # The time stays without a zone, which is less exact, and not an error.
                    self._zone = None
        return self._zone

    def _derive_zone(self, moment: dt.datetime, response: Response) -> None:
        """Compare the clock of the server with the header ``Date`` of the same response."""
        self._zone_was_read = True
        date = response.date()
        # A proxy may have written the header, or kept the response for hours.
        if date is not None and not any(response.all_headers(name) for name in ("Age", "Via")):
            self._zone = derive_zone(moment, date)

    def _send(
        self,
        operation: Operation,
        params: Mapping[str, str],
        target: str,
        budget: Budget,
        content_type: str = "",
        body: Optional[bytes] = None,
        values: Optional[Mapping[str, Any]] = None,
    ) -> Response:
        check_params(params)
        base = self.profile.bases[operation.base]
        given = params if values is None else values
        target = target or target_of(base.path, operation.call, given, {})
        request = request_of(operation.call, target, operation.format, given, content_type, body)
        fresh = operation.method != "GET" and operation.name != "token"
        session = self._logins.session(operation)
        response = session.send(request, partial(self._exchange, budget, fresh))
        self._errors.raise_for_status(operation, response)
        return response

    def _exchange(
        self, budget: Budget, fresh: bool, signed: Request, most_s: Optional[float] = None
    ) -> Response:
        left = min(most_s or self._connection.timeout, budget.left())
        if left <= 0:
            raise Unreachable(
                "unreachable_deadline",
                endpoint=self._connection.endpoint,
                seconds=round(budget.seconds, 1),
            )
        return self._transport.exchange(signed, left, fresh)

    def _send_now(self, seconds: float, fresh: bool, request: Request) -> Response:
        """Send a login or logout within ``seconds``, and within the budget of all reads."""
        return self._exchange(self._budget or Budget(seconds), fresh, request, seconds)

    def _fetch_token(self) -> str:
        where = self._connection
        answer = self.write("token", {"username": where.username, "password": where.password})
        token = as_token(answer.raw("access_token"))
        if not token:
            operation = self.profile.operation("token")
            raise self._errors.bad("answer_shape", operation, expected="an access token", got="none")
        self._errors.remember([token])
        return token

    def masked(self, text: str) -> str:
        """Return text of the server without any secret that was sent to it."""
        return self._errors.masked(text)

    def _answer(self, operation: Operation, response: Response) -> Answer:
        envelope = self.profile.bases[operation.base].envelope
        element, root = self._shaped(operation, partial(read_body, response, operation.format))
        return self._accepted(
            operation, response, partial(accept, operation, envelope, response, root, element), root
        )

    def _accepted(
        self, operation: Operation, response: Response, read: Callable[[], T], root: Any = None
    ) -> T:
        try:
            return self._shaped(operation, read)
        except Refused as error:
            raise self._errors.of_refusal(operation, error, response, root) from None

    def _shaped(self, operation: Operation, read: Callable[[], T]) -> T:
        try:
            return read()
        except WrongShape as error:
            raise self._errors.wrong_shape(operation, error) from None
        except UnreadableBody as error:
            raise self._errors.unreadable(operation, error) from None

    def bad_answer(self, code: str, name: str) -> BadAnswer:
        """Return the error ``code`` for a response to the operation ``name``."""
        return self._errors.bad(code, self.profile.operation(name))

    def wrong_shape(self, name: str, error: WrongShape) -> BadAnswer:
        """Return the error for a response whose data does not fit the operation ``name``."""
        return self._errors.wrong_shape(self.profile.operation(name), error)

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


def _wait(error: VmsError, number: int) -> float:
    requested = error.retry_after if isinstance(error, HttpError) else None
    backoff = min(FIRST_WAIT_S * 2.0 ** (number - 1), LONGEST_WAIT_S)
    # Many controllers may have met the same restart, so their retries are spread over time.
    spread = backoff * (0.5 + random.random() / 2)  # noqa: S311  not used for secrets
    return max(spread, requested or 0.0)
