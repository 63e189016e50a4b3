# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manual license steps: prepared, reported, and accepted only as far as they can be verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.rules.change import Expectation
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch, Kind
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.license_files import (
    ActivationFile,
    digest,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ArtifactError,
    ChangeRefused,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license.install import (
    InstallRequest,
    WantedFile,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license.remove import RemoveRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import (
    install as handover_install,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import (
    remove as handover_remove,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual.steps import (
    Handover,
    ManualTerms,
    needs_manual_step,
    staging_directory,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import OperationUnsupported

ENDPOINT = "https://ls-east:28443"
CELL = ("vms_standard", "x86_64")
STANDARD = Expectation("vms_standard", Arch.X86_64, Kind.FORMAL, 4)


def a_file(name: str, content: bytes, *expect: Expectation) -> WantedFile:
    return WantedFile(ActivationFile("/x/" + name, name, digest(content), content), expect)


def codes(over: Handover) -> list[str]:
    for step in (*over.steps, *over.warnings):
        for language in ("en", "zh"):
            assert render(step.code, step.fields, language)
    return [step.code for step in over.steps]


class UnreadableServer:
    """A server whose profile has no license call, so that nothing can be read."""

    def __getattr__(self, name: str) -> Any:
        def call(*_args: Any) -> Any:
            raise OperationUnsupported("operation_unsupported", operation=name, profile="cas_e0710")

        return call


def install(
    server: Any, folder: Path, *files: WantedFile, totals: Any = None, confirmed: bool = False
) -> Any:
    """Run the task once: decide, then prepare the files."""
    plan = handover_install.decide(
        InstallRequest(files), server, ManualTerms(ENDPOINT, str(folder), confirmed), lambda: totals
    )
    handover_install.apply(plan)
    return plan


def test_a_profile_without_a_call_is_an_error_before_anything_is_sent() -> None:
    wide, narrow = load_profile("usphere_7"), load_profile("cas_e0710")
    assert not needs_manual_step(wide, handover_install.OPERATIONS, False)
    assert not needs_manual_step(wide, handover_install.OPERATIONS, True)
    assert needs_manual_step(narrow, handover_install.OPERATIONS, True)
    with pytest.raises(OperationUnsupported):
        needs_manual_step(narrow, handover_install.OPERATIONS, False)
    with pytest.raises(InvalidRequest):
        staging_directory({"handover_dir": None})


def test_the_license_list_verifies_the_installation(fake: Any, tmp_path: Path) -> None:
    server, file = fake.Server(), a_file("A.ak", b"\x00A\r\n", STANDARD)
    first = install(server, tmp_path / "out", file)
    assert first.handover.required
    assert codes(first.handover) == [
        "handover_log_in", "handover_install", "handover_see_live", "handover_see_licenses",
    ]  # fmt: skip
    path = tmp_path / "out" / "A.ak"
    assert path.read_bytes() == b"\x00A\r\n"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert first.handover.files == (str(path),)
    again = install(server, tmp_path / "out", file)
    assert (first.changed, again.changed, again.handover.required) == (True, False, True)
    assert server.writes == []
    server.records.append(fake.license(file_name="A.ak", sha256=file.file.sha256))
    done = install(server, tmp_path / "out", file)
    assert (done.changed, done.handover.required, done.handover.verified_by) == (False, False, "licenses")
    assert codes(done.handover) == []
    # A confirmation is not needed where the license list can be read, and does not override it.
    server.records.clear()
    assert install(server, tmp_path / "out", file, confirmed=True).handover.required


def test_the_rules_are_checked_before_manual_steps_are_reported(fake: Any, tmp_path: Path) -> None:
    upgrade = Expectation("vms_standard_to_enterprise", Arch.X86_64, Kind.FORMAL, 4)
    with pytest.raises(ChangeRefused):
        install(fake.Server(), tmp_path / "out", a_file("U.ak", b"U", upgrade))
    local = Expectation("isc", None, Kind.FORMAL, 4)
    with pytest.raises(ChangeRefused) as caught:
        install(UnreadableServer(), tmp_path / "out", a_file("I.ak", b"I", local))
    assert caught.value.rule == "R27"
    assert not (tmp_path / "out").exists()


def test_unchecked_rules_are_reported(tmp_path: Path) -> None:
    plan = install(UnreadableServer(), tmp_path, a_file("A.ak", b"A", STANDARD)).plan
    assert [cause.code for cause in plan.unchecked] == ["unchecked_clock", "standing_not_read"]
    plan = install(UnreadableServer(), tmp_path, a_file("B.ak", b"B")).plan
    assert [cause.code for cause in plan.unchecked] == ["unchecked_no_expectation"]


def test_base_is_before_upgrade_in_the_steps(tmp_path: Path) -> None:
    upgrade = Expectation("vms_standard_to_enterprise", Arch.X86_64, Kind.FORMAL, 4)
    files = a_file("U.ak", b"U", upgrade), a_file("A.ak", b"A", STANDARD)
    over = install(UnreadableServer(), tmp_path, *files).handover
    paths = [step.fields["path"] for step in over.steps if step.code == "handover_install"]
    assert paths == [str(tmp_path / "A.ak"), str(tmp_path / "U.ak")]


def test_without_any_read_only_a_confirmation_completes_the_steps(tmp_path: Path) -> None:
    file = a_file("A.ak", b"A", STANDARD)
    for _turn in range(2):
        over = install(UnreadableServer(), tmp_path, file).handover
        assert over.required
        assert codes(over)[-1] == "handover_confirm"
    done = install(UnreadableServer(), tmp_path, file, confirmed=True)
    assert (done.handover.required, done.handover.verified_by, done.changed) == (False, "person", False)
    assert [warning.code for warning in done.handover.warnings] == ["handover_on_trust"]


def test_totals_verify_the_steps_after_they_grow_by_all_prepared_files(tmp_path: Path) -> None:
    first, second = a_file("A.ak", b"A", STANDARD), a_file("B.ak", b"B", STANDARD)
    over = install(UnreadableServer(), tmp_path, first, totals={CELL: 10}).handover
    assert codes(over)[-1] == "handover_see_totals"
    # The second file is prepared in another run: installing one of the two is not enough.
    assert install(UnreadableServer(), tmp_path, second, totals={CELL: 10}).handover.required
    for file in (first, second):
        assert install(UnreadableServer(), tmp_path, file, totals={CELL: 14}).handover.required
    for file in (first, second):
        done = install(UnreadableServer(), tmp_path, file, totals={CELL: 18})
        assert (done.handover.required, done.handover.verified_by, done.changed) == (False, "totals", False)
        assert [warning.code for warning in done.handover.warnings] == ["handover_totals_only"]


UPGRADE_CELL = ("vms_standard_to_enterprise", "x86_64")


@pytest.mark.parametrize(("now", "required"), [(31, True), (32, False), (33, False)])
@pytest.mark.parametrize("before", [0, 7])
def test_totals_that_are_one_short_do_not_verify_the_steps(
    tmp_path: Path, now: int, required: bool, before: int
) -> None:
    """32 CPUs were prepared: an increase of 31 verifies nothing, 32 and 33 verify the installation."""
    file = a_file("A.ak", b"A", Expectation("vms_standard", Arch.X86_64, Kind.FORMAL, 32))
    assert install(UnreadableServer(), tmp_path, file, totals={CELL: before}).handover.required
    done = install(UnreadableServer(), tmp_path, file, totals={CELL: before + now})
    assert done.handover.required is required
    assert len(done.handover.proof) == (0 if required else 1)


@pytest.mark.parametrize(("base", "upgrade"), [(32, 31), (31, 32), (32, 0)])
def test_each_product_of_a_file_must_be_in_the_totals(tmp_path: Path, base: int, upgrade: int) -> None:
    expect = [Expectation(product, Arch.X86_64, Kind.FORMAL, 32) for product in (CELL[0], UPGRADE_CELL[0])]
    file = a_file("A.ak", b"A", *expect)
    assert install(UnreadableServer(), tmp_path, file, totals={}).handover.required
    assert install(
        UnreadableServer(), tmp_path, file, totals={CELL: base, UPGRADE_CELL: upgrade}
    ).handover.required
    done = install(UnreadableServer(), tmp_path, file, totals={CELL: 32, UPGRADE_CELL: 32})
    (shown,) = done.handover.proof
    assert (shown.item, shown.name, shown.shown_by) == ("totals", "A.ak", "license_server")
    assert [(row["quantity"], row["before"], row["now"]) for row in shown.facts["totals"]] == [
        (32, 0, 32),
        (32, 0, 32),
    ]


@pytest.mark.parametrize("change", ["expect", "server"])
def test_an_older_record_does_not_verify_this_task(tmp_path: Path, change: str) -> None:
    """The record is for 4 CPUs on one server: it verifies neither 8 CPUs nor another server."""
    install(UnreadableServer(), tmp_path, a_file("A.ak", b"A", STANDARD), totals={CELL: 0})
    eight = Expectation("vms_standard", Arch.X86_64, Kind.FORMAL, 8)
    file = a_file("A.ak", b"A", eight if change == "expect" else STANDARD)
    endpoint = ENDPOINT if change == "expect" else "https://ls-west:28443"
    terms = ManualTerms(endpoint, str(tmp_path))
    with pytest.raises(ArtifactError) as caught:
        handover_install.decide(InstallRequest((file,)), UnreadableServer(), terms, lambda: {CELL: 7})
    assert caught.value.code == "handover_record_differs"
    (tmp_path / "A.ak.handover.json").unlink()
    fresh = handover_install.decide(InstallRequest((file,)), UnreadableServer(), terms, lambda: {CELL: 7})
    assert fresh.handover.required


@pytest.mark.parametrize(("now", "believed"), [(3, False), (4, True), (None, True)])
def test_a_confirmation_does_not_override_contradicting_totals(
    tmp_path: Path, now: int | None, believed: bool
) -> None:
    totals = {CELL: now} if now is not None else {UPGRADE_CELL: 0}
    done = install(
        UnreadableServer(), tmp_path, a_file("A.ak", b"A", STANDARD), totals=totals, confirmed=True
    )
    assert done.handover.required is not believed
    assert [(shown.item, shown.shown_by) for shown in done.handover.proof] == (
        [("confirmation", "person")] if believed else []
    )


def test_totals_that_were_high_before_verify_nothing(tmp_path: Path) -> None:
    file = a_file("A.ak", b"A", STANDARD)
    assert install(UnreadableServer(), tmp_path, file, totals={CELL: 400}).handover.required
    assert install(UnreadableServer(), tmp_path, file, totals={CELL: 400}).handover.required
    assert install(UnreadableServer(), tmp_path, file, totals={}).handover.required
    assert not install(UnreadableServer(), tmp_path, file, totals={CELL: 404}).handover.required


def test_totals_do_not_verify_a_file_of_unknown_content(tmp_path: Path) -> None:
    over = install(UnreadableServer(), tmp_path, a_file("A.ak", b"A"), totals={CELL: 4}).handover
    assert codes(over)[-1] == "handover_confirm"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"kind": "Handover"}', b"\xff", b"[" * 40000,
     b'{"kind": "Handover", "schema_version": 2}',
     b'{"kind": "Handover", "schema_version": 1, "file_name": "A", "sha256": "x", "endpoint": "e", '
     b'"holds": [{"product": "p", "arch": "a", "quantity": true, "before": 0}]}', b"x" * 70000],
)  # fmt: skip
def test_an_invalid_record_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "A.ak.handover.json").write_bytes(content)
    with pytest.raises(ArtifactError) as caught:
        install(UnreadableServer(), tmp_path, a_file("A.ak", b"A", STANDARD), totals={CELL: 4})
    assert caught.value.code == "handover_record_broken"


def test_a_directory_in_place_of_a_record_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "A.ak.handover.json").mkdir()
    with pytest.raises(ArtifactError) as caught:
        install(UnreadableServer(), tmp_path, a_file("A.ak", b"A", STANDARD), totals={CELL: 4})
    assert caught.value.code == "handover_record_broken"
    assert caught.value.fields["reason"] == "it is not a regular file"


