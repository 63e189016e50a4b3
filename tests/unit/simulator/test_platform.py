# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The License platform: what it issues and what it rejects."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest


def key(name: str, product: str = "vms_standard", quantity: int = 10, **more: Any) -> dict[str, Any]:
    arch = {} if product in ("heterogeneous_migration", "container_service", "isc") else {"arch": "x86_64"}
    return {"key": name, "product": product, "quantity": quantity, **arch, **more}


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    return simulate_module(
        license_servers={"east": {}, "west": {}},
        keys=[
            key("FLEXIBLE", code="3132A0XY"),
            key("FLEXIBLE-SPLIT", code="3132A0XY"),
            key("FLEXIBLE-CLI", code="3132A0XY"),
            key("FIXED", code="3130A0XZ"),
            key("FIXED-MOVING", code="3130A0XZ", quantity=2),
            key("TEMPORARY", kind="temporary"),
            key("TEMPORARY-30", kind="temporary", term_days=30),
            key("MIGRATION", "heterogeneous_migration", kind="temporary", term_days=30),
            key("SHIPPED", kind="preinstalled"),
            key("SHIPPED-CONTAINER", "container_service", kind="preinstalled"),
            key("PAIR", hot_standby=True),
            key("ISC", "isc"),
        ],
    )


def refusal(answer: Any) -> str:
    assert answer.status == 409, answer.json
    assert answer.json["errorMessage"]
    return str(answer.json["errorCode"])


def test_a_flexible_key_is_registered_in_parts_up_to_its_quantity(sim: Any) -> None:
    first = sim.activate("east", ("FLEXIBLE", 4)).json
    content = base64.b64decode(first["content"])
    assert hashlib.sha256(content).hexdigest() == first["sha256"]
    assert first["file_name"].startswith("USPHERE7_")
    assert first["file_name"].endswith(".ak")
    assert refusal(sim.activate("west", ("FLEXIBLE", 7))) == "key_exceeded"
    second = sim.activate("west", ("FLEXIBLE", None)).json
    assert [item["quantity"] for item in second["licenses"]] == [6]
    assert second["file_name"] != first["file_name"]
    assert refusal(sim.activate("west", ("FLEXIBLE", None))) == "key_exceeded"


def test_a_split_key_gives_part_and_remainder(sim: Any) -> None:
    answer = sim.activate("east", ("FLEXIBLE-SPLIT", 3), split=True).json
    assert [file["licenses"][0]["quantity"] for file in answer["files"]] == [3, 7]
    assert answer["files"][0]["file_name"] == answer["file_name"]


def test_a_fixed_key_is_registered_once_and_not_split(sim: Any) -> None:
    assert refusal(sim.activate("east", ("FIXED", 4))) == "fixed_not_split"
    assert sim.activate("east", ("FIXED", 10)).status == 200
    assert refusal(sim.activate("west", ("FIXED", 10))) == "fixed_registered"


def test_a_rejected_key_prevents_registration_of_the_others(sim: Any) -> None:
    assert refusal(sim.activate("east", ("ISC", 1), ("NOBODY-KNOWS", None))) == "key_unknown"
    registered = {row["product"]: row["registered"] for row in sim.state()["platform"]["keys"]}
    assert registered["isc"] == 0


def test_some_kinds_are_not_issued(sim: Any) -> None:
    assert refusal(sim.activate("east", ("MIGRATION", 1))) == "kind_not_issued"
    assert refusal(sim.activate("east", ("SHIPPED", 1))) == "kind_not_issued"
    assert "R11" in sim.activate("east", ("SHIPPED-CONTAINER", 1)).json["errorMessage"]


def test_a_temporary_license_starts_when_its_file_is_issued(sim: Any) -> None:
    assert refusal(sim.activate("east", ("TEMPORARY", 1))) == "term_missing"
    temporary = sim.activate("east", ("TEMPORARY", 1), term_days=7).json["licenses"][0]
    fixed = sim.activate("east", ("TEMPORARY-30", 1)).json["licenses"][0]
    now = sim.control("GET", "/clock").json["now"]
    assert temporary["issued_at"][:10] == now[:10]
    assert temporary["expires_at"] < fixed["expires_at"]


def test_a_key_of_a_pair_needs_the_contract_number(sim: Any) -> None:
    assert refusal(sim.activate("east", ("PAIR", 1))) == "contract_number_missing"
    assert sim.activate("east", ("PAIR", 1), contract_number="SC-1").status == 200


