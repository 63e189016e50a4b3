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

from ..._vms.api.license_server_api import LicenseServerApi
from ..._vms.api.records import GONE
from ..._vms.profile.model import Profile
from ..checks.end_state import check_end_state
from ..checks.standing import clock_of
from ..core import license_files
from ..core.errors import ArtifactError, Cause, InvalidRequest
from ..core.write_and_verify import Waits
from ..license import remove
from ..license.file_groups import (
    Group,
    chosen_records,
    file_groups,
    refuse_contradictions,
    refuse_parts,
    removal_order,
)
from ..license.remove import RemoveOutcome, RemovePlan, RemoveRequest
from .steps import BY_LICENSES, BY_PROOF, Handover, ManualTerms, check_folder, end_steps

OPERATIONS = ("list_licenses", "uninstall_license", "uninstall_file")


@dataclass(frozen=True)
class RemoveHandover:
    """``plan.steps`` is what the operator uninstalls, ``plan.missing`` what this run still fetches itself.

    ``folders`` are created for the uninstall files that the operator has to save.
    """

    plan: RemovePlan
    handover: Handover
    folders: Tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.folders or self.plan.missing)


def decide(
    request: RemoveRequest, server: LicenseServerApi, profile: Profile, terms: ManualTerms
) -> RemoveHandover:
    """Decide what the operator has to uninstall, and whether that is done.

    Raises what ``remove.decide`` raises.
    """
    if profile.supports("list_licenses", "uninstall_file"):
        plan = remove.decide(request, server)
        if not plan.steps:
            return RemoveHandover(plan, Handover(False, verified_by=BY_LICENSES))
        steps = [_log_in(terms), *(_uninstall([record.id for record in group]) for group in plan.steps)]
        return RemoveHandover(plan, Handover(True, end_steps(steps, Cause("handover_see_licenses", {}, ""))))
    if profile.supports("list_licenses"):
        return _by_list_and_proof(request, server, terms)
    return _by_proof(request, server, terms)


def _by_list_and_proof(
    request: RemoveRequest, server: LicenseServerApi, terms: ManualTerms
) -> RemoveHandover:
    before = server.licenses()
    groups = file_groups(chosen_records(request.license_ids, before))
    installed = tuple(group for group in groups if any(record.status != GONE for record in group))
    gone = tuple(group for group in groups if group not in installed)
    refuse_parts(installed, before)
    refuse_contradictions(gone, before)
    read_at = clock_of(server.server) if gone else None
    plan = RemovePlan(before, (), gone, (), (), request.artifacts_dir, read_at=read_at)
    if installed:
        end_state = remove.judge(request, installed, before, server)
        plan = replace(
            plan,
            steps=removal_order(installed, request.catalog),
            unchecked=end_state.unchecked,
            warnings=end_state.warnings,
        )
    # A license that is still installed has no proof, so only uninstalled groups are checked.
    proofs = [_proofs_of(group, _folder(request, group[0].id)) for group in gone]
    _refuse_copies(proofs)
    unproved = [group for group, found in zip(gone, proofs) if not found]
    plan = replace(plan, kept=tuple(path for found in proofs for path in found))
    if not installed and not unproved:
        return RemoveHandover(plan, Handover(False, verified_by=BY_PROOF))
    open_groups = [*unproved, *plan.steps]
    return _open(plan, [[record.id for record in group] for group in open_groups], unproved, request, terms)


def _by_proof(request: RemoveRequest, server: LicenseServerApi, terms: ManualTerms) -> RemoveHandover:
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
        other = owners.setdefault(_folder(request, license_id), license_id)
        if other != license_id:
            # One file must not prove that both licenses are uninstalled.
            raise InvalidRequest("license_folders_clash", license_ids=[other, license_id])
    missing = [license_id for license_id in ids if not _proofs(_folder(request, license_id))]
    kept = [path for license_id in ids for path in _proofs(_folder(request, license_id))]
    plan = RemovePlan(
        (), (), (), (), tuple(kept), request.artifacts_dir, end_state.unchecked, end_state.warnings
    )
    if not missing:
        return RemoveHandover(plan, Handover(False, verified_by=BY_PROOF))
    return _open(plan, [[license_id] for license_id in missing], (), request, terms)


def _open(
    plan: RemovePlan,
    ids: Sequence[Sequence[str]],
    uninstalled: Sequence[Group],
    request: RemoveRequest,
    terms: ManualTerms,
) -> RemoveHandover:
    check_folder(request.artifacts_dir)
    folders = [_folder(request, group[0]) for group in ids]
    done = {group[0].id for group in uninstalled}
    steps = [_log_in(terms)]
    for group in ids:
        folder = _folder(request, group[0])
        if group[0] not in done:
            steps.append(_uninstall(group))
        steps.append(Cause("handover_save_proof", {"license_ids": list(group), "folder": folder}, ""))
    handover = Handover(True, end_steps(steps, Cause("handover_see_proof", {}, "")), tuple(folders))
    new = tuple(folder for folder in folders if not os.path.isdir(folder))
    return RemoveHandover(plan, handover, new)


def _log_in(terms: ManualTerms) -> Cause:
    return Cause("handover_log_in", {"endpoint": terms.endpoint}, "")


def _uninstall(license_ids: Sequence[str]) -> Cause:
    return Cause("handover_uninstall", {"license_ids": list(license_ids)}, "R16")


def _folder(request: RemoveRequest, license_id: str) -> str:
    """Return the directory of the license, where the operator saves its uninstall file."""
    name = "".join(c if c.isalnum() or c in "-_." else "_" for c in license_id).lstrip(".") or "license"
    return os.path.join(request.artifacts_dir, name)


def _proofs(folder: str) -> List[str]:
    """Return the files that the operator saved in ``folder``, without empty ones."""
    try:
        paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name[:1] != "."]
        return [path for path in paths if os.path.isfile(path) and os.path.getsize(path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ArtifactError("handover_unreadable", path=folder, reason=str(error.strerror)) from error


def _proofs_of(group: Group, folder: str) -> List[str]:
    """Return the files saved for ``group``, without a copy of its own activation file."""
    installed = {(record.sha256 or "").lower() for record in group}
    return [path for path in _proofs(folder) if license_files.digest_of(path) not in installed]


def _refuse_copies(proofs: Sequence[Sequence[str]]) -> None:
    """Raise ArtifactError ``uninstall_file_copied``: one file cannot prove two uninstallations."""
    owners: Dict[str, str] = {}
    for paths in proofs:
        own = {license_files.digest_of(path): path for path in paths}
        for digest, path in own.items():
            if digest in owners:
                raise ArtifactError("uninstall_file_copied", path=path, other=owners[digest])
        owners.update(own)


def apply(plan: RemoveHandover, server: LicenseServerApi, waits: Waits) -> RemoveOutcome:
    """Fetch the uninstall files that a call returns and create directories for the rest; uninstall nothing.

    Raises what ``remove.apply`` raises.
    """
    outcome = remove.apply(replace(plan.plan, steps=()), server, waits)
    for folder in plan.folders:
        license_files.prepare_folder(folder)
    return outcome
