# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read typed values from a HostFacts tree; each is known, or unknown with a reason and JSON pointers.

Values are not guessed. A value of the wrong type is unknown with reason ``type``, a value that cannot be
parsed with reason ``value``, a time without a zone with reason ``zone``, null with reason ``null``. A pointer
that the tree lists under ``unknown`` is unknown even if the tree has a value there. Alternative spellings are
those of ``normalize_arch`` and ``normalize_count``.
"""

from __future__ import annotations

import datetime as dt
import enum
import json
from dataclasses import dataclass
from typing import (
    Callable,
    Dict,
    Generic,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
)

from ..._facts import (
    CONFLICT,
    ZONE,
)
from ..._interval import (
    Unknown,
)
from ..._pointer import (
    lookup,
    split,
)
from ..._time import NEVER, End, lacks_zone
from ..values.license_row import (
    normalize_arch,
    normalize_count,
)
from ..values.model import (
    Arch,
    word,
)
from ..values.periods import NEVER_TEXT, read_fact_time

#: Reasons why a fact is unknown.
UNKNOWN_REASONS = (
    "absent",
    "empty",
    "null",
    "type",
    "value",
    "conflict",
    "zone",
    "stale",
    "future",
    "unreachable",
    "gather_error",
    "login_refused",
    "out_of_scope",
    "slice_missing",
)


_T = TypeVar("_T")
_U = TypeVar("_U")
_Word = TypeVar("_Word", bound=enum.Enum)

# Reasons for a value that is present but could not be parsed.
_UNPARSED = frozenset(("type", "value"))


@dataclass(frozen=True)
class Fact(Generic[_T]):
    """A value, or None with the reason why it is unknown."""

    value: Optional[_T]
    unknown: Optional[Unknown] = None

    @property
    def known(self) -> bool:
        return self.unknown is None


def known(value: _T) -> "Fact[_T]":
    return Fact(value)


def unite(causes: Iterable[Optional[Unknown]]) -> Optional[Unknown]:
    """Return the causes merged into one: the first reason and all distinct pointers; None without causes."""
    found: List[Unknown] = [cause for cause in causes if cause is not None]
    if not found:
        return None
    pointers = tuple(dict.fromkeys(pointer for cause in found for pointer in cause.because))
    return Unknown(found[0].reason, pointers)


class Reader:
    """Reads typed values from ``facts`` by JSON pointer."""

    def __init__(self, facts: Mapping[str, object]) -> None:
        self._facts = facts
        listed = facts.get("unknown")
        self.listed: Dict[str, Unknown] = {}
        if isinstance(listed, Mapping):
            for pointer, entry in listed.items():
                if isinstance(pointer, str):
                    self.listed[pointer] = _listed(pointer, entry)
        self._below: Dict[str, List[str]] = {}
        for pointer in self.listed:
            parent, _slash, name = pointer.rpartition("/")
            self._below.setdefault(parent, []).append(name)

    def listed_reason(self, pointer: str) -> Optional[Unknown]:
        """Return the cause in the tree's ``unknown`` map for the pointer or the nearest parent of it."""
        at = pointer
        while at:
            cause = self.listed.get(at)
            if cause is not None:
                return cause
            at = at.rpartition("/")[0]
        return None

    def lists_below(self, pointer: str) -> bool:
        return pointer in self._below

    def names_below(self, pointer: str) -> Sequence[str]:
        """Return the names of the members of ``pointer`` that are listed as unknown."""
        return self._below.get(pointer, ())

    def raw(self, pointer: str) -> "Fact[object]":
        """Return the value at ``pointer``; unknown if it is listed as unknown, missing or null."""
        cause = self.listed_reason(pointer)
        if cause is not None:
            return Fact(None, cause)
        value: object = self._facts
        for step in split(pointer):
            if not isinstance(value, Mapping) or step not in value:
                return Fact(None, Unknown("absent", (pointer,)))
            value = value[step]
            if value is None:
                return Fact(None, Unknown("null", (pointer,)))
        return Fact(value)

    def has(self, pointer: str) -> bool:
        """Return False if the value is known to be absent: missing and not listed as unknown."""
        fact = self.raw(pointer)
        return fact.known or fact.unknown != Unknown("absent", (pointer,)) or pointer in self.listed

    def stated(self, pointer: str) -> object:
        """Return the value at ``pointer`` even if it is listed as contradicted; None if there is none."""
        cause = self.listed_reason(pointer)
        if cause is not None and cause.reason != CONFLICT:
            return None
        return lookup(self._facts, pointer)

    def read(self, pointer: str, accept: Callable[[object], Optional[_U]]) -> "Fact[_U]":
        """Return the value converted by ``accept``; unknown if ``accept`` returns None."""
        fact = self.raw(pointer)
        if not fact.known:
            return Fact(None, fact.unknown)
        value = accept(fact.value)
        return Fact(None, Unknown(_reason(fact.value, accept), (pointer,))) if value is None else Fact(value)

    def text(self, pointer: str) -> "Fact[str]":
        return self.read(pointer, as_text)

    def count(self, pointer: str) -> "Fact[int]":
        return self.read(pointer, as_count)

    def flag(self, pointer: str) -> "Fact[bool]":
        return self.read(pointer, as_flag)

    def word(self, pointer: str, kind: Type[_Word]) -> "Fact[_Word]":
        return self.read(pointer, as_word(kind))

    def instant(self, pointer: str) -> "Fact[dt.datetime]":
        return self.read(pointer, read_fact_time)

    def end(self, pointer: str) -> "Fact[End]":
        return self.read(pointer, as_end)


