# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill in the templates of a call: target, headers, and the body in the encoding that its profile names.

``"{field}"`` alone is the value with its type, inside a longer text it is text. A key whose value is None is
omitted. The error of a value that cannot be sent does not quote it: it may be a password.
"""

from __future__ import annotations

import enum
import json
import re
from typing import Any, Callable, Dict, List, Mapping, Optional, Set, Tuple
from urllib.parse import quote, urlencode

from ..profile.fields import kind_of, wire_text
from ..profile.model import Call
from ..wire.errors import OperationUnsupported, OptionError
from .rows import as_integer

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_ALONE = re.compile(r"\{([^{}]*)\}\Z")
# Characters that XML 1.0 cannot contain, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_HEADER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Halves of characters, which have no encoding.
_NOT_TEXT = re.compile("[\ud800-\udfff]")
_EACH = frozenset(("each", "row"))
_MAPPED = frozenset(("field", "values", "as"))

Encoder = Callable[[Any], Tuple[str, bytes]]


class Obstacle(enum.Enum):
    """Why a value is not sent: no place for the field, no meaning of its value, a part of a text."""

    FIELD = "field"
    VALUE = "value"
    PART = "part"


class Unsendable(OperationUnsupported):
    """A value that a call cannot send. Its message is that of a login; ``tasks.py`` has those of writes."""

    def __init__(self, obstacle: Obstacle, operation: str, field: str, **fields: Any) -> None:
        super().__init__("login_unsupported", operation=operation, field=field, **fields)
        self.obstacle = obstacle


class _Template:
    """Fills in one template and records which fields it has a place for."""

    def __init__(
        self, operation: str, values: Mapping[str, Any], unsendable: "re.Pattern[str]" = _NOT_TEXT
    ) -> None:
        self._operation = operation
        self._values = values
        self._unsendable = unsendable
        self.used: Set[str] = set()

    def filled(self, template: Any) -> Any:
        """Return the template with values, None for a field without one."""
        if isinstance(template, str):
            return self._text(template)
        if isinstance(template, Mapping):
            if "field" in template and _MAPPED.issuperset(template):
                return self._mapped(template)
            if set(template) == _EACH:
                return self._each(template)
            items = {str(key): self._entry(item) for key, item in template.items()}
            return {key: value for key, (value, is_given) in items.items() if is_given}
        if isinstance(template, (list, tuple)):
            return self._list(template)
        return template

    def _entry(self, template: Any) -> Tuple[Any, bool]:
        value = self.filled(template)
        # A null in the template itself is sent.
        return value, value is not None or template is None

    def _list(self, template: Any) -> Optional[List[Any]]:
        found: List[Any] = []
        omitted = False
        for item in template:
            value, is_given = self._entry(item)
            if not is_given:
                omitted = True
            elif isinstance(item, Mapping) and set(item) == _EACH:
                found.extend(value)
            else:
                found.append(value)
        return None if omitted and not found else found

    def _text(self, template: str) -> Any:
        alone = _ALONE.match(template)
        if alone:
            return self._value(alone.group(1))
        missing: List[str] = []
        has_value = False

        def piece(found: "re.Match[str]") -> str:
            nonlocal has_value
            name = found.group(1)
            if name is None:
                return found.group()[0]
            value = self._value(name)
            if value is None:
                missing.append(name)
                return ""
            has_value = True
            return sent_text(value) or ""

        text = _PIECE.sub(piece, template)
        if missing and has_value:
            # Without the text, the values that it also has would be lost.
            raise Unsendable(Obstacle.PART, self._operation, missing[0])
        return None if missing else text

    def _value(self, name: str) -> Any:
        self.used.add(name)
        value = self._values.get(name)
        if isinstance(value, str):
            _check_text(name, value, self._unsendable)
        return value

    def _mapped(self, template: Mapping[str, Any]) -> Any:
        name = str(template["field"])
        value = self._value(name)
        if value is None:
            return None
        if "values" in template:
            table = {wire_text(key): item for key, item in template["values"].items()}
            text = wire_text(value)
            if text not in table:
                raise self._no_meaning(name, value)
            value = table[text]
        kind = template.get("as")
        if kind != "number":
            return sent_text(value) if kind == "text" else value
        number = as_integer(value)
        if number is None:
            raise self._no_meaning(name, value)
        return number

    def _no_meaning(self, field: str, value: Any) -> "Unsendable":
        shown = "-" if "password" in field else wire_text(value) or kind_of(value)
        return Unsendable(Obstacle.VALUE, self._operation, field, value=shown)

    def _each(self, template: Mapping[str, Any]) -> Optional[List[Any]]:
        name = str(template["each"])
        rows = self._value(name)
        if rows is None:
            return None
        if not rows and self._unsendable is _NOT_XML:
            # XML says "no rows" as it says nothing about rows.
            raise _no_place(self._operation, name + ": []")
        found = []
        for row in rows:
            own = dict(row)
            inner = _Template(self._operation, {**self._values, **own}, self._unsendable)
            value, is_given = inner._entry(template["row"])
            found += [value] if is_given else []
            for key, value in own.items():
                if value is not None and key not in inner.used:
                    raise _no_place(self._operation, "{0}.{1}".format(name, key))
            self.used |= inner.used - set(own)
        return found


def _check_text(name: str, text: str, unsendable: "re.Pattern[str]") -> None:
    found = unsendable.search(text)
    if found:
        character = "U+{0:04X}".format(ord(found.group()))
        raise OptionError("text_unsendable", option=name, character=character)


def sent_text(value: Any) -> Optional[str]:
    """Return a value as text that is sent; unlike text of a server, it is not changed in any way."""
    return value if isinstance(value, str) else wire_text(value)


def _no_place(operation: str, field: str) -> Unsendable:
    return Unsendable(Obstacle.FIELD, operation, field)


def encode(operation: str, call: Call, values: Mapping[str, Any]) -> Tuple[str, Optional[bytes]]:
    """Return (content type, body) for ``values``, by the field names of the collection; omit None values.

    A value that the call has no place for raises Unsendable. Only a ``username`` can have none.
    """
    template = _Template(operation, values, _NOT_XML if call.encoding == "xml" else _NOT_TEXT)
    filled = template.filled(call.body) if call.encoding != "none" else None
    for text in (call.path, *(text for _name, text in call.query), *call.headers.values()):
        template.filled(text)
    for field, value in values.items():
        if value is not None and field not in template.used and field != "username":
            raise _no_place(operation, field)
    if call.encoding == "none":
        return "", None
    if call.encoding == "xml":
        # The root element is sent even if nothing is in it.
        filled = {**dict.fromkeys(call.body), **(filled or {})}
    body = {} if filled is None else filled
    return ENCODERS[call.encoding](body if call.encoding == "json" else _texts(body))


def target_of(base_path: str, call: Call, values: Mapping[str, Any], extra: Mapping[str, str]) -> str:
    """Return path and query of a call with quoted values; ``extra`` are further parameters of the query."""
    texts = {name: sent_text(value) for name, value in values.items()}
    for name, text in texts.items():
        _check_text(name, text or "", _NOT_TEXT)
    quoted = {name: quote(text, safe="") for name, text in texts.items() if text is not None}
    query = [(name, _quoted_into(text, quoted)) for name, text in call.query]
    query += [(name, quote(value, safe="")) for name, value in extra.items()]
    text = "&".join("{0}={1}".format(quote(name, safe=""), value) for name, value in query)
    return base_path + _quoted_into(call.path, quoted, True) + ("?" + text if text else "")


def _quoted_into(template: str, quoted: Mapping[str, str], in_path: bool = False) -> str:
    """Fill quoted values into a path or query. The literal text is quoted only in a query."""
    pieces: List[str] = []
    end = 0
    for found in _PIECE.finditer(template):
        literal = template[end : found.start()]
        pieces.append(literal if in_path else quote(literal, safe="/:,@-._~!$'()*"))
        pieces.append(found.group()[0] if found.group(1) is None else quoted.get(found.group(1), ""))
        end = found.end()
    return "".join(pieces) + (template[end:] if in_path else quote(template[end:], safe="/:,@-._~!$'()*"))


def check_params(params: Mapping[str, str]) -> None:
    """Reject values that would change the path of a request."""
    for name, value in params.items():
        if value in ("", ".", ".."):
            raise OptionError(
                "option_invalid", option=name, expected="the name or id of something", got=value
            )


def headers_of(call: Call, values: Mapping[str, Any]) -> Dict[str, bytes]:
    """Return the headers of a call in UTF-8; raises OptionError for a value with control characters."""
    template = _Template("", values, _NOT_HEADER)
    filled = {name: template.filled(text) for name, text in call.headers.items()}
    return {name: str(value).encode("utf-8") for name, value in filled.items() if value is not None}


def _json(body: Any) -> Tuple[str, bytes]:
    return "application/json", json.dumps(body, ensure_ascii=False).encode("utf-8")


def _form(body: Mapping[str, Any]) -> Tuple[str, bytes]:
    pairs = {name: value or "" for name, value in body.items()}
    return "application/x-www-form-urlencoded", urlencode(pairs).encode("ascii")


def _texts(value: Any) -> Any:
    """Return the values of a filled template as the texts that are sent; a file stays as it is."""
    if isinstance(value, Mapping):
        return {name: _texts(item) for name, item in value.items()}
    return list(map(_texts, value)) if isinstance(value, list) else sent_text(value) or value


#: ``tasks.py`` adds those that only writes have.
ENCODERS: Dict[str, Encoder] = {"json": _json, "form": _form}
