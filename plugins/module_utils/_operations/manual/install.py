# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install activation files by manual steps: check the rules, stage the files, verify in the next run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, List, Mapping, Optional, Sequence, Tuple

from ..._vms.api.tasks import LicenseServerWriter
from ..._vms.wire.errors import OperationUnsupported
from ..checks.expectation import show_expectation
from ..core import license_files, proof
from ..core.errors import Cause
from ..facts.license_server import totals_by_product
from ..license import install
from ..license.install import InstallPlan, InstallRequest, WantedFile
from ..license.options import installed_rows
from .steps import (
    BY_LICENSES,
    BY_TOTALS,
    Data,
    Handover,
    ManualTerms,
    change_rows,
    confirmed_steps,
    open_steps,
    staging_directory,
    staging_errors,
    step,
)
from .totals_baseline import (
    RECORD_SUFFIX,
    Cell,
    TotalsBaseline,
    expected_totals,
    grown_enough,
    read_records,
    refuse_other,
)

# Without the first call it is unknown what to install; without the second the run cannot install it.
OPERATIONS = ("list_licenses", "install_activation_file")

# Totals by product and architecture; None where the profile has no call for them.
Totals = Callable[[], Optional[Mapping[Cell, int]]]


@dataclass(frozen=True)
class InstallHandover:
    """A manual installation: ``plan.steps`` for the operator, and ``files`` still to be staged, by name."""

    plan: InstallPlan
    handover: Handover
    directory: str
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return bool(self.files)


def decide(
    request: InstallRequest, server: LicenseServerWriter, terms: ManualTerms, totals: Totals
) -> InstallHandover:
    """Decide what the operator has to install, and whether that is done.

    Raises what ``install.decide`` raises, and ArtifactError ``handover_…``.
    """
    try:
        plan = install.decide(request, server)
    except OperationUnsupported:
        return _decide_unlisted(request, server, terms, totals)
    if not plan.steps:
        return InstallHandover(plan, Handover(False, verified_by=BY_LICENSES), terms.directory)
    return _open(plan, terms, step("handover_see_licenses"), {})


def _decide_unlisted(
    request: InstallRequest, server: LicenseServerWriter, terms: ManualTerms, totals: Totals
) -> InstallHandover:
    """Decide without a list of licenses: by the totals per product, else by the operator's confirmation."""
    plan = install.decide_unread(request, server)
    done = replace(plan, steps=())
    names = [wanted.file.name for wanted in plan.steps]
    now = totals() if all(wanted.expect for wanted in plan.steps) else None
    if terms.confirmed and not _disproved(plan.steps, now):
        return InstallHandover(done, confirmed_steps(names, names), terms.directory)
    if now is None:
        return _open(plan, terms, None, {})
    recorded = read_records(terms.directory)
    new = {wanted.file.sha256: TotalsBaseline.of_file(wanted, terms.endpoint, now) for wanted in plan.steps}
    for sha256, record in new.items():
        refuse_other(terms.directory, record, recorded.get(sha256))
    staged = {**new, **recorded}
    used = [staged[sha256] for sha256 in new]
    if set(new) <= set(recorded) and all(grown_enough(one, list(staged.values()), now) for one in used):
        warning = step("handover_totals_only", files=names)
        shown = tuple(record.proof(now) for record in used)
        handover = Handover(False, verified_by=BY_TOTALS, warnings=(warning,), proof=shown)
        return InstallHandover(done, handover, terms.directory)
    records = {one.record_name: one.content() for sha256, one in new.items() if sha256 not in recorded}
    return _open(plan, terms, step("handover_see_totals", expected=_expected(plan.steps)), records)


def _disproved(steps: Sequence[WantedFile], totals: Optional[Mapping[Cell, int]]) -> bool:
    """Return whether the totals disprove that all ``steps`` are installed, despite a confirmation.

    A product that the totals do not list is not counted.
    """
    expected = expected_totals([expectation for wanted in steps for expectation in wanted.expect])
    return totals is not None and any(totals.get(cell, amount) < amount for cell, amount in expected.items())


def _open(
    plan: InstallPlan, terms: ManualTerms, verification: Optional[Cause], records: Mapping[str, bytes]
) -> InstallHandover:
    wanted_files = [wanted.file for wanted in plan.steps]
    with staging_errors():
        license_files.check_directory(terms.directory)
        files = {
            file.name: file.content
            for file in wanted_files
            if not license_files.is_kept(terms.directory, file.name, file.content)
        }
    paths = [license_files.path_of(terms.directory, file.name) for file in wanted_files]
    steps: List[Cause] = []
    for path, wanted in zip(paths, plan.steps):
        steps.append(step("handover_install", path=path, sha256=wanted.file.sha256))
        if wanted.expect:
            steps.append(step("handover_see_live", expected=_expected([wanted])))
    handover = open_steps(steps, verification, terms.endpoint, paths)
    return InstallHandover(plan, handover, terms.directory, {**files, **records})


def _expected(steps: Sequence[WantedFile]) -> Tuple[str, ...]:
    return tuple(show_expectation(expectation) for wanted in steps for expectation in wanted.expect)


def apply(plan: InstallHandover) -> None:
    """Stage the files, each atomically. Raises ArtifactError ``handover_…``."""
    with staging_errors():
        for name, content in plan.files.items():
            license_files.prepare_directory(plan.directory)
            license_files.keep(plan.directory, name, content)


def install_manually(
    request: InstallRequest, server: LicenseServerWriter, options: Mapping[str, Any], write: bool
) -> Tuple[InstallHandover, Data]:
    """Stage the files for the operator, or verify that they are installed; return the result, too."""
    terms = ManualTerms(server.endpoint, staging_directory(options), options["handover_confirmed"])
    decision = decide(request, server, terms, lambda: totals_by_product(server, request.catalog))
    if decision.changed and write:
        apply(decision)
    plan = decision.plan
    records = [record for item in plan.there for record in item.licenses]
    shown = proof.of_licenses(records, proof.place_of(request.node), plan.read_at)
    # The files that this run stages, in the order in which the operator installs them.
    staged = [
        {"action": "put_aside", "file_name": name, "sha256": license_files.digest(content)}
        for name, content in decision.files.items()
        if not name.endswith(RECORD_SUFFIX)
    ]
    result = {
        "licenses": installed_rows(plan.there),
        "proof": proof.rows((*shown, *decision.handover.proof)),
        **change_rows(decision.changed, staged),
    }
    return decision, result
