# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operations need of the other side: the part of each API that they call."""

from __future__ import annotations

from typing import Optional, Protocol, Sequence, Tuple

from ..._vms.api.records import (
    Assignment,
    ClientRecord,
    ConnectRequest,
    LicenseRecord,
    NamedFile,
    PlatformRecord,
    QuotaRow,
    ServerInfo,
    ServerLink,
    VersionRecord,
)
from ..._vms.api.tasks import Task


class LicenseStore(Protocol):
    """A License Server, seen by who installs and uninstalls there."""

    def server(self) -> ServerInfo:
        """Which License Server it is, and its clock."""

    def licenses(self) -> Tuple[LicenseRecord, ...]:
        """Every license, with the clients it is assigned to."""

    def clients(self) -> Tuple[ClientRecord, ...]:
        """Every client, with its quotas."""

    def device_info(self) -> NamedFile:
        """The device information under its own name, as it is now."""

    def uninstall_file(self, license_id: str) -> NamedFile:
        """The file that proves the uninstallation, byte by byte."""

    def install(self, file_name: str, content: bytes) -> Task:
        """Start the installation; the task says how it went."""

    def uninstall(self, license_id: str) -> Task:
        """Start the uninstallation; the task says how it went."""


class ClientRegistry(Protocol):
    """A License Server, seen by who keeps its clients."""

    def server(self) -> ServerInfo:
        """Which License Server it is, and its clock."""

    def licenses(self) -> Tuple[LicenseRecord, ...]:
        """Every license, with the clients it is assigned to."""

    def clients(self) -> Tuple[ClientRecord, ...]:
        """Every client, with its quotas."""

    def device_info(self) -> NamedFile:
        """The device information under its own name, as it is now."""

    def assignments(self, client: str) -> Tuple[Assignment, ...]:
        """What a client has been given."""

    def create_client(self, name: str, password: str, quota: Sequence[QuotaRow] = ()) -> None:
        """Create a client with its quotas."""

    def delete_client(self, name: str) -> None:
        """Delete a client that holds nothing."""

    def release_client(self, name: str) -> None:
        """Take back what a client holds."""

    def update_client(
        self, name: str, password: Optional[str] = None, quota: Optional[Sequence[QuotaRow]] = None
    ) -> None:
        """Change what is given; None stays as it is."""


class VmsSystem(Protocol):
    """A VMS, seen by who connects it to its License Server."""

    def version(self) -> VersionRecord:
        """The version of the product."""

    def platform(self) -> PlatformRecord:
        """The manager, or both of a hot-standby pair."""

    def license_server(self) -> Optional[ServerLink]:
        """The License Server it is connected to; None: not connected."""

    def connect_license_server(self, request: ConnectRequest) -> Task:
        """Start connecting; the task says how it went."""

    def disconnect_license_server(self) -> None:
        """Give up the connection."""

    def reconnect_license_server(self) -> Task:
        """Start reconnecting to the same server; the task says how it went."""
