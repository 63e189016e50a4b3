# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install activation files by manual steps: check the rules, stage the files, verify in the next run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from ..._licensing.rules.change import Expectation
from ..._licensing.values.model import Arch
from ..._vms.api.license_server_api import LicenseServerApi
from ..._vms.wire.errors import OperationUnsupported
from ..checks.expectation import show_expectation
from ..core import proof
from ..core.errors import Cause
from ..core.proof import LICENSE_SERVER, Proof
from ..license import install
from ..license.install import InstallPlan, InstallRequest, WantedFile
from .steps import (
    BY_LICENSES,
    BY_PERSON,
    BY_TOTALS,
    Handover,
    ManualTerms,
    check_folder,
    end_steps,
    is_staged,
    stage,
)
from .totals_baseline import Cell, TotalsBaseline, grown_enough, read_records, record_name, refuse_other

# Without the first call it is unknown what to install; without the second the run cannot install it.
OPERATIONS = ("list_licenses", "install_activation_file")

# Totals by product and architecture; None where the profile has no call for them.
Totals = Callable[[], Optional[Mapping[Cell, int]]]


@dataclass(frozen=True)
class InstallHandover:
    """``plan.steps`` is what the operator installs; ``files`` are still to be staged, by name."""

    plan: InstallPlan
    handover: Handover
    folder: str
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return bool(self.files)


def decide(
    request: InstallRequest, server: LicenseServerApi, terms: ManualTerms, totals: Totals
) -> InstallHandover:
    """Decide what the operator has to install, and whether that is done.

    Raises what ``install.decide`` raises, and ArtifactError ``handover_…``.
    """
    try:
        plan = install.decide(request, server)
    except OperationUnsupported:
        return _decide_unlisted(request, server, terms, totals)
    if not plan.steps:
        return InstallHandover(plan, Handover(False, verified_by=BY_LICENSES), terms.folder)
    return _open(plan, terms, Cause("handover_see_licenses", {}, ""), {})


def _decide_unlisted(
    request: InstallRequest, server: LicenseServerApi, terms: ManualTerms, totals: Totals
) -> InstallHandover:
    """Decide without a list of licenses: by the totals per product, else by the operator's confirmation."""
    plan = install.decide_unread(request, server)
    names = [wanted.file.name for wanted in plan.steps]
    now = totals() if all(wanted.expect for wanted in plan.steps) else None
    if terms.confirmed and not _disproved(plan.steps, now):
        warning = Cause("handover_on_trust", {"what": names}, "")
        return _done(plan, terms, BY_PERSON, warning, proof.of_person(names))
    if now is None:
        return _open(plan, terms, None, {})
    recorded = read_records(terms.folder)
    records = {wanted.file.sha256: _record(wanted, terms.endpoint, now) for wanted in plan.steps}
    for sha256, record in records.items():
        refuse_other(terms.folder, record, recorded.get(sha256))
    staged = {**records, **recorded}
    if all(
        sha256 in recorded and grown_enough(recorded[sha256], list(staged.values()), now)
        for sha256 in records
    ):
        shown = tuple(_grown(recorded[sha256], now) for sha256 in records)
        return _done(plan, terms, BY_TOTALS, Cause("handover_totals_only", {"files": names}, ""), shown)
    new_records = {
        record_name(record.file_name): record.content()
        for sha256, record in records.items()
        if sha256 not in recorded
    }
    return _open(
        plan, terms, Cause("handover_see_totals", {"expected": _expected(plan.steps)}, ""), new_records
    )


def _disproved(steps: Sequence[WantedFile], totals: Optional[Mapping[Cell, int]]) -> bool:
    """Return whether the totals disprove that all ``steps`` are installed, despite a confirmation.

    A product that the totals do not list is not counted.
    """
    expected = _holds([expectation for wanted in steps for expectation in wanted.expect])
    return totals is not None and any(totals.get(cell, amount) < amount for cell, amount in expected.items())


def _grown(record: TotalsBaseline, totals: Mapping[Cell, int]) -> Proof:
    shown = [
        {
            "product": cell[0],
            "arch": cell[1],
            "quantity": quantity,
            "before": record.before[cell],
            "now": totals.get(cell, 0),
        }
        for cell, quantity in sorted(record.holds.items())
    ]
    return Proof("totals", record.file_name, LICENSE_SERVER, facts={"sha256": record.sha256, "totals": shown})


def _record(wanted: WantedFile, endpoint: str, totals: Mapping[Cell, int]) -> TotalsBaseline:
    holds = _holds(wanted.expect)
    before = {cell: totals.get(cell, 0) for cell in holds}
    return TotalsBaseline(wanted.file.name, wanted.file.sha256, endpoint, holds, before)


def _holds(expect: Sequence[Expectation]) -> Dict[Cell, int]:
    holds: Dict[Cell, int] = {}
    for expectation in expect:
        cell = (expectation.product, (expectation.arch or Arch.ANY).value)
        holds[cell] = holds.get(cell, 0) + expectation.quantity
    return holds


def _done(
    plan: InstallPlan, terms: ManualTerms, verified_by: str, warning: Cause, shown: Tuple[Proof, ...]
) -> InstallHandover:
    handover = Handover(False, verified_by=verified_by, warnings=(warning,), proof=shown)
    done = InstallPlan(plan.before, plan.there, (), plan.unchecked, plan.warnings)
    return InstallHandover(done, handover, terms.folder)


def _open(
    plan: InstallPlan, terms: ManualTerms, last_step: Optional[Cause], extra: Mapping[str, bytes]
) -> InstallHandover:
    check_folder(terms.folder)
    steps: List[Cause] = [Cause("handover_log_in", {"endpoint": terms.endpoint}, "")]
    files: Dict[str, bytes] = {}
    paths: List[str] = []
    for wanted in plan.steps:
        file = wanted.file
        path = terms.path_of(file.name)
        paths.append(path)
        if not is_staged(terms.folder, file.name, file.content):
            files[file.name] = file.content
        steps.append(Cause("handover_install", {"path": path, "sha256": file.sha256}, ""))
        if wanted.expect:
            steps.append(Cause("handover_see_live", {"expected": _expected([wanted])}, ""))
    handover = Handover(True, end_steps(steps, last_step), tuple(paths))
    return InstallHandover(plan, handover, terms.folder, {**files, **extra})


def _expected(steps: Sequence[WantedFile]) -> Tuple[str, ...]:
    return tuple(show_expectation(expectation) for wanted in steps for expectation in wanted.expect)


def apply(plan: InstallHandover) -> None:
    """Stage the files, each atomically. Raises ArtifactError ``handover_…``."""
    for name, content in plan.files.items():
        stage(plan.folder, name, content)
