# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Default license and end of validity of a set of licenses (R14, R15, R19, R21)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Iterable, Optional, Tuple

from ..._time import NEVER, End

Dated = Tuple[dt.datetime, str]


@dataclass(frozen=True)
class Validity:
    """Ends of a set of licenses.

    ``first`` is the (end, id) of the license that ends first among those that certainly count; ``perhaps``
    is the same for licenses that may not count. ``open_end`` is True if an end is unknown. ``permanent`` is
    the id of a permanent license that certainly counts, ``perhaps_permanent`` of one that may not count.
    """

    first: Optional[Dated] = None
    perhaps: Optional[Dated] = None
    open_end: bool = False
    permanent: Optional[str] = None
    perhaps_permanent: Optional[str] = None

    @property
    def empty(self) -> bool:
        """True if no license counts or may count."""
        return self == _EMPTY

    @property
    def _is_known(self) -> bool:
        earlier = self.perhaps is not None and (self.first is None or self.perhaps[0] < self.first[0])
        return not self.open_end and not earlier

    @property
    def until(self) -> Optional[End]:
        """The end of the default license; None if it is unknown or there is no default license."""
        if not self._is_known:
            return None
        if self.first is not None:
            return self.first[0]
        return NEVER if self.permanent is not None else None

    @property
    def default(self) -> Optional[str]:
        """The id of the default license: the one that ends first, else a permanent one; None if unknown."""
        if not self._is_known:
            return None
        if self.first is not None:
            # Of equal ends the smaller id is the default; if that license may not count, it is unknown.
            return None if self.perhaps is not None and self.perhaps < self.first else self.first[1]
        other = self.perhaps_permanent
        return None if other is not None and other < (self.permanent or other) else self.permanent

    @property
    def soonest(self) -> Optional[dt.datetime]:
        """The earliest possible end; None if it has no lower bound."""
        ends = [dated[0] for dated in (self.first, self.perhaps) if dated is not None]
        return None if self.open_end or not ends else min(ends)

    @property
    def latest(self) -> Optional[dt.datetime]:
        """The latest possible end; None if it has no upper bound."""
        return None if self.first is None else self.first[0]


_EMPTY = Validity()


def combined(parts: Iterable[Validity]) -> Validity:
    """Return the validity of all licenses of ``parts`` together."""
    first: Optional[Dated] = None
    perhaps: Optional[Dated] = None
    permanent: Optional[str] = None
    perhaps_permanent: Optional[str] = None
    open_end = False
    for part in parts:
        first = _earlier(first, part.first)
        perhaps = _earlier(perhaps, part.perhaps)
        open_end = open_end or part.open_end
        permanent = _smaller(permanent, part.permanent)
        perhaps_permanent = _smaller(perhaps_permanent, part.perhaps_permanent)
    return Validity(first, perhaps, open_end, permanent, perhaps_permanent)


def _smaller(left: Optional[str], right: Optional[str]) -> Optional[str]:
    if left is None or right is None:
        return left or right
    return min(left, right)


def _earlier(left: Optional[Dated], right: Optional[Dated]) -> Optional[Dated]:
    if left is None or right is None:
        return left or right
    return min(left, right)
