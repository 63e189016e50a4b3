# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a system's connection to its License Server: current state, wanted state, and steps between them.

New or expired licenses take effect only after the system has fetched again, and until then it may refuse
every login (R20, R22). So a connection is as wanted only if the system has fetched all licenses that the
server has for it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import List, Optional, Sequence, Tuple

from ..._licensing.rules.quotas import line_of
from ..._licensing.values.license_row import (
    normalize_contract_number,
)
from ..._messages.catalog import register
from ..._messages.operations.client import MESSAGES
from ..._vms.api.license_server_api import (
    Assignment,
    ClientRecord,
    QuotaRow,
)
from ..._vms.api.records import (
    LicenseRecord,
    ServerInfo,
    ServerLink,
)
from ..._vms.api.tasks import CONNECTED, LicenseServerWriter, VmsWriter
from ..._vms.wire.errors import LoginRefused, OperationUnsupported
from ..core.errors import InvalidRequest
from ..core.write_errors import ChangeRefused, NotVerified
from .fetch_state import (
    arrived,
    is_forgotten,
    is_half_fetched,
    is_other_server,
    is_quota_unmet,
    lost_licenses,
)

register(MESSAGES)


class Reconnect(enum.Enum):
    """When an existing link fetches again."""

    NEVER = "never"
    WHEN_NEEDED = "when_needed"
    ALWAYS = "always"


class LinkStep(enum.Enum):
    """Action on the link."""

    NOTHING = "nothing"
    CONNECT = "connect"
    RECONNECT = "reconnect"


@dataclass(frozen=True)
class WantedConnection:
    """The connection as it should be; ``quota`` and ``contract_number`` None leave the present values."""

    address: str
    client_port: int
    console_port: int
    client_name: str
    client_password: Optional[str] = field(default=None, repr=False)
    quota: Optional[Tuple[QuotaRow, ...]] = None
    contract_number: Optional[str] = None
    update_password: bool = False
    reconnect: Reconnect = Reconnect.WHEN_NEEDED


@dataclass(frozen=True)
class ConnectionState:
    """State of both sides. ``clients`` and ``licenses`` are all that the server has.

    ``server`` is the License Server that was read, with its time of that read; None where no call returns it.
    """

    link: Optional[ServerLink]
    client: Optional[ClientRecord]
    login_refused: bool = False
    assignments: Tuple[Assignment, ...] = ()
    clients: Tuple[ClientRecord, ...] = ()
    licenses: Tuple[LicenseRecord, ...] = ()
    server: Optional[ServerInfo] = None


@dataclass(frozen=True)
class ConnectPlan:
    """The steps to make, and the reasons (codes such as ``client_missing`` or ``login_refused``)."""

    state: ConnectionState
    wanted: WantedConnection
    create_client: bool
    update_quota: bool
    update_password: bool
    link: LinkStep
    reasons: Tuple[str, ...]

    @property
    def changed(self) -> bool:
        return (
            self.create_client
            or self.update_quota
            or self.update_password
            or self.link is not LinkStep.NOTHING
        )


def read_state(client_name: str, system: VmsWriter, server: LicenseServerWriter) -> ConnectionState:
    """Read both sides. While login is refused the link can still be read; the rest of the system cannot."""
    link = system.license_server()
    clients = server.clients()
    client = _named(clients, client_name)
    refused = login_is_refused(system)
    if client is None:
        return ConnectionState(link, None, refused, clients=clients, server=info_of(server))
    assignments, licenses = server.assignments(client_name), server.licenses()
    return ConnectionState(link, client, refused, assignments, clients, licenses, info_of(server))


def read_sides(client_name: str, system: VmsWriter, server: LicenseServerWriter) -> ConnectionState:
    """Read the link from the system, and the client and the licenses from the server."""
    link, client = system.license_server(), client_named(server, client_name)
    return ConnectionState(link, client, licenses=licenses_of(server), server=info_of(server))


def licenses_of(server: LicenseServerWriter) -> Tuple[LicenseRecord, ...]:
    """Return the licenses that the server lists; nothing where the profile has no call for them."""
    try:
        return server.licenses()
    except OperationUnsupported:
        return ()


def info_of(server: LicenseServerWriter) -> Optional[ServerInfo]:
    """Return which License Server it is; None where the profile has no call for it."""
    try:
        return server.server()
    except OperationUnsupported:
        return None


def is_this_link(link: Optional[ServerLink], address: str, name: str, server: Optional[ServerInfo]) -> bool:
    """Return whether ``link`` is the one of client ``name`` to the server at ``address``.

    Raises ChangeRefused ``link_by_other_address`` if the system reaches the same server under another
    address: such a link is neither ignored as a link to another server nor removed without a request.
    """
    if link is None or link.client_name != name:
        return False
    if link.address == address:
        return True
    if server is not None and link.server_id is not None and not is_other_server(link, server):
        raise ChangeRefused(
            "link_by_other_address",
            client=name,
            server=server.id,
            address=link.address or "-",
            given=address,
        )
    return False


def number_for(wanted: WantedConnection, link: Optional[ServerLink]) -> Optional[str]:
    """Return the contract number to write to the link; if none is wanted, the link keeps its own (R23)."""
    if wanted.contract_number is not None or link is None:
        return wanted.contract_number
    return normalize_contract_number(link.contract_number)


def client_named(server: LicenseServerWriter, name: str) -> Optional[ClientRecord]:
    """Return the client ``name`` as the server lists it, or None."""
    return _named(server.clients(), name)


