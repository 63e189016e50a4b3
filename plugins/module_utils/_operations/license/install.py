# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install activation files: decide, apply, verify by reading back.

The decision covers the end state of all files together and is made before anything is sent; check mode ends
with it. Exactly the plan is applied.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from ..._errors import UsphereError
from ..._licensing.catalog.catalog import Catalog
from ..._licensing.rules.change import Expectation
from ..._licensing.rules.preconditions import install_order
from ..._licensing.values.model import LicenseClass
from ..._vms.api.records import LicenseRecord
from ..._vms.api.tasks import LIVE, LicenseServerWriter
from ..._vms.profile.fields import ALREADY_INSTALLED
from ..._vms.wire.errors import BusinessError, TaskFailed
from ..checks.end_state import check_end_state
from ..checks.expectation import differences
from ..checks.license_status import clock_of, counted, dated
from ..core.errors import Cause, InvalidRequest, OperationError
from ..core.license_files import ActivationFile
from ..core.server_refusals import not_verified, refusal_error
from ..core.write_and_verify import Waits, WriteResult, poll_until, write_and_verify
from ..core.write_errors import ChangeRefused, NotVerified, all_causes, cause_of


@dataclass(frozen=True)
class WantedFile:
    """An activation file and its expected contents; an empty ``expect`` expects nothing.

    ``by_name``: the caller has a record that the file was sent to this server, so a license that is listed
    under its name without a digest is treated as installed from it.
    """

    file: ActivationFile
    expect: Tuple[Expectation, ...] = ()
    by_name: bool = False


@dataclass(frozen=True)
class InstallRequest:
    """All files of one task.

    ``client`` names the system on a server that serves several; ``node`` names the product whose own node the
    server is; ``catalog`` lists the products (R2).
    """

    files: Tuple[WantedFile, ...]
    client: Optional[str] = None
    allow_unbalanced: bool = False
    node: Optional[str] = None
    catalog: Catalog = field(default_factory=Catalog.builtin)


@dataclass(frozen=True)
class InstalledFile:
    """A file and the licenses installed from it, as the server lists them."""

    wanted: WantedFile
    licenses: Tuple[LicenseRecord, ...]


@dataclass(frozen=True)
class InstallPlan:
    """What is installed (``there``) and what is to be installed (``steps``, in order).

    ``unchecked`` lists the rules that could not be checked before sending, with the reason; ``warnings`` are
    problems that do not refuse the task; ``read_at`` is the server's own time when it listed ``there``.
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
    """What the server lists for the files of the task, all read back together at ``read_at``."""

    files: Tuple[InstalledFile, ...]
    changed: bool
    read_at: Optional[str] = None


# Decide


def decide(request: InstallRequest, server: LicenseServerWriter) -> InstallPlan:
    """Read the server and decide what is to be installed, in which order.

    Raises InvalidRequest, ChangeRefused (with every violation as a cause; nothing was sent), NotVerified (the
    licenses of an installed file are not the expected ones), VmsError.
    """
    _refuse_duplicates(request.files)
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
        # This task may install the base that an upgrade waits for; that is verified after the installation.
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
    return _with_rules_checked(plan, missing, request, server, before)


def decide_unread(request: InstallRequest, server: LicenseServerWriter) -> InstallPlan:
    """Decide where no call lists the licenses: every file is to be installed, and rules stay unchecked."""
    _refuse_duplicates(request.files)
    unchecked = tuple(_no_expectation(wanted) for wanted in request.files if not wanted.expect)
    plan = InstallPlan((), (), _in_order(request.files, request.catalog), unchecked)
    return _with_rules_checked(plan, request.files, request, server, None)


def _with_rules_checked(
    plan: InstallPlan,
    missing: Sequence[WantedFile],
    request: InstallRequest,
    server: LicenseServerWriter,
    before: Optional[Sequence[LicenseRecord]],
) -> InstallPlan:
    """Check the end state of the complete task if the contents of all its files are stated."""
    if not missing or any(not wanted.expect for wanted in missing):
        return plan
    adding = tuple(expectation for wanted in missing for expectation in wanted.expect)
    end_state = check_end_state(
        server,
        before,
        adding=adding,
        client=request.client,
        allow_unbalanced=request.allow_unbalanced,
        node=request.node,
        catalog=request.catalog,
    )
    if end_state.violations:
        names = [wanted.file.name for wanted in missing]
        raise ChangeRefused(
            "install_refused", end_state.violations[0].rule, end_state.violations, files=names
        )
    return replace(
        plan, unchecked=plan.unchecked + end_state.unchecked, warnings=plan.warnings + end_state.warnings
    )


def licenses_of_file(
    file: ActivationFile, records: Sequence[LicenseRecord], by_name: bool = False
) -> Tuple[LicenseRecord, ...]:
    """Return the licenses installed from ``file``; none if it was never installed.

    The digest decides. Raises ChangeRefused ``activation_file_name_taken`` if another file was installed
    under its name, and ``activation_file_unidentified`` if the server lists its name but no digest.
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


