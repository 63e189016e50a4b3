# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of the second API: by a link to the next page on a VMS, by number elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Response, request

from usim.second_api.conventions import good
from usim.webapp import query_number

_LINKED_PAGE, _MOST = 50, 500


def linked(rows: Sequence[object]) -> Response:
    """Return the page after ``after`` rows; ``next`` is the path of the next page, null on the last."""
    after, size = query_number("after", 0), min(query_number("size", _LINKED_PAGE, 1), _MOST)
    end = after + size
    following = None
    if end < len(rows):
        query = [(name, value) for name, value in request.args.items() if name not in ("after", "size")]
        following = f"{request.path}?{urlencode([*query, ('after', end), ('size', size)])}"
    return good({"page": {"records": list(rows[after:end]), "next": following}})


def header_linked(rows: Sequence[object]) -> Response:
    """Return a page whose next page is in the header ``Link`` (RFC 8288), beside one to the first page."""
    after, size = query_number("after", 0), min(query_number("size", _LINKED_PAGE, 1), _MOST)
    end = after + size
    links = [f'<{request.path}>; rel="first"']
    if end < len(rows):
        links.append(f'<{request.path}?after={end}&size={size}>; title="a, b"; rel="next"')
    page = {"page": {"records": list(rows[after:end])}}
    return good(page, headers={"Link": ", ".join(links)})


def numbered(rows: Sequence[object]) -> Response:
    """Return one page with the total; ``pageNo`` is counted from 1, a page has at most 500 rows."""
    number, size = query_number("pageNo", 1, 1), min(query_number("pageSize", _LINKED_PAGE, 1), _MOST)
    chosen = rows[(number - 1) * size : number * size]
    return good({"page": {"records": list(chosen), "sum": len(rows)}})
