# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint profiles: a site extends a shipped profile, and every error has its pointer and its sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.builtin import PROFILES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import LOCAL_OPERATIONS
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    OperationUnsupported,
)

from .profile_errors import caught, sentence


def test_a_site_extends_a_shipped_profile() -> None:
    hosts = {
        "method": "GET",
        "path": "/nodes",
        "certainty": "documented",
        "answer": ["data"],
        "fields": {"id": "id", "arch": {"at": "hostType", "values": "host_arch"}, "cpu_sockets": "sockets"},
    }
    profile = load_profile(
        {
            "extends": "usphere_7",
            "name": "site",
            "codes": {"host_arch": {17: "aarch64", 18: "aarch64"}},
            "license_names": {"标准版": {"product": "vms_standard", "arch": "x86_64"}},
            "operations": {"list_hosts": hosts, "install_activation_file": None},
        }
    )
    assert profile.name == "site"
    assert profile.operation("list_hosts").path == "/nodes"
    assert profile.operation("list_hosts").auth == "digest"
    assert profile.operation("list_clusters").path == "/cluster/clusters"
    assert not profile.supports("install_activation_file")
    assert profile.operation("list_hosts").fields["arch"].values == {"17": "aarch64", "18": "aarch64"}
    assert profile.license_names == {"标准版": ("vms_standard", "x86_64")}
    assert load_profile("usphere_7").supports("install_activation_file")


def test_a_site_changes_single_keys_of_a_base() -> None:
    bases: dict[str, Any] = {"vms": {"path": "/uis/uis", "auth": "basic", "envelope": None}}
    base = load_profile({"extends": "cas_e0710", "bases": bases}).bases["vms"]
    assert (base.path, base.auth, base.envelope) == ("/uis/uis", "basic", None)
    assert base.lapsed_codes == ("license_lapsed",)
    assert base.error == load_profile("cas_e0710").bases["vms"].error


def test_a_base_passes_its_conventions_to_its_calls() -> None:
    bases: dict[str, Any] = {
        "vms": {"format": "json", "success": {"at": "code", "in": [0]}, "headers": {"X-A": "a", "X-B": "b"}}
    }
    call = {**PROFILES["cas_e0710"]["operations"]["platform"], "headers": {"x-b": 2}, "format": "xml"}
    profile = load_profile({"extends": "cas_e0710", "bases": bases, "operations": {"platform": call}})
    assert profile.operation("manager").format == "json"
    assert profile.operation("manager").call.headers == {"X-A": "a", "X-B": "b"}
    assert profile.operation("platform").call.headers == {"X-A": "a", "x-b": "2"}
    assert profile.operation("platform").format == "xml"
    assert profile.operation("platform").success == profile.bases["vms"].success != ()


def test_the_time_zone_of_a_profile_is_that_of_its_bases() -> None:
    bases = {"vms": {"timezone": "+09:00"}}
    profile = load_profile({"extends": "usphere_7", "timezone": "Asia/Shanghai", "bases": bases})
    assert profile.bases["vms"].timezone == "+09:00"
    assert profile.bases["license_server"].timezone == "Asia/Shanghai"
    assert profile.node("isc").bases["license_server"].timezone == "Asia/Shanghai"
    assert load_profile("usphere_7").bases["vms"].timezone == ""


def with_change(*path: str, value: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(PROFILES["usphere_7"]))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


