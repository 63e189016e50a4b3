# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Require the contract number of a hot-standby pair (R23) before a client is created for it."""

from __future__ import annotations

from typing import Optional, Tuple

from ..._vms.api.tasks import VmsWriter
from ..._vms.wire.errors import LoginRefused, OperationUnsupported
from ..core.errors import Cause
from ..core.write_errors import ChangeRefused
from .fetch_state import is_other_server
from .plan import ConnectionState, WantedConnection, number_for


def refuse_unnamed_pair(
    wanted: WantedConnection, state: ConnectionState, system: VmsWriter
) -> Tuple[Cause, ...]:
    """Refuse a new client for a pair without a contract number, and return what could not be checked.

    An existing client is never refused, nor is one that this server has lost while the system is still linked
    to it as that client: reconnecting is what allows logins again after licenses expire (R20). A link to
    another server, or as another client, does not count. If a system refuses logins, or the profile has no
    call, it is unknown whether the system is a pair. Raises ChangeRefused ``pair_without_contract_number``,
    VmsError.
    """
    if not is_client_made(wanted, state):
        return ()
    paired = is_pair(system)
    if paired:
        raise ChangeRefused("pair_without_contract_number", "R23", client=wanted.client_name)
    return () if paired is False else unchecked(wanted)


def is_client_made(wanted: WantedConnection, state: ConnectionState) -> bool:
    """Return whether a client would be created without a contract number, as far as the state shows."""
    return state.client is None and number_for(wanted, state.link) is None and not _is_own_link(wanted, state)


def _is_own_link(wanted: WantedConnection, state: ConnectionState) -> bool:
    link, server = state.link, state.server
    if link is None or link.client_name != wanted.client_name:
        return False
    if server is None or link.server_id is None:
        return link.address == wanted.address
    return not is_other_server(link, server)


def is_pair(system: VmsWriter) -> Optional[bool]:
    """Return whether the system is a pair; None if that cannot be read."""
    try:
        return system.platform().is_pair
    except (LoginRefused, OperationUnsupported):
        return None


def unchecked(wanted: WantedConnection) -> Tuple[Cause, ...]:
    return (Cause("pair_not_checked", {"client": wanted.client_name}, "R23"),)
