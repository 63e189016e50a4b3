# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate responses by the rules of the profile before data is read from them.

A server may report a failure with HTTP 200, and a response of another structure is not an empty one. An empty
list is null, an empty text, an empty object, its key with one of these or an empty list, a total of 0, or a
form that the profile documents (``empty``). Above the key of the list, such a value is an empty list only if
the response has nothing else to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Collection, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Tuple

from ..._text import printable
from ..profile.fields import Envelope, ErrorPlaces, ResponsePart, ResponseRule, Source
from ..profile.model import Operation
from ..wire.transport import Response
from .rows import (
    ABSENT,
    Missing,
    ResponseScope,
    WrongShape,
    as_boolean,
    as_integer,
    find,
    kind_of,
    rows_of,
    text_at,
    wire_text,
)

_MESSAGE_KEYS = ("errorMessage", "message", "msg", "failMsg", "failureMessage", "error")
_CODE_KEYS = ("errorCode", "code", "statusType", "status")
_GOOD_STATUS = 200
_GOOD_WORDS = ("ok", "success", "succeeded")
# Keys that state a failure in every response, see ``demand_success``.
_REFUSALS = frozenset(("success", "statusType", "errorCode"))
_MOST_KEYS = 8
_LONGEST = 120


class Refused(ValueError):
    """A response that reports a failure, with any status; ``error_code`` and ``message`` are the server's."""

    def __init__(self, error_code: str, message: str) -> None:
        super().__init__(error_code)
        self.error_code = error_code
        self.message = message


@dataclass(frozen=True)
class Answer:
    """A response that was parsed: ``root`` is its complete body, ``data`` is without the wrapper."""

    response: Response
    root: Any
    data: Any
    is_empty: bool = False


def accept(operation: Operation, envelope: Optional[Envelope], response: Response, root: Any) -> Answer:
    """Return a response that reports no failure; raises Refused."""
    scope = ResponseScope(root, response)
    if any(holds(rule, scope, True) for rule in operation.empty):
        return Answer(response, root, None, True)
    wrapped = envelope is not None and _is_wrapped(root, envelope)
    rules = [*operation.success, *(envelope.success if envelope is not None and wrapped else ())]
    demand_success(root, operation.error, scope, own_keys(operation, rules, wrapped))
    for rule in rules:
        if not holds(rule, scope):
            broken = text_at([rule.source], root, scope) if rule.source else ""
            raise _refusal(root, operation.error, scope, broken)
    return Answer(response, root, _unwrapped(root, envelope) if envelope is not None and wrapped else root)


def accepts_status(operation: Operation, status: int) -> bool:
    """Return whether a response with ``status`` may have data: a rule names it, or it is a 2xx."""
    named = {allowed for rule in operation.success for allowed in rule.statuses}
    return status in named if named else 200 <= status < 300


def is_documented_empty(operation: Operation, response: Response, root: Any) -> bool:
    """Return whether a rule of the profile recognizes a response as one without rows."""
    return any(holds(rule, ResponseScope(root, response), True) for rule in operation.empty)


def holds(rule: ResponseRule, scope: ResponseScope, required: bool = False) -> bool:
    """Return whether a response fulfills a rule. ``required``: a source without a value breaks it."""
    response = scope.response
    if rule.statuses and (response is None or response.status not in rule.statuses):
        return False
    if rule.source is None:
        return True
    value = find(rule.source, scope.root, scope)
    if value is None or (isinstance(value, Missing) and value.reason == ABSENT):
        return not (rule.required or required)
    return not isinstance(value, Missing) and wire_text(value) in rule.values


def _is_wrapped(root: Any, envelope: Envelope) -> bool:
    """Return whether a response is a wrapper: it has no other keys, and a key besides that of its state.

    A resource may have one key of the same name (``state``).
    """
    if not isinstance(root, Mapping) or not set(envelope.keys).issuperset(root) or len(root) < 2:
        return False
    states = [rule.source.path[0].key for rule in envelope.success if rule.source and rule.source.path]
    return any(key in root for key in states) if states else envelope.data in root


