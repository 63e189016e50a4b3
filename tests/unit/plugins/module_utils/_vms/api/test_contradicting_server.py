# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that answer one call wrongly: all facts that are known nevertheless are true."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.read_system import (
    read_system,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.vms import ReadOptions
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    LicenseServerApi,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile

PASSWORD = "planted/secret+1"
OPEN = load_profile(
    {
        "extends": "usphere_7",
        "name": "open",
        "bases": {
            "vms": {"path": "/cas/casrs", "auth": "none"},
            "license_server": {"path": "/licsmgr/api/v1", "auth": "none"},
        },
    }
)
HOST = {"name": "cvk1", "cpuSockets": 2, "hostType": 16, "status": 1, "cvkVersion": "7.0 (E0760)"}
LICENSE = {
    "id": "LS-1",
    "productId": "vms_standard",
    "arch": "x86_64",
    "kind": "formal",
    "quantity": 4,
    "expiresAt": "never",
    "status": "in_use",
    "assigned": [{"client": "hangzhou", "quantity": 4}],
}
VMS, LICENSES = "/cas/casrs", "/licsmgr/api/v1"
HOSTS = VMS + "/host/list"
COUNT = VMS + "/host"
HONEST: dict[str, tuple[object, dict[str, str]]] = {
    HOSTS: ({"host": {**HOST, "id": 1, "clusterId": 1}}, {"Total": "1"}),
    COUNT: ({"host": {"id": 1}}, {}),
    VMS + "/cluster/clusters": ({"cluster": {"id": 1, "containerCluster": 1}}, {}),
    VMS + "/system/cvm": ({"type": 16}, {}),
    VMS + "/version": ({"casVersion": "V7.0 (E0760)"}, {}),
    VMS + "/system/platform": ({"masterIp": "10.0.0.1", "slaveIp": "10.0.0.2"}, {}),
    VMS + "/vm/vmList": ({"domain": {"id": 1}}, {"Total": "3"}),
    VMS + "/cvm/license": ({"cpuNum": 4, "mCpuNum": 2, "vmNum": 5}, {}),
    VMS + "/cloudSrm/recoveryPlan": ([{"id": 1, "name": "plan"}], {}),
    VMS + "/cloudSrm/recoveryPlan/vmList": ([{"name": "vm"}], {}),
    VMS + "/licenseServer": ({"address": "10.0.0.5", "clientName": "hangzhou", "serverId": "ls"}, {}),
    LICENSES + "/server": ({"id": "ls"}, {}),
    LICENSES + "/licenses": ({"rows": [LICENSE], "total": 1}, {}),
}
BASIC = base64.b64encode(f"automation:{PASSWORD}".encode()).decode()
ECHOES = [PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD, safe="").lower(), BASIC]
WRONG_ANSWERS: list[object] = [
    {"code": 403, "msg": "no permission"},
    {"code": 403, "msg": f"no permission for Basic {BASIC}"},
    {"success": False, "data": []},
    {"success": "false", "message": PASSWORD},
    {"statusType": "ERROR", "message": quote(PASSWORD, safe="")},
    {"errorCode": 1105, "errorMessage": BASIC},
    {"data": []},
    {"data": [], "state": "failed", "message": quote(PASSWORD, safe="").lower()},
    {"state": 0, "message": "no permission"},
    {"data": {"code": 403}, "state": 0},
    {PASSWORD: 1},
    "no permission",
    5,
    True,
    [None],
    [[]],
    [{}],
    {"list": []},
    {"total": "many", "items": []},
]


@pytest.fixture
def read(server: Any, connect: Any, json_answer: Any) -> Any:
    def run(answers: Mapping[str, tuple[object, dict[str, str]]]) -> tuple[dict[str, Any], str]:
        def script(request: Any) -> Any:
            body, headers = answers[request.path]
            return json_answer(body(request) if callable(body) else body, **headers)

        server.script = script
        connection = connect(password=PASSWORD)
        messages: list[str] = []
        options = ReadOptions(
            srm_sites=[("10.0.0.1", "10.9.0.1")],
            note=lambda error: messages.append(render(error.code, error.fields)),
            now=lambda: 1795507200.0,
        )
        try:
            facts = read_system(VmsApi(connection, OPEN), LicenseServerApi(connection, OPEN), options)
        except UsphereError as error:
            return {}, render(error.code, error.fields)
        return facts, " ".join(messages)

    return run


