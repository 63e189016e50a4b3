# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HostFacts documents from mapped facts, with the own pointer of each fact and what the map states itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ....module_utils._pointer import MISSING
from ..facts.facts import with_value
from .apply import MappedFact, mapped_facts, own_name
from .model import NODE_ROW, WANTED, FactMap

#: Key below ``source`` with the origins of mapped facts.
ORIGINS = "x-fact_map"
VIA = "fact_map"
MOST_VALUES = 20
MAX_VALUE = 256

Origins = dict[str, tuple[str, ...]]


def to_host_facts(fact_map: FactMap, facts: Mapping[str, Any], host: str) -> dict[str, Any]:
    """Return the HostFacts of one host from its own facts (plain data).

    An own fact that is missing is listed under ``unknown``. A value that is not valid stays as it is: reading
    the HostFacts makes it unknown and shows it. ``source`` holds the own pointer of each fact.
    """
    writer = DocumentWriter(fact_map)
    found = mapped_facts(fact_map, facts)
    for target, fact in found.items():
        if not target.startswith(NODE_ROW):
            writer.put(target, fact)
    row = {target: fact for target, fact in found.items() if target.startswith(NODE_ROW)}
    if row:
        writer.put_row(row, host)
    return writer.document(fact_map.kind, host)


class DocumentWriter:
    """Builds one HostFacts document."""

    def __init__(self, fact_map: FactMap) -> None:
        self._map = fact_map
        self._tree: Any = {}
        self._rows: list[dict[str, Any]] = []
        self._unknown: dict[str, dict[str, Any]] = {}
        self._origins: dict[str, list[str]] = {}
        self._stated: list[dict[str, Any]] = []
        self._nodes: dict[str, list[str]] = {}
        self._near: dict[str, list[str]] = {}

    def put(self, pointer: str, fact: MappedFact) -> None:
        """Add the fact at ``pointer``, which is outside of the rows of nodes."""
        self._describe(pointer, fact)
        if fact.reason:
            self.miss(pointer, fact.reason, fact.values, fact.hint)
            if fact.near:
                self._near[pointer] = [fact.near]
            if fact.nodes:
                self._nodes[pointer] = list(fact.nodes)
        elif fact.value is not MISSING:
            self._tree = with_value(self._tree, pointer, fact.value)
            for name, reason in fact.below.items():
                self.miss(pointer + name, reason)
                own = fact.below_own.get(name, ())
                self._origins[pointer + name] = [own_name(self._map, each) for each in own]

    def put_row(self, facts: Mapping[str, MappedFact], host: str, ident: str = "") -> None:
        """Add the row of a node, ``facts`` by their target.

        Its id is ``ident``, else the mapped one, else the name of the host.
        """
        at = len(self._rows)
        row: dict[str, Any] = {}
        for target, fact in facts.items():
            name = target[len(NODE_ROW) :]
            self._describe(target if at == 0 else f"/hosts/{at}/{name}", fact)
            if fact.reason:
                self.miss(f"/hosts/{at}/{name}", fact.reason, fact.values, fact.hint)
                if fact.near:
                    self._near[f"/hosts/{at}/{name}"] = [fact.near]
            elif fact.value is not MISSING:
                row[name] = fact.value
        for name in ("id", "name"):
            if name not in row and f"/hosts/{at}/{name}" in self._unknown:
                # The host itself is known, even if its own facts do not name it.
                del self._unknown[f"/hosts/{at}/{name}"]
            row[name] = row.get(name) or host
        if ident:
            row["id"] = ident
        self._rows.append(row)
        self._origins["/hosts"] = sorted({*self._origins.get("/hosts", ()), *self._own(facts)})

    def _own(self, facts: Mapping[str, MappedFact]) -> set[str]:
        return {own_name(self._map, pointer) for fact in facts.values() for pointer in fact.own}

    def _describe(self, pointer: str, fact: MappedFact) -> None:
        if fact.own:
            self._origins[pointer] = [own_name(self._map, each) for each in fact.own]
        elif fact.stated:
            self.state(pointer, fact.value)

    def state(self, pointer: str, value: object) -> None:
        """Record a fact that the map states, for the evidence."""
        self._origins[pointer] = [self._map.id]
        entry = {"pointer": pointer, "value": value, "from": [self._map.id]}
        if entry not in self._stated:
            self._stated.append(entry)

    def miss(self, pointer: str, reason: str, values: Sequence[str] = (), hint: str | None = None) -> None:
        """List the fact at ``pointer`` as unknown, with the values that were found and what they may mean."""
        entry: dict[str, Any] = {"reason": reason}
        if values:
            entry["values"] = [each[:MAX_VALUE] for each in values[:MOST_VALUES]]
        if hint is not None:
            entry["hint"] = hint[:MAX_VALUE]
        self._unknown[pointer] = entry

    def document(self, kind: str, ident: str) -> dict[str, Any]:
        """Return the document about the subject ``ident`` of this kind."""
        tree = dict(self._tree)
        if WANTED not in self._map.facts:
            tree[WANTED[1:]] = []
            self.state(WANTED, [])
        source = {"via": VIA, **tree.pop("source", {})}
        source[ORIGINS] = {
            "id": self._map.id,
            "origins": {pointer: list(own) for pointer, own in sorted(self._origins.items())},
            "stated": sorted(self._stated, key=lambda entry: str(entry["pointer"])),
        }
        if self._nodes:
            source[ORIGINS]["nodes"] = dict(sorted(self._nodes.items()))
        if self._near:
            source[ORIGINS]["near"] = dict(sorted(self._near.items()))
        document = {
            "kind": "HostFacts",
            "schema_version": 1,
            "subject": {"kind": kind, "id": ident},
            "source": source,
            **tree,
        }
        if self._rows:
            document["hosts"] = self._rows
        if self._unknown:
            document["unknown"] = dict(sorted(self._unknown.items()))
        return document