HOSTS = ("operations", "list_hosts")


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        (("name",), "", "/name"),
        (("surprise",), 1, "/surprise"),
        (("timezone",), "Mars/Base", "/timezone"),
        (("bases", "vms", "auth"), "kerberos", "/bases/vms/auth"),
        (("bases", "vms", "path"), "cas", "/bases/vms/path"),
        (("bases", "other"), {"path": "/", "auth": "none"}, "/bases/other"),
        (("operations", "drop_database"), {}, "/operations/drop_database"),
        (("operations", "server"), [], "/operations/server"),
        (("operations", "server", "method"), "BREW", "/operations/server/method"),
        (("operations", "server", "path"), "/a?b=c", "/operations/server/path"),
        (("operations", "server", "certainty"), "sure", "/operations/server/certainty"),
        (("operations", "server", "fields"), {"version": "v"}, "/operations/server/fields"),
        (("operations", "server", "fields"), {"id": "id", "rack": "r"}, "/operations/server/fields/rack"),
        (("operations", "server", "paging"), "none", "/operations/server/paging"),
        (("operations", "server", "auth"), "session", "/operations/server/auth"),
        ((*HOSTS, "paging", "count"), "vm_count", "/operations/list_hosts/paging/count"),
        ((*HOSTS, "answer"), "host", "/operations/list_hosts/answer"),
        ((*HOSTS, "answer"), ["password"], "/operations/list_hosts/answer"),
        (("codes", "host_arch", "17"), "arm", "/codes/host_arch/17"),
        (("codes", "color"), {"1": "red"}, "/codes/color"),
        (("codes", "a/b"), {}, "/codes/a~1b"),
        (("license_names",), {"x": {"arch": "x86_64"}}, "/license_names/x"),
        (("license_names",), {"x": {"product": "p", "arch": "any"}}, "/license_names/x/arch"),
    ],
)
def test_a_profile_error_has_its_pointer(path: tuple[str, ...], value: Any, at: str) -> None:
    assert caught(with_change(*path, value=value)).fields["at"] == at


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("usphere_8", "did you mean usphere_7?"),
        ("nosite", "must be one of cas_e0710, usphere_7, or the path of a file: a text with / or one that"),
        ({"extends": "cas"}, "must be one of cas_e0710, usphere_7; got cas"),
        (
            {"extends": "cas_e0710", "operation": {}},
            "/operation: must be a known name; got operation; did you mean ",
        ),
        ({"extends": "cas_e0710", "operations": {"list_host": None}}, "did you mean list_hosts?"),
        ({"extends": "usphere_7", "codes": {"host_arch": None}}, "got host_arch; did you mean host_status?"),
        ({"extends": "usphere_7", "codes": {"arch": {"1": "x"}}}, "must be used by a field (values: arch)"),
        (
            {"extends": "usphere_7", "codes": {17: {}}},
            "/codes/17: must be a value table with at least one entry",
        ),
        (
            {"extends": "usphere_7", "operations": {"hosts_count": None}},
            "got hosts_count, which it does not have",
        ),
        ({"extends": "cas_e0710", "bases": {"vms": {"lapsed_code": "x"}}}, "lapsed_codes: [license_lapsed]"),
        ({"name": "s", "bases": {}}, "must have the key operations"),
        ({"name": "s", "bases": {}, "operations": {"server": {}}}, "must have the key certainty"),
        ({"extends": "cas_e0710", "bases": {"vms": {"auth": None}}}, "must have the key auth"),
    ],
    ids=str,
)
def test_the_sentence_names_the_value_and_the_nearest_name(document: Any, words: str) -> None:
    assert words in sentence(document)


@pytest.mark.parametrize(
    ("key", "place", "new"),
    [
        ("total_header", (*HOSTS, "paging"), "total: {header: Total}"),
        ("lapsed_code", ("bases", "vms"), "lapsed_codes: [license_lapsed]"),
        ("constants", ("operations", "token"), "body: {grant_type: password}"),
    ],
)
def test_an_old_key_names_the_new_spelling(key: str, place: tuple[str, ...], new: str) -> None:
    error = caught(with_change(*place, key, value="x"))
    assert error.code == "profile_key_old"
    assert error.fields["instead"] == new


def test_an_operation_needs_its_base() -> None:
    document = json.loads(json.dumps(PROFILES["usphere_7"]))
    document["bases"] = {"vms": document["bases"]["vms"]}
    assert caught(document).fields["at"] == "/bases"


@pytest.mark.parametrize("extends", ["usphere_8", 7, [], None])
def test_only_a_shipped_profile_can_be_extended(extends: Any) -> None:
    assert caught({"extends": extends, "name": "site"}).fields["at"] == "/extends"


