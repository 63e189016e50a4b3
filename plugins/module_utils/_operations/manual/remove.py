# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove licenses by manual steps: check the rules, verify by the list and the uninstall files.

Only an uninstallation creates an uninstall file. Where no call returns it, the operator saves it in a
directory of the license, and the license counts as uninstalled only when the file is there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Dict, List, Sequence, Tuple

from ..._vms.api.tasks import LicenseServerWriter
from ..._vms.profile.model import Profile
from ..checks.end_state import check_end_state
from ..core import license_files, proof
from ..core.errors import Cause, InvalidRequest
from ..core.write_and_verify import Waits
from ..core.write_errors import ArtifactError
from ..facts.license_server import license_row
from ..license import remove
from ..license.file_groups import Group
from ..license.remove import RemoveOutcome, RemovePlan, RemoveRequest
from .steps import (
    BY_LICENSES,
    BY_PROOF,
    Data,
    Handover,
    ManualTerms,
    change_rows,
    open_steps,
    staging_errors,
    step,
)

OPERATIONS = ("list_licenses", "uninstall_license", "uninstall_file")


@dataclass(frozen=True)
class RemoveHandover:
    """A manual removal: ``plan.steps`` for the operator, and ``plan.missing``, which this run still fetches.

    ``directories`` are created for the uninstall files that the operator has to save.
    """

    plan: RemovePlan
    handover: Handover
    directories: Tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.directories or self.plan.missing)


def decide(
    request: RemoveRequest, server: LicenseServerWriter, profile: Profile, terms: ManualTerms
) -> RemoveHandover:
    """Decide what the operator has to uninstall, and whether that is done.

    Raises what ``remove.decide`` raises.
    """
    if profile.supports("list_licenses", "uninstall_file"):
        plan = remove.decide(request, server)
        if not plan.steps:
            return RemoveHandover(plan, Handover(False, verified_by=BY_LICENSES))
        steps = [_uninstall(_ids(group)) for group in plan.steps]
        return RemoveHandover(plan, open_steps(steps, step("handover_see_licenses"), terms.endpoint))
    if profile.supports("list_licenses"):
        return _by_list_and_proof(request, server, terms)
    return _by_proof(request, server, terms)


def _by_list_and_proof(
    request: RemoveRequest, server: LicenseServerWriter, terms: ManualTerms
) -> RemoveHandover:
    plan = remove.check_rules(remove.read_groups(request, server), request, server)
    # A license that is still installed has no proof, so only uninstalled groups are checked.
    proofs = [_proofs_of(group, _directory(request, group[0].id)) for group in plan.gone]
    _refuse_copies(proofs)
    unproved = [_ids(group) for group, found in zip(plan.gone, proofs) if not found]
    plan = replace(plan, kept=tuple(path for found in proofs for path in found))
    return _decide(plan, request, terms, unproved, [_ids(group) for group in plan.steps])


def _by_proof(request: RemoveRequest, server: LicenseServerWriter, terms: ManualTerms) -> RemoveHandover:
    if not request.license_ids:
        raise InvalidRequest("license_ids_empty")
    end_state = check_end_state(
        server,
        None,
        removing=request.license_ids,
        client=request.client,
        node=request.node,
        catalog=request.catalog,
    )
    ids = list(dict.fromkeys(request.license_ids))
    owners: Dict[str, str] = {}
    for license_id in ids:
        other = owners.setdefault(_directory(request, license_id), license_id)
        if other != license_id:
            # One file must not prove that both licenses are uninstalled.
            raise InvalidRequest("license_folders_clash", license_ids=[other, license_id])
    proofs = [_proofs(_directory(request, license_id)) for license_id in ids]
    plan = RemovePlan(
        *((), (), (), ()),
        tuple(path for found in proofs for path in found),
        request.artifacts_dir,
        end_state.unchecked,
        end_state.warnings,
    )
    missing = [[license_id] for license_id, found in zip(ids, proofs) if not found]
    return _decide(plan, request, terms, [], missing)


