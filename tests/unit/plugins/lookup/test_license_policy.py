# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup license_policy: a resolved policy for each term, relative files, errors with their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.lookup.license_policy import LookupModule

HostFacts = Callable[..., dict[str, Any]]
RunLookup = Callable[..., list[dict[str, Any]]]

SITE = """
kind: LicensePolicy
id: production
version: 1.2.0
extends: [{id: vendor}]
rules:
  - id: enterprise
    require: {properties: {effective: {properties: {edition: {const: enterprise}}}}}
"""


@pytest.fixture
def run_lookup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunLookup:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "production.yml").write_text(SITE)
    (tmp_path / "policies" / "broken.yml").write_text(SITE.replace("enterprise}", "enterprize}"))
    plugin = LookupModule(loader=DataLoader())
    # The plugin loader, which sets options, is not used here.
    monkeypatch.setattr(plugin, "set_options", lambda **_options: None)

    def run(*terms: object, **options: object) -> list[dict[str, Any]]:
        monkeypatch.setattr(plugin, "get_option", options.get)
        return list(plugin.run(list(terms), {"ansible_search_path": [str(tmp_path)]}))

    return run


def test_each_term_is_a_policy_and_a_list_is_composed(run_lookup: RunLookup) -> None:
    vendor, production, both = run_lookup("vendor", "production.yml", ["vendor", "policies/production.yml"])
    assert vendor["kind"] == "LicensePolicy"
    assert [document["id"] for document in vendor["resolved_from"]] == ["vendor"]
    assert production["rules"][-1]["origin"] == {
        "policy": "production",
        "version": "1.2.0",
        "place": "production.yml:7",
    }
    assert [document["id"] for document in both["resolved_from"]] == ["vendor", "production"]
    assert len(both["rules"]) == len(vendor["rules"]) + 1


def test_the_filter_decides_alike_with_the_lookup_and_with_files(
    run_lookup: RunLookup, host_facts: HostFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    facts = [host_facts(), host_facts("lapsing")]
    (policy,) = run_lookup("policies/production.yml")
    by_lookup = license_compliance(facts, policy, as_of="2026-11-24T08:00:00Z")
    assert by_lookup == license_compliance(facts, "policies/production.yml", as_of="2026-11-24T08:00:00Z")


@pytest.mark.parametrize(
    ("term", "sentence"),
    [
        ("nowhere.yml", "the policy nowhere.yml was not found"),
        ("policies/broken.yml", "policies/broken.yml:8: /effective/edition cannot have the value enterprize"),
        (3, "a policy must be vendor, a path, a mapping or a list of those"),
    ],
)
def test_errors_are_one_sentence(run_lookup: RunLookup, term: object, sentence: str) -> None:
    with pytest.raises(AnsibleLookupError) as caught:
        run_lookup(term)
    assert str(caught.value).startswith("license_policy: ")
    assert sentence in str(caught.value)


def test_a_pool_can_count_a_product_of_the_site_catalog(run_lookup: RunLookup) -> None:
    """R2: the policy and the catalog with its product are read together."""
    policy = {
        "kind": "LicensePolicy",
        "id": "gpu",
        "version": "1.0.0",
        "pools": [
            {
                "id": "gpu",
                "rows": "/hosts",
                "group_by": ["arch"],
                "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
                "supply": {"from": "in_force", "product": "gpu_service"},
                "require": {"demand": "at_most_supply"},
            }
        ],
    }
    row = {"id": "gpu_service", "class": "feature", "metric": "cpu_socket", "installation": "remote"}
    rows = [{**row, "arch": arch} for arch in ("x86_64", "aarch64")]
    own = {"kind": "LicenseCatalog", "schema_version": 1, "id": "site", "source": "s", "products": rows}
    with pytest.raises(AnsibleLookupError, match="the catalog has no product gpu_service"):
        run_lookup(policy)
    (resolved,) = run_lookup(policy, catalog=own)
    assert [pool["id"] for pool in resolved["pools"]] == ["gpu"]
    with pytest.raises(AnsibleLookupError, match="license_policy: inline"):
        run_lookup("vendor", catalog={**own, "products": [*rows, rows[0]]})
