# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published schema of endpoint profiles accepts and rejects what the modules do.

A schema cannot compare parts of a document; the modules alone check what ACROSS lists.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.bases import (
    BASE_KEYS,
    SESSION_KEYS,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.builtin import PROFILES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.field_maps import OPTIONS
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import (
    OPERATION_KEYS,
    PROFILE_KEYS,
    load_profile,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    LOCAL_OPERATIONS,
    LOCAL_PRODUCTS,
    SECRET_KEYS,
    SHAPES,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.sources import FIELD_SOURCES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ProfileError

ROOT = Path(__file__).resolve().parents[6]
TOOLS = ROOT / "tests" / "tools"


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(TOOLS))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(TOOLS))
    return module


GENERATOR = tool("endpoint_profile_schema")
TABLE = tool("endpoint_profile_table")
SCHEMA = json.loads(GENERATOR.FILE.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

#: Errors that compare parts of a document, or the document with the machine.
ACROSS = {
    *("profile_table_unused", "profile_count_missing", "profile_placeholder_missing", "profile_timezone"),
    *("profile_date_format", "profile_envelope_data", "profile_too_deep"),
    *("profile_token_missing", "profile_token_auth", "profile_parameter_twice", "profile_empty_is_success"),
    *("profile_header_twice", "profile_cookie_twice", "profile_surrogate", "profile_number"),
    "profile_code_never",
}

CALL: dict[str, Any] = {
    "method": "GET", "path": "/about", "certainty": "documented",
    "answer": ["data"], "fields": {"id": ["a", {"header": "X-Id"}], "time": {"at": "now", "epoch": "s"}},
}  # fmt: skip
HOSTS: dict[str, Any] = {
    "method": "GET", "path": "/nodes", "certainty": "observed", "format": "xml", "headers": {"X-Page": 1},
    "answer": ["data"], "alternatives": ["nodes"], "empty": [{"at": "code", "in": [1404]}],
    "paging": {"style": "next", "next": {"header": "Link"}, "limit": "n", "size": 50, "total": "sum"},
    "success": {"status": 200, "at": "code", "in": [0, "0"]},
    "error": {"code": "code", "message": [{"header": "X-Error"}, "msg"]},
    "fields": {
        "id": "meta.id",
        "arch": {"at": "rows[name=arch].value", "values": {"1": "x86_64"}},
        "cpu_sockets": {"at": ["cpu.sockets", "cpu.n"], "values": {"two": 2}},
        "added_at": {"at": "/time", "formats": ["%d.%m.%Y"], "timezone": "+08:00"},
    },
}  # fmt: skip
WRITES: dict[str, Any] = {
    "create_client": {
        "method": "POST", "path": "/c", "certainty": "assumed", "encoding": "xml",
        "body": {"client": {"@v": 1, "name": "{name}",
                            "quota": {"each": "quota", "row": {"p": "{product}"}}}},
        "fields": {"task_id": {"header": "Location", "after": "/jobs/"}},
    },
    "update_client": {
        "method": "PATCH", "path": "/c", "certainty": "assumed", "encoding": "json",
        "body": {"n": "{client}", "q": [{"each": "quota", "row": {
            "a": {"field": "arch", "values": {"x86_64": 1}, "as": "number"}}}]},
    },
}  # fmt: skip
BASE: dict[str, Any] = {"path": "/x", "auth": {"type": "basic"}}
TOKEN: dict[str, Any] = {
    "method": "POST", "path": "/token", "certainty": "observed", "auth": "oauth2_client",
    "encoding": "json", "body": {"u": "{username}", "p": {"field": "password", "as": "text"}},
    "answer": ["access"], "fields": {"access_token": "token.id", "expires_in": {"header": "Token-Expires"}},
}  # fmt: skip
SESSION: dict[str, Any] = {
    "path": "/v", "timezone": "Asia/Shanghai", "headers": {"X-Requested-With": "XMLHttpRequest"},
    "envelope": {"keys": ["data", "state"], "data": "data", "success": {"at": "state", "in": [0]}},
    "auth": {
        "type": "session",
        "login": {"method": "POST", "path": "/login", "query": {"n": "{username}"}, "encoding": "form",
                  "body": {"p": "{password}"}, "success": [{"at": "code", "in": [0]}]},
        "token": {"at": "data.token"}, "send": {"header": "X-Auth", "prefix": "Bearer "},
        "csrf": {"token": {"cookie": "XSRF-TOKEN"}, "send": "X-XSRF-TOKEN"},
        "logout": {"method": "POST", "path": "/logout"}, "refused_status": [401],
    },
}  # fmt: skip
SITES: list[dict[str, Any]] = [
    {"extends": "cas_e0710"},
    {"extends": "usphere_7", "name": "site", "operations": {"server": CALL, "uninstall_license": None}},
    {"extends": "usphere_7", "operations": {"list_hosts": HOSTS, **WRITES}, "timezone": "+08:00"},
    {"extends": "usphere_7", "bases": {"vms": SESSION, "license_server": {"path": "/y", "error": None}}},
    {"extends": "usphere_7", "local": {"isc": {"operations": {"server": CALL}}, "disk_backup_dr": None}},
    {"extends": "cas_e0710", "local": {"isc": {"base": BASE, "operations": {"server": CALL}}}},
    {"extends": "usphere_7", "codes": {"edition": {"7": "standard"}}, "license_names": {"x": None}},
    {"name": "small", "bases": {"license_server": BASE}, "operations": {"server": CALL}},
    {
        "name": "token",
        "bases": {"license_server": {"path": "/x", "auth": "oauth2"}},
        "operations": {"server": CALL, "token": TOKEN},
    },
    {"name": "hosts", "bases": {"vms": SESSION}, "operations": {"list_hosts": HOSTS}},
    {"name": "none", "bases": {}, "operations": {}},
]

# Values for any position, valid or invalid.
WORDS = [
    "", "x", "/", "/a b", "/a?b", "/a#b", "/a\n", "/{task_id}", "/{license_id}/x", "{client}", "{", "/é",
    "{{", "{{x}}", "{file}", "{product}", "a.b", "a..b", "a.", "a[b]", "a[b=c]", "a[b=c].d", "a\\.b",
    "a\\", "@t", "a[pwd=x]", "a[x=pwd]", "b.PWD", "pwd.b", "a[b=c", "x\n", "a[b=c]d", "+08:00", "X-Y",
    "Content-Type", "Host", "digest", "basic", "session", "oauth2", "oauth2_client", "none", "documented",
    "assumed", "GET", "PATCH", "x86_64", "any", "standard", "ok", "offset", "page", "next", "hosts_count",
    "usphere_7", "cas_e0710", "json", "xml", "any", "form", "ms", "s", "%Y-%m-%d", "edition", "true",
    "quota", "arch", "number", "text", *sorted(SECRET_KEYS), "PWD", "ipmiPw", "password", "{password}",
    "{quota}", "{quota.arch}", "quota.product",
    "@pwd", "ssh_password", "secretKey", "access-key", "a.tokenState", "a[api key=x]", "userCount", "Bearer ",
    "中", "a\tb", "a\x01b", "/{x}", "Authorization", "Set-Cookie", "X-Auth", "Cookie", "Content-Length", "l",
]  # fmt: skip
VALUES: list[Any] = [
    *WORDS, None, True, False, 0, 1, -1, 200, 7.5, 10**7,
    [], ["x"], [""], [1], ["pwd"], [None], {}, {"x": "y"},
    {"x": None}, {"at": "x"}, {"at": ["x", {"header": "H"}]}, {"header": "X-Total"}, {"status": True},
    {"status": [200]}, {"at": "x", "in": [0]}, {"at": "x", "header": "h", "in": [1]}, {"field": "name"},
    {"status": [204]}, {"status": 404}, {"at": "code", "in": [0], "required": False}, ["x", "%Y"] * 11,
    {"x": -4}, {"x": 0}, 204, 302, {"header": "Set-Cookie"}, {"header": "Authorization"}, [404, 204],
    {"field": "quota"}, {"field": "name", "values": {}},
    {"field": "password", "as": "number"}, {"field": "password", "values": {"a": 1}}, {"@a": ["{name}"]},
    {"$": {"b": "{name}"}}, {"a": {"@a": {"field": "name"}}}, {"a": ["{name}"]}, TOKEN,
    {"header": "Host"}, {"header": "X-Auth", "prefix": "中"}, {"a": {"each": "quota", "row": "{product}"}},
    {"each": "quota", "row": {"a": "{arch}"}}, {"cookie": "SID"}, {"1": "x86_64"}, {"type": "basic"},
    {"type": "oauth2", "logout": {"method": "DELETE", "path": "/t"}}, CALL, HOSTS, BASE, SESSION,
    SESSION["auth"],
]  # fmt: skip
KEYS = [
    "name", "extends", "timezone", "bases", "operations", "codes", "license_names", "local", "base",
    "path", "auth", "method", "query", "headers", "paging", "answer", "alternatives", "certainty",
    "fields", "format", "encoding", "body", "success", "error", "empty", "envelope", "lapsed_codes",
    "keys", "data", "code", "constants", "lapsed_code", "total_header", "style", "offset", "page", "next",
    "limit", "size", "first", "total", "count", "at", "header", "status", "cookie", "values", "formats",
    "epoch", "never", "after", "in", "required", "type", "login", "token", "send", "csrf", "logout",
    "refused_status", "prefix", "field", "as", "each", "row", "id", "product", "arch", "surprise",
    "message", "quota", "quota.arch", "@x", "$", "1x", "vms", "license_server", "host_arch", "edition",
    *LOCAL_PRODUCTS, *LOCAL_OPERATIONS, *SHAPES,
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every position of a document, including the document itself."""
    found = [path]
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        found += places(child, (*path, key))
    return found


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


@st.composite
def changed_profile(draw: st.DrawFn) -> dict[str, Any]:
    """A profile with up to three changes: a value replaced, a key added, a key removed."""
    start = draw(st.sampled_from([*PROFILES.values(), *SITES, *SITES, *SITES]))
    document: Any = copied(start)
    for _change in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(places(document)))
        here = at(document, path)
        kind = draw(st.sampled_from(["replace", "add", "take", "copy"]))
        if kind == "add" and isinstance(here, dict):
            here[draw(st.sampled_from(KEYS))] = copied(draw(st.sampled_from(VALUES)))
        elif kind == "copy" and isinstance(here, dict):
            donor: Any = draw(st.sampled_from([PROFILES["usphere_7"], *SITES]))
            other = draw(st.sampled_from(places(donor)))
            here[draw(st.sampled_from(KEYS))] = copied(at(donor, other))
        elif path and kind == "take":
            del at(document, path[:-1])[path[-1]]
        elif path:
            at(document, path[:-1])[path[-1]] = copied(draw(st.sampled_from(VALUES)))
    return document  # type: ignore[no-any-return]


def error_of(document: dict[str, Any]) -> str:
    """Return the code of the first error that the modules report, or nothing."""
    try:
        load_profile(document)
    except ProfileError as error:
        pointer = str(error.fields["at"])
        return "profile_table" if _named_table(document, pointer, error.code) else error.code
    return ""


def _named_table(document: dict[str, Any], pointer: str, code: str) -> bool:
    """Return whether an error is in a named table, or in its name: only its use makes it one."""
    named = pointer.endswith("/values") and code in ("profile_key_unknown", "profile_key_like")
    return named or (pointer.startswith("/codes/") and pointer.count("/") == 3 and code != "profile_value")


def agreed(document: dict[str, Any]) -> bool:
    """Whether both accept, both reject, or the modules reject what compares parts of the document."""
    code = error_of(document)
    valid = VALIDATOR.is_valid(document)
    if code == "profile_table" or code in ACROSS:
        return True
    return valid is (code == "")


@pytest.mark.parametrize("document", [*PROFILES.values(), *SITES], ids=lambda value: value.get("name", "-"))
def test_valid_profiles_are_accepted_by_both(document: dict[str, Any]) -> None:
    plain = copied(document)
    assert list(VALIDATOR.iter_errors(plain)) == []
    assert error_of(plain) == ""


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changed_profile())
def test_the_schema_and_the_checks_agree(document: dict[str, Any]) -> None:
    assert agreed(document), error_of(document)


def test_the_generator_produces_valid_and_invalid_profiles() -> None:
    codes: list[str] = []

    @settings(
        max_examples=80,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(changed_profile())
    def record_verdict(document: dict[str, Any]) -> None:
        codes.append(error_of(document))

    record_verdict()
    assert "" in codes
    assert len(set(codes)) >= 5


def test_the_file_matches_the_code() -> None:
    assert GENERATOR.FILE.read_text(encoding="utf-8") == GENERATOR.text()
    Draft202012Validator.check_schema(SCHEMA)


def test_the_published_schema_is_a_link_into_the_package() -> None:
    link = ROOT / "schemas" / "endpoint_profile.schema.json"
    assert os.readlink(link) == "../plugins/plugin_utils/schemas/endpoint_profile.schema.json"


def test_the_guide_shows_the_certainty_of_each_call() -> None:
    guide = TABLE.FILE.read_text(encoding="utf-8")
    assert guide == TABLE.written(guide)
    assert "``POST /licsmgr/api/v1/activation-files``" in guide


#: The tables of the guide, and the keys that the modules know.
REFERENCE: dict[str, set[str]] = {
    "Keys of a profile": {"extends", *PROFILE_KEYS},
    "Keys of a base": set(BASE_KEYS),
    "Keys of auth with type session": set(SESSION_KEYS),
    "Keys of an operation": set(OPERATION_KEYS),
    "Keys of a field": {*FIELD_SOURCES, *OPTIONS},
    "Keys of a rule": set(SCHEMA["$defs"]["rule"]["properties"]),
    "Keys of paging": {
        key for style in SCHEMA["$defs"]["paging_hosts_count"]["anyOf"] for key in style.get("properties", ())
    },
}


@pytest.mark.parametrize("title", list(REFERENCE))
def test_the_guide_explains_every_key(title: str) -> None:
    guide = TABLE.FILE.read_text(encoding="utf-8")
    table = guide.split(f".. list-table:: {title}\n")[1].split("\n\n", 2)[1]
    assert set(re.findall(r"^   \* - ``([^`]+)``$", table, re.MULTILINE)) == REFERENCE[title]
