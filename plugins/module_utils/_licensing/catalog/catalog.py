# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Product catalog (R2, R3, R8, R27): table 1-1 as typed rows, with lookups and the rows of a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple

from ..._errors import LicensingError, shown
from ..values.model import ARCHES, Arch, Edition, Feature, Installation, LicenseClass, Metric, word
from . import catalog_data


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
    """Immutable set of products with lookups by id, architecture, edition, feature and name."""

    def __init__(self, products: Iterable[Product], source: str) -> None:
        self.products: Tuple[Product, ...] = tuple(products)
        self.source = source
        self._by_id: Dict[str, Dict[Arch, Product]] = {}
        for product in self.products:
            self._by_id.setdefault(product.id, {})[product.arch] = product
        self._editions = {p.edition: p.id for p in self.products if p.edition is not None}
        self._upgrades = {p.upgrades: p.id for p in self.products if p.upgrades is not None}
        self._features = {p.feature: p.id for p in self.products if p.feature is not None}
        self._names = {
            _normalized_name(name): (p.id, p.arch)
            for p in self.products
            for name in (p.name_zh, p.name_en)
            if name
        }

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
        return self._names.get(_normalized_name(name))

    def extended(self, rows: Iterable[Mapping[str, object]], source: str) -> "Catalog":
        """Return a catalog with ``rows`` added to the products or replacing them (R2).

        A row replaces the row of the same product and architecture. Rows for single architectures replace a
        row of the same product for any architecture, and vice versa. A feature product may have no
        ``feature``; it is then counted by its product id. The caller must check the rows against each other.
        A row is a mapping with ``id``, ``class``, ``metric``, ``installation`` and optionally ``family``
        (``A``), ``arch`` (``any``), ``feature``, ``edition``, ``from``, ``to``, ``packs``, ``name_zh``,
        ``name_en``. Raises LicensingError ``catalog_row_invalid``.
        """
        merged = {(product.id, product.arch): product for product in self.products}
        for row in rows:
            product = _product_from_mapping(row)
            for other in (*ARCHES, Arch.ANY):
                if (other is Arch.ANY) != (product.arch is Arch.ANY):
                    merged.pop((product.id, other), None)
            merged[(product.id, product.arch)] = product
        return Catalog(merged.values(), "{0}; {1}".format(self.source, source))


def _normalized_name(name: str) -> str:
    # The table, the scheme list and the servers use different spaces and hyphens in the same names.
    return "".join(character for character in name.casefold() if character.isalnum())


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


def _product_from_mapping(row: Mapping[str, object]) -> Product:
    def invalid(name: str) -> LicensingError:
        return LicensingError("catalog_row_invalid", "R2", field=name, value=shown(row.get(name)))

    def text(name: str, default: str = "") -> str:
        value = row.get(name, default)
        if not isinstance(value, str) or not (value or default == ""):
            raise invalid(name)
        return value

    ident = text("id")
    class_, metric = word(LicenseClass, row.get("class")), word(Metric, row.get("metric"))
    installation, arch = word(Installation, row.get("installation")), word(Arch, row.get("arch", "any"))
    feature, edition = word(Feature, row.get("feature")), word(Edition, row.get("edition"))
    source, target = word(Edition, row.get("from")), word(Edition, row.get("to"))
    packs = row.get("packs", ())
    if not ident:
        raise invalid("id")
    if class_ is None:
        raise invalid("class")
    if metric is None:
        raise invalid("metric")
    if installation is None:
        raise invalid("installation")
    if arch is None:
        raise invalid("arch")
    if text("family", "A") not in catalog_data.FAMILIES:
        raise invalid("family")
    if not isinstance(packs, (list, tuple)) or not all(isinstance(p, int) and p > 0 for p in packs):
        raise invalid("packs")
    if (class_ is LicenseClass.EDITION) != (edition is not None):
        raise invalid("edition")
    if (class_ is LicenseClass.UPGRADE) != (source is not None and target is not None):
        raise invalid("from")
    if (class_ is not LicenseClass.FEATURE and feature is not None) or (
        feature is None and row.get("feature")
    ):
        raise invalid("feature")
    return Product(
        row=0,
        family=text("family", "A"),
        id=ident,
        license_class=class_,
        metric=metric,
        installation=installation,
        arch=arch,
        feature=feature,
        edition=edition,
        upgrades=(source, target) if source is not None and target is not None else None,
        packs=tuple(packs),
        arch_stated=True,
        name_zh=text("name_zh"),
        name_en=text("name_en"),
    )


