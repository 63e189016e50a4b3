# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read places and rules of responses in an endpoint profile: paths, headers, success, errors, envelopes."""

from __future__ import annotations

import enum
import re
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from .checks import (
    below,
    choice,
    closed,
    code,
    fail,
    header_name,
    integer,
    items,
    keys,
    list_of,
    mapping,
    scalar,
    text,
)
from .fields import Envelope, ErrorPlaces, PathStep, ResponsePart, ResponseRule, Source
from .operations import ERROR_NAMES, PASSWORD_PARTS, SECRET_KEYS, TOKEN_PARTS

# One character of a key, of the key of a row, and of the value of a row in a path.
ESCAPED = r"\\[.\[\]=/\\]"
KEY = r"(?:[^.\[\]\\\x00-\x1f]|" + ESCAPED + ")"
ROW_KEY = r"(?:[^\]=\\\x00-\x1f]|" + ESCAPED + ")"
ROW_VALUE = r"(?:[^\]\\\x00-\x1f]|" + ESCAPED + ")"
STEP = KEY + r"+(?:\[" + ROW_KEY + "+=" + ROW_VALUE + r"+\])?"
PATH = "/?(?!/)" + STEP + r"(?:\." + STEP + ")*"

_PATH = re.compile(PATH)
_STEPS = re.compile("(" + KEY + r"+)(?:\[(" + ROW_KEY + "+)=(" + ROW_VALUE + r"+)\])?(?:\.|\Z)")
_BACKSLASH = re.compile(r"\\(.)")


class Secrecy(enum.Enum):
    """What a place may read, by what is done with its value."""

    # A rule compares the value, which is shown nowhere.
    COMPARED = "compared"
    # A token, which is masked in every text.
    MASKED = "masked"
    # A fact, or a part of a message.
    SHOWN = "shown"


def any_word(words: Iterable[str]) -> str:
    """Return a pattern of words in any case and with separators: ``pwd``, ``PWD`` and ``p_w-d``."""
    made = ("[-_@$ ]*".join("[{0}{1}]".format(c.upper(), c) for c in word) for word in sorted(words))
    return "(?:" + "|".join(made) + ")"


# The key of an account or of a password itself, such as ``@pwd``.
SECRET = "[-_@$ ]*" + any_word(SECRET_KEYS) + "[-_@$ ]*"
PASSWORD_PART = any_word(PASSWORD_PARTS)
TOKEN_PART = any_word(TOKEN_PARTS)
# Headers that have credentials, and those that ask for them.
AUTH_HEADER = "[Aa][Uu][Tt][Hh](?:$|[Oo][Rr][Ii]|[Ee][Nn][Tt][Ii])"
_SECRETS = {
    Secrecy.COMPARED: re.compile("^" + SECRET + r"\Z"),
    Secrecy.MASKED: re.compile("^" + SECRET + r"\Z|" + PASSWORD_PART),
    Secrecy.SHOWN: re.compile("^" + SECRET + r"\Z|" + PASSWORD_PART + "|" + TOKEN_PART),
}
_AUTH_HEADER = re.compile(AUTH_HEADER)
# A session is kept by this header, but its value is not the token.
SET_COOKIE = "set-cookie"

FIELD_SOURCES = ("at", "header", "status")
PLACE_SOURCES = ("at", "header")
TOKEN_SOURCES = ("at", "header", "cookie")


def steps(item: object, at: str, secrecy: Secrecy = Secrecy.SHOWN) -> Tuple[Tuple[PathStep, ...], bool]:
    """Return the steps of a path, and whether it begins at the root of the body."""
    path = text(item, at)
    if not _PATH.fullmatch(path):
        fail("field_path", at, path)
    from_root = path.startswith("/")
    found: List[PathStep] = []
    for key, row_key, row_value in _STEPS.findall(path[1:] if from_root else path):
        names = [_BACKSLASH.sub(r"\1", name) for name in (key, row_key, row_value)]
        for name in names:
            not_secret(name, at, secrecy)
        found.append(PathStep(names[0], (names[1], names[2]) if row_key else None))
    return tuple(found), from_root


def not_secret(name: str, at: str, secrecy: Secrecy = Secrecy.SHOWN) -> None:
    if _SECRETS[secrecy].search(name):
        fail("secret", at, name)


def data_keys(item: object, at: str, secrecy: Secrecy = Secrecy.SHOWN) -> Tuple[str, ...]:
    """Return the keys that lead to the data of a response."""
    found = keys(item, at)
    for key in found:
        not_secret(key, at, secrecy)
    return found


