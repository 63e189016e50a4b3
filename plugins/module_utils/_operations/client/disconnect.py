# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disconnect a system from its License Server: remove the link, release the client, delete the client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Tuple

from ..._vms.api.tasks import CONNECTED, LicenseServerWriter, Task, VmsWriter
from ..._vms.wire.errors import NotFound, VmsError
from ..core.errors import Cause
from ..core.server_refusals import not_verified, write_at_once
from ..core.write_and_verify import Waits, WriteResult
from ..core.write_errors import NotVerified, cause_of
from .plan import ConnectionState, client_named, is_this_link, read_sides, refuse_unlisted
from .progress import interruptible


@dataclass(frozen=True)
class DisconnectPlan:
    """The parts to remove, in order: the system's link, the licenses that the client holds, the client."""

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
    """Decide what to remove. A link to another server or as another client is not changed.

    Raises ChangeRefused ``link_by_other_address``, NotVerified ``client_holds_unlisted``: a list of clients
    that omits this one does not prove that it is gone.
    """
    link = state.link
    is_this = is_this_link(link, address, client_name, state.server)
    refuse_unlisted(client_name, state)
    warnings: Tuple[Cause, ...] = ()
    if link is not None and not is_this:
        fields: Dict[str, object] = {"address": link.address or "-", "client": link.client_name or "-"}
        warnings = (Cause("link_is_another", fields, ""),)
    return DisconnectPlan(state, address, client_name, is_this, state.client is not None, warnings)


def apply(
    plan: DisconnectPlan, system: VmsWriter, server: LicenseServerWriter, waits: Waits
) -> ConnectionState:
    """Apply the plan, each step verified before the next, and return both sides as read back.

    Raises NotVerified ``disconnection_not_read_back`` if the final read fails, OperationError
    ``connection_interrupted`` if something else fails after a write.
    """
    name = plan.client_name
    done: List[str] = []
    with interruptible(name, done):
        if plan.disconnect:
            result = write_at_once(
                system.disconnect_license_server, lambda: system.license_server() is None or None, name, waits
            )
            if result.proof is None:
                raise not_verified("link_not_removed", result, client=name)
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


def _delete_client(name: str, server: LicenseServerWriter, waits: Waits, done: List[str]) -> None:
    if not _is_released(name, server):
        result = _write_unless_gone(
            lambda: server.release_client(name), lambda: _is_released(name, server) or None, name, waits
        )
        if result.proof is None:
            raise not_verified("client_not_released", result, client=name)
        done.append("release_client")
    result = _write_unless_gone(
        lambda: server.delete_client(name), lambda: client_named(server, name) is None or None, name, waits
    )
    if result.proof is None:
        raise not_verified("client_not_removed", result, client=name)
    done.append("delete_client")


def _write_unless_gone(
    call: Callable[[], Task], prove: Callable[[], Optional[bool]], name: str, waits: Waits
) -> WriteResult[bool]:
    try:
        return write_at_once(call, prove, name, waits)
    except NotFound:
        # The request of an interrupted run may have taken effect between the read and the write of this one.
        proof = prove()
        if proof is None:
            raise
        return WriteResult(proof, None)


def _is_released(name: str, server: LicenseServerWriter) -> bool:
    client = client_named(server, name)
    return client is None or (client.state != CONNECTED and not server.assignments(name))
