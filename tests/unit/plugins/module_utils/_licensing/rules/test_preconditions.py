# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preconditions of installing and removing licenses (R4–R6, R11–R13, R16, R24, R25, R39)."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.license_row import Status
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch, Kind
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render

from .....fakes.end_state import END, NOW, S2E, S2H, SECOND, assess, codes, expect, held, refused

# -- upgrades and editions --


@pytest.mark.parametrize(
    ("quantity", "codes_"),
    [(31, [("R6", "upgrade_below_base")]), (32, []), (33, [("R6", "upgrade_exceeds_base")])],
)
def test_r6_r7_32_sockets(quantity, codes_):
    assert refused([held("a", "vms_standard", 32)], [expect(S2E, quantity)]) == codes_


def test_r6_the_message_gives_the_missing_quantity():
    violation = assess([held("a", "vms_standard", 32)], [expect(S2E, 31)]).violations[0]
    sentence = render(violation.code, violation.fields)
    assert "31 upgrades from standard on x86_64" in sentence
    assert "base of 32" in sentence
    assert "add 1 of vms_standard_to_enterprise" in sentence


def test_too_few_upgrades_can_be_allowed_and_too_many_cannot():
    base = [held("a", "vms_standard", 32)]
    less = assess(base, [expect(S2E, 31)], allow_unbalanced=True)
    assert (codes(less.violations), codes(less.warnings)) == ([], [("R6", "upgrade_below_base")])
    assert refused(base, [expect(S2E, 33)], allow_unbalanced=True) == [("R6", "upgrade_exceeds_base")]


def test_the_end_state_of_the_complete_task_is_checked():
    assert refused([], [expect(S2E), expect("vms_standard")]) == []
    assert refused([held("a", "vms_standard", 30)], [expect("vms_standard", 2), expect(S2E, 32)]) == []
    swap = [held("a", "vms_standard", 4), held("u", S2E, 4)]
    assert refused(swap, [expect("vms_standard", 4)], ["a"]) == []


def test_r6_several_upgrades_add_up():
    base = [held("a", "vms_standard", 32), held("u", S2E, 20)]
    assert refused(base, [expect(S2E, 12)]) == []
    assert refused(base, [expect(S2E, 13)]) == [("R6", "upgrade_exceeds_base")]


def test_an_existing_violation_that_does_not_get_worse_refuses_nothing():
    short = [held("a", "vms_standard", 32), held("u", S2E, 20)]
    assert refused(short, [expect(S2E, 5)]) == []  # better, although still short
    assert refused(short, [expect("vms_standard", 1)]) == [("R6", "upgrade_below_base")]  # worse
    assert refused(short, [expect("srm", 4)]) == []  # unrelated
    over = [held("a", "vms_standard", 4), held("u", S2E, 9)]
    assert refused(over, [expect("vms_standard", 2)]) == []
    assert refused(over, [expect(S2E, 1)]) == [("R6", "upgrade_exceeds_base")]


def test_a_new_base_does_not_allow_upgrades_beyond_it():
    stray = [held("u", S2E, 4)]
    both = [expect("vms_standard", 4), expect(S2E, 4)]
    assert refused(stray, both) == [("R6", "upgrade_exceeds_base")]
    assert refused(stray, [expect("vms_standard", 8), expect(S2E, 4)]) == []
    assert refused(stray, [expect("vms_standard", 4)]) == []


def test_from_too_few_upgrades_to_too_many_is_never_better():
    short = [held("a", "vms_standard", 10), held("u", S2E, 5)]
    assert refused(short, [expect(S2E, 8)]) == [("R6", "upgrade_exceeds_base")]


def test_r5_an_upgrade_needs_its_base():
    assert refused([], [expect(S2E)]) == [("R5", "upgrade_without_base")]
    assert refused([held("a", "vms_enterprise")], [expect(S2E)]) == [("R5", "upgrade_without_base")]


def test_an_upgrade_for_the_other_architecture_is_refused():
    base = [held("a", "vms_standard")]
    assert refused(base, [expect(S2E, 4, Arch.AARCH64)]) == [("R5", "upgrade_of_other_arch")]


def test_r4_another_edition_is_refused_and_the_right_upgrade_is_named():
    result = assess([held("a", "vms_standard")], [expect("vms_enterprise")])
    assert codes(result.violations) == [("R4", "editions_mixed")]
    assert result.violations[0].fields["upgrade"] == S2E
    assert "vms_standard_to_enterprise" in render("editions_mixed", result.violations[0].fields)


