# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that are not proved to be complete: their rows are facts, and further ones stay possible."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.demand import read_demand
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.fact_reader import Reader
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.lists import Listed
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ClusterRecord,
    LicenseTotals,
    Share,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    HttpError,
    ListIncomplete,
)

from .....fakes.system import WHERE, Server, System, host, license_, read, reasons, valid

TWO = (host(1), host(2))
CONTAINERS = "/features/container_engine/in_use"


def why(got: int = 2, total: object = "?") -> ListIncomplete:
    return ListIncomplete("answer_incomplete", got, got=got, total=total, **WHERE)


def totals(managed: int | None) -> LicenseTotals:
    return LicenseTotals(4, managed, 500, "enterprise", None, {"ends_at": "absent"})


def read_hosts(listed: Listed[Any], managed: int | None = None) -> tuple[dict[str, Any], list[UsphereError]]:
    noted: list[UsphereError] = []
    facts = read(System(hosts=listed, license_totals=totals(managed)), Server(), note=noted.append)
    valid(facts)
    return facts, noted


def test_the_rows_of_an_incomplete_list_of_hosts_are_known() -> None:
    error = why(2, 3)
    facts, noted = read_hosts(Listed(TWO, error, 3), 4)
    assert [row["id"] for row in facts["hosts"]] == ["1", "2"]
    assert reasons(facts)["/hosts/-"] == "gather_error"
    assert "/hosts" not in reasons(facts)
    assert noted == [error]
    demand = read_demand(Reader(facts))
    assert (demand.total.low, demand.total.high) == (4, None)
    assert demand.causes[0].reason == "gather_error"


def test_the_failed_request_is_named_before_the_number_of_rows() -> None:
    error = why()
    error.cause = HttpError("http_status", status=500, **WHERE)
    _facts, noted = read_hosts(Listed(TWO, error))
    assert noted == [error.cause, error]


def test_managed_sockets_prove_a_list_without_a_total() -> None:
    facts, noted = read_hosts(Listed(TWO, why()), 4)
    assert "/hosts/-" not in reasons(facts)
    assert facts["features"]["container_engine"] == {"in_use": False, "used": 0}
    assert noted == []


@pytest.mark.parametrize(
    ("hosts", "managed", "total"),
    [
        (TWO, 6, None),
        (TWO, None, None),
        (TWO, 4, 3),
        ((host(1), host(2, cpu_sockets=None, unknown={"cpu_sockets": "type"})), 2, None),
        ((host(1), host(1, cpu_sockets=4)), 6, None),
    ],
    ids=["other number", "no number", "stated total", "unknown sockets", "one id twice"],
)
def test_managed_sockets_do_not_prove_another_list(hosts: Any, managed: Any, total: Any) -> None:
    facts, noted = read_hosts(Listed(hosts, why(), total), managed)
    assert reasons(facts)["/hosts/-"] == "gather_error"
    assert len(noted) == 1


def test_an_incomplete_list_of_hosts_does_not_exclude_containers() -> None:
    facts, _noted = read_hosts(Listed(TWO, why()))
    assert reasons(facts)[CONTAINERS] == "gather_error"
    assert "container_engine" not in facts.get("features", {})


@pytest.mark.parametrize(("container", "in_use"), [(True, True), (False, None)])
def test_an_incomplete_list_of_clusters_excludes_no_containers(container: bool, in_use: bool | None) -> None:
    noted: list[UsphereError] = []
    error = why(1)
    clusters = Listed((ClusterRecord("1", "c", container),), error)
    facts = read(System(clusters=clusters), Server(), note=noted.append)
    valid(facts)
    assert facts.get("features", {}).get("container_engine", {}).get("in_use") is in_use
    if in_use is None:
        assert reasons(facts)[CONTAINERS] == "gather_error"
    assert noted == [error]


def test_the_number_of_container_sockets_is_unknown_in_an_incomplete_list_of_hosts() -> None:
    clusters = (ClusterRecord("1", "c", True),)
    system = System(hosts=Listed(TWO, why()), clusters=clusters, license_totals=totals(None))
    facts = read(system, Server())
    assert facts["features"]["container_engine"] == {"in_use": True}
    assert reasons(facts)["/features/container_engine/used"] == "gather_error"


def test_the_licenses_of_an_incomplete_list_count() -> None:
    noted: list[UsphereError] = []
    error = why(1)
    licenses = Listed((license_(1, assigned=(Share("hangzhou", 4),)),), error)
    facts = read(server=Server(licenses=licenses), note=noted.append)
    valid(facts)
    assert facts["licenses"]["complete"] is False
    assert [item["id"] for item in facts["licenses"]["items"]] == ["LS-1"]
    assert noted == [error]