def _refuse_duplicates(files: Sequence[WantedFile]) -> None:
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
    """Return the files in install order, bases before upgrades; files without ``expect`` keep their place.

    A file has the position of its last edition or upgrade in that order.
    """
    rows = [(index, expectation) for index, wanted in enumerate(missing) for expectation in wanted.expect]
    last: Dict[int, int] = {}
    for position, row in enumerate(install_order([expectation for _index, expectation in rows], catalog)):
        index, expectation = rows[row]
        # A feature depends on no base, so it must not delay the base in the same file.
        if index not in last or not _is_feature(expectation, catalog):
            last[index] = position
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


def apply(plan: InstallPlan, server: LicenseServerWriter, waits: Waits) -> InstallOutcome:
    """Install the files of the plan one at a time, each verified before the next is sent.

    Raises OperationError ``install_interrupted`` if a later file fails; the error lists what was installed.
    """
    done: List[InstalledFile] = []
    changed = False
    for wanted in plan.steps:
        try:
            licenses, installed = _install(wanted, server, waits)
            changed = changed or installed
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
    wanted: Sequence[WantedFile], server: LicenseServerWriter, waits: Waits, changed: bool
) -> Tuple[Tuple[InstalledFile, ...], Optional[str]]:
    """Return all files of the task as one final read lists them, and the server's time of that read.

    A later file may have changed the licenses of an earlier one, and an upgrade that waited for its base
    works by now.
    """
    by_digest: Dict[str, Tuple[LicenseRecord, ...]] = {}
    clock: List[Optional[str]] = []

    def read() -> Optional[Tuple[InstalledFile, ...]]:
        listed = server.licenses()
        clock[:] = [clock_of(server.server)]
        for each in wanted:
            found = licenses_of_file(each.file, listed, each.by_name)
            by_digest[each.file.sha256] = dated(found, clock[0])
        live = all(rows and _is_live(rows) for rows in by_digest.values())
        return tuple(InstalledFile(each, by_digest[each.file.sha256]) for each in wanted) if live else None

    try:
        files = poll_until(read, waits.clock() + waits.timeout_s, waits)
    except UsphereError as error:
        names = [each.file.name for each in wanted]
        raise NotVerified(
            "installed_not_read_back", error.rule, (cause_of(error),), changed, files=names
        ) from error
    if files is None:
        file = next(
            each.file
            for each in wanted
            if not by_digest[each.file.sha256] or not _is_live(by_digest[each.file.sha256])
        )
        raise _unproved(file, by_digest[file.sha256], WriteResult(None, None))
    for item in files:
        _check_expected(item.wanted, item.licenses, changed)
    return files, clock[0]


def _interrupted(
    wanted: WantedFile, done: Sequence[InstalledFile], steps: Sequence[WantedFile], error: UsphereError
) -> OperationError:
    causes = all_causes(error)
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
    wanted: WantedFile, server: LicenseServerWriter, waits: Waits
) -> Tuple[Tuple[LicenseRecord, ...], bool]:
    """Return the licenses installed from the file, and whether this run installed it."""
    file = wanted.file
    listed: List[LicenseRecord] = []

    def prove(detail: Mapping[str, object]) -> Optional[Tuple[LicenseRecord, ...]]:
        listed[:] = licenses_of_file(file, server.licenses(), wanted.by_name)
        complete = len(listed) >= len(wanted.expect) and _lists_all(detail, listed)
        return tuple(listed) if listed and complete and _is_live(listed) else None

    installed = True
    try:
        result = write_and_verify(lambda: server.install(file.name, file.content), prove, waits)
    except (BusinessError, TaskFailed) as error:
        if error.error_code != ALREADY_INSTALLED:
            raise refusal_error(error, file.name) or error from error
        # Another run installed it between the read and the write of this one.
        installed = False
        result = WriteResult(prove({}), error)
    except ChangeRefused as error:
        # The file was sent, and what is listed now cannot be identified as its licenses.
        error.changed = True
        raise
    if result.proof is None:
        if listed and _is_live(listed):
            _check_expected(wanted, listed, changed=installed)
        raise _unproved(file, listed, result)
    _check_expected(wanted, result.proof, changed=installed)
    return result.proof, installed


def _lists_all(detail: Mapping[str, object], listed: Sequence[LicenseRecord]) -> bool:
    """Return whether all licenses are listed that the server's task reports as installed, if any."""
    named = detail.get("license_ids")
    return not isinstance(named, (list, tuple)) or {str(name) for name in named} <= {row.id for row in listed}


def _unproved(
    file: ActivationFile, listed: Sequence[LicenseRecord], result: WriteResult[Tuple[LicenseRecord, ...]]
) -> OperationError:
    if not listed:
        return not_verified("install_not_listed", result, file=file.name)
    states = sorted({str(record.status) for record in listed})
    ids = [record.id for record in listed]
    if _is_live(listed):
        return not_verified("install_listed_in_part", result, file=file.name, license_ids=ids)
    return not_verified("license_not_live", result, file=file.name, license_ids=ids, states=states)