def _unwrapped(root: Mapping[str, Any], envelope: Envelope) -> Any:
    # A wrapper without data is not an empty list, so its other content is checked.
    return root.get(envelope.data, root)


def own_keys(operation: Operation, rules: Sequence[ResponseRule], is_wrapped: bool = False) -> FrozenSet[str]:
    """Return the keys of the root of a response that the profile itself reads or compares."""
    # Fields of rows and of data under a key are not at the root, even if they have the same name.
    is_inner = is_wrapped or bool(operation.answer) or operation.lists
    sources = [
        source
        for mapped in operation.fields.values()
        for source in mapped.sources
        if source.from_root or not is_inner
    ]
    sources += [rule.source for rule in (*rules, *operation.empty) if rule.source is not None]
    return _first_keys(sources)


def _first_keys(sources: Iterable[Source]) -> FrozenSet[str]:
    return frozenset(
        source.path[0].key for source in sources if source.origin is ResponsePart.BODY and source.path
    )


def keys_of(operation: Operation) -> FrozenSet[str]:
    """Return the keys by which an object of a response, or a row of it, is recognized."""
    return _first_keys(
        source
        for name, mapped in operation.fields.items()
        if "." not in name
        for source in mapped.sources
        if not source.from_root
    )


def demand_success(root: Any, places: ErrorPlaces, scope: ResponseScope, own: Collection[str] = ()) -> None:
    """Raise Refused if a response reports that the request failed.

    ``own`` are keys that the profile reads as fields or compares in rules; a task, for example, reports its
    own failure there.
    """
    if not isinstance(root, Mapping):
        return
    code = root.get("errorCode")
    failed = (
        ("success" not in own and as_boolean(root.get("success")) is False)
        or ("statusType" in root and "statusType" not in own and not _is_ok(root["statusType"]))
        or ("errorCode" not in own and not is_zero(code))
    )
    if failed:
        shown = code if not is_zero(code) else root.get("statusType") or "success: false"
        raise _refusal(root, places, scope, _shortened(shown))


def _refusal(root: Any, places: ErrorPlaces, scope: ResponseScope, code: str) -> Refused:
    stated, message = reported_error(places, scope)
    keys = root if isinstance(root, Mapping) else {}
    return Refused(stated if not is_zero(stated) else code, message or _first(keys, _MESSAGE_KEYS))


def reported_error(places: ErrorPlaces, scope: ResponseScope) -> Tuple[str, str]:
    """Return (code, message) at the places of the profile, "" for what the response does not state."""
    return _shortened(text_at(places.code, scope.root, scope)), text_at(places.message, scope.root, scope)


def _is_ok(value: object) -> bool:
    return isinstance(value, str) and value.strip().upper() == "OK"


