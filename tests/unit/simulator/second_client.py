# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of the simulator's second API by plain HTTP, without code of the collection."""

from __future__ import annotations

import json
import time
from typing import Any
from xml.sax.saxutils import escape

USER, PASSWORD = "automation", "s3cret: pass"
CLOCK = "2026-12-06T00:00:00Z"
SCENARIO: dict[str, Any] = {
    "api": "second",
    "clock": CLOCK,
    "license_servers": {
        "ls": {
            "licenses": [
                {
                    "product": "vms_standard",
                    "arch": "x86_64",
                    "kind": "formal",
                    "code": "3132A0XY",
                    "quantity": 8,
                    "key": "SECOND-KEY-0001",
                },
                {
                    "product": "vms_enterprise",
                    "arch": "aarch64",
                    "kind": "temporary",
                    "quantity": 2,
                    "term_days": 30,
                    "key": "SECOND-KEY-0002",
                    "code": "3132T0XY",
                },
                {
                    "product": "container_service",
                    "kind": "formal",
                    "quantity": 3,
                    "key": "SECOND-KEY-0003",
                    "code": "3132C0XY",
                },
            ],
            "clients": [{"name": "other", "password": "x"}],
        },
        "spare": {},
    },
    "product_nodes": {
        "dr": {
            "product": "disk_backup_dr",
            "used": 4,
            "licenses": [
                {
                    "product": "disk_backup_dr",
                    "kind": "formal",
                    "packs": [10, 1],
                    "key": "SECOND-KEY-0004",
                    "code": "3132D0XY",
                }
            ],
        }
    },
    "vms": {
        "many": {
            "arch": "aarch64",
            "hosts": [
                {"count": 4, "arch": "aarch64", "vms": 4},
                {"arch": "x86_64", "container_cluster": True, "status": "bad"},
            ],
            "srm": {"protected_vms": 3, "main_site_ip": "10.0.0.1", "spare_site_ip": "10.0.0.2"},
            "license_server": {"server": "ls", "client": "many"},
            "hot_standby": {"slave_ip": "10.1.0.11"},
        },
        "none": {},
    },
    "keys": [
        {"key": "KEY-1", "product": "vms_standard", "arch": "x86_64", "quantity": 4},
        {"key": "KEY-DR", "product": "disk_backup_dr", "packs": [10]},
    ],
}


class Portal:
    """The web interface of one VMS: a cookie and a CSRF header."""

    def __init__(self, sim: Any, name: str) -> None:
        self.sim, self.name = sim, name
        self.headers: dict[str, str] = {}

    def sign_in(self, password: str = PASSWORD) -> Any:
        body = json.dumps({"login": {"account": USER, "secret": password}}).encode()
        answer = self.sim.send(self.name, "POST", "/portal/sign-in", body, Content_Type="application/json")
        if answer.json["ret"] == 0:
            (cookie,) = [text for text in answer.headers.get_all("Set-Cookie") if text.startswith("SID=")]
            self.headers = {"Cookie": cookie.partition(";")[0], "X_CSRF": answer.json["obj"]["csrf"]}
        return answer

    def send(self, method: str, path: str, body: bytes | None = None, **more: str) -> Any:
        if not self.headers:
            assert self.sign_in().json["ret"] == 0
        return self.sim.send(self.name, method, f"/api/v3{path}", body, **{**self.headers, **more})

    def read(self, path: str) -> Any:
        answer = self.send("GET", path)
        assert (answer.status, answer.json["ret"]) == (200, 0), answer.json
        return answer.json["obj"]

    def job(self, answer: Any) -> Any:
        assert (answer.status, answer.json) == (202, {"ret": 0, "obj": None})
        return ended(lambda: self.send("GET", answer.headers["Location"].removeprefix("/api/v3")).json)


class Console:
    """The console of a License Server or product node: a token in a header."""

    def __init__(self, sim: Any, name: str) -> None:
        self.sim, self.name, self.token = sim, name, ""
        self.base = "/lic/v2/own" if sim.node(name)["kind"] == "product_node" else "/lic/v2"

    def sign_in(self, password: str = PASSWORD) -> Any:
        body = json.dumps({"account": USER, "secret": password}).encode()
        answer = self.sim.send(self.name, "POST", "/console/session", body, Content_Type="application/json")
        self.token = answer.headers.get("X-Console-Token", "")
        return answer

    def send(self, method: str, path: str, body: object = None, **more: str) -> Any:
        if not self.token:
            assert self.sign_in().json["ret"] == 0
        headers = {"Authorization": f"Console {self.token}", **more}
        if body is not None and not isinstance(body, bytes):
            headers["Content_Type"], body = "application/json", json.dumps(body).encode()
        return self.sim.send(self.name, method, f"{self.base}{path}", body, **headers)

    def records(self, path: str) -> Any:
        answer = self.send("GET", path)
        assert answer.status == 200, answer.json
        assert answer.json["obj"]["page"]["sum"] >= len(answer.json["obj"]["page"]["records"])
        return answer.json["obj"]["page"]["records"]

    def upload(self, content: bytes, part: str = "package") -> Any:
        head = f'--edge\r\nContent-Disposition: form-data; name="{part}"; filename="A.ak"\r\n\r\n'
        body = head.encode() + content + b"\r\n--edge--\r\n"
        return self.send("POST", "/packages", body, Content_Type="multipart/form-data; boundary=edge")

    def job(self, answer: Any) -> Any:
        assert (answer.status, answer.json) == (202, {"ret": 0, "obj": None})
        place = answer.headers["Location"]
        assert place.startswith(f"{self.base}/jobs/")
        return ended(lambda: self.send("GET", place.removeprefix(self.base)).json)


def ended(read: Any) -> Any:
    """Return the first body of a job that no longer runs."""
    end = time.monotonic() + 5
    while True:
        body = read()
        if body["obj"]["state"] != "RUNNING":
            return body["obj"]
        assert time.monotonic() < end, "the job did not end in time"
        time.sleep(0.01)


def source_xml(sim: Any, server: str, client: str, secret: str, contract: str | None = None) -> bytes:
    node = sim.node(server)
    ports = f'<ports agent="{node["client_port"]}" console="{node["port"]}"/>'
    agent = f"<agent><name>{client}</name><secret>{escape(secret)}</secret></agent>"
    more = "" if contract is None else f"<contract>{contract}</contract>"
    endpoint = f"<endpoint><host>127.0.0.1</host>{ports}</endpoint>"
    return f'<?xml version="1.0" encoding="UTF-8"?><source>{endpoint}{agent}{more}</source>'.encode()