def test_r4_another_edition_on_the_other_architecture_is_refused_too():
    base = [held("a", "vms_standard")]
    assert refused(base, [expect("vms_enterprise", 4, Arch.AARCH64)]) == [("R4", "editions_mixed")]
    assert refused(base, [expect("vms_standard", 4, Arch.AARCH64)]) == []


def test_a_temporary_license_of_another_edition_is_refused():
    trial = expect("vms_enterprise", 4, kind=Kind.TEMPORARY, expires_at=END)
    assert refused([held("a", "vms_standard")], [trial]) == [("R4", "editions_mixed")]


def test_r4_two_target_editions_are_refused():
    base = [held("a", "vms_standard", 8), held("u", S2E, 4)]
    assert refused(base, [expect(S2H, 4)]) == [("R4", "upgrade_to_two_editions")]


def test_r4_editions_that_were_mixed_before_are_not_refused_again():
    mixed = [held("a", "vms_standard"), held("b", "vms_enterprise")]
    assert refused(mixed, [expect(S2E, 4)]) == []
    assert refused(mixed, [expect("vms_enhanced_enterprise")]) == [("R4", "editions_mixed")]


def test_a_base_of_the_reached_edition_is_accepted_with_a_warning():
    upgraded = [held("a", "vms_standard"), held("u", S2E)]
    result = assess(upgraded, [expect("vms_enterprise", 2)])
    assert (codes(result.violations), codes(result.warnings)) == ([], [("R4", "base_of_reached_edition")])
    assert assess(upgraded, [expect("vms_standard", 2), expect(S2E, 2)]).warnings == ()


# -- balance until an expiry, and login (R20) --


def test_upgrading_a_base_that_partly_expires_gives_a_warning():
    base = [held("a", "vms_standard"), held("t", "vms_standard", kind=Kind.TEMPORARY, expires_at=END)]
    result = assess(base, [expect(S2E, 8)])
    assert (codes(result.violations), codes(result.warnings)) == ([], [("R6", "balanced_only_until")])
    assert result.warnings[0].fields["at"] == "2026-12-06T00:00:00Z"


def test_a_temporary_upgrade_that_expires_with_its_base_is_accepted():
    base = [held("t", "vms_standard", kind=Kind.TEMPORARY, expires_at=END)]
    assert assess(base, [expect(S2E, kind=Kind.TEMPORARY, expires_at=END)]).warnings == ()


def test_r19_r20_a_temporary_license_warns_of_the_day_without_login():
    trial = expect("vms_standard", kind=Kind.TEMPORARY, expires_at=END)
    assert codes(assess([held("a", "vms_standard")], [trial]).warnings) == [("R20", "login_ends_with")]
    sooner = held("t", "vms_standard", kind=Kind.TEMPORARY, expires_at=END - SECOND)
    assert assess([sooner], [trial]).warnings == ()
    assert assess([], [expect("srm", kind=Kind.TEMPORARY, expires_at=END)]).warnings == ()


# -- kinds and terms --


@pytest.mark.parametrize(
    ("product", "kind", "found"),
    [
        ("heterogeneous_migration", Kind.TEMPORARY, [("R13", "kind_does_not_exist")]),
        ("heterogeneous_migration", Kind.PREINSTALLED,
         [("R11", "kind_does_not_exist"), ("R16", "preinstalled_not_installable")]),
        ("container_service", Kind.PREINSTALLED,
         [("R11", "kind_does_not_exist"), ("R16", "preinstalled_not_installable")]),
        ("disk_backup_dr", Kind.TEMPORARY, []),
        ("vms_standard", Kind.PREINSTALLED, [("R16", "preinstalled_not_installable")]),
    ],
)  # fmt: skip
def test_r11_r13_r16_kinds_that_cannot_be_installed(product, kind, found):
    arch = Arch.X86_64 if product.startswith("vms") else None
    node = product if product in ("heterogeneous_migration", "disk_backup_dr") else None
    assert refused([], [expect(product, 1, arch, kind, expires_at=END)], node=node) == found


@pytest.mark.parametrize(
    ("end", "found"),
    [(NOW - SECOND, [("R12", "already_expired")]), (NOW, [("R12", "already_expired")]), (NOW + SECOND, [])],
)
def test_an_expired_license_is_refused(end, found):
    assert refused([], [expect("vms_standard", kind=Kind.TEMPORARY, expires_at=end)]) == found


def test_a_temporary_license_without_an_expiry_is_accepted_as_unchecked():
    result = assess(
        [held("a", "vms_standard", 28)], [expect("vms_standard", kind=Kind.TEMPORARY), expect(S2E, 32)]
    )
    assert result.violations == ()
    assert codes(result.unchecked) == [("R12", "expiry_unknown")]


