# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts as the engine reads them: plain data in one walk, and what of them is not known, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ....module_utils._messages.catalog import LANGUAGES, register, render
from ....module_utils._messages.policy.facts import MESSAGES
from ..base.pointer import MISSING, lookup, position, split

register(MESSAGES)


MAX_DEPTH = 64
MAX_INTEGER = 2**63 - 1
#: Of how many values that cannot be read a finding says what they are.
MOST_UNREAD = 20

#: Why a fact is not known (facts.md, section 1).
UNKNOWN_REASONS = (
    "absent",
    "empty",
    "null",
    "type",
    "value",
    "conflict",
    "stale",
    "future",
    "unreachable",
    "gather_error",
    "login_refused",
    "out_of_scope",
    "slice_missing",
)


@dataclass(frozen=True)
class Unread:
    """A value that is there and cannot be read. ``value`` is None where it may be a secret."""

    pointer: str
    value: str | None
    use: tuple[str, Mapping[str, object]]

    def to_dict(self) -> dict[str, object]:
        """The value as findings carry it, with the sentence in every language."""
        found: dict[str, object] = {"pointer": self.pointer}
        if self.value is not None:
            found["value"] = self.value
        return {**found, "message": {language: self._text(language) for language in LANGUAGES}}

    def _text(self, language: str) -> str:
        code, fields = self.use
        what = render(code, fields, language) if code else ""
        code = "facts_unread" if self.value is not None else "facts_unread_secret"
        if not what:
            code += "_bare"
        return render(code, {"pointer": self.pointer, "value": self.value, "use": what}, language)


@dataclass(frozen=True)
class Facts:
    """A tree of facts with the pointers that are not known and why.

    ``unknown`` maps a pointer to its reason and covers everything below it. Lists named in ``incomplete``
    may have further items that nobody has read. ``bounds`` holds what is certain about an unknown number:
    the least and the greatest it can be, None for no such bound. ``because`` names what would settle a
    derived fact. ``unread`` says of values that are there and cannot be read what they are.
    """

    tree: object
    unknown: Mapping[str, str] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()
    bounds: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    because: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: Mapping[str, Unread] = field(default_factory=dict)
    above: frozenset[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        ancestors: set[str] = set()
        for pointer in (*self.unknown, *self.incomplete):
            while pointer:
                pointer = pointer.rpartition("/")[0]
                ancestors.add(pointer)
        object.__setattr__(self, "above", frozenset(ancestors))

    def settled(self, pointer: str) -> bool:
        """Whether everything at and below ``pointer`` is known."""
        return pointer not in self.unknown and pointer not in self.above and pointer not in self.incomplete

    def reason(self, pointer: str) -> str:
        """Why ``pointer`` is not known: its own reason or that of what holds it; empty if it is known."""
        if pointer in self.incomplete:
            return self.unknown.get(pointer, "absent")
        while True:
            if pointer in self.unknown:
                return self.unknown[pointer]
            if not pointer:
                return ""
            pointer = pointer.rpartition("/")[0]

    def gap(self, pointer: str) -> dict[str, object]:
        """What a finding says about a fact that is not known: where, why, and what would settle it."""
        reason = self.reason(pointer) or ("value" if pointer in self.unread else "type")
        entry: dict[str, object] = {"pointer": pointer, "reason": reason}
        settled_by = [name for name in self.because.get(pointer, ()) if name != pointer]
        if settled_by:
            entry["settled_by"] = sorted(settled_by)
        return entry

    def unread_among(self, pointers: Iterable[str]) -> list[dict[str, object]]:
        """What cannot be read of these facts, of what holds them and of what they are derived from."""
        found: dict[str, dict[str, object]] = {}
        named = [name for pointer in pointers for name in (pointer, *self.because.get(pointer, ()))]
        for pointer in named if self.unread else ():
            while pointer and pointer not in self.unread:
                pointer = pointer.rpartition("/")[0]
            if pointer and pointer not in found:
                found[pointer] = self.unread[pointer].to_dict()
            if len(found) == MOST_UNREAD:
                break
        return list(found.values())

    def value(self, pointer: str) -> object:
        """The value at ``pointer``, MISSING if there is none or it is not known."""
        if self.reason(pointer):
            return MISSING
        found = lookup(self.tree, pointer)
        return MISSING if found is None else found

    def tree_with_unknown(self) -> dict[str, object]:
        """The tree as the licensing core takes it: with its ``unknown`` map."""
        tree = dict(self.tree) if isinstance(self.tree, dict) else {}
        reasons = {pointer: {"reason": reason} for pointer, reason in sorted(self.unknown.items())}
        return {**tree, "unknown": reasons}


def incomplete_lists(tree: object) -> frozenset[str]:
    """Pointers of the ``items`` of lists that do not say ``complete: true``."""
    found: set[str] = set()
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
    """A copy of ``tree`` with ``value`` at ``pointer``; MISSING removes it. Objects on the way are made."""
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
