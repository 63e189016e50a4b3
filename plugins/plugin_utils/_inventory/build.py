# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the hosts, groups and warnings of the inventory from the read outcomes of all VMS managers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ...module_utils._errors import LicensingError, UsphereError
from ...module_utils._messages.catalog import render
from .hosts import HOSTS, SYSTEMS, InventoryEntry, node_entry, summary, system_entry
from .managers import InventoryError, ReadOutcome
from .names import QUALIFIED, name_nodes

LIST = HOSTS_WANTED, SYSTEMS_WANTED = ("hosts", "systems")
WARN, FAIL = "warn", "fail"

_NAMES_SHOWN = 5


@dataclass(frozen=True)
class Wish:
    """Requested contents of the inventory; ``taken`` are names of groups and of hosts of other sources.

    ``now`` is the controller's time. A license that expires within ``lapse_days`` days expires soon.
    ``source`` is the path of the inventory source.
    """

    now: datetime
    kinds: Sequence[str] = (HOSTS_WANTED,)
    hostname: str = QUALIFIED
    lapse_days: int = 30
    unreadable: str = WARN
    taken: Iterable[str] = ()
    source: str = ""


@dataclass(frozen=True)
class Listing:
    """Contents of the inventory: ``entries`` (hosts), child groups by parent group, ``notices``."""

    entries: tuple[InventoryEntry, ...]
    parents: Mapping[str, tuple[str, ...]]
    notices: tuple[UsphereError, ...] = field(default=())


def listing(outcomes: Sequence[ReadOutcome], wish: Wish) -> Listing:
    """Return the contents of the inventory for ``outcomes``.

    Raises InventoryError if a system was not read and ``unreadable`` is ``fail``, or if no system was read
    and nothing would be listed.
    """
    systems = [outcome for outcome in outcomes if SYSTEMS_WANTED in wish.kinds]
    _check_enough_read(outcomes, wish, bool(systems))
    about = {outcome.manager.name: summary(outcome, wish.now, wish.lapse_days) for outcome in outcomes}
    entries = [system_entry(outcome, about[outcome.manager.name], wish.source) for outcome in systems]
    warnings = list(_warnings(outcomes, wish))
    parents: dict[str, tuple[str, ...]] = {SYSTEMS: ()} if systems else {}
    if HOSTS_WANTED in wish.kinds:
        read = [(outcome.manager, outcome.survey.nodes) for outcome in outcomes if outcome.survey]
        names = name_nodes([(manager.name, nodes) for manager, nodes in read], wish.hostname, wish.taken)
        for given, (manager, nodes) in zip(names.of, read, strict=True):
            entries.extend(
                node_entry(name, node, manager, about[manager.name])
                for name, node in zip(given, nodes, strict=True)
            )
        parents[HOSTS] = tuple(outcome.manager.group for outcome in outcomes)
        if names.shared:
            warnings.append(_shared(names.shared))
    return Listing(tuple(entries), parents, tuple(warnings))


def _check_enough_read(outcomes: Sequence[ReadOutcome], wish: Wish, systems: bool) -> None:
    unread = [outcome for outcome in outcomes if outcome.survey is None]
    if not unread:
        return
    total, cause = len(outcomes), "; ".join(map(_cause, unread))
    if wish.unreadable == FAIL:
        raise InventoryError("inventory_failed", count=len(unread), total=total, cause=cause)
    if len(unread) == total and not systems:
        raise InventoryError("inventory_nothing", total=total, cause=cause)


def _warnings(outcomes: Sequence[ReadOutcome], wish: Wish) -> Iterator[UsphereError]:
    for outcome in outcomes:
        name = outcome.manager.name
        if outcome.survey is None:
            yield InventoryError("inventory_unread", name=name, cause=_cause(outcome))
            continue
        for note in outcome.notes:
            yield InventoryError("inventory_part_unread", name=name, cause=sentence(note))
        if HOSTS_WANTED in wish.kinds and "hosts" not in outcome.survey.facts:
            unknown = outcome.survey.facts.get("unknown", {}).get("/hosts", {})
            yield InventoryError("inventory_no_hosts", name=name, reason=unknown.get("reason", "absent"))


def _cause(outcome: ReadOutcome) -> str:
    return sentence(outcome.error) if outcome.error is not None else outcome.manager.name


def sentence(error: UsphereError | LicensingError) -> str:
    """Return the message of an error."""
    return render(error.code, error.fields)


def _shared(names: Sequence[str]) -> InventoryError:
    shown = [*names[:_NAMES_SHOWN], *(["…"] if len(names) > _NAMES_SHOWN else [])]
    return InventoryError("inventory_names_shared", count=len(names), names=shown)
