# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup license_issued_files: the returned files, and its errors."""

from __future__ import annotations

import builtins
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader

ROOT = Path(__file__).resolve().parents[4]
KEY = {"key": "****7Q2A", "quantity": 4, "product": "vms_standard", "arch": "x86_64", "kind": "formal"}


@pytest.fixture(scope="module", autouse=True)
def _loader() -> None:
    # As beside a playbook: the collection loader cannot load a package that pytest has imported.
    lookup_loader.add_directory(str(ROOT / "plugins" / "lookup"))


def run_lookup(*folders: Path, **options: Any) -> list[dict[str, Any]]:
    plugin = lookup_loader.get("license_issued_files", loader=DataLoader())
    return list(plugin.run([str(folder) for folder in folders], {}, **options))


def put(folder: Path, bundle: str, node: str | None) -> str:
    place = folder / bundle / "issued"
    place.mkdir(parents=True)
    request = {"kind": "LicenseRequest", "keys": [KEY], "product_node": node}
    (folder / bundle / "request.json").write_text(json.dumps(request), encoding="utf-8")
    (place / f"{bundle}.ak").write_bytes(f"{folder.name}/{bundle}".encode())
    return str(place / f"{bundle}.ak")


def test_files_are_selected_by_server_or_product_node(tmp_path: Path) -> None:
    server = put(tmp_path / "chengdu", "request-1", None)
    node = put(tmp_path / "chengdu", "request-2", "isc")
    other = put(tmp_path / "hangzhou", "request-3", None)
    expect = [{name: value for name, value in KEY.items() if name != "key"}]
    folders = (tmp_path / "chengdu", tmp_path / "hangzhou", tmp_path / "none")
    assert run_lookup(*folders) == [{"path": server, "expect": expect}, {"path": other, "expect": expect}]
    # Templating turns "no product" into an empty string.
    assert run_lookup(*folders, product_node="") == run_lookup(*folders)
    assert run_lookup(*folders, product_node="isc") == [{"path": node, "expect": expect}]
    assert run_lookup(*folders, product_node="disk_backup_dr") == []


def test_an_invalid_request_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "request-1", None)
    (tmp_path / "request-1" / "request.json").write_text("{", encoding="utf-8")
    with pytest.raises(
        AnsibleLookupError, match=r"license_issued_files: .*: not complete JSON .*; restore it"
    ):
        run_lookup(tmp_path)


def test_the_request_of_a_file_is_returned_on_demand(tmp_path: Path) -> None:
    path = put(tmp_path, "spring", None)
    (plain,) = run_lookup(tmp_path)
    assert set(plain) == {"path", "expect"}
    (entry,) = run_lookup(tmp_path, with_request=True)
    assert entry == {
        **plain,
        "request": {
            "bundle": str(tmp_path / "spring"),
            "product_node": None,
            "recognized_by": ["place"],
            "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(),
        },
    }


def spoiled(folder: Path, bundle: str) -> str:
    put(folder, bundle, None)
    (folder / bundle / "issued" / "unpacked").mkdir()
    return str(folder / bundle / "issued" / "unpacked")


def test_every_entry_that_is_not_a_file_is_named_in_the_error(tmp_path: Path) -> None:
    spoiled(tmp_path, "spring")
    spoiled(tmp_path, "summer")
    with pytest.raises(AnsibleLookupError, match=r"spring\S* is not a file; .*summer\S* is not a file"):
        run_lookup(tmp_path)


def test_problems_are_returned_with_the_other_files_on_demand(tmp_path: Path) -> None:
    directory = spoiled(tmp_path / "chengdu", "spring")
    other = put(tmp_path / "hangzhou", "summer", None)
    (entry,) = run_lookup(tmp_path / "chengdu", tmp_path / "hangzhou", with_problems=True)
    assert [Path(file["path"]).name for file in entry["files"]] == ["spring.ak", "summer.ak"]
    assert entry["files"][1]["path"] == other
    (problem,) = entry["problems"]
    assert (problem["path"], problem["code"]) == (directory, "issued_entry_no_file")
    assert sorted(problem["message"]) == ["en", "zh"]
    assert run_lookup(tmp_path / "none", with_problems=True) == [{"files": [], "problems": []}]


def test_installed_files_are_left_out_before_copies_are_looked_for(tmp_path: Path) -> None:
    first, second = put(tmp_path, "spring", None), put(tmp_path, "summer", None)
    Path(second).write_bytes(Path(first).read_bytes())
    (entry,) = run_lookup(tmp_path, with_problems=True)
    assert [problem["code"] for problem in entry["problems"]] == ["issued_file_twice"] * 2
    assert entry["files"] == []
    digest = hashlib.sha256(Path(first).read_bytes()).hexdigest()
    (entry,) = run_lookup(tmp_path, with_problems=True, installed=[digest])
    assert entry == {"files": [], "problems": []}


def test_files_for_different_servers_may_have_the_same_name(tmp_path: Path) -> None:
    put(tmp_path / "a", "spring", None)
    node = put(tmp_path / "b", "spring", "isc")
    folders = (tmp_path / "a", tmp_path / "b")
    (entry,) = run_lookup(*folders, product_node="isc", with_problems=True, devices=["", "isc"])
    assert (entry["files"][0]["path"], entry["problems"]) == (node, [])
    (entry,) = run_lookup(*folders, with_problems=True, devices=[""])
    assert [(problem["path"], problem["code"]) for problem in entry["problems"]] == [
        (node, "issued_device_unknown")
    ]


def test_a_request_may_name_products_of_the_site(tmp_path: Path) -> None:
    path = Path(put(tmp_path, "spring", None))
    key = {"quantity": 4, "product": "gpu_service", "kind": "formal"}
    request = {"kind": "LicenseRequest", "keys": [key]}
    (tmp_path / "spring" / "request.json").write_text(json.dumps(request), encoding="utf-8")
    row = {"id": "gpu_service", "class": "feature", "metric": "host", "installation": "remote"}
    assert run_lookup(tmp_path, catalog=[row]) == [{"path": str(path), "expect": [key]}]
    with pytest.raises(AnsibleLookupError, match="gpu_service"):
        run_lookup(tmp_path)
    with pytest.raises(AnsibleLookupError, match=r"license_issued_files: .*metric"):
        run_lookup(tmp_path, catalog=[{**row, "metric": "smell"}])


def test_files_are_read_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work grows with the number of files, not with its square."""
    for number in range(40):
        put(tmp_path, f"request-{number}", None)
    opened: Counter[str] = Counter()
    count = builtins.open

    def counting(path: Any, *more: Any, **named: Any) -> Any:
        opened[str(path)] += 1
        return count(path, *more, **named)

    run_lookup(tmp_path)  # imports
    monkeypatch.setattr(builtins, "open", counting)
    assert len(run_lookup(tmp_path, with_request=True, with_problems=True)[0]["files"]) == 40
    monkeypatch.undo()
    own = {path: number for path, number in opened.items() if path.startswith(str(tmp_path))}
    assert len(own) == 80
    assert set(own.values()) == {1}
