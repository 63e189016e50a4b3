# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields of responses: alternatives, value tables, formats and time zones, where they have an effect."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.field_maps import fields, tables
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import (
    FieldMap,
    PathStep,
    ResponsePart,
    Source,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import SHAPES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ProfileError

NEEDED = {"id": "id", "arch": "arch", "cpu_sockets": "n"}
TABLES: dict[str, dict[str, Any]] = {"arch": {"17": "aarch64"}, "yes": {"1": True}, "bad": {"1": "arm"}}


def hosts(**given: Any) -> dict[str, FieldMap]:
    return fields({**NEEDED, **given}, SHAPES["list_hosts"], TABLES, "/f")


def place(*names: str) -> Source:
    return Source(ResponsePart.BODY, tuple(PathStep(name) for name in names))


def test_a_field_is_a_path_alternatives_or_a_place_with_options() -> None:
    found = hosts(
        id=["a", {"header": "X-Id"}],
        arch={"at": [{"header": "type"}, "type"], "values": "arch"},
        cpu_sockets={"at": "cpu.n", "values": {2: 2, "two": 2}},
        added_at={"at": "t", "formats": ["%d.%m.%Y %H:%M"], "timezone": "+08:00", "epoch": "s"},
        version={"at": "v", "after": "CVK "},
        status={"status": True, "values": {200: "ok"}},
    )
    header = Source(ResponsePart.HEADER, name="X-Id")
    assert found["id"] == FieldMap((place("a"), header))
    assert found["arch"].values == {"17": "aarch64"}
    assert [source.origin for source in found["arch"].sources] == [ResponsePart.HEADER, ResponsePart.BODY]
    assert found["cpu_sockets"].values == {"2": 2, "two": 2}
    assert found["added_at"].formats == ("%d.%m.%Y %H:%M",)
    assert (found["added_at"].timezone, found["added_at"].epoch) == ("+08:00", "s")
    assert found["version"].after == "CVK "
    assert found["status"].sources == (Source(ResponsePart.STATUS),)
    assert not found["version"].has_values
    assert found["status"].has_values


def test_the_end_of_a_license_has_words_for_never() -> None:
    needed = {"id": "id", "product": "p", "kind": "k", "quantity": "q"}
    end = {"at": "end", "never": ["永久", -1, "9999-12-31"]}
    found = fields({**needed, "expires_at": end}, SHAPES["list_licenses"], {}, "/f")
    assert found["expires_at"].never == ("永久", "-1", "9999-12-31")


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"arch": {"at": "a", "values": "arhc"}}, "/f/arch/values"),
        ({"arch": {"at": "a", "values": "bad"}}, "/codes/bad/1"),
        ({"arch": {"at": "a", "values": {"1": "arm"}}}, "/f/arch/values/1"),
        ({"arch": {"at": "a", "values": {}}}, "/f/arch/values"),
        ({"cpu_sockets": {"at": "a", "values": {"1": "1"}}}, "/f/cpu_sockets/values/1"),
        ({"cpu_sockets": {"at": "a", "values": {"1": True}}}, "/f/cpu_sockets/values/1"),
        ({"name": {"at": "a", "values": {"1": None}}}, "/f/name/values/1"),
        ({"name": {"at": "a", "epoch": "s"}}, "/f/name"),
        ({"added_at": {"at": "a", "values": {"1": "x"}}}, "/f/added_at"),
        ({"added_at": {"at": "a", "never": ["-"]}}, "/f/added_at"),
        ({"added_at": {"at": "a", "epoch": "us"}}, "/f/added_at/epoch"),
        ({"added_at": {"at": "a", "timezone": "+25:00"}}, "/f/added_at/timezone"),
        ({"added_at": {"at": "a", "timezone": ""}}, "/f/added_at/timezone"),
        ({"added_at": {"at": "a", "timezone": "-13:00"}}, "/f/added_at/timezone"),
        ({"added_at": {"at": "a", "timezone": "+14:30"}}, "/f/added_at/timezone"),
        ({"added_at": {"at": "a", "timezone": "localtime"}}, "/f/added_at/timezone"),
        ({"added_at": {"at": "a", "timezone": "Factory"}}, "/f/added_at/timezone"),
        ({"added_at": {"at": "a", "timezone": "posixrules"}}, "/f/added_at/timezone"),
        ({"added_at": {"at": "a", "timezone": "right/Asia/Shanghai"}}, "/f/added_at/timezone"),
        ({"added_at": {"at": "a", "formats": [f"%Y-%m-%d {n}" for n in range(21)]}}, "/f/added_at/formats"),
        ({"cpu_sockets": {"at": "a", "values": {"four": -4}}}, "/f/cpu_sockets/values/four"),
        ({"cpu_sockets": {"at": "a", "values": {"none": 0}}}, "/f/cpu_sockets/values/none"),
        ({"name": {"header": "Set-Cookie"}}, "/f/name/header"),
        ({"name": ["name", {"header": "Authorization"}]}, "/f/name/1/header"),
        ({"name": {"at": ["name", "login.@pwd"]}}, "/f/name/at/1"),
        ({"added_at": {"at": "a", "formats": "%Y"}}, "/f/added_at/formats"),
        ({"added_at": {"at": "a", "formats": ["%Y"]}}, "/f/added_at/formats/0"),
        ({"added_at": {"at": "a", "formats": ["%Y-%m-%d %Q"]}}, "/f/added_at/formats/0"),
        *(
            ({"added_at": {"at": "a", "formats": [form]}}, "/f/added_at/formats/0")
            for form in (
                "%d.%m.%Y %I:%M",
                "%d.%m.%Y %p",
                "%d.%m.%Y %H:%M %p %I",
                "%H:%M",
                "%Y%Y-%m-%d",
                "%Y-%m-%d %d",
                "%Y-%m-%d %M",
                "%Y-11-%d",
                "%Y-%m-%d %H:%M+99:00",
            )
        ),
        ({"name": {"att": "a"}}, "/f/name/att"),
        ({"name": {"values": {"1": "a"}}}, "/f/name"),
        ({"name": {"at": "a", "header": "b"}}, "/f/name"),
        ({"name": 7}, "/f/name"),
        ({"name": "pwd"}, "/f/name"),
        ({"nmae": "x"}, "/f/nmae"),
    ],
    ids=str,
)
def test_a_field_error_has_its_pointer(given: dict[str, Any], at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        hosts(**given)
    assert caught.value.fields["at"] == at


def test_fields_of_rows_are_in_the_body_below_their_list() -> None:
    version = SHAPES["version"]
    good = {"release": "r", "features": "f", "features.support": {"at": "s", "values": "yes"}}
    assert fields(good, version, TABLES, "")["features.support"].values == {"1": True}
    for wrong in (
        {"features.name": {"header": "X"}},
        {"features.name": "/name"},
        {"features": {"header": "X"}},
    ):
        with pytest.raises(ProfileError) as caught:
            fields({**good, **wrong}, version, TABLES, "")
        assert caught.value.code == "profile_body_only"
    with pytest.raises(ProfileError) as caught:
        fields({"release": "r", "features.name": "n"}, version, TABLES, "/f")
    assert (caught.value.code, caught.value.fields["name"]) == ("profile_field_missing", "features")


def test_numbers_and_booleans_of_yaml_are_keys_of_a_table() -> None:
    assert tables({"a": {17: "x", 2.0: "y", True: "z"}}, "/codes") == {
        "a": {"17": "x", "2": "y", "true": "z"}
    }
    with pytest.raises(ProfileError) as caught:
        tables({"a": {1: "x", "1": "y"}}, "/codes")
    assert caught.value.code == "profile_key_twice"
