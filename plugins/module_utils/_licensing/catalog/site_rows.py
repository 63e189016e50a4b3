# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate a site's own rows of the catalog (R2) on the controller, before a module merges them."""

from __future__ import annotations

from typing import Dict, List, Mapping, Sequence, Set, Tuple

from ..._errors import LicensingError, shown
from ..values.model import ARCHES, Arch, Edition, Feature, Installation, LicenseClass, Metric, word
from . import catalog_data
from .catalog import Catalog, Product, with_site_rows, without_nulls

_KEYS = (
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

    Raises what ``check_rows`` raises.
    """
    check_rows(rows)
    return with_site_rows(rows)


def check_rows(rows: Sequence[Mapping[str, object]]) -> None:
    """Validate rows of a site.

    Raises LicensingError ``catalog_row_invalid`` for a row that cannot be parsed, and ``catalog_…`` for rows
    that contradict each other or change the class, edition, upgrade or feature of a shipped product.
    """
    _check([_parse_row(row) for row in rows], Catalog.builtin())


def _parse_row(row: Mapping[str, object]) -> Product:
    values = without_nulls(row)
    for name in sorted(set(values) - set(_KEYS)):
        raise LicensingError("catalog_row_invalid", "R2", field=name, value=shown(values[name]))
    _check_values(values)
    return Catalog((), "").extended([values], "").products[0]


def _check_values(row: Mapping[str, object]) -> None:
    def invalid(name: str) -> LicensingError:
        return LicensingError("catalog_row_invalid", "R2", field=name, value=shown(row.get(name)))

    def text(name: str, default: str = "") -> str:
        value = row.get(name, default)
        if not isinstance(value, str) or not (value or default == ""):
            raise invalid(name)
        return value

    class_, metric = word(LicenseClass, row.get("class")), word(Metric, row.get("metric"))
    installation, arch = word(Installation, row.get("installation")), word(Arch, row.get("arch", "any"))
    feature, edition = word(Feature, row.get("feature")), word(Edition, row.get("edition"))
    source, target = word(Edition, row.get("from")), word(Edition, row.get("to"))
    packs = row.get("packs", ())
    if not text("id"):
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
    if (class_ is LicenseClass.EDITION) != (edition is not None) or (edition is None and row.get("edition")):
        raise invalid("edition")
    for name, end in (("from", source), ("to", target)):
        if (class_ is LicenseClass.UPGRADE) != (end is not None) or (end is None and row.get(name)):
            raise invalid(name)
    if (class_ is not LicenseClass.FEATURE and feature is not None) or (
        feature is None and row.get("feature")
    ):
        raise invalid("feature")
    text("name_zh")
    text("name_en")


def _check(products: Sequence[Product], shipped: Catalog) -> None:
    first: Dict[Tuple[str, Arch], int] = {}
    first_rows: Dict[str, int] = {}
    owners = {_role(each): each.id for each in shipped.products if _role(each)}
    names = {name: ident for name, (ident, _arch) in shipped.display_names.items()}
    for index, product in enumerate(products):
        if (product.id, product.arch) in first:
            place = _row_name(first[product.id, product.arch])
            raise _row_error("catalog_row_twice", product, arch=product.arch.value, first=place)
        first[product.id, product.arch] = index
        _check_role(product, shipped, owners)
        first_row = first_rows.setdefault(product.id, index)
        for name in _COMMON_FIELDS:
            if getattr(product, name) != getattr(products[first_row], name):
                raise _row_error("catalog_rows_differ", product, field=name, first=_row_name(first_row))
        for name in (product.name_zh, product.name_en):
            other = names.setdefault(name, product.id) if name else product.id
            if other != product.id:
                raise _row_error("catalog_name_taken", product, name=name, other=other)
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
        raise _row_error(
            "catalog_role", product, expected=(known.license_class.value + " " + _role(known)).rstrip()
        )
    if known is None and role:
        raise _row_error("catalog_taken", product, role=role, product=owners[role])


def _check_arches(product: Product, arches: Set[Arch], shipped: Catalog) -> None:
    if Arch.ANY in arches:
        if len(arches) > 1:
            raise _row_error("catalog_arch_mixed", product)
        if product.license_class is not LicenseClass.FEATURE:
            raise _row_error("catalog_arch_needed", product)
    elif shipped.product(product.id) is not None and not shipped.has_arches(product.id):
        missing: List[str] = sorted(arch.value for arch in ARCHES if arch not in arches)
        if missing:
            raise _row_error("catalog_arch_missing", product, arch=missing)


def _role(product: Product) -> str:
    if product.upgrades is not None:
        return " → ".join(edition.value for edition in product.upgrades)
    known = product.edition or product.feature
    return "" if known is None else known.value


def _row_name(index: int) -> str:
    return "catalog[{0}]".format(index)


def _row_error(code: str, about: Product, **fields: object) -> LicensingError:
    return LicensingError(code, "R2", id=about.id, **fields)
