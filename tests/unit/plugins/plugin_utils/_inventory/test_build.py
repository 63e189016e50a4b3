# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts, variables and groups from read outcomes; notices and errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.survey import Survey
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory.build import (
    Listing,
    Wish,
    listing,
    sentence,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory.hosts import InventoryEntry
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory.managers import (
    InventoryError,
    Manager,
    ReadOutcome,
    read_all,
)

NOW = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
BOTH = Wish(NOW, ("hosts", "systems"))
DEAD = UsphereError("unreachable_refused", endpoint="https://10.2.0.10:8443")
NODE: dict[str, Any] = {
    "id": "1",
    "name": "cvk1",
    "arch": "aarch64",
    "cpu_sockets": 2,
    "version": "E0730P06",
    "status": "ok",
    "ip": "10.1.1.1",
    "cluster": "compute",
}

SRM = {"/features/srm": {"in_use": True, "used": 12}}  # in use without a license

HostFacts = Callable[..., dict[str, Any]]


def manager(name: str, **options: Any) -> Manager:
    return Manager(name, {"host": "10.1.0.10", "port": 8443, "password": "secret", **options})


def found(
    facts: dict[str, Any], *nodes: dict[str, Any], name: str = "hangzhou", **options: Any
) -> ReadOutcome:
    return ReadOutcome(manager(name, **options), Survey(facts, nodes))


def entry(listed: Listing, name: str) -> InventoryEntry:
    (one,) = [each for each in listed.entries if each.name == name]
    return one


def test_a_host_has_its_variables_and_groups(host_facts: HostFacts) -> None:
    listed = listing([found(host_facts(changes=SRM), NODE)], Wish(NOW))
    (host,) = listed.entries
    assert host.name == "cvk1.hangzhou"
    assert not host.local
    assert set(host.variables) == {"ansible_host", "usphere_node", "usphere_system"}
    assert host.variables["ansible_host"] == "10.1.1.1"
    assert host.variables["usphere_node"] == {**NODE, "branch": "E0730"}
    assert set(host.groups) == {
        "usphere_system_hangzhou",
        "usphere_arch_aarch64",
        "usphere_version_e0730",
        "usphere_edition_enterprise",
        "usphere_feature_srm",
        "usphere_license_short",
    }
    assert listed.parents == {"usphere_hosts": ("usphere_system_hangzhou",)}
    assert listed.notices == ()


def test_a_system_has_the_options_of_its_connection_that_are_not_defaults(host_facts: HostFacts) -> None:
    given = {"scheme": "http", "validate_certs": False, "timeout": 30.0, "profile": "usphere_7"}
    more = {"proxy": "http://proxy:3128", "no_proxy": ["10.0.0.0/8"], "timezone": "+08:00"}
    (system,) = listing([found(host_facts(), NODE, **given, **more)], Wish(NOW, ("systems",))).entries
    connection = {name: value for name, value in system.variables.items() if name.startswith("usphere_")}
    assert {name: value for name, value in connection.items() if name != "usphere_system"} == {
        "usphere_host": "10.1.0.10",
        "usphere_port": 8443,
        "usphere_scheme": "http",
        "usphere_validate_certs": False,
        "usphere_read_from": {"host": "10.1.0.10", "port": 8443, "source": ""},
        **{f"usphere_{name}": value for name, value in more.items()},
    }


def test_a_system_has_its_variables_and_groups(host_facts: HostFacts) -> None:
    listed = listing([found(host_facts(), NODE, ca_path="/ca.pem")], Wish(NOW, ("systems",)))
    (system,) = listed.entries
    assert system.name == "hangzhou"
    assert system.local
    assert system.variables["usphere"] == host_facts()
    assert system.variables["license_compliance_gather"] is False
    assert system.variables["usphere_host"] == "10.1.0.10"
    assert system.variables["usphere_port"] == 8443
    assert system.variables["usphere_ca_path"] == "/ca.pem"
    about = system.variables["usphere_system"]
    assert about["name"] == "hangzhou"
    assert about["edition"] == "enterprise"
    assert about["license_state"] == "ok"
    assert about["features"] == []
    assert "vms" in system.groups
    assert "vms_license_ok" in system.groups
    assert not [group for group in system.groups if not group.startswith("vms")]
    assert "secret" not in repr(listed)


def test_unknown_values_have_groups_of_their_own() -> None:
    facts = {"kind": "HostFacts", "schema_version": 1, "hosts": [], "unknown": {}}
    listed = listing([found(facts, {"id": "1"})], BOTH)
    host = entry(listed, "host-1.hangzhou")
    assert set(host.groups) == {
        "usphere_system_hangzhou",
        "usphere_arch_unknown",
        "usphere_version_unknown",
        "usphere_edition_unknown",
        "usphere_license_unknown",
    }
    assert host.variables["usphere_node"] == {"id": "1"}
    assert {"vms_arch_unknown", "vms_version_unknown"} <= {*entry(listed, "hangzhou").groups}


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_server_text_never_becomes_a_group_or_a_connection_variable(arch: str, version: str, ip: str) -> None:
    facts = {
        "kind": "HostFacts",
        "schema_version": 1,
        "version": {"vms": version},
        "architecture": arch,
        "license_totals": {"edition": arch},
        "unknown": {},
    }
    node = {"id": version, "name": arch, "arch": arch, "version": version, "ip": ip, "ansible_user": "root"}
    for host in listing([found(facts, node)], BOTH).entries:
        assert all(re.fullmatch(r"(vms|usphere)[a-z0-9_]*", group) for group in host.groups), host.groups
        connection = {name for name in host.variables if name.startswith("ansible_")}
        assert connection <= {"ansible_host"}


@pytest.mark.parametrize("ip", ["127.0.0.1", "evil.example", "10.1.1.1 -o x", 7, None])
def test_an_address_from_the_cache_is_validated_again(ip: object, host_facts: HostFacts) -> None:
    (host,) = listing([found(host_facts(), {**NODE, "ip": ip})], Wish(NOW)).entries
    assert "ansible_host" not in host.variables
    assert "ip" not in host.variables["usphere_node"]


def test_an_unread_manager_is_reported_and_its_system_is_unknown(host_facts: HostFacts) -> None:
    dead = ReadOutcome(manager("chengdu"), error=DEAD)
    listed = listing([found(host_facts(), NODE), dead], BOTH)
    assert [sentence(notice) for notice in listed.notices] == [
        "chengdu could not be read; the inventory lists only the other systems: https://10.2.0.10:8443 "
        "refuses the connection; check host and port, and that the service runs"
    ]
    system = entry(listed, "chengdu")
    assert {"vms", "vms_unread", "vms_license_unknown", "vms_edition_unknown"} <= {*system.groups}
    assert system.variables["usphere"]["unknown"] == {"": {"reason": "gather_error"}}
    assert entry(listed, "cvk1.hangzhou")
    assert listed.parents["usphere_hosts"] == ("usphere_system_hangzhou", "usphere_system_chengdu")


def test_an_unread_manager_can_fail_the_inventory(host_facts: HostFacts) -> None:
    dead = ReadOutcome(manager("chengdu"), error=DEAD)
    with pytest.raises(InventoryError) as error:
        listing([found(host_facts(), NODE), dead], Wish(NOW, ("hosts", "systems"), unreadable="fail"))
    assert error.value.code == "inventory_failed"
    assert "1 of 2 could not be read: https://10.2.0.10:8443 refuses" in sentence(error.value)


def test_an_inventory_without_entries_is_an_error() -> None:
    dead = [ReadOutcome(manager(name), error=DEAD) for name in ("hangzhou", "chengdu")]
    with pytest.raises(InventoryError) as error:
        listing(dead, Wish(NOW))
    assert error.value.code == "inventory_nothing"
    # Listed as systems, they are entries with unknown facts.
    assert len(listing(dead, BOTH).entries) == 2


def test_parts_that_were_not_read_are_reported(host_facts: HostFacts) -> None:
    outcome = ReadOutcome(manager("hangzhou"), Survey(host_facts(), (NODE,)), notes=(DEAD,))
    (notice,) = listing([outcome], Wish(NOW)).notices
    assert sentence(notice).startswith(
        "a part of hangzhou could not be read and is unknown: https://10.2.0.10:8443"
    )


def test_a_system_without_a_host_list_is_reported() -> None:
    facts = {"kind": "HostFacts", "schema_version": 1, "unknown": {"/hosts": {"reason": "login_refused"}}}
    (notice,) = listing([found(facts)], Wish(NOW)).notices
    assert sentence(notice) == "hangzhou does not report its hosts (login_refused), so none of them is listed"
    assert listing([found(facts)], Wish(NOW, ("systems",))).notices == ()


def test_shared_names_are_reported_once(host_facts: HostFacts) -> None:
    nodes = [{**NODE, "id": str(number), "name": f"cvk{number}"} for number in range(8)]
    outcomes = [found(host_facts(), *nodes, name=name) for name in ("a", "b")]
    listed = listing(outcomes, Wish(NOW, hostname="name"))
    (notice,) = listed.notices
    assert "8 host names are not unique" in sentence(notice)
    assert "(cvk0, cvk1, cvk2, cvk3, cvk4, …)" in sentence(notice)
    assert len({each.name for each in listed.entries}) == 16


def test_the_clock_of_the_license_server_is_used_where_configured(host_facts: HostFacts) -> None:
    facts = host_facts("lapsing")
    later = datetime(2030, 1, 1, tzinfo=timezone.utc)
    (by_controller,) = listing([found(facts)], Wish(later, ("systems",))).entries
    (by_server,) = listing([found(facts, clock="license_server")], Wish(later, ("systems",))).entries
    assert by_controller.variables["usphere_system"]["license_state"] in ("refused", "none", "short")
    assert by_server.variables["usphere_system"]["days_to_lapse"] > 0
    nameless = {**facts, "source": {"via": "rest"}}
    assert listing([found(nameless, clock="license_server")], Wish(NOW, ("systems",))).entries


def test_systems_are_read_concurrently_and_returned_in_order() -> None:
    def read(options: Any, name: str, note: Callable[[UsphereError], None]) -> Survey:
        note(DEAD)
        if name == "b":
            raise DEAD
        return Survey({"id": name, "host": options["host"]}, ())

    outcomes = read_all([manager(name) for name in "abc"], read, 2)
    assert [(each.manager.name, bool(each.survey), each.error) for each in outcomes] == [
        ("a", True, None),
        ("b", False, DEAD),
        ("c", True, None),
    ]
    assert [each.notes for each in outcomes] == [(DEAD,)] * 3
    assert read_all([], read, 0) == []
    assert len(read_all([manager("a")], read, 0)) == 1


def test_an_unexpected_exception_is_raised() -> None:
    def read(options: object, name: str, note: object) -> Survey:
        raise KeyError(name)

    with pytest.raises(KeyError):
        read_all([manager("a")], read, 1)
