# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hand-overs of ``license`` as results: what the run itself does, the rest is told in steps."""

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
    """What a run that hands over has planned, handed over and done."""

    plan: Union[InstallPlan, RemovePlan]
    over: Handover
    result: Data


def install_by_hand(
    request: InstallRequest, server: LicenseServerApi, options: Mapping[str, Any], write: bool
) -> ManualResult:
    """Put the activation files aside for a person, or see that they are installed."""
    terms = ManualTerms(server.endpoint, folder_of(options), options["handover_confirmed"])
    todo = install.decide(request, server, terms, lambda: totals_by_product(server, request.catalog))
    if todo.changed and write:
        install.apply(todo)
    shown = proof.of_licenses(
        (record for item in todo.plan.there for record in item.licenses),
        proof.place_of(request.node),
        todo.plan.read_at,
    )
    result = {
        "licenses": installed_rows(todo.plan.there),
        "proof": proof.rows((*shown, *todo.handover.proof)),
    }
    return ManualResult(todo.plan, todo.handover, {**result, **_done(todo.changed, _put_aside(todo))})


def uninstall_by_hand(
    request: RemoveRequest, server: LicenseServerApi, waits: Waits, write: bool
) -> ManualResult:
    """Say what a person has to uninstall, or see that it has left and that its proof is kept."""
    todo = remove.decide(request, server, server.profile, ManualTerms(server.endpoint))
    saved = todo.plan.kept
    if todo.changed and write:
        saved = remove.apply(todo, server, waits).uninstall_files
    gone = [record for group in todo.plan.gone for record in group]
    shown = proof.of_licenses(gone, proof.place_of(request.node), todo.plan.read_at)
    result = {
        "licenses": [record.to_row() for record in todo.plan.standing],
        "uninstall_files": list(saved),
        "proof": proof.rows((*shown, *proof.of_uninstall_files(saved))),
    }
    return ManualResult(todo.plan, todo.handover, {**result, **_done(todo.changed, _prepared(todo))})


def _done(changed: bool, steps: List[Data]) -> Data:
    """What this run does; the licenses themselves it does not change."""
    return {"changed": changed, "plan": steps, "diff": {"before": {"steps": []}, "after": {"steps": steps}}}


def _put_aside(plan: InstallHandover) -> List[Data]:
    """The files that this run puts aside, in the order in which a person installs them."""
    return [
        {"action": "put_aside", "file_name": name, "sha256": digest(content)}
        for name, content in plan.files.items()
        if not name.endswith(RECORD_SUFFIX)
    ]


def _prepared(plan: RemoveHandover) -> List[Data]:
    """The uninstall files that this run fetches and the folders that it makes."""
    fetched = [
        {"action": "save_uninstall_file", "license_ids": [record.id for record in group]}
        for group in plan.plan.missing
    ]
    return fetched + [{"action": "make_folder", "path": folder} for folder in plan.folders]


def proof_by_hand(name: str, sides: Sides, over: Handover) -> List[Data]:
    """What is shown of work that a person did: the sides that could be read, or the person's own word."""
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
