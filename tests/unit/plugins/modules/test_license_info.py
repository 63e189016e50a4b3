# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module license_info: options, and the data of a License Server."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.license_server import (
    READS,
    LicenseQuery,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import compile_profile
from ansible_collections.unicloud.usphere.plugins.modules import license_info

PARAMS: dict[str, Any] = {
    "host": "10.1.0.5",
    "port": 28443,
    "username": "automation",
    "password": "s3cret",
    "client_id": "console",
    "client_secret": "console-s3cret",
    "scheme": "https",
    "validate_certs": True,
    "ca_path": None,
    "timeout": 30.0,
    "profile": compile_profile("usphere_7"),
    "gather": ["licenses"],
    "product": "srm",
    "kind": None,
    "status": None,
    "client": None,
    "product_node": None,
    "journal": None,
}


def test_options_are_passed_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def read_license_server(api: Any, gather: Any, wanted: Any, catalog: Any) -> dict[str, Any]:
        asked.update(api=api, gather=gather, wanted=wanted, catalog=catalog)
        return {"licenses": []}

    monkeypatch.setattr(license_info, "read_license_server", read_license_server)
    result = license_info.read(SimpleNamespace(params=PARAMS))  # type: ignore[arg-type]
    assert result == {"changed": False, "licenses": []}
    assert asked["api"].endpoint == "https://10.1.0.5:28443"
    assert asked["gather"] == ["licenses"]
    assert asked["wanted"] == LicenseQuery(product="srm")
    assert asked["catalog"].named("UniCloud Usphere-容器服务") == ("container_service", "any")
    assert asked["catalog"].named("Our GPU service") is None
    row = {"id": "gpu_service", "class": "feature", "metric": "cpu_socket", "installation": "remote"}
    rows = [{**row, "name_en": "Our GPU service"}]
    license_info.read(SimpleNamespace(params={**PARAMS, "catalog": rows}))  # type: ignore[arg-type]
    assert asked["catalog"].named("Our GPU service") == ("gpu_service", "any")


def test_a_product_node_is_read_with_its_own_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    apis: list[Any] = []
    monkeypatch.setattr(license_info, "read_license_server", lambda api, *more: apis.append(api) or {})
    license_info.read(SimpleNamespace(params={**PARAMS, "product_node": "isc"}))  # type: ignore[arg-type]
    assert apis[0].profile.section == "local.isc."
    assert apis[0].clients() == ()


def test_the_documentation_names_every_part() -> None:
    options = yaml.safe_load(license_info.DOCUMENTATION)["options"]
    assert options["gather"]["choices"] == list(READS)
    assert {*READS, "migrations", "certainty", "lacking", "failure", "msg"} == set(
        yaml.safe_load(license_info.RETURN)
    )
