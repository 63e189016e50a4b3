# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activation files onto a License Server: decide, apply, verify by reading again.

The decision is taken over the end state of all files together (decision 12) and before anything is sent;
check mode ends with it. What is applied is exactly the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from ..._errors import UsphereError
from ..._licensing.catalog.catalog import Catalog
from ..._licensing.rules.change import Expectation
from ..._licensing.rules.preconditions import install_order
from ..._licensing.values.model import LicenseClass
from ..._vms.api.records import LIVE, LicenseRecord
from ..._vms.wire.errors import BusinessError, TaskFailed
from ..checks.end_state import check_end_state
from ..checks.expectation import differences
from ..checks.standing import clock_of, counted, dated
from ..core.errors import Cause, ChangeRefused, InvalidRequest, NotVerified, OperationError, cause_of
from ..core.license_files import ActivationFile
from ..core.protocols import LicenseStore
from ..core.server_refusals import not_verified, refusal_error
from ..core.write_and_verify import Waits, WriteResult, poll_until, write_and_verify

ALREADY = "already_installed"


@dataclass(frozen=True)
class WantedFile:
    """An activation file and what the operator says is in it; an empty ``expect`` says nothing.

    ``by_name``: the caller knows that the file was sent to this server, so a license that is listed under its
    name without a digest is taken for what it yielded.
    """

    file: ActivationFile
    expect: Tuple[Expectation, ...] = ()
    by_name: bool = False


@dataclass(frozen=True)
class InstallRequest:
    """All files of one task.

    ``client`` names the system on a server that serves several (decision 9), ``node`` the product whose own
    node the server is, ``catalog`` what products there are (R2).
    """

    files: Tuple[WantedFile, ...]
    client: Optional[str] = None
    allow_unbalanced: bool = False
    node: Optional[str] = None
    catalog: Catalog = field(default_factory=Catalog.builtin)


@dataclass(frozen=True)
class InstalledFile:
    """A file and the licences it yielded, as the server lists them."""

    wanted: WantedFile
    licenses: Tuple[LicenseRecord, ...]


@dataclass(frozen=True)
class InstallPlan:
    """What there is and what is to be done, in the order in which it is done.

    ``unchecked`` says which rules could not be checked before sending and why; ``warnings`` what is allowed
    but will hurt; ``read_at`` is the server's own time when it listed what is ``there``.
    """

    before: Tuple[LicenseRecord, ...]
    there: Tuple[InstalledFile, ...]
    steps: Tuple[WantedFile, ...]
    unchecked: Tuple[Cause, ...] = ()
    warnings: Tuple[Cause, ...] = ()
    read_at: Optional[str] = None

    @property
    def changed(self) -> bool:
        return bool(self.steps)


@dataclass(frozen=True)
class InstallOutcome:
    """What the server lists now for the files of the task, all read back together at ``read_at``."""

    files: Tuple[InstalledFile, ...]
    changed: bool
    read_at: Optional[str] = None


# Decide


def decide(request: InstallRequest, server: LicenseStore) -> InstallPlan:
    """Read the server and decide what is to be installed, in which order.

    Raises InvalidRequest, ChangeRefused (with every violation as a cause; nothing was sent), NotVerified (a
    file that is there did not yield what was expected of it), VmsError.
    """
    _refuse_doubles(request.files)
    before = server.licenses()
    there: List[InstalledFile] = []
    warnings: List[Cause] = []
    found_of = {each.file.sha256: licenses_of_file(each.file, before, each.by_name) for each in request.files}
    missing = [wanted for wanted in request.files if not found_of[wanted.file.sha256]]
    read_at = clock_of(server.server) if len(missing) < len(request.files) else None
    for wanted in request.files:
        found = dated(found_of[wanted.file.sha256], read_at)
        if not found:
            continue
        # What waits for its base may get it now; whether it did is looked at afterwards.
        _check_live(wanted, counted(found, server.device_info) if missing else found)
        _check_expected(wanted, found, changed=False)
        if all(record.file_name not in (None, wanted.file.name) for record in found):
            fields = {"file": wanted.file.name, "listed": sorted({str(record.file_name) for record in found})}
            warnings.append(Cause("activation_file_renamed", fields, ""))
        there.append(InstalledFile(wanted, found))
    unchecked = [_no_expectation(wanted) for wanted in request.files if not wanted.expect]
    plan = InstallPlan(
        before, tuple(there), _in_order(missing, request.catalog), tuple(unchecked), tuple(warnings), read_at
    )
    return _judged(plan, missing, request, server, before)


def decide_unread(request: InstallRequest, server: LicenseStore) -> InstallPlan:
    """Decide where no call lists what is there: every file is to be installed, the rest stays unchecked."""
    _refuse_doubles(request.files)
    unchecked = tuple(_no_expectation(wanted) for wanted in request.files if not wanted.expect)
    plan = InstallPlan((), (), _in_order(request.files, request.catalog), unchecked)
    return _judged(plan, request.files, request, server, None)


