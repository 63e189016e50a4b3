# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide which activation files are installed, in which order, and which are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ChangeRefused,
    NotVerified,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license import install
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.installation import BASE, UPGRADE, codes, refused, request, run, wanted

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
