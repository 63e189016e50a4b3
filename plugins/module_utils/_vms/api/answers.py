# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate responses by the rules of the profile before data is read from them.

A failure may come with HTTP 200, and another structure is not an empty list. That is null, an empty text or
object, its key with one of these or an empty list, a total of 0, or a form that the profile documents
(``empty``); in XML its root element is ``list`` or its key. Beside an empty list, and in the response to a
write, nothing may report a failure: no code but one of success, no sentence without such a code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Collection, Dict, FrozenSet, Iterable, Mapping, Optional, Sequence, Tuple, Union

from ..._text import printable
from ..profile.fields import Envelope, ErrorPlaces, ResponsePart, ResponseRule, Source, kind_of, wire_text
from ..profile.model import Operation
from ..wire.response import Response
from .rows import ABSENT, Missing, ResponseScope, WrongShape, as_boolean, as_integer, find, text_at

MESSAGE_KEYS = ("errorMessage", "message", "msg", "retMsg", "failMsg", "failureMessage", "errorMsg", "error")
# Keys that may be the state of a record as well as a code, and all keys of a code, in lower case.
STATES = ("result", "status", "state")
_CODES = "code errorcode errcode resultcode retcode statuscode statustype errno ret rc success"
CODES = frozenset(_CODES.split()).union(STATES)
GOOD = re.compile(r"(?:ok|success\w*|succeeded|true|done|[^不未没失]*成功)\W*\Z", re.IGNORECASE)
_ZERO = re.compile(r"[+-]?0+(?:\.0+)?\Z")
_ERROR_ROOT = re.compile(
    r"error|(?<!de)fault|exception|denied|forbidden|unauthori[sz]ed|failure", re.IGNORECASE
)
# Keys that state a failure in every response, see ``demand_success``.
REFUSALS = frozenset(("success", "statusType", "errorCode"))
_MOST_KEYS = 8


class Refused(ValueError):
    """A response that reports a failure, with any status; ``error_code`` and ``message`` are the server's."""

    def __init__(self, error_code: str, message: str) -> None:
        super().__init__(error_code)
        self.error_code = error_code
        self.message = message


@dataclass(frozen=True)
class Answer:
    """A response that was parsed: ``root`` is its complete body, ``data`` is without the wrapper.

    ``element`` is the name of the root element, "" of JSON, None of an empty body.
    """

    response: Response
    root: Any
    data: Any
    is_empty: bool = False
    element: Optional[str] = ""


def accept(
    operation: Operation,
    envelope: Optional[Envelope],
    response: Response,
    root: Any,
    element: Optional[str] = "",
) -> Answer:
    """Return a response that reports no failure; raises Refused."""
    scope = ResponseScope(root, response)
    if any(holds(rule, scope, True) for rule in operation.empty):
        return Answer(response, root, None, True, element)
    if element and _ERROR_ROOT.search(element) and element not in operation.answer:
        raise refusal(root, operation.error, scope, element)
    wrapped = envelope is not None and _is_wrapped(root, envelope)
    is_stated = wrapped or (envelope is not None and _has_state(root, envelope))
    rules = [*operation.success, *(envelope.success if envelope is not None and is_stated else ())]
    demand_success(root, operation.error, scope, own_keys(operation, rules, wrapped))
    for rule in rules:
        if not holds(rule, scope):
            broken = text_at([rule.source], root, scope) if rule.source else str(response.status)
            raise refusal(root, operation.error, scope, broken)
    data = _unwrapped(root, envelope) if envelope is not None and wrapped else root
    return Answer(response, root, data, False, element)


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
    states = _states_of(envelope)
    return any(key in root for key in states) if states else envelope.data in root


def _has_state(root: Any, envelope: Envelope) -> bool:
    """Return whether a response with further keys has the state of a wrapper beside its data."""
    return isinstance(root, Mapping) and envelope.data in root and not _states_of(envelope).isdisjoint(root)


def _states_of(envelope: Envelope) -> FrozenSet[str]:
    return first_keys(rule.source for rule in envelope.success if rule.source is not None)


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
    return first_keys(sources)


def first_keys(sources: Iterable[Source]) -> FrozenSet[str]:
    return frozenset(
        source.path[0].key for source in sources if source.origin is ResponsePart.BODY and source.path
    )


def keys_of(operation: Operation) -> FrozenSet[str]:
    """Return the keys by which an object of a response, or a row of it, is recognized."""
    return first_keys(
        source
        for name, mapped in operation.fields.items()
        if "." not in name
        for source in mapped.sources
        if not source.from_root
    )


def has_outer_fields(operation: Operation) -> bool:
    """Return whether a field is read from elsewhere than the body, so that a response may have no body."""
    mapped = operation.fields.values()
    return any(source.origin is not ResponsePart.BODY for each in mapped for source in each.sources)


