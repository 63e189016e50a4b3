# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Store the state in one SQLite file, which is synced to disk before any response is sent.

Times are epoch seconds of the simulated clock; ``expires_at`` NULL means never.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from usim.signing import device_digest

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE nodes (
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, port INTEGER, client_port INTEGER,
    username TEXT NOT NULL, password TEXT NOT NULL, client_id TEXT, client_secret TEXT,
    version TEXT NOT NULL, arch TEXT, device BLOB, details TEXT NOT NULL DEFAULT '{}',
    failed_logins INTEGER NOT NULL DEFAULT 0, licenses_given INTEGER NOT NULL DEFAULT 0);
CREATE TABLE hosts (
    node TEXT NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, ip TEXT NOT NULL,
    cpu_sockets INTEGER NOT NULL, cpu_cores INTEGER NOT NULL, arch TEXT NOT NULL, host_type INTEGER NOT NULL,
    status TEXT NOT NULL, version TEXT NOT NULL, container_cluster INTEGER NOT NULL,
    clustered INTEGER NOT NULL, maintenance INTEGER NOT NULL, vms INTEGER NOT NULL,
    added_at INTEGER NOT NULL, PRIMARY KEY (node, id));
CREATE TABLE licenses (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, server TEXT NOT NULL, product TEXT NOT NULL,
    arch TEXT, kind TEXT NOT NULL, code TEXT, quantity INTEGER NOT NULL, key TEXT, issued_at INTEGER,
    installed_at INTEGER, expires_at INTEGER, packs TEXT, device TEXT NOT NULL, file_name TEXT, sha256 TEXT,
    uninstalled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE license_numbers (
    server TEXT NOT NULL, place INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (server, place));
CREATE TABLE uninstall_files (
    server TEXT NOT NULL, sha256 TEXT NOT NULL, file_name TEXT NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (server, sha256));
CREATE TABLE clients (
    server TEXT NOT NULL, name TEXT NOT NULL, password TEXT NOT NULL, quota TEXT NOT NULL DEFAULT '[]',
    state TEXT NOT NULL DEFAULT 'never', system TEXT, last_contact INTEGER, PRIMARY KEY (server, name));
CREATE TABLE assignments (
    server TEXT NOT NULL, client TEXT NOT NULL, license TEXT NOT NULL, quantity INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL, PRIMARY KEY (server, client, license));
CREATE TABLE left_out (
    server TEXT NOT NULL, client TEXT NOT NULL, license TEXT NOT NULL, code TEXT NOT NULL,
    PRIMARY KEY (server, client, license));
CREATE TABLE links (
    node TEXT PRIMARY KEY, address TEXT NOT NULL, client_port INTEGER NOT NULL, console_port INTEGER NOT NULL,
    client TEXT NOT NULL, password TEXT NOT NULL, contract_number TEXT, server_id TEXT, state TEXT NOT NULL,
    last_contact INTEGER, fetched_at INTEGER);
CREATE TABLE holdings (
    node TEXT NOT NULL, license TEXT NOT NULL, product TEXT NOT NULL, arch TEXT, kind TEXT NOT NULL,
    quantity INTEGER NOT NULL, expires_at INTEGER, PRIMARY KEY (node, license));
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    content BLOB, due REAL NOT NULL, completed INTEGER NOT NULL DEFAULT 0,
    hidden INTEGER NOT NULL DEFAULT 0, result INTEGER NOT NULL DEFAULT 0,
    error_code TEXT NOT NULL DEFAULT '', fail_message TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '{}');
CREATE TABLE keys (
    key TEXT PRIMARY KEY, product TEXT NOT NULL, arch TEXT, kind TEXT NOT NULL, code TEXT,
    quantity INTEGER NOT NULL, registered INTEGER NOT NULL DEFAULT 0, term_days INTEGER, expires_at INTEGER,
    hot_standby INTEGER NOT NULL, contract_number TEXT, packs TEXT);
CREATE TABLE issued_files (
    file_name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, device TEXT NOT NULL, origin TEXT);