def test_other_bytes_under_the_name_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "A.ak").write_bytes(b"other")
    with pytest.raises(ArtifactError) as caught:
        install(UnreadableServer(), tmp_path, a_file("A.ak", b"A", STANDARD))
    assert caught.value.code == "handover_conflict"
    assert (tmp_path / "A.ak").read_bytes() == b"other"


def test_a_directory_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    """Root may write anywhere, but not into a link with a missing target."""
    (tmp_path / "out").symlink_to(tmp_path / "gone" / "away")
    with pytest.raises(ArtifactError) as caught:
        install(UnreadableServer(), tmp_path / "out", a_file("A.ak", b"A", STANDARD))
    assert caught.value.code == "handover_dir_unusable"


def test_a_file_in_place_of_the_directory_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(ArtifactError) as caught:
        install(UnreadableServer(), tmp_path / "out", a_file("A.ak", b"A", STANDARD))
    assert caught.value.code in ("handover_dir_unusable", "handover_unreadable")


# -- uninstallation --


def remove(server: Any, folder: Path, waits: Waits, unsupported: tuple[str, ...], *ids: str) -> Any:
    profile = load_profile({"extends": "usphere_7", "operations": dict.fromkeys(unsupported)})
    plan = handover_remove.decide(RemoveRequest(ids, str(folder)), server, profile, ManualTerms(ENDPOINT))
    handover_remove.apply(plan, server, waits)
    return plan


