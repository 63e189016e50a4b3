# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect or disconnect a client by manual steps on the consoles, and verify them by reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, TypeVar

from ..._vms.api.tasks import CONNECTED, LicenseServerWriter, VmsWriter
from ..._vms.wire.errors import OperationUnsupported
from ..client import pair
from ..client.plan import (
    ConnectionState,
    WantedConnection,
    client_named,
    contradictions,
    info_of,
    is_this_link,
    licenses_of,
    link_differences,
    login_is_refused,
    number_for,
    quota_differs,
    refuse_unlisted,
)
from ..core import proof
from ..core.errors import Cause, InvalidRequest
from .steps import BY_PERSON, BY_SIDES, Handover, ManualTerms, confirmed_steps, open_steps, step

T = TypeVar("T")
# A manual step, and whether its side of the connection was read.
SideStep = Tuple[Cause, bool]

CONNECT = (
    *("license_server_link", "connect_license_server", "reconnect_license_server", "version"),
    *("server", "list_licenses", "list_clients", "client_assignments", "create_client", "update_client"),
)
DISCONNECT = (
    *("license_server_link", "disconnect_license_server"),
    *("list_clients", "client_assignments", "release_client", "delete_client"),
)


@dataclass(frozen=True)
class Sides:
    """Both sides as far as they can be read; ``link_read`` and ``client_read`` are whether they were."""

    state: ConnectionState
    link_read: bool
    client_read: bool


def read(client_name: str, system: VmsWriter, server: LicenseServerWriter) -> Sides:
    """Read the sides that the profile has calls for."""
    link, link_read = _read_side(system.license_server)
    client, client_read = _read_side(lambda: client_named(server, client_name))
    # Without the version call, refused logins cannot be detected; only the link's own state is checked.
    refused, _read = _read_side(lambda: login_is_refused(system))
    state = ConnectionState(link, client, bool(refused), licenses=licenses_of(server), server=info_of(server))
    return Sides(state, link_read, client_read)


def _read_side(call: Callable[[], Optional[T]]) -> Tuple[Optional[T], bool]:
    """Return what ``call`` reads, and whether the profile has a call to read it."""
    try:
        return call(), True
    except OperationUnsupported:
        return None, False


def connect(wanted: WantedConnection, sides: Sides, vms: str, terms: ManualTerms) -> Handover:
    """Return the manual steps of a connection. Raises InvalidRequest ``option_not_for_handover``."""
    if wanted.update_password:
        raise InvalidRequest("option_not_for_handover", option="update_password", value="always")
    at_server, at_system = _client_steps(wanted, sides), _link_steps(wanted, sides, vms)
    # A system connected as this client proves that the client exists; only the server reports its quota.
    if sides.link_read and not at_system and not sides.client_read and wanted.quota is None:
        at_server = []
    console = terms.endpoint if at_server else ""
    steps = [
        *((item, sides.client_read) for item in at_server),
        *((item, sides.link_read) for item in at_system),
    ]
    return _decide(wanted.client_name, steps, terms, console)


def disconnect(client_name: str, address: str, sides: Sides, vms: str, terms: ManualTerms) -> Handover:
    """Return the manual steps of a disconnection."""
    link, client = sides.state.link, sides.state.client
    if sides.client_read:
        refuse_unlisted(client_name, sides.state)
    steps: List[SideStep] = []
    if is_this_link(link, address, client_name, sides.state.server) or not sides.link_read:
        removal = step("handover_disconnect", vms=vms, address=address, client=client_name)
        steps.append((removal, sides.link_read))
    if client is not None or not sides.client_read:
        removal = step("handover_delete_client", endpoint=terms.endpoint, client=client_name)
        steps.append((removal, sides.client_read))
    return _decide(client_name, steps, terms)


def _decide(name: str, steps: Sequence[SideStep], terms: ManualTerms, console: str = "") -> Handover:
    """Return the steps as open, or as done because nothing is left to do or the operator confirmed it."""
    if not steps:
        return Handover(False, verified_by=BY_SIDES)
    # The operator's confirmation counts where nothing can be read, never against what was read.
    if terms.confirmed and not any(is_read for _step, is_read in steps):
        return confirmed_steps(name, (name,))
    verification = step("handover_see_sides") if all(is_read for _step, is_read in steps) else None
    return open_steps([item for item, _is_read in steps], verification, console)


def _client_steps(wanted: WantedConnection, sides: Sides) -> List[Cause]:
    client = sides.state.client
    name = wanted.client_name
    steps: List[Cause] = []
    if client is None:
        steps.append(step("handover_create_client", client=name))
    if wanted.quota and (client is None or quota_differs(wanted.quota, client)):
        rows = tuple("{0.quantity} × {0.product} {1}".format(row, row.arch or "any") for row in wanted.quota)
        steps.append(step("handover_set_quota", client=name, quota=rows))
    if wanted.quota == () and client is not None and client.quota:
        steps.append(step("handover_drop_quota", client=name))
    return steps


def _link_steps(wanted: WantedConnection, sides: Sides, vms: str) -> List[Cause]:
    link = sides.state.link
    if link is not None and not link_differences(wanted, link):
        if link.state == CONNECTED and not sides.state.login_refused and not contradictions(sides.state):
            return []
        return [step("handover_reconnect", "R20", vms=vms)]
    connection = step(
        "handover_connect",
        vms=vms,
        address=wanted.address,
        client_port=wanted.client_port,
        console_port=wanted.console_port,
        client=wanted.client_name,
    )
    number = number_for(wanted, link)
    if number is None:
        return [connection]
    return [connection, step("handover_contract", "R23", contract_number=number)]


def refuse_unnamed_pair(wanted: WantedConnection, sides: Sides, system: VmsWriter) -> Tuple[Cause, ...]:
    """Check like ``pair.refuse_unnamed_pair``, for a client that is created manually (R23).

    If a side cannot be read, it is unknown whether a client is created at all, so a pair gets only a warning.
    """
    if sides.link_read and sides.client_read:
        return pair.refuse_unnamed_pair(wanted, sides.state, system)
    is_created = pair.is_client_made(wanted, sides.state)
    return pair.unchecked(wanted) if is_created and pair.is_pair(system) is not False else ()


def proof_rows(name: str, sides: Sides, over: Handover) -> List[Dict[str, Any]]:
    """Return the proof of finished manual steps: the sides that could be read, or the confirmation."""
    if over.required or over.verified_by == BY_PERSON:
        return proof.rows(over.proof)
    read_at = None if sides.state.server is None else sides.state.server.time
    link = proof.of_link(sides.state.link, name) if sides.link_read else ()
    client = proof.of_client(sides.state.client, name, read_at) if sides.client_read else ()
    return proof.rows((*link, *client))
