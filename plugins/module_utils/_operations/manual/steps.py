# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an endpoint profile has no call for, a person does: all is prepared, and the next run looks.

A hand-over never claims success. It ends when a read shows that the work is done or, where nothing can be
read, when the person says so.
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


# How a run knows that the work is done.
BY_LICENSES = "licenses"
BY_TOTALS = "totals"
BY_PROOF = "uninstall_file"
BY_SIDES = "connection"
BY_PERSON = "person"

# A file put aside is no uninstall file, and its sentences say so.
_CODES = {
    "artifact_conflict": "handover_conflict",
    "artifact_not_saved": "handover_not_saved",
    "artifact_unreadable": "handover_unreadable",
    "artifacts_dir_unusable": "handover_dir_unusable",
}


@dataclass(frozen=True)
class Handover:
    """What a person has to do, in order, and the files that were put aside for that.

    ``required`` is False once it is done; ``verified_by`` then says how that is known, and ``proof`` by what,
    as far as ``license`` and ``license_client`` do not read it themselves.
    """

    required: bool
    steps: Tuple[Cause, ...] = ()
    files: Tuple[str, ...] = ()
    verified_by: str = ""
    warnings: Tuple[Cause, ...] = ()
    proof: Tuple[Proof, ...] = ()


@dataclass(frozen=True)
class ManualTerms:
    """On what terms a task hands over: who is spoken of, where files go, and whether a person says "done"."""

    endpoint: str
    folder: str = ""
    confirmed: bool = False

    def path_of(self, name: str) -> str:
        return license_files.path_of(self.folder, name)


def needs_manual_step(profile: Profile, operations: Sequence[str], allowed: bool) -> bool:
    """Say whether the work is a person's because ``profile`` lacks one of ``operations``.

    Raises OperationUnsupported, before anything is sent, if handing over is not ``allowed``.
    """
    if allowed:
        return not profile.supports(*operations)
    for name in operations:
        profile.operation(name)
    return False


def folder_of(options: Mapping[str, Any]) -> str:
    """Return the folder for files that are put aside. Raises InvalidRequest ``handover_dir_needed``."""
    if options.get("handover_dir") is None:
        raise InvalidRequest("handover_dir_needed")
    return str(options["handover_dir"])


def is_staged(folder: str, name: str, content: bytes) -> bool:
    """Say whether the file lies ready. Raises ArtifactError ``handover_…``."""
    try:
        return license_files.is_kept(folder, name, content)
    except ArtifactError as error:
        raise _ours(error) from error


def check_folder(folder: str) -> None:
    """Foresee whether files can be put aside, without writing. Raises ArtifactError."""
    try:
        license_files.check_folder(folder)
    except ArtifactError as error:
        raise _ours(error) from error


def stage(folder: str, name: str, content: bytes) -> str:
    """Put a file aside byte by byte under its own name and return its path. Raises ArtifactError."""
    try:
        license_files.prepare_folder(folder)
        return license_files.keep(folder, name, content).path
    except ArtifactError as error:
        raise _ours(error) from error


def _ours(error: ArtifactError) -> ArtifactError:
    return ArtifactError(_CODES.get(error.code, error.code), error.rule, (), False, **error.fields)


def end_steps(steps: Sequence[Cause], seen: Optional[Cause]) -> Tuple[Cause, ...]:
    """End the steps with how the next run knows, or with the person's own word."""
    return (*steps, seen or Cause("handover_confirm", {}, ""))
