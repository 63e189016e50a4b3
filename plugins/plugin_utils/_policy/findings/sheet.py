# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Result of one fact set under a policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.planning.purchase_plan import purchase_plan
from ..base.canonical_json import digest
from ..pools.rows import PoolSheet
from ..subjects.host_reading import Reading
from .verdict import Verdict


@dataclass(frozen=True)
class Sheet:
    """Result of one fact set under a policy, independent of its subject.

    ``not_usphere`` are the products of licenses that are not Usphere's.
    ``digest`` is the digest of the facts; ``aged`` is the reason if all of them are unknown. ``evidence``
    has, for each rule that passes, the facts that the rule depends on. ``reading`` is None for a sheet of
    another slice. ``stored_evidence_key`` is the digest of the evidence if it was computed with the sheet.
    """

    key: str
    kind: str
    digest: str
    aged: str
    verdicts: tuple[Verdict, ...]
    pools: dict[str, PoolSheet]
    error: bool = False
    evidence: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reading: Reading | None = field(default=None, compare=False, repr=False)
    stored_plan: dict[str, Any] | None = field(default=None, compare=False)
    not_usphere: tuple[str, ...] = ()
    stored_evidence_key: str = field(default="", compare=False)
    as_of: datetime | None = None
    catalog: Catalog = field(default=Catalog.builtin(), compare=False, repr=False)

    @cached_property
    def plan(self) -> dict[str, Any]:
        """The purchase plan of the system, computed by the licensing core; empty for facts in own words."""
        if self.reading is not None and self.reading.plain:
            return {}
        if self.reading is None or self.as_of is None:
            return self.stored_plan or {}
        return purchase_plan(
            self.reading.facts.tree_with_unknown(), self.as_of, catalog=self.catalog
        ).to_dict()

    @cached_property
    def evidence_key(self) -> str:
        """Digest of the evidence; equal for fact sets with equal evidence."""
        return self.stored_evidence_key or digest(self.evidence)
