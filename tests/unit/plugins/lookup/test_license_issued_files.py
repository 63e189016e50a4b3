# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup license_issued_files: the returned files, and its errors."""

from __future__ import annotations

import hashlib
import json
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
    (place / "file.ak").write_bytes(b"opaque")
    return str(place / "file.ak")


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
            "recognized_by": ["place"],
            "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(),
        },
    }


def test_a_directory_among_the_issued_files_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "spring", None)
    (tmp_path / "spring" / "issued" / "unpacked").mkdir()
    with pytest.raises(AnsibleLookupError, match="unpacked is not a file"):
        run_lookup(tmp_path)