_BUILTIN = Catalog([_product_from_row(row) for row in catalog_data.ROWS], catalog_data.SOURCE)


# A site's own rows are validated and merged over the shipped table (R2).

SOURCE = "the site's own rows"

SITE_KEYS = (
    *("id", "class", "metric", "installation", "arch", "family", "feature", "edition"),
    *("from", "to", "packs", "name_zh", "name_en"),
)
# Fields that must be equal in all rows of a product.
_COMMON_FIELDS = (
    "license_class",
    "metric",
    "installation",
    "family",
    "feature",
    "edition",
    "upgrades",
    "packs",
)


def site_rows(rows: Sequence[Mapping[str, object]]) -> Catalog:
    """Return the shipped catalog merged with ``rows``, in the format of ``Catalog.extended``.

    Without rows return the shipped catalog. Raises LicensingError ``catalog_row_invalid`` for a row that
    cannot be parsed, and ``catalog_…`` for rows that contradict each other or change the class, edition,
    upgrade or feature of a shipped product.
    """
    shipped = Catalog.builtin()
    if not rows:
        return shipped
    products = [_parse_row(row) for row in rows]
    _check(products, shipped)
    return shipped.extended([_without_nulls(row) for row in rows], SOURCE)


def _without_nulls(row: Mapping[str, object]) -> Dict[str, object]:
    # A template that omits a value passes null; null means not set.
    return {str(name): value for name, value in row.items() if value is not None}


def _parse_row(row: Mapping[str, object]) -> Product:
    values = _without_nulls(row)
    for name in sorted(set(values) - set(SITE_KEYS)):
        raise LicensingError("catalog_row_invalid", "R2", field=name, value=shown(values[name]))
    return Catalog((), "").extended([values], "").products[0]


def _check(products: Sequence[Product], shipped: Catalog) -> None:
    first: Dict[Tuple[str, Arch], int] = {}
    first_rows: Dict[str, int] = {}
    owners = {_role(each): each.id for each in shipped.products if _role(each)}
    names = {name: ident for name, (ident, _arch) in shipped.display_names.items()}
    for index, product in enumerate(products):
        if (product.id, product.arch) in first:
            place = _row_name(first[product.id, product.arch])
            raise _row_error("row_twice", product, arch=product.arch.value, first=place)
        first[product.id, product.arch] = index
        _check_role(product, shipped, owners)
        first_row = first_rows.setdefault(product.id, index)
        for name in _COMMON_FIELDS:
            if getattr(product, name) != getattr(products[first_row], name):
                raise _row_error("rows_differ", product, field=name, first=_row_name(first_row))
        for name in (product.name_zh, product.name_en):
            other = names.setdefault(name, product.id) if name else product.id
            if other != product.id:
                raise _row_error("name_taken", product, name=name, other=other)
    for first_row in first_rows.values():
        _check_arches(
            products[first_row], {arch for ident, arch in first if ident == products[first_row].id}, shipped
        )


def _check_role(product: Product, shipped: Catalog, owners: Mapping[str, str]) -> None:
    """Reject a row that changes the role of a shipped product, or a new product with the role of one.

    Quantities are counted under exactly one product per feature, edition and upgrade.
    """
    known, role = shipped.product(product.id), _role(product)
    if known is not None and (product.license_class, role) != (known.license_class, _role(known)):
        raise _row_error("role", product, expected=(known.license_class.value + " " + _role(known)).rstrip())
    if known is None and role:
        raise _row_error("taken", product, role=role, product=owners[role])


def _check_arches(product: Product, arches: Set[Arch], shipped: Catalog) -> None:
    if Arch.ANY in arches:
        if len(arches) > 1:
            raise _row_error("arch_mixed", product)
        if product.license_class is not LicenseClass.FEATURE:
            raise _row_error("arch_needed", product)
    elif shipped.product(product.id) is not None and not shipped.has_arches(product.id):
        missing: List[str] = sorted(arch.value for arch in ARCHES if arch not in arches)
        if missing:
            raise _row_error("arch_missing", product, arch=missing)


def _role(product: Product) -> str:
    if product.upgrades is not None:
        return " → ".join(edition.value for edition in product.upgrades)
    known = product.edition or product.feature
    return "" if known is None else known.value


def _row_name(index: int) -> str:
    return "catalog[{0}]".format(index)


def _row_error(code: str, about: Product, **fields: object) -> LicensingError:
    return LicensingError("catalog_" + code, "R2", id=about.id, **fields)