def test_an_operator_uninstalls_and_the_uninstall_file_is_fetched(
    fake: Any, tmp_path: Path, waits: Waits
) -> None:
    server = fake.Server([fake.license()])
    unsupported = ("uninstall_license",)
    first = remove(server, tmp_path, waits, unsupported, "LS-1")
    assert codes(first.handover) == ["handover_log_in", "handover_uninstall", "handover_see_licenses"]
    assert (first.changed, server.writes) == (False, [])
    server.records = [fake.license(status="uninstalled")]
    done = remove(server, tmp_path, waits, unsupported, "LS-1")
    assert (done.changed, done.handover.required, done.handover.verified_by) == (True, False, "licenses")
    assert (tmp_path / "A.ak.uak").read_bytes() == b"proof of A.ak"
    again = remove(server, tmp_path, waits, unsupported, "LS-1")
    assert (again.changed, again.handover.required) == (False, False)


def test_an_uninstall_file_that_cannot_be_fetched_is_saved_by_the_operator(
    fake: Any, tmp_path: Path, waits: Waits
) -> None:
    server = fake.Server([fake.license()])
    unsupported = ("uninstall_license", "uninstall_file")
    first = remove(server, tmp_path, waits, unsupported, "LS-1")
    assert codes(first.handover) == [
        "handover_log_in", "handover_uninstall", "handover_save_proof", "handover_see_proof",
    ]  # fmt: skip
    folder = tmp_path / "LS-1"
    assert (first.changed, folder.is_dir(), first.handover.files) == (True, True, (str(folder),))
    # A file in the directory does not prove anything while the license is installed.
    (folder / "early.uak").write_bytes(b"proof")
    assert remove(server, tmp_path, waits, unsupported, "LS-1").handover.required
    (folder / "early.uak").unlink()
    server.records = [fake.license(status="uninstalled")]
    late = remove(server, tmp_path, waits, unsupported, "LS-1")
    assert codes(late.handover) == ["handover_log_in", "handover_save_proof", "handover_see_proof"]
    (folder / "A.uak").write_bytes(b"")
    assert remove(server, tmp_path, waits, unsupported, "LS-1").handover.required
    (folder / "A.uak").write_bytes(b"proof")
    done = remove(server, tmp_path, waits, unsupported, "LS-1")
    assert (done.changed, done.handover.required, done.handover.verified_by) == (
        False,
        False,
        "uninstall_file",
    )
    assert done.plan.kept == (str(folder / "A.uak"),)
    assert server.writes == []


