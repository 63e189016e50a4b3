# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint profiles: shipped profiles are complete, site profiles are validated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.builtin import PROFILES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    LOCAL_OPERATIONS,
    SHAPES,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    OperationUnsupported,
    ProfileError,
)


def test_the_wide_profile_has_every_operation() -> None:
    assert set(load_profile("usphere_7").operations) == set(SHAPES)


def test_the_narrow_profile_contains_only_known_reads() -> None:
    profile = load_profile("cas_e0710")
    for operation in profile.operations.values():
        assert operation.certainty in ("documented", "observed")
        assert operation.method == "GET" or operation.name == "token"
    assert not profile.supports("list_licenses")
    with pytest.raises(OperationUnsupported):
        profile.operation("list_licenses")


def test_the_wide_profile_marks_assumed_calls() -> None:
    profile = load_profile("usphere_7")
    assert profile.operation("list_hosts").certainty == "documented"
    assert profile.operation("statistics").certainty == "observed"
    assert profile.operation("install_activation_file").certainty == "assumed"


def test_a_site_extends_a_shipped_profile() -> None:
    profile = load_profile(
        {
            "extends": "usphere_7",
            "name": "site",
            "codes": {"host_arch": {17: "aarch64", 18: "aarch64"}},
            "license_names": {"标准版": {"product": "vms_standard", "arch": "x86_64"}},
            "operations": {
                "server": {
                    "method": "GET",
                    "path": "/about",
                    "certainty": "documented",
                    "answer": ["data"],
                    "fields": {"id": ["serverId", "id"]},
                },
                "install_activation_file": None,
            },
        }
    )
    assert profile.name == "site"
    assert profile.operation("server").path == "/about"
    assert profile.operation("server").auth == "oauth2"
    assert profile.operation("list_hosts").path == "/host/list"
    assert not profile.supports("install_activation_file")
    assert profile.decode("host_arch", "18") == "aarch64"
    assert profile.decode("host_arch", "0") is None
    assert profile.license_names == {"标准版": ("vms_standard", "x86_64")}
    assert load_profile("usphere_7").supports("install_activation_file")