def test_device_information_must_be_genuine(sim: Any) -> None:
    for wrong in (b"", b"nonsense", base64.b64decode(sim.device("east"))[:-1]):
        body = {"keys": [{"key": "PAIR"}], "device_information": base64.b64encode(wrong or b"-").decode()}
        assert refusal(sim.control("POST", "/platform/activation", body)) == "device_information_invalid"
    body = {"keys": [{"key": "PAIR"}], "device_information": "no base64!"}
    assert sim.control("POST", "/platform/activation", body).status == 400


def transfer(sim: Any, uninstall_file: bytes, server: str = "west", **more: Any) -> Any:
    body = {
        "uninstall_file": base64.b64encode(uninstall_file).decode(),
        "device_information": sim.device(server),
    }
    return sim.control("POST", "/platform/transfer", {**body, **more})


def uninstall(sim: Any, server: str, content: bytes) -> bytes:
    (license_id,) = sim.install(server, content)["detail"]["licenseIds"]
    accepted = sim.server(server, "POST", f"/licenses/{license_id}/uninstall")
    assert sim.wait_server(server, accepted.json["msgId"])["result"] == 0
    saved = sim.server(server, "GET", f"/licenses/{license_id}/uninstall-file")
    assert saved.status == 200
    return bytes(saved.content)


def test_an_uninstall_file_transfers_its_license_once(sim: Any) -> None:
    proof = uninstall(sim, "east", sim.activation_file("east", ("FIXED-MOVING", None)))
    assert refusal(transfer(sim, proof[:-1])) == "uninstall_file_invalid"
    assert refusal(transfer(sim, proof, quantities=[1])) == "fixed_not_split"
    moved = transfer(sim, proof)
    assert [item["quantity"] for item in moved.json["licenses"]] == [2]
    assert refusal(transfer(sim, proof)) == "uninstall_file_used"
    new = base64.b64decode(moved.json["content"])
    assert sim.install("east", new)["errorCode"] == "device_mismatch"
    assert sim.install("west", new)["result"] == 0


def test_a_flexible_license_transfers_in_part_and_the_remainder_returns(sim: Any) -> None:
    proof = uninstall(sim, "east", sim.activation_file("east", ("PAIR", 5), contract_number="SC-1"))
    assert refusal(transfer(sim, proof, quantities=[6])) == "key_exceeded"
    files = transfer(sim, proof, quantities=[2], remainder_device_information=sim.device("east")).json[
        "files"
    ]
    assert [file["licenses"][0]["quantity"] for file in files] == [2, 3]
    assert sim.install("west", base64.b64decode(files[0]["content"]))["result"] == 0
    assert sim.install("east", base64.b64decode(files[1]["content"]))["result"] == 0


def test_the_command_line_activates_with_files(sim: Any, program: Any, tmp_path: Path) -> None:
    where = ("--state", sim.folder, "--out", tmp_path)
    keys = ("--key", "FLEXIBLE-CLI", "--quantity", 3, "--key", "TEMPORARY-30", "--quantity", 2)
    done = program("platform", "activate", *where, *keys, "--server", "east")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [(item["kind"], item["quantity"]) for item in answer["licenses"]] == [
        ("formal", 3),
        ("temporary", 2),
    ]
    assert "content" not in answer
    content = Path(answer["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == answer["sha256"]
    device = tmp_path / "west.did"
    device.write_bytes(base64.b64decode(sim.device("west")))
    other = program("platform", "activate", *where, "--key", "FLEXIBLE-CLI", "--device-information", device)
    assert json.loads(other.stdout)["licenses"][0]["quantity"] == 7
    refused = program("platform", "activate", *where, "--key", "FLEXIBLE-CLI", "--server", "east")
    assert (refused.returncode, json.loads(refused.stderr)["errorCode"]) == (1, "key_exceeded")


def test_the_command_line_transfers(sim: Any, program: Any, tmp_path: Path) -> None:
    proof = tmp_path / "moved.uak"
    content = sim.activation_file("east", ("PAIR", 1), contract_number="SC-1")
    proof.write_bytes(uninstall(sim, "east", content))
    done = program(
        "platform",
        "transfer",
        "--state",
        sim.folder,
        "--out",
        tmp_path,
        "--uninstall-file",
        proof,
        "--server",
        "west",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["licenses"][0]["quantity"] == 1