def test_r31_a_quantity_below_one_is_refused():
    assert refused([], [expect("vms_standard", 0)]) == [("R31", "quantity_below_one")]


def test_r39_architectures():
    assert refused([], [expect("vms_standard", arch=None)]) == [("R39", "arch_missing")]
    assert refused([], [expect("vms_standard", arch=Arch.ANY)]) == [("R39", "arch_missing")]
    result = assess([], [expect("container_service", 4, Arch.AARCH64)])
    assert (codes(result.violations), codes(result.warnings)) == ([], [("R39", "no_arm_version")])
    assert assess([], [expect("container_service", 4, None)]).warnings == ()


def test_r27_local_remote_and_unrecognized_products():
    packs = [expect("disk_backup_dr", 10, None)]
    assert refused([], packs) == [("R27", "product_is_local")]
    assert refused([], packs, node="isc") == [("R27", "product_belongs_on_its_node")]
    assert refused([], packs, node="disk_backup_dr") == []
    assert refused([], [expect("vms_standard")], node="isc") == [("R27", "product_is_remote")]
    result = assess([], [expect("vms_ultimate", 10)])
    assert (result.violations, codes(result.unchecked)) == ((), [("R27", "product_unrecognised")])


@pytest.mark.parametrize(
    ("code", "found"),
    [("3130A0XZ", []), ("3132A0XY", []), ("3199A0XY", [("R24", "code_prefix_unknown")]), (None, [])],
)
def test_r24_a_code_that_is_neither_fixed_nor_flexible_is_reported(code, found):
    assert codes(assess([], [expect("vms_standard", code=code)]).warnings) == found


# -- removing (R16) --


@pytest.mark.parametrize(
    ("license_", "found"),
    [
        (held("x", "srm"), []),
        (held("x", "srm", kind=Kind.TEMPORARY, expires_at=END), [("R16", "not_uninstallable")]),
        (held("x", "srm", kind=Kind.PREINSTALLED, expires_at=END), [("R16", "not_uninstallable")]),
        (held("x", "srm", expires_at=NOW), [("R16", "expired_not_uninstallable")]),
        (held("x", "srm", expires_at=NOW + SECOND), []),
        (held("x", "srm", status=Status.EXPIRED), [("R16", "expired_not_uninstallable")]),
        (held("x", "srm", status=Status.UNINSTALLED), []),
    ],
)
def test_r16_only_active_formal_licenses_can_be_uninstalled(license_, found):
    assert refused([license_], removing=["x"]) == found


def test_removing_a_missing_license_or_one_of_unknown_kind():
    assert refused([], removing=["x"]) == [("", "license_not_found")]
    result = assess([held("x", "srm", kind=None)], removing=["x"])
    assert (result.violations, codes(result.unchecked)) == ((), [("R16", "kind_unknown")])


def test_a_base_is_kept_while_an_upgrade_depends_on_it():
    both = [held("a", "vms_standard"), held("u", S2E)]
    result = assess(both, removing=["a"])
    assert codes(result.violations) == [("R5", "base_in_use")]
    assert result.violations[0].license_ids == ("a",)
    assert refused(both, removing=["a", "u"]) == []
    assert refused(both, removing=["u"]) == []


def test_a_part_of_a_base_is_kept_too():
    parts = [held("a", "vms_standard", 20), held("b", "vms_standard", 12), held("u", S2E, 32)]
    assert refused(parts, removing=["b"]) == [("R6", "base_in_use")]
    upgrades = [held("a", "vms_standard", 32), held("u", S2E, 20), held("v", S2E, 12)]
    assert refused(upgrades, removing=["v"]) == [("R6", "upgrade_below_base")]
    assert refused(upgrades, removing=["v"], allow_unbalanced=True) == []


def test_a_stranded_upgrade_can_be_removed():
    assert refused([held("u", S2E), held("a", "vms_enterprise")], removing=["u"]) == []
    over = [held("a", "vms_standard", 4), held("u", S2E, 4), held("v", S2E, 5)]
    assert refused(over, removing=["v"]) == []


def test_a_base_beyond_its_upgrades_can_be_removed():
    short = [held("a", "vms_standard", 32), held("b", "vms_standard", 1), held("u", S2E, 32)]
    assert refused(short, removing=["b"]) == []


def test_expired_licenses_do_not_count():
    base = [held("a", "vms_standard"), held("t", "vms_enterprise", kind=Kind.TEMPORARY, expires_at=NOW)]
    assert refused(base, [expect(S2E)]) == []
