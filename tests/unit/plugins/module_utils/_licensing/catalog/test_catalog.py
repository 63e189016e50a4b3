# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The product catalog equals the vendor's table, row by row (R2, R3, R8, R11, R13, R27, R32, R39)."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import Catalog
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog_rules import (
    forbidden_rule,
    upgrade_editions,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import (
    Arch,
    Edition,
    Feature,
    Kind,
)

CATALOG = Catalog.builtin()

# Copied manually from the vendor document: row, family, id, class, metric, installation, arch, packs, name.
X86, ARM = "UniCloud Usphere VMS虚拟化管理系统", "UniCloud Usphere VMS ARM虚拟化管理系统"
HOSTS = (1, 10, 50, 100)
# fmt: off
TABLE = [
    (1, "A", "isc", "feature", "vm", "local", "any", (), "UniCloud Usphere ISC云业务管理中心软件"),
    (2, "A", "srm", "feature", "vm", "remote", "x86_64", (), X86 + "SRM软件"),
    (3, "A", "container_service", "feature", "cpu_socket", "remote", "any", (), "UniCloud Usphere-容器服务"),
    (4, "A", "vms_standard", "edition", "cpu_socket", "remote", "x86_64", (), X86 + "标准版软件"),
    (5, "A", "vms_standard_to_enterprise", "upgrade", "cpu_socket", "remote", "x86_64", (),
     X86 + "标准版升级企业版软件"),
    (6, "A", "vms_standard_to_enhanced_enterprise", "upgrade", "cpu_socket", "remote", "x86_64", (),
     X86 + "标准版升级企业增强版软件"),
    (7, "A", "vms_enterprise", "edition", "cpu_socket", "remote", "x86_64", (), X86 + "企业版软件"),
    (8, "A", "vms_enterprise_to_enhanced_enterprise", "upgrade", "cpu_socket", "remote", "x86_64", (),
     X86 + "企业版升级企业增强版软件"),
    (9, "A", "vms_enhanced_enterprise", "edition", "cpu_socket", "remote", "x86_64", (),
     X86 + "企业增强版软件"),
    (10, "A", "srm", "feature", "vm", "remote", "aarch64", (), ARM + "SRM软件"),
    (11, "A", "vms_standard", "edition", "cpu_socket", "remote", "aarch64", (), ARM + "标准版软件"),
    (12, "A", "vms_standard_to_enterprise", "upgrade", "cpu_socket", "remote", "aarch64", (),
     ARM + "标准版升级企业版软件"),
    (13, "A", "vms_standard_to_enhanced_enterprise", "upgrade", "cpu_socket", "remote", "aarch64", (),
     ARM + "标准版升级企业增强版软件"),
    (14, "A", "vms_enterprise", "edition", "cpu_socket", "remote", "aarch64", (), ARM + "企业版软件"),
    (15, "A", "vms_enterprise_to_enhanced_enterprise", "upgrade", "cpu_socket", "remote", "aarch64", (),
     ARM + "企业版升级企业增强版软件"),
    (16, "A", "vms_enhanced_enterprise", "edition", "cpu_socket", "remote", "aarch64", (),
     ARM + "企业增强版软件"),
    (17, "B", "disk_backup_dr", "feature", "host", "local", "any", HOSTS, "UniCloud Usphere容灾功能授权"),
    (18, "B", "heterogeneous_migration", "feature", "host", "local", "any", HOSTS,
     "UniCloud Usphere融合迁移功能授权"),
]
# fmt: on


def test_r27_the_table_row_by_row():
    assert [
        (p.row, p.family, p.id, p.license_class.value, p.metric.value, p.installation.value, p.arch.value,
         p.packs, p.name_zh)
        for p in CATALOG.products
    ] == TABLE  # fmt: skip


def test_r27_rows_with_a_stated_architecture():
    assert [p.row for p in CATALOG.products if p.arch_stated] == [10, 11, 12, 13, 14, 15, 16]


def test_r27_feature_and_product_ids_are_separate_namespaces():
    assert CATALOG.feature_product(Feature.CONTAINER_ENGINE) == "container_service"
    assert CATALOG.product("container_engine") is None
    assert {p.feature for p in CATALOG.products} - {None} == set(Feature)


def test_r8_three_upgrades_and_no_downgrade():
    known = {(s, t): CATALOG.upgrade(s, t) for s in Edition for t in Edition if CATALOG.upgrade(s, t)}
    assert known == {
        (Edition.STANDARD, Edition.ENTERPRISE): "vms_standard_to_enterprise",
        (Edition.STANDARD, Edition.ENHANCED_ENTERPRISE): "vms_standard_to_enhanced_enterprise",
        (Edition.ENTERPRISE, Edition.ENHANCED_ENTERPRISE): "vms_enterprise_to_enhanced_enterprise",
    }
    for product in known.values():
        assert {arch for arch in Arch if CATALOG.product(product, arch)} == {Arch.X86_64, Arch.AARCH64}
    assert upgrade_editions("vms_enterprise_to_standard") == (Edition.ENTERPRISE, Edition.STANDARD)
    assert upgrade_editions("vms_standard") is None
    assert upgrade_editions("vms_standard_to_golden") is None


def test_r39_products_without_an_arm_row():
    neutral = {p.id for p in CATALOG.products if not CATALOG.has_arches(p.id)}
    assert neutral == {"isc", "container_service", "disk_backup_dr", "heterogeneous_migration"}


def test_a_product_for_any_arch_is_found_for_each_arch():
    assert CATALOG.product("disk_backup_dr", Arch.AARCH64).row == 17
    assert CATALOG.product("srm", Arch.AARCH64).row == 10
    assert CATALOG.product("srm", Arch.ANY) is None


def test_an_unknown_product_gives_none():
    assert CATALOG.product("vms_ultimate") is None
    assert CATALOG.product(None) is None
    assert CATALOG.by_display_name("UniCloud Usphere VMS虚拟化管理系统旗舰版软件") is None


def test_display_names_map_to_product_and_arch_despite_spacing():
    assert CATALOG.by_display_name("UniCloud Usphere VMS ARM虚拟化管理系统SRM 软件") == ("srm", Arch.AARCH64)
    # The scheme list of the vendor document writes the same product with a hyphen.
    assert CATALOG.by_display_name("UniCloud Usphere-VMS 虚拟化管理系统标准版软件") == (
        "vms_standard",
        Arch.X86_64,
    )
    assert len(CATALOG.display_names) == 2 * len(TABLE)
    for name, (product, arch) in CATALOG.display_names.items():
        assert CATALOG.by_display_name(name) == (product, Arch(arch))


@pytest.mark.parametrize(
    ("product", "kinds"),
    [
        ("container_service", {"preinstalled": "R11"}),
        ("disk_backup_dr", {"preinstalled": "R11"}),
        ("heterogeneous_migration", {"preinstalled": "R11", "temporary": "R13"}),
        ("isc", {}),
        ("srm", {}),
        ("vms_standard", {}),
    ],
)
def test_r11_r13_forbidden_kinds(product, kinds):
    found = {kind.value: forbidden_rule(CATALOG.product(product), kind) for kind in Kind}
    assert {kind: rule for kind, rule in found.items() if rule} == kinds


def test_r2_site_rows_extend_and_override_the_catalog():
    extended = CATALOG.extended(
        [
            {"id": "vms_ultimate_dr", "class": "feature", "metric": "host", "installation": "local",
             "family": "B", "feature": "disk_backup_dr", "packs": [5]},
            {"id": "srm", "class": "feature", "metric": "host", "installation": "remote",
             "arch": "x86_64", "feature": "srm"},
        ],
        "site",
    )  # fmt: skip
    assert extended.product("vms_ultimate_dr").packs == (5,)
    assert extended.product("srm", Arch.X86_64).metric.value == "host"
    assert extended.product("srm", Arch.AARCH64).metric.value == "vm"
    assert CATALOG.product("vms_ultimate_dr") is None
    assert extended.source.endswith("; site")


def test_isc_is_local_although_its_family_is_a():
    isc = CATALOG.product("isc")
    assert (isc.family, isc.installation.value) == ("A", "local")
