# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The managers of a source: options of an entry, inherited options, invalid entries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory.managers import (
    InventoryError,
    managers,
    profile_beside,
)

SHARED = {"host": "10.9.9.9", "username": "automation", "password": "p", "port": 8443, "ca_path": None}


def test_a_relative_profile_is_searched_next_to_the_source(tmp_path: Path) -> None:
    (tmp_path / "site.yml").write_text("{}")
    source = str(tmp_path / "a.usphere.yml")
    assert profile_beside("./site.yml", source) == str(tmp_path / "site.yml")
    assert profile_beside(str(tmp_path / "site.yml"), "b.usphere.yml") == str(tmp_path / "site.yml")
    for other in ("other.yml", "usphere_7", {"extends": "usphere_7"}, None):
        assert profile_beside(other, source) is other


def test_an_entry_overrides_shared_options_and_never_inherits_the_host() -> None:
    one, two = managers(
        SHARED,
        [{"name": "hangzhou", "host": "10.1.0.10", "port": 443}, {"name": "chengdu", "host": "10.2.0.10"}],
    )
    assert (one.name, one.options["host"], one.options["port"]) == ("hangzhou", "10.1.0.10", 443)
    assert (two.options["host"], two.options["port"]) == ("10.2.0.10", 8443)
    assert two.given() == {"host": "10.2.0.10", "port": 8443, "username": "automation", "password": "p"}
    assert "password" not in repr(one)


def test_without_entries_the_source_is_the_manager() -> None:
    (only,) = managers({**SHARED, "host": "10.1.0.10"}, None)
    assert (only.name, only.group) == ("10.1.0.10", "usphere_system_10_1_0_10")
    (local,) = managers({**SHARED, "host": "localhost"}, None)
    assert local.name == "vms-localhost"
    (six,) = managers({**SHARED, "host": "fd00::1"}, None)
    assert six.name == "fd00__1"


@pytest.mark.parametrize(
    ("common", "own", "server"),
    [
        (None, {}, None),
        (None, {"license_server": {"host": "h"}}, {"host": "h"}),
        ({"username": "u"}, {}, None),
        ({"username": "u"}, {"license_server": {"host": "h"}}, {"host": "h", "username": "u"}),
        ({"username": "u", "host": "all"}, {}, {"host": "all", "username": "u"}),
        ({"host": "all"}, {"license_server": {"host": "h"}}, {"host": "h"}),
        ({"host": "all"}, {"license_server": None}, None),
        # Other types than mappings are reported with the other options.
        ({"host": "all"}, {"license_server": "h"}, "h"),
        ("h", {}, "h"),
    ],
)
def test_license_server_options_are_merged_by_key(common: Any, own: dict[str, Any], server: Any) -> None:
    shared = {**SHARED, "license_server": common}
    (found,) = managers(shared, [{"name": "a", "host": "h", **own}])
    assert found.options["license_server"] == server


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "inventory_managers_empty"),
        ({}, "inventory_managers_empty"),
        ("hangzhou", "inventory_managers_empty"),
        (["hangzhou"], "inventory_manager_shape"),
        ([{"name": "hangzhou"}], "inventory_manager_shape"),
        ([{"host": "h"}], "inventory_manager_shape"),
        ([{"name": "", "host": "h"}], "inventory_manager_shape"),
        ([{"name": "a b", "host": "h"}], "inventory_name_invalid"),
        ([{"name": "localhost", "host": "h"}], "inventory_name_invalid"),
        ([{"name": 7, "host": "h"}], "inventory_name_invalid"),
        ([{"name": "a", "host": "h"}, {"name": "a", "host": "i"}], "inventory_name_twice"),
        ([{"name": "a-b", "host": "h"}, {"name": "a_b", "host": "i"}], "inventory_name_twice"),
    ],
)
def test_an_invalid_list_of_managers_is_an_error(entries: Any, code: str) -> None:
    with pytest.raises(InventoryError) as error:
        managers(SHARED, entries)
    assert error.value.code == code


def test_a_source_has_one_host_or_entries() -> None:
    with pytest.raises(InventoryError) as error:
        managers(SHARED, [{"name": "a", "host": "h"}], host_in_source=True)
    assert error.value.code == "inventory_host_twice"


@pytest.mark.parametrize("host", ["https://user:planted@127.0.0.1", "user:planted@127.0.0.1"])
def test_no_system_is_named_after_an_account(host: str) -> None:
    with pytest.raises(UsphereError) as caught:
        managers({"host": host}, None)
    assert (caught.value.code, caught.value.fields) == ("host_with_account", {"option": "host"})
