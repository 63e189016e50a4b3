# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate responses with a success status before data is read from them.

A server may report a failure with HTTP 200, and a response of another structure is not an empty one. An empty
list is null, an empty text, an empty object, its key with one of these or an empty list, or a total of 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Collection, FrozenSet, List, Mapping, Optional, Sequence

from ..._text import printable
from .json_parser import WrongShape, as_boolean, as_integer, kind_of, rows_of

_MESSAGE_KEYS = ("errorMessage", "message", "msg", "failMsg", "failureMessage", "error")
_CODE_KEYS = ("errorCode", "code", "statusType", "status")
_GOOD_STATUS = 200
_GOOD_WORDS = ("ok", "success", "succeeded")
_MOST_KEYS = 8
_LONGEST = 120


class Refused(ValueError):
    """A response that reports a failure, with any status; ``error_code`` and ``message`` are the server's."""

    def __init__(self, error_code: str, message: str) -> None:
        super().__init__(error_code)
        self.error_code = error_code
        self.message = message


def demand_success(answer: Any, own: Collection[str] = ()) -> None:
    """Raise Refused if a response reports that the request failed.

    ``own`` are keys that the profile reads as fields of this response; a task, for example, reports its own
    failure there.
    """
    if not isinstance(answer, Mapping):
        return
    code = answer.get("errorCode")
    failed = (
        ("success" not in own and as_boolean(answer.get("success")) is False)
        or ("statusType" in answer and "statusType" not in own and not _is_ok(answer["statusType"]))
        or ("errorCode" not in own and not _is_zero(code))
    )
    if failed:
        shown = code if not _is_zero(code) else answer.get("statusType") or "success: false"
        raise Refused(_shortened(shown), _first(answer, _MESSAGE_KEYS))


def _is_ok(value: object) -> bool:
    return isinstance(value, str) and value.strip().upper() == "OK"


def _is_zero(value: object) -> bool:
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return value is not True and (value is False or as_integer(value) == 0)


@dataclass(frozen=True)
class Rows:
    """Location of the rows of a response: ``path``, or one of ``alternatives`` instead of its last key.

    ``keys`` are the keys of a row. They identify a list with one item that is returned as an object without a
    list key.
    """

    path: Sequence[str]
    alternatives: Sequence[str] = ()
    keys: FrozenSet[str] = frozenset()


def rows_under(answer: Any, where: Rows, total: Optional[int]) -> List[Mapping[str, Any]]:
    """Return the rows of a list; raises WrongShape for anything else that is not empty.

    ``total`` is the number of rows that the response states. A response with an error and without rows is
    rejected.
    """
    rows = _rows_under(answer, where, total)
    if not rows and isinstance(answer, Mapping) and _reports_error(answer):
        raise _other_keys("rows, or an answer without an error", answer)
    return rows


def _reports_error(answer: Mapping[str, Any]) -> bool:
    """Return whether a response without rows has a code other than success, or an error."""
    code = answer.get("code")
    if isinstance(code, str) and code.strip().lower() in _GOOD_WORDS:
        code = None
    number = as_integer(code)
    return not (_is_zero(code) or number == _GOOD_STATUS) or not _is_zero(answer.get("error"))


def _rows_under(answer: Any, where: Rows, total: Optional[int]) -> List[Mapping[str, Any]]:
    # A total of 0 explains a missing key, but not if the response also has a message.
    stated_empty = total == 0 and not (isinstance(answer, Mapping) and _first(answer, _MESSAGE_KEYS))
    found = _at(answer, where.path[:-1], stated_empty)
    if isinstance(found, Mapping):
        names = [key for key in (*where.path[-1:], *where.alternatives) if key in found]
        if len(names) == 1:
            found = found[names[0]]
        elif not found or (stated_empty and not where.keys.intersection(found)):
            found = None
        elif where.path or not where.keys.intersection(found):
            raise _other_keys(" or ".join([*where.path[-1:], *where.alternatives]) or "a list", found)
    elif where.path and found is not None and found != "":
        raise WrongShape("an object with {0}".format(where.path[-1]), kind_of(found))
    return rows_of(found)


def object_under(answer: Any, path: Sequence[str], keys: FrozenSet[str]) -> Any:
    """Return the object at ``path``, None for an empty one.

    Raises WrongShape for an object that has none of ``keys``.
    """
    found = _at(answer, path, False)
    if isinstance(found, Mapping) and found and keys and not keys.intersection(found):
        raise _other_keys(sorted(keys)[0] if len(keys) == 1 else "one of " + ", ".join(sorted(keys)), found)
    return found


def _at(answer: Any, path: Sequence[str], is_empty: bool) -> Any:
    for key in path:
        if answer is None or answer == "":
            return None
        if not isinstance(answer, Mapping):
            raise WrongShape("an object with {0}".format(key), kind_of(answer))
        if key not in answer:
            if not answer or is_empty:
                return None
            raise _other_keys(key, answer)
        answer = answer[key]
    return answer


def _other_keys(expected: str, answer: Mapping[str, Any]) -> WrongShape:
    keys = [_shortened(key) for key in answer]
    names = ", ".join(keys[:_MOST_KEYS]) + (", ..." if len(keys) > _MOST_KEYS else "")
    detail = ": ".join(part for part in (_first(answer, _CODE_KEYS), _first(answer, _MESSAGE_KEYS)) if part)
    return WrongShape(
        expected, "an object with {0}{1}".format(names, " that says {0}".format(detail) if detail else "")
    )


def _first(answer: Mapping[str, Any], keys: Sequence[str]) -> str:
    for key in keys:
        value = answer.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return _shortened(value)
    return ""


def _shortened(value: object) -> str:
    text = printable(str(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
