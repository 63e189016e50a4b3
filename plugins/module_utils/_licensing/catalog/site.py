# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site's own rows of the catalog, checked together and laid over the shipped table (R2)."""

from __future__ import annotations

from typing import Dict, List, Mapping, Sequence, Set, Tuple

from ..._errors import LicensingError, shown
from ..values.model import ARCHES, Arch, LicenseClass
from .catalog import Catalog, Product

SOURCE = "the site's own rows"

KEYS = (
    *("id", "class", "metric", "installation", "arch", "family", "feature", "edition"),
    *("from", "to", "packs", "name_zh", "name_en"),
)
# What a product says alike for each architecture.
_SAME = ("license_class", "metric", "installation", "family", "feature", "edition", "upgrades", "packs")


def site_rows(rows: Sequence[Mapping[str, object]]) -> Catalog:
    """Return the shipped catalog with ``rows`` in it, which are as ``Catalog.extended`` takes them.

    Without rows it is the shipped one. Raises LicensingError ``catalog_row_invalid`` for a row that cannot be
    read, ``catalog_…`` for rows that do not go together, or would change what the rules count by.
    """
    shipped = Catalog.builtin()
    if not rows:
        return shipped
    read = [_read(row) for row in rows]
    _check(read, shipped)
    return shipped.extended([_said(row) for row in rows], SOURCE)


def _said(row: Mapping[str, object]) -> Dict[str, object]:
    # An omitted value of a template arrives as null: it says nothing.
    return {str(name): value for name, value in row.items() if value is not None}


def _read(row: Mapping[str, object]) -> Product:
    said = _said(row)
    for name in sorted(set(said) - set(KEYS)):
        raise LicensingError("catalog_row_invalid", "R2", field=name, value=shown(said[name]))
    return Catalog((), (), "").extended([said], "").products[0]


def _check(products: Sequence[Product], shipped: Catalog) -> None:
    first: Dict[Tuple[str, Arch], int] = {}
    leaders: Dict[str, int] = {}
    owners = {_role(each): each.id for each in shipped.products if _role(each)}
    names = {name: ident for name, (ident, _arch) in shipped.display_names.items()}
    for at, product in enumerate(products):
        if (product.id, product.arch) in first:
            place = _place(first[product.id, product.arch])
            raise _fault("row_twice", product, arch=product.arch.value, first=place)
        first[product.id, product.arch] = at
        _against_shipped(product, shipped, owners)
        lead = leaders.setdefault(product.id, at)
        for name in _SAME:
            if getattr(product, name) != getattr(products[lead], name):
                raise _fault("rows_differ", product, field=name, first=_place(lead))
        for name in (product.name_zh, product.name_en):
            other = names.setdefault(name, product.id) if name else product.id
            if other != product.id:
                raise _fault("name_taken", product, name=name, other=other)
    for lead in leaders.values():
        _check_arches(products[lead], {arch for ident, arch in first if ident == products[lead].id}, shipped)


def _against_shipped(product: Product, shipped: Catalog, owners: Mapping[str, str]) -> None:
    """Quantities are counted under one product for each feature, edition and upgrade."""
    known, role = shipped.product(product.id), _role(product)
    if known is not None and (product.license_class, role) != (known.license_class, _role(known)):
        raise _fault("role", product, expected=(known.license_class.value + " " + _role(known)).rstrip())
    if known is None and role:
        raise _fault("taken", product, role=role, product=owners[role])


def _check_arches(product: Product, arches: Set[Arch], shipped: Catalog) -> None:
    if Arch.ANY in arches:
        if len(arches) > 1:
            raise _fault("arch_mixed", product)
        if product.license_class is not LicenseClass.FEATURE:
            raise _fault("arch_needed", product)
    elif shipped.product(product.id) is not None and not shipped.has_arches(product.id):
        missing: List[str] = sorted(arch.value for arch in ARCHES if arch not in arches)
        if missing:
            raise _fault("arch_missing", product, arch=missing)


def _role(product: Product) -> str:
    if product.upgrades is not None:
        return " → ".join(edition.value for edition in product.upgrades)
    known = product.edition or product.feature
    return "" if known is None else known.value


def _place(at: int) -> str:
    return "catalog[{0}]".format(at)


def _fault(fault: str, about: Product, **fields: object) -> LicensingError:
    return LicensingError("catalog_" + fault, "R2", id=about.id, **fields)
