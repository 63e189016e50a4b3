# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site's own rows of the license catalogue (R2): read, checked, and laid over the shipped table 1-1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from enum import Enum
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog, Product
from ..base.canonical_json import canonical, digest
from ..base.errors import Fault, InvalidDocument
from ..documents.files import Finder, find_here, read_documents
from ..documents.schemas import suggestion
from ..documents.yaml_reader import Document

KIND = "LicenseCatalog"


def load_catalog(argument: object, find: Finder = find_here) -> Catalog:
    """The shipped catalogue with the rows of ``argument`` in it: a path, a document as data, a list, or None.

    Raises InvalidDocument with every fault, each at its line: rows that are there twice, a product whose rows
    do not agree or leave an architecture out, a shipped product that would become something else, a feature,
    edition or upgrade that would have two products, a name that two products share.
    """
    shipped = Catalog.builtin()
    if argument is None:
        return shipped
    documents = read_documents(argument, KIND, "catalog", find)
    rows = [_Row(document, at, raw) for document in documents for at, raw in _products(document)]
    faults = list(_faults(rows, shipped))
    if faults:
        raise InvalidDocument(faults)
    catalog = shipped
    for document in documents:
        content: Any = document.value
        own = [raw for _at, raw in _products(document)]
        catalog = catalog.extended(own, f"{content['source']} ({content['id']})")
    return catalog


def catalog_digest(catalog: Catalog) -> str:
    """SHA-256 of the rows that a site's catalogue decides by, in any order; empty for the shipped one."""
    if catalog is Catalog.builtin():
        return ""
    names = sorted(each.name for each in fields(Product) if each.name != "row")
    rows = [{name: _plain(getattr(row, name)) for name in names} for row in catalog.products]
    return digest(sorted(rows, key=canonical))


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


class _Row:
    def __init__(self, document: Document, at: int, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.id: str = raw["id"]
        self.arch: str = raw.get("arch", "any")
        self._document, self._at = document, at

    def place(self, key: str) -> str:
        return self._document.place(("products", self._at, key))

    def fault(self, code: str, key: str, **fields: object) -> Fault:
        return Fault(code, {"id": self.id, **fields}, self.place(key))

    @property
    def role(self) -> str:
        """What the product is for: a feature, an edition, an upgrade; empty for one that no rule knows."""
        if self.raw["class"] == "upgrade":
            return f"{self.raw['from']} → {self.raw['to']}"
        return str(self.raw.get("edition") or self.raw.get("feature") or "")


def _products(document: Document) -> Iterator[tuple[int, dict[str, Any]]]:
    content: Any = document.value
    yield from enumerate(content["products"])


def role_of(product: Product) -> str:
    """What a product is for, as ``_Row.role`` says it."""
    if product.upgrades is not None:
        return " → ".join(edition.value for edition in product.upgrades)
    known = product.edition or product.feature
    return "" if known is None else known.value


def _faults(rows: list[_Row], shipped: Catalog) -> Iterator[Fault]:
    first: dict[tuple[str, str], _Row] = {}
    leaders: dict[str, _Row] = {}
    products = {role_of(each): each.id for each in shipped.products if role_of(each)}
    names = {name: ident for name, (ident, _arch) in shipped.display_names.items()}
    for row in rows:
        taken = first.setdefault((row.id, row.arch), row)
        if taken is not row:
            yield row.fault("catalog_row_twice", "id", arch=row.arch, first=taken.place("id"))
            continue
        yield from _against_shipped(row, shipped, products)
        leader = leaders.setdefault(row.id, row)
        for key in ("class", "metric", "installation", "family", "feature", "edition", "from", "to", "packs"):
            if row.raw.get(key) != leader.raw.get(key):
                yield row.fault("catalog_rows_differ", key, field=key, first=leader.place(key))
        for key in ("name_zh", "name_en"):
            name = row.raw.get(key)
            if name is not None and names.setdefault(name, row.id) != row.id:
                yield row.fault("catalog_name_taken", key, name=name, other=names[name])
    yield from _arches(first, leaders, shipped)


def _against_shipped(row: _Row, shipped: Catalog, products: dict[str, str]) -> Iterator[Fault]:
    known = shipped.product(row.id)
    if known is not None and (row.raw["class"], row.role) != (known.license_class.value, role_of(known)):
        expected = f"{known.license_class.value} {role_of(known)}"
        yield row.fault("catalog_role", "class", expected=expected)
    elif known is None and row.role:
        # Quantities are counted under one product for each feature, edition and upgrade.
        owner = products[row.role]
        yield row.fault("catalog_taken", "id", role=row.role, product=owner, hint=suggestion(row.id, [owner]))


def _arches(
    first: dict[tuple[str, str], _Row], leaders: dict[str, _Row], shipped: Catalog
) -> Iterator[Fault]:
    for ident, leader in leaders.items():
        arches = {arch for name, arch in first if name == ident}
        if "any" in arches and len(arches) > 1:
            yield leader.fault("catalog_arch_mixed", "id")
        elif "any" not in arches and shipped.product(ident) is not None and not shipped.has_arches(ident):
            missing = sorted({"x86_64", "aarch64"} - arches)
            if missing:
                yield leader.fault("catalog_arch_missing", "id", arch=missing)
        elif "any" in arches and leader.raw["class"] != "feature":
            # CPUs of both architectures are counted apart (decision 5).
            yield leader.fault("catalog_arch_needed", "id")
