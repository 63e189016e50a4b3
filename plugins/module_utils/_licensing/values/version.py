# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse and compare Usphere versions and version ranges (R2, R28, R37).

A version is a release class (one letter), four digits, and optional patch, hotfix and limited numbers:
``E0730P11H07``. The letter has no order: versions with equal digits and different letters cannot be compared.
Release branches are maintained in parallel, so a rule names a set of ranges and not a single lower bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional, Tuple

from ..._errors import LicensingError, shown
from ..._messages.catalog import register
from ..._messages.licensing.values import MESSAGES

register(MESSAGES)

_BARE = (
    r"([A-Za-z])([0-9]{4})(?:[Pp]([0-9]{2}))?(?:[Hh]([0-9]{2}))?(?:[Ll]([0-9]{2}))?(?:-([A-Za-z0-9]{1,32}))?"
)
_VERSION = re.compile(_BARE + r"\Z")
# Form in the interfaces: "CVK 7.0 (E0710)", "V7.0 (E0710)", "7.0 (E0710)".
_WRAPPED = re.compile(r"(?:[A-Za-z]{1,16} ?)?[Vv]?[0-9]{1,2}\.[0-9]{1,2} ?\(" + _BARE + r"\)\Z")
_COMPARISON = re.compile(r"(>=|<=|==|!=|>|<)[ ]*([^ ]+)\Z")

_LONGEST_VERSION = 64
_LONGEST_RANGE = 512
# The first two digits name the series: 07xx is 7.0.
_SERIES = {2: "2.0", 3: "3.0", 5: "5.0", 7: "7.0"}


@dataclass(frozen=True)
class Version:
    """A parsed version. ``text`` is the bare form, such as ``E0730P11H07``.

    ``word`` is the suffix after a dash; it is ignored in comparisons.
    """

    text: str
    letter: str
    number: int
    patch: int = 0
    hotfix: int = 0
    limited: int = 0
    word: str = ""

    @property
    def key(self) -> Tuple[int, int, int, int]:
        """Sort key of versions that can be compared: number, patch, hotfix, limited."""
        return (self.number, self.patch, self.hotfix, self.limited)

    @property
    def series(self) -> Optional[str]:
        """Series of the version, ``"7.0"`` for 07xx; None if it is not known."""
        return _SERIES.get(self.number // 100)

    @property
    def covers_license_server(self) -> bool:
        """True for 7.0 and later, where family A of table 1-1 applies (R27)."""
        return self.number >= 700

    def __str__(self) -> str:
        return self.text


def parse_version(text: object) -> Version:
    """Return the version in ``text``, bare or such as ``CVK 7.0 (E0710)``, in upper or lower case.

    Raises LicensingError ``version_unparseable`` (R28) for any other value, including internal baselines
    (``V700R001…``).
    """
    if isinstance(text, str) and len(text) <= _LONGEST_VERSION:
        stripped = text.strip()
        match = _VERSION.match(stripped) or _WRAPPED.match(stripped)
        if match:
            letter, number, patch, hotfix, limited, word = match.groups()
            letter = letter.upper()
            bare = letter + number
            for mark, digits in (("P", patch), ("H", hotfix), ("L", limited)):
                bare += mark + digits if digits else ""
            bare += "-" + word if word else ""
            return Version(
                bare, letter, int(number), int(patch or 0), int(hotfix or 0), int(limited or 0), word or ""
            )
    raise LicensingError("version_unparseable", "R28", text=shown(text))


def compare(left: Version, right: Version) -> Optional[int]:
    """Return -1, 0 or 1, or None if they cannot be compared (equal digits, different letters)."""
    if left.number == right.number and left.letter != right.letter:
        return None
    return (left.key > right.key) - (left.key < right.key)


@dataclass(frozen=True)
class Comparison:
    """One bound of a range, such as ``>=E0730P06``."""

    operator: str
    bound: Version

    def holds(self, version: Version) -> Optional[bool]:
        order = compare(version, self.bound)
        if order is None:
            return None
        return {
            ">=": order >= 0,
            ">": order > 0,
            "<=": order <= 0,
            "<": order < 0,
            "==": order == 0,
            "!=": order != 0,
        }[self.operator]


@dataclass(frozen=True)
class VersionRange:
    """Alternatives, each a set of bounds that must all be met: ``>=E0730P06,<E0750 || >=E0760``."""

    text: str
    alternatives: Tuple[Tuple[Comparison, ...], ...]

    def contains(self, version: Optional[Version]) -> Optional[bool]:
        """Return True, False, or None if the version is unknown or not comparable (strong Kleene)."""
        if version is None:
            return None
        verdicts = [_all([part.holds(version) for part in group]) for group in self.alternatives]
        if True in verdicts:
            return True
        return None if None in verdicts else False


def _all(verdicts: "list[Optional[bool]]") -> Optional[bool]:
    if False in verdicts:
        return False
    return None if None in verdicts else True


def parse_range(text: object) -> VersionRange:
    """Return the range in ``text``: comparisons joined by a comma (*and*) and ``||`` (*or*).

    Raises LicensingError ``version_range_unparseable`` (R28) with the invalid part.
    """
    if not isinstance(text, str) or len(text) > _LONGEST_RANGE:
        raise LicensingError("version_range_unparseable", "R28", text=shown(text), part=shown(text))
    alternatives = []
    for group in text.split("||"):
        bounds = []
        for part in group.split(","):
            match = _COMPARISON.match(part.strip())
            if not match:
                raise LicensingError(
                    "version_range_unparseable", "R28", text=shown(text), part=shown(part.strip())
                )
            try:
                bounds.append(Comparison(match.group(1), parse_version(match.group(2))))
            except LicensingError as error:
                raise LicensingError(
                    "version_range_unparseable", "R28", text=shown(text), part=shown(part.strip())
                ) from error
        alternatives.append(tuple(bounds))
    return VersionRange(text, tuple(alternatives))
