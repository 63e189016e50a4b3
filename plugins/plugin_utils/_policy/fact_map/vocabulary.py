# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that items of an own list may have: what a map asks of the list, and features of the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.values.model import Feature
from ....module_utils._pointer import split
from .model import ContainsItem, FactReading, RowList

_SEPARATORS = re.compile(r"[-_\s]+")
#: Names of features in the vendor's documents that are not names of products.
_FURTHER_NAMES = {Feature.SRM: ("storage DR", "storage-replication DR", "存储复制容灾")}


def folded(text: str) -> str:
    """Return the text without case, spaces, hyphens and underscores, which make no difference in lists."""
    return _SEPARATORS.sub("", text.casefold())


def with_vocabulary(facts: Mapping[str, FactReading]) -> dict[str, FactReading]:
    """Return the readings, by target, with the vocabulary of each list that ``contains`` reads.

    It is everything that the map asks of the list. If it asks for the use of a feature, the names of all
    features in the catalog belong to it, and those of the feature mean the same as the items of the map.
    """
    asked: dict[str, list[str]] = {}
    lists_of_features = set()
    for target, reading in facts.items():
        if isinstance(reading, ContainsItem):
            asked.setdefault(reading.pointer, []).extend(reading.items)
            if _feature_of(target):
                lists_of_features.add(reading.pointer)
    found: dict[str, FactReading] = {}
    for target, reading in facts.items():
        if isinstance(reading, RowList):
            found[target] = replace(reading, facts=with_vocabulary(reading.facts))
        elif isinstance(reading, ContainsItem):
            known = list(asked[reading.pointer])
            taken = {folded(item) for item in known}
            names = feature_names().get(_feature_of(target), ())
            # What the map asks for itself has the meaning that the map gives it.
            names = tuple(name for name in names if folded(name) not in taken)
            if reading.pointer in lists_of_features:
                known += [name for each in feature_names().values() for name in each]
            found[target] = replace(reading, names=names, known=tuple(dict.fromkeys(known)))
        else:
            found[target] = reading
    return found


def _feature_of(target: str) -> str:
    steps = split(target)
    return steps[1] if len(steps) == 3 and steps[0] == "features" and steps[2] == "in_use" else ""


@cache
def feature_names() -> Mapping[str, tuple[str, ...]]:
    """Return the names of each feature in the built-in catalog, by its id."""
    found: dict[str, list[str]] = {}
    for feature, name in _names():
        found.setdefault(feature.value, [feature.value]).append(name)
    return {feature: tuple(dict.fromkeys(names)) for feature, names in found.items()}


def _names() -> Iterator[tuple[Feature, str]]:
    for product in Catalog.builtin().products:
        if product.feature is not None:
            for name in (product.id, product.label_zh, product.name_en, product.name_zh):
                yield product.feature, name
    for feature, names in _FURTHER_NAMES.items():
        for name in names:
            yield feature, name