def _named(clients: Sequence[ClientRecord], name: str) -> Optional[ClientRecord]:
    return next((record for record in clients if record.name == name), None)


def login_is_refused(system: VmsWriter) -> bool:
    """Return whether the system refuses every login because a license expired (R20, R22)."""
    try:
        system.version()
    except LoginRefused:
        return True
    return False


def decide(wanted: WantedConnection, state: ConnectionState) -> ConnectPlan:
    """Decide the steps that make both sides as wanted.

    Raises InvalidRequest ``client_password_needed``, ChangeRefused ``reconnect_forbidden``.
    """
    reasons: List[str] = []
    create = state.client is None
    if create:
        reasons.append("client_missing")
    new_quota = not create and wanted.quota is not None and quota_differs(wanted.quota, state.client)
    if new_quota:
        reasons.append("quota_differs")
    new_password = wanted.update_password and not create
    if new_password:
        reasons.append("password_given")
    link_reasons = link_differences(wanted, state.link)
    reasons += link_reasons
    connect = bool(link_reasons) or create or new_password
    fetch_reasons = [] if connect else _fetch_reasons(wanted, state, new_quota)
    reasons += fetch_reasons
    if fetch_reasons and wanted.reconnect is Reconnect.NEVER:
        rule = "R20" if state.login_refused else ""
        raise ChangeRefused("reconnect_forbidden", rule, reasons=fetch_reasons, client=wanted.client_name)
    if connect and not wanted.client_password:
        raise InvalidRequest("client_password_needed", client=wanted.client_name, reasons=reasons)
    step = LinkStep.CONNECT if connect else LinkStep.RECONNECT if fetch_reasons else LinkStep.NOTHING
    return ConnectPlan(state, wanted, create, new_quota, new_password, step, tuple(dict.fromkeys(reasons)))


def quota_differs(quota: Sequence[QuotaRow], client: Optional[ClientRecord]) -> bool:
    current = () if client is None else client.quota
    return sorted(map(_row_key, quota)) != sorted(map(_row_key, current))


def _row_key(row: QuotaRow) -> Tuple[Tuple[str, str], int]:
    return line_of(row.product, row.arch), row.quantity


def link_differences(wanted: WantedConnection, link: Optional[ServerLink]) -> List[str]:
    if link is None:
        return ["link_missing"]
    pairs = (
        ("address_differs", wanted.address, link.address),
        ("client_port_differs", wanted.client_port, link.client_port),
        ("console_port_differs", wanted.console_port, link.console_port),
        ("client_name_differs", wanted.client_name, link.client_name),
    )
    found = [code for code, want, have in pairs if want != have]
    if wanted.contract_number is not None and wanted.contract_number != link.contract_number:
        found.append("contract_number_differs")
    return found


def open_points(wanted: WantedConnection, state: ConnectionState) -> Tuple[str, ...]:
    """Return what is not as wanted; empty once both sides show the connection. Shares are not checked."""
    found = link_differences(wanted, state.link)
    if state.client is None:
        found.append("client_missing")
    elif wanted.quota is not None and quota_differs(wanted.quota, state.client):
        found.append("quota_differs")
    return (*found, *_down_reasons(state))


def _down_reasons(state: ConnectionState) -> List[str]:
    """Return why a configured connection does not count: it is down, or the sides contradict each other."""
    link = state.link
    reasons = []
    if state.login_refused:
        reasons.append("login_refused")
    if link is None or link.state != CONNECTED:
        reasons.append("link_disconnected")
    elif link.fetched_at is None:
        reasons.append("never_fetched")
    reasons += contradictions(state)
    if lost_licenses(state.assignments, state.licenses):
        reasons.append("licenses_gone")
    return reasons


def contradictions(state: ConnectionState) -> List[str]:
    """Return how the server contradicts the system's report of its connection, as far as both are read."""
    link, client = state.link, state.client
    reasons = []
    if client is not None and client.state != CONNECTED:
        reasons.append("client_disconnected")
    if link is not None and is_other_server(link, state.server):
        reasons.append("server_differs")
    if link is not None and client is not None and is_forgotten(link, client):
        reasons.append("server_restored")
    return reasons


def refuse_unlisted(client_name: str, state: ConnectionState) -> None:
    """Raise NotVerified ``client_holds_unlisted`` if the client holds licenses but is not listed."""
    held = [record.id for record in state.licenses if record.assigned_to(client_name)]
    if state.client is None and held:
        raise NotVerified("client_holds_unlisted", client=client_name, license_ids=held)


def _fetch_reasons(wanted: WantedConnection, state: ConnectionState, new_quota: bool) -> List[str]:
    reasons = _down_reasons(state)
    if wanted.reconnect is not Reconnect.NEVER:
        reasons += _share_reasons(wanted, state, new_quota)
        if wanted.reconnect is Reconnect.ALWAYS:
            reasons.append("always")
    return reasons


def _share_reasons(wanted: WantedConnection, state: ConnectionState, new_quota: bool) -> List[str]:
    """Return the reasons why the next fetch would change the licenses of the system."""
    link, client = state.link, state.client
    if client is None:
        return []
    reasons = []
    if arrived(link, client, state.assignments, state.licenses):
        reasons.append("licenses_arrived")
    if is_half_fetched(link, state.assignments):
        reasons.append("fetch_incomplete")
    if new_quota:
        reasons.append("quota_differs")
    elif wanted.quota is not None and is_quota_unmet(
        client, state.clients, state.assignments, state.licenses
    ):
        reasons.append("quota_not_fetched")
    return reasons
