# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the results of manual steps of ``license``: what the run does itself, and the open steps."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Union

from ..._vms.api.license_server_api import LicenseServerApi
from ..core import proof
from ..core.license_files import digest
from ..core.write_and_verify import Waits
from ..facts.license_server import totals_by_product
from ..license.install import InstallPlan, InstallRequest
from ..license.options import installed_rows
from ..license.remove import RemovePlan, RemoveRequest
from . import install, remove
from .client import Sides
from .install import InstallHandover
from .remove import RemoveHandover
from .steps import BY_PERSON, Handover, ManualTerms, folder_of
from .totals_baseline import RECORD_SUFFIX

Data = Dict[str, Any]


class ManualResult(NamedTuple):
    """The plan of a run with manual steps, the steps, and the result of the run."""

    plan: Union[InstallPlan, RemovePlan]
    over: Handover
    result: Data


def install_by_hand(
    request: InstallRequest, server: LicenseServerApi, options: Mapping[str, Any], write: bool
) -> ManualResult:
    """Stage the activation files for the operator, or verify that they are installed."""
    terms = ManualTerms(server.endpoint, folder_of(options), options["handover_confirmed"])
    decision = install.decide(request, server, terms, lambda: totals_by_product(server, request.catalog))
    if decision.changed and write:
        install.apply(decision)
    shown = proof.of_licenses(
        (record for item in decision.plan.there for record in item.licenses),
        proof.place_of(request.node),
        decision.plan.read_at,
    )
    result = {
        "licenses": installed_rows(decision.plan.there),
        "proof": proof.rows((*shown, *decision.handover.proof)),
    }
    return ManualResult(
        decision.plan, decision.handover, {**result, **_done(decision.changed, _staged(decision))}
    )


def uninstall_by_hand(
    request: RemoveRequest, server: LicenseServerApi, waits: Waits, write: bool
) -> ManualResult:
    """Return what the operator has to uninstall, or verify that it is done and its proof is saved."""
    decision = remove.decide(request, server, server.profile, ManualTerms(server.endpoint))
    saved = decision.plan.kept
    if decision.changed and write:
        saved = remove.apply(decision, server, waits).uninstall_files
    gone = [record for group in decision.plan.gone for record in group]
    shown = proof.of_licenses(gone, proof.place_of(request.node), decision.plan.read_at)
    result = {
        "licenses": [record.to_row() for record in decision.plan.standing],
        "uninstall_files": list(saved),
        "proof": proof.rows((*shown, *proof.of_uninstall_files(saved))),
    }
    return ManualResult(
        decision.plan, decision.handover, {**result, **_done(decision.changed, _prepared(decision))}
    )


def _done(changed: bool, steps: List[Data]) -> Data:
    """Return what this run does; it does not change the licenses themselves."""
    return {"changed": changed, "plan": steps, "diff": {"before": {"steps": []}, "after": {"steps": steps}}}


def _staged(plan: InstallHandover) -> List[Data]:
    """Return the files that this run stages, in the order in which the operator installs them."""
    return [
        {"action": "put_aside", "file_name": name, "sha256": digest(content)}
        for name, content in plan.files.items()
        if not name.endswith(RECORD_SUFFIX)
    ]


def _prepared(plan: RemoveHandover) -> List[Data]:
    """Return the uninstall files that this run fetches and the directories that it creates."""
    fetched = [
        {"action": "save_uninstall_file", "license_ids": [record.id for record in group]}
        for group in plan.plan.missing
    ]
    return fetched + [{"action": "make_folder", "path": folder} for folder in plan.folders]


def proof_by_hand(name: str, sides: Sides, over: Handover) -> List[Data]:
    """Return the proof of finished manual steps: the sides that could be read, or the confirmation."""
    if over.required:
        return []
    if over.verified_by == BY_PERSON:
        return proof.rows(proof.of_person((name,)))
    read_at = None if sides.state.server is None else sides.state.server.time
    return proof.rows(
        (
            *(proof.of_link(sides.state.link, name) if sides.link_read else ()),
            *(proof.of_client(sides.state.client, name, read_at) if sides.client_read else ()),
        )
    )
