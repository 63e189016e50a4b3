# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save device information files: decide, apply, verify. An activation file is made for this device."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass, field
from typing import Any, Dict, Optional

from ..._vms.api.license_server_api import LicenseServerApi
from ..core import license_files
from ..core.write_errors import ArtifactError

Data = Dict[str, Any]


@dataclass(frozen=True)
class DeviceFile:
    """Device information as received; ``name`` is its own file name, made safe."""

    name: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class DevicePlan:
    """The file to write: its ``path`` (None: nowhere), and ``before``, the SHA-256 of the existing file."""

    file: DeviceFile
    path: Optional[str] = None
    before: Optional[str] = None

    @property
    def changed(self) -> bool:
        return self.path is not None and self.before != self.file.sha256


def fetch(device: LicenseServerApi) -> DeviceFile:
    """Read the current device information, which can change over time. Raises ArtifactError, VmsError."""
    given = device.device_info()
    if not given.content:
        raise ArtifactError("device_information_missing")
    name = license_files.safe_name(given.file_name, "device-information")
    return DeviceFile(name, license_files.digest(given.content), given.content)


def read(path: str) -> DeviceFile:
    """Read device information that the operator saved to a file. Raises ArtifactError."""
    try:
        file = license_files.read_activation_file(path)
    except ArtifactError as error:
        reason = str(error.fields.get("reason") or error.code.replace("activation_file_", ""))
        raise ArtifactError("device_information_unreadable", path=path, reason=reason) from error
    return DeviceFile(file.name, file.sha256, file.content)


def decide(file: DeviceFile, folder: Optional[str]) -> DevicePlan:
    """Compare with the files in ``folder``. Raises ArtifactError ``device_information_not_kept``."""
    if folder is None:
        return DevicePlan(file)
    path = license_files.path_of(folder, file.name)
    try:
        if os.path.lexists(path):
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))
            with open(path, "rb") as stream:
                return DevicePlan(file, path, license_files.digest(stream.read()))
        license_files.check_directory(folder)
    except (OSError, ArtifactError) as error:
        raise _not_kept(path, error) from error
    return DevicePlan(file, path)


def apply(plan: DevicePlan) -> None:
    """Write the file atomically. It replaces earlier device information of the same name."""
    if plan.path is None:
        return
    try:
        license_files.make_directory(os.path.dirname(plan.path))
        license_files.replace_file(plan.path, plan.file.content)
    except OSError as error:
        raise _not_kept(plan.path, error) from error


def _not_kept(path: str, error: Exception) -> ArtifactError:
    reason = (
        error.fields.get("reason") if isinstance(error, ArtifactError) else getattr(error, "strerror", None)
    )
    return ArtifactError("device_information_not_kept", path=path, reason=reason or type(error).__name__)


def device_row(file: DeviceFile) -> Data:
    """Return device information as a result row: its name, size and digest."""
    return {"file_name": file.name, "sha256": file.sha256, "size": len(file.content)}


def device_diff(plan: DevicePlan) -> Data:
    """Return the digests of the file before and after as a diff."""
    after = plan.before if plan.path is None else plan.file.sha256
    return {"before": {"sha256": plan.before}, "after": {"sha256": after}}
