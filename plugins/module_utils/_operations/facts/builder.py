# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build a tree of facts: each is known, or listed as unknown with its reason."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..._vms.wire.errors import BadAnswer, BusinessError, HttpError, NotFound, Unreachable, VmsError

ABSENT = "absent"
TYPE = "type"
UNREACHABLE = "unreachable"
GATHER_ERROR = "gather_error"
LOGIN_REFUSED = "login_refused"


class FactTree:
    """``tree`` holds what is known, ``unknown`` the reason of the rest by JSON pointer."""

    def __init__(self) -> None:
        self.tree: Dict[str, Any] = {}
        self.unknown: Dict[str, str] = {}

    def put(self, pointer: str, value: object) -> None:
        """Set the fact at ``pointer``; missing objects on the path are created."""
        *parents, last = _steps(pointer)
        place = self.tree
        for step in parents:
            place = place.setdefault(step, {})
        place[last] = value
        self.unknown.pop(pointer, None)

    def miss(self, pointer: str, reason: str = ABSENT) -> None:
        """Mark the fact at ``pointer`` as unknown."""
        self.unknown[pointer] = reason

    def put_or_miss(self, pointer: str, value: object, reason: Optional[str] = None) -> None:
        """Set a fact, or mark it as unknown where ``value`` is None."""
        if value is None:
            self.miss(pointer, reason or ABSENT)
        else:
            self.put(pointer, value)

    def get(self, pointer: str) -> Any:
        """Return a known fact, None if there is none."""
        place: Any = self.tree
        for step in _steps(pointer):
            if not isinstance(place, Mapping) or step not in place:
                return None
            place = place[step]
        return place

    def unknown_above(self, pointer: str) -> Optional[str]:
        """Return the pointer of the unknown fact at or above ``pointer``; None if there is none."""
        for above in _above(pointer):
            if above in self.unknown:
                return above
        return None

    def document(self) -> Dict[str, Any]:
        """Return the facts with their ``unknown`` map."""
        return {
            **self.tree,
            "unknown": {pointer: {"reason": reason} for pointer, reason in self.unknown.items()},
        }


def row(
    tree: FactTree, pointer: str, values: Mapping[str, object], unknown: Mapping[str, str]
) -> Dict[str, object]:
    """Return the known values of a list row at ``pointer``; mark ``unknown`` as unknown in ``tree``."""
    for name, reason in unknown.items():
        tree.miss("{0}/{1}".format(pointer, name), reason)
    return {name: value for name, value in values.items() if value is not None}


def _steps(pointer: str) -> List[str]:
    return pointer.split("/")[1:]


def _above(pointer: str) -> Iterator[str]:
    steps: Tuple[str, ...] = tuple(_steps(pointer))
    for length in range(1, len(steps) + 1):
        yield "/" + "/".join(steps[:length])


# Rejected credentials and certificates are not included: an operator has to fix them.
NOT_READ = (Unreachable, HttpError, BadAnswer, BusinessError, NotFound)


def unread_reason(error: VmsError) -> str:
    """Return the reason of facts that a server did not return because of ``error``."""
    unreachable = isinstance(error, Unreachable) or (isinstance(error, HttpError) and error.status >= 500)
    return UNREACHABLE if unreachable else GATHER_ERROR
