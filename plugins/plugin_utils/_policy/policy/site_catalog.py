# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load a site's own rows of the license catalog (R2) and merge them over the built-in table 1-1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from enum import Enum
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog, Product
from ....module_utils._licensing.catalog.name_patterns import is_match
from ..base.canonical_json import canonical, digest
from ..base.errors import InvalidDocument, Problem
from ..documents.files import Finder, find_here, read_documents
from ..documents.schemas import suggestion
from ..documents.yaml_reader import Document

KIND = "LicenseCatalog"


def load_catalog(argument: object, find: Finder = find_here) -> Catalog:
    """Return the built-in catalog with the rows of ``argument``: a path, a document as data, a list, or None.

    Raises InvalidDocument with every error and its line: duplicate rows, a product whose rows disagree or
    omit an architecture, a built-in product with another role, a second product for a feature, edition or
    upgrade, a name that two products share, a pattern of foreign products that matches a product of Usphere.
    """
    shipped = Catalog.builtin()
    if argument is None:
        return shipped
    documents = read_documents(argument, KIND, "catalog", find)
    rows = [_Row(document, at, raw) for document in documents for at, raw in _products(document)]
    problems = list(_problems(rows, shipped))
    for document in documents:
        content: Any = document.value
        if not {"products", "not_usphere"} & content.keys():
            problems.append(Problem("catalog_without_content", {"id": content["id"]}, document.name))
    if problems:
        raise InvalidDocument(problems)
    catalog = shipped
    for document in documents:
        content = document.value
        own = [raw for _at, raw in _products(document)]
        foreign = content.get("not_usphere", ())
        catalog = catalog.extended(own, f"{content['source']} ({content['id']})", foreign)
    problems = [each for document in documents for each in _pattern_problems(document, catalog)]
    if problems:
        raise InvalidDocument(problems)
    return catalog


def _pattern_problems(document: Document, catalog: Catalog) -> Iterator[Problem]:
    """Yield an error for each pattern of foreign products that matches a product of the whole catalog."""
    content: Any = document.value
    names = sorted({each.id for each in catalog.products} | catalog.display_names.keys())
    for index, pattern in enumerate(content.get("not_usphere", ())):
        matched = [name for name in names if is_match(pattern, name)]
        if matched:
            place = document.place(("not_usphere", index))
            yield Problem("catalog_pattern_known", {"pattern": pattern, "name": matched[0]}, place)


def catalog_digest(catalog: Catalog) -> str:
    """Return the SHA-256 of a site's rows and patterns in any order; empty for the built-in catalog."""
    if catalog is Catalog.builtin():
        return ""
    names = sorted(each.name for each in fields(Product) if each.name != "row")
    rows = [{name: _plain(getattr(row, name)) for name in names} for row in catalog.products]
    content: list[Any] = sorted(rows, key=canonical)
    return digest([content, sorted(catalog.not_usphere)] if catalog.not_usphere else content)


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

    def problem(self, code: str, key: str, **fields: object) -> Problem:
        return Problem(code, {"id": self.id, **fields}, self.place(key))

    @property
    def role(self) -> str:
        """The feature, edition or upgrade that the product licenses; empty if no rule uses the product."""
        if self.raw["class"] == "upgrade":
            return f"{self.raw['from']} → {self.raw['to']}"
        return str(self.raw.get("edition") or self.raw.get("feature") or "")


def _products(document: Document) -> Iterator[tuple[int, dict[str, Any]]]:
    content: Any = document.value
    yield from enumerate(content.get("products", ()))


def role_of(product: Product) -> str:
    """Return the feature, edition or upgrade that a product licenses, in the format of ``_Row.role``."""
    if product.upgrades is not None:
        return " → ".join(edition.value for edition in product.upgrades)
    known = product.edition or product.feature
    return "" if known is None else known.value


def _problems(rows: list[_Row], shipped: Catalog) -> Iterator[Problem]:
    first: dict[tuple[str, str], _Row] = {}
    first_rows: dict[str, _Row] = {}
    products = {role_of(each): each.id for each in shipped.products if role_of(each)}
    names = {name: ident for name, (ident, _arch) in shipped.display_names.items()}
    for row in rows:
        existing = first.setdefault((row.id, row.arch), row)
        if existing is not row:
            yield row.problem("catalog_row_twice", "id", arch=row.arch, first=existing.place("id"))
            continue
        yield from _check_against_shipped(row, shipped, products)
        first_row = first_rows.setdefault(row.id, row)
        for key in ("class", "metric", "installation", "family", "feature", "edition", "from", "to", "packs"):
            if row.raw.get(key) != first_row.raw.get(key):
                yield row.problem("catalog_rows_differ", key, field=key, first=first_row.place(key))
        for key in ("name_zh", "name_en"):
            name = row.raw.get(key)
            if name is not None and names.setdefault(name, row.id) != row.id:
                yield row.problem("catalog_name_taken", key, name=name, other=names[name])
    yield from _arch_problems(first, first_rows, shipped)


def _check_against_shipped(row: _Row, shipped: Catalog, products: dict[str, str]) -> Iterator[Problem]:
    known = shipped.product(row.id)
    if known is not None and (row.raw["class"], row.role) != (known.license_class.value, role_of(known)):
        expected = f"{known.license_class.value} {role_of(known)}"
        yield row.problem("catalog_role", "class", expected=expected)
    elif known is None and row.role:
        # The quantities of a feature, edition or upgrade are counted under exactly one product.
        owner = products[row.role]
        yield row.problem(
            "catalog_taken", "id", role=row.role, product=owner, hint=suggestion(row.id, [owner])
        )


def _arch_problems(
    first: dict[tuple[str, str], _Row], first_rows: dict[str, _Row], shipped: Catalog
) -> Iterator[Problem]:
    for ident, first_row in first_rows.items():
        arches = {arch for name, arch in first if name == ident}
        if "any" in arches and len(arches) > 1:
            yield first_row.problem("catalog_arch_mixed", "id")
        elif "any" not in arches and shipped.product(ident) is not None and not shipped.has_arches(ident):
            missing = sorted({"x86_64", "aarch64"} - arches)
            if missing:
                yield first_row.problem("catalog_arch_missing", "id", arch=missing)
        elif "any" in arches and first_row.raw["class"] != "feature":
            # Licenses of x86_64 and aarch64 CPUs are counted separately.
            yield first_row.problem("catalog_arch_needed", "id")
