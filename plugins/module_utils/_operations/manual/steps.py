# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manual steps for work without a call in the endpoint profile: prepare it, verify it in the next run.

Manual steps never report success by themselves. They are done when a read shows the result or, where nothing
can be read, when the operator confirms it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence, Tuple

from ..._messages.catalog import register
from ..._messages.operations.manual import MESSAGES
from ..._vms.profile.model import Profile
from ..core import license_files
from ..core.errors import ArtifactError, Cause, InvalidRequest
from ..core.proof import Proof

register(MESSAGES)


# How a run verified that the work is done.
BY_LICENSES = "licenses"
BY_TOTALS = "totals"
BY_PROOF = "uninstall_file"
BY_SIDES = "connection"
BY_PERSON = "person"

# A staged file is not an uninstall file, so its errors have their own codes.
_CODES = {
    "artifact_conflict": "handover_conflict",
    "artifact_not_saved": "handover_not_saved",
    "artifact_unreadable": "handover_unreadable",
    "artifacts_dir_unusable": "handover_dir_unusable",
}


@dataclass(frozen=True)
class Handover:
    """What the operator has to do, in order, and the files that were staged for that.

    ``required`` is False after it is done; ``verified_by`` is then the kind of verification, and ``proof``
    the items that show it, as far as ``license`` and ``license_client`` do not read them themselves.
    """

    required: bool
    steps: Tuple[Cause, ...] = ()
    files: Tuple[str, ...] = ()
    verified_by: str = ""
    warnings: Tuple[Cause, ...] = ()
    proof: Tuple[Proof, ...] = ()


@dataclass(frozen=True)
class ManualTerms:
    """The settings of manual steps: the server, the directory of files, the operator's confirmation."""

    endpoint: str
    folder: str = ""
    confirmed: bool = False

    def path_of(self, name: str) -> str:
        return license_files.path_of(self.folder, name)


def needs_manual_step(profile: Profile, operations: Sequence[str], allowed: bool) -> bool:
    """Return whether manual steps are needed because ``profile`` does not support all of ``operations``.

    Raises OperationUnsupported, before anything is sent, if manual steps are not ``allowed``.
    """
    if allowed:
        return not profile.supports(*operations)
    for name in operations:
        profile.operation(name)
    return False


def folder_of(options: Mapping[str, Any]) -> str:
    """Return the directory for staged files. Raises InvalidRequest ``handover_dir_needed``."""
    if options.get("handover_dir") is None:
        raise InvalidRequest("handover_dir_needed")
    return str(options["handover_dir"])


def is_staged(folder: str, name: str, content: bytes) -> bool:
    """Return whether the file is staged. Raises ArtifactError ``handover_…``."""
    try:
        return license_files.is_kept(folder, name, content)
    except ArtifactError as error:
        raise _handover_error(error) from error


def check_folder(folder: str) -> None:
    """Check without writing whether files can be staged. Raises ArtifactError."""
    try:
        license_files.check_folder(folder)
    except ArtifactError as error:
        raise _handover_error(error) from error


def stage(folder: str, name: str, content: bytes) -> str:
    """Save an unchanged file under its own name and return its path. Raises ArtifactError."""
    try:
        license_files.prepare_folder(folder)
        return license_files.keep(folder, name, content).path
    except ArtifactError as error:
        raise _handover_error(error) from error


def _handover_error(error: ArtifactError) -> ArtifactError:
    return ArtifactError(_CODES.get(error.code, error.code), error.rule, (), False, **error.fields)


def end_steps(steps: Sequence[Cause], last_step: Optional[Cause]) -> Tuple[Cause, ...]:
    """Return the steps with ``last_step``, or with the operator's confirmation if it is None."""
    return (*steps, last_step or Cause("handover_confirm", {}, ""))
