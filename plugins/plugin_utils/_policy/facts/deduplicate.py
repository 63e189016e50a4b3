# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts made plain without a walk in Python: most hosts of a fleet say what another one has said already."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..base.errors import FactsError
from ..documents.plain_data import normalise

#: With fewer of these in it, no text is a template.
TEMPLATE_MARKS = ("{{", "{%", "{#")
#: Fact sets that are remembered. Real fleets hold few; where every host differs nothing is won by more.
MOST = 1024
#: Whom facts are about and when they were read is told by each host for itself.
_OWN = frozenset(("subject", "source"))

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Walk = Callable[[object], object]


class Distinct:
    """Remembers plain data by its JSON text.

    A value is taken for the plain data that its JSON stands for only where it equals it, so keys that are no
    text, NaN, tuples and whatever else JSON would change go to ``walk``, as do values that are no facts and
    text that may be a template.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._known: dict[str, Any] = {}

    def plain(self, facts: object) -> object:
        """``facts`` without tags, equal parts shared between hosts; what ``walk`` makes of it otherwise."""
        if not isinstance(facts, Mapping):
            return self._walk(facts)
        shared = self._read({name: value for name, value in facts.items() if name not in _OWN}, self._known)
        if shared is None:
            return self._walk(facts)
        # The order is the host's: that of the shared part is the same, its names are plain.
        names = iter(shared)
        found: dict[str, Any] = {}
        for name, value in facts.items():
            if name in _OWN:
                own = self._read(value, {})
                found[str.__str__(name)] = self._walk(value) if own is None else own
            else:
                plain = next(names)
                found[plain] = shared[plain]
        return found

    def _read(self, value: object, known: dict[str, Any]) -> Any:
        """Plain data equal to ``value``, None where its JSON is not the same or may hold a template."""
        try:
            text = _encode(value)
        except (TypeError, ValueError, RecursionError):
            return None
        found = known.get(text)
        if found is None:
            if any(mark in text for mark in TEMPLATE_MARKS):
                return None
            try:
                found = normalise(json.loads(text))
            except FactsError:
                return None
            if len(known) < MOST:
                known[text] = found
        return found if found == value else None
