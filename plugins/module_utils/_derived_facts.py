# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree of facts that are computed from others: their origins, and what an unknown one depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, Optional, Tuple, Union

from . import _facts
from ._facts import FactTree, UnknownEntry


@dataclass(frozen=True)
class Unknown:
    """Why a fact is unknown.

    ``reason`` is one of UNKNOWN_REASONS, ``because`` are the pointers of the facts that would resolve it.
    """

    reason: str
    because: Tuple[str, ...]


def unknown_entry(
    cause: Union[Unknown, str, None] = None, low: Optional[int] = None, high: Optional[int] = None
) -> UnknownEntry:
    """Return the entry of an unknown fact, by default with the reason ``absent``."""
    result = _facts.unknown_entry(cause.reason if isinstance(cause, Unknown) else cause)
    if isinstance(cause, Unknown) and cause.because:
        result["because"] = list(cause.because)
    if low is not None:
        result["low"] = low
    if high is not None:
        result["high"] = high
    return result


class DerivedTree(FactTree):
    """A tree of derived facts.

    ``origins`` has, by pointer, the pointers of the facts that a value was computed from.
    """

    def __init__(self) -> None:
        super().__init__()
        self.origins: Dict[str, List[str]] = {}

    def put(self, pointer: str, value: object, origin: Iterable[str] = ()) -> None:
        """Set the fact at ``pointer``, which was computed from those at ``origin``. Raises TypeError."""
        super().put(pointer, value)
        sources = list(origin)
        if sources:
            self.origins[pointer] = sources

    def miss(
        self,
        pointer: str,
        cause: Union[Unknown, str, None] = None,
        low: Optional[int] = None,
        high: Optional[int] = None,
    ) -> None:
        """Mark the fact at ``pointer`` as unknown, with the bounds of an unknown number if there are any."""
        self.unknown[pointer] = unknown_entry(cause, low, high)

    def put_or_miss(
        self,
        pointer: str,
        value: object,
        cause: Union[Unknown, str, None] = None,
        origin: Iterable[str] = (),
    ) -> None:
        """Set a fact, or mark it as unknown if ``value`` is None."""
        if value is None:
            self.miss(pointer, cause)
        else:
            self.put(pointer, value, origin)
