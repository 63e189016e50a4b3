# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two License Servers, a license platform and a journal, with injected failures and process kills."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.journal import (
    Journal,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    MigrationRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import (
    abort as migrate_abort,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import (
    decide,
    match_files,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import (
    plan as migrate_plan,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import run as migrate
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    LicenseRecord,
    NamedFile,
    ServerInfo,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .license_server import Failure

NOW = "2026-11-24T08:00:00Z"


class Killed(BaseException):
    """The process was killed; no code may catch this."""


@dataclass
class Ticker:
    """Counts the steps with an effect. Step ``die_at`` kills, with ``after`` once it has taken effect."""

    die_at: int | None = None
    after: bool = False
    count: int = 0
    trace: list[str] = field(default_factory=list)

    def step(self, name: str, do: Callable[[], Any]) -> Any:
        self.trace.append(name)
        mine = self.count == self.die_at
        self.count += 1
        if mine and not self.after:
            raise Killed(name)
        done = do()
        if mine:
            raise Killed(name)
        return done


def sealed(kind: str, **body: Any) -> bytes:
    return json.dumps({"kind": kind, **body}, sort_keys=True).encode()


@dataclass
class Server:
    """A License Server as documented: one device, each file once, a file's licenses together."""

    id: str
    ticker: Ticker
    records: list[LicenseRecord] = field(default_factory=list)
    registered: list[ClientRecord] = field(default_factory=list)
    device: int = 1
    peer: str | None = None
    failures: list[Failure] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    down: bool = False
    uninstalls: list[str] = field(default_factory=list)
    proofs: dict[str, bytes] = field(default_factory=dict)

    def _call(self, call: str, do: Callable[[], Any]) -> Any:
        self.calls.append(call)
        if self.down:
            raise errors.Unreachable("unreachable_refused", endpoint="https://" + self.id)
        failure = next((failure for failure in self.failures if call.startswith(failure.call)), None)
        if failure is None:
            return self.ticker.step(self.id + ": " + call, do)
        self.failures.remove(failure)
        if failure.after:
            self.ticker.step(self.id + ": " + call, do)
        raise failure.error

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("GET ")]

    @property
    def did(self) -> bytes:
        return sealed("did", device=f"{self.id}/{self.device}")

    def live(self) -> list[LicenseRecord]:
        return [record for record in self.records if record.status == "usable"]

    def server(self) -> ServerInfo:
        return self._call("GET server", lambda: ServerInfo(self.id, "1.0", NOW, self.peer))  # type: ignore[no-any-return]

    def licenses(self) -> tuple[LicenseRecord, ...]:
        return self._call("GET licenses", lambda: tuple(self.records))  # type: ignore[no-any-return]

    def clients(self) -> tuple[ClientRecord, ...]:
        return self._call("GET clients", lambda: tuple(self.registered))  # type: ignore[no-any-return]

    def device_info(self) -> NamedFile:
        return self._call("GET device-info", lambda: NamedFile(self.id + ".did", self.did))  # type: ignore[no-any-return]

    def uninstall_file(self, license_id: str) -> NamedFile:
        def do() -> NamedFile:
            record = next(record for record in self.records if record.id == license_id)
            if record.status != "uninstalled":
                raise errors.NotFound("not_found", sent=True)
            return NamedFile(f"{record.file_name}.uak", self.proof(record))

        return self._call("GET uninstall-file " + license_id, do)  # type: ignore[no-any-return]

    def proof(self, record: LicenseRecord) -> bytes:
        family = [item for item in self.records if item.sha256 == record.sha256]
        return sealed("uak", licenses=[[i.product, i.arch, i.kind, i.code, i.quantity] for i in family])

    def install(self, file_name: str, content: bytes) -> Task:
        def do() -> Task:
            digest = hashlib.sha256(content).hexdigest()
            try:
                body = json.loads(content)
            except ValueError:
                raise errors.TaskFailed("task_failed", error_code="activation_file_invalid") from None
            if any(record.sha256 == digest for record in self.records):
                raise errors.BusinessError("business_error", error_code="already_installed")
            if body["device"] != f"{self.id}/{self.device}":
                raise errors.TaskFailed("task_failed", error_code="device_mismatch")
            for product, arch, kind, code, quantity in body["licenses"]:
                self.add(product, arch, kind, code, quantity, file_name, digest)
            return Task.finished({})

        return self._call("install " + file_name, do)  # type: ignore[no-any-return]

    def uninstall(self, license_id: str) -> Task:
        def do() -> Task:
            chosen = next(record for record in self.records if record.id == license_id)
            self.uninstalls.append(license_id)
            self.records = [
                replace(record, status="uninstalled") if record.sha256 == chosen.sha256 else record
                for record in self.records
            ]
            return Task.finished({})

        return self._call("uninstall " + license_id, do)  # type: ignore[no-any-return]

    def add(
        self,
        product: str = "srm",
        arch: str | None = "x86_64",
        kind: str = "formal",
        code: str | None = "3132A0XY",
        quantity: int | None = 10,
        file_name: str = "A.ak",
        sha256: str | None = None,
        **more: Any,
    ) -> str:
        ident = f"{self.id}-{len(self.records) + 1}"
        row = {
            "id": ident,
            "product": product,
            "arch": arch,
            "kind": kind,
            "code": code,
            "quantity": quantity,
            "issued_at": NOW,
            "installed_at": NOW,
            "expires_at": "never",
            "assigned": (),
            "device": None,
            "status": "usable",
            "file_name": file_name,
            "sha256": sha256 or hashlib.sha256(f"{self.id} {file_name}".encode()).hexdigest(),
            "key": "****7Q2A",
        }
        self.records.append(LicenseRecord(**{**row, **more}))
        return ident


@dataclass
class Site:
    """The site that a test controls: ``run`` is one process, ``platform`` is the operator's part."""

    folder: Path
    source: Server
    destination: Server
    ticker: Ticker
    waits: Waits
    spent: set[bytes] = field(default_factory=set)
    issued: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def journal(self) -> Journal:
        return Journal(str(self.folder / "journal"))

    def records(self) -> tuple[MigrationRecord, ...]:
        return self.journal.records()

    @property
    def record(self) -> MigrationRecord:
        (record,) = self.records()
        return record

    def request(self, *files: Any, ids: Sequence[str] = (), **changes: Any) -> migrate_plan.MigrationRequest:
        given = tuple(
            file
            if isinstance(file, match_files.GivenFile)
            else match_files.GivenFile(license_files.read_activation_file(str(file)))
            for file in files
        )
        options = {
            "license_ids": tuple(ids) or tuple(self.options.get("ids", ("east-1",))),
            "source": migrate_plan.ServerEnd("10.1.0.5", 28443),
            "destination": migrate_plan.ServerEnd("10.2.0.5", 28443),
            "files": given,
            "quantities": self.options.get("quantities", ()),
            **changes,
        }
        return migrate_plan.MigrationRequest(**options)

    def plan(self, *files: Any, **changes: Any) -> migrate_plan.MigrationPlan:
        request = self.request(*files, **changes)
        return decide.decide(request, self.journal, self.source, self.destination)

    def run(self, *files: Any, **changes: Any) -> migrate.MigrationOutcome:
        request = self.request(*files, **changes)
        plan = decide.decide(request, self.journal, self.source, self.destination)
        return migrate.apply(
            plan, request, self.journal, self.source, self.destination, self.waits, lambda steps: {}
        )

    def abort(self, **changes: Any) -> migrate.MigrationOutcome:
        plan = migrate_abort.decide_abort(self.request(**changes), self.journal, self.source)
        return migrate_abort.abort(plan, self.journal, self.source, self.waits)

    def platform(self, record: MigrationRecord, index: int = 0, **changes: Any) -> Path:
        """Issue the activation file of a part from the bundle, as the license platform does."""
        assert record.transfer is not None
        bundle = self.folder / "journal" / record.id / record.transfer.folder
        manifest = json.loads((bundle / "request.json").read_bytes())
        proof = json.loads((bundle / manifest["uninstall_files"][0]["path"]).read_bytes())
        part = manifest["parts"][index]
        device = json.loads((bundle / part["device_information"]["path"]).read_bytes())["device"]
        licenses = [
            [*row[:4], part["quantity"] or row[4]] if len(proof["licenses"]) == 1 else row
            for row in proof["licenses"]
        ]
        body = {"device": device, "licenses": licenses, "serial": self.issued, **changes}
        self.issued += 1
        path = self.folder / f"issued-{self.issued}.ak"
        path.write_bytes(sealed("ak", **body))
        return path

    def quantity(self) -> int:
        """Return the quantity that is usable on both servers."""
        return sum(r.quantity or 0 for server in (self.source, self.destination) for r in server.live())
