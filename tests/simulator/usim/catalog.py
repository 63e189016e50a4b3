# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Products of the vendor: table 1-1 as the servers know it.

Written from the vendor's document and not from the catalog of the collection, so that tests detect
differences.
"""

from __future__ import annotations

from dataclasses import dataclass

EDITIONS = ("standard", "enterprise", "enhanced_enterprise")
KINDS = ("preinstalled", "temporary", "formal")
ARCHES = ("x86_64", "aarch64")
PREINSTALLED_DAYS = 180
DAY = 86_400

# R11: what never ships preinstalled. R13: what is never lent.
NO_PREINSTALLED = frozenset({"container_service", "disk_backup_dr", "heterogeneous_migration"})
PACKED = frozenset({"disk_backup_dr", "heterogeneous_migration"})  # R32: sold in packs
NO_TEMPORARY = frozenset({"heterogeneous_migration"})


@dataclass(frozen=True)
class Product:
    """One product of one architecture; ``arch`` is None for products without an architecture in table 1-1."""

    id: str
    arch: str | None
    display_name: str
    metric: str
    remote: bool
    edition: str | None = None
    upgrade: tuple[str, str] | None = None

    @property
    def is_version_license(self) -> bool:
        """Return whether this is an edition or an upgrade, the class that login depends on."""
        return self.edition is not None or self.upgrade is not None


def _vms_products() -> list[Product]:
    name = {"standard": "标准版", "enterprise": "企业版", "enhanced_enterprise": "企业增强版"}
    products = []
    for arch, prefix in (
        ("x86_64", "UniCloud Usphere VMS虚拟化管理系统"),
        ("aarch64", "UniCloud Usphere VMS ARM虚拟化管理系统"),
    ):
        products.append(Product("srm", arch, f"{prefix}SRM软件", "vm", True))
        for low, edition in enumerate(EDITIONS):
            title = f"{prefix}{name[edition]}软件"
            products.append(Product(f"vms_{edition}", arch, title, "cpu_socket", True, edition=edition))
            for target in EDITIONS[low + 1 :]:
                title = f"{prefix}{name[edition]}升级{name[target]}软件"
                way = (edition, target)
                products.append(
                    Product(f"vms_{edition}_to_{target}", arch, title, "cpu_socket", True, upgrade=way)
                )
    return products


PRODUCTS: dict[tuple[str, str | None], Product] = {
    (product.id, product.arch): product
    for product in (
        *_vms_products(),
        Product("isc", None, "UniCloud Usphere ISC云业务管理中心软件", "vm", False),
        Product("container_service", None, "UniCloud Usphere-容器服务", "cpu_socket", True),
        Product("disk_backup_dr", None, "UniCloud Usphere容灾功能授权", "host", False),
        Product("heterogeneous_migration", None, "UniCloud Usphere融合迁移功能授权", "host", False),
    )
}


def find_product(product_id: str, arch: str | None) -> Product | None:
    """Return the product of table 1-1, or None if it is not sold for this architecture (R8, R39)."""
    return PRODUCTS.get((product_id, arch))


LOCAL_PRODUCTS = tuple(product.id for product in PRODUCTS.values() if not product.remote)


def is_fixed(code: str | None) -> bool:
    """Return whether the code begins with 3130: the license is fixed and never split (R24, R25)."""
    return code is not None and code.startswith("3130")
