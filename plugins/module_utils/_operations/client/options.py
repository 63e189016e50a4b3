# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the options of ``license_client`` and build its results.

An option that is None was not given. A diff is made from the plan alone, so check mode shows exactly what a
real run does.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.values.license_row import (
    normalize_contract_number,
)
from ..._licensing.values.model import (
    Arch,
    word,
)
from ..._vms.api.license_server_api import (
    Assignment,
    ClientRecord,
    QuotaRow,
)
from ..._vms.api.records import (
    ServerLink,
)
from ..._vms.api.tasks import CONNECTED
from ..core import proof
from ..core.errors import InvalidRequest
from .disconnect import DisconnectPlan
from .plan import ConnectionState, ConnectPlan, LinkStep, Reconnect, WantedConnection

Data = Dict[str, Any]


def wanted_connection(options: Mapping[str, Any], catalog: Catalog) -> WantedConnection:
    """Return the connection that the options of ``license_client`` describe. Raises InvalidRequest."""
    server: Mapping[str, Any] = options["license_server"]
    if server.get("client_port") is None:
        raise InvalidRequest("client_port_needed", server=server["host"])
    return WantedConnection(
        address=server["host"],
        client_port=server["client_port"],
        console_port=server["port"],
        client_name=options["client_name"],
        client_password=options.get("client_password"),
        quota=_quota(options.get("quota"), catalog),
        contract_number=normalize_contract_number(options.get("contract_number")),
        update_password=options.get("update_password") == "always",
        reconnect=Reconnect(options["reconnect"]),
    )


def _quota(rows: Optional[Sequence[Mapping[str, Any]]], catalog: Catalog) -> Optional[Tuple[QuotaRow, ...]]:
    if rows is None:
        return None
    lines: Dict[Tuple[str, Optional[str]], QuotaRow] = {}
    for row in rows:
        product, arch = row["product"], word(Arch, row.get("arch"))
        known = catalog.product(product, arch)
        if known is None or (arch is None and catalog.has_arches(product)):
            raise InvalidRequest("quota_product", product=product, arch=row.get("arch") or "-")
        line = QuotaRow(
            product,
            None if known.arch is Arch.ANY or arch is None else arch.value,
            row["quantity"],
        )
        if line.quantity < 1:
            raise InvalidRequest("expect_quantity", file="quota of " + product, value=line.quantity)
        if (line.product, line.arch) in lines:
            raise InvalidRequest("quota_twice", product=product, arch=line.arch or "-")
        lines[line.product, line.arch] = line
    return tuple(lines.values())


def connection_row(state: ConnectionState) -> Data:
    """Return both sides of the connection as read, whether login is refused, and what the client holds."""
    return {
        **sides_row(state),
        "login": _login(state),
        "assignments": [_assignment_row(assignment) for assignment in state.assignments],
    }


def sides_row(state: ConnectionState) -> Data:
    """Return both sides of the connection as read."""
    return {"link": _link_row(state.link), "client": _client_row(state.client)}


def proof_rows(name: str, state: ConnectionState) -> List[Data]:
    """Return the proof of a connection, or of its removal: both sides as read, and the client's shares."""
    read_at = None if state.server is None else state.server.time
    return proof.rows(
        (
            *proof.of_link(state.link, name),
            *proof.of_client(state.client, name, read_at),
            *proof.of_shares(state.assignments, state.licenses, read_at),
        )
    )


def connect_steps(plan: ConnectPlan) -> List[str]:
    """Return the names of the steps, in order."""
    steps = [
        ("create_client", plan.create_client),
        ("update_client", plan.update_quota or plan.update_password),
        (plan.link.value, plan.link is not LinkStep.NOTHING),
    ]
    return [name for name, wanted in steps if wanted]


def connect_diff(plan: ConnectPlan) -> Data:
    """Return the connection before and after, without times, which are known only after a real run."""
    before = _connection(plan.state.link, plan.state.client)
    before["login"] = _login(plan.state)
    if not plan.changed:
        return _diff(before, before)
    wanted = plan.wanted
    after = dict(before)
    after["client_state"] = CONNECTED if plan.link is not LinkStep.NOTHING else before["client_state"]
    if wanted.quota is not None:
        after["quota"] = quota_rows(wanted.quota)
    if plan.link is not LinkStep.NOTHING:
        after.update(
            address=wanted.address,
            client_port=wanted.client_port,
            console_port=wanted.console_port,
            client_name=wanted.client_name,
            link_state=CONNECTED,
            login="ok",
        )
        if wanted.contract_number is not None:
            after["contract_number"] = wanted.contract_number
    return _diff(before, after)


def disconnect_steps(plan: DisconnectPlan) -> List[str]:
    """Return the names of the steps, in order."""
    steps = [("disconnect", plan.disconnect), ("delete_client", plan.delete_client)]
    return [name for name, wanted in steps if wanted]


def disconnect_diff(plan: DisconnectPlan) -> Data:
    """Return the connection before and after."""
    link, client = plan.state.link, plan.state.client
    before = _connection(link, client)
    after = _connection(None if plan.disconnect else link, None if plan.delete_client else client)
    return _diff(before, after)


def quota_rows(rows: Sequence[QuotaRow]) -> List[Data]:
    """Return quota rows in an order that does not depend on the server's."""
    ordered = sorted(rows, key=lambda row: (row.product, row.arch or ""))
    return [{"product": row.product, "arch": row.arch, "quantity": row.quantity} for row in ordered]


def _connection(link: Optional[ServerLink], client: Optional[ClientRecord]) -> Data:
    names = ("address", "client_port", "console_port", "client_name", "contract_number")
    row: Data = {name: getattr(link, name, None) for name in names}
    row["link_state"] = None if link is None else link.state
    row["client_state"] = None if client is None else client.state
    row["quota"] = [] if client is None else quota_rows(client.quota)
    return row


def _login(state: ConnectionState) -> str:
    return "refused" if state.login_refused else "ok"


def _link_row(link: Optional[ServerLink]) -> Optional[Data]:
    names: Tuple[str, ...] = ("address", "client_port", "console_port", "client_name", "contract_number")
    names += ("state", "last_contact", "fetched_at", "server_id")
    return None if link is None else {name: getattr(link, name) for name in names}


def _client_row(client: Optional[ClientRecord]) -> Optional[Data]:
    if client is None:
        return None
    return {
        "name": client.name,
        "state": client.state,
        "last_contact": client.last_contact,
        "quota": quota_rows(client.quota),
    }


def _assignment_row(assignment: Assignment) -> Data:
    names = ("license_id", "product", "arch", "quantity", "fetched_at")
    return {name: getattr(assignment, name) for name in names}


def _diff(before: object, after: object) -> Data:
    return {"before": before, "after": after}
