# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save a bundle under the lock of its directory, after what killed runs left there is finished or removed."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from typing import Any, Iterator, Mapping, Tuple

from ..bundles import whole_directory
from ..core import license_files
from ..core.lock import LockError, Locks, locks_of
from ..core.write_errors import ArtifactError, StepRenderer
from .bundle import DEVICE, OWN_NAME, LicenseRequest, RequestPlan, apply, decide, not_kept

LOCK = ".usphere.lock"


def request_locks(options: Mapping[str, Any]) -> Locks:
    """Return the locks of ``license_request``, whose lock is in the directory of its bundles.

    Raises InvalidRequest.
    """
    return locks_of({**options, "lock_dir": options["dest"]}, "license_request")


def save_bundle(
    plan: RequestPlan, request: LicenseRequest, render: StepRenderer, locks: Locks
) -> RequestPlan:
    """Write what is missing of the planned bundle; return the plan with the files that this run wrote.

    Nothing is written or locked if there is nothing to do. Raises ArtifactError, LockError ``lock_held``.
    """
    if not plan.changed and not _has_leftovers(request.folder):
        return plan
    with _hold_lock(locks):
        completed = _recover(request.folder)
        current = decide(request, render)
        apply(current)
    # Another run may have created the bundle meanwhile. A repair that this run finished is its own change.
    return replace(current, missing=plan.missing) if plan.name in completed else current


@contextlib.contextmanager
def _hold_lock(locks: Locks) -> Iterator[None]:
    try:
        with locks.file(os.path.join(os.path.abspath(locks.folder), LOCK), locks.folder):
            yield
    except LockError as error:
        if error.code != "lock_unusable":
            raise
        reason = error.fields["reason"]
        raise ArtifactError("request_not_kept", path=error.fields["path"], reason=reason) from error


def _has_leftovers(folder: str) -> bool:
    """Return whether a killed run left hidden files in ``folder``. Raises ArtifactError."""
    try:
        if any(map(license_files.is_temporary, os.listdir(folder))):
            return True
        return bool(whole_directory.hidden_directories(folder, OWN_NAME))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unusable(folder, error) from error


def _recover(folder: str) -> Tuple[str, ...]:
    """Finish or remove what killed runs left in ``folder``, for any request; no living run uses it.

    Returns the names of the bundles whose repair was finished. Raises ArtifactError.
    """
    completed = []
    try:
        for hidden in whole_directory.hidden_directories(folder, OWN_NAME):
            if whole_directory.finish(os.path.join(folder, hidden.name)):
                completed.append(hidden.name)
        license_files.remove_abandoned(folder)
        for name in filter(OWN_NAME.fullmatch, os.listdir(folder)):
            # Earlier releases wrote their temporary files into the bundle.
            for place in (os.path.join(folder, name), os.path.join(folder, name, DEVICE)):
                license_files.remove_abandoned(place)
    except ArtifactError as error:
        raise not_kept(str(error.fields["path"]), error) from error
    except OSError as error:
        raise _unusable(folder, error) from error
    return tuple(completed)


def _unusable(folder: str, error: OSError) -> ArtifactError:
    return ArtifactError("request_not_kept", path=folder, reason=error.strerror or type(error).__name__)
