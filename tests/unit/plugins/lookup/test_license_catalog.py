# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup license_catalog: rows, requirements by version and architecture, a sentence for a wrong term."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader

ROOT = Path(__file__).resolve().parents[4]
RunLookup = Callable[..., list[dict[str, Any]]]

CATALOG = """
kind: LicenseCatalog
schema_version: 1
id: site
source: the vendor's answer of 2026-11-02
products:
  - {id: container_service, arch: x86_64, class: feature, metric: cpu_socket, installation: remote,
     feature: container_engine}
  - {id: container_service, arch: aarch64, class: feature, metric: cpu_socket, installation: remote,
     feature: container_engine}
"""


@pytest.fixture(scope="module", autouse=True)
def _loader() -> None:
    # As beside a playbook: the collection loader cannot load a package that pytest has imported.
    lookup_loader.add_directory(str(ROOT / "plugins" / "lookup"))


@pytest.fixture
def run_lookup(tmp_path: Path) -> RunLookup:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "catalog.yml").write_text(CATALOG)
    (tmp_path / "files" / "broken.yml").write_text(CATALOG.replace("container_engine}", "container_engin}"))
    plugin = lookup_loader.get("license_catalog", loader=DataLoader())

    def run(*terms: object, **options: object) -> list[dict[str, Any]]:
        return list(plugin.run(list(terms), {"ansible_search_path": [str(tmp_path)]}, **options))

    return run


def test_a_scheme_has_its_requirements_by_version_and_architecture(run_lookup: RunLookup) -> None:
    (found,) = run_lookup("storage_replication_dr", version="E0760", arch="aarch64")
    assert (found["is"], found["version"], found["arch"]) == (["scheme"], "E0760", "aarch64")
    assert [(row["row"], row["id"], row["arch"]) for row in found["products"]] == [(10, "srm", "aarch64")]
    (need,) = found["needs"]
    assert need == {
        "feature": "srm",
        "edition": "enterprise",
        "confidence": "stated",
        "by_version": [],
        "product": "srm",
        "metric": "vm",
        "packs": [],
        "installation": "remote",
        "arch_ok": "yes",
        "kinds": ["preinstalled", "temporary", "formal"],
        "scheme": "storage_replication_dr",
        "rules": ["R29", "R35", "R31", "R39"],
    }
    assert found["schemes"][0]["editions"] == ["enterprise", "enhanced_enterprise"]


@pytest.mark.parametrize(
    ("version", "edition", "confidence"),
    [
        ("E0730P05H09", "enhanced_enterprise", "stated"),
        ("E0730P06", "standard", "stated"),
        ("E0731", "standard", "low"),
        ("E0750", "enhanced_enterprise", "stated"),
        ("E0755P02", "enhanced_enterprise", "stated"),
        ("E0760", "standard", "stated"),
        (None, None, None),
    ],
)
def test_the_version_decides_what_migration_needs(
    run_lookup: RunLookup, version: str | None, edition: str | None, confidence: str | None
) -> None:
    """R28, R37, decisions 2 and 27."""
    (found,) = run_lookup("heterogeneous_migration", version=version)
    assert found["is"] == ["product", "feature", "scheme"]
    (need,) = found["needs"]
    assert (need["edition"], need["confidence"]) == (edition, confidence)
    assert [each["edition"] for each in need["by_version"]] == ["standard", "enhanced_enterprise"]
    assert need["packs"] == [1, 10, 50, 100]
    assert need["kinds"] == ["formal"], "R11, R13"
    assert {"R28", "R37", "R32", "R11", "R13"} <= set(need["rules"])
    assert found["schemes"][0]["editions"] == (None if edition is None else [edition])


def test_an_edition_lists_its_upgrades_and_an_upgrade_its_editions(run_lookup: RunLookup) -> None:
    standard, upgrade = run_lookup("vms_standard", "vms_standard_to_enterprise", arch="x86_64")
    assert [row["id"] for row in standard["upgrades"]] == [
        "vms_standard_to_enterprise",
        "vms_standard_to_enhanced_enterprise",
    ]
    assert [each["id"] for each in standard["schemes"]] == ["vms_only", "heterogeneous_migration"]
    assert upgrade["is"] == ["upgrade"]
    assert [(row["from"], row["to"]) for row in upgrade["products"]] == [("standard", "enterprise")]


def test_container_service_on_arm_is_unknown_without_a_row_of_the_site(run_lookup: RunLookup) -> None:
    """R39, decision 4; R2: rows of the site override the shipped ones and state their source."""
    (shipped,) = run_lookup("container_engine", arch="aarch64")
    assert shipped["needs"][0]["arch_ok"] == "unknown"
    (own,) = run_lookup("container_engine", arch="aarch64", catalog="catalog.yml")
    assert own["needs"][0]["arch_ok"] == "yes"
    assert [(row["row"], row["arch"]) for row in own["products"]] == [(None, "aarch64")]
    assert own["source"].endswith("the vendor's answer of 2026-11-02 (site)")


@pytest.mark.parametrize(
    ("term", "options", "sentence"),
    [
        ("storage_replication", {}, "got storage_replication (R27); did you mean storage_replication_dr?"),
        ("nothing", {}, "of the catalog; got nothing (R27)"),
        ("srm", {"version": "seven"}, "'seven' is not a Usphere version"),
        ("srm", {"arch": "arm"}, "arch must be one of x86_64, aarch64; got arm"),
        ("srm", {"catalog": "broken.yml"}, "broken.yml:8: "),
        ("srm", {"catalog": "nowhere.yml"}, "the LicenseCatalog document nowhere.yml was not found"),
    ],
)
def test_wrong_input_gets_its_sentence(
    run_lookup: RunLookup, term: str, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(AnsibleLookupError) as caught:
        run_lookup(term, **options)
    assert sentence in str(caught.value)


def test_a_wrong_term_beside_a_valid_one_is_an_error(run_lookup: RunLookup) -> None:
    assert run_lookup("isc")[0]["products"][0]["installation"] == "local"
    with pytest.raises(AnsibleLookupError):
        run_lookup("isc", "icc")
