# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""FactMap: how the facts of HostFacts are read from facts in a site's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ....module_utils._pointer import split


@dataclass(frozen=True)
class FromFact:
    """The own value at the first of ``pointers`` that has one, translated by ``values`` (text → value).

    With ``optional``, a missing own value means that the fact does not exist; else the fact is unknown.
    """

    pointers: tuple[str, ...]
    values: Mapping[str, object] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True)
class ContainsItem:
    """Whether the own list at ``pointer`` contains one of ``items``, or of ``names`` of the same meaning.

    ``known`` are all names that items of the list may have. Another item may be a misspelling of an item that
    is not found, which is then unknown, unless ``others_ignored``: the map says that the list has other
    contents, too.
    """

    pointer: str
    items: tuple[str, ...]
    names: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    others_ignored: bool = False


@dataclass(frozen=True)
class ItemCount:
    """The number of items of the own list at ``pointer``."""

    pointer: str


@dataclass(frozen=True)
class StatedValue:
    """A constant that the site states for every host."""

    value: object


@dataclass(frozen=True)
class RowList:
    """A list with one row for each item of the own list at ``pointer``.

    ``facts`` maps pointers inside of a row to readings of the own item. With ``others_kept``, the other keys
    of the own item are keys of the row, so that reading the row reports those that do not exist.
    """

    pointer: str
    facts: Mapping[str, FactReading]
    others_kept: bool = False


FactReading = FromFact | ContainsItem | ItemCount | StatedValue | RowList


@dataclass(frozen=True)
class FactMap:
    """Readings by the JSON pointer of the HostFacts value, its target.

    With ``system``, inventory hosts for which it has the same value are nodes of one system. ``nodes`` is the
    number of nodes of the system; ``complete`` is the site's word that the inventory has all of them.
    ``name`` is the file name or the built-in name.
    """

    id: str
    facts: Mapping[str, FactReading]
    system: FactReading | None = None
    nodes: FactReading | None = None
    complete: bool = False
    description: str = ""
    name: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The top-level names of own facts that the map reads, sorted."""
        readings = [*self.facts.values(), *(each for each in (self.system, self.nodes) if each is not None)]
        found = {split(pointer)[0] for reading in readings for pointer in pointers_of(reading)}
        return tuple(sorted(found))

    @property
    def kind(self) -> str:
        """The kind of the subject: ``node`` for a host that is only a node, else ``system``."""
        single = self.system is None and any(target.startswith(NODE_ROW) for target in self.facts)
        return "node" if single else "system"


#: Targets below this pointer are facts of the node itself.
NODE_ROW = "/hosts/0/"
#: The target that is an empty list unless the map reads it.
WANTED = "/features_wanted"


def pointers_of(reading: FactReading) -> Iterator[str]:
    """Yield the own pointers that a reading reads."""
    if isinstance(reading, FromFact):
        yield from reading.pointers
    elif not isinstance(reading, StatedValue):
        yield reading.pointer
