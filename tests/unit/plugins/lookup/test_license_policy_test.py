# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup license_policy_test: its report, its lines, files relative to playbook and working directory."""

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

SHARED = """
kind: LicensePolicy
id: shared
version: 1.0.0
rules:
  - id: few
    require: {properties: {vms: {properties: {total: {maximum: 10}}}}}
fixtures:
  odd:
    kind: HostFacts
    subject: {kind: system, id: a}
    vms: {total: 0}
    hosts:
      - {cpus: 4}
tests:
  - {name: one, as_of: "2026-11-24", facts: odd, expect: {few: pass}}
"""


def run_lookup(folder: Path, term: object, language: str = "en", catalog: object = None) -> dict[str, Any]:
    plugin = LookupModule(loader=DataLoader())
    # The plugin loader sets options.
    plugin.set_options = lambda **_options: None
    plugin.get_option = {"language": language, "catalog": catalog}.__getitem__
    (report,) = plugin.run([term], {"ansible_search_path": [str(folder)]})
    return dict(report)


def test_a_weak_policy_has_low_coverage_and_mutation_score(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "weak.yml").write_text(WEAK)
    report = run_lookup(tmp_path, "weak.yml")
    assert report["policy"] == {"id": "weak", "version": "1.0.0"}
    assert report["coverage"]["missing"] == {"few": ["fail", "unknown"]}
    assert report["mutation"]["percent"] < 90
    assert report["lines"][0].startswith("weak 1.0.0: 1 tests with 1 expectations, 0 failed; coverage 33 %")
    assert "not covered few: fail, unknown" in report["lines"]
    assert any(line.startswith("not detected weak.yml:7 few ") for line in report["lines"])
    chinese = run_lookup(tmp_path, "policies/weak.yml", "zh")["lines"]
    assert "未覆盖 few：fail、unknown" in chinese


def test_a_failing_test_is_listed_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weak.yml").write_text(WEAK.replace("{few: pass}", "{few: fail}"))
    report = run_lookup(tmp_path / "elsewhere", "weak.yml")
    assert report["tests"]["failed"][0]["place"] == "weak.yml:9"
    assert 'failed weak.yml:9 "nothing is running": verdict of few must be fail; got pass' in report["lines"]


def test_an_unusable_policy_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AnsibleLookupError, match="was not found"):
        run_lookup(tmp_path, "nowhere.yml")


OWN = """
kind: LicensePolicy
id: own
version: 1.0.0
pools:
  - id: gpu
    rows: /hosts
    group_by: [subject.id, arch]
    demand: {unit: cpu_socket, sum: cpu_sockets}
    supply: {from: in_force, product: gpu_service}
    require: {demand: at_most_supply}
fixtures:
  one:
    kind: HostFacts
    schema_version: 1
    subject: {kind: system, id: a}
    version: {vms: E0760P03, series: "7.0"}
    hosts: [{id: "1", arch: x86_64, cpu_sockets: 2}]
    licenses:
      complete: true
      items:
        - {id: LS-1, product: gpu_service, arch: x86_64, kind: formal, quantity: 2, expires_at: never,
           status: in_use}
tests:
  - {name: enough, as_of: "2026-11-24", facts: one, expect: {gpu: pass}}
  - {name: one more CPU, as_of: "2026-11-24", facts: one, set: {/hosts/0/cpu_sockets: 3}, expect: {gpu: fail}}
  - name: what was bought names the site's product
    as_of: "2026-11-24"
    facts: one
    unset: [/licenses]
    entitlements:
      kind: Entitlements
      schema_version: 1
      id: bought
      systems: {a: {license_server: ls}}
      grants:
        - id: g
          covers: {product: gpu_service, arch: x86_64, kind: formal, quantity: 2, from: "2026-01-01",
                   until: never}
          allocations: [{license_server: ls, system: a, quantity: 2}]
    expect: {gpu: unknown}
"""
CATALOG = """
kind: LicenseCatalog
schema_version: 1
id: site
source: the vendor's offer
products:
  - {id: gpu_service, class: feature, metric: cpu_socket, installation: remote, arch: x86_64}
"""


def test_products_are_read_from_the_site_catalog(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text(OWN)
    (tmp_path / "catalog.yml").write_text(CATALOG)
    own, catalog = str(tmp_path / "own.yml"), str(tmp_path / "catalog.yml")
    with pytest.raises(AnsibleLookupError, match="gpu_service"):
        run_lookup(tmp_path, own)
    report = run_lookup(tmp_path, own, catalog=catalog)
    assert (report["tests"]["total"], report["tests"]["failed"]) == (3, [])
    assert report["coverage"]["percent"] == 100
    # Mutants are evaluated with the catalog, too: without it all of them would be rejected.
    assert report["mutation"]["total"] > report["mutation"]["refused"]


def test_an_unknown_fact_key_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "weak.yml").write_text(WEAK.replace("vms: {total: 0}", "vm: {total: 0}"))
    with pytest.raises(AnsibleLookupError, match=r"weak\.yml:9: /vm: unknown key .*did you mean vms\?"):
        run_lookup(tmp_path, str(tmp_path / "weak.yml"))
    (tmp_path / "shared.yml").write_text(SHARED)
    with pytest.raises(AnsibleLookupError, match=r"shared\.yml:14: /hosts/0/cpus: unknown key"):
        run_lookup(tmp_path, str(tmp_path / "shared.yml"))
