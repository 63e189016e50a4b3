# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import plan, quota
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client.plan import WantedConnection
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ChangeRefused,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
    QuotaRow,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

WANTED = WantedConnection("10.1.0.5", 5555, 28443, "hangzhou", "s3cret")
STANDARD, UPGRADE = "vms_standard", "vms_standard_to_enterprise"
HIGHER = "vms_standard_to_enhanced_enterprise"

Row = tuple[str, Any, int]  # product, architecture (None: any), quantity


def rows(*given: Row) -> tuple[QuotaRow, ...]:
    return tuple(QuotaRow(*row) for row in given)


def x86(product: str, quantity: int = 4) -> Row:
    return (product, "x86_64", quantity)


@pytest.fixture
def server(fake: Any) -> Any:
    """A server with 4 of a base and of its upgrades and 20 of a feature, of which chengdu may have 8."""
    feature = fake.license("LS-4", product="srm", quantity=20)
    records = [fake.license(f"LS-{number}", product=item) for number, item in enumerate((STANDARD, UPGRADE))]
    return fake.Server(
        records=[*records, feature],
        registered=[ClientRecord("chengdu", "never", None, rows(x86("srm", 8)))],
    )


def preview(server: Any, fake: Any, *given: Row) -> None:
    state = plan.read_state("hangzhou", fake.Vms(server), server)
    quota.check_quota(replace(WANTED, quota=rows(*given)), state.client, server, Catalog.builtin())
    assert server.writes == []


def refused(server: Any, fake: Any, *given: Row) -> list[tuple[str, str]]:
    with pytest.raises(ChangeRefused) as caught:
        preview(server, fake, *given)
    assert (caught.value.code, caught.value.changed) == ("quota_refused", False)
    assert caught.value.rule == caught.value.causes[0].rule
    return [(cause.rule, cause.code) for cause in caught.value.causes]


@pytest.mark.parametrize("registered", [True, False])
def test_all_quotas_together_do_not_exceed_the_available_quantity(
    server: Any, fake: Any, registered: bool
) -> None:
    if registered:
        server.registered.append(ClientRecord("hangzhou", "never", None))
    preview(server, fake, x86("srm", 12))
    assert refused(server, fake, x86("srm", 13)) == [("R26", "quota_beyond_supply")]


def test_the_error_reports_the_available_quantity(server: Any, fake: Any) -> None:
    with pytest.raises(ChangeRefused) as caught:
        preview(server, fake, x86("srm", 13))
    (cause,) = caught.value.causes
    assert {name: cause.fields[name] for name in ("quantity", "others", "supply", "arch")} == {
        "quantity": 13,
        "others": 8,
        "supply": 20,
        "arch": "x86_64",
    }


@pytest.mark.parametrize("arch", [None, "any"])
def test_a_product_without_architecture_is_one_line(server: Any, fake: Any, arch: str | None) -> None:
    server.records.append(fake.license("LS-5", product="container_service", arch=arch, quantity=4))
    preview(server, fake, ("container_service", None, 4))
    assert refused(server, fake, ("container_service", None, 5)) == [("R26", "quota_beyond_supply")]


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({"status": "expired"}, False),
        ({"status": "uninstalled"}, False),
        ({"status": "unusable", "device": "of another one"}, False),
        ({"status": "unusable"}, True),
        ({"status": "in_use"}, True),
        # The server decides about values that it does not report.
        ({"quantity": None}, True),
        ({"status": "unusable", "device": None}, True),
    ],
)
def test_only_usable_licenses_are_available(
    server: Any, fake: Any, change: dict[str, Any], allowed: bool
) -> None:
    server.records[2] = replace(server.records[2], **change)
    server.registered.clear()
    if allowed:
        preview(server, fake, x86("srm", 20))
    else:
        assert refused(server, fake, x86("srm", 20)) == [("R26", "quota_beyond_supply")]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([x86(STANDARD), x86(UPGRADE)], []),
        ([x86(STANDARD), x86(UPGRADE, 3)], []),
        ([x86(UPGRADE)], [("R5", "upgrade_without_base")]),
        ([x86(STANDARD, 3), x86(UPGRADE)], [("R6", "upgrade_exceeds_base")]),
        (
            [x86(STANDARD), x86("vms_enterprise")],
            [("R4", "editions_mixed"), ("R26", "quota_beyond_supply")],
        ),
        (
            [x86(STANDARD), x86(UPGRADE, 2), x86(HIGHER, 2)],
            [("R4", "upgrade_to_two_editions"), ("R26", "quota_beyond_supply")],
        ),
    ],
)
def test_a_quota_contains_one_edition(
    server: Any, fake: Any, given: list[Row], found: list[tuple[str, str]]
) -> None:
    if found:
        assert refused(server, fake, *given) == found
    else:
        preview(server, fake, *given)


def test_an_unchanged_quota_is_not_checked(server: Any, fake: Any) -> None:
    """The gate reports licenses that have expired since; an error here would prevent a reconnect."""
    registered_quota = rows(x86("srm", 99))
    server.registered.append(ClientRecord("hangzhou", "never", None, registered_quota))
    preview(server, fake, x86("srm", 99))


@pytest.mark.parametrize("call", ["clients", "licenses", "device_info"])
def test_unreadable_values_are_left_to_the_server(
    server: Any, fake: Any, monkeypatch: Any, call: str
) -> None:
    def unsupported() -> None:
        raise errors.OperationUnsupported("operation_unsupported", operation=call, profile="x")

    server.records[2] = replace(server.records[2], status="unusable")
    monkeypatch.setattr(server, call, unsupported)
    wanted = replace(WANTED, quota=rows(x86("srm", 99)))
    quota.check_quota(wanted, None, server, Catalog.builtin())
    with pytest.raises(ChangeRefused) as caught:
        quota.check_quota(replace(WANTED, quota=rows(x86(UPGRADE))), None, server, Catalog.builtin())
    assert [cause.rule for cause in caught.value.causes] == ["R5"]


def test_removing_all_quotas_is_not_checked(server: Any, fake: Any) -> None:
    server.registered.append(ClientRecord("hangzhou", "never", None, rows(x86("srm", 99))))
    preview(server, fake)
