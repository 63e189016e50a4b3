# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of ``license`` in, its results out.

An option that is None was not given. A diff is made from the plan alone, so a dry run shows exactly what a
real run then does.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.rules.change import Expectation
from ..._time import format_end
from ..._vms.api.records import GONE, LicenseRecord
from ..checks.expectation import parse_expect
from ..core import proof
from ..core.errors import InvalidRequest
from ..core.license_files import read_activation_file
from .install import InstalledFile, InstallPlan, InstallRequest, WantedFile
from .remove import RemovePlan, RemoveRequest

ONLY_PRESENT = ("activation_file", "activation_files", "expect")
ONLY_ABSENT = ("license_id", "license_ids", "artifacts_dir")

Data = Dict[str, Any]


def install_request(options: Mapping[str, Any], catalog: Catalog) -> InstallRequest:
    """Read the activation files that the options of ``license`` name, and what is said to be in them.

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
    """Return what the options of ``license`` say about licences that leave. Raises InvalidRequest."""
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
    """Return the product whose own node is meant. Raises InvalidRequest ``option_not_for_node``."""
    node: Optional[str] = options.get("product_node")
    if node is not None and options.get("client") is not None:
        raise InvalidRequest("option_not_for_node", option="client")
    return node


def _refuse_options(options: Mapping[str, Any], names: Sequence[str], state: str) -> None:
    for name in names:
        if options.get(name) is not None:
            raise InvalidRequest("option_not_for_state", option=name, state=state)


def expectation_row(expectation: Expectation) -> Data:
    """What is said to be in a file; what is not said is left out."""
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
    """What is sent, in the order in which it is sent."""
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
    """The licences that the files yielded."""
    return [record.to_row() for item in files for record in item.licenses]


def install_proof(files: Iterable[InstalledFile], node: Optional[str], read_at: Optional[str]) -> List[Data]:
    """What the success of an installation rests on: each license of each file, live by one reading."""
    records = (record for item in files for record in item.licenses)
    return proof.rows(proof.of_licenses(records, proof.place_of(node), read_at))


def install_diff(plan: InstallPlan) -> Data:
    """The server's licences before and after."""
    standing = _standing(plan.before)
    return _diff(standing, standing + [row for step in plan.steps for row in _coming(step)])


def _standing(records: Iterable[LicenseRecord]) -> List[Data]:
    names = ("product", "arch", "kind", "quantity", "code", "expires_at", "file_name")
    rows = ({name: getattr(record, name) for name in names} for record in records if record.status != GONE)
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _coming(step: WantedFile) -> List[Data]:
    if not step.expect:
        return [{"file_name": step.file.name, "sha256": step.file.sha256}]
    return [{**expectation_row(expectation), "file_name": step.file.name} for expectation in step.expect]


# Removal


def remove_steps(plan: RemovePlan) -> List[Data]:
    """What is uninstalled, in the order in which it is, and which files are still to be saved."""
    steps = [{"action": "uninstall", "license_ids": [record.id for record in group]} for group in plan.steps]
    late = [
        {"action": "save_uninstall_file", "license_ids": [record.id for record in group]}
        for group in plan.missing
    ]
    return late + steps


def remove_proof(
    records: Iterable[LicenseRecord], saved: Iterable[str], node: Optional[str], read_at: Optional[str]
) -> List[Data]:
    """What the success of a removal rests on: each license uninstalled, each uninstall file on disk.

    What is still to be uninstalled proves nothing yet. Raises ArtifactError.
    """
    gone = [record for record in records if record.status == GONE]
    shown = proof.of_licenses(gone, proof.place_of(node), read_at)
    return proof.rows((*shown, *proof.of_uninstall_files(saved)))


def remove_diff(plan: RemovePlan) -> Data:
    """The server's licences before and after."""
    leaving = {record.id for group in plan.steps for record in group}
    after = [record for record in plan.before if record.id not in leaving]
    return _diff(_standing(plan.before), _standing(after))


def _diff(before: List[Data], after: List[Data]) -> Data:
    # A difference that is no mapping cannot be shown by the callbacks.
    return {"before": {"licenses": before}, "after": {"licenses": after}}
