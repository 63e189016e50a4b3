# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VMS system in memory that connects to a License Server in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    Assignment,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    PlatformRecord,
    ServerLink,
    Share,
    VersionRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import ConnectRequest, Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .license_server import Failure, FakeServer


@dataclass
class FakeVms:
    """A system that fetches from ``peer`` when it connects; with ``breaks_off`` it stops after the answer."""

    peer: FakeServer
    link: ServerLink | None = None
    refuses_login: bool = False
    heals: bool = True
    breaks_off: bool = False
    standby: str | None = None
    failures: list[Failure] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def version(self) -> VersionRecord:
        if self.refuses_login:
            raise errors.LoginRefused("login_refused", "R20", sent=True)
        return VersionRecord("E0760P03", "7.0")

    def platform(self) -> PlatformRecord:
        self.version()
        return PlatformRecord("vms-1", "10.1.0.10", None, self.standby)

    def license_server(self) -> ServerLink | None:
        return self.link

    def connect_license_server(self, request: ConnectRequest) -> Task:
        def do() -> None:
            if self.peer.passwords.get(request.client_name) != request.client_password:
                raise errors.TaskFailed(
                    "task_failed", error_code="client_credentials_invalid", error_message="wrong password"
                )
            self.link = ServerLink(
                address=request.address,
                client_port=request.client_port,
                console_port=request.console_port,
                client_name=request.client_name,
                contract_number=request.contract_number,
                state="connected",
                last_contact=None,
                fetched_at=None,
                server_id="ls-east",
            )
            self._fetch()

        return self._write("connect", do)

    def reconnect_license_server(self) -> Task:
        return self._write("reconnect", self._fetch)

    def disconnect_license_server(self) -> Task:
        def do() -> None:
            self.link = None

        return self._write("disconnect", do)

    def _fetch(self) -> None:
        assert self.link is not None
        now = self.peer.time
        name = self.link.client_name
        assert name is not None
        if not self.breaks_off:
            fetched = {"last_contact": now, "fetched_at": now, "server_id": "ls-east"}
            self.link = replace(self.link, state="connected", **fetched)
        self.peer.change_client(name, state="connected", last_contact=now)
        self.peer.held = [
            Assignment(record.id, record.product, record.arch, record.quantity, now)
            for record in self.peer.records
        ]
        self.peer.records = [
            replace(record, assigned=(Share(name, record.quantity or 0),), status="in_use")
            for record in self.peer.records
        ]
        if self.heals:
            self.refuses_login = False

    def _write(self, call: str, do: Callable[[], None]) -> Task:
        self.calls.append(call)
        failure = next((failure for failure in self.failures if call.startswith(failure.call)), None)
        if failure is None or failure.after:
            do()
        if failure is not None:
            self.failures.remove(failure)
            raise failure.error
        return Task.finished({})
