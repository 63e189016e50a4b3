# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in text that others wrote: found plain and in the encodings that they travel in, and masked alike.

A server may echo what it was sent: a form, a query, or the header of a login.
"""

from __future__ import annotations

import base64
import re
from typing import Any, Iterable, Iterator, List, Mapping, Optional, Pattern, Sequence, Set, Tuple

from ._text import printable

MASK = "********"

# The stable middle of a secret in base64 that is shorter than this would also be found in ordinary words.
_SHORTEST_MIDDLE = 8
# The character of base64 at either end of such a middle holds bits of the secret, too.
_ENDS = "[A-Za-z0-9+/_-]?"
# Header bytes are read as Latin-1, whatever the server wrote them in.
_WIRE_ENCODINGS = ("utf-8", "gb18030")


class Mask:
    """Masks ``secrets`` and pairs ``user:secret`` of ``users`` with them. Shows no secret in ``repr``."""

    def __init__(self, secrets: Iterable[str], users: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if secret})
        self._pattern = _pattern(known, sorted({user for user in users if user}))

    def text(self, text: str) -> str:
        """Return ``text`` without any of the secrets."""
        return text if self._pattern is None else self._pattern.sub(MASK, text)

    def data(self, value: Any) -> Any:
        """Return plain data with its texts masked; keys are names of ours and stay."""
        if isinstance(value, str):
            # A text without a secret stays the object that it is.
            masked = self.text(value)
            return value if masked == value else masked
        if isinstance(value, Mapping):
            return {key: self.data(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.data(item) for item in value]
        return value


def _pattern(secrets: Sequence[str], users: Sequence[str]) -> Optional[Pattern[str]]:
    if not secrets:
        return None
    parts: Set[Tuple[int, str]] = set()
    for secret in secrets:
        parts.add((len(secret), _percent(secret)))
        for plain in _as_read(secret):
            parts.add((len(plain), re.escape(plain)))
        for whole in [secret, *("{0}:{1}".format(user, secret) for user in users)]:
            parts.update((len(text), re.escape(text)) for text in _base64(whole))
        parts.update((len(text), _ENDS + re.escape(text) + _ENDS) for text in _middles(secret))
    # The longest first: a part of a longer form must not be masked with its ends left over.
    return re.compile("|".join(part for _length, part in sorted(parts, reverse=True)))


def _percent(secret: str) -> str:
    """Return a pattern for a secret of which any character may be percent-encoded, and a blank be a plus."""
    return "".join(_character(character) for character in secret)


def _character(character: str) -> str:
    encoded = "".join("%{0:02x}".format(byte) for byte in character.encode("utf-8", "surrogatepass"))
    forms = [re.escape(character), "(?i:{0})".format(encoded)]
    if character == " ":
        forms.append(r"\+")
    return "(?:{0})".format("|".join(forms))


def _as_read(secret: str) -> Iterator[str]:
    """Return what is left of a secret where its text was made printable, or read in another encoding."""
    yield printable(secret) or secret
    for encoding in _WIRE_ENCODINGS:
        yield secret.encode(encoding, "replace").decode("latin-1")


def _base64(text: str) -> Iterator[str]:
    """Return both alphabets of base64 without padding; a padded one begins with it."""
    content = text.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(content).decode("ascii").rstrip("=")


def _middles(secret: str) -> List[str]:
    """Return what a secret looks like inside a longer text in base64, by where it begins in a group of three.

    The characters at its ends also hold bits of what stands beside it.
    """
    content = secret.encode("utf-8", "surrogatepass")
    found = []
    for before in range(3):
        first = -(-before * 4 // 3)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * before + content).decode("ascii")
            last = (before + len(content)) * 8 // 6
            middle = whole[first:last]
            if len(middle) >= _SHORTEST_MIDDLE:
                found.append(middle)
    return found
