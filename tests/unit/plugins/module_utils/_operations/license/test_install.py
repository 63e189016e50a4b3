# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.checks.expectation import (
    parse_expect,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    ChangeRefused,
    InvalidRequest,
    NotVerified,
    OperationError,
    ServerRefused,
    Unclear,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.license_files import (
    ActivationFile,
    digest,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license import install
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license.install import (
    InstallRequest,
    WantedFile,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import ClientRecord
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

BASE = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4}
UPGRADE = {**BASE, "product": "vms_standard_to_enterprise"}


def wanted(name: str, expect: Any = None) -> WantedFile:
    content = name.encode()
    file = ActivationFile(f"/files/{name}.ak", f"{name}.ak", digest(content), content)
    return WantedFile(file, parse_expect(expect, file.name))


def request(*files: WantedFile, **options: Any) -> InstallRequest:
    return InstallRequest(files, **options)


@pytest.fixture
def server(fake: Any) -> Any:
    """An empty server that accepts the files A (base), B (base), U and V (upgrades)."""
    base = fake.license(sha256=None, file_name=None)
    upgrade = fake.license(product="vms_standard_to_enterprise", sha256=None, file_name=None)
    contents = {
        name.encode(): [
            fake.license(
                f"LS-{name}", product=row.product, sha256=None, file_name=None, quantity=row.quantity
            )
        ]
        for name, row in {"A": base, "B": base, "U": upgrade, "V": upgrade}.items()
    }
    return fake.Server(contents=contents)


def run(server: Any, waits: Waits, *files: WantedFile, **options: Any) -> install.InstallOutcome:
    return install.apply(install.decide(request(*files, **options), server), server, waits)


def refused(server: Any, *files: WantedFile, **options: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        install.decide(request(*files, **options), server)
    assert server.writes == []
    return caught.value


def codes(causes: Sequence[Any]) -> list[tuple[str, str]]:
    return [(cause.rule, cause.code) for cause in causes]


# Decide


def test_deciding_only_reads(server: Any) -> None:
    plan = install.decide(request(wanted("A", BASE)), server)
    assert [step.file.name for step in plan.steps] == ["A.ak"]
    assert plan.changed
    assert (plan.unchecked, plan.warnings) == ((), ())
    assert server.calls == ["GET licenses", "GET server", "GET clients"]


def test_an_installed_file_costs_one_license_list_and_one_time_read(server: Any, waits: Waits) -> None:
    run(server, waits, wanted("A", BASE))
    server.calls.clear()
    plan = install.decide(request(wanted("A", BASE)), server)
    assert not plan.changed
    assert [record.id for record in plan.there[0].licenses] == ["LS-A"]
    assert server.calls == ["GET licenses", "GET server"]
    assert plan.read_at == server.time


def test_base_is_installed_before_upgrade_in_every_order(server: Any, waits: Waits) -> None:
    run(server, waits, wanted("U", UPGRADE), wanted("A", BASE))
    assert server.writes == ["install A.ak", "install U.ak"]


def test_a_file_is_installed_when_its_last_license_may_be(server: Any) -> None:
    mixed = wanted("U", [{**UPGRADE, "quantity": 8}, BASE])
    plan = install.decide(request(mixed, wanted("A", BASE)), server)
    assert [step.file.name for step in plan.steps] == ["A.ak", "U.ak"]


def test_a_feature_in_the_file_of_the_base_does_not_delay_the_base(server: Any) -> None:
    feature = {"product": "srm", "arch": "x86_64", "kind": "formal", "quantity": 2}
    plan = install.decide(request(wanted("U", UPGRADE), wanted("A", [BASE, feature])), server)
    assert [step.file.name for step in plan.steps] == ["A.ak", "U.ak"]


@pytest.mark.parametrize("quantity", [3, 5])
def test_an_unbalanced_upgrade_is_refused_before_sending(server: Any, quantity: int) -> None:
    error = refused(server, wanted("A", BASE), wanted("U", {**UPGRADE, "quantity": quantity}))
    assert isinstance(error, ChangeRefused)
    assert (error.code, error.rule, error.changed) == ("install_refused", "R6", False)
    assert [rule for rule, _code in codes(error.causes)] == ["R6"]


def waiting(fake: Any, **changes: Any) -> Any:
    """A server that lists an upgrade for 4 CPUs as unusable."""
    given = {"product": UPGRADE["product"], "sha256": "9", "file_name": "O.ak", "status": "unusable"}
    return fake.license("LS-9", **{**given, **changes})


def test_an_unusable_upgrade_that_waits_for_its_base_counts(server: Any, fake: Any) -> None:
    server.records.append(waiting(fake))
    error = refused(server, wanted("A", BASE), wanted("U", UPGRADE))
    assert codes(error.causes) == [("R6", "upgrade_exceeds_base")]
    assert (error.causes[0].fields["quantity"], error.causes[0].fields["base"]) == (8, 4)
    assert server.calls == ["GET licenses", "GET server", "GET clients", "GET device-info"]


def test_the_base_of_a_waiting_upgrade_is_accepted(server: Any, fake: Any) -> None:
    server.records.append(waiting(fake))
    plan = install.decide(request(wanted("A", BASE)), server)
    assert (plan.changed, plan.unchecked) == (True, ())


def test_an_upgrade_for_another_device_does_not_count(server: Any, fake: Any) -> None:
    server.records.append(waiting(fake, device="of another one"))
    plan = install.decide(request(wanted("A", BASE), wanted("U", UPGRADE)), server)
    assert (plan.changed, plan.unchecked) == (True, ())


@pytest.mark.parametrize("side", ["record", "server"])
def test_an_upgrade_in_an_unclear_state_leaves_the_balance_unchecked(
    server: Any, fake: Any, monkeypatch: Any, side: str
) -> None:
    server.records.append(waiting(fake, **({"device": None} if side == "record" else {})))
    if side == "server":

        def unsupported() -> None:
            raise errors.OperationUnsupported("operation_unsupported", operation="device_info", profile="x")

        monkeypatch.setattr(server, "device_info", unsupported)
    plan = install.decide(request(wanted("A", BASE), wanted("U", UPGRADE)), server)
    assert ("R6", "balance_unknown") in codes(plan.unchecked)


def listed(server: Any, fake: Any, monkeypatch: Any, status: str) -> None:
    """The file U is installed and waits; after another installation the server lists it as ``status``."""
    sha256 = wanted("U").file.sha256
    server.records.append(waiting(fake, sha256=sha256, file_name="U.ak"))
    install_ = server.install

    def after(name: str, content: bytes) -> Any:
        task = install_(name, content)
        server.records = [
            replace(record, status=status) if record.sha256 == sha256 else record for record in server.records
        ]
        return task

    monkeypatch.setattr(server, "install", after)


def test_a_file_that_waits_for_another_file_of_the_task_is_accepted(
    server: Any, fake: Any, waits: Waits, monkeypatch: Any
) -> None:
    listed(server, fake, monkeypatch, "usable")
    done = run(server, waits, wanted("U", UPGRADE), wanted("A", BASE))
    assert server.writes == ["install A.ak"]
    assert [(item.wanted.file.name, item.licenses[0].status) for item in done.files] == [
        ("U.ak", "usable"),
        ("A.ak", "usable"),
    ]
    assert not install.decide(request(wanted("U", UPGRADE), wanted("A", BASE)), server).changed


def test_a_file_that_keeps_waiting_is_a_failure(
    server: Any, fake: Any, waits: Waits, monkeypatch: Any
) -> None:
    listed(server, fake, monkeypatch, "unusable")
    with pytest.raises(NotVerified) as caught:
        run(server, waits, wanted("U", UPGRADE), wanted("A", BASE))
    assert (caught.value.code, caught.value.changed) == ("license_not_live", True)
    server.calls.clear()
    assert refused(server, wanted("U", UPGRADE)).code == "activation_file_unusable"


def test_a_dead_file_stays_an_error(server: Any, fake: Any) -> None:
    dead = {"sha256": wanted("U").file.sha256, "file_name": "U.ak", "device": "of another one"}
    server.records.append(waiting(fake, **dead))
    error = refused(server, wanted("U", UPGRADE), wanted("A", BASE))
    assert error.code == "activation_file_unusable"


def test_fewer_upgrades_than_base_can_be_allowed(server: Any) -> None:
    files = (wanted("A", BASE), wanted("U", {**UPGRADE, "quantity": 3}))
    assert install.decide(request(*files, allow_unbalanced=True), server).changed


def test_every_violation_is_reported(server: Any) -> None:
    enterprise = {**BASE, "product": "vms_enterprise"}
    migration = {"product": "heterogeneous_migration", "kind": "temporary", "quantity": 1}
    error = refused(server, wanted("A", BASE), wanted("B", enterprise), wanted("U", migration))
    assert {"R4", "R13"} <= {rule for rule, _code in codes(error.causes)}


def test_an_expired_license_is_refused(server: Any) -> None:
    old = {**BASE, "kind": "temporary", "expires_at": "2026-11-24T08:00:00Z"}
    error = refused(server, wanted("A", old))
    assert "R12" in {rule for rule, _code in codes(error.causes)}


def test_without_expect_the_rules_are_unchecked(server: Any, waits: Waits) -> None:
    plan = install.decide(request(wanted("U")), server)
    assert codes(plan.unchecked) == [("", "unchecked_no_expectation")]
    install.apply(plan, server, waits)
    assert server.writes == ["install U.ak"]


def test_files_without_expect_keep_their_position(server: Any) -> None:
    plan = install.decide(request(wanted("U", UPGRADE), wanted("V"), wanted("A", BASE)), server)
    assert [step.file.name for step in plan.steps] == ["A.ak", "V.ak", "U.ak"]


def test_several_clients_leave_the_balance_unchecked_without_a_client_option(server: Any) -> None:
    server.registered = [ClientRecord("hangzhou", "connected", None), ClientRecord("chengdu", "never", None)]
    plan = install.decide(request(wanted("U", UPGRADE)), server)
    assert plan.unchecked
    error = refused(server, wanted("U", UPGRADE), client="hangzhou")
    assert "R5" in {rule for rule, _code in codes(error.causes)}


def test_an_unknown_client_is_an_error(server: Any) -> None:
    error = refused(server, wanted("A", BASE), client="hangzou")
    assert isinstance(error, InvalidRequest)
    assert error.code == "client_unknown"


def test_without_the_servers_clock_nothing_is_decided(server: Any) -> None:
    server.time = None
    assert refused(server, wanted("A", BASE)).code == "server_clock_unknown"


def test_a_duplicate_file_is_refused(server: Any) -> None:
    assert refused(server, wanted("A", BASE), wanted("A", BASE)).code == "activation_file_twice"
    assert refused(server).code == "activation_files_empty"


# Already installed


def test_other_bytes_under_an_installed_name_are_an_error(server: Any, fake: Any) -> None:
    server.records = [fake.license(file_name="A.ak", sha256="f" * 64)]
    error = refused(server, wanted("A", BASE))
    assert error.code == "activation_file_name_taken"
    assert error.fields["license_ids"] == ["LS-1"]


def test_the_same_bytes_under_another_name_are_already_installed(server: Any, fake: Any) -> None:
    server.records = [fake.license(file_name="renamed.ak")]
    plan = install.decide(request(wanted("A", BASE)), server)
    assert not plan.changed
    assert codes(plan.warnings) == [("", "activation_file_renamed")]


def test_a_name_without_a_digest_proves_nothing(server: Any, fake: Any) -> None:
    server.records = [fake.license(sha256=None)]
    assert refused(server, wanted("A", BASE)).code == "activation_file_unidentified"


@pytest.mark.parametrize(
    ("status", "code", "rule"),
    [
        ("uninstalled", "activation_file_uninstalled", "R16"),
        ("expired", "activation_file_expired", "R12"),
        ("unusable", "activation_file_unusable", ""),
        (None, "license_status_unknown", ""),
    ],
)
def test_an_installed_license_that_is_not_usable_is_a_failure(
    server: Any, fake: Any, status: str | None, code: str, rule: str
) -> None:
    server.records = [fake.license(status=status)]
    error = refused(server, wanted("A", BASE))
    assert (error.code, error.rule) == (code, rule)


def test_an_installed_license_that_differs_from_expect_is_a_failure(server: Any, fake: Any) -> None:
    server.records = [fake.license(quantity=5)]
    error = refused(server, wanted("A", BASE))
    assert (error.code, error.changed) == ("expectation_not_met", False)
    assert error.fields["license_ids"] == ["LS-1"]


# Apply


def test_the_result_is_what_was_read_back(server: Any, waits: Waits) -> None:
    outcome = run(server, waits, wanted("A", BASE))
    assert outcome.changed
    assert [record.id for record in outcome.files[0].licenses] == ["LS-A"]
    assert server.calls[-2:] == ["GET licenses", "GET server"]
    assert outcome.read_at == server.time


def test_different_content_than_expected_is_a_failure_that_shows_both(server: Any, waits: Waits) -> None:
    with pytest.raises(NotVerified) as caught:
        run(server, waits, wanted("A", {**BASE, "quantity": 8}))
    error = caught.value
    assert (error.code, error.changed) == ("expectation_not_met", True)
    assert error.fields["expected"] == ["8 × vms_standard x86_64 formal"]
    assert error.fields["reported"] == ["4 × vms_standard x86_64 formal"]
    assert error.fields["license_ids"] == ["LS-A"]


def test_a_license_that_does_not_become_usable_is_a_failure(server: Any, fake: Any, waits: Waits) -> None:
    server.contents[b"A"] = [fake.license("LS-A", status="unusable")]
    with pytest.raises(NotVerified) as caught:
        run(server, waits, wanted("A", BASE))
    assert caught.value.code == "license_not_live"


def test_an_accepted_file_that_adds_no_license_is_a_failure(server: Any, waits: Waits) -> None:
    server.contents.clear()
    with pytest.raises(NotVerified) as caught:
        run(server, waits, wanted("A", BASE))
    assert caught.value.code == "install_not_listed"


def test_a_file_that_is_listed_without_its_digest_counts_as_sent(
    server: Any, fake: Any, waits: Waits
) -> None:
    install = server.install

    def install_without_digest(name: str, content: bytes) -> Any:
        task = install(name, content)
        server.records = [replace(record, sha256=None) for record in server.records]
        return task

    server.install = install_without_digest
    with pytest.raises(OperationError) as caught:
        run(server, waits, wanted("A", BASE))
    assert (caught.value.code, caught.value.changed) == ("activation_file_unidentified", True)


def test_a_lost_answer_is_resolved_by_reading(server: Any, fake: Any, waits: Waits) -> None:
    server.faults = [fake.Fault("install", fake.LOST, after=True)]
    assert run(server, waits, wanted("A", BASE)).changed
    assert server.writes == ["install A.ak"]


def test_a_write_that_never_arrived_is_not_repeated(server: Any, fake: Any, waits: Waits) -> None:
    server.faults = [fake.Fault("install", fake.LOST)]
    with pytest.raises(Unclear) as caught:
        run(server, waits, wanted("A", BASE))
    assert codes(caught.value.causes) == [("", "install_not_listed"), ("", "unreachable_reset")]
    assert server.writes == ["install A.ak"]
    assert run(server, waits, wanted("A", BASE)).changed
    assert [record.id for record in server.records] == ["LS-A"]


def test_a_refusal_is_reported_with_its_rule(server: Any, fake: Any, waits: Waits) -> None:
    error = errors.TaskFailed("task_failed", error_code="upgrade_exceeds_base", error_message="5 > 4")
    server.faults = [fake.Fault("install", error)]
    with pytest.raises(ServerRefused) as caught:
        run(server, waits, wanted("U"))
    assert (caught.value.code, caught.value.rule) == ("refused_upgrade_exceeds_base", "R6")
    assert caught.value.fields["what"] == "U.ak"
    assert server.calls[-1] == "install U.ak"


def test_a_refusal_without_a_code_is_reported_unchanged(server: Any, fake: Any, waits: Waits) -> None:
    server.faults = [fake.Fault("install", errors.TaskFailed("task_failed"))]
    with pytest.raises(errors.TaskFailed):
        run(server, waits, wanted("U"))


def test_an_installation_by_another_user_meanwhile_is_accepted(server: Any, fake: Any, waits: Waits) -> None:
    error = errors.BusinessError("business_error", error_code="already_installed")
    server.faults = [fake.Fault("install", error, after=True)]
    outcome = run(server, waits, wanted("A", BASE))
    assert outcome.changed is False
    assert [record.id for record in outcome.files[0].licenses] == ["LS-A"]


def test_a_later_failure_reports_the_installed_files(server: Any, fake: Any, waits: Waits) -> None:
    error = errors.TaskFailed("task_failed", error_code="device_mismatch", error_message="other device")
    server.faults = [fake.Fault("install U.ak", error)]
    with pytest.raises(OperationError) as caught:
        run(server, waits, wanted("U", UPGRADE), wanted("A", BASE))
    found = caught.value
    assert (found.code, found.changed) == ("install_interrupted", True)
    assert found.fields["installed"] == ["A.ak"]
    assert found.fields["license_ids"] == ["LS-A"]
    assert found.fields["remaining"] == ["U.ak"]
    assert codes(found.causes) == [("", "refused_device_mismatch")]


def test_a_first_failure_changed_nothing(server: Any, fake: Any, waits: Waits) -> None:
    server.faults = [fake.Fault("install", errors.TaskFailed("task_failed", error_code="device_mismatch"))]
    with pytest.raises(ServerRefused) as caught:
        run(server, waits, wanted("A", BASE), wanted("U", UPGRADE))
    assert caught.value.changed is False
    assert server.writes == ["install A.ak"]
