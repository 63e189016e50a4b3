# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Editions and packs that features need (R28–R32, R33–R39)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.feature_needs import (
    arch_support,
    edition_needed,
    odd_packs,
    packs_for,
    possible_needs,
    scheme_for,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import (
    Arch,
    Edition,
    Feature,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.version import parse_version

STANDARD, ENTERPRISE, ENHANCED = Edition
MIGRATION = Feature.HETEROGENEOUS_MIGRATION


@pytest.mark.parametrize(
    ("version", "edition", "confidence"),
    [
        ("E0535H03", ENHANCED, "stated"),
        ("E0730P05H09", ENHANCED, "stated"),
        ("E0730P06", STANDARD, "stated"),
        ("E0730P11H07", STANDARD, "stated"),
        ("E0731", STANDARD, "low"),
        ("E0749P99", STANDARD, "low"),
        ("E0750", ENHANCED, "stated"),
        ("E0755P02", ENHANCED, "stated"),
        ("E0759P99H99", ENHANCED, "stated"),
        ("E0760", STANDARD, "stated"),
        ("E0783", STANDARD, "stated"),
        ("R0785P03", STANDARD, "stated"),
    ],
)
def test_r28_migration_by_branch(version, edition, confidence):
    need = edition_needed(MIGRATION, parse_version(version))
    assert (need.edition, need.confidence, need.rule) == (edition, confidence, "R28")


@pytest.mark.parametrize("version", [None, "R0730P06", "R0760"])
def test_r28_is_unknown_without_a_comparable_version(version):
    need = edition_needed(MIGRATION, parse_version(version) if version else None)
    assert (need.edition, need.confidence) == (None, None)
    assert possible_needs(MIGRATION, None) == (STANDARD, ENHANCED)


@pytest.mark.parametrize(
    ("feature", "edition", "rule"),
    [(Feature.SRM, ENTERPRISE, "R29"), (Feature.DISK_BACKUP_DR, ENTERPRISE, "R29"),
     (Feature.CONTAINER_ENGINE, ENTERPRISE, "R29"), (Feature.ISC, ENHANCED, "R30")],
)  # fmt: skip
def test_r29_r30_do_not_depend_on_the_version(feature, edition, rule):
    for version in (None, parse_version("E0710"), parse_version("E0783")):
        need = edition_needed(feature, version)
        assert (need.edition, need.confidence, need.rule) == (edition, "stated", rule)


def test_r39_only_containers_on_arm_are_undetermined():
    undetermined = [
        (f, a) for f in Feature for a in (Arch.X86_64, Arch.AARCH64) if arch_support(f, a) != "yes"
    ]
    assert undetermined == [(Feature.CONTAINER_ENGINE, Arch.AARCH64)]
    assert arch_support(*undetermined[0]) == "unknown"


@pytest.mark.parametrize(
    ("quantity", "packs"),
    [(0, ()), (1, (1,)), (9, (1,) * 9), (10, (10,)), (12, (10, 1, 1)), (50, (50,)),
     (99, (50, 10, 10, 10, 10) + (1,) * 9),
     (161, (100, 50, 10, 1)), (250, (100, 100, 50))],
)  # fmt: skip
def test_r32_packs_for_a_quantity(quantity, packs):
    assert packs_for(quantity) == packs


@settings(max_examples=60)
@given(st.integers(0, 130))
def test_r32_packs_have_the_exact_total_and_the_smallest_count(quantity):
    # Reference: the fewest packs for each total, computed one pack at a time.
    fewest = [0]
    for total in range(1, quantity + 1):
        fewest.append(1 + min(fewest[total - size] for size in (1, 10, 50, 100) if size <= total))
    packs = packs_for(quantity)
    assert sum(packs) == quantity
    assert len(packs) == fewest[quantity]


def test_r32_other_pack_sizes_are_reported_as_odd():
    assert odd_packs([1, 10, 12, 50, 100, 5, 12]) == (5, 12)
    assert odd_packs([]) == ()


V0760 = parse_version("E0760")


@pytest.mark.parametrize(
    ("features", "ids", "least", "recommended"),
    [
        ([], ("vms_only",), STANDARD, (STANDARD, ENTERPRISE, ENHANCED)),
        ([Feature.ISC], ("vms_isc",), ENHANCED, (ENHANCED,)),
        ([Feature.SRM], ("storage_replication_dr",), ENTERPRISE, (ENTERPRISE, ENHANCED)),
        ([Feature.DISK_BACKUP_DR], ("disk_backup_dr",), ENTERPRISE, (ENTERPRISE, ENHANCED)),
        ([MIGRATION], ("heterogeneous_migration",), STANDARD, (STANDARD,)),
        ([Feature.CONTAINER_ENGINE], ("container_service",), ENTERPRISE, (ENTERPRISE, ENHANCED)),
        ([Feature.SRM, Feature.ISC], ("vms_isc", "storage_replication_dr"), ENHANCED, (ENHANCED,)),
        ([MIGRATION, Feature.SRM], ("storage_replication_dr", "heterogeneous_migration"), ENTERPRISE, ()),
    ],
)
def test_r33_to_r38_schemes_are_combined(features, ids, least, recommended):
    verdict = scheme_for(features, V0760)
    assert (verdict.ids, verdict.least, verdict.recommended) == (ids, least, recommended)


@pytest.mark.parametrize(
    ("version", "editions"),
    [("E0730P05H09", (ENHANCED,)), ("E0730P06", (STANDARD,)), ("E0755", (ENHANCED,)), ("E0760", (STANDARD,))],
)
def test_r37_by_version(version, editions):
    assert scheme_for([MIGRATION], parse_version(version)).recommended == editions
    assert scheme_for([MIGRATION], None) is None
    assert scheme_for([Feature.SRM], None) is not None


def test_a_higher_edition_is_surplus_and_not_an_error():
    migration = scheme_for([MIGRATION], V0760)
    assert [edition for edition in Edition if migration.surplus(edition)] == [ENTERPRISE, ENHANCED]
    assert not any(scheme_for([], V0760).surplus(edition) for edition in Edition)
    both = scheme_for([MIGRATION, Feature.SRM], V0760)
    assert [edition for edition in Edition if both.surplus(edition)] == [ENHANCED]


def test_the_least_edition_serves_every_feature():
    for count in range(len(Feature) + 1):
        for features in itertools.combinations(Feature, count):
            least = scheme_for(features, V0760).least
            needs = [edition_needed(feature, V0760).edition for feature in features]
            assert all(least.reaches(need) for need in needs)
            assert least in [*needs, STANDARD]
