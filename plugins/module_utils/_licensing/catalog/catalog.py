# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Product catalog (R2, R3, R8, R27): table 1-1 as typed rows, with lookups and the rows of a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, Mapping, Optional, Tuple

from ..values.model import Arch, Edition, Feature, Installation, LicenseClass, Metric
from . import catalog_data
from .name_patterns import first_match
from .product_kinds import ProductKind
from .product_names import Cell, ProductNames, put_row


@dataclass(frozen=True)
class Product:
    """One row of table 1-1: a product id in one architecture (``ANY``: the row has no architecture).

    ``edition`` is set for an edition license, ``upgrades`` (from, to) for an upgrade license, ``feature`` for
    a feature license. ``packs`` are the pack sizes on sale (R32); empty means any quantity.
    """

    row: int
    family: str
    id: str
    license_class: LicenseClass
    metric: Metric
    installation: Installation
    arch: Arch
    feature: Optional[Feature] = None
    edition: Optional[Edition] = None
    upgrades: Optional[Tuple[Edition, Edition]] = None
    packs: Tuple[int, ...] = ()
    arch_stated: bool = False
    name_zh: str = ""
    name_en: str = ""
    label_zh: str = ""


class Catalog:
    """Immutable set of products with lookups by id, architecture, edition, feature and name.

    ``not_usphere`` are patterns of the names of products that are not Usphere's (``name_patterns``).
    """

    def __init__(self, products: Iterable[Product], source: str, not_usphere: Iterable[str] = ()) -> None:
        self.products: Tuple[Product, ...] = tuple(products)
        self.source = source
        self.not_usphere: Tuple[str, ...] = tuple(not_usphere)
        self._by_id: Dict[str, Dict[Arch, Product]] = {}
        for product in self.products:
            self._by_id.setdefault(product.id, {})[product.arch] = product
        self._editions = {p.edition: p.id for p in self.products if p.edition is not None}
        self._upgrades = {p.upgrades: p.id for p in self.products if p.upgrades is not None}
        self._features = {p.feature: p.id for p in self.products if p.feature is not None}
        self._names = ProductNames({(p.id, p.arch.value): (p.name_zh, p.name_en) for p in self.products})

    @staticmethod
    def builtin() -> "Catalog":
        """Return the vendor's table as shipped with the collection."""
        return _BUILTIN

    def product(self, product_id: Optional[str], arch: Optional[Arch] = None) -> Optional[Product]:
        """Return the row of ``product_id`` in ``arch``, or None if it is not in the catalog.

        If ``arch`` is None, any row of the product is returned (class, metric and feature are the same in all
        rows). A product that is not sold per architecture is found for every ``arch``.
        """
        rows = self._by_id.get(product_id) if product_id is not None else None
        if not rows:
            return None
        if arch is None:
            return next(iter(rows.values()))
        return rows.get(arch) or rows.get(Arch.ANY)

    def has_arches(self, product_id: str) -> bool:
        """Return True if the product is sold per architecture (R39)."""
        return Arch.ANY not in self._by_id.get(product_id, {Arch.ANY: None})

    def kind(self, product_id: Optional[str]) -> Optional[ProductKind]:
        """Return the class of a product and whether it is sold per architecture, None for an unknown one."""
        product = self.product(product_id)
        if product is None:
            return None
        return ProductKind(product.license_class.value, self.has_arches(product.id))

    def is_foreign(self, name: object) -> bool:
        """Return whether ``name`` is that of a product that is not Usphere's."""
        return isinstance(name, str) and first_match(self.not_usphere, name) is not None

    def edition_product(self, edition: Edition) -> str:
        return self._editions[edition]

    def feature_product(self, feature: Feature) -> str:
        return self._features[feature]

    def upgrade(self, source: Edition, target: Edition) -> Optional[str]:
        """Return the product that upgrades ``source`` to ``target``, or None if R8 lists no such upgrade."""
        return self._upgrades.get((source, target))

    @property
    def display_names(self) -> Dict[str, Tuple[str, str]]:
        """Every Chinese and English name of the table, mapped to (product id, arch)."""
        return {
            name: (product.id, product.arch.value)
            for product in self.products
            for name in (product.name_zh, product.name_en)
            if name
        }

    def by_display_name(self, name: str) -> Optional[Tuple[str, Arch]]:
        """Return (product id, arch) of a display name, or None; case, spaces and punctuation are ignored."""
        cell = self.named(name)
        return None if cell is None else (cell[0], Arch(cell[1]))

    def named(self, name: str) -> Optional[Cell]:
        """Return what ``by_display_name`` returns, with the architecture as text."""
        return self._names.named(name)

    def extended(
        self, rows: Iterable[Mapping[str, Any]], source: str, not_usphere: Iterable[str] = ()
    ) -> "Catalog":
        """Return a catalog with ``rows`` added to the products or replacing them (R2).

        ``product_names.put_row`` says which rows a row replaces. A feature product may have no ``feature``;
        it is then counted by its product id. A row is a mapping with ``id``, ``class``, ``metric``,
        ``installation`` and optionally ``family`` (``A``), ``arch`` (``any``), ``feature``, ``edition``,
        ``from``, ``to``, ``packs``, ``name_zh``, ``name_en``. The caller must have validated the rows, as
        ``site_rows.check_rows`` does.
        """
        merged = {(product.id, product.arch.value): product for product in self.products}
        for row in rows:
            product = _product_from_mapping(row)
            put_row(merged, (product.id, product.arch.value), product)
        foreign = dict.fromkeys((*self.not_usphere, *not_usphere))
        return Catalog(merged.values(), "{0}; {1}".format(self.source, source), foreign)


