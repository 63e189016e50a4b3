# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which license is the default one, and until when (R14, R15, R19, R21, decision 14)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Iterable, Optional, Tuple

from ..._time import NEVER, End

Dated = Tuple[dt.datetime, str]


@dataclass(frozen=True)
class Validity:
    """What a set of licenses says about its own end.

    ``first`` is the (end, id) of the certain dated license that ends first, ``perhaps`` the same of those
    that may count nothing; ``open_end`` is True if an end is not known; ``permanent`` is the id of a
    certain license without end, ``perhaps_permanent`` of one that may count nothing.
    """

    first: Optional[Dated] = None
    perhaps: Optional[Dated] = None
    open_end: bool = False
    permanent: Optional[str] = None
    perhaps_permanent: Optional[str] = None

    @property
    def empty(self) -> bool:
        """True if nothing counts, and nothing may count."""
        return self == _EMPTY

    @property
    def _settled(self) -> bool:
        earlier = self.perhaps is not None and (self.first is None or self.perhaps[0] < self.first[0])
        return not self.open_end and not earlier

    @property
    def until(self) -> Optional[End]:
        """The end of the default license; None if it is not known or if there is none."""
        if not self._settled:
            return None
        if self.first is not None:
            return self.first[0]
        return NEVER if self.permanent is not None else None

    @property
    def default(self) -> Optional[str]:
        """The id of the default license: the dated one that ends first, else a permanent one."""
        if not self._settled:
            return None
        if self.first is not None:
            # One that may count and ends together with it comes before it by its id.
            return None if self.perhaps is not None and self.perhaps < self.first else self.first[1]
        rival = self.perhaps_permanent
        return None if rival is not None and rival < (self.permanent or rival) else self.permanent

    @property
    def soonest(self) -> Optional[dt.datetime]:
        """The earliest end that is possible; None if nothing bounds it."""
        ends = [dated[0] for dated in (self.first, self.perhaps) if dated is not None]
        return None if self.open_end or not ends else min(ends)

    @property
    def latest(self) -> Optional[dt.datetime]:
        """The end that comes at the latest, whatever else is true; None if nothing bounds it."""
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