CREATE TABLE transfers (serial TEXT PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE snapshots (id INTEGER PRIMARY KEY, node TEXT, taken_at REAL NOT NULL, body TEXT NOT NULL);
CREATE TABLE tokens (digest TEXT PRIMARY KEY, node TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE dry_run_refused (
    id INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL);
"""


SCHEMA_DIGEST = hashlib.sha256(SCHEMA.encode()).hexdigest()


class Store:
    """One connection with one lock: transactions are short and never span a network call."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit at the end, synced to disk; roll back on any exception."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def is_seeded(self) -> bool:
        with self.transaction() as db:
            tables = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'meta'").fetchone()[0]
        return bool(tables)

    def close(self) -> None:
        with self._lock:
            self._db.close()


def create_schema(db: sqlite3.Connection) -> None:
    """Execute statements one by one, because ``executescript`` would commit the open transaction."""
    for statement in SCHEMA.split(";"):
        if statement.strip():
            db.execute(statement)


def get_meta(db: sqlite3.Connection, name: str, default: str | None = None) -> str:
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return str(row["value"]) if row is not None or default is None else default


def set_meta(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


@dataclass(frozen=True)
class License:
    """A license as its License Server stores it."""

    id: str
    server: str
    product: str
    arch: str | None
    kind: str
    code: str | None
    quantity: int
    key: str | None
    issued_at: int | None
    installed_at: int | None
    expires_at: int | None
    packs: tuple[int, ...] | None
    device: str
    file_name: str | None
    sha256: str | None
    uninstalled: bool

    def alive(self, now: float) -> bool:
        """Return whether the license is not expired; it is expired at its end time."""
        return not self.uninstalled and (self.expires_at is None or now < self.expires_at)

    def fits(self, device: str) -> bool:
        """Return whether the license is for this device; a preinstalled license always is."""
        return self.kind == "preinstalled" or self.device == device

    def in_force(self, device: str, now: float) -> bool:
        return self.alive(now) and self.fits(device)


def insert(db: sqlite3.Connection, table: str, values: Mapping[str, object], instead: str = "INSERT") -> int:
    """Insert a row by column names, or replace it with "INSERT OR REPLACE"; return its row number."""
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    statement = f"{instead} INTO {table} ({names}) VALUES ({marks})"
    return int(db.execute(statement, tuple(values.values())).lastrowid or 0)


def load_packs(text: str | None) -> tuple[int, ...] | None:
    return None if text is None else tuple(json.loads(text))


def dump_packs(packs: Iterable[int] | None) -> str | None:
    return None if packs is None else json.dumps(list(packs))


_PLAIN_FIELDS = tuple(License.__dataclass_fields__.keys() - {"packs", "uninstalled"})


def licenses_of(db: sqlite3.Connection, server: str) -> list[License]:
    """Return all licenses of a server, the oldest first."""
    rows = db.execute("SELECT * FROM licenses WHERE server = ? ORDER BY number", (server,))
    return [
        License(
            **{name: row[name] for name in _PLAIN_FIELDS},
            packs=load_packs(row["packs"]),
            uninstalled=bool(row["uninstalled"]),
        )
        for row in rows
    ]


def add_license(db: sqlite3.Connection, new: License) -> str:
    """Insert a license and assign its id, which is unique over all servers of this state.

    A server that was restored from a snapshot assigns the same ids again, in the same order.
    """
    values = dataclasses.asdict(new)
    del values["id"]
    values["packs"] = dump_packs(new.packs)
    place = node_row(db, new.server)["licenses_given"] + 1
    again = db.execute(
        "SELECT number FROM license_numbers WHERE server = ? AND place = ?", (new.server, place)
    ).fetchone()
    if again is None:
        number = insert(db, "licenses", values)
        insert(db, "license_numbers", {"server": new.server, "place": place, "number": number})
    else:
        number = insert(db, "licenses", {"number": again["number"], **values})
    license_id = f"LS-{number:06d}"
    db.execute("UPDATE licenses SET id = ? WHERE number = ?", (license_id, number))
    db.execute("UPDATE nodes SET licenses_given = ? WHERE name = ?", (place, new.server))
    return license_id


@dataclass(frozen=True)
class Client:
    """A client of a License Server; ``quota`` rows are (product, arch, quantity)."""

    server: str
    name: str
    password: str
    quota: tuple[tuple[str, str | None, int], ...]
    state: str
    system: str | None
    last_contact: int | None


def clients_of(db: sqlite3.Connection, server: str) -> list[Client]:
    rows = db.execute("SELECT * FROM clients WHERE server = ? ORDER BY rowid", (server,))
    return [
        Client(
            server=row["server"],
            name=row["name"],
            password=row["password"],
            quota=tuple((product, arch, quantity) for product, arch, quantity in json.loads(row["quota"])),
            state=row["state"],
            system=row["system"],
            last_contact=row["last_contact"],
        )
        for row in rows
    ]


def in_force(db: sqlite3.Connection, server: str, now: float) -> list[License]:
    """Return the licenses that count on a server or product node: valid, and issued for its device."""
    device = device_digest(node_row(db, server)["device"])
    return [item for item in licenses_of(db, server) if item.in_force(device, now)]


def node_row(db: sqlite3.Connection, name: str) -> sqlite3.Row:
    row = db.execute("SELECT * FROM nodes WHERE name = ?", (name,)).fetchone()
    if not isinstance(row, sqlite3.Row):
        raise KeyError(name)
    return row
