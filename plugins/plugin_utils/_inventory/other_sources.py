# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare a system with the variables that earlier inventory sources gave the host of its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...module_utils._messages.catalog import render
from .._policy.base.addresses import comparable_place
from .._policy.subjects.inventory_sources import READ_FROM, replaced
from .hosts import InventoryEntry
from .managers import InventoryError

_FACTS, _HOST, _PORT = "usphere", "usphere_host", "usphere_port"


@dataclass(frozen=True)
class ReplacedEntry:
    """Two managers of one name, each as a text with its address and its inventory source."""

    name: str
    first: str
    second: str

    @property
    def warning(self) -> InventoryError:
        """The warning about both managers."""
        fields = {"name": self.name, "first": self.first, "second": self.second}
        return InventoryError("inventory_two_managers", **fields)


def contradiction(entry: InventoryEntry, earlier: Mapping[str, Any]) -> ReplacedEntry | None:
    """Return both managers if another source has a system of the name of ``entry``, or other facts for it.

    ``earlier`` are the variables of the host of that name. A host of the inventory that states neither an
    address nor facts, or the same address, is the same system.
    """
    own = entry.variables.get(READ_FROM)
    if not isinstance(own, Mapping):
        return None
    second = _in_source(_place(own.get("host"), own.get("port")), own.get("source"))
    mark = earlier.get(READ_FROM)
    if isinstance(mark, Mapping) and "first" in mark:
        return ReplacedEntry(entry.name, str(mark["first"]), second)
    source = mark.get("source") if isinstance(mark, Mapping) else earlier.get("inventory_file")
    host, port = earlier.get(_HOST), earlier.get(_PORT)
    here = comparable_place(str(own.get("host")), own.get("port"))
    there = comparable_place(str(host), own.get("port") if port is None else port)
    if host is not None and there != here:
        return ReplacedEntry(entry.name, _in_source(_place(host, port), source), second)
    if _FACTS not in earlier:
        return None
    # Facts of the same address are those of an earlier reading.
    found = {**earlier, _HOST: own.get("host"), _PORT: own.get("port"), READ_FROM: own}
    if replaced(entry.name, found, lambda _text: False) is None:
        return None
    shown = render("inventory_other_facts", {"pointer": _FACTS}, "en")
    return ReplacedEntry(entry.name, _in_source(shown, source), second)


def contradicted(entry: InventoryEntry, found: ReplacedEntry) -> InventoryEntry:
    """Return ``entry`` without known facts and address, so that no check passes for either system."""
    facts = {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "system", "id": entry.name},
        "unknown": {"": {"reason": "conflict"}},
    }
    mark = {"first": found.first, "second": found.second}
    return replace(entry, variables={**entry.variables, _FACTS: facts, _HOST: "", READ_FROM: mark})


def _place(host: object, port: object) -> str:
    return str(host) if port is None else f"{host}:{port}"


def _in_source(place: str, source: object) -> str:
    return f"{place} ({source})" if source else place
