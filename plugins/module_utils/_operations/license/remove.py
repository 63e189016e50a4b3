# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove licenses: decide, apply, verify by reading back, and save the uninstall files.

An uninstalled license is active nowhere until the License platform has accepted its uninstall file. So the
directory is tested before anything is sent, the file is synced to disk before success is reported, and an
interrupted run is finished by running it again: the server keeps the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import List, Mapping, Optional, Sequence, Tuple

from ..._errors import UsphereError
from ..._licensing.catalog.catalog import Catalog
from ..._vms.api.records import LicenseRecord
from ..._vms.api.tasks import GONE, LicenseServerWriter
from ..._vms.wire.errors import BusinessError, TaskFailed
from ..checks.end_state import check_end_state
from ..checks.license_status import clock_of
from ..core import license_files
from ..core.errors import Cause, OperationError
from ..core.server_refusals import not_verified, refusal_error
from ..core.write_and_verify import Waits, WriteResult, poll_until, write_and_verify
from ..core.write_errors import ArtifactError, ChangeRefused, NotVerified, all_causes, cause_of
from .file_groups import (
    Group,
    chosen_records,
    file_groups,
    installed_ids,
    refuse_contradictions,
    refuse_parts,
    removal_order,
    still_held,
    uninstall_files_of,
)


@dataclass(frozen=True)
class RemoveRequest:
    """The licenses to uninstall, and the directory for their uninstall files.

    ``client``, ``node`` and ``catalog`` are as in InstallRequest.
    """

    license_ids: Tuple[str, ...]
    artifacts_dir: str
    client: Optional[str] = None
    allow_unbalanced: bool = False
    node: Optional[str] = None
    catalog: Catalog = field(default_factory=Catalog.builtin)


@dataclass(frozen=True)
class RemovePlan:
    """Plan of a removal.

    ``steps`` are to be uninstalled, one activation file at a time; ``gone`` are uninstalled already.
    ``missing`` are the groups of ``gone`` whose uninstall file is not on disk yet; ``kept`` are the paths of
    the other files. ``read_at`` is the server's own time when it listed ``gone``.
    """

    before: Tuple[LicenseRecord, ...]
    steps: Tuple[Group, ...]
    gone: Tuple[Group, ...]
    missing: Tuple[Group, ...]
    kept: Tuple[str, ...]
    folder: str
    unchecked: Tuple[Cause, ...] = ()
    warnings: Tuple[Cause, ...] = ()
    read_at: Optional[str] = None

    @property
    def changed(self) -> bool:
        return bool(self.steps or self.missing)

    @property
    def licenses(self) -> Group:
        """The licenses of the plan as they were read."""
        return tuple(record for group in self.gone + self.steps for record in group)


@dataclass(frozen=True)
class RemoveOutcome:
    """The licenses as the server lists them at ``read_at``, and the paths of all their uninstall files."""

    licenses: Tuple[LicenseRecord, ...]
    uninstall_files: Tuple[str, ...]
    read_at: Optional[str] = None


# Decide


def decide(request: RemoveRequest, server: LicenseServerWriter) -> RemovePlan:
    """Read the server and decide what is to be uninstalled, and which uninstall files are still to be saved.

    Raises InvalidRequest (an id the server does not list: a typo must not count as uninstalled),
    ChangeRefused (with every violation as a cause; nothing was sent), ArtifactError, VmsError.
    """
    plan = read_groups(request, server)
    kept, missing = _saved_and_missing(plan.gone, request.artifacts_dir, server)
    if plan.steps or missing:
        license_files.check_directory(request.artifacts_dir)
    return check_rules(replace(plan, kept=kept, missing=missing), request, server)


def read_groups(request: RemoveRequest, server: LicenseServerWriter) -> RemovePlan:
    """Read which licenses of the task are installed and which are gone; nothing else is decided yet.

    Raises InvalidRequest, ChangeRefused ``license_file_shared``, NotVerified ``uninstall_contradicted``.
    """
    before = server.licenses()
    groups = file_groups(chosen_records(request.license_ids, before))
    steps = tuple(group for group in groups if any(record.status != GONE for record in group))
    gone = tuple(group for group in groups if group not in steps)
    refuse_parts(steps, before)
    refuse_contradictions(gone, before)
    read_at = clock_of(server.server) if gone else None
    return RemovePlan(before, steps, gone, (), (), request.artifacts_dir, read_at=read_at)


def check_rules(plan: RemovePlan, request: RemoveRequest, server: LicenseServerWriter) -> RemovePlan:
    """Check the end state after the steps of ``plan``, and order them.

    Raises ChangeRefused ``removal_refused`` with every violation as a cause.
    """
    if not plan.steps:
        return plan
    removed_ids = tuple(record.id for group in plan.steps for record in group)
    end_state = check_end_state(
        server,
        plan.before,
        removing=removed_ids,
        client=request.client,
        allow_unbalanced=request.allow_unbalanced,
        node=request.node,
        catalog=request.catalog,
    )
    violations = end_state.violations + still_held(plan.steps, end_state.clients)
    if violations:
        raise ChangeRefused("removal_refused", violations[0].rule, violations, license_ids=list(removed_ids))
    steps = removal_order(plan.steps, request.catalog)
    return replace(plan, steps=steps, unchecked=end_state.unchecked, warnings=end_state.warnings)


