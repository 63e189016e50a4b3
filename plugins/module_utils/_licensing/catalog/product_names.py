# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Display names of products (R27), for a module that needs nothing else of the catalog."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Mapping, Optional, Protocol, Tuple, TypeVar

from .catalog_data import ROWS

T = TypeVar("T")

#: Product id and architecture (``any``: the row has none), which identify a row of the catalog.
Cell = Tuple[str, str]

ANY = "any"


class KnownNames(Protocol):
    """What knows display names: ``ProductNames`` or a ``Catalog``."""

    def named(self, name: str) -> Optional[Cell]:
        """Return the product and architecture of a display name, None for an unknown one."""


class ProductNames:
    """Products by display name; ``names`` are the Chinese and the English name of each row, "" for none."""

    def __init__(self, names: Mapping[Cell, Tuple[str, str]]) -> None:
        self._cells = {_normalized(name): cell for cell, both in names.items() for name in both if name}

    @classmethod
    def shipped(cls, rows: Iterable[Mapping[str, Any]] = ()) -> "ProductNames":
        """Return the names of the shipped products and of a site's ``rows``, which are validated (R2)."""
        names: Dict[Cell, Tuple[str, str]] = {(row[2], row[6]): row[11:13] for row in ROWS}
        for row in rows:
            cell = (row["id"], row.get("arch") or ANY)
            put_row(names, cell, (row.get("name_zh") or "", row.get("name_en") or ""))
        return cls(names)

    def named(self, name: str) -> Optional[Cell]:
        """Return the product and architecture of a display name; case, spaces, punctuation are ignored."""
        return self._cells.get(_normalized(name))


def put_row(rows: Dict[Cell, T], cell: Cell, row: T) -> None:
    """Add the row of ``cell``. It replaces a row of the same product and architecture (R2).

    Rows for single architectures replace a row of the same product for any architecture, and vice versa.
    """
    product, arch = cell
    for other in [known for known in rows if known[0] == product]:
        if (other[1] == ANY) != (arch == ANY):
            del rows[other]
    rows[cell] = row


def _normalized(name: str) -> str:
    # The table, the scheme list and the servers use different spaces and hyphens in the same names.
    return "".join(character for character in name.casefold() if character.isalnum())
