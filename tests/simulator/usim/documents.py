# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents of a VMS, which the real one writes as XML or converts from XML to JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

LIST = "list"  # the root of every list
XML, JSON = "application/xml", "application/json"
_PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


@dataclass(frozen=True)
class Document:
    """One answer: its root element and its contents.

    A list in ``body`` is a repeated element, a key that begins with ``@`` an attribute. ``bare``: in JSON
    it is an array, whatever the number of rows; ``xml_names`` are other spellings in XML.
    """

    root: str
    body: Mapping[str, object]
    bare: bool = False
    xml_names: Mapping[str, str] = field(default_factory=dict)

    def as_json(self, lists: str | None = None) -> str:
        """Return JSON. ``lists`` is another form of all lists: ``bare``, under ``data``, or ``keyed``."""
        form = lists if lists is not None and self.root == LIST else "bare" if self.bare else "keyed"
        body: object = _converted(self.body)
        if form != "keyed":
            rows = [row for value in self.body.values() if isinstance(value, list) for row in value]
            body = rows if form == "bare" else {"data": rows}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    def as_xml(self) -> str:
        return _PROLOG + _element(self.root, self.body, self.xml_names)


def _converted(value: object) -> object:
    """Return a value as the conversion leaves it: one row is the row itself, no row omits the key."""
    if isinstance(value, Mapping):
        return {key: _converted(item) for key, item in value.items() if item != []}
    if isinstance(value, list):
        return _converted(value[0]) if len(value) == 1 else [_converted(item) for item in value]
    return value


def _element(name: str, value: object, names: Mapping[str, str]) -> str:
    name = names.get(name, name)
    if isinstance(value, list):
        return "".join(_element(name, item, names) for item in value)
    if not isinstance(value, Mapping):
        return f"<{name}>{escape(_text(value))}</{name}>"
    attributes = "".join(
        f" {key[1:]}={quoteattr(_text(item))}" for key, item in value.items() if key.startswith("@")
    )
    inner = "".join(_element(key, item, names) for key, item in value.items() if not key.startswith("@"))
    return f"<{name}{attributes}>{inner}</{name}>"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def wants_xml(accept: str, always: str | None, xml_first: bool) -> bool:
    """Return whether a request gets XML: without ``Accept`` or with a wildcard the real one answers XML.

    ``always`` is the only format of the release, if it has one; ``xml_first`` prefers XML where both will do.
    """
    if always is not None:
        return always == "xml"
    if JSON not in accept:
        return True
    return xml_first and any(kind in accept for kind in (XML, "*/*"))
