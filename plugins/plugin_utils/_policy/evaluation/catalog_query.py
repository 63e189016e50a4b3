# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Query the license catalog for the lookup ``license_catalog``: products, needs, schemes and upgrades."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ....module_utils._licensing.catalog import rule_data
from ....module_utils._licensing.catalog.catalog import Catalog, Product
from ....module_utils._licensing.catalog.catalog_rules import SCHEMES, Scheme, forbidden_rule
from ....module_utils._licensing.catalog.catalog_rules import scheme as scheme_of
from ....module_utils._licensing.catalog.feature_needs import arch_support, edition_needed
from ....module_utils._licensing.values.model import ARCHES, EDITIONS, Arch, Feature, Kind, LicenseClass, word
from ....module_utils._licensing.values.version import Version, parse_version
from ..base.errors import InvalidDocument, PolicyError, Problem
from ..documents.schemas import brief, suggestion

_RANGES = (
    (rule_data.MIGRATION_STANDARD, "standard"),
    (rule_data.MIGRATION_ENHANCED, "enhanced_enterprise"),
)


@dataclass(frozen=True)
class Question:
    """Version and architecture that a query is limited to; None: any."""

    version: Version | None
    arch: Arch | None


def read_question(version: object, arch: object) -> Question:
    """Parse the options. Raises LicensingError ``version_unparseable`` or PolicyError ``catalog_arch``."""
    wanted = None
    if arch not in (None, ""):
        wanted = word(Arch, arch)
        if wanted not in ARCHES:
            raise PolicyError(
                "catalog_arch", expected=[each.value for each in ARCHES], value=brief(str(arch))
            )
    return Question(None if version in (None, "") else parse_version(str(version)), wanted)


def answer(term: object, question: Question, catalog: Catalog) -> dict[str, Any]:
    """Return the catalog entries of a product, feature, scheme or upgrade; one id may be several of those.

    Raises InvalidDocument with one error for a term that is not in the catalog.
    """
    products = [row for row in catalog.products if row.id == term]
    features = [each for each in Feature if each.value == term]
    schemes = [each for each in SCHEMES if each.id == term]
    if not products and not features and not schemes:
        known = sorted(
            {row.id for row in catalog.products}
            | {each.value for each in Feature}
            | {each.id for each in SCHEMES}
        )
        fields = {"term": brief(str(term)), "hint": suggestion(term, known)}
        raise InvalidDocument([Problem("catalog_term", fields)])
    about = _features(products, features, schemes)
    return {
        "term": str(term),
        "is": [
            name
            for name, found in (
                ("product", [row for row in products if row.license_class is not LicenseClass.UPGRADE]),
                ("upgrade", [row for row in products if row.license_class is LicenseClass.UPGRADE]),
                ("feature", features),
                ("scheme", schemes),
            )
            if found
        ],
        "version": None if question.version is None else question.version.text,
        "arch": None if question.arch is None else question.arch.value,
        "products": [_row(row) for row in _product_rows(products, about, question, catalog)],
        "needs": [_need(feature, question, catalog) for feature in about],
        "schemes": [_scheme(each, question) for each in _schemes(products, about, schemes, catalog)],
        "upgrades": [_row(row) for row in _upgrades(products, question, catalog)],
        "source": catalog.source,
    }


def _features(products: list[Product], features: list[Feature], schemes: list[Scheme]) -> list[Feature]:
    found = [
        *features,
        *(row.feature for row in products if row.feature is not None),
        *(each.feature for each in schemes if each.feature is not None),
    ]
    return list(dict.fromkeys(found))


def _product_rows(
    products: list[Product], about: list[Feature], question: Question, catalog: Catalog
) -> list[Product]:
    """Return the rows of the products and of the features' products, for the queried architecture if any."""
    ids = {row.id for row in products} | {catalog.feature_product(feature) for feature in about}
    return [row for row in catalog.products if row.id in ids and _matches_arch(row, question)]


