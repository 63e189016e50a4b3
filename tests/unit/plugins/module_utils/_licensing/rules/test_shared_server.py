# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules on a License Server that several clients share: quotas, fixed licenses, and installation order."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.rules.change import (
    ClientShare,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.rules.change import (
    QuotaLine as QuotaRow,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.rules.preconditions import (
    install_order,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import (
    Arch,
)

from .....fakes.end_state import S2E, S2H, assess, codes, expect, held, refused

# -- several clients --


def test_a_single_client_holds_everything():
    base = [held("a", "vms_standard")]
    one = (ClientShare("hangzhou", {"a": 1}),)
    assert refused(base, [expect(S2E, 4)], clients=one) == []
    assert refused(base, [expect(S2E, 4)], clients=one, client="hangzhou") == []


@pytest.fixture(name="shared")
def _shared():
    licenses = [held("a", "vms_standard", 4), held("b", "vms_enterprise", 6)]
    return licenses, (ClientShare("hangzhou", {"a": 4}), ClientShare("chengdu", {"b": 6}))


def test_without_client_on_a_shared_server_editions_are_not_checked(shared):
    licenses, clients = shared
    result = assess(licenses, [expect(S2E, 99)], clients=clients)
    assert (result.violations, codes(result.unchecked)) == ((), [("R6", "shared_without_client")])
    assert assess(licenses, [expect("srm", 9)], clients=clients).unchecked == ()


def test_with_client_the_rules_apply_to_its_own_licenses(shared):
    licenses, clients = shared
    assert refused(licenses, [expect(S2E, 4)], clients=clients, client="hangzhou") == []
    assert refused(licenses, [expect(S2E, 4)], clients=clients, client="chengdu") == [
        ("R5", "upgrade_without_base")
    ]
    assert refused(licenses, [expect("vms_enterprise", 4)], clients=clients, client="hangzhou") == [
        ("R4", "editions_mixed")
    ]


def test_an_unknown_client_is_refused(shared):
    licenses, clients = shared
    assert refused(licenses, clients=clients, client="beijing") == [("", "client_not_found")]


def test_every_system_that_a_removal_affects_is_checked():
    licenses = [held("a", "vms_standard", 8), held("u", S2E, 4)]
    clients = (ClientShare("hangzhou", {"a": 4, "u": 4}), ClientShare("chengdu", {"a": 4}))
    assert refused(licenses, removing=["a"], clients=clients) == [("R5", "base_in_use")]
    assert refused(licenses, removing=["u"], clients=clients) == []


def test_r26_a_quota_limits_what_a_client_can_draw():
    licenses = [held("a", "vms_standard", 4)]
    quota = (QuotaRow("vms_standard", "x86_64", 4), QuotaRow(S2E, Arch.X86_64, 2))
    clients = (ClientShare("hangzhou", {"a": 4}, quota), ClientShare("chengdu"))
    result = assess(licenses, [expect(S2E, 4)], clients=clients, client="hangzhou")
    assert codes(result.warnings) == [("R26", "quota_too_small")]
    assert codes(result.violations) == [("R6", "upgrade_below_base")]


STANDARD = (QuotaRow("vms_standard", "x86_64", 4), QuotaRow(S2E, "x86_64", 4))


def test_a_quota_counts_before_it_is_fetched():
    licenses = [held("a", "vms_standard", 8)]
    clients = (ClientShare("hangzhou", {}, STANDARD), ClientShare("chengdu", {}, STANDARD))
    assert assess(licenses, [expect(S2E, 4)], clients=clients, client="hangzhou").unchecked == ()
    assert refused(licenses, [expect("vms_enterprise", 4)], clients=clients, client="hangzhou") == []
    lone = (ClientShare("hangzhou", {}, STANDARD), ClientShare("chengdu"))
    assert refused(licenses, [expect("vms_enterprise", 4)], clients=lone, client="chengdu") == [
        ("R4", "editions_mixed")
    ]
    assert refused(licenses, [expect(S2E, 5)], clients=lone, client="chengdu") == [
        ("R6", "upgrade_exceeds_base")
    ]


def test_a_quantity_that_several_clients_may_draw_is_unchecked():
    licenses = [held("a", "vms_standard", 8), held("b", "vms_standard", 8)]
    clients = (ClientShare("hangzhou"), ClientShare("chengdu"))
    result = assess(licenses, [expect(S2E, 4)], clients=clients, client="hangzhou")
    assert (codes(result.violations), codes(result.unchecked)) == ([], [("R6", "balance_unknown")])


def test_a_fixed_license_is_drawn_completely_or_not_at_all():
    licenses = [held("a", "vms_standard", 8, code="3130A0XZ")]
    clients = (ClientShare("hangzhou", {}, STANDARD), ClientShare("chengdu", {}, STANDARD))
    assert refused(licenses, [expect(S2E, 4)], clients=clients, client="hangzhou") == [
        ("R5", "upgrade_without_base")
    ]
    whole = [held("a", "vms_standard", 4, code="3130A0XZ")]
    disjoint = (
        ClientShare("hangzhou", {}, STANDARD),
        ClientShare("chengdu", {}, (QuotaRow("srm", "x86_64", 1),)),
    )
    assert refused(whole, [expect(S2E, 4)], clients=disjoint, client="hangzhou") == []


def test_a_removal_of_licenses_without_a_known_holder_is_unchecked():
    licenses = [held("a", "vms_standard", 8)]
    clients = (ClientShare("hangzhou"), ClientShare("chengdu"))
    result = assess(licenses, removing=["a"], clients=clients)
    assert codes(result.unchecked) == [("R6", "shared_without_client")]
    holder = (ClientShare("hangzhou", {"a": 8}), ClientShare("chengdu"))
    assert assess(licenses, removing=["a"], clients=holder).unchecked == ()


def test_r25_a_fixed_license_is_not_split():
    quota = (QuotaRow("vms_standard", "x86_64", 4),)
    clients = (ClientShare("hangzhou", {}, quota), ClientShare("chengdu", {}, quota))
    assert refused([], [expect("vms_standard", 4, code="3130A0XZ")], clients=clients) == []
    assert refused([], [expect("vms_standard", 5, code="3130A0XZ")], clients=clients) == [
        ("R25", "fixed_does_not_fit")
    ]
    assert refused([], [expect("vms_standard", 5, code="3132A0XY")], clients=clients) == []
    held_already = [
        held("a", "vms_standard", 4, code="3130A0XA"),
        held("b", "vms_standard", 4, code="3130A0XB"),
    ]
    assert refused(held_already, [expect("vms_standard", 1, code="3130A0XZ")], clients=clients) == [
        ("R25", "fixed_does_not_fit")
    ]
    assert refused(held_already, [expect("vms_standard", 1, code="3130A0XZ")], ["b"], clients=clients) == []


def test_r25_without_quotas_and_with_several_clients_placement_is_unknown(shared):
    licenses, clients = shared
    result = assess(licenses, [expect("srm", 4, code="3130A0XZ")], clients=clients)
    assert (result.violations, codes(result.unchecked)) == ((), [("R25", "fixed_placement_unknown")])
    assert assess(licenses, [expect("srm", 4, code="3130A0XZ")]).unchecked == ()


def test_an_unreported_quantity_is_unchecked():
    base = [held("a", "vms_standard", None)]
    result = assess(base, [expect(S2E, 4)])
    assert (result.violations, codes(result.unchecked)) == ((), [("R6", "balance_unknown")])


# -- order --


def test_install_order_is_base_then_upgrade_then_features():
    names = [
        "srm",
        "vms_enterprise_to_enhanced_enterprise",
        S2E,
        "vms_standard",
        "isc",
        "vms_enterprise",
        S2H,
    ]
    order = install_order([expect(name) for name in names])
    assert [names[index] for index in order] == [
        "vms_standard", "vms_enterprise", S2E, S2H, "vms_enterprise_to_enhanced_enterprise", "srm", "isc",
    ]  # fmt: skip
    assert install_order([]) == ()
