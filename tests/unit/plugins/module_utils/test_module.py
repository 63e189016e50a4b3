# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible boundary: options become connections, errors become one message and data."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from ansible.module_utils import basic

from ansible_collections.unicloud.usphere.plugins.inventory import vms
from ansible_collections.unicloud.usphere.plugins.module_utils import (
    _argspec,
    _module,
    _write_module,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import (
    endpoints,
    given_connections,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    Cause,
    OperationError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BusinessError,
    LoginRefused,
    OptionError,
    Unreachable,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.open_clients import opened
from ansible_collections.unicloud.usphere.plugins.modules import (
    device_info,
    license,
    license_info,
    license_migration,
    license_request,
    vms_facts,
)

from ...fakes.ansible_module import with_compiled_profile

OPTIONS: dict[str, Any] = {
    "host": "10.1.0.10",
    "port": 8443,
    "username": "automation",
    "password": "s3cret",
    "scheme": "https",
    "validate_certs": False,
    "ca_path": None,
    "timeout": 30.0,
    "profile": "usphere_7",
}


class Ended(Exception):
    """The module has ended."""


class Module:
    def __init__(self) -> None:
        self.result: dict[str, Any] = {}
        self.argument_spec: dict[str, Any] = {}
        self.params: dict[str, Any] = {}

    def exit_json(self, **result: Any) -> None:
        self.result = {"failed": False, **result}
        raise Ended

    def fail_json(self, msg: str, **result: Any) -> None:
        self.result = {"failed": True, "msg": msg, **result}
        raise Ended


def outcome(body: Any) -> dict[str, Any]:
    module = Module()
    with pytest.raises(Ended):
        _module.run(module, body)  # type: ignore[arg-type]
    return module.result


class Client:
    """A client that records when it is closed."""

    def __init__(self, closed: list[str]) -> None:
        self._closed = closed

    def close(self) -> None:
        self._closed.append("closed")
        raise Unreachable("unreachable_refused", endpoint="https://10.1.0.10:8443")


@pytest.mark.parametrize("error", [None, OptionError("option_empty", option="host")])
def test_clients_are_closed_before_the_module_ends(error: Exception | None) -> None:
    closed: list[str] = []

    def body(module: Any) -> dict[str, Any]:
        opened(Client(closed))
        if error is not None:
            raise error
        return {"changed": True}

    result = outcome(body)
    assert closed == ["closed"]
    assert result["failed"] is (error is not None)
    assert result["changed"] is (error is None)


def raising(error: Exception) -> Any:
    def body(module: Any) -> dict[str, Any]:
        raise error

    return body


def test_a_result_ends_the_module() -> None:
    assert outcome(lambda module: {"changed": True}) == {"failed": False, "changed": True}


def test_an_error_is_a_message_and_its_fields() -> None:
    result = outcome(
        raising(LoginRefused("login_refused", "R20", endpoint="https://x:1", server_message="no"))
    )
    assert result["failed"]
    assert result["changed"] is False
    assert "R20" in result["msg"]
    assert "\n" not in result["msg"]
    assert result["failure"] == {
        "code": "login_refused",
        "rule": "R20",
        "endpoint": "https://x:1",
        "server_message": "no",
    }


def test_control_characters_of_a_server_are_removed() -> None:
    error = BusinessError(
        "business_error",
        error_message="a\x1b[2Jb",
        endpoint="e",
        method="GET",
        path="/",
        license_ids=("L\r1",),
    )
    result = outcome(raising(error))
    assert "\x1b" not in result["msg"]
    assert "\x1b" not in str(result["failure"])


def test_every_cause_is_in_the_message() -> None:
    cause = Cause("option_invalid", {"option": "a", "expected": "b", "got": {"c": ("d",)}}, "R6")
    error = OperationError(
        "option_invalid", causes=(cause, cause), changed=True, option="x", expected="y", got="z"
    )
    result = outcome(raising(error))
    assert result["changed"] is True
    assert result["msg"].count("must be") == 3
    assert result["msg"].endswith("{'c': ('d',)}; a must be b; got {'c': ('d',)}")
    assert result["failure"]["causes"][0] == {
        "code": "option_invalid",
        "rule": "R6",
        "option": "a",
        "expected": "b",
        "got": {"c": ["d"]},
        "message": "a must be b; got {'c': ('d',)}",
    }


def test_an_unexpected_exception_is_not_caught() -> None:
    module = Module()
    with pytest.raises(ZeroDivisionError):
        _module.run(module, lambda _module: {"x": 1 // 0})  # type: ignore[arg-type]
    assert module.result == {}


def test_a_nested_server_inherits_missing_options() -> None:
    nested = {"host": "10.1.0.5", "port": None, "username": "u", "password": "p", "validate_certs": None}
    outer = {**OPTIONS, "ca_path": "/ca.pem", "timeout": 7.0}
    made = endpoints.connection(nested, endpoints.LICENSE_SERVER_PORT, outer)
    assert (made.port, made.scheme, made.validate_certs, made.ca_path, made.timeout) == (
        28443,
        "https",
        False,
        "/ca.pem",
        7.0,
    )
    assert (made.username, made.password) == ("u", "p")


def test_a_nested_server_option_overrides_the_outer_option() -> None:
    nested = {"host": "10.1.0.5", "port": 1, "username": "u", "password": "p", "validate_certs": True}
    assert endpoints.connection(nested, endpoints.LICENSE_SERVER_PORT, OPTIONS).validate_certs is True


def test_every_option_of_a_connection_arrives_and_is_inherited() -> None:
    way = {"proxy": "http://proxy:3128", "no_proxy": ["10.0.0.0/8"], "timezone": "+08:00", "scheme": "http"}
    made = endpoints.connection({**OPTIONS, **way}, endpoints.VMS_PORT)
    assert (made.proxy, made.no_proxy, made.timezone) == ("http://proxy:3128", ("10.0.0.0/8",), "+08:00")
    nested = {"host": "10.1.0.5", "port": None, "username": "u", "password": "p", "timezone": "Z"}
    inner = endpoints.connection(nested, endpoints.LICENSE_SERVER_PORT, {**OPTIONS, **way})
    assert (inner.proxy, inner.no_proxy, inner.timezone) == (made.proxy, made.no_proxy, "Z")
    assert inner.scheme == "http"


def test_options_that_are_no_connection_are_named_with_their_place() -> None:
    with pytest.raises(OptionError) as caught:
        given_connections.check_connection("systems[0]", {**OPTIONS, "timezone": "Asia/Schanghai"})
    assert caught.value.fields["option"] == "systems[0].timezone"
    assert "systems[0].timezone must be an offset" in render(caught.value.code, caught.value.fields)


def test_an_ipv6_address_has_no_brackets_in_any_option() -> None:
    spec = _argspec.system_spec()
    given = {
        "host": "[::1]",
        "username": "u",
        "password": "p",
        "license_server": {"host": "[::2]", "username": "u", "password": "p"},
        "product_nodes": [{"host": "[::3]", "username": "u", "password": "p", "product": "isc"}],
    }
    found = vms.checked(spec, given, "hangzhou")
    assert found["host"] == "::1"
    assert found["license_server"]["host"] == "::2"
    assert found["product_nodes"][0]["host"] == "::3"
    assert given_connections.check_host("host", "[::1]") == "::1"


def test_empty_options_of_a_connection_are_not_set() -> None:
    empty = {"proxy": "", "no_proxy": "", "timezone": ""}
    account = {"host": "a", "username": "u", "password": "p"}
    for no_proxy in ("", [""], None):
        given = {**account, **empty, "no_proxy": no_proxy, "license_server": {**account, **empty}}
        found = vms.checked(_argspec.system_spec(), given, "hangzhou")
        made = endpoints.connection(found, endpoints.VMS_PORT)
        assert (made.proxy, made.no_proxy, made.timezone) == (None, (), None)
        outer = {**found, "proxy": "http://proxy:3128", "no_proxy": ["b"], "timezone": "Z"}
        inner = endpoints.connection(found["license_server"], endpoints.LICENSE_SERVER_PORT, outer)
        assert (inner.proxy, inner.no_proxy, inner.timezone) == ("http://proxy:3128", ("b",), "Z")


@pytest.mark.parametrize("option", ["proxy", "no_proxy"])
def test_an_account_of_a_proxy_is_refused_without_repeating_it(
    option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {
        "host": "127.0.0.1",
        "username": "u",
        "password": "p-w",
        option: "http://user:planted@proxy:3128",
    }
    result = json.loads(printed(monkeypatch, capsys, with_compiled_profile(given), license_info.main))
    assert result["failure"] == {"code": "proxy_with_account", "option": option}
    assert "planted" not in json.dumps(result)


def test_a_profile_that_is_not_compiled_is_refused() -> None:
    with pytest.raises(UsphereError) as caught:
        endpoints.license_server_api({**OPTIONS, "profile": "usphere_7"})
    assert caught.value.code == "profile_not_compiled"
    assert "compiled on the controller" in render(caught.value.code, caught.value.fields)


def test_secrets_are_marked() -> None:
    specs = [
        _argspec.connection_spec(1),
        _argspec.client_spec(),
        _argspec.license_server_spec()["options"],
    ]
    for spec in specs:
        for name in ("password", "client_secret"):
            assert spec.get(name, {"no_log": True})["no_log"] is True


@pytest.mark.parametrize("keys", [["planted-key"], [["planted-key"]], "planted-key"])
def test_an_option_of_the_wrong_shape_shows_no_secret(
    keys: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"password": "planted-password", "client_secret": "planted-secret", "keys": keys, "dest": "/tmp"}
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    with pytest.raises(SystemExit):
        license_request.main()
    printed = capsys.readouterr().out
    assert json.loads(printed)["failed"] is True
    assert "planted" not in printed


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"host": "LS-East.example.", "port": 1}, {"host": "ls-east.example", "port": 1}),
        ({"host": " 10.1.0.5", "port": None}, {"host": "10.1.0.5", "port": 28443}),
        ({"host": "10.1.0.5"}, {"host": "10.1.0.5", "port": 28443}),
    ],
)
def test_a_server_has_one_name_in_every_result(params: dict[str, Any], named: dict[str, Any]) -> None:
    assert _write_module.target("license_server", params) == {"kind": "license_server", **named}


def test_all_values_that_ansible_would_mask_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module must collect every secret that ansible-core itself collects from valid options."""
    key = {"key": {"type": "str", "no_log": True}, "product": {"type": "str"}}
    spec: dict[str, Any] = {
        **_argspec.connection_spec(1),
        **_argspec.client_spec(),
        "license_server": _argspec.license_server_spec(),
        "keys": {"type": "list", "elements": "dict", "options": key},
        "pins": {"type": "list", "elements": "int", "no_log": True},
        "bundle": {"type": "dict", "no_log": True},
    }
    server = {"host": "b", "username": "u", "password": "planted-3", "client_secret": "planted-4"}
    given: dict[str, Any] = {
        "host": "a",
        "username": "u",
        "password": "planted-1",
        "client_secret": "planted-2",
        "license_server": server,
        "keys": [{"key": "planted-5", "product": "isc"}, {"key": "planted-6"}],
        "pins": [4711, "4712"],
        "bundle": {"inside": ["planted-7", {"deeper": "planted-8"}]},
    }
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    module = _module.Module(argument_spec=spec)
    by_ansible = {str(value) for value in module.no_log_values}

    assert {f"planted-{number}" for number in range(1, 9)} | {"4711", "4712"} <= by_ansible
    assert by_ansible <= set(_module.secrets_in(spec, module._given))


def printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: dict[str, Any], end: Any
) -> str:
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    with pytest.raises(SystemExit):
        end()
    return capsys.readouterr().out


PLANTED = "pl/anted+secr?t"
ECHOES = [
    PLANTED,
    quote(PLANTED, safe=""),
    quote(PLANTED, safe="").lower(),
    urlencode({"password": PLANTED}),
    base64.b64encode(PLANTED.encode()).decode(),
    base64.urlsafe_b64encode(PLANTED.encode()).decode().rstrip("="),
    "Basic " + base64.b64encode(f"console:{PLANTED}".encode()).decode(),
    "Basic " + base64.b64encode(f"somebody:{PLANTED}".encode()).decode(),
]


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("how", ["result", "error", "warning"])
def test_an_echo_of_a_secret_is_masked_in_every_form(
    echo: str, how: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = {**_argspec.connection_spec(1), "license_server": _argspec.license_server_spec()}
    server = {
        "host": "b",
        "username": "u",
        "password": "other",
        "client_secret": PLANTED,
        "client_id": "console",
    }
    given = {"host": "a", "username": "u", "password": "first-one", "license_server": server}
    error = BusinessError(
        "business_error", error_message=f"you sent {echo}", endpoint="e", method="GET", path="/"
    )
    warned: list[str] = []
    # ansible-core displays warnings instead of returning them when a test has loaded the controller.
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda self, text, **more: warned.append(text))

    def end() -> None:
        module = _module.Module(argument_spec=spec)

        def body(module: Any) -> dict[str, Any]:
            if how == "error":
                raise error
            if how == "warning":
                module.warn(f"you sent {echo}")
                return {}
            return {"facts": {"hosts": [{"name": f"you sent {echo}"}]}}

        _module.run(module, body)

    output = printed(monkeypatch, capsys, given, end)
    sent = json.loads(output)
    text = json.dumps({**sent, "invocation": None, "warnings": warned})
    assert "you sent" in text
    for form in ECHOES:
        assert form.removeprefix("Basic ").removeprefix("password=")[2:-2] not in text
    assert "********" in text


MODULES: dict[str, Any] = {
    "vms_facts": (vms_facts, {}),
    "license_info": (license_info, {}),
    "license": (license, {"activation_file": "/nowhere.ak"}),
    "license_request": (license_request, {"keys": [{"key": "K", "quantity": 1}], "dest": "/nowhere"}),
    "device_info": (device_info, {"dest": "/nowhere"}),
}
URLS = [
    "https://user:planted@127.0.0.1",
    "user:planted@127.0.0.1",
    "planted@127.0.0.1",
    "https://user:planted%40127.0.0.1",
]


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("url", URLS)
def test_an_address_with_an_account_is_refused_without_repeating_it(
    name: str, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    module, more = MODULES[name]
    given = {"host": url, "username": "u", "password": "p-w", **more}
    if "lock_dir" in module.DOCUMENTATION or name == "license":
        given["lock_dir"] = str(tmp_path)
    result = json.loads(printed(monkeypatch, capsys, given, module.main))
    assert result["failed"] is True
    assert result["failure"] == {"code": "host_with_account", "option": "host"}
    assert "planted" not in json.dumps(result)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("module", "option", "more"),
    [
        (vms_facts, "license_server.host", {"license_server": {"username": "u", "password": "p-w"}}),
        (vms_facts, "product_nodes.host", {"product_nodes": [{"username": "u", "password": "p-w"}]}),
        (license_migration, "source.host", {"source": {}, "license_ids": ["LS-1"], "journal": "/nowhere"}),
        (
            license_migration,
            "destination.host",
            {"source": {"host": "b"}, "destination": {}, "license_ids": ["LS-1"], "journal": "/nowhere"},
        ),
    ],
)
def test_a_nested_address_with_an_account_is_refused_without_repeating_it(
    module: Any,
    option: str,
    more: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = option.partition(".")[0]
    given: dict[str, Any] = {"host": "a", "username": "u", "password": "p-w", **more}
    server = given[name][0] if isinstance(given[name], list) else given[name]
    server["host"] = "https://user:planted@127.0.0.1"
    if name == "product_nodes":
        server["product"] = "isc"
    result = json.loads(printed(monkeypatch, capsys, given, module.main))
    assert result["failure"] == {"code": "host_with_account", "option": option}
    assert "planted" not in json.dumps(result)


def test_an_inventory_refuses_an_address_with_an_account_without_repeating_it() -> None:
    spec = _argspec.system_spec()
    given = {"host": "https://user:planted@127.0.0.1", "username": "u", "password": "p"}
    for values in (given, {**given, "port": "https://user:planted@127.0.0.1"}):
        with pytest.raises(OptionError) as caught:
            vms.checked(spec, values, "hangzhou")
        assert "planted" not in render(caught.value.code, caught.value.fields)
