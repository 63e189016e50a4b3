# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""API of a License Server: all of its reads, and the files that it issues."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable, List, Mapping, Optional, Tuple, TypeVar

from ..._errors import shown
from ..profile.fields import CLIENT_STATES, LICENSE_ARCHES
from ..profile.model import Operation
from ..wire.response import Response
from ..wire.response_body import UnreadableBody, read_body
from .answers import MESSAGE_KEYS, accept, failure_in, first_text, own_keys, refusal
from .client import Client
from .license_reader import LicenseReader, quantity_of
from .records import NamedFile
from .rows import JsonRow, ResponseScope, WrongShape

T = TypeVar("T")
# Other statuses of success are of a part of a file, or of one that is not ready.
_WHOLE = 200


@dataclass(frozen=True)
class StatisticRecord:
    """Server-wide totals by the display name of a license, without kind, end and clients."""

    name: str
    amount: Optional[int]
    used: Optional[int]
    remaining: Optional[int]


@dataclass(frozen=True)
class QuotaRow:
    """The upper bound of a client for one product and architecture."""

    product: str
    arch: Optional[str]
    quantity: int


@dataclass(frozen=True)
class ClientRecord:
    """A client of a License Server. ``state`` is ``connected``, ``disconnected`` or ``never``."""

    name: str
    state: Optional[str]
    last_contact: Optional[str]
    quota: Tuple[QuotaRow, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """The quantity of one license that a client has fetched."""

    license_id: str
    product: Optional[str]
    arch: Optional[str]
    quantity: Optional[int]
    fetched_at: Optional[str]


class LicenseServerApi(LicenseReader):
    """Reads of one License Server; ``LicenseServerWriter`` adds the writes."""

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
        return read_file(self._client, "device_info")

    def uninstall_file(self, license_id: str) -> NamedFile:
        """Return the uninstall file of an uninstalled license; NotFound if it is not uninstalled."""
        return read_file(self._client, "uninstall_file", license_id=license_id)

    def _each(self, operation: str, record: Callable[[JsonRow], T], **params: str) -> List[T]:
        rows = self._client.read_rows(operation, **params)
        return self._shaped(operation, lambda: [record(row) for row in rows])


class ProductNodeApi(LicenseServerApi):
    """API of the node of a product that manages its own licenses: a License Server without clients.

    Its profile is the ``local`` section of a profile, ``Profile.node``.
    """

    def clients(self) -> Tuple[ClientRecord, ...]:
        return ()


def _statistic(row: JsonRow) -> StatisticRecord:
    return StatisticRecord(
        row.identifier("name"), row.integer("amount"), row.integer("used"), row.integer("remaining")
    )


def _client(row: JsonRow) -> ClientRecord:
    quota = tuple(
        QuotaRow(line.identifier("product"), line.choice("arch", LICENSE_ARCHES), quantity_of(line))
        for line in row.rows("quota")
    )
    return ClientRecord(
        row.identifier("name"), row.choice("state", CLIENT_STATES), row.instant("last_contact"), quota
    )


def _assignment(row: JsonRow) -> Assignment:
    return Assignment(
        row.identifier("license_id"),
        row.text("product"),
        row.choice("arch", LICENSE_ARCHES),
        row.integer("quantity"),
        row.instant("fetched_at"),
    )


def read_file(client: Client, name: str, **params: str) -> NamedFile:
    """Return a file under the name that the server sent; BadAnswer if it is not a plain file name."""
    response = client.read_response(name, _check_file, **params)
    file_name = component(response.header_part(lambda headers: headers.get_filename()))
    if file_name is None:
        raise client.bad_answer("answer_file_name", name)
    return NamedFile(file_name, response.body)


def _check_file(operation: Operation, response: Response) -> None:
    element, root = "", None  # type: Optional[str], Any
    try:
        element, root = read_body(response)
    except UnreadableBody as error:
        # The content of a file may be anything but a web page.
        if error.problem == "html" or "html" in error.content_type.lower():
            raise
    accept_file(operation, response, root, element)


def accept_file(operation: Operation, response: Response, root: Any, element: Optional[str]) -> None:
    """Check that a response is a file; raises Refused or WrongShape. ``root`` is None if it is not text."""
    if not response.body:
        raise WrongShape("a file", "nothing")
    coding = response.header("Content-Encoding").strip().lower()
    if coding not in ("", "identity"):
        raise WrongShape("a file without Content-Encoding", shown(coding))
    if not response.has_end:
        raise WrongShape("a file with its length", "one that ends with the connection")
    if not any(rule.statuses for rule in operation.success) and response.status != _WHOLE:
        raise WrongShape("a file with the status 200", "the status {0}".format(response.status))
    is_file = not isinstance(root, Mapping)
    # The body is the file, so only rules about its status and headers apply.
    rules = [rule for rule in operation.success if not (is_file and rule.source and rule.source.path)]
    accept(replace(operation, success=tuple(rules)), None, response, root, element)
    failed = None if is_file else failure_in(root, own_keys(operation, rules))[1]
    if failed and first_text(root, MESSAGE_KEYS):
        raise refusal(root, operation.error, ResponseScope(root, response), failed)


def component(name: str) -> Optional[str]:
    """Return ``name``, or None if it has a path separator, is hidden, unprintable, empty or too long."""
    valid = name.isprintable() and 0 < len(name.encode("utf-8")) <= 255
    return name if valid and not name.startswith(".") and "/" not in name and "\\" not in name else None