@pytest.mark.parametrize("operations", ["x", [], 7, None])
def test_operations_must_be_a_mapping(operations: Any) -> None:
    assert caught({"extends": "usphere_7", "operations": operations}).fields["at"] == "/operations"


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
    with pytest.raises(OperationUnsupported) as found:
        node.operation("list_licenses")
    assert found.value.fields["operation"] == "local.isc.list_licenses"


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
        ({"isc": {"operations": {"server": {}}}}, "/local/isc/operations/server"),
        ({"isc": {"base": {"path": "/x", "auth": "kerberos"}}}, "/local/isc/base/auth"),
        ({"isc": {"port": 1}}, "/local/isc/port"),
        ({"isc": []}, "/local/isc"),
        ([], "/local"),
    ],
    ids=str,
)
def test_a_node_error_has_its_pointer(local: Any, at: str) -> None:
    assert caught({"extends": "usphere_7", "local": local}).fields["at"] == at


def test_a_profile_must_describe_the_node_it_is_used_for() -> None:
    error = caught({"extends": "cas_e0710", "local": {"isc": {"operations": {}}}})
    assert (error.fields["at"], error.fields["name"]) == ("/local/isc", "base")


def test_an_unknown_key_of_a_base_cannot_be_removed() -> None:
    error = caught({"extends": "usphere_7", "bases": {"vms": {"evelope": None}}})
    assert (error.fields["at"], error.fields["hint"]) == ("/bases/vms/evelope", "envelope")


@pytest.mark.parametrize("part", ["operations", "bases"])
def test_an_unknown_call_cannot_be_removed(part: str) -> None:
    assert caught({"extends": "usphere_7", part: {"surprise": None}}).fields["at"] == f"/{part}/surprise"


def test_a_profile_can_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "site.json"
    path.write_text('{"extends": "cas_e0710", "name": "site"}', encoding="utf-8")
    assert load_profile(str(path)).name == "site"
    other = tmp_path / "loop.json"
    other.write_text('{"extends": "' + str(path) + '"}', encoding="utf-8")
    assert caught(str(other)).fields["at"] == "/extends"


@pytest.mark.parametrize(
    ("content", "at"),
    [
        ("extends: usphere_7\nnam: x\n", "/nam"),
        ("extends: usphere_7\nextends: usphere_7\n", "/"),
        ("codes: {arch: {0x11: x86_64}}\n", "/codes/arch"),
    ],
)
def test_an_error_in_a_file_names_the_file(tmp_path: Path, content: str, at: str) -> None:
    path = tmp_path / "site.yml"
    path.write_text(content)
    error = caught(str(path))
    assert error.fields["at"] == at
    for language in ("en", "zh"):
        assert f" {path}#{at}" in render(error.code, error.fields, language)
    assert "invalid at /nam: " in sentence({"extends": "usphere_7", "nam": "x"})


def test_keys_of_a_mapping_are_texts_or_numbers() -> None:
    for key in (None, b"hi", (1, 2)):
        error = caught({"extends": "cas_e0710", "name": "a", "codes": {"host_arch": {key: "x86_64"}}})
        assert (error.code, error.fields["at"]) == ("profile_key_kind", "/codes/host_arch")


@pytest.mark.parametrize("code", [" 1", "1 ", "", "a\tb", "a\u200eb"])
def test_a_code_that_no_response_can_have_is_an_error(code: str) -> None:
    error = caught({"extends": "cas_e0710", "name": "a", "codes": {"host_arch": {code: "x86_64"}}})
    assert (error.code, error.fields["at"]) == ("profile_code_never", f"/codes/host_arch/{code}")
    render(error.code, error.fields, "zh")


