# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree of facts under construction: each fact is known, or listed as unknown with its reason."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from ._errors import Reason

ABSENT = "absent"
TYPE = "type"
CONFLICT = "conflict"
ZONE = "zone"
UNREACHABLE = "unreachable"
GATHER_ERROR = "gather_error"
LOGIN_REFUSED = "login_refused"

#: An entry of the map ``unknown``: ``reason``, and where they are known ``because``, ``low``, ``high`` and
#: ``values``, which cannot be read.
UnknownEntry = Dict[str, object]


def unknown_entry(reason: Optional[str] = None) -> UnknownEntry:
    """Return the entry of an unknown fact, by default with the reason ``absent``."""
    entry: UnknownEntry = {"reason": str(reason or ABSENT)}
    if isinstance(reason, Reason):
        entry["values"] = [reason.found]
    return entry


def split(pointer: str) -> List[str]:
    """Return the unescaped steps of a pointer, as strings."""
    if not pointer:
        return []
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


class FactTree:
    """A tree of facts: ``facts`` are known, ``unknown`` has an entry by JSON pointer for each other fact."""

    def __init__(self) -> None:
        self.facts: Dict[str, Any] = {}
        self.unknown: Dict[str, UnknownEntry] = {}

    def put(self, pointer: str, value: object) -> None:
        """Set the fact at ``pointer``; missing objects on the path are created.

        Raises TypeError if a value on the path is not an object.
        """
        *parents, last = split(pointer)
        node = self.facts
        for step in parents:
            child = node.setdefault(step, {})
            if not isinstance(child, dict):
                raise TypeError(pointer)
            node = child
        node[last] = value
        self.unknown.pop(pointer, None)

    def miss(self, pointer: str, reason: Optional[str] = None) -> None:
        """Mark the fact at ``pointer`` as unknown."""
        self.unknown[pointer] = unknown_entry(reason)

    def put_or_miss(self, pointer: str, value: object, reason: Optional[str] = None) -> None:
        """Set a fact, or mark it as unknown if ``value`` is None."""
        if value is None:
            self.miss(pointer, reason)
        else:
            self.put(pointer, value)

    def get(self, pointer: str) -> Any:
        """Return a known fact, None if there is none."""
        value: Any = self.facts
        for step in split(pointer):
            if not isinstance(value, Mapping) or step not in value:
                return None
            value = value[step]
        return value

    def reason(self, pointer: str) -> Optional[str]:
        """Return why the fact at ``pointer`` is unknown; None if it is not listed."""
        entry = self.unknown.get(pointer)
        return None if entry is None else str(entry["reason"])

    def unknown_above(self, pointer: str) -> Optional[str]:
        """Return the pointer of the unknown fact at or above ``pointer``; None if there is none."""
        ends = [at for at, character in enumerate(pointer) if character == "/" and at] + [len(pointer)]
        above = (pointer[:end] for end in ends)
        return next((found for found in above if found in self.unknown), None)

    def row(
        self, pointer: str, values: Mapping[str, object], unknown: Mapping[str, str]
    ) -> Dict[str, object]:
        """Return the known values of the list row at ``pointer``; mark those in ``unknown`` as unknown."""
        for name, reason in unknown.items():
            self.miss("{0}/{1}".format(pointer, name), reason)
        return {name: value for name, value in values.items() if value is not None}

    def document(self) -> Dict[str, Any]:
        """Return the facts with their ``unknown`` map."""
        return {**self.facts, "unknown": dict(self.unknown)}
