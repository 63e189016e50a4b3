# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encodings of a body that only writes have: multipart with a file, and XML. All values are texts.

A file is a tuple of its name and its bytes.
"""

from __future__ import annotations

import secrets
from typing import Any, List, Mapping, Tuple

# The module of the standard library that escapes XML also loads a second HTTP client.
_IN_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_IN_ATTRIBUTES = {**_IN_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


def multipart(body: Mapping[str, Any]) -> Tuple[str, bytes]:
    """Return the parts with their raw bytes, because a transfer encoding would change signed content."""
    boundary = _boundary([value[1] for value in body.values() if isinstance(value, tuple)])
    parts: List[bytes] = []
    for name, value in body.items():
        where = 'name="{0}"'.format(_quoted(name))
        if isinstance(value, tuple):
            where += '; filename="{0}"'.format(_quoted(value[0]))
            parts.append(_part(boundary, where, "application/octet-stream", value[1]))
        else:
            parts.append(_part(boundary, where, "", (value or "").encode("utf-8")))
    end = "--{0}--\r\n".format(boundary).encode("ascii")
    return "multipart/form-data; boundary={0}".format(boundary), b"".join(parts) + end


def _part(boundary: str, where: str, content_type: str, content: bytes) -> bytes:
    head = "--{0}\r\nContent-Disposition: form-data; {1}\r\n".format(boundary, where)
    if content_type:
        head += "Content-Type: {0}\r\n".format(content_type)
    return head.encode("utf-8") + b"\r\n" + content + b"\r\n"


def _boundary(contents: List[bytes]) -> str:
    while True:
        boundary = secrets.token_hex(24)
        if not any(boundary.encode("ascii") in content for content in contents):
            return boundary


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def xml(body: Mapping[str, Any]) -> Tuple[str, bytes]:
    """Return the element that the only key of ``body`` names, with its attributes, elements and text."""
    elements = "".join(_elements(str(name), value) for name, value in body.items())
    text = '<?xml version="1.0" encoding="UTF-8"?>' + elements
    return "application/xml; charset=utf-8", text.encode("utf-8")


def _elements(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_elements(name, item) for item in value)
    attributes = ""
    content = ""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key.startswith("@"):
                attributes += ' {0}="{1}"'.format(key[1:], _escaped(item, _IN_ATTRIBUTES))
            elif key == "$":
                content += _escaped(item, _IN_TEXT)
            else:
                content += _elements(key, item)
    else:
        content = _escaped(value, _IN_TEXT)
    return (
        "<{0}{1}>{2}</{0}>".format(name, attributes, content)
        if content
        else "<{0}{1}/>".format(name, attributes)
    )


def _escaped(value: Any, table: Mapping[str, str]) -> str:
    return "".join(table.get(character, character) for character in value or "")
