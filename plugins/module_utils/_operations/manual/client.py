# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect or disconnect a client by manual steps on the consoles, and verify them by reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from ..._vms.api.license_server_api import LicenseServerApi
from ..._vms.api.records import CONNECTED, ClientRecord, QuotaRow, ServerLink
from ..._vms.api.vms_api import VmsApi
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
from ..core.errors import Cause, InvalidRequest
from .steps import BY_PERSON, BY_SIDES, Handover, ManualTerms, end_steps

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


def read(client_name: str, system: VmsApi, server: LicenseServerApi) -> Sides:
    """Read the sides that the profile has calls for."""
    link: Optional[ServerLink] = None
    client: Optional[ClientRecord] = None
    link_read = client_read = True
    refused = False
    try:
        link = system.license_server()
    except OperationUnsupported:
        link_read = False
    try:
        client = client_named(server, client_name)
    except OperationUnsupported:
        client_read = False
    try:
        refused = login_is_refused(system)
    except OperationUnsupported:
        # Without the version call, refused logins cannot be detected; only the link's own state is checked.
        refused = False
    state = ConnectionState(link, client, refused, licenses=licenses_of(server), server=info_of(server))
    return Sides(state, link_read, client_read)


def connect(wanted: WantedConnection, sides: Sides, vms: str, terms: ManualTerms) -> Handover:
    """Return the manual steps of a connection. Raises InvalidRequest ``option_not_for_handover``."""
    if wanted.update_password:
        raise InvalidRequest("option_not_for_handover", option="update_password", value="always")
    at_server = _client_steps(wanted, sides)
    at_system = _link_steps(wanted, sides, vms)
    linked = sides.link_read and not at_system
    # A system connected as this client proves that the client exists; only the server reports its quota.
    if linked and not sides.client_read and wanted.quota is None:
        at_server = []
    steps = at_server + at_system
    if not steps:
        return Handover(False, verified_by=BY_SIDES)
    # The operator's confirmation counts where nothing can be read, never against what was read.
    trusted = (
        terms.confirmed and not (at_server and sides.client_read) and not (at_system and sides.link_read)
    )
    if trusted:
        return _on_trust(wanted.client_name)
    if at_server:
        steps = [_log_in(terms), *steps]
    readable = not (at_server and not sides.client_read) and not (at_system and not sides.link_read)
    return Handover(True, end_steps(steps, Cause("handover_see_sides", {}, "") if readable else None))


def disconnect(client_name: str, address: str, sides: Sides, vms: str, terms: ManualTerms) -> Handover:
    """Return the manual steps of a disconnection."""
    link, client = sides.state.link, sides.state.client
    if sides.client_read:
        refuse_unlisted(client_name, sides.state)
    is_this = is_this_link(link, address, client_name, sides.state.server)
    steps: List[Cause] = []
    if is_this or not sides.link_read:
        steps.append(
            Cause("handover_disconnect", {"vms": vms, "address": address, "client": client_name}, "")
        )
    if client is not None or not sides.client_read:
        steps.append(Cause("handover_delete_client", {"endpoint": terms.endpoint, "client": client_name}, ""))
    if not steps:
        return Handover(False, verified_by=BY_SIDES)
    if terms.confirmed and not is_this and client is None:
        return _on_trust(client_name)
    readable = sides.link_read and sides.client_read
    return Handover(True, end_steps(steps, Cause("handover_see_sides", {}, "") if readable else None))


def _on_trust(client_name: str) -> Handover:
    return Handover(
        False, verified_by=BY_PERSON, warnings=(Cause("handover_on_trust", {"what": client_name}, ""),)
    )


def _log_in(terms: ManualTerms) -> Cause:
    return Cause("handover_log_in", {"endpoint": terms.endpoint}, "")


def _client_steps(wanted: WantedConnection, sides: Sides) -> List[Cause]:
    client = sides.state.client
    name = wanted.client_name
    steps: List[Cause] = []
    if client is None:
        steps.append(Cause("handover_create_client", {"client": name}, ""))
    if wanted.quota and (client is None or quota_differs(wanted.quota, client)):
        steps.append(Cause("handover_set_quota", {"client": name, "quota": _shown(wanted.quota)}, ""))
    if wanted.quota == () and client is not None and client.quota:
        steps.append(Cause("handover_drop_quota", {"client": name}, ""))
    return steps


def _link_steps(wanted: WantedConnection, sides: Sides, vms: str) -> List[Cause]:
    link = sides.state.link
    if link is not None and not link_differences(wanted, link):
        if link.state == CONNECTED and not sides.state.login_refused and not contradictions(sides.state):
            return []
        return [Cause("handover_reconnect", {"vms": vms}, "R20")]
    fields = {
        "vms": vms,
        "address": wanted.address,
        "client_port": wanted.client_port,
        "console_port": wanted.console_port,
        "client": wanted.client_name,
    }
    steps = [Cause("handover_connect", fields, "")]
    number = number_for(wanted, link)
    if number is not None:
        steps.append(Cause("handover_contract", {"contract_number": number}, "R23"))
    return steps


def _shown(quota: Sequence[QuotaRow]) -> Tuple[str, ...]:
    return tuple("{0} × {1} {2}".format(row.quantity, row.product, row.arch or "any") for row in quota)


def refuse_unnamed_pair(wanted: WantedConnection, sides: Sides, system: VmsApi) -> Tuple[Cause, ...]:
    """Check as ``pair.refuse_unnamed_pair`` does, for a client created by hand with a side unread (R23).

    With an unread side it is unknown whether a client is created at all, so a pair gets only a warning.
    """
    if sides.link_read and sides.client_read:
        return pair.refuse_unnamed_pair(wanted, sides.state, system)
    is_created = pair.is_client_made(wanted, sides.state)
    return pair.unchecked(wanted) if is_created and pair.is_pair(system) is not False else ()
