# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""vms_facts: options in, facts out."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.errors import NotFound
from ansible_collections.unicloud.usphere.plugins.modules import vms_facts

PARAMS: dict[str, Any] = {
    "host": "10.1.0.10",
    "port": 8443,
    "username": "automation",
    "password": "s3cret",
    "scheme": "https",
    "validate_certs": True,
    "ca_path": None,
    "timeout": 30.0,
    "profile": "usphere_7",
    "license_server": None,
    "subject_id": "hangzhou",
    "site": {"features_wanted": ["srm"]},
    "srm_sites": [{"main_site_ip": "a", "spare_site_ip": "b"}],
    "clock": "controller",
    "gather_timeout": 9.0,
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
    """What the module asks of the layer below."""
    found: dict[str, Any] = {}

    def read_system(vms: Any, server: Any, options: Any) -> dict[str, Any]:
        found.update(vms=vms, server=server, options=options)
        options.note(NotFound("not_found", endpoint="e", method="GET", path="/p", server_message="x"))
        return {"kind": "HostFacts"}

    monkeypatch.setattr(vms_facts, "read_system", read_system)
    return found


def test_only_facts_come_back(asked: dict[str, Any]) -> None:
    module = Module()
    result = vms_facts.gather(module)  # type: ignore[arg-type]
    assert result == {"changed": False, "ansible_facts": {"usphere": {"kind": "HostFacts"}}}
    assert module.warnings == ["e does not know GET /p (x); check what was named, and the profile"]


def test_the_options_go_down_as_they_are(asked: dict[str, Any]) -> None:
    vms_facts.gather(Module(license_server=SERVER))  # type: ignore[arg-type]
    options = asked["options"]
    assert asked["vms"].endpoint == "https://10.1.0.10:8443"
    assert asked["server"].endpoint == "https://10.1.0.5:28443"
    assert options.subject_id == "hangzhou"
    assert options.site == {"features_wanted": ["srm"]}
    assert options.srm_sites == [("a", "b")]
    assert options.clock == "controller"


def test_what_was_left_out_inside_a_dictionary_is_nothing(asked: dict[str, Any]) -> None:
    vms_facts.gather(Module(site=None, srm_sites=None))  # type: ignore[arg-type]
    assert asked["server"] is None
    assert asked["options"].site == {}
    assert asked["options"].srm_sites == []


def test_the_documentation_is_whole() -> None:
    documented = yaml.safe_load(vms_facts.DOCUMENTATION)
    assert documented["module"] == "vms_facts"
    returned = yaml.safe_load(vms_facts.RETURN)["ansible_facts"]["contains"]["usphere"]["contains"]
    assert {"hosts", "licenses", "unknown", "license_server", "login"} <= set(returned)
    assert yaml.safe_load(vms_facts.EXAMPLES)
