# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration options and results, and the list of migrations in a journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.lookup.license_migrations import LookupModule
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._module import sentences
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.journal import (
    Journal,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.journal_reader import (
    JournalError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import End
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import (
    options as migrate_io,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import migration_rows
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.drop_directory import (
    dropped,
)

OPTIONS: dict[str, Any] = {
    "host": None,
    "port": 28443,
    "username": "automation",
    "password": "both",
    "profile": "usphere_7",
    "source": {"host": "a", "password": "east", "port": None},
    "destination": {"host": "b"},
    "license_ids": ["LS-1"],
    "remainder_to": "source",
    "allow_unbalanced": False,
}


def test_server_options_default_to_the_modules_own_options() -> None:
    source = migrate_io.end_options(OPTIONS, End.SOURCE, 28443)
    assert (source["host"], source["port"], source["password"]) == ("a", 28443, "east")
    assert migrate_io.end_options(OPTIONS, End.DESTINATION, 28443)["password"] == "both"
    own = {**OPTIONS, "host": "c", "port": 1, "destination": None}
    reached = migrate_io.end_options(own, End.DESTINATION, 28443)
    assert (reached["host"], reached["port"]) == ("c", 1)


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"source": {}}, End.SOURCE),
        # The module's own host is never the source of a migration.
        ({"source": {}, "host": "c"}, End.SOURCE),
        ({"destination": None}, End.DESTINATION),
        ({"username": None}, End.SOURCE),
        ({"password": None}, End.DESTINATION),
    ],
)
def test_incomplete_server_options_are_an_error(changes: Any, end: End) -> None:
    with pytest.raises(InvalidRequest):
        migrate_io.end_options({**OPTIONS, **changes}, end, 28443)


@pytest.mark.parametrize(
    "item", [7, {"to": "source"}, {"path": "x", "too": "source"}, {"path": "x", "to": "elsewhere"}]
)
def test_an_invalid_activation_file_option_is_an_error(item: Any) -> None:
    ends = ({"host": "a", "port": 1}, {"host": "b", "port": 1})
    with pytest.raises(InvalidRequest) as caught:
        migrate_io.migration_request({**OPTIONS, "activation_files": [item]}, *ends, Catalog.builtin())
    assert caught.value.code == "activation_files_item"


def test_the_migrations_of_a_journal_and_their_state(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    site.run()
    unreadable = site.folder / "journal" / "bad"
    unreadable.mkdir()
    (unreadable / "record.json").write_bytes(b"{")
    rows = migration_rows.survey_rows(site.journal, sentences, "zh")
    assert [row["state"] for row in rows] == ["waiting_for_activation_file", "unreadable"]
    assert Path(rows[0]["uninstall_files"][0]).is_file()
    assert "License 管理平台" in rows[0]["now"][0]["message"]
    assert "record.json" in rows[1]["message"]
    assert json.dumps(rows)
    plugin = LookupModule()
    monkeypatch.setattr(plugin, "set_options", lambda **_options: None)
    options = {
        "states": ["waiting_for_activation_file"],
        "language": "en",
        "activation_folder": str(site.folder / "arrived"),
    }
    monkeypatch.setattr(plugin, "get_option", options.__getitem__)
    (found,) = plugin.run([str(site.folder / "journal")])
    assert found["id"] == rows[0]["id"]
    assert found["parts"][0]["activation_folder"] == f"{site.folder}/arrived/{found['license_ids'][0]}"
    with pytest.raises(Exception, match="does not exist"):
        plugin.run([str(site.folder / "jurnal")])


def test_drop_directories_for_issued_files(site: Any, tmp_path: Path) -> None:
    site.run(quantities=(3,))
    folder = str(tmp_path / "arrived")
    (row,) = migration_rows.survey_rows(site.journal, sentences, "en", folder)
    places = [part["activation_folder"] for part in row["parts"]]
    ident = row["license_ids"][0]
    quantities = [part["quantity"] for part in row["parts"]]
    assert places == [f"{folder}/{ident}/destination/3", f"{folder}/{ident}/source/{quantities[1]}"]
    messages = {step["code"]: step["message"] for step in row["now"]}
    assert set(messages) == {"step_transfer_part", "step_put_activation_file", "step_run_again_then"}
    assert [step["folder"] for step in row["now"] if step["code"] == "step_put_activation_file"] == places
    # A file in its drop directory is found there and assigned to its part.
    for place in places:
        Path(place).mkdir(parents=True)
        (Path(place) / "x.ak").write_bytes(place.encode())
    found = [file.row() for file in dropped(folder, row["license_ids"]).files]
    assert [(each["to"], each["quantity"]) for each in found] == [
        ("destination", 3),
        ("source", quantities[1]),
    ]
    # Without the option the rows have no drop directory.
    (bare,) = migration_rows.survey_rows(site.journal, sentences, "en")
    assert "activation_folder" not in bare["parts"][0]
    assert "step_keep_activation_file" in {step["code"] for step in bare["now"]}


def test_an_unsplit_license_has_one_drop_directory_until_its_file_is_installed(
    site: Any, given: Any, tmp_path: Path
) -> None:
    site.run()
    (row,) = migration_rows.survey_rows(site.journal, sentences, "zh", str(tmp_path))
    ident = row["license_ids"][0]
    assert [part["activation_folder"] for part in row["parts"]] == [f"{tmp_path}/{ident}"]
    (record,) = site.journal.records()
    site.run(given(site.platform(record)))
    (row,) = migration_rows.survey_rows(site.journal, sentences, "zh", str(tmp_path))
    assert row["now"] == []
    assert "activation_folder" not in row["parts"][0]


def test_the_migrations_of_one_server(site: Any) -> None:
    site.run()
    rows = [*migration_rows.survey_rows(site.journal, sentences, "en"), {"id": "bad", "state": "unreadable"}]
    for host, port, ident, count in [
        ("10.1.0.5", 28443, None, 2),
        ("10.2.0.5", 28443, None, 2),
        ("10.1.0.5", 1, None, 1),
        ("elsewhere", 1, "west", 2),
        ("elsewhere", 1, "north", 1),
    ]:
        assert len(migration_rows.rows_at(rows, host, port, ident)) == count


def test_a_missing_journal_is_not_an_empty_journal(tmp_path: Path) -> None:
    with pytest.raises(JournalError) as caught:
        migration_rows.survey_rows(Journal(str(tmp_path / "none")), sentences, "en")
    assert caught.value.code == "journal_missing"