def known(facts: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield every known value with its pointer; for a list also its length."""
    stack: list[tuple[str, Any]] = [(name, value) for name, value in facts.items() if name != "unknown"]
    while stack:
        place, value = stack.pop()
        if isinstance(value, Mapping):
            stack += [(f"{place}/{name}", item) for name, item in value.items()]
        elif isinstance(value, list):
            yield place, len(value)
            stack += [(f"{place}/{index}", item) for index, item in enumerate(value)]
        else:
            yield place, value


def holds_nothing_false(facts: Mapping[str, Any], truth: Mapping[str, Any]) -> None:
    true = dict(known(truth))
    # A list that is marked as incomplete may be shorter.
    is_open = facts.get("licenses", {}).get("complete") is False
    for place, value in known(facts):
        if not (is_open and place.startswith("licenses/")):
            assert true.get(place) == value, place


@pytest.mark.parametrize("path", [path for path in HONEST if path != COUNT])
def test_a_wrong_answer_to_one_call_makes_no_false_fact_known(path: str, read: Any) -> None:
    truth, error_text = read(HONEST)
    assert error_text == ""
    assert truth["licenses"]["complete"] is True
    assert truth["features"]["srm"] == {"in_use": True, "used": 1}
    for wrong_answer in WRONG_ANSWERS:
        facts, error_text = read({**HONEST, path: (wrong_answer, {})})
        assert error_text, f"{wrong_answer!r} was accepted"
        # Only a failure to read the hosts may fail the complete reading; the wrong answer is never accepted.
        assert ("hosts" in facts) == (path != HOSTS), wrong_answer
        holds_nothing_false(facts, truth)
        assert not any(echo in error_text for echo in ECHOES), error_text


@pytest.mark.parametrize("total", [{}, {"Total": "3"}])
@pytest.mark.parametrize(
    "pages",
    [
        [[1, 2], [2]],
        [[1, 1], [2]],
        [[1], [1, 2]],
        [[1, 2], [1]],
        [[1, 2, 3], [3]],
    ],
)
def test_hosts_from_contradicting_pages_are_an_incomplete_list(
    pages: list[list[int]], total: dict[str, str], read: Any
) -> None:
    if total and len(pages[0]) == 3:
        pages = [[1, 2], [3, 3]]

    def body(request: Any) -> object:
        at = int(request.target.split("offset=")[1].split("&")[0])
        seen = 0
        for page in pages:
            if seen == at:
                return {"host": [{**HOST, "id": ident} for ident in page]}
            seen += len(page)
        return {}

    facts, error_text = read({**HONEST, HOSTS: (body, total), COUNT: ({"code": 403}, {})})
    # The pages have three rows of different or equal ids, and every id is kept once.
    assert [row["id"] for row in facts["hosts"]] == [
        str(ident) for ident in sorted({ident for page in pages for ident in page})
    ]
    assert facts["unknown"]["/hosts/-"] == {"reason": "gather_error"}
    assert facts["unknown"]["/features/container_engine/used"] == {"reason": "gather_error"}
    assert "twice" in error_text


@pytest.mark.parametrize("wrong_answer", WRONG_ANSWERS, ids=range(len(WRONG_ANSWERS)))
def test_pages_show_that_a_list_is_complete_if_the_count_fails(wrong_answer: object, read: Any) -> None:
    def body(request: Any) -> object:
        return {"host": {**HOST, "id": 1, "clusterId": 1}} if "offset=0" in request.target else {}

    truth, _error_text = read(HONEST)
    facts, error_text = read({**HONEST, HOSTS: (body, {}), COUNT: (wrong_answer, {})})
    assert facts["hosts"] == truth["hosts"]
    assert facts["unknown"] == truth["unknown"]
    assert error_text == ""