def _listed(pointer: str, entry: object) -> Unknown:
    reason = entry.get("reason") if isinstance(entry, Mapping) else None
    because = entry.get("because") if isinstance(entry, Mapping) else None
    pointers = tuple(item for item in because if isinstance(item, str)) if isinstance(because, list) else ()
    return Unknown(reason if isinstance(reason, str) else "absent", pointers or (pointer,))


class FactRow:
    """Reads the fields of one list item; fields that are listed as unknown stay unknown."""

    def __init__(self, reader: Reader, pointer: str, value: object) -> None:
        self.pointer = pointer
        self._item_cause = reader.listed.get(pointer)
        self._fields: Mapping[object, object] = value if isinstance(value, Mapping) else {}
        self._malformed = not isinstance(value, Mapping)
        # Skip the lookup of each field for items without listed fields, which are most of them.
        self._listed = reader.listed if reader.lists_below(pointer) else {}
        self._names = reader.names_below(pointer)

    @property
    def content(self) -> str:
        """Canonical JSON of the item, for comparison with other items.

        An item with a value that could not be parsed is different from every other item.
        """
        listed = {name: self._listed[self.pointer + "/" + name].reason for name in self._names}
        reasons = [*listed.values(), *(() if self._item_cause is None else (self._item_cause.reason,))]
        distinct = self.pointer if self._malformed or _UNPARSED.intersection(reasons) else ""
        fields = {str(name): value for name, value in self._fields.items()}
        item_reason = None if self._item_cause is None else self._item_cause.reason
        return json.dumps([distinct, fields, listed, item_reason], sort_keys=True, default=repr)

    def states(self, name: str) -> bool:
        """Return True if the item has the field ``name`` or lists it as unknown."""
        return name in self._fields or self.pointer + "/" + name in self._listed

    def read(self, name: str, accept: Callable[[object], Optional[_U]]) -> "Fact[_U]":
        """Return one field of the item like ``Reader.read``."""
        cause = self._item_cause
        if cause is None and self._listed:
            cause = self._listed.get(self.pointer + "/" + name)
        if cause is not None:
            return Fact(None, cause)
        if name not in self._fields:
            reason = "type" if self._malformed else "absent"
            return Fact(None, Unknown(reason, (self.pointer + "/" + name,)))
        value = self._fields[name]
        if value is None:
            return Fact(None, Unknown("null", (self.pointer + "/" + name,)))
        accepted = accept(value)
        if accepted is None:
            return Fact(None, Unknown(_reason(value, accept), (self.pointer + "/" + name,)))
        return Fact(accepted)


def rows(reader: Reader, pointer: str) -> "Tuple[List[FactRow], Optional[Unknown]]":
    """Return the items of a list and the cause why there may be further items (None: complete).

    A list is either plain, and then complete, or ``{complete, items}``. The pointer ``-`` below a list,
    listed as unknown, stands for further items (RFC 6901): the list is then incomplete.
    """
    fact = reader.raw(pointer)
    if not fact.known:
        return [], fact.unknown
    cause = None
    listed: object = fact.value
    if isinstance(listed, Mapping):
        if listed.get("complete") is not True:
            cause = reader.listed.get(pointer + "/items") or Unknown("absent", (pointer + "/items",))
        pointer += "/items"
        cause = cause or reader.listed.get(pointer)
        listed = listed.get("items", [])
    if not isinstance(listed, (list, tuple)):
        return [], Unknown("type", (pointer,))
    further = reader.listed.get(pointer + "/-")
    if further is not None:
        cause = cause or Unknown(further.reason, (pointer,))
    return [
        FactRow(reader, "{0}/{1}".format(pointer, index), item) for index, item in enumerate(listed)
    ], cause


def as_text(value: object) -> Optional[str]:
    return value if isinstance(value, str) and value else None


def as_count(value: object) -> Optional[int]:
    """Return an integer of at least 0, also from decimal text, else None; booleans are not accepted."""
    value = normalize_count(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def as_positive(value: object) -> Optional[int]:
    """Return an integer of at least 1, else None; every host has a CPU, so 0 sockets is invalid."""
    count = as_count(value)
    return count if count else None


def as_flag(value: object) -> Optional[bool]:
    return value if isinstance(value, bool) else None


def as_word(kind: Type[_Word]) -> Callable[[object], Optional[_Word]]:
    if kind is Arch:
        return lambda value: word(kind, normalize_arch(value))
    return lambda value: word(kind, value)


def as_end(value: object) -> Optional[End]:
    return NEVER if value == NEVER_TEXT else read_fact_time(value)


_TIMES = (as_end, read_fact_time)
_TYPES: Mapping[object, type] = {as_count: int, as_positive: int, as_flag: bool}


def _reason(value: object, accept: object) -> str:
    """Return why a value was not accepted: ``type`` for a wrong type, ``value`` for an invalid value.

    A timestamp without a time zone has the reason ``zone``.
    """
    if accept in _TIMES and lacks_zone(value):
        return ZONE
    if isinstance(value, bool) or accept is as_flag:
        return "type"
    return "value" if isinstance(value, (str, _TYPES.get(accept, str))) else "type"
