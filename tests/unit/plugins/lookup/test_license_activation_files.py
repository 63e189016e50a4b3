# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup license_activation_files: the path of a file states its purpose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader

ROOT = Path(__file__).resolve().parents[4]
RunLookup = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module", autouse=True)
def _loader() -> None:
    # As beside a playbook: the collection loader cannot load a package that pytest has imported.
    lookup_loader.add_directory(str(ROOT / "plugins" / "lookup"))


@pytest.fixture
def run_lookup() -> RunLookup:
    plugin = lookup_loader.get("license_activation_files", loader=DataLoader())

    def run(folder: Path, *license_ids: str) -> list[dict[str, Any]]:
        return list(plugin.run([str(folder)], {}, license_ids=list(license_ids)))

    return run


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    messages: list[str] = []
    # The loader imports the plugin as another module, but a process has only one Display.
    monkeypatch.setattr(
        "ansible.utils.display.Display.warning", lambda _self, text, **_more: messages.append(text)
    )
    return messages


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def test_the_path_states_the_purpose_of_a_file(
    run_lookup: RunLookup, tmp_path: Path, warnings: list[str]
) -> None:
    put(
        tmp_path,
        "LS-2/upgrade.ak",
        "LS-1/whole.ak",
        "LS-1/destination/part.ak",
        "LS-1/source/rest.ak",
        "LS-1/destination/4/four.ak",
        "LS-9/somebody-elses.ak",
    )
    found = run_lookup(tmp_path, "LS-1", "LS-2", "LS-3", "LS-1")
    assert found == [
        {
            "path": f"{tmp_path}/LS-1/destination/4/four.ak",
            "license_id": "LS-1",
            "to": "destination",
            "quantity": 4,
        },
        {"path": f"{tmp_path}/LS-1/destination/part.ak", "license_id": "LS-1", "to": "destination"},
        {"path": f"{tmp_path}/LS-1/source/rest.ak", "license_id": "LS-1", "to": "source"},
        {"path": f"{tmp_path}/LS-1/whole.ak", "license_id": "LS-1"},
        {"path": f"{tmp_path}/LS-2/upgrade.ak", "license_id": "LS-2"},
    ]
    assert warnings == []


def test_a_missing_or_empty_directory_has_no_files(run_lookup: RunLookup, tmp_path: Path) -> None:
    assert run_lookup(tmp_path / "none", "LS-1") == []
    (tmp_path / "LS-1" / "destination" / "4").mkdir(parents=True)
    assert run_lookup(tmp_path, "LS-1") == []


def test_hidden_files_are_ignored(run_lookup: RunLookup, tmp_path: Path) -> None:
    put(tmp_path, "LS-1/.whole.ak.part", "LS-1/.hidden/x.ak", "LS-1/source/.rest.ak", ".keep")
    assert run_lookup(tmp_path, "LS-1") == []


def test_a_file_outside_the_license_directories_is_a_warning(
    run_lookup: RunLookup, tmp_path: Path, warnings: list[str]
) -> None:
    put(tmp_path, "whole.ak")
    assert run_lookup(tmp_path, "LS-1") == []
    (messages,) = warnings
    assert f"{tmp_path}/whole.ak" in messages
    assert "move each activation file to the directory there that is named after its license id" in messages


@pytest.mark.parametrize(
    "name",
    [
        "LS-1/target/x.ak",
        "LS-1/destination/zero/x.ak",
        "LS-1/destination/0/x.ak",
        "LS-1/destination/-1/x.ak",
        "LS-1/destination/\u0664/x.ak",
        "LS-1/destination/1234567890/x.ak",
        "LS-1/source/4/deeper/x.ak",
    ],
)
def test_an_unknown_subdirectory_is_an_error(name: str, run_lookup: RunLookup, tmp_path: Path) -> None:
    put(tmp_path, name)
    with pytest.raises(AnsibleLookupError, match="the purpose of"):
        run_lookup(tmp_path, "LS-1")
    assert run_lookup(tmp_path, "LS-2") == []


@pytest.mark.parametrize("ident", ["../LS-1", "a/b", ".", "..", ".git", "", "a\x1b[31m"])
def test_an_id_never_leads_out_of_the_directory(ident: str, run_lookup: RunLookup, tmp_path: Path) -> None:
    put(tmp_path, "in/LS-1/x.ak", "LS-1/y.ak", "in/a/b/z.ak")
    with pytest.raises(AnsibleLookupError, match="cannot be the name of a directory"):
        run_lookup(tmp_path / "in", ident)


def test_an_unreadable_directory_is_an_error(run_lookup: RunLookup, tmp_path: Path) -> None:
    put(tmp_path, "LS-1")
    with pytest.raises(AnsibleLookupError, match="cannot be read as a directory"):
        run_lookup(tmp_path, "LS-1")
    (tmp_path / "LS-2").mkdir()
    (tmp_path / "LS-2" / "x.ak").symlink_to("x.ak")
    with pytest.raises(AnsibleLookupError, match="cannot be read as a directory"):
        run_lookup(tmp_path, "LS-2")
