# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read container clusters, SRM, and licenses of a system with or without a link."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ClusterRecord,
    HostRecord,
    LicenseTotals,
    PlatformRecord,
)

from .....fakes.system import Server, System, host, license_, read, reasons, valid


def test_a_single_manager_is_a_known_fact() -> None:
    facts = read(System(platform=PlatformRecord("m", "10.1.0.10", None, None)), Server())
    assert facts["hot_standby"] == {"state": "none"}


NO_SOCKETS: dict[str, object] = {"cpu_sockets": None, "unknown": {"cpu_sockets": "type"}}


def containers(*flags: bool | None) -> tuple[ClusterRecord, ...]:
    return tuple(ClusterRecord(str(number), None, flag) for number, flag in enumerate(flags, 1))


@pytest.mark.parametrize(
    ("clusters", "hosts", "expected"),
    [
        (containers(False, True), (host(1), host(2, cluster_id="2")), {"in_use": True, "used": 2}),
        (containers(False, True), (host(1),), {"in_use": True, "used": 0}),
        (containers(), (host(1, cluster_id=None),), {"in_use": False, "used": 0}),
        (containers(True), (host(1, **NO_SOCKETS),), {"in_use": True}),
        (containers(True, None), (host(1), host(2, cluster_id="2")), {"in_use": True}),
        (containers(True), (host(1), host(2, cluster_id="9")), {"in_use": True}),
        (containers(False), (host(1), host(2, **NO_SOCKETS)), {"in_use": False, "used": 0}),
        (containers(None), (host(1),), None),
        (containers(False), (host(1), host(2, cluster_id="9")), None),
        (containers(), (host(1),), None),
        (containers(), (host(1, cluster_id=None, unknown={"cluster_id": "type"}),), None),
    ],
)
def test_the_container_engine_is_read_from_clusters(
    clusters: tuple[ClusterRecord, ...], hosts: tuple[HostRecord, ...], expected: dict[str, object] | None
) -> None:
    facts = read(System(clusters=clusters, hosts=hosts), Server())
    valid(facts)
    found = facts.get("features", {}).get("container_engine")
    assert found == expected
    unknown = reasons(facts)
    assert ("/features/container_engine/in_use" in unknown) == (expected is None)
    if expected is not None:
        assert ("/features/container_engine/used" in unknown) == ("used" not in expected)


NOT_STATED: dict[str, object] = {"cluster_id": None, "unknown": {"cluster_id": "absent"}}
UNREAD: dict[str, object] = {"cluster_id": None, "unknown": {"cluster_id": "value"}}


@pytest.mark.parametrize(
    ("clusters", "hosts", "expected"),
    [
        (containers(False, True), (host(1, **NOT_STATED), host(2, **NOT_STATED)), {"in_use": True}),
        (containers(None), (host(1, **NOT_STATED),), {}),
        (containers(False, True), (host(1), host(2, **NOT_STATED)), {"in_use": True, "used": 0}),
        (containers(False), (host(1, **NOT_STATED),), {"in_use": False, "used": 0}),
        (containers(False, True), (host(1), host(2, **UNREAD)), {"in_use": True}),
        (containers(False), (host(1), host(2, **UNREAD)), {}),
    ],
    ids=["no row states", "unread cluster", "one row states", "no container", "unreadable", "unreadable id"],
)
def test_a_host_is_outside_clusters_only_if_the_list_states_clusters(
    clusters: tuple[ClusterRecord, ...], hosts: tuple[HostRecord, ...], expected: dict[str, object]
) -> None:
    facts = read(System(clusters=clusters, hosts=hosts), Server())
    valid(facts)
    assert facts.get("features", {}).get("container_engine", {}) == expected
    known = "used" in expected
    assert (facts["hosts"][-1].get("container_cluster") is False) == known
    assert (reasons(facts).get(f"/hosts/{len(hosts) - 1}/container_cluster") == "absent") != known


def test_a_host_of_an_unlisted_cluster_is_unknown() -> None:
    facts = read(System(hosts=(host(1, cluster_id="9"),)), Server())
    assert "container_cluster" not in facts["hosts"][0]
    assert reasons(facts)["/hosts/0/container_cluster"] == "absent"


def test_srm_is_read_only_with_its_sites() -> None:
    system = System()
    facts = read(system, Server())
    assert "srm_protected_vms" not in system.calls
    assert reasons(facts)["/features/srm/in_use"] == "absent"
    again = System(srm_protected_vms=0)
    sites = [("a", "b"), ("a", "b"), ("c", "d")]
    assert read(again, Server(), srm_sites=sites)["features"]["srm"] == {"in_use": False, "used": 0}
    assert again.calls.count("srm_protected_vms") == 2


@pytest.mark.parametrize(
    ("allowed", "complete"), [(0, True), (4, False), (None, False)], ids=["none", "some", "unknown"]
)
def test_without_a_link_no_license_is_assigned(allowed: int | None, complete: bool) -> None:
    totals = LicenseTotals(allowed, 4, 500, None, None)
    server = Server()
    facts = read(System(license_server=None, license_totals=totals), server)
    valid(facts)
    assert facts["license_server"] == {"state": "none"}
    assert facts["licenses"] == {"complete": complete, "items": []}
    assert server.calls == ["server"]


def test_sockets_beyond_the_listed_licenses_make_the_list_incomplete() -> None:
    only_srm = (license_(1, product="srm"),)
    assert read(server=Server(licenses=only_srm))["licenses"]["complete"] is False
    assert read(server=Server(licenses=()))["licenses"]["complete"] is False
    none_allowed = System(license_totals=LicenseTotals(0, 4, 500, None, None))
    assert read(none_allowed, Server(licenses=()))["licenses"]["complete"] is True
