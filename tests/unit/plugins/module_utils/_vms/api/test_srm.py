# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery plans and their VMs, as documented and as recorded; an unreadable count is never 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import (
    VmsWriter,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    CountUncertain,
)

OPEN = load_profile(
    {
        "extends": "cas_e0710",
        "name": "open",
        "bases": {"vms": {"path": "/cas/casrs", "auth": "none"}},
        "operations": {"token": None, "statistics": None},
    }
)
SITES = ("192.0.2.10", "198.51.100.10")


def plan(number: int, name: str) -> dict[str, object]:
    return {
        "id": number,
        "name": name,
        "description": "nightly",
        "groupName": f"group-{name}",
        "clusterId": 3,
        "priority": 1,
        "flag": 2,
    }


def vm(name: str) -> dict[str, object]:
    return {"name": name, "title": f"title of {name}", "status": 2}


@pytest.fixture
def api(connect: Any) -> VmsApi:
    return VmsWriter(connect(), OPEN)


def answers(json_answer: Any, plans: object, machines: dict[str, object]) -> Callable[[Any], Any]:
    def script(request: Any) -> Any:
        if request.path.endswith("/vmList"):
            return json_answer(machines[parse_qs(urlsplit(request.target).query)["planName"][0]])
        return json_answer(plans)

    return script


@pytest.mark.parametrize(
    "plans",
    [
        [plan(1, "east"), plan(2, "west")],
        {"RsSrmRecovery": [plan(1, "east"), plan(2, "west")]},
        {"recoveryPlan": [{"planName": "east"}, {"planName": "west"}]},
    ],
    ids=["a plain list", "under the name of a row", "as older profiles have it"],
)
@pytest.mark.parametrize("keyed", [False, True])
def test_plans_and_their_machines_are_read(
    server: Any, api: VmsApi, json_answer: Any, plans: object, keyed: bool
) -> None:
    east, west = [vm("a"), vm("b"), vm("a")], [vm("c")]
    machines = {"east": {"vm": east} if keyed else east, "west": {"vm": west[0]} if keyed else west[0]}
    server.script = answers(json_answer, plans, machines)
    assert api.srm_protected_vms(*SITES) == 3
    assert parse_qs(urlsplit(server.seen[0].target).query) == {
        "mainSiteIp": [SITES[0]],
        "spareSiteIp": [SITES[1]],
    }


@pytest.mark.parametrize("nothing", [[], None, {}, "", {"RsSrmRecovery": None}, {"RsSrmRecovery": []}])
def test_no_plan_protects_nothing(server: Any, api: VmsApi, json_answer: Any, nothing: object) -> None:
    server.script = lambda request: json_answer(nothing)
    assert api.srm_protected_vms(*SITES) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"code": 403, "msg": "no permission"},
        {"data": [plan(1, "east")]},
        {"RsSrmRecoveryPlan": [plan(1, "east")]},
        {"RsSrmRecovery": [plan(1, "east")], "recoveryPlan": []},
        "no permission",
        7,
        [[]],
        [{"id": 1}],
        [plan(1, "east"), plan(2, "east")],
    ],
)
def test_plans_of_another_form_are_an_error(
    server: Any, api: VmsApi, json_answer: Any, other: object
) -> None:
    server.script = answers(json_answer, other, {"east": []})
    with pytest.raises(BadAnswer) as caught:
        api.srm_protected_vms(*SITES)
    assert caught.value.code == "answer_shape"
    if isinstance(other, dict):
        assert all(key in caught.value.fields["got"] for key in other)


@pytest.mark.parametrize("other", [{"code": 403, "msg": "no"}, {"machines": [vm("a")]}, [{"title": "t"}]])
def test_machines_of_another_form_are_an_error(
    server: Any, api: VmsApi, json_answer: Any, other: object
) -> None:
    server.script = answers(json_answer, [plan(1, "east")], {"east": other})
    with pytest.raises(BadAnswer):
        api.srm_protected_vms(*SITES)


def test_a_machine_with_an_id_counts_once_over_all_plans(server: Any, api: VmsApi, json_answer: Any) -> None:
    machines: dict[str, object] = {"east": [{"id": 1}, {"id": "2"}], "west": {"id": "2", "name": "b"}}
    server.script = answers(json_answer, [plan(1, "east"), plan(2, "west")], machines)
    assert api.srm_protected_vms(*SITES) == 2


@pytest.mark.parametrize(
    ("east", "west", "low", "high"),
    [
        ([vm("a"), vm("b")], [vm("b"), vm("c")], 3, 4),
        ([vm("a")], [vm("a")], 1, 2),
        ([{"id": 1, "name": "a"}], [vm("a")], 1, 2),
        ([{"id": 1, "name": "a"}, vm("b")], [vm("c")], 2, 3),
    ],
)
def test_a_name_in_two_plans_may_be_one_machine_or_two(
    server: Any, api: VmsApi, json_answer: Any, east: object, west: object, low: int, high: int
) -> None:
    server.script = answers(json_answer, [plan(1, "east"), plan(2, "west")], {"east": east, "west": west})
    with pytest.raises(CountUncertain) as caught:
        api.srm_protected_vms(*SITES)
    assert (caught.value.low, caught.value.high) == (low, high)


def test_machines_of_one_plan_are_different(server: Any, api: VmsApi, json_answer: Any) -> None:
    machines: dict[str, object] = {"east": [{"id": 1, "name": "a"}, vm("b")], "west": []}
    server.script = answers(json_answer, [plan(1, "east"), plan(2, "west")], machines)
    assert api.srm_protected_vms(*SITES) == 2
