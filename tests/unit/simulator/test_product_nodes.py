# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Product nodes: a port, account and device of their own, one product, packs."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

DR, MIGRATION, ISC = "disk_backup_dr", "heterogeneous_migration", "isc"
LOCAL = "/local-license"
LENT = {"key": "DR-LENT", "product": DR, "kind": "temporary", "quantity": 5, "term_days": 30}


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    return simulate_module(
        license_servers={"ls": {}},
        product_nodes={
            "dr": {
                "product": DR,
                "used": 12,
                "version": "E0760P05",
                "licenses": [
                    {"product": DR, "kind": "formal", "packs": [10, 1], "code": "3132D0XY"},
                    {
                        "product": DR,
                        "kind": "temporary",
                        "quantity": 3,
                        "term_days": 30,
                        "issued_days_ago": 31,
                    },
                ],
            },
            "dr-2": {"product": DR},
            "migration": {"product": MIGRATION},
            "isc": {
                "product": ISC,
                "licenses": [{"product": ISC, "kind": "preinstalled", "quantity": 50}],
            },
        },
        keys=[
            {"key": "DR", "product": DR, "packs": [100, 10, 10, 1], "code": "3132D0XY"},
            {"key": "DR-MOVING", "product": DR, "packs": [50, 10, 7], "code": "3132D0XY"},
            LENT,
            {"key": "ISC", "product": ISC, "quantity": 200},
            {"key": "EDITION", "product": "vms_standard", "arch": "x86_64", "quantity": 4},
        ],
    )


def install(sim: Any, node: str, content: bytes) -> Any:
    answer = sim.upload(node, content)
    assert answer.status == 202, answer.json
    return sim.wait_server(node, answer.json["msgId"])


def uninstall(sim: Any, node: str, license_id: str) -> bytes:
    answer = sim.server(node, "POST", f"/licenses/{license_id}/uninstall")
    assert answer.status == 202, answer.json
    assert sim.wait_server(node, answer.json["msgId"])["result"] == 0
    return bytes(sim.server(node, "GET", f"/licenses/{license_id}/uninstall-file").content)


def test_a_node_has_its_own_port_account_and_calls(sim: Any) -> None:
    node = sim.node("dr")
    assert (node["kind"], node["product"]) == ("product_node", DR)
    assert {"username", "password", "client_id", "client_secret"} <= set(node)
    assert len({sim.node(name)["port"] for name in ("ls", "dr", "dr-2", "migration", "isc")}) == 5
    about = sim.server("dr", "GET", "/server").json
    assert {key: about[key] for key in ("id", "product", "version", "peer")} == {
        "id": "dr",
        "product": DR,
        "version": "E0760P05",
        "peer": None,
    }
    foreign = sim.send("dr", "GET", "/licsmgr/api/v1/licenses", Authorization=f"Bearer {sim.bearer('dr')}")
    assert foreign.status == 404  # the calls of a License Server do not exist here
    other = sim.send(
        "migration", "GET", f"/licsmgr/api/v1{LOCAL}/licenses", Authorization=f"Bearer {sim.bearer('dr')}"
    )
    assert (other.status, other.json["errorCode"]) == (401, "token_invalid")
    assert sim.server("dr", "GET", "/clients").status == 404


def test_valid_licenses_are_in_use_and_counted(sim: Any) -> None:
    formal, lent = sim.server("dr", "GET", "/licenses").json["rows"]
    assert (formal["status"], formal["quantity"], formal["packs"]) == ("in_use", 11, [10, 1])
    assert (formal["assigned"], formal["arch"]) == ([], None)
    assert (lent["status"], lent["packs"]) == ("expired", None)
    (total,) = sim.server("dr", "GET", "/licenses/statistic").json["rows"]
    assert (total["licAmount"], total["licUsedAmount"], total["licRemainAmount"]) == (11, 11, 0)


def test_only_its_own_product_is_accepted(sim: Any) -> None:
    for product in ("ISC", "EDITION"):
        message = install(sim, "dr-2", sim.activation_file("dr-2", (product, 1)))
        assert message["errorCode"] == "wrong_product"
        assert DR in message["failMsg"]
    message = sim.install("ls", sim.activation_file("ls", ("DR", 1)))
    assert message["errorCode"] == "product_not_remote"
    assert install(sim, "isc", sim.activation_file("isc", ("ISC", 20)))["result"] == 0
    rows = sim.server("isc", "GET", "/licenses").json["rows"]
    assert [(row["kind"], row["status"]) for row in rows] == [
        ("preinstalled", "in_use"),
        ("formal", "in_use"),
    ]


