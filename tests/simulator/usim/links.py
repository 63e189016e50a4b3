# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The VMS side of remote licensing: connect to a License Server over the network and store its licenses."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import http.client
import json
import sqlite3
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from usim.calculus import Holding, refuses_login
from usim.client_port import BASE
from usim.jobs import Finish, Job, JobFailed, Outcome
from usim.simulation import Simulation
from usim.store import insert, node_row

_TIMEOUT = 5.0


@dataclass(frozen=True)
class Target:
    """Address and port of a License Server, and the credentials of the client."""

    address: str
    client_port: int
    client: str
    password: str


def holdings_of(db: sqlite3.Connection, node: str) -> list[Holding]:
    """Return the licenses of the last fetch of a VMS, including expired ones."""
    rows = db.execute("SELECT * FROM holdings WHERE node = ? ORDER BY rowid", (node,))
    return [Holding(**{name: row[name] for name in Holding.__dataclass_fields__}) for row in rows]


def keep_holdings(db: sqlite3.Connection, node: str, share: list[Holding]) -> None:
    db.execute("DELETE FROM holdings WHERE node = ?", (node,))
    for item in share:
        insert(db, "holdings", {"node": node, **dataclasses.asdict(item)})


def is_lapsed(db: sqlite3.Connection, node: str, now: float) -> bool:
    """Return whether this VMS refuses logins now (R20, R22)."""
    link = db.execute("SELECT fetched_at FROM links WHERE node = ?", (node,)).fetchone()
    return link is not None and refuses_login(holdings_of(db, node), link["fetched_at"], now)


def _call(tls: ssl.SSLContext, target: Target, action: str, body: dict[str, object]) -> dict[str, object]:
    login = base64.b64encode(f"{target.client}:{target.password}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    place = f"{target.address}:{target.client_port}"
    connection = http.client.HTTPSConnection(
        target.address, target.client_port, timeout=_TIMEOUT, context=tls
    )
    try:
        connection.request("POST", f"{BASE}/{action}", json.dumps(body), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        message = f"no License Server answers at {place}: {error}"
        raise JobFailed("license_server_unreachable", message) from error
    finally:
        connection.close()
    if not isinstance(answer, dict):
        raise JobFailed("license_server_unreachable", f"{place} does not answer like a License Server")
    if response.status != 200:
        raise JobFailed(str(answer.get("errorCode")), str(answer.get("errorMessage")))
    return answer


@dataclass(frozen=True)
class Fetched:
    """Licenses that a License Server returned, and the time of the fetch by its own clock."""

    server: str
    at: int
    holdings: list[Holding]
    left_out: list[object]


def _fetch(tls: ssl.SSLContext, target: Target, node: str) -> Fetched:
    answer = _call(tls, target, "fetch", {"system": node})
    rows, left_out, at = answer.get("licenses"), answer.get("leftOut"), answer.get("time")
    if not isinstance(rows, list) or not isinstance(left_out, list) or not isinstance(at, int):
        raise JobFailed("license_server_unreachable", "the License Server's answer holds no list of licenses")
    return Fetched(str(answer["serverId"]), at, [Holding(**row) for row in rows], left_out)


def _keep(db: sqlite3.Connection, job: Job, fetched: Fetched, now: float) -> Outcome:
    keep_holdings(db, job.node, fetched.holdings)
    db.execute(
        "UPDATE links SET server_id = ?, state = 'connected', last_contact = ?, fetched_at = ?"
        " WHERE node = ?",
        (fetched.server, int(now), fetched.at, job.node),
    )
    told = {"serverId": fetched.server, "licenses": len(fetched.holdings), "leftOut": fetched.left_out}
    return Outcome(detail=told)


def connect_worker(tls: ssl.SSLContext) -> Callable[[Simulation, Job], Finish]:
    """``PUT /licenseServer``: store the link only after the server accepted the client's credentials."""

    def work(simulation: Simulation, job: Job) -> Finish:
        body = job.body
        with simulation.store.transaction() as db:
            standby = json.loads(node_row(db, job.node)["details"]).get("slave_ip")
            before = link_target(db, job.node)
        if standby and not body["contract_number"]:
            message = "a hot-standby pair has to name its service product contract number (R23)"
            raise JobFailed("contract_number_missing", message)
        target = Target(
            str(body["address"]), int(body["client_port"] or 0), str(body["client"]), str(body["password"])
        )
        fetched = _fetch(tls, target, job.node)
        if before is not None and _seat(before) != _seat(target):
            _try_sign_off(tls, before)

        def finish(db: sqlite3.Connection) -> Outcome:
            link = {
                "node": job.node,
                **dataclasses.asdict(target),
                "console_port": body["console_port"],
                "contract_number": body["contract_number"],
                "state": "connected",
            }
            insert(db, "links", link, "INSERT OR REPLACE")
            return _keep(db, job, fetched, simulation.now())

        return finish

    return work


def reconnect_worker(tls: ssl.SSLContext) -> Callable[[Simulation, Job], Finish]:
    """``POST /licenseServer/reconnect``: fetch again; without a response the previous licenses are kept."""

    def work(simulation: Simulation, job: Job) -> Finish:
        with simulation.store.transaction() as db:
            target = link_target(db, job.node)
        if target is None:
            raise JobFailed("license_server_not_set", "no License Server is set")
        try:
            fetched = _fetch(tls, target, job.node)
        except JobFailed as failure:
            return _disconnected(job.node, failure.outcome)
        return lambda db: _keep(db, job, fetched, simulation.now())

    return work


def _disconnected(node: str, outcome: Outcome) -> Finish:
    def finish(db: sqlite3.Connection) -> Outcome:
        db.execute("UPDATE links SET state = 'disconnected' WHERE node = ?", (node,))
        return outcome

    return finish


def link_target(db: sqlite3.Connection, node: str) -> Target | None:
    row = db.execute("SELECT * FROM links WHERE node = ?", (node,)).fetchone()
    return row and Target(row["address"], row["client_port"], row["client"], row["password"])


def _seat(target: Target) -> tuple[str, int, str]:
    return target.address, target.client_port, target.client


def _try_sign_off(tls: ssl.SSLContext, target: Target) -> None:
    # Without an answer the server goes on listing the client as connected; it can be released there.
    with contextlib.suppress(JobFailed):
        _call(tls, target, "sign-off", {})


def sign_off(simulation: Simulation, tls: ssl.SSLContext, node: str) -> None:
    """``DELETE /licenseServer``: notify the server if it is reachable, and delete the link in any case."""
    with simulation.store.transaction() as db:
        target = link_target(db, node)
    if target is not None:
        _try_sign_off(tls, target)
    with simulation.store.transaction() as db:
        db.execute("DELETE FROM links WHERE node = ?", (node,))
        db.execute("DELETE FROM holdings WHERE node = ?", (node,))
