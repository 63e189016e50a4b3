# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A time that the site states keeps its zone, or has none."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._facts import FactTree
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import (
    ARCHES,
    EDITIONS,
    Feature,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.site_overrides import (
    FEATURES,
    merge_site_facts,
)


@pytest.mark.parametrize(
    ("given", "stated"),
    [
        ("2026-06-01T08:00:00+08:00", "2026-06-01T00:00:00Z"),
        ("2026-06-01", "2026-06-01T00:00:00Z"),
        ("2026/06/01 08:00:00", "2026-06-01T08:00:00"),
    ],
)
def test_the_first_run(given: str, stated: str) -> None:
    tree = FactTree()
    merge_site_facts(tree, {"preinstalled": {"first_run_at": given}})
    assert tree.get("/preinstalled/first_run_at") == stated


def test_a_site_can_state_every_word_of_licensing() -> None:
    assert tuple(feature.value for feature in Feature) == FEATURES
    for arch in ARCHES:
        merge_site_facts(FactTree(), {"architecture": arch.value})
    for edition in EDITIONS:
        merge_site_facts(FactTree(), {"preinstalled": {"edition": edition.value}})