def with_change(*path: str, value: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(PROFILES["usphere_7"]))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        (("name",), "", "/name"),
        (("surprise",), 1, "/surprise"),
        (("bases", "vms", "auth"), "basic", "/bases/vms/auth"),
        (("bases", "vms", "path"), "cas", "/bases/vms/path"),
        (("bases", "other"), {"path": "/", "auth": "none"}, "/bases/other"),
        (("operations", "drop_database"), {}, "/operations/drop_database"),
        (("operations", "server"), [], "/operations/server"),
        (("operations", "server", "method"), "PATCH", "/operations/server/method"),
        (("operations", "server", "path"), "/a b", "/operations/server/path"),
        (("operations", "server", "path"), "/a\r\nX: y", "/operations/server/path"),
        (("operations", "server", "path"), "/a?b=c", "/operations/server/path"),
        (("operations", "server", "path"), "/a/{license_id}", "/operations/server"),
        (("operations", "uninstall_license", "path"), "/a", "/operations/uninstall_license"),
        (("operations", "server", "certainty"), "sure", "/operations/server/certainty"),
        (("operations", "server", "fields"), {"version": "v"}, "/operations/server/fields"),
        (("operations", "server", "fields"), {"id": "id", "rack": "r"}, "/operations/server/fields/rack"),
        (("operations", "server", "fields", "version"), 7, "/operations/server/fields/version"),
        (("operations", "list_hosts", "fields", "name"), "pwd", "/operations/list_hosts/fields/name"),
        (
            ("operations", "list_hosts", "fields", "name"),
            ["name", "ipmiPw"],
            "/operations/list_hosts/fields/name",
        ),
        (("operations", "list_hosts", "paging", "size"), 0, "/operations/list_hosts/paging/size"),
        (("operations", "list_hosts", "paging", "style"), "cursor", "/operations/list_hosts/paging/style"),
        (("operations", "list_hosts", "paging", "total"), ["x"], "/operations/list_hosts/paging/total"),
        (("operations", "list_hosts", "answer"), "host", "/operations/list_hosts/answer"),
        (("operations", "create_client", "encoding"), "xml", "/operations/create_client/encoding"),
        (("operations", "create_client", "body"), {"rack": "r"}, "/operations/create_client/body/rack"),
        (("codes", "host_arch"), {"17": "arm"}, "/codes/host_arch/17"),
        (("codes", "colour"), {}, "/codes/colour"),
        (("license_names",), {"x": {"arch": "x86_64"}}, "/license_names/x/product"),
    ],
)
def test_a_profile_error_has_its_pointer(path: tuple[str, ...], value: Any, at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(with_change(*path, value=value))
    assert caught.value.fields["at"] == at


def test_an_operation_needs_its_base() -> None:
    document = json.loads(json.dumps(PROFILES["usphere_7"]))
    document["bases"] = {"vms": document["bases"]["vms"]}
    with pytest.raises(ProfileError) as caught:
        load_profile(document)
    assert caught.value.fields["at"] == "/bases"


@pytest.mark.parametrize("name", ["usphere_8", ""])
def test_an_unknown_profile_name_is_an_error(name: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(name)
    assert "usphere_7" in str(caught.value.fields["expected"])


@pytest.mark.parametrize("extends", ["usphere_8", 7, []])
def test_only_a_shipped_profile_can_be_extended(extends: Any) -> None:
    with pytest.raises(ProfileError):
        load_profile({"extends": extends, "name": "site"})


@pytest.mark.parametrize("operations", ["x", [], 7])
def test_operations_must_be_a_mapping(operations: Any) -> None:
    with pytest.raises(ProfileError):
        load_profile({"extends": "usphere_7", "name": "site", "operations": operations})


def test_a_node_uses_the_calls_of_its_section() -> None:
    profile = load_profile("usphere_7")
    node = profile.node("isc")
    assert set(node.operations) == set(LOCAL_OPERATIONS)
    assert node.bases["license_server"].path == "/licsmgr/api/v1/local-license"
    assert {node.certainty(name) for name in LOCAL_OPERATIONS} == {"assumed"}
    assert profile.certainty("device_info") == "assumed"


def test_an_undescribed_node_has_no_calls() -> None:
    node = load_profile("cas_e0710").node("isc")
    assert not node.operations
    assert node.certainty("list_licenses") == "by_hand"
    with pytest.raises(OperationUnsupported) as caught:
        node.operation("list_licenses")
    assert caught.value.fields["operation"] == "local.isc.list_licenses"


def test_a_site_removes_calls_of_a_node() -> None:
    local: dict[str, Any] = {"isc": {"operations": {"install_activation_file": None}}, "disk_backup_dr": None}
    profile = load_profile({"extends": "usphere_7", "local": local})
    assert set(profile.local) == {"isc", "heterogeneous_migration"}
    assert set(LOCAL_OPERATIONS) - set(profile.node("isc").operations) == {"install_activation_file"}
    assert set(load_profile("usphere_7").node("isc").operations) == set(LOCAL_OPERATIONS)


@pytest.mark.parametrize(
    ("local", "at"),
    [
        ({"srm": {}}, "/local/srm"),
        ({"srm": None}, "/local/srm"),
        ({"isc": {"operations": {"list_clients": None}}}, "/local/isc/operations/list_clients"),
        ({"isc": {"operations": {"server": {}}}}, "/local/isc/operations/server/path"),
        ({"isc": {"base": {"path": "/x", "auth": "basic"}}}, "/local/isc/base/auth"),
        ({"isc": {"port": 1}}, "/local/isc/port"),
        ({"isc": []}, "/local/isc"),
        ([], "/local"),
    ],
    ids=str,
)
def test_a_node_error_has_its_pointer(local: Any, at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile({"extends": "usphere_7", "local": local})
    assert caught.value.fields["at"] == at


def test_a_profile_must_describe_the_node_it_is_used_for() -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile({"extends": "cas_e0710", "local": {"isc": {"operations": {}}}})
    assert caught.value.fields["at"] == "/local/isc/base"


@pytest.mark.parametrize("part", ["operations", "bases", "codes"])
def test_an_unknown_call_cannot_be_removed(part: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile({"extends": "usphere_7", part: {"surprise": None}})
    assert caught.value.fields["at"] == f"/{part}/surprise"
