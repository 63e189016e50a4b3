# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A compiled profile is the profile that the loader builds, with every attribute that it can have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile import fields as field_types
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile import model
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.compiled import (
    COMPILED,
    name_of,
    profile_of,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import (
    compile_profile,
    load_profile,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ProfileError

from ..second_servers import second_profile

RULE: dict[str, Any] = {
    "status": [200, 204],
    "at": "rows[name=state].value",
    "in": [0, True],
    "required": True,
}
ERROR: dict[str, Any] = {
    "code": [{"header": "Error-Code"}, "code"],
    "message": "/msg",
    "codes": {17: "already_installed", "E-2": "expired"},
}
SESSION: dict[str, Any] = {
    "type": "session",
    "login": {
        "method": "POST", "path": "/login", "query": {"lang": "en"}, "headers": {"X-A": "b"},
        "encoding": "form", "body": {"n": "{username}", "p": "{password}", "keep": False},
        "success": {"at": "code", "in": [0]},
    },
    "token": {"at": "data.token"},
    "send": {"header": "X-Auth", "prefix": "Bearer "},
    "csrf": {"token": {"cookie": "XSRF-TOKEN"}, "send": "X-XSRF-TOKEN"},
    "logout": {"method": "POST", "path": "/logout"},
    "refused_status": [401, 440],
    "refused": [{"at": "code", "in": [1001]}, {"status": 419}],
}  # fmt: skip
BY_COOKIE: dict[str, Any] = {
    "type": "session",
    "login": {"method": "GET", "path": "/login", "headers": {"X-Key": "{password}"}},
    "token": {"cookie": "SID"},
}
HOSTS: dict[str, Any] = {
    "method": "GET", "path": "/nodes", "certainty": "observed", "auth": "basic", "format": "any",
    "query": {"a": "b"}, "headers": {"X-Page": 1}, "answer": ["data"], "alternatives": ["nodes"],
    "empty": [{"at": "code", "in": [1404]}], "success": [RULE, {"header": "X-Ok", "in": ["yes"]}],
    "error": {**ERROR, "codes": {"9": "base_in_use"}},
    "paging": {"style": "page", "page": "n", "limit": "size", "size": 50, "first": 0, "total": "/sum",
               "count": "hosts_count"},
    "fields": {
        "id": ["meta.id", "id"],
        "arch": {"at": "type", "values": {"1": "x86_64", "2": "aarch64"}},
        "cpu_sockets": {"at": "cpu.sockets", "values": {"two": 2}},
        "added_at": {"at": "/t", "formats": ["%d.%m.%Y"], "timezone": "+08:00", "epoch": "s"},
        "cluster_id": {"at": "link", "after": "/clusters/"},
        "status": {"status": True, "values": {"200": "ok"}},
    },
}  # fmt: skip
OPERATIONS: dict[str, Any] = {
    "list_hosts": HOSTS,
    "hosts_count": {"method": "GET", "path": "/count", "certainty": "assumed", "fields": {"count": "n"}},
    "list_clusters": {
        "method": "GET", "path": "/clusters", "certainty": "documented", "success": {"status": 200},
        "fields": {"id": "id", "container": {"at": "kind", "values": {"docker": True, "vm": False}}},
        "paging": {"style": "next", "next": {"header": "Link"}, "limit": "n", "size": 5,
                   "total": {"header": "Total"}},
    },
    "list_licenses": {
        "method": "GET", "path": "/licenses", "certainty": "documented", "fields": {
            "id": "id", "product": "p", "quantity": "q", "status": "s", "kind": "k",
            "expires_at": {"at": "e", "never": ["-1", "永久"]},
            "assigned": "clients", "assigned.client": "name", "assigned.quantity": "n"},
    },
    "token": {
        "method": "POST", "path": "/token", "certainty": "assumed", "auth": "oauth2_client",
        "encoding": "form", "body": {"name": "{username}", "word": "{password}"},
        "fields": {"access_token": "data.token", "expires_in": "data.seconds"},
    },
    "create_client": {
        "method": "POST", "path": "/clients", "certainty": "assumed", "encoding": "json",
        "body": {"name": "{name}", "text": "{{{name}}}", "null": [1, 2.5, True, {"a": ""}],
                 "quota": {"each": "quota", "row": {
                     "p": "{product}", "n": "{quantity}",
                     "a": {"field": "arch", "values": {"x86_64": 1}, "as": "number"}}}},
    },
}  # fmt: skip
SITE: dict[str, Any] = {
    "name": "every part",
    "timezone": "Asia/Shanghai",
    "license_names": {"标准版": {"product": "vms_standard", "arch": "x86_64"}, "ISC": {"product": "isc"}},
    "bases": {
        "vms": {
            "path": "/v", "auth": SESSION, "format": "xml", "headers": {"X-Requested-With": "XMLHttpRequest"},
            "success": RULE, "error": ERROR, "lapsed_codes": ["lapsed", 20], "timezone": "+03:00",
            "envelope": {"keys": ["data", "state"], "data": "data", "success": {"at": "state", "in": [0]}},
        },
        "license_server": {
            "path": "/l", "auth": {"type": "oauth2", "logout": {"method": "DELETE", "path": "/token"}},
        },
    },
    "operations": OPERATIONS,
    "local": {
        "isc": {
            "base": {"path": "/isc", "auth": BY_COOKIE, "success": {"status": 200}},
            "operations": {"device_info": {"method": "GET", "path": "/device", "certainty": "assumed"}},
        },
    },
}  # fmt: skip


def document(**changes: Any) -> dict[str, Any]:
    return {"extends": "usphere_7", "name": "site", **changes}


DOCUMENTS: dict[str, Any] = {
    "the default": "usphere_7",
    "the other shipped profile": "cas_e0710",
    "the second API": second_profile(),
    "every part": SITE,
    "nothing": {"name": "nothing", "bases": {}, "operations": {}},
    "an operation without the conventions of its base": document(
        bases={"vms": {"success": {"status": 200}, "error": {"codes": {"1": "expired"}, "code": "c"}}},
        operations={"version": {**OPERATIONS["hosts_count"], "fields": {"release": "r"}, "error": {}}},
    ),
    "two nodes, one of them as shipped": document(
        local={"isc": SITE["local"]["isc"], "disk_backup_dr": None},
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_compiled_profile_is_the_loaded_profile(name: str) -> None:
    loaded = load_profile(DOCUMENTS[name])
    option = compile_profile(DOCUMENTS[name])
    assert list(option) == [COMPILED]
    decoded = profile_of(option)
    assert decoded == loaded
    # Equal values can differ in their type: 1 and True, a list and a tuple in a template.
    assert repr(decoded) == repr(loaded)
    assert name_of(option) == loaded.name


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_operations_find_is_equal(name: str) -> None:
    loaded, decoded = load_profile(DOCUMENTS[name]), profile_of(compile_profile(DOCUMENTS[name]))
    for product in ("isc", "disk_backup_dr"):
        assert decoded.node(product) == loaded.node(product)
    for operation in loaded.operations.values():
        assert hash(operation.error.code) == hash(decoded.operations[operation.name].error.code)


def parts(value: Any) -> Iterator[tuple[type, str]]:
    """Yield (class, attribute) of everything in a profile that has another value than the default."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from parts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from parts(item)
    elif is_dataclass(value):
        for attribute in fields(value):
            item = getattr(value, attribute.name)
            factory = attribute.default_factory
            default = attribute.default if factory is MISSING else factory()
            if item != default and item is not None:
                yield type(value), attribute.name
            yield from parts(item)


def test_the_document_above_has_every_attribute() -> None:
    """A new attribute belongs into the document, so that its compiled form is tested."""
    known = {
        (made, attribute.name)
        for module in (model, field_types)
        for made in vars(module).values()
        if isinstance(made, type) and is_dataclass(made) and made.__module__ == module.__name__
        for attribute in fields(made)
    }
    found = set(parts(load_profile(SITE)))
    assert known - found == set()
    # In the compiled form, too.
    assert set(parts(profile_of(compile_profile(SITE)))) == found


@pytest.mark.parametrize(
    "option",
    [
        None,
        "usphere_7",
        {},
        {"extends": "usphere_7"},
        {COMPILED: "{}"},
        {COMPILED: "not JSON"},
        {COMPILED: 5},
    ],
)
def test_another_option_is_not_a_compiled_profile(option: object) -> None:
    with pytest.raises(ProfileError) as caught:
        profile_of(option)
    assert caught.value.code == "profile_not_compiled"


def test_a_profile_with_an_unknown_attribute_is_not_a_compiled_profile() -> None:
    data = json.loads(compile_profile("usphere_7")[COMPILED])
    data["operations"]["version"]["surprise"] = 1
    with pytest.raises(ProfileError):
        profile_of({COMPILED: json.dumps(data)})


def test_a_loaded_profile_is_itself() -> None:
    loaded = load_profile("usphere_7")
    assert profile_of(loaded) is loaded
