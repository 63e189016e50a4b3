# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that an operator makes manually: the required steps, and how they are verified."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client.plan import WantedConnection
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    NotVerified,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import (
    client as handover_client,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual.steps import (
    Handover,
    ManualTerms,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
    QuotaRow,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    LicenseRecord,
    ServerInfo,
    ServerLink,
    Share,
    VersionRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    LoginRefused,
    OperationUnsupported,
)

VMS = "https://vms:8443"
WANTED = WantedConnection("10.1.0.5", 5555, 28443, "hangzhou", "s3cret")
LINK = ServerLink("10.1.0.5", 5555, 28443, "hangzhou", None, "connected", None, None, "ls-east")
CLIENT = ClientRecord("hangzhou", "connected", None)
QUOTA = (QuotaRow("vms_standard", "x86_64", 4),)


class Side:
    """One server of the connection; ``...`` marks values that the profile has no call for."""

    def __init__(self, value: Any, refused: bool = False) -> None:
        self.value = value
        self.refused = refused
        self.held: tuple[LicenseRecord, ...] = ()

    def _given(self) -> Any:
        if self.value is ...:
            raise OperationUnsupported("operation_unsupported", operation="x", profile="p")
        return self.value

    def license_server(self) -> Any:
        return self._given()

    def clients(self) -> Any:
        return () if self._given() is None else (self.value,)

    def licenses(self) -> tuple[LicenseRecord, ...]:
        self._given()
        return self.held

    def server(self) -> ServerInfo:
        self._given()
        return ServerInfo("ls-east", "1.0", None)

    def version(self) -> VersionRecord:
        if self.refused:
            raise LoginRefused("login_refused", "R20", sent=True)
        return VersionRecord("E0760", "7.0")


def codes(over: Handover) -> list[str]:
    for step in (*over.steps, *over.warnings):
        for language in ("en", "zh"):
            assert "s3cret" not in render(step.code, step.fields, language)
    return [step.code for step in over.steps]


def connect(
    link: Any, client: Any, wanted: WantedConnection = WANTED, confirmed: bool = False, refused: bool = False
) -> Handover:
    sides = handover_client.read("hangzhou", Side(link, refused), Side(client))  # type: ignore[arg-type]
    return handover_client.connect(wanted, sides, VMS, ManualTerms("https://ls:1", confirmed=confirmed))


@pytest.mark.parametrize(
    ("link", "client", "steps"),
    [
        (None, None, ["handover_log_in", "handover_create_client", "handover_connect", "handover_see_sides"]),
        (..., ..., ["handover_log_in", "handover_create_client", "handover_connect", "handover_confirm"]),
        (None, CLIENT, ["handover_connect", "handover_see_sides"]),
        (..., CLIENT, ["handover_connect", "handover_confirm"]),
        (replace(LINK, state="disconnected"), CLIENT, ["handover_reconnect", "handover_see_sides"]),
        (replace(LINK, address="10.9.9.9"), CLIENT, ["handover_connect", "handover_see_sides"]),
        (LINK, None, ["handover_log_in", "handover_create_client", "handover_see_sides"]),
    ],
)
def test_steps_of_the_operator(link: Any, client: Any, steps: list[str]) -> None:
    over = connect(link, client)
    assert over.required
    assert codes(over) == steps


@pytest.mark.parametrize("client", [CLIENT, ...])
def test_a_connected_system_verifies_the_steps(client: Any) -> None:
    over = connect(LINK, client)
    assert (over.required, over.verified_by, codes(over)) == (False, "connection", [])


def test_a_quota_is_verified_on_the_server_only() -> None:
    wanted = replace(WANTED, quota=QUOTA)
    assert codes(connect(LINK, CLIENT, wanted)) == [
        "handover_log_in",
        "handover_set_quota",
        "handover_see_sides",
    ]
    assert not connect(LINK, replace(CLIENT, quota=QUOTA), wanted).required
    assert codes(connect(LINK, ..., wanted))[-1] == "handover_confirm"
    none = replace(WANTED, quota=())
    assert "handover_drop_quota" in codes(connect(LINK, replace(CLIENT, quota=QUOTA), none))


def test_a_pair_enters_its_contract_number() -> None:
    assert "handover_contract" in codes(connect(None, CLIENT, replace(WANTED, contract_number="SC-1")))


def test_a_refused_login_needs_a_reconnect() -> None:
    assert codes(connect(LINK, CLIENT, refused=True)) == ["handover_reconnect", "handover_see_sides"]


@pytest.mark.parametrize(
    ("link", "client", "trusted"),
    [(..., ..., True), (..., CLIENT, True), (None, ..., False), (..., None, False), (None, None, False)],
)
def test_a_confirmation_is_accepted_only_where_nothing_can_be_read(
    link: Any, client: Any, trusted: bool
) -> None:
    over = connect(link, client, confirmed=True)
    assert over.required is not trusted
    assert over.verified_by == ("person" if trusted else "")
    assert bool(over.warnings) is trusted


def test_a_password_that_cannot_be_read_back_is_not_a_manual_step() -> None:
    with pytest.raises(InvalidRequest):
        connect(LINK, CLIENT, replace(WANTED, update_password=True))


@pytest.mark.parametrize(
    ("link", "client", "steps"),
    [
        (None, None, []),
        (LINK, CLIENT, ["handover_disconnect", "handover_delete_client", "handover_see_sides"]),
        (replace(LINK, client_name="other"), None, []),
        (None, CLIENT, ["handover_delete_client", "handover_see_sides"]),
        (..., ..., ["handover_disconnect", "handover_delete_client", "handover_confirm"]),
    ],
)
def test_steps_that_remove_the_connection(link: Any, client: Any, steps: list[str]) -> None:
    sides = handover_client.read("hangzhou", Side(link), Side(client))  # type: ignore[arg-type]
    terms = ManualTerms("https://ls:1")
    over = handover_client.disconnect("hangzhou", "10.1.0.5", sides, VMS, terms)
    assert (over.required, codes(over)) == (bool(steps), steps)
    confirmed = handover_client.disconnect("hangzhou", "10.1.0.5", sides, VMS, replace(terms, confirmed=True))
    assert confirmed.required is (link is LINK or client is CLIENT)


@pytest.mark.parametrize(
    ("link", "client"),
    [
        (LINK, replace(CLIENT, state="never")),
        (LINK, replace(CLIENT, state="disconnected")),
        (replace(LINK, server_id="ls-west"), CLIENT),
        (
            replace(LINK, fetched_at="2026-11-24T08:00:01Z"),
            replace(CLIENT, last_contact="2026-11-24T08:00:00Z"),
        ),
    ],
)
def test_a_connection_that_the_server_does_not_confirm_is_not_verified(link: Any, client: Any) -> None:
    """The system reports connected and the License Server does not; a confirmation does not override it."""
    sides = handover_client.read("hangzhou", Side(link), Side(client))  # type: ignore[arg-type]
    over = handover_client.connect(WANTED, sides, VMS, ManualTerms("x", confirmed=True))
    assert (over.required, codes(over)[0]) == (True, "handover_reconnect")


def test_an_unlisted_client_that_holds_licenses_is_not_removed(fake: Any) -> None:
    server = Side(None)
    server.held = (fake.license(assigned=(Share("hangzhou", 4),)),)
    sides = handover_client.read("hangzhou", Side(None), server)  # type: ignore[arg-type]
    with pytest.raises(NotVerified) as caught:
        handover_client.disconnect("hangzhou", "10.1.0.5", sides, VMS, ManualTerms("x"))
    assert caught.value.code == "client_holds_unlisted"