def mapped_origins(plain: Mapping[str, Any]) -> tuple[Origins, tuple[Mapping[str, Any], ...]]:
    """Return the own pointers of mapped facts, by pointer, and the facts that their map states.

    Both are empty for facts that were not mapped, and where they cannot be read.
    """
    source = plain.get("source")
    given = source.get(ORIGINS) if isinstance(source, dict) else None
    if not isinstance(given, dict):
        return {}, ()
    stated = given.get("stated")
    found = _texts_by_pointer(given.get("origins"))
    entries = [
        cast("Mapping[str, Any]", entry)
        for entry in (stated if isinstance(stated, list) else ())
        if isinstance(entry, dict)
        and entry.keys() == {"pointer", "value", "from"}
        and isinstance(entry["pointer"], str)
        and isinstance(entry["from"], list)
        and all(isinstance(each, str) for each in entry["from"])
    ]
    return found, tuple(entries)


def nodes_without(plain: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the nodes of a mapped system without a fact, by its pointer."""
    source = plain.get("source")
    given = source.get(ORIGINS) if isinstance(source, dict) else None
    return _texts_by_pointer(given.get("nodes")) if isinstance(given, dict) else {}


def near_pointers(plain: Mapping[str, Any]) -> dict[str, str]:
    """Return the own pointers that exist and resemble those without a value, by the pointer of the fact."""
    source = plain.get("source")
    given = source.get(ORIGINS) if isinstance(source, dict) else None
    found = _texts_by_pointer(given.get("near")) if isinstance(given, dict) else {}
    return {pointer: texts[0] for pointer, texts in found.items() if texts}


def _texts_by_pointer(given: object) -> dict[str, tuple[str, ...]]:
    return {
        pointer: tuple(texts)
        for pointer, texts in (given.items() if isinstance(given, dict) else ())
        if isinstance(texts, list) and all(isinstance(each, str) for each in texts)
    }
