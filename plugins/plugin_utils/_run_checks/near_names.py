# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the names that one typing error makes of a known name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class NearNames:
    """The names within one edit of known names: a character inserted, deleted, replaced, or two swapped.

    An index of the names without one character finds candidates, so that a lookup takes the same time for
    any number of known names.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._index: dict[str, set[str]] = {}
        for name in known:
            for part in _parts(name):
                self._index.setdefault(part, set()).add(name)

    def nearest(self, name: str) -> str:
        """Return the first known name that is one edit away; empty if there is none, or if it is known."""
        found = {each for part in _parts(name) for each in self._index.get(part, ())}
        if name in found:
            return ""
        return min((each for each in found if is_one_edit(name, each)), default="")


def _parts(name: str) -> Iterator[str]:
    yield name
    for at in range(len(name)):
        yield name[:at] + name[at + 1 :]


def is_one_edit(left: str, right: str) -> bool:
    """Return whether two texts differ by one inserted, deleted, replaced or swapped character."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    at = next((i for i, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        return True
    rest, other = left[at:], right[at:]
    if len(rest) == len(other):
        is_swap = rest[:2] == other[1::-1] and rest[2:] == other[2:]
        return rest[1:] == other[1:] or is_swap
    return rest[1:] == other if len(rest) > len(other) else rest == other[1:]
