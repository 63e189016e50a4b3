# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of one VMS: documents in JSON or XML, pages of lists, business errors in headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response, request

from usim.documents import JSON, LIST, XML, Document, wants_xml
from usim.quirks import styled
from usim.simulation import Simulation
from usim.webapp import Refusal, json_response, query_number

# The numbers that public clients know; only the meaning of 402 is known, the others are used as they come.
HOST_NOT_FOUND, MACHINE_NOT_FOUND, PLAN_NOT_FOUND, NODE_NOT_FOUND = "402", "1001", "1121", "301"
_DEFAULT_CHARSET = "gbk"


def without_body(status: int, headers: Mapping[str, str]) -> Response:
    response = Response("", status, headers=dict(headers))
    response.headers.remove("Content-Type")
    return response


class VmsAnswers:
    """Writes what one VMS answers, by its options."""

    def __init__(self, simulation: Simulation, node: str) -> None:
        self._simulation = simulation
        self._node = node

    def send(self, document: Document) -> Response:
        options = self._simulation.answers.of(self._node)
        accept = request.headers.get("Accept", "")
        xml = wants_xml(accept, options.format, bool(options.xml_first))
        content, kind = (document.as_xml(), XML) if xml else (document.as_json(options.lists), JSON)
        return Response(content, mimetype=kind)

    def by_turns(self, root: str, body: Mapping[str, object], turn: str) -> Response:
        """Send a document whose numbers are text in every second answer."""
        shown = styled(dict(body), self._simulation.turn(f"{self._node}:{turn}"))
        assert isinstance(shown, dict)
        return self.send(Document(root, shown))

    def page(
        self, row: str, total: int, item: Callable[[int], object], states_total: bool = True
    ) -> Response:
        """Send the rows that ``offset`` and ``limit`` name; without a limit, or with -1, all that are left.

        ``states_total``: the real list has the header ``Total``.
        """
        options = self._simulation.answers.of(self._node)
        offset = query_number("offset", 0)
        limit = total if request.args.get("limit") == "-1" else query_number("limit", total or 1, 1)
        if options.page_cap is not None:
            limit = min(limit, options.page_cap)
        # A list that moves: between two pages the last row goes to the front.
        moved = 1 if options.moving_lists and offset else 0
        rows = [item((index - moved) % total) for index in range(offset, min(total, offset + limit))]
        response = self.send(Document(LIST, {row: rows}))
        mode = options.total or ("header" if states_total else "none")
        if mode != "none":
            response.headers.add("Total", str(total + (mode == "wrong")))
        if mode == "twice":
            response.headers.add("Total", str(total + 1))
        return response

    def refuse(self, error: Refusal) -> Response:
        """Return an error. A business error has its code and sentence in headers and no body."""
        if error.status == 409:
            return without_body(409, self.error_headers(error.code, error.message))
        body = {"data": None, "state": 1, "message": error.message, "errorCode": error.code}
        return json_response(body, error.status)

    def error_headers(self, code: str, message: str) -> dict[str, str]:
        """Return the headers of an error; the sentence is raw bytes in the node's character set."""
        charset = self._simulation.answers.of(self._node).error_charset
        told = message.encode(charset or _DEFAULT_CHARSET, "replace").decode("latin-1")
        headers = {"Error-Code": code, "Error-Message": told}
        return headers if charset is None else {**headers, "charset": charset}