def source(
    item: object,
    at: str,
    kinds: Sequence[str],
    from_root: bool = True,
    secrecy: Secrecy = Secrecy.SHOWN,
) -> Source:
    """Return one place: a path, or a mapping with exactly one of ``kinds``.

    Only paths of fields are relative to the data of a response (``from_root`` False).
    """
    if isinstance(item, str):
        return _body(item, at, from_root, secrecy)
    values = closed(item, at, kinds) if isinstance(item, dict) or hasattr(item, "items") else {}
    if len(values) != 1:
        fail("source", at, list_of(values) if values else item, choices=list(kinds))
    kind, value = next(iter(values.items()))
    place = below(at, kind)
    if kind == "at":
        return _body(value, place, from_root, secrecy)
    if kind == "status":
        if value is not True:
            fail("choice", place, value, choices=["true"])
        return Source(ResponsePart.STATUS)
    origin = ResponsePart.HEADER if kind == "header" else ResponsePart.COOKIE
    name = header_name(value, place)
    if kind == "header" and (secrecy is Secrecy.SHOWN and _AUTH_HEADER.search(name)):
        fail("secret", place, name)
    if kind == "header" and (secrecy is Secrecy.MASKED and name.lower() == SET_COOKIE):
        fail("token_cookie", place, name)
    not_secret(name, place, Secrecy.COMPARED if kind == "cookie" else secrecy)
    return Source(origin, name=name)


def _body(item: object, at: str, from_root: bool, secrecy: Secrecy) -> Source:
    path, at_root = steps(item, at, secrecy)
    return Source(ResponsePart.BODY, path, from_root=from_root or at_root)


def sources(
    item: object,
    at: str,
    kinds: Sequence[str],
    from_root: bool = True,
    secrecy: Secrecy = Secrecy.SHOWN,
) -> Tuple[Source, ...]:
    """Return alternative places: one place, or a list of them."""
    if isinstance(item, (list, tuple)):
        return tuple(
            source(each, below(at, index), kinds, from_root, secrecy)
            for index, each in enumerate(items(item, at))
        )
    return (source(item, at, kinds, from_root, secrecy),)


def exceptions(item: object, at: str) -> Tuple[ResponseRule, ...]:
    """Return rules, each of which recognizes some responses, so that none may apply to all of them."""
    found = rules(item, at, required=True)
    for index, rule in enumerate(found):
        place = below(at, index) if isinstance(item, (list, tuple)) else at
        if rule.source is None:
            # A response with status 204 has no body.
            for status in rule.statuses:
                if 200 <= status < 300 and status != 204:
                    fail("rule_of_all", place, status)
        elif not rule.required:
            fail("rule_of_all", below(place, "required"), "false")
    return found


def rules(item: object, at: str, required: bool = False) -> Tuple[ResponseRule, ...]:
    """Return one rule, or a list of rules. ``required`` is the default of the key of this name."""
    if isinstance(item, (list, tuple)):
        return tuple(_rule(each, below(at, index), required) for index, each in enumerate(items(item, at)))
    return (_rule(item, at, required),)


def _rule(item: object, at: str, required: bool) -> ResponseRule:
    values = closed(item, at, ("status", "at", "header", "in", "required"))
    statuses = statuses_of(values["status"], below(at, "status")) if "status" in values else ()
    place: Optional[Source] = None
    given = {key: values[key] for key in PLACE_SOURCES if key in values}
    if given:
        place = source(given, at, PLACE_SOURCES, secrecy=Secrecy.COMPARED)
        if "in" not in values:
            fail("key_missing", at, list_of(values), name="in")
    elif "in" in values or "required" in values or not statuses:
        fail("rule_empty", at, list_of(values))
    must = values.get("required", required)
    if not isinstance(must, bool):
        fail("boolean", below(at, "required"), must)
    return ResponseRule(
        statuses=statuses,
        source=place,
        values=scalars(values["in"], below(at, "in")) if given else (),
        required=bool(must) and place is not None,
    )


def statuses_of(item: object, at: str, least: int = 100) -> Tuple[int, ...]:
    """Return one HTTP status, or a list of them."""
    if not isinstance(item, (list, tuple)):
        return (integer(item, at, least, 599),)
    return tuple(integer(each, below(at, index), least, 599) for index, each in enumerate(items(item, at)))


def scalars(item: object, at: str) -> Tuple[str, ...]:
    """Return a list of values as texts, in which "0" and 0 are the same value."""
    places = [(each, below(at, index)) for index, each in enumerate(items(item, at))]
    return tuple(code(scalar(each, place), place) for each, place in places)


def error_places(item: object, at: str) -> ErrorPlaces:
    values = closed(item, at, ("code", "message", "codes"))
    codes = mapping(values.pop("codes", {}), below(at, "codes"))
    found: Dict[str, Tuple[Source, ...]] = {
        name: sources(value, below(at, name), PLACE_SOURCES) for name, value in values.items()
    }
    names = {
        code(each, below(at, "codes", each)): choice(name, ERROR_NAMES, below(at, "codes", each))
        for each, name in codes.items()
    }
    return ErrorPlaces(codes=names, **found)


def envelope(item: object, at: str) -> Envelope:
    values = closed(item, at, ("keys", "data", "success"), ("keys", "data"))
    # The other keys of a wrapper are not read; one of them can be a new token.
    names = data_keys(items(values["keys"], below(at, "keys")), below(at, "keys"), Secrecy.COMPARED)
    data = text(values["data"], below(at, "data"))
    not_secret(data, below(at, "data"))
    if data not in names:
        fail("envelope_data", below(at, "data"), data, choices=list(names))
    success = rules(values["success"], below(at, "success")) if "success" in values else ()
    return Envelope(names, data, success)
