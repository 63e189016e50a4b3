# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty License Server for runs of the module license."""

from __future__ import annotations

import hashlib

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    LicenseRecord,
    NamedFile,
    ServerInfo,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile

EXPECT = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4}


class Server:
    """An empty License Server; every installed file adds 4 CPUs of vms_standard."""

    def __init__(self) -> None:
        self.records: list[LicenseRecord] = []
        self.writes: list[str] = []
        self.profile = load_profile("usphere_7")
        self.endpoint = "https://10.1.0.5:28443"

    def server(self) -> ServerInfo:
        return ServerInfo("ls-east", "1.0", "2026-11-24T08:00:00Z")

    def clients(self) -> tuple[()]:
        return ()

    def licenses(self) -> tuple[LicenseRecord, ...]:
        return tuple(self.records)

    def device_info(self) -> NamedFile:
        return NamedFile("ls-east.did", b"this device")

    def uninstall_file(self, license_id: str) -> NamedFile:
        return NamedFile("A.uak", b"proof")

    def install(self, file_name: str, content: bytes) -> Task:
        self.writes.append("install")
        self._list("usable", file_name, hashlib.sha256(content).hexdigest())
        return Task.finished({})

    def uninstall(self, license_id: str) -> Task:
        self.writes.append("uninstall")
        self._list("uninstalled", self.records[0].file_name, self.records[0].sha256)
        return Task.finished({})

    def _list(self, status: str, file_name: str | None, sha256: str | None) -> None:
        record = LicenseRecord(
            id="LS-1",
            product=str(EXPECT["product"]),
            arch=str(EXPECT["arch"]),
            kind=str(EXPECT["kind"]),
            code=None,
            quantity=4,
            issued_at=None,
            installed_at=None,
            expires_at="never",
            assigned=(),
            device=None,
            status=status,
            file_name=file_name,
            sha256=sha256,
            key="****7Q2A",
        )
        self.records = [record]
