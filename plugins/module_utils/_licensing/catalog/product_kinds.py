# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Class of each product and whether it is sold per architecture (R3, R39): all that a read needs to know.

A module that only reads ships this table instead of the catalog; a test compares the two.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, Mapping, NamedTuple, Optional, Protocol

EDITION, UPGRADE, FEATURE = "edition", "upgrade", "feature"
ANY = "any"


class ProductKind(NamedTuple):
    """The class of a product (``LicenseClass``), and whether it is sold per architecture."""

    license_class: str
    has_arches: bool


class Products(Protocol):
    """What knows the kinds of products: ``ProductKinds`` or a ``Catalog``."""

    def kind(self, product_id: Optional[str]) -> Optional[ProductKind]:
        """Return the kind of a product, None for an unknown one."""


_SHIPPED = {
    "vms_standard": ProductKind(EDITION, True),
    "vms_enterprise": ProductKind(EDITION, True),
    "vms_enhanced_enterprise": ProductKind(EDITION, True),
    "vms_standard_to_enterprise": ProductKind(UPGRADE, True),
    "vms_standard_to_enhanced_enterprise": ProductKind(UPGRADE, True),
    "vms_enterprise_to_enhanced_enterprise": ProductKind(UPGRADE, True),
    "srm": ProductKind(FEATURE, True),
    "isc": ProductKind(FEATURE, False),
    "container_service": ProductKind(FEATURE, False),
    "disk_backup_dr": ProductKind(FEATURE, False),
    "heterogeneous_migration": ProductKind(FEATURE, False),
}


class ProductKinds:
    """The shipped products and those of a site's own ``rows``, which the controller has validated (R2)."""

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        self._kinds: Dict[str, ProductKind] = dict(_SHIPPED)
        for row in rows:
            self._kinds[row["id"]] = ProductKind(row["class"], (row.get("arch") or ANY) != ANY)

    def kind(self, product_id: Optional[str]) -> Optional[ProductKind]:
        """Return the kind of a product, None for an unknown one."""
        return None if product_id is None else self._kinds.get(product_id)
