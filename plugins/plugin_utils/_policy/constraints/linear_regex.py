# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Match the regular expressions of ``pattern`` in linear time.

Supported are literals, ``.``, ``[…]``, ``\\d \\w \\s`` (ASCII) and their negations, groups, ``|``,
``* + ? {m,n}``, ``^`` only at the beginning and ``$`` only at the end of the complete pattern. Back
references and look-around are not supported.

A pattern is compiled to a nondeterministic automaton whose states are simulated in parallel, so no text makes
it slow. Python's ``re`` backtracks and can need exponential time.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache

MAX_STATES = 1000
MAX_REPEAT = 200

Ranges = tuple[tuple[int, int], ...]

_LAST = 0x10FFFF
_DIGIT: Ranges = ((48, 57),)
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Ranges = ((9, 13), (32, 32))
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_SPECIAL = frozenset("\\^$.|?*+()[]{}/-")


@cache
def _unicode_class(name: str) -> Ranges:
    """Return the characters that \\d, \\w or \\s of Python's ``re`` matches."""
    every = "".join(map(chr, range(_LAST + 1)))
    return tuple((found.start(), found.end() - 1) for found in re.finditer(f"\\{name}+", every))


class PatternError(ValueError):
    """A pattern outside the subset; ``str()`` describes the problem, ``position`` is its index."""

    def __init__(self, problem: str, position: int) -> None:
        super().__init__(f"{problem} at position {position}")
        self.position = position


@dataclass(frozen=True)
class _Node:
    kind: str  # char, concat, alternate, repeat
    ranges: Ranges = ()
    parts: tuple[_Node, ...] = ()
    low: int = 0
    high: int | None = None


class _Parser:
    def __init__(self, text: str, is_unicode: bool) -> None:
        self._text = text
        self._class = _unicode_class if is_unicode else _CLASSES.__getitem__
        self._end = len(text)
        self._at = 0
        self.anchored_start = text.startswith("^")
        self.anchored_end = text.endswith("$") and (len(text) - len(text[:-1].rstrip("\\"))) % 2 == 1
        if self.anchored_start:
            self._at = 1
        if self.anchored_end:
            self._end -= 1

    def parse(self) -> _Node:
        node = self._alternate(0)
        if self._at < self._end:
            raise self._error("an unmatched )")
        if node.kind == "alternate" and (self.anchored_start or self.anchored_end):
            raise PatternError("^ and $ beside | need a group: ^(a|b)$", 0)
        return node

    def _error(self, problem: str) -> PatternError:
        return PatternError(problem, self._at)

    def _peek(self) -> str:
        return self._text[self._at] if self._at < self._end else ""

    def _alternate(self, depth: int) -> _Node:
        if depth > 50:
            raise self._error("groups nested too deeply")
        branches = [self._concat(depth)]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._concat(depth))
        return branches[0] if len(branches) == 1 else _Node("alternate", parts=tuple(branches))

    def _concat(self, depth: int) -> _Node:
        parts: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeat(self._atom(depth)))
        return _Node("concat", parts=tuple(parts))

    def _atom(self, depth: int) -> _Node:
        character = self._text[self._at]
        if character == "(":
            self._at += 1
            if self._text.startswith("?:", self._at):
                self._at += 2
            elif self._peek() == "?":
                raise self._error("look-around and named groups are not part of the profile")
            node = self._alternate(depth + 1)
            if self._peek() != ")":
                raise self._error("a group that is not closed")
            self._at += 1
            return node
        if character == "[":
            return self._bracket()
        if character in "*+?{":
            raise self._error(f"{character} with nothing to repeat")
        if character in "^$":
            raise self._error(f"{character} in the middle of a pattern")
        if character in "]}":
            raise self._error(f"a {character} that is not escaped")
        self._at += 1
        if character == ".":
            return _Node("char", _negate(((10, 10),)))
        if character == "\\":
            return _Node("char", self._escaped())
        return _Node("char", ((ord(character), ord(character)),))

    def _escaped(self) -> Ranges:
        character = self._peek()
        self._at += 1
        if character in _CLASSES:
            return self._class(character)
        if character and character.lower() in _CLASSES:
            return _negate(self._class(character.lower()))
        character = _CONTROL.get(character, character if character in _SPECIAL else "")
        if not character:
            self._at -= 1
            raise self._error("an escape that is not part of the profile")
        return ((ord(character), ord(character)),)

    def _bracket(self) -> _Node:
        self._at += 1
        negated = self._peek() == "^"
        self._at += negated
        ranges: list[tuple[int, int]] = []
        while self._peek() != "]":
            low = self._member()
            if (
                len(low) == 1
                and low[0][0] == low[0][1]
                and self._peek() == "-"
                and self._next() not in ("]", "")
            ):
                self._at += 1
                high = self._member()
                if len(high) != 1 or high[0][0] != high[0][1] or high[0][0] < low[0][0]:
                    raise self._error("a range that runs backwards")
                low = ((low[0][0], high[0][0]),)
            ranges.extend(low)
        self._at += 1
        if not ranges:
            raise self._error("an empty class")
        merged = _merge(ranges)
        return _Node("char", _negate(merged) if negated else merged)

    def _next(self) -> str:
        return self._text[self._at + 1] if self._at + 1 < self._end else ""

    def _member(self) -> Ranges:
        character = self._peek()
        if not character:
            raise self._error("a class that is not closed")
        self._at += 1
        if character == "\\":
            return self._escaped()
        if character == "[":
            raise self._error("a [ inside a class that is not escaped")
        return ((ord(character), ord(character)),)

    def _repeat(self, node: _Node) -> _Node:
        character = self._peek()
        if character not in ("*", "+", "?", "{") or not character:
            return node
        self._at += 1
        low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(character, (0, 0))
        if character == "{":
            low, high = self._bounds()
        if self._peek() in ("*", "+", "?", "{") and self._peek():
            raise self._error("a repeat of a repeat")
        return _Node("repeat", parts=(node,), low=low, high=high)

    def _bounds(self) -> tuple[int, int | None]:
        close = self._text.find("}", self._at, self._end)
        first, comma, second = self._text[self._at : close].partition(",")
        numbers = [first] + ([second] if second else [])
        if close < 0 or not all(
            number.isascii() and number.isdigit() and len(number) < 5 for number in numbers
        ):
            raise self._error("a { that does not begin {n}, {n,} or {n,m}")
        low = int(first)
        high = int(second) if second else (None if comma else low)
        if low > MAX_REPEAT or (high is not None and (high > MAX_REPEAT or high < low)):
            raise self._error(f"repeat bounds out of order or above {MAX_REPEAT}")
        self._at = close + 1
        return low, high


