# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect a system to its License Server: apply the plan of ``plan.py`` and read both sides back."""

from __future__ import annotations

from typing import Callable, List, Optional, Sequence

from ..._licensing.values.periods import surely_not_before
from ..._vms.api.license_server_api import (
    ClientRecord,
    QuotaRow,
)
from ..._vms.api.tasks import CONNECTED, ConnectRequest, LicenseServerWriter, Task, VmsWriter
from ..._vms.wire.errors import BusinessError, TaskFailed, VmsError
from ..core.server_refusals import not_verified, refusal_error, write_at_once
from ..core.write_and_verify import Waits, write_and_verify
from ..core.write_errors import NotVerified, ServerRefused, cause_of
from .plan import (
    ConnectionState,
    ConnectPlan,
    LinkStep,
    WantedConnection,
    client_named,
    link_differences,
    number_for,
    open_points,
    quota_differs,
    read_state,
)
from .progress import interruptible

EXISTS = "refused_client_exists"


def apply(plan: ConnectPlan, system: VmsWriter, server: LicenseServerWriter, waits: Waits) -> ConnectionState:
    """Apply the plan and return both sides as read back.

    Connected means: the link reports it, the server reports it, and the client has contacted the server since
    the start. Raises NotVerified ``connection_not_read_back`` if the final read fails, OperationError
    ``connection_interrupted`` if something else fails after a write.
    """
    wanted = plan.wanted
    since = server.server().time
    if since is None:
        raise NotVerified("server_clock_unknown", server=wanted.address)
    done: List[str] = []
    with interruptible(wanted.client_name, done):
        if plan.create_client:
            _create_client(wanted, server, waits)
            done.append("create_client")
        elif plan.update_quota or plan.update_password:
            _update_client(plan, server, waits)
            done.append("update_client")
        if plan.link is not LinkStep.NOTHING:
            _fetch(lambda: _link(plan, system), plan, since, system, server, waits)
    try:
        state = read_state(wanted.client_name, system, server)
    except VmsError as error:
        code, causes = "connection_not_read_back", (cause_of(error),)
        raise NotVerified(code, error.rule, causes, True, client=wanted.client_name) from error
    if state.login_refused:
        raise NotVerified("login_still_refused", "R20", changed=True, client=wanted.client_name)
    reasons = open_points(wanted, state)
    if reasons:
        raise NotVerified("connection_not_proved", changed=True, client=wanted.client_name, reasons=reasons)
    return state


def _link(plan: ConnectPlan, system: VmsWriter) -> Task:
    if plan.link is LinkStep.RECONNECT:
        return system.reconnect_license_server()
    wanted = plan.wanted
    return system.connect_license_server(
        ConnectRequest(
            wanted.address,
            wanted.client_port,
            wanted.console_port,
            wanted.client_name,
            wanted.client_password or "",
            number_for(wanted, plan.state.link),
        )
    )


def _create_client(wanted: WantedConnection, server: LicenseServerWriter, waits: Waits) -> None:
    name, password, quota = wanted.client_name, wanted.client_password or "", wanted.quota or ()
    try:
        result = write_at_once(
            lambda: server.create_client(name, password, quota),
            lambda: _client_as_wanted(server, name, wanted.quota),
            name,
            waits,
        )
    except ServerRefused as error:
        # The request of an interrupted run may have taken effect between the read and the write of this one.
        # Whether the client has this run's password shows when the system connects with it.
        if error.code == EXISTS and _client_as_wanted(server, name, wanted.quota) is not None:
            return
        raise
    if result.proof is None:
        raise not_verified("client_not_created", result, client=name)


def _update_client(plan: ConnectPlan, server: LicenseServerWriter, waits: Waits) -> None:
    wanted = plan.wanted
    name = wanted.client_name
    password = wanted.client_password if plan.update_password else None
    quota = wanted.quota if plan.update_quota else None
    result = write_at_once(
        lambda: server.update_client(name, password, quota),
        lambda: _client_as_wanted(server, name, quota),
        name,
        waits,
    )
    # A password cannot be read back: without a response it is unknown which one is valid.
    if result.proof is None or (password is not None and result.doubt is not None):
        raise not_verified("client_not_updated", result, client=name)


def _client_as_wanted(
    server: LicenseServerWriter, name: str, quota: Optional[Sequence[QuotaRow]]
) -> Optional[ClientRecord]:
    client = client_named(server, name)
    return None if client is None or (quota is not None and quota_differs(quota, client)) else client


def _fetch(
    write: Callable[[], Task],
    plan: ConnectPlan,
    since: str,
    system: VmsWriter,
    server: LicenseServerWriter,
    waits: Waits,
) -> None:
    wanted = plan.wanted
    before = None if plan.state.link is None else plan.state.link.fetched_at

    def prove() -> Optional[ClientRecord]:
        link = system.license_server()
        if link is None or link_differences(wanted, link) or link.state != CONNECTED or not link.fetched_at:
            return None
        # Interrupted work leaves the link connected, with the time of the previous fetch.
        if link.fetched_at == before and not surely_not_before(link.fetched_at, since):
            return None
        client = client_named(server, wanted.client_name)
        if client is None or client.state != CONNECTED or client.last_contact is None:
            return None
        return client if surely_not_before(client.last_contact, since) else None

    try:
        result = write_and_verify(write, lambda _detail: prove(), waits)
    except (BusinessError, TaskFailed) as error:
        raise refusal_error(error, wanted.client_name) or error from error
    if result.proof is None:
        raise not_verified("link_not_connected", result, client=wanted.client_name, address=wanted.address)
