# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse JSON responses: strict about JSON syntax, tolerant of JSON that was converted from XML.

A list with one item may be an object, an empty list may be a missing key or null, and numbers and booleans
may be text. Only the fields that the profile maps are read.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, TypeVar

from ..._text import printable
from ..._time import format_epoch, format_time

T = TypeVar("T")

ABSENT = "absent"
NULL = "null"
TYPE = "type"

NEVER = "never"

_LONGEST_NUMBER = 40
_LONGEST_TEXT = 1024
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}$")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
_ZERO = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_LITERALS = ("true", "false", "null", "-", "\\")
_ENVELOPE = frozenset(("data", "state", "message", "errorCode"))


class NotJson(ValueError):
    """The body is not JSON. ``problem`` is ``html``, ``truncated`` or ``not_json``."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class WrongShape(ValueError):
    """The response has another structure; ``expected`` and ``got`` describe it for the error message."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.got = got


class EnvelopeFailed(ValueError):
    """A wrapped response with state 1, which means failure."""

    def __init__(self, error_code: str, message: str) -> None:
        super().__init__(error_code)
        self.error_code = error_code
        self.message = message


def parse_json(body: bytes) -> Any:
    """Return the parsed JSON of ``body``, None for an empty one; raises NotJson."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotJson("not_json") from None
    if not text.strip():
        return None
    try:
        return json.loads(
            text,
            parse_int=_number(int),
            parse_float=_number(float),
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        raise NotJson(_problem(text, error)) from None
    except (ValueError, RecursionError):
        raise NotJson("not_json") from None


def _problem(text: str, error: json.JSONDecodeError) -> str:
    stripped = text.strip()
    if stripped.startswith("<"):
        return "html"
    rest = text[error.pos :].strip()
    cut = error.msg.startswith("Unterminated string") or any(word.startswith(rest) for word in _LITERALS)
    return "truncated" if cut and stripped[0] in '{["' else "not_json"


def _number(convert: Any) -> Any:
    def checked(digits: str) -> Any:
        if len(digits) > _LONGEST_NUMBER:
            raise ValueError("a number of {0} characters".format(len(digits)))
        value = convert(digits)
        if not math.isfinite(value):
            raise ValueError("a number that is not finite")
        return value

    return checked


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _unique(pairs: Sequence[Tuple[str, Any]]) -> Dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key that occurs twice")
    return found


def unwrapped(answer: Any) -> Any:
    """Return the content of ``{data, state, message, errorCode}``, or a response that is not wrapped."""
    if not isinstance(answer, Mapping) or "state" not in answer or not _ENVELOPE.issuperset(answer):
        return answer
    if len(answer) == 1:
        return answer
    if answer["state"] is not None and as_integer(answer["state"]) != 0:
        raise EnvelopeFailed(
            printable(str(answer.get("errorCode", ""))), printable(str(answer.get("message") or ""))
        )
    return answer.get("data")


def rows_of(value: Any) -> List[Mapping[str, Any]]:
    """Return the objects of a list, which may also be one object or empty."""
    if value is None or value == "":
        return []
    rows = [value] if isinstance(value, Mapping) else value
    if not isinstance(rows, list):
        raise WrongShape("a list of objects", kind_of(value))
    for row in rows:
        if not isinstance(row, Mapping):
            raise WrongShape("a list of objects", "a list with {0}".format(kind_of(row)))
    return rows


def kind_of(value: Any) -> str:
    """Return the type of a JSON value for an error message."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return {"str": "a text", "list": "a list", "dict": "an object"}.get(
        type(value).__name__, "something else"
    )


def total_of(value: Any) -> Optional[int]:
    """Return a count, None if the value is missing or not a count."""
    count = as_integer(value)
    return count if count is not None and count >= 0 else None


