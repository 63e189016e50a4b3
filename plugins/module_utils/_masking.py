# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mask secrets in text, in plain form and in the encodings of HTTP requests.

A server may echo what it was sent, so secrets are also masked percent-encoded, escaped as in JSON and XML, in
base64, in other character sets and in letters of the other case.
"""

from __future__ import annotations

import base64
import re
from typing import Any, Iterable, Iterator, List, Mapping, Optional, Pattern, Sequence, Set, Tuple

from ._text import printable

MASK = "********"

# Shorter base64 fragments of a secret are not masked because they would also match ordinary words.
_MIN_FRAGMENT = 8
# The base64 character next to either end of such a fragment also holds bits of the secret.
_ADJACENT = "[A-Za-z0-9+/_-]?"
# A shorter secret is masked only in its own letters, a longer one with letters of any case.
_MIN_LETTERS = 4
# The hash of a digest login, from which a password can be guessed.
_DIGEST = r"""(?i:response(?:=|%(?:25)*3d)(?:[\\"']|%(?:25)*22|&(?:amp;)*(?:quot|#34|#x22);)*[0-9a-f]{8,})"""
_ENTITIES = dict(zip("&<>\"'", ("amp", "lt", "gt", "quot", "apos")))
# What follows the backslashes of an escaped character.
_BACKSLASHED = dict(zip("\b\f\n\r\t\"'/\\", (*"bfnrt\"'/", "")))
# HTTP headers are decoded as Latin-1 even if the server encoded them as UTF-8 or GB 18030.
_HEADER_ENCODINGS = ("utf-8", "gb18030")


class Mask:
    """Masks ``secrets`` and their pairs ``user:secret`` with ``users``. Its ``repr`` shows no secret."""

    def __init__(self, secrets: Iterable[str], users: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if secret})
        self._pattern = _pattern(known, sorted({user for user in users if user}))

    def text(self, text: str) -> str:
        """Return ``text`` with every secret replaced by ``MASK``."""
        return text if self._pattern is None else self._pattern.sub(MASK, text)

    def data(self, value: Any) -> Any:
        """Return plain data with its strings masked; keys are names of this collection and are not masked."""
        if isinstance(value, str):
            # Return the same object if nothing was masked.
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
        # The letters of a very short secret are part of many words.
        any_case = len(secret) >= _MIN_LETTERS
        parts.add((len(secret), "(?i:{0})".format("".join(map(_numbers, secret)))))
        for plain in (secret, *_decoded_forms(secret)):
            parts.add((len(plain), _escaped(plain, any_case)))
        for credential in [secret, *("{0}:{1}".format(user, secret) for user in users)]:
            parts.update((len(text), _escaped(text, any_case)) for text in _base64(credential))
        for text in _fragments(secret):
            parts.add((len(text), _ADJACENT + _escaped(text, any_case) + _ADJACENT))
    # Longest first: a short form must not match inside a longer one and leave its ends unmasked.
    return re.compile("|".join([*(part for _length, part in sorted(parts, reverse=True)), _DIGEST]))


def _escaped(text: str, any_case: bool) -> str:
    """Return a pattern for a text with characters escaped as in URLs, JSON, XML and Python, also twice."""
    return "".join(_character(character, any_case) for character in text)


def _numbers(character: str) -> str:
    """Return a pattern for a character as its numbers in a URL or in XML."""
    content = character.encode("utf-8", "surrogatepass")
    percent = "".join("%(?:25)*{0:02x}".format(byte) for byte in content)
    return "(?:{0}|&(?:amp;)*#(?:0*{1}|x0*{1:x});)".format(percent, ord(character))


def _character(character: str, any_case: bool) -> str:
    # Character classes, and no flag: the search then skips alternatives by their first character.
    cases = {character, character.lower(), character.upper()} if any_case else {character}
    plain = "".join(re.escape(case) for case in sorted(cases) if len(case) == 1)
    if character.isascii() and character.isalnum():
        return "[{0}]".format(plain)
    units = character.encode("utf-16-be", "surrogatepass").hex()
    forms = [_numbers(character), re.sub("(....)", r"[\\\\%]+u\1", units), r"\\+x" + units[2:]]
    if character in _BACKSLASHED:
        forms.append(r"\\+" + _BACKSLASHED[character])
    if character in _ENTITIES:
        forms.append("&(?:amp;)*{0};".format(_ENTITIES[character]))
    # A space in a form is a plus; ``printable`` replaces control characters by spaces.
    plain += "+" if character == " " else "" if character.isprintable() else " "
    return "(?:[{0}]|(?i:{1}))".format(plain, "|".join(forms))


def _decoded_forms(secret: str) -> Iterator[str]:
    """Yield the secret as it appears after ``printable``, and after a decoding as Latin-1."""
    yield printable(secret) or secret
    for text in (secret,) if secret.isascii() else (secret, secret.upper(), secret.lower()):
        for encoding in _HEADER_ENCODINGS:
            yield text.encode(encoding, "replace").decode("latin-1")


def _base64(text: str) -> Iterator[str]:
    """Yield ``text`` in standard and URL-safe base64 without padding, so that padded text matches too."""
    content = text.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(content).decode("ascii").rstrip("=")


def _fragments(secret: str) -> List[str]:
    """Return the base64 fragments of a secret inside a longer text, for each offset in a 3-byte group.

    The characters at both ends are left out because they also depend on the neighboring bytes.
    """
    content = secret.encode("utf-8", "surrogatepass")
    fragments = []
    for before in range(3):
        start = -(-before * 4 // 3)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * before + content).decode("ascii")
            end = (before + len(content)) * 8 // 6
            fragment = encoded[start:end]
            if len(fragment) >= _MIN_FRAGMENT:
                fragments.append(fragment)
    return fragments
