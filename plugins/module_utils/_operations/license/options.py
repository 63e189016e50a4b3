# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the options of ``license`` and build its results.

An option that is None was not given. A diff is made from the plan alone, so check mode shows exactly what a
real run does.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.rules.change import Expectation
from ..._time import format_end
from ..._vms.api.records import LicenseRecord
from ..._vms.api.tasks import GONE
from ..checks.expectation import parse_expect
from ..core import proof
from ..core.errors import InvalidRequest
from ..core.license_files import read_activation_file
from ..facts.license_server import license_row
from .install import InstalledFile, InstallPlan, InstallRequest, WantedFile
from .remove import RemovePlan, RemoveRequest

ONLY_PRESENT = ("activation_file", "activation_files", "expect")
ONLY_ABSENT = ("license_id", "license_ids", "artifacts_dir")

Data = Dict[str, Any]


def install_request(options: Mapping[str, Any], catalog: Catalog) -> InstallRequest:
    """Read the activation files that the options of ``license`` name, with their expected contents.

    Raises InvalidRequest, ArtifactError, LicensingError.
    """
    _refuse_options(options, ONLY_ABSENT, "present")
    rows: Sequence[Mapping[str, Any]] = options.get("activation_files") or ()
    if options.get("activation_file") is not None:
        rows = [{"path": options["activation_file"], "expect": options.get("expect")}]
    files = []
    for row in rows:
        file = read_activation_file(row["path"])
        files.append(WantedFile(file, parse_expect(row.get("expect"), file.name, catalog)))
    node = _node(options)
    unbalanced = bool(options.get("allow_unbalanced"))
    return InstallRequest(tuple(files), options.get("client"), unbalanced, node, catalog)


def remove_request(options: Mapping[str, Any], catalog: Catalog) -> RemoveRequest:
    """Return the removal that the options of ``license`` describe. Raises InvalidRequest."""
    _refuse_options(options, ONLY_PRESENT, "absent")
    ids: List[str] = list(options.get("license_ids") or ())
    if options.get("license_id") is not None:
        ids = [options["license_id"]]
    return RemoveRequest(
        tuple(ids),
        options["artifacts_dir"],
        options.get("client"),
        bool(options.get("allow_unbalanced")),
        _node(options),
        catalog,
    )


def _node(options: Mapping[str, Any]) -> Optional[str]:
    """Return the product whose own node is the target. Raises InvalidRequest ``option_not_for_node``."""
    node: Optional[str] = options.get("product_node")
    if node is not None and options.get("client") is not None:
        raise InvalidRequest("option_not_for_node", option="client")
    return node


def _refuse_options(options: Mapping[str, Any], names: Sequence[str], state: str) -> None:
    for name in names:
        if options.get(name) is not None:
            raise InvalidRequest("option_not_for_state", option=name, state=state)


def expectation_row(expectation: Expectation) -> Data:
    """Return an expectation as a row; values that are not stated are omitted."""
    row = {
        "product": expectation.product,
        "arch": None if expectation.arch is None else expectation.arch.value,
        "kind": expectation.kind.value,
        "quantity": expectation.quantity,
        "code": expectation.code,
        "expires_at": None if expectation.expires_at is None else format_end(expectation.expires_at),
    }
    return {name: value for name, value in row.items() if value is not None}


# Installation


def install_steps(plan: InstallPlan) -> List[Data]:
    """Return the files to send, in the order in which they are sent."""
    return [
        {
            "action": "install",
            "file_name": step.file.name,
            "sha256": step.file.sha256,
            "expect": [expectation_row(expectation) for expectation in step.expect],
        }
        for step in plan.steps
    ]


def installed_rows(files: Iterable[InstalledFile]) -> List[Data]:
    """Return the licenses installed from the files."""
    return [license_row(record) for item in files for record in item.licenses]


def install_proof(files: Iterable[InstalledFile], node: Optional[str], read_at: Optional[str]) -> List[Data]:
    """Return the proof of an installation: each license of each file, listed as live by one read."""
    records = (record for item in files for record in item.licenses)
    return proof.rows(proof.of_licenses(records, proof.place_of(node), read_at))


def install_diff(plan: InstallPlan) -> Data:
    """Return the server's licenses before and after."""
    before = _license_rows(plan.before)
    return _diff(before, before + [row for step in plan.steps for row in _rows_of_step(step)])


def _license_rows(records: Iterable[LicenseRecord]) -> List[Data]:
    names = ("product", "arch", "kind", "quantity", "code", "expires_at", "file_name")
    rows = ({name: getattr(record, name) for name in names} for record in records if record.status != GONE)
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _rows_of_step(step: WantedFile) -> List[Data]:
    if not step.expect:
        return [{"file_name": step.file.name, "sha256": step.file.sha256}]
    return [{**expectation_row(expectation), "file_name": step.file.name} for expectation in step.expect]


# Removal


def remove_steps(plan: RemovePlan) -> List[Data]:
    """Return the uninstall files still to be saved, then what is uninstalled, in order."""
    steps = [{"action": "uninstall", "license_ids": [record.id for record in group]} for group in plan.steps]
    to_save = [
        {"action": "save_uninstall_file", "license_ids": [record.id for record in group]}
        for group in plan.missing
    ]
    return to_save + steps


def remove_proof(
    records: Iterable[LicenseRecord], saved: Iterable[str], node: Optional[str], read_at: Optional[str]
) -> List[Data]:
    """Return the proof of a removal: each uninstalled license, each uninstall file on disk.

    Licenses that are still to be uninstalled are omitted. Raises ArtifactError.
    """
    gone = [record for record in records if record.status == GONE]
    shown = proof.of_licenses(gone, proof.place_of(node), read_at)
    return proof.rows((*shown, *proof.of_uninstall_files(saved)))


def remove_diff(plan: RemovePlan) -> Data:
    """Return the server's licenses before and after."""
    removed = {record.id for group in plan.steps for record in group}
    after = [record for record in plan.before if record.id not in removed]
    return _diff(_license_rows(plan.before), _license_rows(after))


def _diff(before: List[Data], after: List[Data]) -> Data:
    # Callbacks can show a difference only if it is a mapping.
    return {"before": {"licenses": before}, "after": {"licenses": after}}