def _merge(ranges: list[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def _negate(ranges: Ranges) -> Ranges:
    result: list[tuple[int, int]] = []
    low = 0
    for first, last in ranges:
        if first > low:
            result.append((low, first - 1))
        low = last + 1
    if low <= _LAST:
        result.append((low, _LAST))
    return tuple(result)


class Pattern:
    """A compiled pattern; ``search`` returns whether it occurs in a text."""

    def __init__(self, text: str, is_unicode: bool = False) -> None:
        parser = _Parser(text, is_unicode)
        tree = parser.parse()
        self._start_only = parser.anchored_start
        self._end_only = parser.anchored_end
        # The bounds of the ranges in one list: a character is inside after an odd number of them.
        self._moves: list[tuple[list[int], int] | None] = []
        self._empty: list[tuple[int, ...]] = []
        self._final = self._state()
        self._begin = self._build(tree, self._final)
        self._closures: dict[int, frozenset[int]] = {}

    def _state(self) -> int:
        if len(self._moves) >= MAX_STATES:
            raise PatternError("a pattern that is too large", 0)
        self._moves.append(None)
        self._empty.append(())
        return len(self._moves) - 1

    def _build(self, node: _Node, after: int) -> int:
        if node.kind == "char":
            state = self._state()
            bounds = [bound for low, high in node.ranges for bound in (low, high + 1)]
            self._moves[state] = (bounds, after)
            return state
        if node.kind == "concat":
            for part in reversed(node.parts):
                after = self._build(part, after)
            return after
        if node.kind == "alternate":
            state = self._state()
            self._empty[state] = tuple(self._build(part, after) for part in node.parts)
            return state
        return self._build_repeat(node, after)

    def _build_repeat(self, node: _Node, after: int) -> int:
        if node.high is None:
            loop = self._state()
            self._empty[loop] = (self._build(node.parts[0], loop), after)
            entry = loop
        else:
            entry = after
            for _step in range(node.high - node.low):
                optional = self._state()
                self._empty[optional] = (self._build(node.parts[0], entry), after)
                entry = optional
        for _step in range(node.low):
            entry = self._build(node.parts[0], entry)
        return entry

    def _closure(self, state: int) -> frozenset[int]:
        known = self._closures.get(state)
        if known is None:
            seen = {state}
            stack = [state]
            while stack:
                for target in self._empty[stack.pop()]:
                    if target not in seen:
                        seen.add(target)
                        stack.append(target)
            known = self._closures[state] = frozenset(seen)
        return known

    def cost(self, text: str) -> int:
        """Return a bound of the steps that a search in ``text`` takes, in steps of fifty states."""
        return len(text) * (1 + len(self._moves) // 50)

    def search(self, text: str, final_line: bool = False) -> bool:
        """Return whether the pattern matches somewhere in ``text``.

        With ``final_line``, $ also matches before a line break at the end, as in Python's ``re``.
        """
        if final_line and self._end_only and text.endswith("\n") and self.search(text[:-1]):
            return True
        current = set(self._closure(self._begin))
        for character in text:
            if self._final in current and not self._end_only:
                return True
            code = ord(character)
            following: set[int] = set()
            for state in current:
                move = self._moves[state]
                if move is not None and bisect_right(move[0], code) % 2:
                    following |= self._closure(move[1])
            if not self._start_only:
                following |= self._closure(self._begin)
            current = following
            if not current:
                return False
        return self._final in current


@lru_cache(maxsize=512)
def compile_pattern(text: str, is_unicode: bool = False) -> Pattern:
    """Compile a pattern, whose classes are those of ASCII or of Unicode.

    Raises PatternError if it is outside the subset.
    """
    return Pattern(text, is_unicode)
