# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What facts need of a License Server or product node: its clock and its licenses."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Set, Tuple, TypeVar

from ..._text import masked_key
from ..profile.fields import LICENSE_ARCHES, LICENSE_KINDS, LICENSE_STATUSES
from ..profile.model import Profile
from ..wire.connection import Connection
from .client import Budget, Client
from .lists import Listed
from .records import LicenseRecord, ServerInfo, Share
from .rows import ABSENT, NULL, VALUE, JsonRow, WrongShape

T = TypeVar("T")


class LicenseReader:
    """Reads the licenses of one License Server or product node; ``LicenseServerApi`` adds the other reads.

    Every method raises the errors of ``wire/errors.py``. ``budget`` bounds all reads together.
    """

    def __init__(self, connection: Connection, profile: Profile, budget: Optional[Budget] = None) -> None:
        self.profile = profile
        self.endpoint = connection.endpoint
        self._client = Client(connection, profile, budget)

    def close(self) -> None:
        """Log out and return tokens as far as possible, and close the connection."""
        self._client.close()

    def server(self) -> ServerInfo:
        """Return the server's id, version and own clock, which decides what is expired."""
        row = self._client.read("server")

        def info() -> ServerInfo:
            clock = row.instant("time")
            if clock is not None and clock.endswith("Z") and "time" not in row.zones:
                # A date is not a clock.
                row.miss("time", VALUE, clock)
                clock = None
            zone, certainty = row.zones.get("time", (None, None))
            return ServerInfo(
                row.identifier("id"),
                row.text("version"),
                clock,
                row.text("peer"),
                row.text("product"),
                zone,
                certainty,
            )

        return self._shaped("server", info)

    def licenses(self) -> Tuple[LicenseRecord, ...]:
        """Return every license that the server lists, including uninstalled ones, over all pages."""
        return self.license_list().whole()

    def license_list(self) -> Listed[LicenseRecord]:
        """Return the licenses that were read, and why there may be more."""
        return self._unique("list_licenses", _license, lambda record: record.id)

    def _unique(self, operation: str, record: Callable[[JsonRow], T], ident: Callable[[T], str]) -> Listed[T]:
        """Read a list of named items and reject a repeated name, which would be counted twice.

        An incomplete list has a name twice if the item changed during reading: neither content is certain.
        """
        listed = self._client.read_list(operation)

        def unique() -> Listed[T]:
            found = tuple(record(row) for row in listed.rows)
            seen: Set[str] = set()
            for name in map(ident, found):
                if name in seen:
                    listed.whole()
                    raise WrongShape("every row once", "{0} twice".format(name))
                seen.add(name)
            return Listed(found, listed.why, listed.total)

        return self._shaped(operation, unique)

    def _shaped(self, operation: str, read: Callable[[], T]) -> T:
        try:
            return read()
        except WrongShape as error:
            raise self._client.wrong_shape(operation, error) from None


def _license(row: JsonRow) -> LicenseRecord:
    key = row.text("key")
    values: Dict[str, Any] = {
        "id": row.identifier("id"),
        "product": row.text("product"),
        "arch": row.choice("arch", LICENSE_ARCHES),
        "kind": row.choice("kind", LICENSE_KINDS),
        "code": row.text("code"),
        "quantity": row.integer("quantity"),
        "issued_at": row.instant("issued_at"),
        "installed_at": row.instant("installed_at"),
        "expires_at": row.end("expires_at"),
        "assigned": tuple(
            Share(share.identifier("client"), quantity_of(share)) for share in row.rows("assigned")
        ),
        "device": row.text("device"),
        "status": row.choice("status", LICENSE_STATUSES),
        "file_name": row.text("file_name"),
        "sha256": row.text("sha256"),
        "key": masked_key(key) if key is not None else None,
        "packs": row.integers("packs"),
    }
    if row.unknown.get("packs") in (ABSENT, NULL):
        # Most products have no packs, so a missing value is not unknown.
        row.unknown.pop("packs", None)
    return LicenseRecord(unknown=row.unknown, **values)


def quantity_of(row: JsonRow) -> int:
    """Return the quantity of a row, 0 or more, which it must have; raises WrongShape."""
    quantity = row.integer("quantity")
    if quantity is None:
        raise WrongShape("a quantity in every row", "a row without")
    return quantity
