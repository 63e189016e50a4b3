# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret that was sent is in an error, in whatever form and place a server repeats it."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import VmsError

PASSWORD = 'ä9"s3<w&/ x\\Qz密7~Kp'
TOKEN = "Tk9.aZ_x7Qp~12+/kw8="
HEADER = "Hd7kR-q2Zx9_vbN"
SAFE = "Bq7+zK2/xw9~Jd4="

LOGIN = {"method": "POST", "path": "/in", "encoding": "json", "body": {"u": "{username}", "p": "{password}"}}
SESSION = {"type": "session", "login": LOGIN, "token": {"at": "t"}, "send": {"header": "X-T"}}
COOKIE = {"type": "session", "login": LOGIN, "token": {"cookie": "SID"}}
CSRF = {**COOKIE, "csrf": {"token": {"header": "X-Csrf"}, "send": "X-Csrf"}}
KEYS: Mapping[str, Any] = {"headers": {"X-Api-Key": HEADER}}

# Name -> (secret, password, authentication, further keys of the base, query of the call).
KINDS: dict[str, tuple[str, str, Any, Mapping[str, Any], Mapping[str, str]]] = {
    "basic": (PASSWORD, PASSWORD, "basic", {}, {}),
    "digest": (PASSWORD, PASSWORD, "digest", {}, {}),
    "bearer": (SAFE, SAFE, "bearer", {}, {}),
    "login": (PASSWORD, PASSWORD, SESSION, {}, {}),
    "token": (TOKEN, "pw-other", SESSION, {}, {}),
    "cookie": (TOKEN, "pw-other", COOKIE, {}, {}),
    "csrf": (TOKEN, "pw-other", CSRF, {}, {}),
    "header": (HEADER, "pw-other", "none", KEYS, {}),
    "query": (HEADER, "pw-other", "none", {}, {"api_key": HEADER}),
}


def forms_of(secret: str) -> Iterator[str]:
    """Yield a secret as servers write it into JSON, XML, URLs, forms, headers and logs."""
    pair = f"automation:{secret}"
    units = "".join(f"&#{ord(character)};" for character in secret)
    yield from (secret, secret.upper(), secret.lower(), secret.title())
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret), quote(quote(secret)))
    yield re.sub("%..", lambda found: found.group().lower(), quote(secret))
    yield from (json.dumps(secret), json.dumps(secret, ensure_ascii=False), json.dumps(json.dumps(secret)))
    yield json.dumps(secret).replace("/", "\\/")
    yield from (html.escape(secret), html.escape(html.escape(secret)), units, repr(secret))
    yield re.sub("[^A-Za-z0-9]", lambda found: f"&#x{ord(found.group()):x};", secret)
    for text in (secret, pair):
        encoded = base64.b64encode(text.encode()).decode()
        yield from (encoded, encoded.rstrip("="), quote(encoded, safe=""), encoded.replace("/", "\\/"))
        yield base64.urlsafe_b64encode(text.encode()).decode()


def decoded(text: str) -> Iterator[str]:
    """Yield what a reader gets out of a text; written without the code that masks."""
    for _round in range(3):
        yield text
        # A byte of a header that was read as Latin-1.
        yield text.encode("latin-1", "ignore").decode("utf-8", "ignore")
        yield unquote_plus(text)
        for word in re.findall(r"[A-Za-z0-9+/_-]{8,}", unquote(text.replace("\\/", "/"))):
            word = word[: len(word) - (len(word) % 4 == 1)].translate(str.maketrans("+/", "-_"))
            content = base64.urlsafe_b64decode(word + "==")
            yield content.decode("utf-8", "ignore")
        text = html.unescape(unquote(text))
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found.group(1), 16)), text)
        text = re.sub(r"\\x([0-9a-fA-F]{2})", lambda found: chr(int(found.group(1), 16)), text)
        text = re.sub(r"\\(.)", r"\1", text)


