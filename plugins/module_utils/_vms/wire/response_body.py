# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decode and parse the body of a response: JSON or XML, in the encoding that the server states.

A key that occurs twice, a number that is not finite and text in another encoding are errors.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import Any, Dict, Optional, Sequence, Tuple

from ..._text import printable
from .response import Response
from .xml_parser import NotXml, parse_xml

_LONGEST_NUMBER = 40
_LONGEST_TEXT = 400
_LITERALS = ("true", "false", "null", "-", "\\")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,80}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")

_UTF_8 = "utf-8"
# GBK and GB 2312 are parts of GB 18030; servers often name one and send another.
_ENCODINGS = {
    "utf-8": _UTF_8,
    "utf8": _UTF_8,
    "us-ascii": _UTF_8,
    "ascii": _UTF_8,
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "cp936": "gb18030",
    "big5": "big5",
    "utf-16": "utf-16",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
    "windows-1252": "cp1252",
}
# These decode any bytes, and some servers name them for every response, so UTF-8 counts first.
_DECODE_ANYTHING = ("latin-1", "cp1252")


class NotJson(ValueError):
    """The text is not JSON. ``problem`` is ``html``, ``truncated`` or ``not_json``."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class UnreadableBody(ValueError):
    """A body that cannot be read.

    ``problem`` is the end of the code of its message; ``reason`` names what XML has that is not read.
    """

    def __init__(self, problem: str, content_type: str, encoding: str, reason: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.content_type = content_type
        self.encoding = encoding
        self.reason = reason


def parse_body(response: Response, expected: str = "any") -> Any:
    """Return the parsed body of a response, None for an empty one; raises UnreadableBody."""
    return read_body(response, expected)[1]


def read_body(response: Response, expected: str = "any") -> Tuple[Optional[str], Any]:
    """Return the name of the root element ("" of JSON, None of an empty body) and the parsed body.

    ``expected`` is one of ``FORMATS``. Servers often state another type than their content has.
    """
    content_type, charset = _content_type(response)
    text, encoding = _decoded(response.body, charset)
    if text is None:
        raise UnreadableBody("encoding", content_type, encoding)
    content = text.strip().lstrip("\ufeff")
    if not content:
        return None, None
    if _HTML.match(content) or (content.startswith("<") and "html" in content_type.lower()):
        raise UnreadableBody("html", content_type, encoding)
    if content.startswith("<"):
        if expected == "json":
            raise UnreadableBody("xml", content_type, encoding)
        return _xml(content, content_type, encoding)
    if expected == "xml":
        raise UnreadableBody("not_xml", content_type, encoding, reason="another format")
    try:
        return "", parse_json_text(content)
    except NotJson as error:
        raise UnreadableBody(error.problem, content_type, encoding) from None


def _xml(content: str, content_type: str, encoding: str) -> Tuple[str, Any]:
    try:
        return parse_xml(content)
    except NotXml as error:
        problem = "truncated" if error.cut_off else "not_xml"
        raise UnreadableBody(problem, content_type, encoding, printable(error.reason)) from None


def _content_type(response: Response) -> Tuple[str, str]:
    # It may repeat a secret, which is masked before the text is shortened for a message.
    charset = response.header_part(lambda headers: headers.get_content_charset())
    return printable(response.header("Content-Type")) or "no content type", charset.lower()


def _decoded(body: bytes, charset: str) -> Tuple[Optional[str], str]:
    """Return (text, encoding); the text is None if it is neither in the stated encoding nor in UTF-8."""
    declared = _XML_ENCODING.match(body[:200])
    # A declaration that can be read before decoding is not in UTF-16, whatever it states.
    in_text = declared.group(1).decode("ascii").lower() if declared else ""
    stated = charset or ("" if in_text.startswith("utf-16") else in_text)
    encoding = _ENCODINGS.get(stated, _UTF_8)
    order = (_UTF_8, encoding) if encoding in _DECODE_ANYTHING else (encoding, _UTF_8)
    for name in order:
        try:
            return body.decode("utf-8-sig" if name == _UTF_8 else name), _known(stated)
        except UnicodeDecodeError:
            continue
    return None, _known(stated)


def _known(encoding: str) -> str:
    """Return the name of an encoding; other text of a server may be anything."""
    try:
        return codecs.lookup(encoding or _UTF_8).name
    except (LookupError, ValueError):
        return "an unknown encoding"


def parse_json_text(text: str) -> Any:
    """Return the parsed JSON of ``text``, None for an empty one; raises NotJson."""
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
        if len(digits) > _LONGEST_TEXT:
            raise ValueError("a number of {0} characters".format(len(digits)))
        if len(digits) > _LONGEST_NUMBER:
            # No count has as many digits, but the serial number of a certificate may.
            return digits
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
