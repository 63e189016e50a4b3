# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the identifiers out of facts: ids and names of licenses, hosts, License Servers and their clients.

Systems of one kind have the same sizes, versions and products, and differ in these texts. Numbers stand for
them here: each text has the number of its first place, so that equal texts stay equal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..facts.row_order import are_ordered

#: Identifiers of this form are compared with other texts only; no code looks inside them. Shorter texts stay
#: in the facts, because they can be a part of any other text.
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{3,63}", re.ASCII)
_HOST = ("id", "name")
_LICENSE = ("id", "held_by")
_SERVER = ("id", "client")
#: The last steps of the pointers to identifiers.
NAMES = frozenset((*_HOST, *_LICENSE, *_SERVER))


@dataclass(frozen=True)
class NumberedFacts:
    """Facts with numbers in the place of identifiers, and the identifiers by number.

    ``order`` has the numbers in the order of their identifiers. Fact sets with equal ``content`` and
    ``order`` differ in their identifiers only, and comparisons among these have equal outcomes.
    """

    content: dict[str, Any]
    identifiers: tuple[str, ...]
    order: tuple[int, ...]


def numbered(facts: Mapping[str, Any]) -> NumberedFacts | None:
    """Return ``facts`` without their identifiers; None if the rows of a list are not in the order of ids."""
    numbers: dict[str, int] = {}

    def without(row: Any, names: tuple[str, ...]) -> Any:
        if not isinstance(row, dict):
            return row
        own = row.copy()
        for name in names:
            value = row.get(name)
            # A vaulted text has another type and stays as it is.
            if value.__class__ is str and _IDENTIFIER.fullmatch(value):
                # Facts never have a tuple, so the number cannot be mistaken for a fact.
                own[name] = (numbers.setdefault(value, len(numbers)),)
        return own

    content = dict(facts)
    hosts, licenses = facts.get("hosts"), facts.get("licenses")
    if isinstance(hosts, list):
        if not are_ordered(hosts):
            return None
        content["hosts"] = [without(row, _HOST) for row in hosts]
    items = licenses.get("items") if isinstance(licenses, dict) else None
    if isinstance(licenses, dict) and isinstance(items, list):
        if not are_ordered(items):
            return None
        content["licenses"] = {**licenses, "items": [without(row, _LICENSE) for row in items]}
    if "license_server" in facts:
        content["license_server"] = without(facts["license_server"], _SERVER)
    identifiers = tuple(numbers)
    return NumberedFacts(
        content, identifiers, tuple(sorted(range(len(identifiers)), key=identifiers.__getitem__))
    )