def _judged(
    plan: InstallPlan,
    missing: Sequence[WantedFile],
    request: InstallRequest,
    server: LicenseStore,
    before: Optional[Sequence[LicenseRecord]],
) -> InstallPlan:
    """Judge the end state of the whole task, as far as it is said what is in its files."""
    if not missing or any(not wanted.expect for wanted in missing):
        return plan
    adding = tuple(expectation for wanted in missing for expectation in wanted.expect)
    verdict = check_end_state(
        server,
        before,
        adding=adding,
        client=request.client,
        allow_unbalanced=request.allow_unbalanced,
        node=request.node,
        catalog=request.catalog,
    )
    if verdict.violations:
        names = [wanted.file.name for wanted in missing]
        raise ChangeRefused("install_refused", verdict.violations[0].rule, verdict.violations, files=names)
    return replace(
        plan, unchecked=plan.unchecked + verdict.unchecked, warnings=plan.warnings + verdict.warnings
    )


def licenses_of_file(
    file: ActivationFile, records: Sequence[LicenseRecord], by_name: bool = False
) -> Tuple[LicenseRecord, ...]:
    """Return the licenses that ``file`` has yielded, none if it was never installed.

    The bytes decide. Raises ChangeRefused ``activation_file_name_taken`` if other bytes were installed under
    its name, and ``activation_file_unidentified`` if the server lists its name but no digest.
    """
    same = tuple(record for record in records if (record.sha256 or "").lower() == file.sha256)
    if same:
        return same
    namesakes = [record for record in records if record.file_name == file.name]
    if not namesakes:
        return ()
    ids = [record.id for record in namesakes]
    if by_name and all(record.sha256 is None for record in namesakes):
        return tuple(namesakes)
    if any(record.sha256 is None for record in namesakes):
        raise ChangeRefused("activation_file_unidentified", file=file.name, license_ids=ids)
    listed = sorted({str(record.sha256) for record in namesakes})
    raise ChangeRefused(
        "activation_file_name_taken", file=file.name, license_ids=ids, sha256=file.sha256, listed=listed
    )


def _refuse_doubles(files: Sequence[WantedFile]) -> None:
    if not files:
        raise InvalidRequest("activation_files_empty")
    names: Dict[str, str] = {}
    digests: Dict[str, str] = {}
    for wanted in files:
        file = wanted.file
        other = names.get(file.name) or digests.get(file.sha256)
        if other is not None:
            raise InvalidRequest("activation_file_twice", file=file.path, other=other)
        names[file.name] = digests[file.sha256] = file.path


def _no_expectation(wanted: WantedFile) -> Cause:
    return Cause("unchecked_no_expectation", {"file": wanted.file.name}, "")


def _in_order(missing: Sequence[WantedFile], catalog: Catalog) -> Tuple[WantedFile, ...]:
    """Base before upgrade: a file goes when its last edition or upgrade may. Unknown files stay in place."""
    rows = [(place, expectation) for place, wanted in enumerate(missing) for expectation in wanted.expect]
    last: Dict[int, int] = {}
    for turn, row in enumerate(install_order([expectation for _place, expectation in rows], catalog)):
        place, expectation = rows[row]
        # A feature waits for nothing, and what waits for the base beside it must not wait for the feature.
        if place not in last or not _is_feature(expectation, catalog):
            last[place] = turn
    known = iter(sorted(last, key=last.__getitem__))
    return tuple(missing[next(known)] if wanted.expect else wanted for wanted in missing)


def _is_feature(expectation: Expectation, catalog: Catalog) -> bool:
    product = catalog.product(expectation.product)
    return product is None or product.license_class is LicenseClass.FEATURE


def _check_live(wanted: WantedFile, found: Sequence[LicenseRecord]) -> None:
    for status in ("uninstalled", "expired", "unusable"):
        ids = [record.id for record in found if record.status == status]
        if ids:
            rule = "R16" if status == "uninstalled" else "R12" if status == "expired" else ""
            raise ChangeRefused("activation_file_" + status, rule, file=wanted.file.name, license_ids=ids)
    ids = [record.id for record in found if record.status not in LIVE]
    if ids:
        raise NotVerified("license_status_unknown", file=wanted.file.name, license_ids=ids)


def _check_expected(wanted: WantedFile, found: Sequence[LicenseRecord], changed: bool) -> None:
    difference = differences(wanted.expect, found) if wanted.expect else None
    if difference is not None:
        raise NotVerified("expectation_not_met", changed=changed, file=wanted.file.name, **difference)


# Apply and verify