def _decide(
    plan: RemovePlan,
    request: RemoveRequest,
    terms: ManualTerms,
    uninstalled: Sequence[Sequence[str]],
    installed: Sequence[Sequence[str]],
) -> RemoveHandover:
    """Decide from the ids of the groups without an uninstall file."""
    if not uninstalled and not installed:
        return RemoveHandover(plan, Handover(False, verified_by=BY_PROOF))
    with staging_errors():
        license_files.check_directory(request.artifacts_dir)
    steps: List[Cause] = []
    directories = []
    for group in (*uninstalled, *installed):
        directories.append(_directory(request, group[0]))
        if group in installed:
            steps.append(_uninstall(group))
        steps.append(step("handover_save_proof", license_ids=list(group), folder=directories[-1]))
    handover = open_steps(steps, step("handover_see_proof"), terms.endpoint, directories)
    return RemoveHandover(plan, handover, tuple(path for path in directories if not os.path.isdir(path)))


def _ids(group: Group) -> List[str]:
    return [record.id for record in group]


def _uninstall(license_ids: Sequence[str]) -> Cause:
    return step("handover_uninstall", "R16", license_ids=list(license_ids))


def _directory(request: RemoveRequest, license_id: str) -> str:
    """Return the directory of the license, where the operator saves its uninstall file."""
    name = "".join(c if c.isalnum() or c in "-_." else "_" for c in license_id).lstrip(".") or "license"
    return os.path.join(request.artifacts_dir, name)


def _proofs(directory: str) -> List[str]:
    """Return the files that the operator saved in ``directory``, without empty ones."""
    try:
        paths = [os.path.join(directory, name) for name in sorted(os.listdir(directory)) if name[:1] != "."]
        return [path for path in paths if os.path.isfile(path) and os.path.getsize(path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ArtifactError("handover_unreadable", path=directory, reason=str(error.strerror)) from error


def _proofs_of(group: Group, directory: str) -> List[str]:
    """Return the files saved for ``group``, without a copy of its own activation file."""
    installed = {(record.sha256 or "").lower() for record in group}
    return [path for path in _proofs(directory) if license_files.digest_of(path) not in installed]


def _refuse_copies(proofs: Sequence[Sequence[str]]) -> None:
    """Raise ArtifactError ``uninstall_file_copied``: one file cannot prove two uninstallations."""
    owners: Dict[str, str] = {}
    for paths in proofs:
        own = {license_files.digest_of(path): path for path in paths}
        for digest, path in own.items():
            if digest in owners:
                raise ArtifactError("uninstall_file_copied", path=path, other=owners[digest])
        owners.update(own)


def apply(plan: RemoveHandover, server: LicenseServerWriter, waits: Waits) -> RemoveOutcome:
    """Fetch the uninstall files that a call returns and create directories for the rest; uninstall nothing.

    Raises what ``remove.apply`` raises.
    """
    outcome = remove.apply(replace(plan.plan, steps=()), server, waits)
    for directory in plan.directories:
        license_files.prepare_directory(directory)
    return outcome


def remove_manually(
    request: RemoveRequest, server: LicenseServerWriter, waits: Waits, write: bool
) -> Tuple[RemoveHandover, Data]:
    """Decide what the operator has to uninstall, or verify that it is done; return the result, too."""
    decision = decide(request, server, server.profile, ManualTerms(server.endpoint))
    plan = decision.plan
    saved = plan.kept
    if decision.changed and write:
        saved = apply(decision, server, waits).uninstall_files
    gone = [record for group in plan.gone for record in group]
    shown = proof.of_licenses(gone, proof.place_of(request.node), plan.read_at)
    # The uninstall files that this run fetches, and the directories that it creates.
    prepared: List[Data] = [
        *({"action": "save_uninstall_file", "license_ids": _ids(group)} for group in plan.missing),
        *({"action": "make_folder", "path": directory} for directory in decision.directories),
    ]
    result = {
        "licenses": [license_row(record) for record in plan.licenses],
        "uninstall_files": list(saved),
        "proof": proof.rows((*shown, *proof.of_uninstall_files(saved))),
        **change_rows(decision.changed, prepared),
    }
    return decision, result