def leaks(text: str, secret: str) -> list[str]:
    """Return the parts of a secret that a text shows; five characters are one."""
    parts = {secret[start : start + 5].casefold() for start in range(len(secret) - 4)}
    return sorted({part for found in decoded(text) for part in parts if part in found.casefold()})


# Places: name -> (status, headers, body) of a response that repeats ``text``.
Made = tuple[int, list[tuple[str, str]], str]
JSON = [("Content-Type", "application/json")]


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


PLACES: dict[str, Callable[[str], Made]] = {
    "refusal": lambda text: (409, JSON, f'{{"errorCode": "7", "errorMessage": {quoted("got " + text)}}}'),
    "code": lambda text: (409, JSON, f'{{"errorCode": {quoted(text)}, "errorMessage": "no"}}'),
    "failure": lambda text: (200, JSON, f'{{"success": false, "message": {quoted(text)}}}'),
    "keys": lambda text: (200, JSON, json.dumps({text: 1})),
    "message": lambda text: (200, JSON, json.dumps({"code": 403, "msg": text})),
    "xml": lambda text: (
        409,
        [],
        f"<e><errorCode>7</errorCode><errorMessage>{html.escape(text)}</errorMessage></e>",
    ),
    "header": lambda text: (409, [("Error-Code", "7"), ("Error-Message", text)], ""),
    "missing": lambda text: (404, JSON, json.dumps({"errorMessage": text})),
    "type": lambda text: (200, [("Content-Type", f"text/{text}")], "nothing"),
    "charset": lambda text: (200, [("Content-Type", f'text/plain; charset="{text}"')], "nothing"),
    "doctype": lambda text: (200, [], f"<!DOCTYPE {text}><a/>"),
    "entity": lambda text: (200, [], f"<a>&{text};</a>"),
    "location": lambda text: (302, [("Location", f"/a?p={text}")], ""),
    "link": lambda text: (
        200,
        JSON,
        json.dumps({"rows": [{"id": "1"}], "next": f"https://other/{text}?k={text}"}),
    ),
    "account": lambda text: (
        200,
        JSON,
        json.dumps({"rows": [{"id": "1"}], "next": f"//a:{text}@other/;s={text}"}),
    ),
    "row": lambda text: (200, JSON, json.dumps({"rows": [{"id": text}], "next": "/api/rows"})),
}


def profile_of(auth: Any, base: Mapping[str, Any], query: Mapping[str, str]) -> Any:
    error = {
        "code": [{"header": "Error-Code"}, "errorCode"],
        "message": [{"header": "Error-Message"}, "errorMessage"],
    }
    rows = {
        "certainty": "observed",
        "method": "GET",
        "path": "/rows",
        "answer": ["rows"],
        "fields": {"id": "id"},
        "query": query,
        "paging": {"style": "next", "next": {"at": "next"}, "limit": "n", "size": 10},
    }
    site = {"path": "/api", "auth": auth, "format": "any", "error": error, **base}
    return load_profile({"name": "site", "bases": {"vms": site}, "operations": {"list_clusters": rows}})


