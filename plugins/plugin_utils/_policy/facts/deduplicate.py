# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert facts to plain data once per distinct content: most hosts of a fleet report equal facts.

This avoids a traversal of every host's facts in Python.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..base.errors import FactsError
from ..documents.plain_data import normalize

#: A text without any of these is not a template.
TEMPLATE_MARKS = ("{{", "{%", "{#")
#: Maximum number of cached fact sets. Real fleets have few; if every host differs, a larger cache is useless.
MOST = 1024
#: Root keys that differ from host to host: the subject, and when and how its facts were read.
_PER_HOST_KEYS = frozenset(("subject", "source"))

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Walk = Callable[[object], object]


class Distinct:
    """Cache of plain data, keyed by its JSON text.

    The plain data of a JSON text replaces a value only if both are equal. All other values go to ``walk``:
    keys that are not strings, NaN, tuples and whatever else JSON changes, values that are not facts, and text
    that may be a template.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._known: dict[str, Any] = {}

    def plain(self, facts: object) -> object:
        """Return ``facts`` without tags, equal parts shared between hosts; else the result of ``walk``."""
        if not isinstance(facts, Mapping):
            return self._walk(facts)
        shared = self._read(
            {name: value for name, value in facts.items() if name not in _PER_HOST_KEYS}, self._known
        )
        if shared is None:
            return self._walk(facts)
        # Keep the host's order of keys. The shared part has the same order, and its keys have no tags.
        names = iter(shared)
        found: dict[str, Any] = {}
        for name, value in facts.items():
            if name in _PER_HOST_KEYS:
                own = self._read(value, {})
                found[str.__str__(name)] = self._walk(value) if own is None else own
            else:
                plain = next(names)
                found[plain] = shared[plain]
        return found

    def _read(self, value: object, known: dict[str, Any]) -> Any:
        """Return plain data equal to ``value``; None if its JSON differs or may contain a template."""
        try:
            text = _encode(value)
        except (TypeError, ValueError, RecursionError):
            return None
        found = known.get(text)
        if found is None:
            if any(mark in text for mark in TEMPLATE_MARKS):
                return None
            try:
                found = normalize(json.loads(text))
            except FactsError:
                return None
            if len(known) < MOST:
                known[text] = found
        return found if found == value else None