def _saved_and_missing(
    gone: Sequence[Group], folder: str, server: LicenseServerWriter
) -> Tuple[Tuple[str, ...], Tuple[Group, ...]]:
    kept: List[str] = []
    missing: List[Group] = []
    for group in gone:
        files = uninstall_files_of(group, server)
        if all(license_files.is_kept(folder, name, content) for name, content in files.items()):
            kept += [license_files.path_of(folder, name) for name in files]
        else:
            missing.append(group)
    return tuple(kept), tuple(missing)


# Apply and verify


def apply(plan: RemovePlan, server: LicenseServerWriter, waits: Waits) -> RemoveOutcome:
    """Uninstall the steps of the plan and save every uninstall file.

    Raises OperationError ``removal_interrupted`` or ``uninstall_file_pending`` after something was
    uninstalled: the server keeps the uninstall file, so running again finishes the work.
    """
    saved = list(plan.kept)
    removed: List[LicenseRecord] = []
    if plan.changed:
        license_files.prepare_directory(plan.folder)
    for group in plan.missing:
        saved += _save(group, plan.folder, server)
    for group in plan.steps:
        try:
            removed += _uninstall(group, server, waits)
        except UsphereError as error:
            if not removed:
                raise
            raise _interrupted("removal_interrupted", removed, saved, error) from error
        try:
            saved += _save(group, plan.folder, server)
        except UsphereError as error:
            raise _interrupted("uninstall_file_pending", removed, saved, error) from error
    read_at = plan.read_at
    if plan.steps:
        removed, read_at = _all_gone(plan.gone + plan.steps, server, waits)
    else:
        removed = [record for group in plan.gone for record in group]
    return RemoveOutcome(tuple(removed), tuple(dict.fromkeys(saved)), read_at)


def _all_gone(
    groups: Sequence[Group], server: LicenseServerWriter, waits: Waits
) -> Tuple[List[LicenseRecord], Optional[str]]:
    """Return all licenses of the task as one final read lists them, and the server's time of that read."""
    ids = [record.id for group in groups for record in group]
    clock: List[Optional[str]] = []

    def read() -> Optional[List[LicenseRecord]]:
        listed = server.licenses()
        clock[:] = [clock_of(server.server)]
        found = [_gone(group, listed) for group in groups]
        return None if None in found else [record for group in found for record in group or ()]

    try:
        gone = poll_until(read, waits.clock() + waits.timeout_s, waits)
    except UsphereError as error:
        causes = (cause_of(error),)
        raise NotVerified("removed_not_read_back", error.rule, causes, True, license_ids=ids) from error
    if gone is None:
        raise not_verified("uninstall_not_listed", WriteResult(None, None), license_ids=ids)
    return gone, clock[0]


def _gone(group: Group, listed: Sequence[LicenseRecord]) -> Optional[Group]:
    """Return the group as listed if all of it is uninstalled and nothing of its activation file is installed.

    A list that omits a part of the group proves nothing, and neither does an empty list.
    """
    ids = [record.id for record in group]
    now = tuple(record for record in listed if record.id in ids)
    complete = len(now) == len(ids) and all(record.status == GONE for record in now)
    return now if complete and not installed_ids(group, listed) else None


def _interrupted(
    code: str, removed: Sequence[LicenseRecord], saved: Sequence[str], error: UsphereError
) -> OperationError:
    causes = all_causes(error)
    ids = [record.id for record in removed]
    return OperationError(
        code, error.rule, causes, changed=True, license_ids=ids, uninstall_files=list(saved) or ["-"]
    )


def _uninstall(group: Group, server: LicenseServerWriter, waits: Waits) -> Group:
    ids = [record.id for record in group]

    def prove(_detail: Mapping[str, object]) -> Optional[Group]:
        return _gone(group, server.licenses())

    try:
        result = write_and_verify(lambda: server.uninstall(ids[0]), prove, waits)
    except (BusinessError, TaskFailed) as error:
        raise refusal_error(error, ", ".join(ids)) or error from error
    if result.proof is None:
        raise not_verified("uninstall_not_listed", result, license_ids=ids)
    return result.proof


def _save(group: Group, folder: str, server: LicenseServerWriter) -> List[str]:
    """Save the group's uninstall files, then compare them with what the server returns when read again."""
    files = uninstall_files_of(group, server)
    saved = [license_files.keep(folder, name, content) for name, content in files.items()]
    again = uninstall_files_of(group, server)
    for file in saved:
        content = again.get(file.name)
        if content is None or license_files.digest(content) != file.sha256:
            raise ArtifactError("uninstall_file_unsteady", path=file.path)
    return [file.path for file in saved]
