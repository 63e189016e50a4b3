# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save the state of servers, and restore a License Server, a product node, or everything with the platform.

A restored server has the licenses, files, clients, assignments, open tasks and next ids of the snapshot, but
no login sessions. The clock is not restored, and other servers are not informed: systems keep the licenses
that they fetched, and the platform keeps its record of issued files.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Mapping

from flask import Flask, Response

from usim.reading import iso
from usim.simulation import Simulation
from usim.store import insert, node_row
from usim.webapp import Refusal, json_response

# What belongs to one server, and the column that says so.
_OF_SERVER = {
    "licenses": "server",
    "uninstall_files": "server",
    "clients": "server",
    "assignments": "server",
    "left_out": "server",
    "messages": "node",
}
_OF_NODE = ("device", "details", "version", "licenses_given")
# What all nodes and the platform have beside that.
_SHARED = (
    "nodes",
    "hosts",
    "license_numbers",
    "links",
    "holdings",
    "keys",
    "issued_files",
    "transfers",
)
_ALL = (*_SHARED, *_OF_SERVER)
_HOLDERS = ("license_server", "product_node")
_BYTES = "base64:"

Row = dict[str, object]
Tables = dict[str, list[Row]]


def take(db: sqlite3.Connection, node: str | None, now: float) -> int:
    """Save the state of one server, or of everything if it is None; return the number of the snapshot."""
    if node is None:
        body = {table: _rows(db, f"SELECT * FROM {table} ORDER BY rowid") for table in _ALL}  # noqa: S608 - names of ours
    else:
        body = {
            table: _rows(db, f"SELECT * FROM {table} WHERE {column} = ? ORDER BY rowid", node)  # noqa: S608 - as above
            for table, column in _OF_SERVER.items()
        }
        body["nodes"] = _rows(db, "SELECT * FROM nodes WHERE name = ?", node)
    return insert(db, "snapshots", {"node": node, "taken_at": now, "body": json.dumps(body)})


def restore(db: sqlite3.Connection, node: str | None, number: int) -> None:
    """Restore one server, or everything if it is None. Raises KeyError if there is no such snapshot."""
    row = db.execute("SELECT body FROM snapshots WHERE id = ? AND node IS ?", (number, node)).fetchone()
    if row is None:
        raise KeyError(number)
    tables: Tables = json.loads(row["body"])
    if node is None:
        for table in _ALL:
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - as above
        _insert(db, tables)
        return
    for table, column in _OF_SERVER.items():
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (node,))  # noqa: S608 - as above
    (then,) = tables.pop("nodes")
    _insert(db, tables)
    changes = ", ".join(f"{name} = ?" for name in _OF_NODE)
    values = [_read(then[name]) for name in _OF_NODE]
    db.execute(f"UPDATE nodes SET {changes} WHERE name = ?", (*values, node))  # noqa: S608 - as above
    db.execute("DELETE FROM tokens WHERE node = ?", (node,))


def _rows(db: sqlite3.Connection, statement: str, *values: object) -> list[Row]:
    return [{name: _shown(row[name]) for name in row.keys()} for row in db.execute(statement, values)]  # noqa: SIM118 - a Row


def _insert(db: sqlite3.Connection, tables: Mapping[str, list[Row]]) -> None:
    for table, rows in tables.items():
        for row in rows:
            insert(db, table, {name: _read(value) for name, value in row.items()})


def _shown(value: object) -> object:
    return _BYTES + base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _read(value: object) -> object:
    if isinstance(value, str) and value.startswith(_BYTES):
        return base64.b64decode(value.removeprefix(_BYTES))
    return value


def register(app: Flask, simulation: Simulation) -> None:
    """Add the calls to the control port."""

    def answer(db: sqlite3.Connection, node: str | None) -> Response:
        now = simulation.now()
        return json_response({"id": take(db, node, now), "node": node, "taken_at": iso(now)}, 201)

    def put_back(db: sqlite3.Connection, node: str | None, number: int) -> Response:
        try:
            restore(db, node, number)
        except KeyError as error:
            whose = "everything" if node is None else node
            raise Refusal(404, "snapshot_not_found", f"no snapshot {number} of {whose}") from error
        return Response(status=204)

    @app.post("/snapshots")
    def take_all() -> Response:
        with simulation.store.transaction() as db:
            return answer(db, None)

    @app.post("/snapshots/<int:number>/restore")
    def restore_all(number: int) -> Response:
        with simulation.store.transaction() as db:
            return put_back(db, None, number)

    @app.post("/nodes/<name>/snapshots")
    def take_one(name: str) -> Response:
        with simulation.store.transaction() as db:
            return answer(db, _holder(db, name))

    @app.post("/nodes/<name>/snapshots/<int:number>/restore")
    def restore_one(name: str, number: int) -> Response:
        with simulation.store.transaction() as db:
            return put_back(db, _holder(db, name), number)


def _holder(db: sqlite3.Connection, name: str) -> str:
    try:
        kind = node_row(db, name)["kind"]
    except KeyError as error:
        raise Refusal(404, "node_not_found", f"no node {name}") from error
    if kind not in _HOLDERS:
        raise Refusal(404, "node_not_found", f"{name} is no {' or '.join(_HOLDERS)}")
    return name
