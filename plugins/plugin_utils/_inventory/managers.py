# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The VMS managers of an inventory source, each with its complete options, and reading them in parallel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...module_utils._errors import LicensingError, UsphereError
from ...module_utils._operations.core.given_connections import (
    check_host,
)
from ...module_utils._operations.core.site_profile import is_path
from ...module_utils._operations.facts.survey import Survey
from .._policy.documents.plain_data import kind_of
from .names import group_part, is_name, safe_name

#: Connection options that entries do not inherit from the source.
_NOT_INHERITED = ("host",)

Note = Callable[[UsphereError], None]
Read = Callable[[Mapping[str, Any], str, Note], Survey]


class InventoryError(UsphereError):
    """Invalid inventory source, or systems that could not be read."""


@dataclass(frozen=True)
class Manager:
    """Name of a system, and the options to read it; they may contain secrets."""

    name: str
    options: Mapping[str, Any] = field(repr=False)

    @property
    def group(self) -> str:
        """Name of the group of its hosts."""
        return f"usphere_system_{group_part(self.name)}"

    def given(self) -> dict[str, Any]:
        """Return the options that are not null."""
        return {name: value for name, value in self.options.items() if value is not None}


@dataclass(frozen=True)
class ReadOutcome:
    """Outcome of reading a manager: a ``survey``, or the ``error`` of a failed read.

    ``notes`` are the errors of parts that were not read; these parts are unknown.
    """

    manager: Manager
    survey: Survey | None = None
    error: UsphereError | LicensingError | None = None
    notes: tuple[UsphereError, ...] = ()


def managers(shared: Mapping[str, Any], entries: object, host_in_source: bool = False) -> list[Manager]:
    """Return the managers in ``entries`` or, if it is None, the one that ``shared`` describes.

    ``shared`` are the options of the source itself, which every entry may override; options of
    ``license_server`` are overridden one by one. ``host_in_source`` is true if the source sets ``host``, and
    not the environment. Raises InventoryError.
    """
    if entries is None:
        host = shared.get("host")
        # The host is checked first, because the system is named after it.
        shared = {**shared, "host": check_host("host", host)}
        found = [Manager(_default_name(host), {**shared, "license_server": _server(shared, {})})]
    elif not isinstance(entries, list) or not entries:
        raise InventoryError("inventory_managers_empty", got=_kind(entries))
    elif host_in_source:
        raise InventoryError("inventory_host_twice")
    else:
        found = [_manager(shared, entry, f"managers[{index}]") for index, entry in enumerate(entries)]
    _check_unique_groups(found)
    return found


def profile_beside(profile: object, source: str) -> object:
    """Return a profile; the relative path of a file next to the ``source`` is made absolute."""
    if isinstance(profile, str) and is_path(profile):
        found = Path(source).absolute().parent / profile
        if found.is_file():
            return str(found)
    return profile


def _default_name(host: object) -> str:
    # A missing host is reported later, with the other options.
    name = safe_name(str(host)) if host else "host"
    return name if is_name(name) else f"vms-{name}"


def _manager(shared: Mapping[str, Any], entry: object, where: str) -> Manager:
    if not isinstance(entry, Mapping):
        raise InventoryError("inventory_manager_shape", where=where, got=_kind(entry))
    missing = [name for name in ("name", "host") if entry.get(name) in (None, "")]
    if missing:
        got = "a mapping without " + " and ".join(missing)
        raise InventoryError("inventory_manager_shape", where=where, got=got)
    name = entry["name"]
    if not isinstance(name, str) or not is_name(name):
        raise InventoryError("inventory_name_invalid", where=where, got=name)
    inherited = {key: value for key, value in shared.items() if key not in _NOT_INHERITED}
    options = {**inherited, **entry, "license_server": _server(shared, entry)}
    del options["name"]
    return Manager(name, options)


def _server(shared: Mapping[str, Any], entry: Mapping[str, Any]) -> object:
    """Return the License Server of an entry.

    Options of the source without a host are only defaults; alone they do not define a License Server.
    """
    common, own = shared.get("license_server") or {}, entry.get("license_server", {})
    if own is None or not isinstance(common, Mapping) or not isinstance(own, Mapping):
        return own if isinstance(common, Mapping) else common
    merged = {**common, **own}
    return merged if merged.get("host") or own else None


def _check_unique_groups(found: list[Manager]) -> None:
    seen: dict[str, Manager] = {}
    for manager in found:
        other = seen.setdefault(manager.group, manager)
        if other is not manager:
            raise InventoryError(
                "inventory_name_twice", name=other.name, other=manager.name, group=manager.group
            )


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    names = {list: "an empty list", dict: "a mapping", str: "a text"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), kind_of(value))


def read_all(found: Sequence[Manager], read: Read, parallel: int) -> list[ReadOutcome]:
    """Read every manager, at most ``parallel`` at a time; the outcomes are in the order of ``found``.

    A failure of one manager does not affect the others.
    """

    def attempt(manager: Manager) -> ReadOutcome:
        notes: list[UsphereError] = []
        try:
            survey = read(manager.options, manager.name, notes.append)
        except (UsphereError, LicensingError) as error:
            return ReadOutcome(manager, error=error, notes=tuple(notes))
        return ReadOutcome(manager, survey, notes=tuple(notes))

    if not found:
        return []
    with ThreadPoolExecutor(max_workers=max(1, min(parallel, len(found)))) as pool:
        return list(pool.map(attempt, found))