def _product_from_row(row: catalog_data.Row) -> Product:
    (
        number,
        family,
        ident,
        class_,
        metric,
        installation,
        arch,
        feature,
        editions,
        packs,
        arch_wording,
        zh,
        en,
        label,
    ) = row
    return Product(
        row=number,
        family=family,
        id=ident,
        license_class=LicenseClass(class_),
        metric=Metric(metric),
        installation=Installation(installation),
        arch=Arch(arch),
        feature=Feature(feature) if feature else None,
        edition=Edition(editions[0]) if len(editions) == 1 else None,
        upgrades=(Edition(editions[0]), Edition(editions[1])) if len(editions) == 2 else None,
        packs=packs,
        arch_stated=arch_wording == "stated",
        name_zh=zh,
        name_en=en,
        label_zh=label,
    )


def _product_from_mapping(row: Mapping[str, Any]) -> Product:
    feature, edition, source, target = (row.get(name) for name in ("feature", "edition", "from", "to"))
    return Product(
        row=0,
        family=row.get("family", "A"),
        id=row["id"],
        license_class=LicenseClass(row["class"]),
        metric=Metric(row["metric"]),
        installation=Installation(row["installation"]),
        arch=Arch(row.get("arch", "any")),
        feature=Feature(feature) if feature else None,
        edition=Edition(edition) if edition else None,
        upgrades=(Edition(source), Edition(target)) if source and target else None,
        packs=tuple(row.get("packs", ())),
        arch_stated=True,
        name_zh=row.get("name_zh", ""),
        name_en=row.get("name_en", ""),
    )


_BUILTIN = Catalog([_product_from_row(row) for row in catalog_data.ROWS], catalog_data.SOURCE)


def with_site_rows(rows: Iterable[Mapping[str, Any]]) -> Catalog:
    """Return the shipped catalog merged with a site's own rows (R2), in the format of ``Catalog.extended``.

    Without rows return the shipped catalog. The controller has validated the rows (``site_rows.py``).
    """
    given = [without_nulls(row) for row in rows]
    return _BUILTIN.extended(given, "the site's own rows") if given else _BUILTIN


def site_catalog(params: Mapping[str, Any]) -> Catalog:
    """Return the shipped catalog merged with the rows of the option ``catalog`` of a module (R2)."""
    return with_site_rows(params.get("catalog") or ())


def without_nulls(row: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the values of a row; a template that omits a value passes null, which means not set."""
    return {str(name): value for name, value in row.items() if value is not None}
