# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a value for other identifiers out of the value that was computed for the first ones.

What is computed from facts depends on their identifiers in two ways only: it contains them, and it compares
them with each other and with other texts. So a value can be made for other identifiers if it contains them as
whole texts and all comparisons have the same outcomes.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..base.canonical_json import canonical
from .places import Places, count_of, exchanged, places_of, texts_in


@dataclass(frozen=True)
class CanonicalText:
    """The canonical JSON of a value, cut at its identifiers: literal parts and identifiers take turns."""

    parts: tuple[str, ...]

    def digest(self, texts: dict[str, str]) -> str:
        """Return the digest of the value with its identifiers exchanged."""
        parts = [texts[part] if at % 2 else part for at, part in enumerate(self.parts)]
        return hashlib.sha256("".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class IdentifierTemplate:
    """A value that can be made for other ``identifiers`` than its own. ``others`` are its other texts."""

    value: Any
    identifiers: tuple[str, ...]
    places: Places
    others: tuple[str, ...]

    def fits(self, identifiers: Sequence[str]) -> bool:
        """Return whether ``identifiers`` compare with the other texts of the value as its own ones do."""
        return all(
            (place := bisect_left(self.others, own)) == bisect_left(self.others, first)
            and place == bisect_right(self.others, own)
            for own, first in zip(identifiers, self.identifiers, strict=True)
        )

    def texts(self, identifiers: Sequence[str]) -> dict[str, str]:
        """Return ``identifiers`` by the identifiers of the value."""
        return dict(zip(self.identifiers, identifiers, strict=True))

    def made_for(self, texts: dict[str, str]) -> Any:
        """Return the value with the identifiers ``texts``."""
        return exchanged(self.value, self.places, texts)


def template_of(value: Any, identifiers: tuple[str, ...]) -> IdentifierTemplate | None:
    """Return the template of ``value``; None if an identifier is also a part of a text, or in a set."""
    own = frozenset(identifiers)
    texts = list(texts_in(value))
    others = sorted(set(texts) - own)
    whole = sum(text in own for text in texts)
    places = places_of(value, own)
    if whole != count_of(places) or any(each in text for text in others for each in identifiers):
        return None
    return IdentifierTemplate(value, identifiers, places, tuple(others))


def canonical_text(value: Any, identifiers: tuple[str, ...]) -> CanonicalText | None:
    """Return the canonical JSON of ``value`` cut at its ``identifiers``; None if it cannot be cut there."""
    text = canonical(value)
    if not identifiers:
        return CanonicalText((text,))
    # The longest first: an identifier can begin with another one. Both quotation marks make it a whole text.
    choices = "|".join(re.escape(each) for each in sorted(identifiers, key=len, reverse=True))
    parts = re.split(f'(?<=")({choices})(?=")', text)
    literal = parts[::2]
    return (
        None if any(each in part for part in literal for each in identifiers) else CanonicalText(tuple(parts))
    )