def test_the_rules_also_apply_to_manual_steps(fake: Any, tmp_path: Path, waits: Waits) -> None:
    server = fake.Server([fake.license(kind="temporary")])
    for unsupported in (("uninstall_license",), ("uninstall_license", "uninstall_file")):
        with pytest.raises(ChangeRefused) as caught:
            remove(server, tmp_path, waits, unsupported, "LS-1")
        assert caught.value.rule == "R16"
        with pytest.raises(InvalidRequest):
            remove(server, tmp_path, waits, unsupported, "LS-2")


def test_without_any_read_the_uninstall_file_verifies_the_steps(tmp_path: Path, waits: Waits) -> None:
    unsupported = ("list_licenses", "uninstall_license", "uninstall_file")
    first = remove(UnreadableServer(), tmp_path, waits, unsupported, "LS-1", "../LS/2")
    assert first.handover.required
    assert [cause.code for cause in first.plan.unchecked] == ["unchecked_clock", "standing_not_read"]
    assert {path.name for path in tmp_path.iterdir()} == {"LS-1", "_LS_2"}
    (tmp_path / "LS-1" / "A.uak").write_bytes(b"proof")
    assert (
        codes(remove(UnreadableServer(), tmp_path, waits, unsupported, "LS-1", "../LS/2").handover).count(
            "handover_save_proof"
        )
        == 1
    )
    (tmp_path / "_LS_2" / "B.uak").write_bytes(b"proof")
    assert not remove(UnreadableServer(), tmp_path, waits, unsupported, "LS-1", "../LS/2").handover.required


def test_two_licenses_never_share_one_uninstall_file(tmp_path: Path, waits: Waits) -> None:
    unsupported = ("list_licenses", "uninstall_license", "uninstall_file")
    with pytest.raises(InvalidRequest) as caught:
        remove(UnreadableServer(), tmp_path, waits, unsupported, "LS/2", "LS_2")
    assert caught.value.code == "license_folders_clash"
