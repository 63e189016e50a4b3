# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences off a License Server, with the proof that is needed to use them again.

An uninstalled licence is live nowhere until the licence platform has taken its uninstall file. So the folder
is proved usable before anything is sent, the file is on disk for good before success is reported, and a run
that died in between is finished by running it again: the server keeps the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._errors import UsphereError
from .._licensing.preconditions import install_order
from .._vms.errors import BusinessError, TaskFailed
from .._vms.records import ClientRecord, LicenseRecord
from . import artifacts
from .assess import assess
from .errors import (
    ArtifactError,
    Cause,
    ChangeRefused,
    InvalidRequest,
    OperationError,
    cause_of,
)
from .expectation import expectation_of
from .ports import LicenseStore
from .refusals import refusal, unproved
from .settle import Waits, carry_out
from .states import CONNECTED, GONE

Group = Tuple[LicenseRecord, ...]

# How many of the server's licences a sentence names.
NAMED = 10


@dataclass(frozen=True)
class RemoveRequest:
    """Licences that leave, and the folder that keeps their uninstall files."""

    license_ids: Tuple[str, ...]
    artifacts_dir: str
    client: Optional[str] = None
    allow_unbalanced: bool = False


@dataclass(frozen=True)
class RemovePlan:
    """``steps`` are uninstalled, one activation file after the other; ``gone`` are uninstalled already.

    ``missing`` are the gone ones whose uninstall file is not on disk yet; ``kept`` the paths of the others.
    """

    before: Tuple[LicenseRecord, ...]
    steps: Tuple[Group, ...]
    gone: Tuple[Group, ...]
    missing: Tuple[Group, ...]
    kept: Tuple[str, ...]
    folder: str
    unchecked: Tuple[Cause, ...] = ()
    warnings: Tuple[Cause, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.steps or self.missing)

    @property
    def standing(self) -> Group:
        """The licences of the plan as they were read."""
        return tuple(record for group in self.gone + self.steps for record in group)


@dataclass(frozen=True)
class RemoveOutcome:
    """The licences as the server lists them afterwards and the paths of all their uninstall files."""

    licenses: Tuple[LicenseRecord, ...]
    uninstall_files: Tuple[str, ...]


# Decide


def decide(request: RemoveRequest, server: LicenseStore) -> RemovePlan:
    """Read the server and decide what is to be uninstalled, and which uninstall files are still to be saved.

    Raises InvalidRequest (an id the server does not list: a typo must not read as "gone"), ChangeRefused
    (with every violation as a cause; nothing was sent), ArtifactError, VmsError.
    """
    before = server.licenses()
    chosen = _chosen(request.license_ids, before)
    groups = _groups(chosen)
    steps = tuple(group for group in groups if any(record.status != GONE for record in group))
    gone = tuple(group for group in groups if group not in steps)
    _refuse_parts(steps, before)
    kept, missing = _look_at_disk(gone, request.artifacts_dir, server)
    if steps or missing:
        artifacts.check_folder(request.artifacts_dir)
    plan = RemovePlan(before, (), gone, missing, kept, request.artifacts_dir)
    if not steps:
        return plan
    leaving = tuple(record.id for group in steps for record in group)
    verdict = assess(
        server, before, removing=leaving, client=request.client, allow_unbalanced=request.allow_unbalanced
    )
    violations = verdict.violations + _still_held(steps, verdict.clients)
    if violations:
        raise ChangeRefused("removal_refused", violations[0].rule, violations, license_ids=list(leaving))
    return RemovePlan(
        before,
        _in_order(steps),
        gone,
        missing,
        kept,
        request.artifacts_dir,
        unchecked=verdict.unchecked,
        warnings=verdict.warnings,
    )


def _chosen(license_ids: Sequence[str], records: Sequence[LicenseRecord]) -> Group:
    if not license_ids:
        raise InvalidRequest("license_ids_empty")
    by_id = {record.id: record for record in records}
    unknown = [license_id for license_id in license_ids if license_id not in by_id]
    if unknown:
        raise InvalidRequest("license_unknown", license_ids=unknown, known=_some(sorted(by_id)))
    return tuple(by_id[license_id] for license_id in dict.fromkeys(license_ids))


def _some(names: Sequence[str]) -> List[str]:
    """Return names for a sentence: a server may list thousands."""
    return [*names[:NAMED], "…"] if len(names) > NAMED else list(names) or ["-"]


def _groups(records: Iterable[LicenseRecord]) -> Tuple[Group, ...]:
    """The activation file is the unit of uninstalling (decision 21)."""
    groups: Dict[str, List[LicenseRecord]] = {}
    for record in records:
        groups.setdefault(_file_of(record), []).append(record)
    return tuple(tuple(group) for group in groups.values())


def _file_of(record: LicenseRecord) -> str:
    return record.sha256 or record.file_name or "license " + record.id


