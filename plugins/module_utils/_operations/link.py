# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system's connection to its License Server: how it is, how it should be, what is to be done.

Licences that arrive or lapse count only after the system has fetched again, and until then it may refuse
every login (R20, R22). So a connection is as wanted only if the system has fetched what there is for it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import List, Optional, Sequence, Tuple

from .._licensing.instants import parse_instant
from .._licensing.model import Arch
from .._vms.errors import LoginRefused
from .._vms.records import Assignment, ClientRecord, LicenseRecord, QuotaRow, ServerLink
from .errors import ChangeRefused, InvalidRequest
from .ports import ClientRegistry, System
from .states import CONNECTED, LIVE


class Reconnect(enum.Enum):
    """When a standing link fetches again."""

    NEVER = "never"
    WHEN_NEEDED = "when_needed"
    ALWAYS = "always"


class LinkStep(enum.Enum):
    """What is done to the link."""

    NOTHING = "nothing"
    CONNECT = "connect"
    RECONNECT = "reconnect"


@dataclass(frozen=True)
class Wanted:
    """The connection as it should be. ``quota`` and ``contract_number`` None leave what is there as it is."""

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
    """Both sides as they are. ``unfetched`` are alive licences that came after the system's last fetch."""

    link: Optional[ServerLink]
    client: Optional[ClientRecord]
    login_refused: bool = False
    unfetched: Tuple[str, ...] = ()
    assignments: Tuple[Assignment, ...] = ()


@dataclass(frozen=True)
class ConnectPlan:
    """What is to be done, and why (codes such as ``client_missing`` or ``login_refused``)."""

    state: ConnectionState
    wanted: Wanted
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


def read_state(client_name: str, system: System, server: ClientRegistry) -> ConnectionState:
    """Read both sides. While login is refused the link can still be read; the rest of the system cannot."""
    sides = read_sides(client_name, system, server)
    refused = login_is_refused(system)
    if sides.client is None:
        return replace(sides, login_refused=refused)
    assignments = server.assignments(client_name)
    unfetched = _unfetched(sides.link, sides.client, assignments, server.licenses())
    return ConnectionState(sides.link, sides.client, refused, unfetched, assignments)


def read_sides(client_name: str, system: System, server: ClientRegistry) -> ConnectionState:
    """Read the link here and the client there, and nothing else."""
    return ConnectionState(system.license_server(), client_named(server, client_name))


def client_named(server: ClientRegistry, name: str) -> Optional[ClientRecord]:
    """Return the client ``name`` as the server lists it, or None."""
    return next((record for record in server.clients() if record.name == name), None)


def login_is_refused(system: System) -> bool:
    """Say whether the system refuses every login because a licence lapsed (R20, R22)."""
    try:
        system.version()
    except LoginRefused:
        return True
    return False


def _unfetched(
    link: Optional[ServerLink],
    client: ClientRecord,
    assignments: Sequence[Assignment],
    licenses: Sequence[LicenseRecord],
) -> Tuple[str, ...]:
    """Alive licences that the client may have, does not have, and that came at or after its last fetch.

    Both conditions are needed: a licence that another client took stays out of reach however often this one
    fetches, and instants in whole seconds cannot say which of two came first.
    """
    if link is None or link.fetched_at is None:
        return ()
    fetched_at = parse_instant(link.fetched_at)
    held = {assignment.license_id for assignment in assignments}
    lines = {(row.product, row.arch) for row in client.quota}
    return tuple(
        record.id
        for record in licenses
        if record.status in LIVE
        and record.id not in held
        and (not lines or (record.product, record.arch) in lines)
        and record.installed_at is not None
        and parse_instant(record.installed_at) >= fetched_at
    )


def decide(wanted: Wanted, state: ConnectionState) -> ConnectPlan:
    """Decide what makes both sides as wanted.

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
    needs = [] if connect else _fetch_reasons(wanted, state, new_quota)
    reasons += needs
    if needs and wanted.reconnect is Reconnect.NEVER:
        rule = "R20" if state.login_refused else ""
        raise ChangeRefused("reconnect_forbidden", rule, reasons=needs, client=wanted.client_name)
    if connect and not wanted.client_password:
        raise InvalidRequest("client_password_needed", client=wanted.client_name, reasons=reasons)
    step = LinkStep.CONNECT if connect else LinkStep.RECONNECT if needs else LinkStep.NOTHING
    return ConnectPlan(state, wanted, create, new_quota, new_password, step, tuple(dict.fromkeys(reasons)))


def quota_differs(quota: Sequence[QuotaRow], client: Optional[ClientRecord]) -> bool:
    standing = () if client is None else client.quota
    return sorted(map(_row_key, quota)) != sorted(map(_row_key, standing))


def _row_key(row: QuotaRow) -> Tuple[str, str, int]:
    # A product without an architecture of its own reads as none or as any.
    return row.product, "" if row.arch in (None, Arch.ANY.value) else str(row.arch), row.quantity


def link_differences(wanted: Wanted, link: Optional[ServerLink]) -> List[str]:
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


def _fetch_reasons(wanted: Wanted, state: ConnectionState, new_quota: bool) -> List[str]:
    reasons = []
    if state.login_refused:
        reasons.append("login_refused")
    if state.link is None or state.link.state != CONNECTED:
        reasons.append("link_disconnected")
    if state.client is not None and state.client.state != CONNECTED:
        reasons.append("client_disconnected")
    if wanted.reconnect is not Reconnect.NEVER:
        if state.unfetched:
            reasons.append("licenses_arrived")
        if new_quota:
            reasons.append("quota_differs")
        if wanted.reconnect is Reconnect.ALWAYS:
            reasons.append("always")
    return reasons