class Echo:
    """Accepts every login and answers each call with ``made``, which may depend on the request."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply
        self.made: Callable[[Any], Made] = lambda request: (200, [], "{}")

    def __call__(self, request: Any) -> Any:
        if request.path == "/in":
            headers = [("Set-Cookie", f"SID={TOKEN}"), ("X-Csrf", TOKEN)]
            return self.reply(200, json.dumps({"t": TOKEN}).encode(), headers)
        if not request.authorization:
            # Basic and the others send their credentials at once.
            challenge = [("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"')]
            if self.challenges:
                return self.reply(401, b"", challenge)
        status, headers, body = self.made(request)
        sent = [(name, value.encode().decode("latin-1")) for name, value in headers]
        return self.reply(status, body.encode(), sent)

    challenges = False


def texts_of(error: VmsError) -> str:
    rendered = [render(error.code, error.fields, language) for language in ("en", "zh")]
    causes = [getattr(error, "cause", None)]
    rendered += [texts_of(cause) for cause in causes if isinstance(cause, VmsError)]
    return "\n".join([*rendered, str(error), repr(error.fields)])


def shown_by(client: Client) -> str:
    try:
        listed = client.read_list("list_clusters")
    except VmsError as error:
        return texts_of(error)
    assert listed.why is not None
    return texts_of(listed.why)


def is_sendable(text: str, place: str) -> bool:
    """Return whether a server can write the text at the place; a header has no line ends."""
    return place in ("refusal", "failure", "keys", "message", "missing", "xml") or text.isprintable()


@pytest.fixture
def echo(server: Any, reply: Any) -> Echo:
    server.script = Echo(reply)
    return server.script  # type: ignore[no-any-return]


@pytest.mark.parametrize("place", list(PLACES))
@pytest.mark.parametrize("kind", list(KINDS))
def test_no_form_of_a_secret_is_shown(connect: Any, echo: Echo, kind: str, place: str) -> None:
    secret, password, auth, base, query = KINDS[kind]
    echo.challenges = kind == "digest"
    client = Client(connect(password=password), profile_of(auth, base, query), sleep=lambda seconds: None)
    wrong = {}
    for form in forms_of(secret):
        if is_sendable(form, place):
            echo.made = lambda request, form=form: PLACES[place](form)  # type: ignore[misc]
            found = leaks(shown_by(client), secret)
            if found:
                wrong[form] = found
    assert wrong == {}


@pytest.mark.parametrize("place", ["refusal", "code", "keys", "message", "header", "type", "row", "link"])
@pytest.mark.parametrize("kind", ["basic", "token", "header"])
def test_no_part_of_a_secret_is_shown_where_a_text_is_shortened(
    connect: Any, echo: Echo, kind: str, place: str
) -> None:
    secret, password, auth, base, query = KINDS[kind]
    client = Client(connect(password=password), profile_of(auth, base, query), sleep=lambda seconds: None)
    wrong = {}
    for limit in (40, 80, 120, 200, 1200):
        for before in range(limit - len(secret), limit, 3):
            text = "=" * before + secret
            echo.made = lambda request, text=text: PLACES[place](text)  # type: ignore[misc]
            found = leaks(shown_by(client), secret)
            if found:
                wrong[before] = found
    assert wrong == {}


def test_the_hash_of_a_digest_login_is_not_shown(connect: Any, echo: Echo) -> None:
    echo.challenges = True
    client = Client(connect(password=PASSWORD), profile_of("digest", {}, {}))
    for form in (str, json.dumps, quote, html.escape, lambda text: quote(text, safe="")):
        sent: list[str] = []

        def made(request: Any, form: Any = form, add: Any = sent.append) -> Made:
            add(re.findall('response="([0-9a-f]+)', request.authorization)[0])
            return PLACES["refusal"](form(request.authorization))

        echo.made = made
        text = shown_by(client)
        assert sent
        assert sent[0][:8] not in text


def test_a_refused_login_that_repeats_its_request_shows_no_secret(
    server: Any, connect: Any, reply: Any
) -> None:
    """The response to a login repeats body, target and headers of the request."""
    for encoding, body in (
        ("json", {"p": "{password}"}),
        ("form", {"p": "{password}"}),
    ):
        login = {
            "method": "POST",
            "path": "/in",
            "query": {"p": "{password}", "u": "{username}"},
            "headers": {"X-P": "{password}"},
            "encoding": encoding,
            "body": body,
            "success": {"at": "ok", "in": [1]},
        }

        def script(request: Any) -> Any:
            said = " ".join([request.target, request.body.decode(), str(request.headers)])
            return reply(401, json.dumps({"errorCode": 9, "errorMessage": said}).encode())

        server.script = script
        profile = profile_of({**SESSION, "login": login}, {}, {})
        text = shown_by(Client(connect(password=PASSWORD), profile))
        assert "refused the login" in text
        assert leaks(text, PASSWORD) == []


def test_the_search_for_leaks_finds_every_form() -> None:
    for secret in (PASSWORD, TOKEN, HEADER, SAFE):
        for form in forms_of(secret):
            assert leaks(f"got {form} here", secret), form
