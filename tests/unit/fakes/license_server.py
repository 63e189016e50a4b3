# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A License Server in memory: no vendor rules, and failures where a test injects them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    Assignment,
    ClientRecord,
    QuotaRow,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    LicenseRecord,
    NamedFile,
    ServerInfo,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

NOW = "2026-11-24T08:00:00Z"


EARLIER = "2026-11-20T08:00:00Z"


DEVICE = NamedFile("ls-east.did", b"this device")


@dataclass
class Clock:
    """A clock that only advances in ``sleep``."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def a_license(license_id: str = "LS-1", **changes: Any) -> LicenseRecord:
    """A formal license for 4 CPUs of vms_standard, installed from A.ak, with ``changes`` applied."""
    record = LicenseRecord(
        id=license_id,
        product="vms_standard",
        arch="x86_64",
        kind="formal",
        code=None,
        quantity=4,
        issued_at=EARLIER,
        installed_at=EARLIER,
        expires_at="never",
        assigned=(),
        device=hashlib.sha256(DEVICE.content).hexdigest(),
        status="usable",
        file_name="A.ak",
        sha256=hashlib.sha256(b"A").hexdigest(),
        key="****7Q2A",
    )
    return replace(record, **changes)


@dataclass
class Failure:
    """Fails one write before it is carried out, or ``after`` it with the answer lost."""

    call: str
    error: errors.VmsError
    after: bool = False


@dataclass
class FakeServer:
    """A License Server in memory. ``contents`` maps the bytes of a file to its licenses."""

    records: list[LicenseRecord] = field(default_factory=list)
    registered: list[ClientRecord] = field(default_factory=list)
    contents: dict[bytes, list[LicenseRecord]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    held: list[Assignment] = field(default_factory=list)
    time: str | None = NOW
    failures: list[Failure] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    proofs: dict[str, NamedFile] = field(default_factory=dict)
    device: NamedFile = DEVICE

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("GET ")]

    def _write(self, call: str, do: Callable[[], None]) -> None:
        self.calls.append(call)
        failure = next((failure for failure in self.failures if call.startswith(failure.call)), None)
        if failure is not None:
            self.failures.remove(failure)
            if failure.after:
                do()
            raise failure.error
        do()

    def server(self) -> ServerInfo:
        self.calls.append("GET server")
        return ServerInfo("ls-east", "1.0", self.time)

    def licenses(self) -> tuple[LicenseRecord, ...]:
        self.calls.append("GET licenses")
        return tuple(self.records)

    def clients(self) -> tuple[ClientRecord, ...]:
        self.calls.append("GET clients")
        return tuple(self.registered)

    def device_info(self) -> NamedFile:
        self.calls.append("GET device-info")
        return self.device

    def assignments(self, client: str) -> tuple[Assignment, ...]:
        self.calls.append("GET assignments")
        return tuple(self.held)

    def uninstall_file(self, license_id: str) -> NamedFile:
        self.calls.append("GET uninstall-file " + license_id)
        if license_id in self.proofs:
            return self.proofs[license_id]
        record = next(record for record in self.records if record.id == license_id)
        if record.status != "uninstalled":
            raise errors.NotFound("not_found", sent=True)
        return NamedFile(f"{record.file_name}.uak", f"proof of {record.file_name}".encode())

    def install(self, file_name: str, content: bytes) -> Task:
        sha256 = hashlib.sha256(content).hexdigest()

        def do() -> None:
            for record in self.contents.get(content, []):
                self.records.append(replace(record, file_name=file_name, sha256=sha256))

        self._write("install " + file_name, do)
        return Task.finished({})

    def uninstall(self, license_id: str) -> Task:
        chosen = next(record for record in self.records if record.id == license_id)

        def do() -> None:
            self.records = [
                replace(record, status="uninstalled", assigned=())
                if record.sha256 == chosen.sha256
                else record
                for record in self.records
            ]

        self._write("uninstall " + license_id, do)
        return Task.finished({})

    def create_client(self, name: str, password: str, quota: Sequence[QuotaRow] = ()) -> Task:
        def do() -> None:
            self.registered.append(ClientRecord(name, "never", None, tuple(quota)))
            self.passwords[name] = password

        self._write("create_client " + name, do)
        return Task.finished({})

    def update_client(
        self, name: str, password: str | None = None, quota: Sequence[QuotaRow] | None = None
    ) -> Task:
        def do() -> None:
            if password is not None:
                self.passwords[name] = password
            if quota is not None:
                self.change_client(name, quota=tuple(quota))

        self._write("update_client " + name, do)
        return Task.finished({})

    def delete_client(self, name: str) -> Task:
        def do() -> None:
            self.registered = [client for client in self.registered if client.name != name]

        self._write("delete_client " + name, do)
        return Task.finished({})

    def release_client(self, name: str) -> Task:
        def do() -> None:
            self.held.clear()
            self.records = [
                replace(record, assigned=tuple(share for share in record.assigned if share.client != name))
                for record in self.records
            ]
            self.change_client(name, state="disconnected")

        self._write("release_client " + name, do)
        return Task.finished({})

    def change_client(self, name: str, **changes: Any) -> None:
        self.registered = [
            replace(client, **changes) if client.name == name else client for client in self.registered
        ]
