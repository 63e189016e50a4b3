# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""API of a License Server."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Set, Tuple, TypeVar

from ..._text import masked_key
from ..profile.fields import CLIENT_STATE, LICENSE_ARCH, LICENSE_KIND, LICENSE_STATUS
from ..profile.model import Profile
from ..wire.connection import Connection
from .client import Budget, Client
from .lists import Listed
from .records import (
    Assignment,
    ClientRecord,
    LicenseRecord,
    NamedFile,
    QuotaRow,
    ServerInfo,
    Share,
    StatisticRecord,
)
from .rows import ABSENT, NULL, VALUE, JsonRow, WrongShape

T = TypeVar("T")


class LicenseServerApi:
    """Reads of one License Server; ``LicenseServerWriter`` adds the writes.

    Every method raises the errors of ``wire/errors.py``; OperationUnsupported if the profile does not have
    the call. ``budget`` bounds all reads together; without one, each read has its own deadline.
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
                # A date is no clock.
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

    def statistics(self) -> Tuple[StatisticRecord, ...]:
        """Return the server-wide totals by display name."""
        return tuple(self._each("statistics", _statistic))

    def clients(self) -> Tuple[ClientRecord, ...]:
        """Return the clients with their state and quotas."""
        return self._unique("list_clients", _client, lambda record: record.name).whole()

    def assignments(self, client: str) -> Tuple[Assignment, ...]:
        """Return what ``client`` has fetched, license by license."""
        return tuple(self._each("client_assignments", _assignment, client=client))

    def device_info(self) -> NamedFile:
        """Return the device information (DID) file; it can change, so read it just before a request."""
        return self._client.read_file("device_info")

    def uninstall_file(self, license_id: str) -> NamedFile:
        """Return the uninstall file of an uninstalled license; NotFound if it is not uninstalled."""
        return self._client.read_file("uninstall_file", license_id=license_id)

    def _each(self, operation: str, record: Callable[[JsonRow], T], **params: str) -> List[T]:
        rows = self._client.read_rows(operation, **params)
        return self._shaped(operation, lambda: [record(row) for row in rows])

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


class ProductNodeApi(LicenseServerApi):
    """API of the node of a product that manages its own licenses: a License Server without clients.

    Its profile is the ``local`` section of a profile, ``Profile.node``.
    """

    def clients(self) -> Tuple[ClientRecord, ...]:
        return ()


def _license(row: JsonRow) -> LicenseRecord:
    key = row.text("key")
    values: Dict[str, Any] = {
        "id": row.identifier("id"),
        "product": row.text("product"),
        "arch": row.choice("arch", LICENSE_ARCH.choices),
        "kind": row.choice("kind", LICENSE_KIND.choices),
        "code": row.text("code"),
        "quantity": row.integer("quantity"),
        "issued_at": row.instant("issued_at"),
        "installed_at": row.instant("installed_at"),
        "expires_at": row.end("expires_at"),
        "assigned": tuple(Share(share.identifier("client"), _count(share)) for share in row.rows("assigned")),
        "device": row.text("device"),
        "status": row.choice("status", LICENSE_STATUS.choices),
        "file_name": row.text("file_name"),
        "sha256": row.text("sha256"),
        "key": masked_key(key) if key is not None else None,
        "packs": row.integers("packs"),
    }
    if row.unknown.get("packs") in (ABSENT, NULL):
        # Most products have no packs, so a missing value is not unknown.
        row.unknown.pop("packs", None)
    return LicenseRecord(unknown=row.unknown, **values)


def _count(row: JsonRow) -> int:
    quantity = row.integer("quantity")
    if quantity is None:
        raise WrongShape("a quantity in every row", "a row without")
    if quantity < 0:
        # A negative quantity would reduce what others hold, or what is bound.
        raise WrongShape("a quantity of 0 or more in every row", "a row with {0}".format(quantity))
    return quantity


def _statistic(row: JsonRow) -> StatisticRecord:
    return StatisticRecord(
        row.identifier("name"), row.integer("amount"), row.integer("used"), row.integer("remaining")
    )


def _client(row: JsonRow) -> ClientRecord:
    quota = tuple(
        QuotaRow(line.identifier("product"), line.choice("arch", LICENSE_ARCH.choices), _count(line))
        for line in row.rows("quota")
    )
    return ClientRecord(
        row.identifier("name"), row.choice("state", CLIENT_STATE.choices), row.instant("last_contact"), quota
    )


def _assignment(row: JsonRow) -> Assignment:
    return Assignment(
        row.identifier("license_id"),
        row.text("product"),
        row.choice("arch", LICENSE_ARCH.choices),
        row.integer("quantity"),
        row.instant("fetched_at"),
    )
