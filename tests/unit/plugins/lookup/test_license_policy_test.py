# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup that tests a policy: its report, its lines, files beside the playbook and where one stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.unicloud.usphere.plugins.lookup.license_policy_test import LookupModule

WEAK = """
kind: LicensePolicy
id: weak
version: 1.0.0
rules:
  - id: few
    require: {properties: {vms: {properties: {total: {maximum: 10}}}}}
tests:
  - name: nothing is running
    as_of: "2026-11-24"
    facts: {kind: HostFacts, schema_version: 1, subject: {kind: system, id: a}, vms: {total: 0}}
    expect: {few: pass}
"""


def look(folder: Path, term: object, language: str = "en") -> dict[str, Any]:
    plugin = LookupModule(loader=DataLoader())
    # Options come from the plugin loader.
    plugin.set_options = lambda **_options: None
    plugin.get_option = lambda _name: language
    (report,) = plugin.run([term], {"ansible_search_path": [str(folder)]})
    return dict(report)


def test_a_weak_policy_is_called_weak(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "weak.yml").write_text(WEAK)
    report = look(tmp_path, "weak.yml")
    assert report["policy"] == {"id": "weak", "version": "1.0.0"}
    assert report["coverage"]["missing"] == {"few": ["fail", "unknown"]}
    assert report["mutation"]["percent"] < 90
    assert report["lines"][0].startswith("weak 1.0.0: 1 tests with 1 expectations, 0 failed; coverage 33 %")
    assert "not shown few: fail, unknown" in report["lines"]
    assert any(line.startswith("not noticed weak.yml:7 few ") for line in report["lines"])
    chinese = look(tmp_path, "policies/weak.yml", "zh")["lines"]
    assert "未覆盖 few：fail, unknown" in chinese


def test_a_test_that_fails_is_named_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weak.yml").write_text(WEAK.replace("{few: pass}", "{few: fail}"))
    report = look(tmp_path / "elsewhere", "weak.yml")
    assert report["tests"]["failed"][0]["place"] == "weak.yml:9"
    assert (
        'failed weak.yml:9 "nothing is running": verdict of few should be fail and is pass' in report["lines"]
    )


def test_a_policy_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AnsibleLookupError, match="was not found"):
        look(tmp_path, "nowhere.yml")