class JsonRow:
    """One object of a response, read through the field map of a profile.

    A value that is missing, null or of a wrong type is returned as None, and ``unknown`` contains the reason,
    by field.
    """

    def __init__(self, values: Any, fields: Mapping[str, Tuple[str, ...]], prefix: str = "") -> None:
        if not isinstance(values, Mapping):
            raise WrongShape("an object", kind_of(values))
        self._values = values
        self._fields = fields
        self._prefix = prefix
        self.unknown: Dict[str, str] = {}

    def identifier(self, name: str) -> str:
        """Return an id, which is required in every row; raises WrongShape."""
        value = self.text(name)
        if value is None:
            keys = self._fields.get(self._prefix + name, (name,))
            raise WrongShape("{0} in every row".format(keys[0]), "a row without")
        return value

    def text(self, name: str) -> Optional[str]:
        return self._typed(name, _text)

    def integer(self, name: str) -> Optional[int]:
        return self._typed(name, as_integer)

    def boolean(self, name: str) -> Optional[bool]:
        return self._typed(name, as_boolean)

    def instant(self, name: str) -> Optional[str]:
        """Return ISO text in UTC, from ISO text or epoch milliseconds."""
        return self._typed(name, _instant)

    def end(self, name: str) -> Optional[str]:
        """Return a time as ISO text, or ``never``."""
        return self._typed(name, _end)

    def choice(self, name: str, choices: Sequence[str]) -> Optional[str]:
        """Return the text if it is one of ``choices``."""
        return self._typed(name, lambda value: str(value) if value in choices else None)

    def code(self, name: str, meanings: Mapping[str, str]) -> Optional[str]:
        """Return the meaning of a code in the table of the profile."""
        return self._typed(name, lambda value: meanings.get(_text(value) or ""))

    def rows(self, name: str) -> List["JsonRow"]:
        prefix = self._prefix + name + "."
        return [JsonRow(row, self._fields, prefix) for row in rows_of(self._value(name))]

    def texts(self, name: str) -> Tuple[str, ...]:
        """Return a list of texts, which may also be one text or empty; raises WrongShape."""
        value = self._value(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        found = tuple(text for text in map(_text, items) if text is not None)
        if len(found) != len(items):
            raise WrongShape("a list of texts", kind_of(value))
        return found

    def integers(self, name: str) -> Optional[Tuple[int, ...]]:
        """Return a list of whole numbers, which may also be one number."""
        return self._typed(name, _integers)

    def inner(self, name: str) -> Optional["JsonRow"]:
        """Return a nested object, None if there is none."""
        value = self._value(name)
        return JsonRow(value, self._fields, self._prefix + name + ".") if isinstance(value, Mapping) else None

    def _typed(self, name: str, convert: Callable[[Any], Optional[T]]) -> Optional[T]:
        value = self._value(name)
        if value is None:
            return None
        converted = convert(value)
        if converted is None:
            self.unknown[name] = TYPE
        return converted

    def _value(self, name: str) -> Any:
        reason = ABSENT
        for key in self._fields.get(self._prefix + name, ()):
            if key in self._values:
                value = self._values[key]
                if value is not None and value != "":
                    return value
                reason = NULL if value is None else reason
        self.unknown[name] = reason
        return None


def _text(value: Any) -> Optional[str]:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = printable(str(value))
    return text if 0 < len(text) <= _LONGEST_TEXT else None


def as_integer(value: Any) -> Optional[int]:
    """Return a whole number, which may be text; None if the value is not one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and _INTEGER.match(value.strip()):
        return int(value)
    return None


def _integers(value: Any) -> Optional[Tuple[int, ...]]:
    items = [as_integer(item) for item in (value if isinstance(value, list) else [value])]
    found = tuple(item for item in items if item is not None)
    return found if len(found) == len(items) else None


def as_boolean(value: Any) -> Optional[bool]:
    """Return a boolean, which may be text or 0 and 1; None if the value is not one."""
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())


def _end(value: Any) -> Optional[str]:
    return NEVER if value == NEVER else _instant(value)


def _instant(value: Any) -> Optional[str]:
    number = as_integer(value)
    if number is not None:
        return from_epoch_ms(number)
    found = _INSTANT.match(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    date, clock, zone = found.groups()
    offset = "+00:00" if zone in (None, "Z") else zone if ":" in zone else zone[:3] + ":" + zone[3:]
    try:
        moment = datetime.datetime.fromisoformat("{0}T{1}{2}".format(date, clock or "00:00:00", offset))
        moment = moment.astimezone(datetime.timezone.utc)
    except (ValueError, OverflowError):
        return None
    # The zero time of a server (0001-01-01, 1970-01-01) means not set, as 0 does.
    return format_time(moment) if moment > _ZERO else None


def from_epoch_ms(milliseconds: int) -> Optional[str]:
    """Return ISO text for epoch milliseconds; None for 0 and below (``not set`` in responses)."""
    if milliseconds <= 0:
        return None
    try:
        return format_epoch(milliseconds // 1000)
    except (ValueError, OverflowError, OSError):
        return None
