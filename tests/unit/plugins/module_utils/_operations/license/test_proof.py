# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file is installed if its licenses are usable and from this file, whatever changed between two runs."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.checks.expectation import (
    parse_expect,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.license_files import (
    ActivationFile,
    digest,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ChangeRefused,
    NotVerified,
    ServerRefused,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license import install, options
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license.install import (
    InstallOutcome,
    InstallRequest,
    WantedFile,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

BASE = MappingProxyType({"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4})
UPGRADE = {**BASE, "product": "vms_standard_to_enterprise"}


def wanted(name: str, expect: Any = BASE, content: bytes | None = None) -> WantedFile:
    held = name.encode() if content is None else content
    file = ActivationFile(f"/files/{name}.ak", f"{name}.ak", digest(held), held)
    return WantedFile(file, parse_expect(expect, file.name))


@pytest.fixture
def server(fake: Any) -> Any:
    """An empty server that accepts the files A and B (4 CPUs each) and U (its upgrade)."""
    upgrade = str(UPGRADE["product"])
    return fake.Server(
        contents={
            b"A": [fake.license("LS-A")],
            b"B": [fake.license("LS-B")],
            b"U": [fake.license("LS-U", product=upgrade)],
        }
    )


def run(server: Any, waits: Waits, *files: WantedFile) -> tuple[bool, Any]:
    """Run the task once; return whether it changed something, and the evidence of its success."""
    plan = install.decide(InstallRequest(files), server)
    done = InstallOutcome(plan.there, False, plan.read_at)
    if plan.changed:
        done = install.apply(plan, server, waits)
    return done.changed, options.install_proof(done.files, None, done.read_at)


def failed(server: Any, waits: Waits, *files: WantedFile) -> OperationError:
    with pytest.raises(OperationError) as caught:
        run(server, waits, *files)
    return caught.value


def test_the_result_names_the_licenses_the_file_and_the_time_of_reading(server: Any, waits: Waits) -> None:
    first, second = run(server, waits, wanted("A")), run(server, waits, wanted("A"))
    assert (first[0], second[0]) == (True, False)
    assert first[1] == second[1]
    (row,) = second[1]
    assert (row["item"], row["name"], row["shown_by"], row["read_at"]) == (
        "license", "LS-A", "license_server", server.time,
    )  # fmt: skip
    assert row["facts"] == {
        "status": "usable",
        "product": "vms_standard",
        "arch": "x86_64",
        "kind": "formal",
        "quantity": 4,
        "expires_at": "never",
        "file_name": "A.ak",
        "sha256": digest(b"A"),
    }


def test_a_plan_is_not_evidence(server: Any, waits: Waits) -> None:
    run(server, waits, wanted("A"))
    plan = install.decide(InstallRequest((wanted("A"), wanted("U", UPGRADE))), server)
    shown = options.install_proof(plan.there, None, plan.read_at)
    assert [row["name"] for row in shown] == ["LS-A"]


def test_a_license_with_equal_values_from_another_file_is_another_license(
    server: Any, fake: Any, waits: Waits
) -> None:
    """Same product, architecture, kind and quantity, from another file: this file must still be installed."""
    server.records = [fake.license("LS-9", file_name="Z.ak", sha256="f" * 64)]
    changed, shown = run(server, waits, wanted("A"))
    assert (changed, [row["name"] for row in shown]) == (True, ["LS-A"])


def test_a_server_snapshot_without_the_license_is_installed_again(server: Any, waits: Waits) -> None:
    snapshot = list(server.records)
    run(server, waits, wanted("A"))
    server.records = snapshot
    assert run(server, waits, wanted("A"))[0]
    assert server.writes == ["install A.ak", "install A.ak"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "uninstalled"}, "activation_file_uninstalled"),
        ({"status": "expired"}, "activation_file_expired"),
        ({"status": "unusable"}, "activation_file_unusable"),
        ({"status": None}, "license_status_unknown"),
        ({"expires_at": "2026-11-24T08:00:00Z"}, "activation_file_expired"),
        ({"expires_at": "2026-11-24"}, "activation_file_expired"),
        ({"quantity": 3}, "expectation_not_met"),
        ({"quantity": None}, "expectation_not_met"),
        ({"kind": "temporary"}, "expectation_not_met"),
    ],
)
def test_a_listed_license_that_is_not_usable_is_a_failure(
    server: Any, waits: Waits, change: dict[str, Any], code: str
) -> None:
    run(server, waits, wanted("A"))
    server.records = [replace(record, **change) for record in server.records]
    assert failed(server, waits, wanted("A")).code == code
    assert server.writes == ["install A.ak"]


def test_a_license_is_usable_until_its_expiry_by_the_servers_clock(server: Any, waits: Waits) -> None:
    run(server, waits, wanted("A"))
    server.records = [replace(record, expires_at="2026-11-24T08:00:01Z") for record in server.records]
    assert not run(server, waits, wanted("A"))[0]
    # Without a clock only the status counts, and the result shows that no time was read.
    server.time = None
    changed, shown = run(server, waits, wanted("A"))
    assert (changed, shown[0]["read_at"]) == (False, None)


def test_a_license_that_expires_during_the_installation_is_a_failure(
    server: Any, fake: Any, waits: Waits
) -> None:
    server.contents[b"A"] = [fake.license("LS-A", kind="temporary", expires_at="2026-11-24T07:00:00Z")]
    error = failed(server, waits, wanted("A", None))
    assert (error.code, error.fields["states"], error.changed) == ("license_not_live", ["expired"], True)


# Files whose content does not match their name


def test_the_bytes_of_one_file_under_the_name_of_another_are_detected(server: Any, waits: Waits) -> None:
    run(server, waits, wanted("A"))
    error = failed(server, waits, wanted("A", content=b"B"))
    assert (error.code, server.writes) == ("activation_file_name_taken", ["install A.ak"])


def test_a_renamed_file_is_recognized_by_its_bytes(server: Any, waits: Waits) -> None:
    run(server, waits, wanted("A"))
    plan = install.decide(InstallRequest((wanted("C", content=b"A"),)), server)
    assert (plan.changed, [warning.code for warning in plan.warnings]) == (False, ["activation_file_renamed"])
    (row,) = options.install_proof(plan.there, None, plan.read_at)
    assert (row["facts"]["file_name"], row["facts"]["sha256"]) == ("A.ak", digest(b"A"))


def test_two_files_that_were_exchanged_within_a_task_are_detected(server: Any, waits: Waits) -> None:
    """Each file adds the quantity of the other: ``expect`` of each file is compared with the list."""
    server.contents[b"B"] = [replace(server.contents[b"B"][0], quantity=8)]
    four, eight = wanted("A", content=b"B"), wanted("B", {**BASE, "quantity": 8}, content=b"A")
    error = failed(server, waits, four, eight)
    assert (error.code, error.changed) == ("expectation_not_met", True)
    assert server.writes == ["install A.ak"]


@pytest.mark.parametrize("refuses", [True, False])
def test_two_files_that_were_exchanged_between_servers_are_detected(
    server: Any, fake: Any, waits: Waits, refuses: bool
) -> None:
    """A file is for one device. Another server refuses it, or lists licenses that it can never use."""
    if refuses:
        refusal = errors.BusinessError("business_error", error_code="device_mismatch", error_message="other")
        server.failures = [fake.Failure("install", refusal)]
    else:
        server.contents[b"A"] = [fake.license("LS-A", status="unusable", device="of another one")]
    error = failed(server, waits, wanted("A"))
    assert isinstance(error, ServerRefused if refuses else NotVerified)
    assert error.code == ("refused_device_mismatch" if refuses else "license_not_live")
    server.failures = []
    if not refuses:
        assert failed(server, waits, wanted("A")).code == "activation_file_unusable"


# Module options that changed between two runs


@pytest.mark.parametrize(
    "expect",
    [
        {**BASE, "quantity": 8},
        {**BASE, "arch": "aarch64"},
        {**BASE, "kind": "temporary"},
        {**BASE, "code": "3132A0XY"},
        {**BASE, "expires_at": "2027-01-01"},
        {**BASE, "product": "vms_enterprise"},
        [BASE, BASE],
    ],
)
def test_a_changed_expect_is_compared_with_the_installed_licenses(
    server: Any, waits: Waits, expect: Any
) -> None:
    run(server, waits, wanted("A"))
    error = failed(server, waits, wanted("A", expect))
    assert (error.code, error.changed, server.writes) == ("expectation_not_met", False, ["install A.ak"])


def test_an_added_and_a_removed_file(server: Any, waits: Waits) -> None:
    run(server, waits, wanted("A"))
    changed, shown = run(server, waits, wanted("U", UPGRADE), wanted("A"))
    assert (changed, sorted(row["name"] for row in shown)) == (True, ["LS-A", "LS-U"])
    assert not run(server, waits, wanted("U", UPGRADE))[0]


# Incomplete lists, and states that change while the task runs


def test_a_partly_listed_file_is_waited_for(
    server: Any, fake: Any, waits: Waits, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.contents[b"A"] = [fake.license("LS-A"), fake.license("LS-A2", product="srm", quantity=20)]
    expect = [BASE, {**BASE, "product": "srm", "quantity": 20}]
    licenses = server.licenses
    monkeypatch.setattr(server, "licenses", lambda: licenses()[: 1 if clock.now < 103 else None])
    changed, shown = run(server, waits, wanted("A", expect))
    assert (changed, [row["name"] for row in shown]) == (True, ["LS-A", "LS-A2"])
    monkeypatch.setattr(server, "licenses", lambda: licenses()[:1])
    assert failed(server, waits, wanted("A", expect)).code == "expectation_not_met"


@pytest.mark.parametrize("named", [["LS-A"], ["LS-A", "LS-A2"], None])
def test_licenses_that_the_servers_task_names_must_be_listed(
    server: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch, named: list[str] | None
) -> None:
    """Without ``expect`` only the server reports how many licenses are in a file."""
    install_ = server.install

    def named_by(name: str, content: bytes) -> Task:
        install_(name, content)
        return Task.finished({} if named is None else {"license_ids": named})

    monkeypatch.setattr(server, "install", named_by)
    if named is None or len(named) == 1:
        assert run(server, waits, wanted("A", None))[0]
        return
    error = failed(server, waits, wanted("A", None))
    assert (error.code, error.changed) == ("install_listed_in_part", True)


@pytest.mark.parametrize("status", ["uninstalled", "expired", "unusable", None])
def test_licenses_that_were_usable_at_the_start_are_read_again(
    server: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch, status: str | None
) -> None:
    """A snapshot, or the new installation, removes existing licenses: the result is always read again."""
    run(server, waits, wanted("A"))
    install_ = server.install

    def after(name: str, content: bytes) -> Any:
        server.records = [replace(record, status=status) for record in server.records]
        return install_(name, content)

    monkeypatch.setattr(server, "install", after)
    error = failed(server, waits, wanted("A"), wanted("U", UPGRADE))
    assert (error.code, error.changed, error.fields["file"]) == ("license_not_live", True, "A.ak")


def test_existing_licenses_are_compared_with_expect_again_at_the_end(
    server: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(server, waits, wanted("A"))
    install_ = server.install

    def after(name: str, content: bytes) -> Any:
        server.records = [replace(record, quantity=3) for record in server.records]
        return install_(name, content)

    monkeypatch.setattr(server, "install", after)
    error = failed(server, waits, wanted("A"), wanted("U", UPGRADE))
    assert (error.code, error.changed, error.fields["file"]) == ("expectation_not_met", True, "A.ak")


def test_a_server_that_becomes_unreachable_before_the_final_read_is_a_failure(
    server: Any, fake: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(server, waits, wanted("A"))
    licenses = server.licenses

    def once() -> Any:
        if any(record.id == "LS-U" for record in server.records):
            monkeypatch.setattr(server, "licenses", lost)
        return licenses()

    def lost() -> Any:
        raise fake.LOST

    monkeypatch.setattr(server, "licenses", once)
    error = failed(server, waits, wanted("U", UPGRADE))
    assert (error.code, error.changed) == ("installed_not_read_back", True)
    assert [cause.code for cause in error.causes] == ["unreachable_reset"]


def test_a_file_that_disappears_before_the_final_read_is_a_failure(
    server: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    licenses = server.licenses
    reads: list[int] = []

    def shrinking() -> Any:
        reads.append(1)
        return licenses() if len(reads) < 3 else ()

    monkeypatch.setattr(server, "licenses", shrinking)
    error = failed(server, waits, wanted("A"))
    assert (error.code, error.changed) == ("install_not_listed", True)


def test_a_file_name_that_was_taken_during_the_task_is_a_failure(
    server: Any, fake: Any, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    licenses = server.licenses
    reads: list[int] = []

    def replaced() -> Any:
        reads.append(1)
        return licenses() if len(reads) < 3 else (fake.license("LS-X", file_name="A.ak", sha256="e" * 64),)

    monkeypatch.setattr(server, "licenses", replaced)
    error = failed(server, waits, wanted("A"))
    assert [cause.code for cause in error.causes] == ["activation_file_name_taken"]
    assert not isinstance(error, ChangeRefused)
