# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The license platform: issues activation files for keys and device information. Modules do not use it."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from usim.catalog import DAY, is_fixed
from usim.packs import Packs, take
from usim.reading import iso
from usim.server_rules import judge_key
from usim.signing import ACTIVATION, DEVICE, UNINSTALL, NotGenuine, Vendor, device_digest
from usim.simulation import Simulation
from usim.store import dump_packs, insert, load_packs
from usim.webapp import Refusal

ISSUED_FIELDS = ("product", "arch", "kind", "code", "quantity", "key", "issued_at", "expires_at", "packs")


@dataclass(frozen=True)
class Issued:
    """A license in an activation file."""

    product: str
    arch: str | None
    kind: str
    code: str | None
    quantity: int
    key: str | None
    issued_at: int
    expires_at: int | None
    packs: Packs | None = None


@dataclass(frozen=True)
class ActivationFile:
    file_name: str
    content: bytes
    licenses: tuple[Issued, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def body(self) -> dict[str, object]:
        return {
            "file_name": self.file_name,
            "content": base64.b64encode(self.content).decode(),
            "sha256": self.sha256,
            "licenses": [
                {
                    "product": item.product,
                    "arch": item.arch,
                    "kind": item.kind,
                    "quantity": item.quantity,
                    "packs": item.packs,
                    "code": item.code,
                    "issued_at": iso(item.issued_at),
                    "expires_at": "never" if item.expires_at is None else iso(item.expires_at),
                }
                for item in self.licenses
            ],
        }


def issue(
    db: sqlite3.Connection,
    vendor: Vendor,
    device: str,
    licenses: Sequence[Issued],
    now: float,
    origin: str | None = None,
) -> ActivationFile:
    """Sign an activation file for a device. Its name contains the second of issue; used seconds are skipped.

    ``origin`` is the digest of the activation file whose licenses this file replaces.
    """
    body: dict[str, object] = {
        "device": device,
        "licenses": [{name: getattr(item, name) for name in ISSUED_FIELDS} for item in licenses],
    }
    second = int(now)
    while db.execute("SELECT 1 FROM issued_files WHERE file_name = ?", (_file_name(second),)).fetchone():
        second += 1
    made = ActivationFile(_file_name(second), vendor.seal(ACTIVATION, body), tuple(licenses))
    issued = {"file_name": made.file_name, "sha256": made.sha256, "device": device, "origin": origin}
    insert(db, "issued_files", issued)
    return made


def _file_name(second: int) -> str:
    stamp = "".join(part for part in iso(second) if part.isdecimal())
    return f"USPHERE7_{stamp}.ak"


def _device(simulation: Simulation, content: bytes) -> str:
    try:
        simulation.vendor.open(DEVICE, content)
    except NotGenuine as error:
        raise Refusal(
            409, "device_information_invalid", "this is not device information, or it was changed"
        ) from error
    return device_digest(content)


@dataclass(frozen=True)
class KeyRequest:
    key: str
    quantity: int | None


def activate(
    simulation: Simulation,
    requests: Sequence[KeyRequest],
    device_information: bytes,
    contract_number: str | None,
    term_days: int | None,
    split: bool,
) -> list[ActivationFile]:
    """Register keys for a device and return one file; with ``split`` also a file for the rest of the keys."""
    with simulation.store.transaction() as db:
        device = _device(simulation, device_information)
        now = simulation.now()
        parts, rests = [], []
        for request in requests:
            row = _key_row(db, request.key)
            if row["hot_standby"] and not contract_number:
                message = "a hot-standby pair's key needs the service product contract number (R23)"
                raise Refusal(409, "contract_number_missing", message)
            if row["contract_number"] is not None and contract_number != row["contract_number"]:
                message = "this key belongs to another service product contract number (R23)"
                raise Refusal(409, "contract_number_wrong", message)
            part, rest = _register(db, row, request.quantity, term_days, int(now), split)
            parts.append(part)
            rests += rest
        files = [issue(db, simulation.vendor, device, parts, now)]
        if rests:
            files.append(issue(db, simulation.vendor, device, rests, now))
    return files


def _key_row(db: sqlite3.Connection, key: str) -> sqlite3.Row:
    row = db.execute("SELECT * FROM keys WHERE key = ?", (key,)).fetchone()
    if not isinstance(row, sqlite3.Row):
        raise Refusal(409, "key_unknown", f"the platform does not know the key ending in {key[-4:]}")
    return row


def _register(
    db: sqlite3.Connection,
    row: sqlite3.Row,
    quantity: int | None,
    term_days: int | None,
    now: int,
    split: bool,
) -> tuple[Issued, list[Issued]]:
    breach = judge_key(row["product"], row["kind"])
    if breach is not None:
        raise Refusal(409, breach.code, breach.message)
    remainder = row["quantity"] - row["registered"]
    amount = remainder if quantity is None else quantity
    if is_fixed(row["code"]):
        if row["registered"]:
            raise Refusal(409, "fixed_registered", "a fixed license (3130) is registered once only (R25)")
        if amount != row["quantity"]:
            raise Refusal(
                409, "fixed_not_split", f"a fixed license (3130) is not split: it has {row['quantity']} (R25)"
            )
    if remainder == 0 or amount > remainder:
        raise Refusal(
            409, "key_exceeded", f"{amount or 'nothing'} asked for, {remainder} left on this key (R26)"
        )
    term = term_days if term_days is not None and row["kind"] == "temporary" else row["term_days"]
    if row["kind"] == "temporary" and term is None and row["expires_at"] is None:
        raise Refusal(409, "term_missing", "a temporary license needs its term: term_days (R12)")
    # R12: the clock starts here, when the file is obtained.
    expires = now + term * DAY if term is not None else row["expires_at"]
    taken = amount if not split else remainder
    packs, left = _packs(load_packs(row["packs"]), amount)
    db.execute(
        "UPDATE keys SET registered = registered + ?, packs = ? WHERE key = ?",
        (taken, dump_packs(None if left is None else () if split else left), row["key"]),
    )
    part = Issued(
        row["product"],
        row["arch"],
        row["kind"],
        row["code"],
        amount,
        row["key"],
        issued_at=now,
        expires_at=expires,
        packs=packs,
    )
    rest = [replace(part, quantity=remainder - amount, packs=left)] if split and remainder > amount else []
    return part, rest


def _packs(packs: Packs | None, amount: int) -> tuple[Packs | None, Packs | None]:
    """Return the packs that are used and those that remain. Raises Refusal if a pack would be split."""
    if packs is None:
        return None, None
    choice = take(packs, amount)
    if choice is None:
        there = ", ".join(map(str, packs))
        raise Refusal(409, "pack_not_split", f"{amount} is no sum of the packs that are there: {there} (R32)")
    return choice


def transfer(
    simulation: Simulation,
    uninstall_file: bytes,
    device_information: bytes,
    quantities: Sequence[int],
    remainder_device_information: bytes | None,
) -> list[ActivationFile]:
    """Transfer the licenses of an uninstall file to another device: one file, or one for each part."""
    with simulation.store.transaction() as db:
        try:
            body = simulation.vendor.open(UNINSTALL, uninstall_file)
        except NotGenuine as error:
            message = "this is not an uninstall file, or it was changed"
            raise Refusal(409, "uninstall_file_invalid", message) from error
        device = _device(simulation, device_information)
        last = (
            device
            if remainder_device_information is None
            else _device(simulation, remainder_device_information)
        )
        licenses = _movable(body)
        now = int(simulation.now())
        if db.execute("SELECT 1 FROM transfers WHERE serial = ?", (str(body["serial"]),)).fetchone():
            raise Refusal(409, "uninstall_file_used", "a new file was issued for this uninstall file already")
        db.execute("INSERT INTO transfers VALUES (?, ?)", (str(body["serial"]), now))
        files: list[ActivationFile] = []
        for group in _split(licenses, quantities):
            is_rest = bool(quantities) and len(files) == len(quantities)
            moved = [replace(item, issued_at=now) for item in group]
            target = last if is_rest else device
            files.append(issue(db, simulation.vendor, target, moved, now, str(body["origin"])))
    return files


def _movable(body: Mapping[str, object]) -> list[Issued]:
    rows = body["licenses"]
    assert isinstance(rows, list)
    licenses = [Issued(**{**row, "packs": row["packs"] and tuple(row["packs"])}) for row in rows]
    if any(item.kind != "formal" for item in licenses):
        raise Refusal(409, "not_transferable", "only formal licenses move to another device (R16)")
    return licenses


def _split(licenses: list[Issued], quantities: Sequence[int]) -> list[list[Issued]]:
    if not quantities:
        return [licenses]
    if len(licenses) != 1:
        raise Refusal(409, "several_licenses", "an uninstall file of several licenses moves as a whole")
    whole = licenses[0]
    if is_fixed(whole.code) and list(quantities) != [whole.quantity]:
        raise Refusal(409, "fixed_not_split", "a fixed license (3130) is not split (R25)")
    rest = whole.quantity - sum(quantities)
    if rest < 0:
        raise Refusal(
            409, "key_exceeded", f"{sum(quantities)} asked for, the uninstall file has {whole.quantity}"
        )
    groups = []
    left = whole.packs
    for amount in [*quantities, rest] if rest else quantities:
        packs, left = _packs(left, amount)
        groups.append([replace(whole, quantity=amount, packs=packs)])
    return groups


def examine(simulation: Simulation, content: bytes) -> dict[str, object]:
    """Return the kind of a file and the licenses that it stands for, for tests that check files on disk."""
    for magic, kind in ((UNINSTALL, "uninstall_file"), (ACTIVATION, "activation_file")):
        try:
            body = simulation.vendor.open(magic, content)
        except NotGenuine:
            continue
        sha256 = hashlib.sha256(content).hexdigest()
        with simulation.store.transaction() as db:
            if kind == "uninstall_file":
                used = db.execute("SELECT 1 FROM transfers WHERE serial = ?", (str(body["serial"]),))
                return {"kind": kind, "origin": body["origin"], "used": used.fetchone() is not None}
            row = db.execute("SELECT origin FROM issued_files WHERE sha256 = ?", (sha256,)).fetchone()
        return {"kind": kind, "origin": row and row["origin"], "sha256": sha256, "device": body["device"]}
    return {"kind": "other"}
