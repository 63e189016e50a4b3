# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protocols of the API clients: the calls that the operations use."""

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
    """The calls of a License Server that install and uninstall licenses."""

    def server(self) -> ServerInfo:
        """Return which License Server it is, and its clock."""

    def licenses(self) -> Tuple[LicenseRecord, ...]:
        """Return every license, with the clients it is assigned to."""

    def clients(self) -> Tuple[ClientRecord, ...]:
        """Return every client, with its quotas."""

    def device_info(self) -> NamedFile:
        """Return the current device information under its own file name."""

    def uninstall_file(self, license_id: str) -> NamedFile:
        """Return the file that proves the uninstallation, unchanged."""

    def install(self, file_name: str, content: bytes) -> Task:
        """Start the installation; the task reports the result."""

    def uninstall(self, license_id: str) -> Task:
        """Start the uninstallation; the task reports the result."""


class ClientRegistry(Protocol):
    """The calls of a License Server that manage its clients."""

    def server(self) -> ServerInfo:
        """Return which License Server it is, and its clock."""

    def licenses(self) -> Tuple[LicenseRecord, ...]:
        """Return every license, with the clients it is assigned to."""

    def clients(self) -> Tuple[ClientRecord, ...]:
        """Return every client, with its quotas."""

    def device_info(self) -> NamedFile:
        """Return the current device information under its own file name."""

    def assignments(self, client: str) -> Tuple[Assignment, ...]:
        """Return what is assigned to a client."""

    def create_client(self, name: str, password: str, quota: Sequence[QuotaRow] = ()) -> None:
        """Create a client with its quotas."""

    def delete_client(self, name: str) -> None:
        """Delete a client that holds no licenses."""

    def release_client(self, name: str) -> None:
        """Release what a client holds."""

    def update_client(
        self, name: str, password: Optional[str] = None, quota: Optional[Sequence[QuotaRow]] = None
    ) -> None:
        """Update a client; values that are None stay unchanged."""


class VmsSystem(Protocol):
    """The calls of a VMS that connect it to its License Server."""

    def version(self) -> VersionRecord:
        """Return the version of the product."""

    def platform(self) -> PlatformRecord:
        """Return the manager, or both managers of a hot-standby pair."""

    def license_server(self) -> Optional[ServerLink]:
        """Return the License Server it is connected to; None: not connected."""

    def connect_license_server(self, request: ConnectRequest) -> Task:
        """Start connecting; the task reports the result."""

    def disconnect_license_server(self) -> None:
        """Remove the connection."""

    def reconnect_license_server(self) -> Task:
        """Start reconnecting to the same server; the task reports the result."""
