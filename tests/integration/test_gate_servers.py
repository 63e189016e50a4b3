# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the gate for servers whose lists move, whose times have no zone, whose clock is wrong, that refuse."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rewriting_proxy import Answer, Rewrite, RewritingProxy
from site_servers import Run, Site

SCENARIO = """
clock: now
credentials: {username: automation, password: gate-password-1B7E}
license_servers:
  ls-east:
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 4}
      - {product: vms_standard_to_enterprise, arch: x86_64, kind: formal, code: "3132A0XZ", quantity: 4}
    clients: [{name: hangzhou, password: gate-client-40D2}]
vms:
  hangzhou:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk, cpu_sockets: 2, arch: x86_64, count: 2}]
    license_server: {server: ls-east, client: hangzhou}
"""
INVENTORY = """
all:
  vars:
    usphere_scheme: http
    usphere_port: "{{ ports[inventory_hostname] }}"
  children:
    vms:
      hosts:
        hangzhou: {usphere_license_server: ls-east}
    consoles:
      hosts:
        ls-east: {}
"""
NOW = dt.datetime.now(dt.timezone.utc)
HOST_LIST = "/cas/casrs/host/list"
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("servers"), SCENARIO, INVENTORY) as made:
        yield made


class Gate:
    """The gate over the site, with changed responses of the manager and of the License Server."""

    def __init__(self, site: Site, vms: RewritingProxy, license_server: RewritingProxy) -> None:
        self.site = site
        self.vms = vms
        self.license_server = license_server

    def run(self, srm: int = 0, **variables: object) -> tuple[Run, dict[str, Any]]:
        """Return the run and the result; ``srm`` VMs are protected by SRM."""
        names = ("isc", "disk_backup_dr", "heterogeneous_migration")
        features: dict[str, Any] = {name: {"in_use": False} for name in names}
        features["srm"] = {"in_use": True, "used": srm} if srm else {"in_use": False}
        kept = self.site.folder / "result.json"
        kept.unlink(missing_ok=True)
        run = self.site.play(
            "compliance",
            ports={"hangzhou": self.vms.port, "ls-east": self.license_server.port},
            license_compliance_site={"features": features},
            license_compliance_result_file=str(kept),
            **variables,
        )
        return run, json.loads(Path(kept).read_text(encoding="utf-8"))


@pytest.fixture
def gate(site: Site) -> Iterator[Gate]:
    nodes, ca = site.endpoints["nodes"], site.endpoints["ca"]
    with RewritingProxy(nodes["hangzhou"], ca) as vms, RewritingProxy(nodes["ls-east"], ca) as server:
        yield Gate(site, vms, server)


def changed_json(path_end: str, change: Callable[[dict[str, Any]], None]) -> Rewrite:
    """Return a rewriting of the JSON object at paths that end so."""

    def rewrite(path: str, query: Mapping[str, str], answer: Answer) -> Answer:
        if not path.endswith(path_end):
            return answer
        body = json.loads(answer.body)
        change(body)
        return replace(answer, body=json.dumps(body).encode())

    return rewrite


def pages_of_hosts(rows_from: Callable[[int], list[int]], total: str | None) -> Rewrite:
    """Return a rewriting of the list of hosts: the ids of a page by its offset, and the total."""

    def rewrite(path: str, query: Mapping[str, str], answer: Answer) -> Answer:
        if path != HOST_LIST:
            return answer
        ids = rows_from(int(query.get("offset", "0")))
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "total"}
        if total is not None:
            headers["Total"] = total.encode()
        body = json.dumps({"host": [host(each) for each in ids]}).encode()
        return replace(answer, headers=headers, body=body)

    return rewrite


def host(number: int) -> dict[str, object]:
    return {
        "id": number,
        "name": f"cvk-{number}",
        "hostType": 16,
        "status": 1,
        "cpuSockets": 2,
        "cvkVersion": "7.0 (E0760P03)",
        "clusterId": 1,
        "addTime": 1700000000000,
    }


def not_passed(result: Mapping[str, Any]) -> dict[str, str]:
    """Return the verdict of each finding that did not pass, by its pointer."""
    return {one["pointer"]: one["verdict"] for one in result["findings"] if one["verdict"] != "pass"}


def reasons(result: Mapping[str, Any]) -> set[str]:
    """Return why facts are not known on which findings depend."""
    return {fact["reason"] for one in result["findings"] for fact in one.get("because", ())}


def test_the_unchanged_servers_comply(gate: Gate) -> None:
    run, result = gate.run()
    assert (run.code, not_passed(result)) == (0, {}), run.output


def test_a_host_that_is_hidden_by_a_list_that_moves_is_not_forgotten(gate: Gate) -> None:
    """Sorted anew between two pages, the second host is returned twice and the third one never."""
    gate.vms.rewrite = pages_of_hosts(lambda offset: [1, 2] if offset == 0 else [2], total="3")
    run, result = gate.run()
    assert (run.code, result["decision"]) == (2, "undetermined"), run.output
    assert not_passed(result)["/hosts"] == "unknown"
    assert reasons(result) == {"gather_error"}


