# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of one subject: plain data, and which values are unknown and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ....module_utils._facts import TYPE, ZONE
from ....module_utils._messages.catalog import LANGUAGES, render
from ....module_utils._pointer import MISSING, lookup, position, split
from ....module_utils._time import lacks_zone

MAX_DEPTH = 64
MAX_INTEGER = 2**63 - 1
#: Below a list, this step stands for further items that were not read (RFC 6901).
FURTHER = "/-"
#: Maximum number of unreadable values that one finding lists.
MOST_UNREAD = 20


@dataclass(frozen=True)
class Unread:
    """A value that is present but cannot be read. ``value`` is None if it may be a secret.

    ``use`` is the code and the fields of the text that describes accepted values. A code that begins with
    ``unread_`` is a sentence of its own about pointer and value, one that begins with ``sought_`` or
    ``map_`` about what is not there. With a ``reason`` there is no value: the own value that a FactMap
    reads is missing. ``own`` is the own pointer, ``fact_map`` the id of the map and
    ``node`` the node of a system that has, or does not have, the value; ``near`` is an own pointer that
    exists and resembles the one without a value. ``texts`` is a sentence by language that describes the value
    instead.
    """

    pointer: str
    value: str | None
    use: tuple[str, Mapping[str, object]]
    reason: str = ""
    own: str = ""
    fact_map: str = ""
    node: str = ""
    near: str = ""
    texts: Mapping[str, str] | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the value as findings contain it, with the message in every language."""
        found: dict[str, object] = {"pointer": self.pointer}
        if self.value is not None:
            found["value"] = self.value
        if self.own and not self.node:
            found["from"] = f"{self.fact_map}:{self.own}"
        return {**found, "message": {language: self._with_own(language) for language in LANGUAGES}}

    def _with_own(self, language: str) -> str:
        if self.reason:
            reason = render(f"reason_{self.reason}", {}, language)
            text = render("facts_own_missing", {"pointer": self.pointer, "reason": reason}, language)
        else:
            text = self._text(language)
        if not self.own:
            return text
        fields = {"text": text, "own": self.own, "map": self.fact_map, "node": self.node}
        text = render("facts_own_node" if self.node else "facts_own", fields, language)
        return render("did_you_mean", {"sentence": text, "hint": self.near}, language) if self.near else text

    def _text(self, language: str) -> str:
        if self.texts is not None:
            return self.texts[language]
        code, fields = self.use
        if code.startswith(("sought_", "map_")):
            return render(code, fields, language)
        if code.startswith("unread_") and self.value is not None:
            return render(code, {**fields, "pointer": self.pointer, "value": self.value}, language)
        what = render(code, fields, language) if code.startswith("use_") else ""
        code = "facts_unread" if self.value is not None else "facts_unread_secret"
        if not what:
            code += "_bare"
        return render(code, {"pointer": self.pointer, "value": self.value, "use": what}, language)


@dataclass(frozen=True)
class Facts:
    """A tree of facts, with the unknown pointers and the reason of each.

    ``unknown`` maps a pointer to its reason and covers everything below it. Lists in ``incomplete`` may have
    further items that were not read. ``bounds`` maps an unknown number to its least and greatest possible
    value, None for no such bound. ``because`` maps an unknown derived fact to the facts that would determine
    it. ``spans`` maps an unknown time to the earliest and the latest time that it may be, None for no latest.
    ``unread`` describes values that are present but cannot be read. ``mapped`` facts were read
    with a FactMap. ``above`` contains all parents of
    unknown pointers and incomplete lists.
    """

    tree: object
    unknown: Mapping[str, str] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()
    bounds: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    because: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: Mapping[str, Unread] = field(default_factory=dict)
    mapped: bool = False
    spans: Mapping[str, tuple[datetime, datetime | None]] = field(default_factory=dict)
    above: frozenset[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        ancestors: set[str] = set()
        for pointer in (*self.unknown, *self.incomplete):
            while pointer:
                pointer = pointer.rpartition("/")[0]
                ancestors.add(pointer)
        object.__setattr__(self, "above", frozenset(ancestors))

    def settled(self, pointer: str) -> bool:
        """Return whether everything at and below ``pointer`` is known."""
        return pointer not in self.unknown and pointer not in self.above and pointer not in self.incomplete

    def reason(self, pointer: str) -> str:
        """Return why ``pointer`` is unknown: its own reason or that of a parent; empty if it is known."""
        if pointer in self.incomplete:
            return self.unknown.get(pointer) or self.unknown.get(pointer + FURTHER, "absent")
        while True:
            if pointer in self.unknown:
                return self.unknown[pointer]
            if not pointer:
                return ""
            pointer = pointer.rpartition("/")[0]

    def gap(self, pointer: str) -> dict[str, object]:
        """Return an unknown fact as findings contain it.

        ``settled_by`` lists the other facts that would determine it, if there are any.
        """
        reason = self.reason(pointer)
        if not reason:
            # The value is there, but the check cannot be decided by it.
            stated = "value" if pointer in self.unread else TYPE
            reason = ZONE if lacks_zone(lookup(self.tree, pointer)) else stated
        entry: dict[str, object] = {"pointer": pointer, "reason": reason}
        settled_by = [name for name in self.because.get(pointer, ()) if name != pointer]
        if settled_by:
            entry["settled_by"] = sorted(settled_by)
        return entry

    def unread_among(self, pointers: Iterable[str]) -> list[dict[str, object]]:
        """Return the unreadable values of these facts, of their parents and of the facts they derive from."""
        found: dict[str, dict[str, object]] = {}
        named = [name for pointer in pointers for name in (pointer, *self.because.get(pointer, ()))]
        for pointer in named if self.unread else ():
            while pointer and pointer not in self.unread:
                pointer = pointer.rpartition("/")[0]
            if pointer in self.unread and pointer not in found:
                found[pointer] = self.unread[pointer].to_dict()
            if len(found) == MOST_UNREAD:
                break
        return list(found.values())

    def value(self, pointer: str) -> object:
        """Return the value at ``pointer``; MISSING if there is none or it is unknown."""
        if self.reason(pointer):
            return MISSING
        found = lookup(self.tree, pointer)
        return MISSING if found is None else found

    def tree_with_unknown(self) -> dict[str, object]:
        """Return the tree in the form that the licensing package reads: with its ``unknown`` map."""
        tree = dict(self.tree) if isinstance(self.tree, dict) else {}
        reasons = {pointer: {"reason": reason} for pointer, reason in sorted(self.unknown.items())}
        return {**tree, "unknown": reasons}


def is_further(tree: object, pointer: str) -> bool:
    """Return whether ``pointer`` stands for further items of a list at the root of ``tree``: ``/hosts/-``.

    Lists below the root state themselves whether they are complete.
    """
    name = pointer.removesuffix(FURTHER)
    return name != pointer and name.count("/") == 1 and isinstance(lookup(tree, name), list)


def incomplete_lists(tree: object, unknown: Iterable[str] = ()) -> frozenset[str]:
    """Return pointers to the lists that may have further items.

    These are ``items`` of lists whose ``complete`` is not true, and lists whose further items (``/hosts/-``)
    are ``unknown``.
    """
    found = {pointer[: -len(FURTHER)] for pointer in unknown if is_further(tree, pointer)}
    stack: list[tuple[object, str]] = [(tree, "")]
    while stack:
        value, pointer = stack.pop()
        if isinstance(value, dict):
            if isinstance(value.get("items"), list) and "complete" in value and value["complete"] is not True:
                found.add(pointer + "/items")
            stack.extend(
                (item, f"{pointer}/{name}") for name, item in value.items() if isinstance(item, dict)
            )
    return frozenset(found)


def with_value(tree: object, pointer: str, value: object) -> object:
    """Return a copy of ``tree`` with ``value`` at ``pointer``; MISSING removes it. Parents are created."""
    steps = split(pointer)
    if not steps:
        return {} if value is MISSING else value
    return _with(tree, steps, value)


def _with(tree: object, steps: list[str], value: object) -> object:
    head, rest = steps[0], steps[1:]
    index = position(head) if isinstance(tree, list) else None
    if isinstance(tree, list) and index is not None and index <= len(tree):
        items = list(tree)
        if not rest and value is MISSING:
            return items[:index] + items[index + 1 :]
        child = value if not rest else _with(items[index] if index < len(items) else {}, rest, value)
        return [*items[:index], child, *items[index + 1 :]]
    mapping = dict(tree) if isinstance(tree, dict) else {}
    if not rest:
        if value is MISSING:
            mapping.pop(head, None)
        else:
            mapping[head] = value
    else:
        mapping[head] = _with(mapping.get(head, {}), rest, value)
    return mapping