@pytest.mark.parametrize(
    ("base", "at"),
    [
        ({"success": {"at": "code", "in": [0, "OK "]}}, "/bases/vms/success/in/1"),
        ({"error": {"code": "code", "codes": {" 7": "expired"}}}, "/bases/vms/error/codes/ 7"),
        ({"lapsed_codes": [" 7"]}, "/bases/vms/lapsed_codes/0"),
    ],
)
def test_a_value_of_a_rule_that_no_response_can_have_is_an_error(base: object, at: str) -> None:
    error = caught({"extends": "cas_e0710", "name": "a", "bases": {"vms": base}})
    assert (error.code, error.fields["at"]) == ("profile_code_never", at)


def test_a_code_after_a_word_may_begin_with_a_space() -> None:
    hosts = {
        "method": "GET",
        "path": "/nodes",
        "certainty": "observed",
        "fields": {
            "id": "id",
            "arch": {"at": "a", "after": ":", "values": {" 1": "x86_64"}},
            "cpu_sockets": "s",
        },
    }
    profile = load_profile({"extends": "cas_e0710", "name": "a", "operations": {"list_hosts": hosts}})
    assert profile.operation("list_hosts").fields["arch"].values == {" 1": "x86_64"}


def test_every_sentence_of_profiles_can_be_rendered_in_both_languages() -> None:
    error = caught({"extends": "usphere_7", "timezone": "Mars"})
    assert "本机已知的时区" in render(error.code, error.fields, "zh")
    error = caught({"extends": "cas_e0710", "bases": {"vms": {"headers": {"X": "{a}"}}}})
    assert "write {{ and }} for braces" in render(error.code, error.fields)


def hosts_with(**changes: Any) -> dict[str, Any]:
    hosts = {**PROFILES["usphere_7"]["operations"]["list_hosts"], **changes}
    return {"extends": "usphere_7", "operations": {"list_hosts": hosts}}


def test_the_operation_that_counts_rows_is_named_with_and_without_paging() -> None:
    unpaged = load_profile(hosts_with(paging="none", count="hosts_count")).operation("list_hosts")
    assert (unpaged.paging, unpaged.count) == (None, "hosts_count")
    pages = {"style": "offset", "offset": "o", "limit": "l", "size": 10, "count": "hosts_count"}
    assert load_profile(hosts_with(paging=pages)).operation("list_hosts").count == "hosts_count"
    assert caught(hosts_with(paging=pages, count="hosts_count")).fields["at"] == "/operations/list_hosts"
    assert caught(hosts_with(count="host_count", paging="none")).fields["hint"] == "hosts_count"
    without = hosts_with(paging="none", count="hosts_count")
    without["operations"]["hosts_count"] = None
    assert caught(without).fields["at"] == "/operations/list_hosts/count"


@pytest.mark.parametrize("name", ["license_server_link", "list_clusters"])
def test_reads_can_state_a_form_without_data(name: str) -> None:
    operation = {**PROFILES["usphere_7"]["operations"][name], "empty": {"status": 404}}
    found = load_profile({"extends": "usphere_7", "operations": {name: operation}}).operation(name)
    assert [rule.statuses for rule in found.empty] == [(404,)]


@pytest.mark.parametrize("name", ["vms_task", "token", "device_info", "create_client"])
def test_other_operations_have_no_form_without_data(name: str) -> None:
    operation = {**PROFILES["usphere_7"]["operations"][name], "empty": {"status": 404}}
    error = caught({"extends": "usphere_7", "operations": {name: operation}})
    assert error.fields["at"] == f"/operations/{name}/empty"


def test_codes_of_errors_have_known_names() -> None:
    bases: dict[str, Any] = {"vms": {"error": {"code": "ret", "codes": {3110: "already_installed"}}}}
    error = load_profile({"extends": "usphere_7", "bases": bases}).operation("list_hosts").error
    assert (error.named("3110"), error.named("3111")) == ("already_installed", "3111")
    bases["vms"]["error"]["codes"][3111] = "already_instaled"
    wrong = caught({"extends": "usphere_7", "bases": bases})
    assert (wrong.fields["at"], wrong.fields["hint"]) == ("/bases/vms/error/codes/3111", "already_installed")