def _refuse_parts(steps: Sequence[Group], records: Sequence[LicenseRecord]) -> None:
    for group in steps:
        others = [
            record.id for record in records if _file_of(record) == _file_of(group[0]) and record not in group
        ]
        if others:
            raise ChangeRefused(
                "license_file_shared",
                license_ids=[record.id for record in group],
                others=others,
                file=group[0].file_name or "-",
            )


def _look_at_disk(
    gone: Sequence[Group], folder: str, server: LicenseStore
) -> Tuple[Tuple[str, ...], Tuple[Group, ...]]:
    kept: List[str] = []
    missing: List[Group] = []
    for group in gone:
        files = _uninstall_files(group, server)
        if all(artifacts.is_kept(folder, name, content) for name, content in files.items()):
            kept += [artifacts.path_of(folder, name) for name in files]
        else:
            missing.append(group)
    return tuple(kept), tuple(missing)


def _still_held(steps: Sequence[Group], clients: Sequence[ClientRecord]) -> Tuple[Cause, ...]:
    connected = {client.name for client in clients if client.state == CONNECTED}
    held = []
    for group in steps:
        for record in group:
            names = sorted({share.client for share in record.assigned if share.client in connected})
            if names:
                fields: Dict[str, object] = {"license_id": record.id, "clients": names}
                held.append(Cause("license_held", fields, ""))
    return tuple(held)


def _in_order(steps: Sequence[Group]) -> Tuple[Group, ...]:
    """Upgrade before base: the reverse of the order in which they were installed."""
    rows = [(place, record) for place, group in enumerate(steps) for record in group]
    first: Dict[int, int] = {}
    for turn, row in enumerate(install_order([expectation_of(record) for _place, record in rows])):
        first.setdefault(rows[row][0], turn)
    return tuple(steps[place] for place in sorted(first, key=first.__getitem__, reverse=True))


# Apply and verify


def apply(plan: RemovePlan, server: LicenseStore, waits: Waits) -> RemoveOutcome:
    """Uninstall what the plan says and keep every uninstall file.

    Raises OperationError ``removal_interrupted`` or ``uninstall_file_pending`` once something was
    uninstalled: the server keeps the uninstall file, so running again finishes the work.
    """
    saved = list(plan.kept)
    left: List[LicenseRecord] = []
    if plan.changed:
        artifacts.prepare_folder(plan.folder)
    for group in plan.missing:
        saved += _save(group, plan.folder, server)
    for group in plan.steps:
        try:
            left += _uninstall(group, server, waits)
        except UsphereError as error:
            if not left:
                raise
            raise _after("removal_interrupted", left, saved, error) from error
        try:
            saved += _save(group, plan.folder, server)
        except UsphereError as error:
            raise _after("uninstall_file_pending", left, saved, error) from error
    gone = [record for group in plan.gone for record in group]
    return RemoveOutcome(tuple(gone + left), tuple(dict.fromkeys(saved)))


def _after(
    code: str, left: Sequence[LicenseRecord], saved: Sequence[str], error: UsphereError
) -> OperationError:
    causes = (cause_of(error), *(error.causes if isinstance(error, OperationError) else ()))
    ids = [record.id for record in left]
    return OperationError(
        code, error.rule, causes, changed=True, license_ids=ids, uninstall_files=list(saved) or ["-"]
    )


def _uninstall(group: Group, server: LicenseStore, waits: Waits) -> Group:
    ids = [record.id for record in group]

    def prove(_detail: Mapping[str, object]) -> Optional[Group]:
        now = tuple(record for record in server.licenses() if record.id in ids)
        done = len(now) == len(ids) and all(record.status == GONE for record in now)
        return now if done else None

    try:
        settled = carry_out(lambda: server.uninstall(ids[0]), prove, waits)
    except (BusinessError, TaskFailed) as error:
        raise refusal(error, ", ".join(ids)) or error from error
    if settled.proof is None:
        raise unproved("uninstall_not_listed", settled, license_ids=ids)
    return settled.proof


def _save(group: Group, folder: str, server: LicenseStore) -> List[str]:
    """Keep the group's uninstall files; what is on disk is then held against what the server gives again."""
    files = _uninstall_files(group, server)
    saved = [artifacts.keep(folder, name, content) for name, content in files.items()]
    again = _uninstall_files(group, server)
    for file in saved:
        content = again.get(file.name)
        if content is None or artifacts.digest(content) != file.sha256:
            raise ArtifactError("uninstall_file_unsteady", path=file.path)
    return [file.path for file in saved]


def _uninstall_files(group: Group, server: LicenseStore) -> Dict[str, bytes]:
    """Return the uninstall files of one activation file: usually one, whichever licence is asked for."""
    files: Dict[str, bytes] = {}
    for record in group:
        given = server.uninstall_file(record.id)
        if not given.content:
            raise ArtifactError("uninstall_file_empty", license_id=record.id)
        name = artifacts.safe_name(given.file_name, record.id)
        if files.setdefault(name, given.content) != given.content:
            raise ArtifactError("uninstall_files_clash", license_id=record.id, file=name)
    return files
