# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses of real releases, served on loopback.

``recorded/index.json`` has the request, status, headers and public source of each response. Names, types,
spellings and nesting are those of the source; all values are invented.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

RECORDED = Path(__file__).resolve().parent / "recorded"
# A client may ask for pages of another size than the recorded one.
_PAGE_SIZES = ("limit", "pageSize")
_LOGINS = ("/cas/spring_check", "/uis/spring_check")


class Capture:
    """One recorded response and the request that it belongs to."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.name: str = entry["name"]
        self.source: str = entry["source"]
        self.method: str = entry["method"]
        self.status: int = entry["status"]
        self.file: str | None = entry["file"]
        target = urlsplit(entry["target"])
        self.path = target.path.rstrip("/")
        self.query = _query(target.query)
        self.headers: list[tuple[str, str]] = list(entry["headers"].items())
        sentence = entry.get("error_message")
        if sentence is not None:
            raw: bytes = sentence["text"].encode(sentence["charset"])
            # The server writes header text in Latin-1, which leaves these bytes as they are.
            self.headers.append(("Error-Message", raw.decode("latin-1")))

    @property
    def body(self) -> bytes:
        return b"" if self.file is None else (RECORDED / self.file).read_bytes()

    def is_of(self, request: Any) -> bool:
        """Return whether this is the response to ``request``, whatever the size of its pages."""
        given = _query(urlsplit(request.target).query)
        recorded = {name: value for name, value in self.query.items() if name not in _PAGE_SIZES}
        return self.is_at(request) and all(given.get(name) == value for name, value in recorded.items())

    def is_at(self, request: Any) -> bool:
        return bool(request.method == self.method and request.path.rstrip("/") == self.path)


def _query(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


@pytest.fixture(scope="session")
def captures() -> dict[str, Capture]:
    entries = json.loads((RECORDED / "index.json").read_text(encoding="utf-8"))
    return {entry["name"]: Capture(entry) for entry in entries}


@pytest.fixture
def serve(
    server: Any, captures: dict[str, Capture], reply: Any, json_answer: Any, digest_login: Any
) -> Callable[..., None]:
    """Return a function that makes the server return the captures of these names.

    ``others`` are JSON bodies by path. Another page of a recorded list is empty, anything else is not found.
    """

    def start(*names: str, others: Mapping[str, object] | None = None, login: bool = True) -> None:
        digest = digest_login()
        played = [captures[name] for name in names]

        def script(request: Any) -> Any:
            if request.path.endswith("/oauth2/token"):
                return json_answer({"access_token": "token-1", "token_type": "bearer", "expires_in": 3600})
            if login and request.path.startswith("/cas/") and request.path not in _LOGINS:
                challenge = digest.check(request)
                if challenge is not None:
                    return challenge
            for capture in played:
                if capture.is_of(request):
                    return reply(capture.status, capture.body, list(capture.headers))
            if others is not None and request.path in others:
                return json_answer(others[request.path])
            is_other_page = any(capture.is_at(request) for capture in played)
            return json_answer({}) if is_other_page else json_answer({}, 404)

        server.script = script

    return start
