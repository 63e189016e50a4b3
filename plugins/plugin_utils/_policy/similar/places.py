# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the places of texts in a value, and exchange the texts there.

Values are plain data and dataclasses. Fields of a dataclass that do not count in comparisons are left as they
are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

#: Where texts are in a value: the text itself, or the places below a key, an index or a field.
#: None: nowhere.
Places = str | dict[Any, Any] | None


class _Keys:
    """Where the places below a mapping have those of its keys that are texts themselves."""


_KEYS = _Keys()


def places_of(value: Any, texts: frozenset[str]) -> Places:
    """Return the places where ``value`` is one of ``texts``, also as the key of a mapping."""
    if isinstance(value, str):
        return str.__str__(value) if value in texts else None
    found: dict[Any, Any] = {
        at: inner for at, item in _children(value) if (inner := places_of(item, texts)) is not None
    }
    if isinstance(value, Mapping) and not texts.isdisjoint(value):
        found[_KEYS] = {name: name for name in value if name in texts}
    return found or None


def exchanged(value: Any, places: Places, texts: Mapping[str, str]) -> Any:
    """Return ``value`` with the text of each of its ``places`` exchanged; parts without any are shared."""
    if places is None:
        return value
    if isinstance(places, str):
        return texts[places]
    if isinstance(value, Mapping):
        mapping = dict(value)
        for name, inner in places.items():
            if name is not _KEYS:
                mapping[name] = exchanged(mapping[name], inner, texts)
        if _KEYS in places:
            return {texts.get(name, name): item for name, item in mapping.items()}
        return mapping
    if isinstance(value, (list, tuple)):
        items = list(value)
        for at, inner in places.items():
            items[at] = exchanged(items[at], inner, texts)
        return items if isinstance(value, list) else tuple(items)
    parts = {name: exchanged(getattr(value, name), inner, texts) for name, inner in places.items()}
    return dataclasses.replace(value, **parts)


def count_of(places: Places) -> int:
    """Return the number of places."""
    return sum(map(count_of, places.values())) if isinstance(places, dict) else int(places is not None)


def texts_in(value: Any) -> Iterator[str]:
    """Yield all texts of ``value``, also keys of mappings, and items of sets, which are not places."""
    if isinstance(value, str):
        yield str.__str__(value)
        return
    if isinstance(value, (Mapping, set, frozenset)):
        yield from (name for name in value if isinstance(name, str))
    for _at, item in _children(value):
        yield from texts_in(item)


def _children(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, (list, tuple)):
        yield from enumerate(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from ((name, getattr(value, name)) for name in _fields(type(value)))


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(kind) if each.compare)