def demand_success(root: Any, places: ErrorPlaces, scope: ResponseScope, own: Collection[str] = ()) -> None:
    """Raise Refused if a response reports that the request failed.

    ``own`` are keys that the profile reads or compares; a task reports its own failure there.
    """
    if not isinstance(root, Mapping):
        return
    stated = {key: value for key, value in elements_of(root).items() if key not in elements_of(own)}
    code, kind = (stated.get(key) for key in ("errorCode", "statusType"))
    is_error = not is_zero(code) and not (isinstance(code, str) and GOOD.match(code.strip()))
    failed = as_boolean(stated.get("success")) is False or not (kind is None or _is_ok(kind))
    if is_error or failed:
        shown = code if is_error else kind or "success: false"
        raise refusal(root, places, scope, printable(str(shown)))


def elements_of(keys: Union[Mapping[str, Any], Collection[str]]) -> Dict[str, Any]:
    """Return keys with the attributes of XML (``@errorCode``) under the names of elements."""
    values = keys if isinstance(keys, Mapping) else dict.fromkeys(keys)
    found = {key[1:]: value for key, value in values.items() if key.startswith("@")}
    found.update((key, value) for key, value in values.items() if not key.startswith("@"))
    return found


def refusal(root: Any, places: ErrorPlaces, scope: ResponseScope, code: str) -> Refused:
    """Return the error for a response; ``code`` counts if it has no other at the place of the profile."""
    stated, message = reported_error(places, scope)
    keys = root if isinstance(root, Mapping) else {}
    return Refused(stated if not is_zero(stated) else code, message or first_text(keys, MESSAGE_KEYS))


def reported_error(places: ErrorPlaces, scope: ResponseScope) -> Tuple[str, str]:
    """Return (code, message) at the places of the profile, "" for what the response does not state."""
    return text_at(places.code, scope.root, scope), text_at(places.message, scope.root, scope)


def _is_ok(value: object) -> bool:
    return isinstance(value, str) and value.strip().upper() == "OK"


def is_zero(value: object) -> bool:
    """Return whether a code states no error: it is missing or 0."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    if isinstance(value, str) and _ZERO.match(value.strip()):
        return True
    return value is not True and (value is False or as_integer(value) == 0)


def failure_in(
    answer: Mapping[str, Any], own: Collection[str] = (), is_good: bool = False
) -> Tuple[bool, Optional[str]]:
    """Return whether a response states success, and the code of a failure.

    It is None without a failure, and "" for a sentence without any code. Keys ``own`` do not count;
    ``is_good``: the success is known.
    """
    failed: Optional[str] = None
    answer, own = elements_of(answer), elements_of(own)
    for key, value in answer.items():
        text = "" if key in own else wire_text(value) or ""
        if key.lower() in CODES and text.strip():
            number = as_integer(value)
            if GOOD.match(text) or number == 0 or (number is not None and 200 <= number < 300):
                is_good = True
            else:
                failed = failed or text
        elif key == "error" and key not in own and not is_zero(value):
            failed = failed or text or key
    message = "" if is_good else first_text(answer, [key for key in MESSAGE_KEYS if key not in own])
    is_good = is_good or bool(GOOD.match(message))
    return is_good, "" if failed is None and message and not is_good else failed


def inner_of(data: Any, path: Sequence[str]) -> Any:
    """Return the value at ``path`` in the response of a write, None if there is none."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def object_under(
    answer: Any, path: Sequence[str], keys: FrozenSet[str], explained: FrozenSet[str] = frozenset()
) -> Any:
    """Return the object at ``path``, None for an empty one; raises WrongShape for one without ``keys``.

    Nothing above the last key may have other keys than ``explained`` beside it. Without ``keys`` no field is
    inside the data, which may be a single value.
    """
    found = value_at(answer, path, False, len(path) - 1, explained)
    if not keys and not isinstance(found, (Mapping, list)):
        return None
    if isinstance(found, Mapping) and found and keys and not keys.intersection(found):
        raise other_keys(sorted(keys)[0] if len(keys) == 1 else "one of " + ", ".join(sorted(keys)), found)
    return found


def value_at(
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
            raise other_keys(key, answer)
        value = answer[key]
        others = set(answer) - {key} - (explained if at == 0 else frozenset())
        if at < above and others and not is_empty and (value is None or value in ("", {})):
            raise other_keys("an object at {0}".format(key), answer)
        answer = value
    return answer


def other_keys(expected: str, answer: Mapping[str, Any]) -> WrongShape:
    # A text may repeat a secret, which is masked before the sentence is shortened.
    names = ", ".join(printable(key) for key in list(answer)[:_MOST_KEYS])
    names += ", ..." if len(answer) > _MOST_KEYS else ""
    detail = ": ".join(
        part
        for part in (
            first_text(answer, [key for key in answer if key.lower() in CODES]),
            first_text(answer, MESSAGE_KEYS),
        )
        if part
    )
    return WrongShape(
        expected, "an object with {0}{1}".format(names, " that says {0}".format(detail) if detail else "")
    )


def first_text(answer: Mapping[str, Any], keys: Iterable[str]) -> str:
    answer = elements_of(answer)
    for key in elements_of(list(keys)):
        value = answer.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return printable(str(value))
    return ""
