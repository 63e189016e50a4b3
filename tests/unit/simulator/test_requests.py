# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of public clients and of recorded answers: the simulator answers them as the real systems do."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml

_HERE = Path(__file__).parent
_LS_BASE = "/licsmgr/api/v1"


def _read(name: str) -> Any:
    return yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))


PUBLIC = [
    pytest.param({**request, "headers": client["headers"], "body": client.get("body")}, id=request["uri"])
    for client in _read("public_requests.yml").values()
    for request in client["requests"]
]
RECORDED = [pytest.param(request, id=request["uri"]) for request in _read("recorded_requests.yml")]


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    licenses = [{"product": "vms_standard", "arch": "aarch64", "kind": "formal", "quantity": 8}]
    site = {"protected_vms": 2, "main_site_ip": "192.0.2.1", "spare_site_ip": "198.51.100.1"}
    return simulate_module(
        license_servers={"ls": {"licenses": licenses}},
        vms={
            "system": {
                "arch": "aarch64",
                "hosts": [{"count": 2, "vms": 4}],
                "srm": site,
                "hot_standby": {"slave_ip": "10.1.0.11"},
            },
            "single": {"hosts": [{"clustered": False}, {"maintenance": True}]},
        },
    )


def _of_xml(content: bytes) -> tuple[str, dict[str, Any]]:
    """Return the root's name and its contents; attributes begin with ``@``, repeated elements are lists."""
    root = ET.fromstring(content)  # noqa: S314 - the answer of our own simulator

    def value(element: ET.Element) -> Any:
        if not len(element) and not element.attrib:
            return element.text or ""
        found: dict[str, Any] = {f"@{key}": text for key, text in element.attrib.items()}
        for child in element:
            found.setdefault(child.tag, []).append(value(child))
        return {
            key: items[0] if isinstance(items, list) and len(items) == 1 else items
            for key, items in found.items()
        }

    contents = value(root)
    return root.tag, contents if isinstance(contents, dict) else {}


def _rows(body: Any, key: str | None) -> list[Any]:
    """Return the rows of an answer; a list of one is the row itself."""
    if key == "array":
        assert isinstance(body, list)
        return list(body)
    found = body if key is None else body[key]
    return list(found) if isinstance(found, list) else [found]


def _check(answer: Any, wanted: dict[str, Any]) -> None:
    for name, text in wanted.get("headers", {}).items():
        if name not in ("Accept", "Content-Type"):
            assert answer.headers[name] == text
    if wanted.get("empty"):
        assert answer.content == b""
        return
    if answer.status >= 400:
        return
    if "root" in wanted:
        root, body = _of_xml(answer.content)
        assert root == wanted["root"]
    else:
        body = answer.json
    assert not [key for key in wanted.get("root_absent", []) if key in body]
    rows = _rows(body, wanted.get("rows"))
    assert rows
    for row in rows:
        assert not [key for key in wanted["fields"] if key not in row], row
        assert not [key for key in wanted.get("absent", []) if key in row], row
        for key, kind in wanted.get("types", {}).items():
            assert _is_type(row[key], kind), (key, row[key])


def _is_type(value: Any, kind: str) -> bool:
    if kind == "iso":
        return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", value) is not None
    return isinstance(value, {"text": str, "number": int}[kind])


@pytest.mark.parametrize("wanted", PUBLIC)
def test_a_public_client_gets_what_it_reads(sim: Any, wanted: dict[str, Any]) -> None:
    data = None if wanted["body"] is None else wanted["body"].encode()
    answer = sim.by_digest("system", wanted["method"], wanted["uri"], data, wanted["headers"])
    assert answer.status == 200
    _check(answer, wanted)


@pytest.mark.parametrize("wanted", RECORDED)
def test_a_recorded_request_gets_the_recorded_structure(sim: Any, wanted: dict[str, Any]) -> None:
    node, method, uri = wanted.get("node", "system"), wanted.get("method", "GET"), wanted["uri"]
    if node == "ls":
        answer = sim.server(node, method, uri.removeprefix(_LS_BASE))
    else:
        headers = {"Accept": wanted.get("accept", "application/json")}
        answer = sim.by_digest(node, method, uri, None, headers)
    assert answer.status == wanted.get("status", 200)
    _check(answer, wanted)


def test_a_host_outside_of_clusters_has_no_cluster(sim: Any) -> None:
    outside, inside = sim.vms("single", "GET", "/host/list").json["host"]
    assert ("clusterId" in outside, outside["cvkMaintain"]) == (False, "0")
    assert (inside["clusterId"], inside["cvkMaintain"]) == (1, 1)
    assert sim.vms("single", "GET", "/cluster/clusters").json["cluster"]["childNum"] == "1"


def test_a_finished_message_tells_its_success_in_sentences(sim: Any) -> None:
    started = sim.vms("system", "PUT", "/vm/start/20000").json
    assert len(started["msgId"]) == 13
    done = sim._wait(lambda: sim.vms("system", "GET", f"/message/{started['msgId']}").json, "true")
    sentence = "任务：启动虚拟机\u201cvm-2-0\u201d完成。"
    assert (done["result"], done["detail"], done["failMsg"]) == ("0", sentence, sentence)
    assert "errorCode" not in done
    assert sim.vms("system", "GET", "/vm/detail/20000").json["vmStatus"] == "running"
    assert int(sim.vms("system", "GET", "/host/detail?hostId=2").json["vmRunCount"]) == 4
    assert sim.vms("system", "GET", "/message/1").status == 404
