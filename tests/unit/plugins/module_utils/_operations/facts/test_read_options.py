# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a read: the License Server, the clock, facts that the site declares."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ServerInfo,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    LoginRefused,
    NotFound,
)

from .....fakes.system import AWAY, WHERE, Server, System, read, reasons, valid


def test_another_server_than_the_systems_own_is_an_error() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(server=Server(server=ServerInfo("ls-west", None, None)))
    assert caught.value.fields == {"connected": "ls-east", "given": "ls-west"}


def test_the_standby_of_the_systems_server_is_accepted() -> None:
    facts = read(server=Server(server=ServerInfo("ls-east-2", None, None, peer="ls-east")))
    assert facts["licenses"]["complete"] is True
    assert reasons(facts)["/license_server/clock_skew_s"] == "absent"


def test_the_license_servers_clock_can_set_the_time_of_the_facts() -> None:
    away_by_a_year = Server(server=ServerInfo("ls-east", None, "2027-11-24T08:00:00Z"))
    facts = read(server=away_by_a_year, clock="license_server")
    assert facts["source"]["gathered_at"] == "2027-11-24T08:00:00Z"
    assert facts["license_server"]["clock_skew_s"] == 0


def test_the_license_servers_clock_also_sets_the_time_of_a_refused_login() -> None:
    refused = LoginRefused("login_refused", "R20", endpoint="x", server_message="lapsed")
    server = Server(server=ServerInfo("ls-east", None, "2027-11-24T08:00:00Z"))
    facts = read(System(version=refused), server, clock="license_server")
    assert facts["source"]["gathered_at"] == "2027-11-24T08:00:00Z"


def test_without_that_clock_the_time_is_unknown() -> None:
    facts = read(server=Server(server=AWAY), clock="license_server")
    assert "gathered_at" not in facts["source"]
    assert reasons(facts)["/source/gathered_at"] == "unreachable"
    with pytest.raises(InvalidRequest):
        read(clock="license_server")


def test_a_site_declares_facts_that_no_interface_reports() -> None:
    site = {
        "features": {"isc": {"in_use": True}, "heterogeneous_migration": {"in_use": False}},
        "features_wanted": ["srm", "isc"],
        "preinstalled": {"first_run_at": "2026-06-01"},
        "vms": None,
    }
    facts = read(server=Server(), site=site)
    valid(facts)
    assert facts["features"]["isc"] == {"in_use": True}
    assert facts["features"]["heterogeneous_migration"] == {"in_use": False}
    assert facts["features_wanted"] == ["isc", "srm"]
    assert facts["preinstalled"] == {"first_run_at": "2026-06-01T00:00:00Z"}
    unknown = reasons(facts)
    assert "/features/isc/in_use" not in unknown
    assert unknown["/features/isc/used"] == "absent"
    assert "/features/heterogeneous_migration/used" not in unknown
    assert "/preinstalled/first_run_at" not in unknown


def test_a_site_may_declare_the_same_value_as_was_read() -> None:
    facts = read(server=Server(), site={"architecture": "x86_64", "vms": {"total": 120}})
    assert facts["architecture"] == "x86_64"


def test_a_site_may_declare_a_part_of_the_unknown_facts() -> None:
    missing = NotFound("not_found", server_message="x", **WHERE)
    facts = read(System(version=missing), Server(), site={"version": {"vms": "E0710"}})
    valid(facts)
    assert facts["version"] == {"vms": "E0710"}
    assert reasons(facts)["/version/series"] == "absent"
    assert "/version" not in reasons(facts)


def statement(pointer: str, value: object) -> dict[str, object]:
    steps = pointer.split("/")[1:]
    tree: Any = value
    for step in reversed(steps):
        tree = {step: tree}
    return dict(tree)


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/architecture", "aarch64", "site_contradicts"),
        ("/vms/total", 7, "site_contradicts"),
        ("/features/container_engine/in_use", True, "site_contradicts"),
        ("/hot_standby/state", "none", "site_contradicts"),
        ("/hosts", [], "site_not_a_statement"),
        ("/licenses/complete", True, "site_not_a_statement"),
        ("/unknown/x", "absent", "site_not_a_statement"),
        ("/features/isc/licensed", True, "site_not_a_statement"),
        ("/features/teleport/in_use", True, "site_not_a_statement"),
        ("/features/isc/in_use", "no", "site_wrong_type"),
        ("/features/isc/used", -1, "site_wrong_type"),
        ("/features/isc/used", True, "site_wrong_type"),
        ("/features_wanted", ["teleport"], "site_wrong_type"),
        ("/features_wanted", ["srm", "srm"], "site_wrong_type"),
        ("/features_wanted", "srm", "site_wrong_type"),
        ("/preinstalled/first_run_at", "never", "site_wrong_type"),
        ("/preinstalled/edition", "gold", "site_wrong_type"),
    ],
)
def test_invalid_site_declarations_are_errors(pointer: str, value: object, code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(server=Server(), site=statement(pointer, value))
    assert caught.value.code == code
    assert caught.value.fields["pointer"] == pointer