def test_hosts_beyond_a_page_that_the_server_shortens_are_counted(gate: Gate) -> None:
    """Four hosts with eight sockets, in pages of two whatever limit is sent, without a total."""
    gate.vms.rewrite = pages_of_hosts(lambda offset: [1, 2, 3, 4][offset : offset + 2], total=None)
    run, result = gate.run()
    assert (run.code, result["decision"]) == (2, "non_compliant"), run.output


def srm_license(expires_at: object) -> dict[str, Any]:
    return {
        "id": "LS-000009",
        "productId": "srm",
        "arch": "x86_64",
        "kind": "temporary",
        "code": "3132A0ZZ",
        "quantity": 20,
        "expiresAt": expires_at,
        "status": "in_use",
        "fileName": "srm.ak",
        "assigned": [{"client": "hangzhou", "quantity": 20}],
    }


def with_srm_license(expires_at: object) -> Rewrite:
    def add(body: dict[str, Any]) -> None:
        body["rows"] = [*body["rows"], {**body["rows"][0], **srm_license(expires_at)}]
        body["total"] = len(body["rows"])

    return changed_json("/licenses", add)


def local(moment: dt.datetime) -> str:
    """Return a time as a server in Shanghai writes it, without its zone."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def test_a_license_that_ended_by_the_local_time_of_its_server_does_not_count(gate: Gate) -> None:
    """The time without a zone lies six hours ahead if it is read as UTC."""
    gate.license_server.rewrite = with_srm_license(local(NOW - dt.timedelta(hours=2)))
    run, result = gate.run(srm=12)
    assert (run.code, result["decision"]) == (2, "undetermined"), run.output
    assert reasons(result) == {"zone"}


def test_the_time_zone_of_the_inventory_decides(gate: Gate) -> None:
    gate.license_server.rewrite = with_srm_license(local(NOW - dt.timedelta(hours=2)))
    run, result = gate.run(srm=12, usphere_timezone="Asia/Shanghai")
    assert (run.code, result["decision"]) == (2, "non_compliant"), run.output


def test_a_time_without_a_zone_does_not_matter_far_from_now(gate: Gate) -> None:
    gate.license_server.rewrite = with_srm_license(local(NOW + dt.timedelta(days=200)))
    run, result = gate.run(srm=12)
    assert (run.code, not_passed(result)) == (0, {}), run.output


def test_a_time_in_seconds_is_no_time_of_1970(gate: Gate) -> None:
    def change(body: dict[str, Any]) -> None:
        for row in body["rows"]:
            row["expiresAt"] = 1893456000  # 2030-01-01

    gate.license_server.rewrite = changed_json("/licenses", change)
    run, result = gate.run()
    assert (run.code, result["decision"]) == (2, "undetermined"), run.output
    assert reasons(result) == {"value"}
    assert "1970" not in run.output
    assert "1893456000, which is not valid" in " ".join(run.output.split())


def ahead_by(ahead: dt.timedelta) -> Rewrite:
    """Return a rewriting of the clock of a License Server."""
    clock = (dt.datetime.now(dt.timezone.utc) + ahead).strftime("%Y-%m-%dT%H:%M:%SZ")
    return changed_json("/server", lambda body: body.update(time=clock))


def test_a_license_that_ended_by_the_clock_of_its_server_does_not_count(gate: Gate) -> None:
    """The clock of the License Server is 60 days ahead, and the license ends in 40 days."""
    clock = ahead_by(dt.timedelta(days=60))
    licensed = with_srm_license((NOW + dt.timedelta(days=40)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    gate.license_server.rewrite = lambda path, query, answer: licensed(
        path, query, clock(path, query, answer)
    )
    run, result = gate.run(srm=12)
    assert (run.code, result["decision"]) == (2, "undetermined"), run.output
    assert reasons(result) == {"conflict"}
    assert not_passed(result)["/license_server/clock_skew_s"] == "fail"


def test_a_clock_that_differs_by_ten_minutes_is_only_a_warning(gate: Gate) -> None:
    gate.license_server.rewrite = ahead_by(dt.timedelta(minutes=10))
    run, result = gate.run()
    assert (run.code, not_passed(result)) == (0, {"/license_server/clock_skew_s": "fail"}), run.output


def test_a_refusal_in_gbk_is_readable(gate: Gate) -> None:
    def refuse(path: str, query: Mapping[str, str], answer: Answer) -> Answer:
        if not path.endswith("/cvm/license"):
            return answer
        sentence = "许可证已过期，请重新注册".encode("gbk")
        return Answer(409, {"Error-Code": b"1001", "charset": b"GBK", "Error-Message": sentence}, b"")

    gate.vms.rewrite = refuse
    run, _result = gate.run()
    assert "1001: 许可证已过期，请重新注册" in run.output