def is_zero(value: object) -> bool:
    """Return whether a code states no error: it is missing or 0."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return value is not True and (value is False or as_integer(value) == 0)


@dataclass(frozen=True)
class Rows:
    """Location of the rows of a response: ``path``, or one of ``alternatives`` instead of its last key.

    ``keys`` are the keys of a row. They identify a list with one item that is returned as an object without a
    list key. ``own`` are keys that the profile itself reads, ``states`` those that state success, and
    ``messages`` those of an error.
    """

    path: Sequence[str]
    alternatives: Sequence[str] = ()
    keys: FrozenSet[str] = frozenset()
    own: FrozenSet[str] = frozenset()
    states: FrozenSet[str] = frozenset()
    messages: FrozenSet[str] = frozenset()

    def explained(self, answer: Any) -> FrozenSet[str]:
        """Return the keys of the root that the profile accounts for.

        The error keys are among them only if the response itself states that it is successful.
        """
        is_stated = isinstance(answer, Mapping) and not self.states.isdisjoint(answer)
        return self.own | self.states | self.messages if is_stated else self.own


def rows_in(operation: Operation) -> Rows:
    """Return where the responses of an operation have their rows, or their object."""
    states = _first_keys(rule.source for rule in operation.success if rule.source is not None)
    return Rows(
        operation.answer,
        operation.alternatives,
        keys_of(operation),
        own_keys(operation, operation.success),
        states,
        _first_keys((*operation.error.code, *operation.error.message)) | _REFUSALS,
    )


def rows_under(answer: Any, where: Rows, total: Optional[int]) -> List[Mapping[str, Any]]:
    """Return the rows of a list; raises WrongShape for anything else that is not empty.

    ``total`` is the number of rows that the response states. A response with an error and without rows is
    rejected.
    """
    rows = _rows_under(answer, where, total)
    if not rows and isinstance(answer, Mapping) and _reports_error(answer, where.own):
        raise _other_keys("rows, or an answer without an error", answer)
    return rows


def _reports_error(answer: Mapping[str, Any], own: Collection[str]) -> bool:
    """Return whether a response without rows has a code other than success, or an error."""
    code = answer.get("code") if "code" not in own else None
    if isinstance(code, str) and code.strip().lower() in _GOOD_WORDS:
        code = None
    number = as_integer(code)
    return not (is_zero(code) or number == _GOOD_STATUS) or (
        "error" not in own and not is_zero(answer.get("error"))
    )


def _rows_under(answer: Any, where: Rows, total: Optional[int]) -> List[Mapping[str, Any]]:
    # A total of 0 explains a missing key, but not if the response also has a message.
    stated_empty = total == 0 and not (isinstance(answer, Mapping) and _first(answer, _MESSAGE_KEYS))
    above = where.path[:-1]
    found = _at(answer, above, stated_empty, len(above), where.explained(answer))
    if isinstance(found, Mapping):
        names = [key for key in (*where.path[-1:], *where.alternatives) if key in found]
        if len(names) == 1:
            found = found[names[0]]
        elif not found or (stated_empty and not where.keys.intersection(found)):
            found = None
        elif where.path or not where.keys.intersection(found):
            raise _other_keys(" or ".join([*where.path[-1:], *where.alternatives]) or "a list", found)
    elif where.path and found is not None and found != "" and not _is_plain_list(found, where):
        raise WrongShape("an object with {0}".format(where.path[-1]), kind_of(found))
    return rows_of(found)


def _is_plain_list(found: Any, where: Rows) -> bool:
    """Return whether rows arrive without the list key: some releases return the list itself.

    An empty list is not recognized, because nothing shows that it is a list of these rows.
    """
    return (
        len(where.path) == 1
        and isinstance(found, list)
        and bool(found)
        and all(isinstance(row, Mapping) and where.keys.intersection(row) for row in found)
    )


def inner_of(data: Any, path: Sequence[str]) -> Any:
    """Return the value at ``path`` in the response of a write, None if there is none."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def object_under(
    answer: Any, path: Sequence[str], keys: FrozenSet[str], explained: FrozenSet[str] = frozenset()
) -> Any:
    """Return the object at ``path``, None for an empty one.

    Raises WrongShape for an object that has none of ``keys``, and for nothing above the last key beside other
    keys than ``explained``. If no field is inside the data, there are no keys, and the data may be a single
    value: a wrapper with the version as a text.
    """
    found = _at(answer, path, False, len(path) - 1, explained)
    if not keys and not isinstance(found, (Mapping, list)):
        return None
    if isinstance(found, Mapping) and found and keys and not keys.intersection(found):
        raise _other_keys(sorted(keys)[0] if len(keys) == 1 else "one of " + ", ".join(sorted(keys)), found)
    return found


def _at(
    answer: Any, path: Sequence[str], is_empty: bool, above: int, explained: FrozenSet[str] = frozenset()
) -> Any:
    """Return the value at ``path``. One of the first ``above`` keys without a value must be the only key."""
    for at, key in enumerate(path):
        if answer is None or answer == "":
            return None
        if not isinstance(answer, Mapping):
            raise WrongShape("an object with {0}".format(key), kind_of(answer))
        if key not in answer:
            if not answer or is_empty:
                return None
            raise _other_keys(key, answer)
        value = answer[key]
        others = set(answer) - {key} - (explained if at == 0 else frozenset())
        if at < above and others and not is_empty and (value is None or value in ("", {})):
            raise _other_keys("an object at {0}".format(key), answer)
        answer = value
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
