# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take a system's connection to its License Server away: the link, what the client holds, the client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Tuple

from ..._vms.api.records import CONNECTED
from ..._vms.wire.errors import NotFound, VmsError
from ..core.errors import Cause, NotVerified, cause_of
from ..core.protocols import ClientRegistry, VmsSystem
from ..core.server_refusals import not_verified, write_at_once
from ..core.write_and_verify import Waits, WriteResult
from .plan import ConnectionState, client_named, is_this_link, read_sides, refuse_unlisted
from .progress import interruptible


@dataclass(frozen=True)
class DisconnectPlan:
    """First the system lets go of the link, then the server takes back what the client held, then it goes."""

    state: ConnectionState
    address: str
    client_name: str
    disconnect: bool
    delete_client: bool
    warnings: Tuple[Cause, ...] = ()

    @property
    def changed(self) -> bool:
        return self.disconnect or self.delete_client


def decide(address: str, client_name: str, state: ConnectionState) -> DisconnectPlan:
    """Decide what takes the connection away. A link to another server or client is not this one and stays.

    Raises ChangeRefused ``link_by_other_address``, NotVerified ``client_holds_unlisted``: a list of clients
    that leaves it out does not prove it gone.
    """
    link = state.link
    ours = is_this_link(link, address, client_name, state.server)
    refuse_unlisted(client_name, state)
    warnings: Tuple[Cause, ...] = ()
    if link is not None and not ours:
        fields: Dict[str, object] = {"address": link.address or "-", "client": link.client_name or "-"}
        warnings = (Cause("link_is_another", fields, ""),)
    return DisconnectPlan(state, address, client_name, ours, state.client is not None, warnings)


def apply(plan: DisconnectPlan, system: VmsSystem, server: ClientRegistry, waits: Waits) -> ConnectionState:
    """Do what the plan says, each step proved before the next, and return both sides as read back.

    Raises NotVerified ``disconnection_not_read_back`` if the last look fails, OperationError
    ``connection_interrupted`` if something else fails once something was written.
    """
    name = plan.client_name
    done: List[str] = []
    with interruptible(name, done):
        if plan.disconnect:
            settled = write_at_once(
                system.disconnect_license_server, lambda: system.license_server() is None or None, name, waits
            )
            if settled.proof is None:
                raise not_verified("link_not_removed", settled, client=name)
            done.append("disconnect")
        if plan.delete_client:
            _delete_client(name, server, waits, done)
    try:
        state = read_sides(name, system, server)
    except VmsError as error:
        code, causes = "disconnection_not_read_back", (cause_of(error),)
        raise NotVerified(code, error.rule, causes, True, client=name) from error
    with interruptible(name, done):
        if state.client is not None or decide(plan.address, name, state).changed:
            raise NotVerified("connection_not_removed", changed=True, client=name)
    return state


def _delete_client(name: str, server: ClientRegistry, waits: Waits, done: List[str]) -> None:
    if not _is_released(name, server):
        settled = _settled(
            lambda: server.release_client(name), lambda: _is_released(name, server) or None, name, waits
        )
        if settled.proof is None:
            raise not_verified("client_not_released", settled, client=name)
        done.append("release_client")
    settled = _settled(
        lambda: server.delete_client(name), lambda: client_named(server, name) is None or None, name, waits
    )
    if settled.proof is None:
        raise not_verified("client_not_removed", settled, client=name)
    done.append("delete_client")


def _settled(
    call: Callable[[], None], prove: Callable[[], Optional[bool]], name: str, waits: Waits
) -> WriteResult[bool]:
    try:
        return write_at_once(call, prove, name, waits)
    except NotFound:
        # The request of a run that died may have arrived between our reading and our writing.
        proof = prove()
        if proof is None:
            raise
        return WriteResult(proof, None)


def _is_released(name: str, server: ClientRegistry) -> bool:
    client = client_named(server, name)
    return client is None or (client.state != CONNECTED and not server.assignments(name))
