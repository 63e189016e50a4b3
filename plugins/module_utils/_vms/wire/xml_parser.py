# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse XML responses into the structures of JSON, without document types and entities.

``<list><host/></list>`` is ``("list", {"host": None})``. An element that occurs several times is a list, an
attribute is ``@name``, an element with text only is its text, text beside elements or attributes is ``$``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, NoReturn, Optional, Sequence, Tuple
from xml.parsers import expat

DEEPEST = 64
MOST_ELEMENTS = 1_000_000
MOST_ATTRIBUTES = 64
_LONGEST_NAME = 128

_ENTITY = re.compile(r"&([^;&<\s]{1,40});")
# Codes of expat for a document that ends too early.
_CUT_OFF = (
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
)
_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]


class NotXml(ValueError):
    """The text is not XML that is read here; ``reason`` names what is wrong. ``cut_off`` if it ends early."""

    def __init__(self, reason: str, cut_off: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cut_off = cut_off


def _no_children() -> Dict[str, List[Any]]:
    return {}


@dataclass
class _Element:
    """An element that is being read: its attributes and children by name, and its text."""

    name: str
    is_nil: bool = False
    children: Dict[str, List[Any]] = field(default_factory=_no_children)
    texts: List[str] = field(default_factory=list)

    def value(self) -> Any:
        text = "".join(self.texts)
        if self.is_nil:
            return None
        if not self.children:
            return text if text.strip() else None
        found = {name: items[0] if len(items) == 1 else items for name, items in self.children.items()}
        if text.strip():
            found["$"] = text.strip()
        return found


class _Builder:
    """Handlers of expat that build the value of the root element."""

    def __init__(self) -> None:
        self.root: Tuple[str, Any] = ("", None)
        self._open: List[_Element] = []
        self._count = 0

    def start(self, name: str, attributes: Sequence[str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST:
            raise NotXml("elements deeper than {0}".format(DEEPEST))
        if self._count > MOST_ELEMENTS:
            raise NotXml("more than {0} elements".format(MOST_ELEMENTS))
        if len(attributes) > 2 * MOST_ATTRIBUTES:
            raise NotXml("an element with more than {0} attributes".format(MOST_ATTRIBUTES))
        element = _Element(_local(name))
        for key, value in zip(attributes[::2], attributes[1::2]):
            self._add_attribute(element, key, value)
        self._open.append(element)

    def _add_attribute(self, element: _Element, name: str, value: str) -> None:
        if name == "xmlns" or name.startswith("xmlns:"):
            return
        if name == "xsi:nil":
            element.is_nil = value.strip() in ("true", "1")
            return
        element.children["@" + _bounded(name)] = [value]

    def end(self, _name: str) -> None:
        element = self._open.pop()
        if self._open:
            self._open[-1].children.setdefault(element.name, []).append(element.value())
        else:
            self.root = (element.name, element.value())

    def text(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def doctype(
        self, name: str, _system: Optional[str], _public: Optional[str], _has_subset: int
    ) -> NoReturn:
        raise NotXml("the document type {0}".format(_bounded(name)))


def _local(name: str) -> str:
    """Return the name of an element without its namespace prefix."""
    return _bounded(name).rpartition(":")[2]


def _bounded(name: str) -> str:
    if len(name) > _LONGEST_NAME:
        raise NotXml("a name of {0} characters".format(len(name)))
    return name


def parse_xml(text: str) -> Tuple[str, Any]:
    """Return the name and the value of the root element of a decoded text; raises NotXml."""
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        # A lone surrogate cannot be encoded, and is not a character of XML.
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        raise _problem(error, text) from None
    except UnicodeEncodeError:
        raise NotXml("an invalid character") from None
    return builder.root


def _problem(error: expat.ExpatError, text: str) -> NotXml:
    if error.code == _UNDEFINED_ENTITY:
        named = _ENTITY.search(text.split("\n")[error.lineno - 1] if error.lineno else text, error.offset)
        return NotXml("the entity {0}".format(named.group(1) if named else "that is not defined"))
    reason = "{0} (line {1})".format(expat.ErrorString(error.code), error.lineno)
    return NotXml(reason, cut_off=error.code in _CUT_OFF)
