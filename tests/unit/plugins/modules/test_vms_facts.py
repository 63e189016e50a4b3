# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module vms_facts: options, and facts."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import compile_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import NotFound
from ansible_collections.unicloud.usphere.plugins.modules import vms_facts

from ...fakes.ansible_module import run_module

PARAMS: dict[str, Any] = {
    "host": "10.1.0.10",
    "port": 8443,
    "username": "automation",
    "password": "s3cret",
    "scheme": "https",
    "validate_certs": True,
    "ca_path": None,
    "timeout": 30.0,
    "profile": compile_profile("usphere_7"),
    "license_server": None,
    "subject_id": "hangzhou",
    "site": {"features_wanted": ["srm"]},
    "srm_sites": [{"main_site_ip": "a", "spare_site_ip": "b"}],
    "clock": "controller",
    "gather_timeout": 9.0,
    "via": "rest",
}
SERVER = {"host": "10.1.0.5", "port": 28443, "username": "u", "password": "p"}


class Module:
    def __init__(self, **params: Any) -> None:
        self.params = {**PARAMS, **params}
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Record the arguments that the module passes to read_system."""
    found: dict[str, Any] = {}

    def read_system(vms: Any, server: Any, options: Any, nodes: Any) -> dict[str, Any]:
        found.update(vms=vms, server=server, options=options, nodes=nodes)
        options.note(NotFound("not_found", endpoint="e", method="GET", path="/p", server_message="x"))
        return {"kind": "HostFacts"}

    monkeypatch.setattr(vms_facts, "read_system", read_system)
    return found


def test_the_result_contains_only_facts(asked: dict[str, Any]) -> None:
    module = Module()
    result = vms_facts.gather(module)  # type: ignore[arg-type]
    assert result == {"changed": False, "ansible_facts": {"usphere": {"kind": "HostFacts"}}}
    sentence = "e has no GET /p (x); check the name or id in the request, and the endpoint profile"
    assert module.warnings == [sentence]


def test_options_are_passed_unchanged(asked: dict[str, Any]) -> None:
    node = {**SERVER, "host": "10.1.0.40", "product": "isc"}
    vms_facts.gather(Module(license_server=SERVER, product_nodes=[node]))  # type: ignore[arg-type]
    options = asked["options"]
    assert [(each.product, each.api.endpoint) for each in asked["nodes"]] == [
        ("isc", "https://10.1.0.40:28443")
    ]
    assert asked["vms"].endpoint == "https://10.1.0.10:8443"
    assert asked["server"].endpoint == "https://10.1.0.5:28443"
    assert options.subject_id == "hangzhou"
    assert options.site == {"features_wanted": ["srm"]}
    assert options.srm_sites == [("a", "b")]
    assert options.clock == "controller"


def test_options_omitted_inside_a_dictionary_are_none(asked: dict[str, Any]) -> None:
    vms_facts.gather(Module(site=None, srm_sites=None))  # type: ignore[arg-type]
    assert asked["server"] is None
    assert asked["options"].site == {}
    assert asked["options"].srm_sites == []


def run(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> dict[str, Any]:
    """Run the module as Ansible does and return its result."""
    for name in ("USPHERE_HOST", "USPHERE_USERNAME", "USPHERE_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return run_module(vms_facts, options, monkeypatch, capsys)[0]


def test_a_node_is_read_without_any_connection(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    result = run({"via": "node", "subject_id": "cvk1"}, monkeypatch, capsys)
    facts = result["ansible_facts"]["usphere"]
    assert facts["subject"] == {"kind": "node", "id": "cvk1"}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "host"),
        ({"via": "rest", "host": "10.1.0.10"}, "username"),
        ({"via": "node", "clock": "license_server"}, "clock"),
        ({"via": "node", "license_server": SERVER}, "license_server"),
        ({"via": "node", "srm_sites": [{"main_site_ip": "a", "spare_site_ip": "b"}]}, "srm_sites"),
    ],
)
def test_incompatible_options_are_errors(
    options: dict[str, Any], named: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    result = run(options, monkeypatch, capsys)
    assert result["failed"]
    assert named in result["msg"]


def test_the_documentation_is_complete() -> None:
    documented = yaml.safe_load(vms_facts.DOCUMENTATION)
    assert documented["module"] == "vms_facts"
    returned = yaml.safe_load(vms_facts.RETURN)["ansible_facts"]["contains"]["usphere"]["contains"]
    assert {"hosts", "licenses", "unknown", "license_server", "login"} <= set(returned)
    assert yaml.safe_load(vms_facts.EXAMPLES)