def _matches_arch(row: Product, question: Question) -> bool:
    return question.arch is None or row.arch in (question.arch, Arch.ANY)


def _row(row: Product) -> dict[str, Any]:
    return {
        "row": row.row or None,
        "id": row.id,
        "class": row.license_class.value,
        "metric": row.metric.value,
        "installation": row.installation.value,
        "arch": row.arch.value,
        "feature": None if row.feature is None else row.feature.value,
        "edition": None if row.edition is None else row.edition.value,
        "from": None if row.upgrades is None else row.upgrades[0].value,
        "to": None if row.upgrades is None else row.upgrades[1].value,
        "packs": list(row.packs),
        "family": row.family,
        "kinds": [kind.value for kind in Kind if not forbidden_rule(row, kind)],
        "name_en": row.name_en,
        "name_zh": row.name_zh,
    }


def _need(feature: Feature, question: Question, catalog: Catalog) -> dict[str, Any]:
    """Return what a feature needs; ``edition`` is the lowest one, null if it depends on the version (R28)."""
    need = edition_needed(feature, question.version)
    product = catalog.feature_product(feature)
    rows = [row for row in catalog.products if row.id == product]
    row = next((each for each in rows if _matches_arch(each, question)), rows[0])
    scheme = scheme_of(feature)
    missing = sorted({forbidden_rule(row, kind) for kind in Kind} - {""})
    return {
        "feature": feature.value,
        "edition": None if need.edition is None else need.edition.value,
        "confidence": need.confidence,
        "by_version": [
            {"versions": versions, "edition": edition}
            for versions, edition in (_RANGES if need.rule == "R28" else ())
        ],
        "product": product,
        "metric": row.metric.value,
        "packs": list(row.packs),
        "installation": row.installation.value,
        "arch_ok": _arch_ok(feature, rows, question),
        "kinds": [kind.value for kind in Kind if not forbidden_rule(row, kind)],
        "scheme": scheme.id,
        "rules": [need.rule, scheme.rule, "R31", *(["R32"] if row.packs else []), "R39", *missing],
    }


def _arch_ok(feature: Feature, rows: Iterable[Product], question: Question) -> str | None:
    """Return ``yes``, ``no`` or ``unknown``; None if the query is not limited to an architecture."""
    if question.arch is None:
        return None
    arches = {row.arch for row in rows}
    if Arch.ANY not in arches:
        return "yes" if question.arch in arches else "no"
    return arch_support(feature, question.arch)


def _schemes(
    products: list[Product], about: list[Feature], schemes: list[Scheme], catalog: Catalog
) -> list[Scheme]:
    found = [*schemes, *(scheme_of(feature) for feature in about)]
    editions = {row.edition for row in products if row.edition is not None}
    if editions:
        # All schemes whose table row includes the edition; in R37 the edition depends on the version.
        found += [each for each in SCHEMES if each.editions is None or editions & set(each.editions)]
    return list(dict.fromkeys(found))


def _scheme(scheme: Scheme, question: Question) -> dict[str, Any]:
    allowed = scheme.editions
    if allowed is None and scheme.feature is not None:
        need = edition_needed(scheme.feature, question.version)
        allowed = None if need.edition is None else (need.edition,)
    return {
        "id": scheme.id,
        "rule": scheme.rule,
        "feature": None if scheme.feature is None else scheme.feature.value,
        # The table of R37 includes one edition, which is read as the lowest sufficient edition.
        "editions": None if allowed is None else [each.value for each in EDITIONS if each in allowed],
    }


def _upgrades(products: list[Product], question: Question, catalog: Catalog) -> list[Product]:
    """Return the upgrades from or to the editions of the products (R8)."""
    editions = {row.edition for row in products if row.edition is not None}
    return [
        row
        for row in catalog.products
        if row.upgrades is not None and editions & set(row.upgrades) and _matches_arch(row, question)
    ]