def test_a_file_is_for_the_device_of_one_node(sim: Any) -> None:
    content = sim.activation_file("dr-2", ("DR-LENT", 2))
    assert install(sim, "dr", content)["errorCode"] == "device_mismatch"
    (license_id,) = install(sim, "dr-2", content)["detail"]["licenseIds"]
    assert sim.upload("dr-2", content).json["errorCode"] == "already_installed"
    refused = sim.server("dr-2", "POST", f"/licenses/{license_id}/uninstall")
    assert refused.json["errorCode"] == "not_uninstallable"  # R16
    assert sim.control("POST", "/nodes/dr-2/new-device").status == 204
    assert sim.server("dr-2", "GET", f"/licenses/{license_id}").json["status"] == "unusable"
    assert sim.server("dr-2", "GET", "/licenses/statistic").json["rows"] == []


def test_r32_packs_are_issued_and_transferred_without_splitting(sim: Any) -> None:
    refused = sim.activate("dr-2", ("DR", 5))
    assert (refused.status, refused.json["errorCode"]) == (409, "pack_not_split")
    part = sim.activate("dr-2", ("DR", 20)).json
    assert part["licenses"][0]["packs"] == [10, 10]
    assert sim.activate("dr-2", ("DR", 10)).json["errorCode"] == "pack_not_split"  # 100 is left
    assert sim.activate("dr-2", ("DR", None)).json["licenses"][0]["packs"] == [100]

    # A pack of a size that is not sold is accepted, too.
    whole, rest = sim.activate("dr-2", ("DR-MOVING", 57), split=True).json["files"]
    assert (whole["licenses"][0]["packs"], rest["licenses"][0]["packs"]) == ([50, 7], [10])
    (license_id,) = install(sim, "dr-2", base64.b64decode(whole["content"]))["detail"]["licenseIds"]
    proof = base64.b64encode(uninstall(sim, "dr-2", license_id)).decode()
    body = {"uninstall_file": proof, "device_information": sim.device("dr"), "quantities": [8]}
    assert sim.control("POST", "/platform/transfer", body).json["errorCode"] == "pack_not_split"
    files = sim.control("POST", "/platform/transfer", {**body, "quantities": [7]}).json["files"]
    assert [item["licenses"][0]["packs"] for item in files] == [[7], [50]]
    (moved,) = install(sim, "dr", base64.b64decode(files[0]["content"]))["detail"]["licenseIds"]
    row = sim.server("dr", "GET", f"/licenses/{moved}").json
    assert (row["quantity"], row["packs"]) == (7, [7])
    assert uninstall(sim, "dr", moved)


def test_the_command_line_activates_for_nodes(sim: Any, program: Any, tmp_path: Path) -> None:
    where = ("--state", sim.folder, "--out", tmp_path, "--server", "isc")
    done = program("platform", "activate", *where, "--key", "ISC", "--quantity", 5)
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.glob("*.ak")
    assert install(sim, "isc", file.read_bytes())["result"] == 0


def test_dry_run_and_faults_apply_to_nodes(sim: Any) -> None:
    sim.control("PUT", "/dry-run", {"on": True})
    try:
        assert sim.upload("dr", b"x").json["errorCode"] == "dry_run"
    finally:
        refused = sim.control("PUT", "/dry-run", {"on": False}).json["refused"]
    assert refused == [{"node": "dr", "method": "POST", "path": f"/licsmgr/api/v1{LOCAL}/activation-files"}]
    for path in (f"{LOCAL}/licenses", "/licenses"):
        fault = {"node": "dr", "kind": "http_500", "path": path}
        assert sim.control("POST", "/faults", fault).status == 201
        assert sim.server("dr", "GET", "/licenses").status == 500
    sim.control("DELETE", "/faults")


def license_row(product: str, **more: Any) -> dict[str, Any]:
    return {"product": product, "kind": "formal", **more}


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"product": "srm"}, "expected one of isc, disk_backup_dr, heterogeneous_migration"),
        ({"product": ISC, "licenses": [license_row(DR, quantity=1)]}, "isc only"),
        ({"product": ISC, "licenses": [license_row(ISC, packs=[1])]}, "R32"),
        (
            {"product": DR, "licenses": [license_row(DR, packs=[1], quantity=2)]},
            "sum",
        ),
        ({"product": DR, "licenses": [license_row(DR, packs=[0])]}, "at least 1"),
        ({"product": DR, "clients": []}, "clients: unknown key"),
    ],
)
def test_an_error_of_a_node_is_reported(
    tmp_path: Path, program: Any, node: dict[str, Any], message: str
) -> None:
    file = tmp_path / "wrong.yml"
    file.write_text(str({"product_nodes": {"n": node}}), encoding="utf-8")  # flow style YAML
    refused = program("start", "--state", tmp_path / "state", "--scenario", file)
    assert refused.returncode == 1
    assert message in refused.stderr