def apply(plan: InstallPlan, server: LicenseStore, waits: Waits) -> InstallOutcome:
    """Install what the plan says, one file at a time, each proved before the next is sent.

    Raises OperationError ``install_interrupted`` if a later file fails: it says what has been installed.
    """
    done: List[InstalledFile] = []
    changed = False
    for wanted in plan.steps:
        try:
            licenses, ours = _install(wanted, server, waits)
            changed = changed or ours
            done.append(InstalledFile(wanted, licenses))
        except UsphereError as error:
            if not done:
                raise
            raise _interrupted(wanted, done, plan.steps, error) from error
    files, read_at = _all_live([item.wanted for item in (*plan.there, *done)], server, waits, changed)
    return InstallOutcome(files, changed, read_at)


def _is_live(licenses: Sequence[LicenseRecord]) -> bool:
    return all(record.status in LIVE for record in licenses)


def _all_live(
    wanted: Sequence[WantedFile], server: LicenseStore, waits: Waits, changed: bool
) -> Tuple[Tuple[InstalledFile, ...], Optional[str]]:
    """Return all files of the task as one last reading lists them, and the server's time then.

    What was installed last may have changed what was there before, and what waited for its base works by now.
    """
    seen: Dict[str, Tuple[LicenseRecord, ...]] = {}
    clock: List[Optional[str]] = []

    def look() -> Optional[Tuple[InstalledFile, ...]]:
        listed = server.licenses()
        clock[:] = [clock_of(server.server)]
        for each in wanted:
            found = licenses_of_file(each.file, listed, each.by_name)
            seen[each.file.sha256] = dated(found, clock[0])
        live = all(rows and _is_live(rows) for rows in seen.values())
        return tuple(InstalledFile(each, seen[each.file.sha256]) for each in wanted) if live else None

    try:
        files = poll_until(look, waits.clock() + waits.timeout_s, waits)
    except UsphereError as error:
        names = [each.file.name for each in wanted]
        raise NotVerified(
            "installed_not_read_back", error.rule, (cause_of(error),), changed, files=names
        ) from error
    if files is None:
        file = next(
            each.file for each in wanted if not seen[each.file.sha256] or not _is_live(seen[each.file.sha256])
        )
        raise _unproved(file, seen[file.sha256], WriteResult(None, None))
    for item in files:
        _check_expected(item.wanted, item.licenses, changed)
    return files, clock[0]


def _interrupted(
    wanted: WantedFile, done: Sequence[InstalledFile], steps: Sequence[WantedFile], error: UsphereError
) -> OperationError:
    causes = (cause_of(error), *(error.causes if isinstance(error, OperationError) else ()))
    names = [item.wanted.file.name for item in done]
    ids = [record.id for item in done for record in item.licenses]
    open_names = [step.file.name for step in steps if step.file.name not in names]
    return OperationError(
        "install_interrupted",
        error.rule,
        causes,
        changed=True,
        file=wanted.file.name,
        installed=names,
        license_ids=ids,
        remaining=open_names,
    )


def _install(
    wanted: WantedFile, server: LicenseStore, waits: Waits
) -> Tuple[Tuple[LicenseRecord, ...], bool]:
    """Return the licences that the file yielded, and whether it was this run that installed it."""
    file = wanted.file
    seen: List[LicenseRecord] = []

    def prove(detail: Mapping[str, object]) -> Optional[Tuple[LicenseRecord, ...]]:
        seen[:] = licenses_of_file(file, server.licenses(), wanted.by_name)
        whole = len(seen) >= len(wanted.expect) and _names_all(detail, seen)
        return tuple(seen) if seen and whole and _is_live(seen) else None

    ours = True
    try:
        settled = write_and_verify(lambda: server.install(file.name, file.content), prove, waits)
    except (BusinessError, TaskFailed) as error:
        if error.error_code != ALREADY:
            raise refusal_error(error, file.name) or error from error
        # Somebody else installed it between our reading and our writing.
        ours = False
        settled = WriteResult(prove({}), error)
    except ChangeRefused as error:
        # The file was sent, and what is listed now cannot be identified as its licenses.
        error.changed = True
        raise
    if settled.proof is None:
        if seen and _is_live(seen):
            _check_expected(wanted, seen, changed=ours)
        raise _unproved(file, seen, settled)
    _check_expected(wanted, settled.proof, changed=ours)
    return settled.proof, ours


def _names_all(detail: Mapping[str, object], seen: Sequence[LicenseRecord]) -> bool:
    """Say whether all licenses are listed that the server's task says it installed, as far as it says so."""
    named = detail.get("license_ids")
    return not isinstance(named, (list, tuple)) or {str(name) for name in named} <= {row.id for row in seen}


def _unproved(
    file: ActivationFile, seen: Sequence[LicenseRecord], settled: WriteResult[Tuple[LicenseRecord, ...]]
) -> OperationError:
    if not seen:
        return not_verified("install_not_listed", settled, file=file.name)
    states = sorted({str(record.status) for record in seen})
    ids = [record.id for record in seen]
    if _is_live(seen):
        return not_verified("install_listed_in_part", settled, file=file.name, license_ids=ids)
    return not_verified("license_not_live", settled, file=file.name, license_ids=ids, states=states)
