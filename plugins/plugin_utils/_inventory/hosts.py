# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create inventory hosts, with variables and groups, from the facts of a system."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...module_utils._errors import LicensingError
from ...module_utils._licensing.catalog.catalog import with_site_rows
from ...module_utils._licensing.facts.derive import project_facts
from ...module_utils._licensing.facts.effective import NO_EDITION
from ...module_utils._licensing.facts.license_health import assess_health
from ...module_utils._licensing.values.model import ARCHES, EDITIONS
from ...module_utils._licensing.values.periods import read_fact_time
from ...module_utils._licensing.values.version import parse_version
from ...module_utils._operations.core.given_connections import CONNECTION_DEFAULTS
from ...module_utils._operations.facts.survey import unread_facts, usable_address
from .._policy.subjects.inventory_sources import READ_FROM
from .managers import Manager, ReadOutcome

HOSTS, SYSTEMS = "usphere_hosts", "vms"
UNREAD = "vms_unread"
UNKNOWN = "unknown"

_ARCHES = tuple(arch.value for arch in ARCHES)
_EDITIONS = (NO_EDITION, *(edition.value for edition in EDITIONS))


@dataclass(frozen=True)
class InventoryEntry:
    """One host of the inventory; ``local`` hosts use the connection plugin ``local``.

    ``variables`` contain text of servers, which is data and must not be templated.
    """

    name: str
    groups: tuple[str, ...]
    variables: Mapping[str, Any]
    local: bool = False


@dataclass(frozen=True)
class Summary:
    """Summary of a system: ``variables`` for its hosts, and (kind, word) pairs for group names."""

    variables: Mapping[str, Any]
    words: tuple[tuple[str, str], ...]


def summary(outcome: ReadOutcome, now: datetime, lapse_days: int) -> Summary:
    """Return the summary of a system at ``now``; a system that was not read has only unknown values."""
    manager, options = outcome.manager, outcome.manager.options
    facts = _facts(outcome)
    as_of = _clock(facts, now) if options.get("clock") == "license_server" else now
    catalog = with_site_rows(options.get("catalog") or ()) if outcome.survey else None
    tree: dict[str, Any] = project_facts(facts, as_of, catalog)
    version = tree.get("version", {}).get("vms")
    effective = tree.get("effective", {})
    state = assess_health(tree, as_of, lapse_days).value
    used, unknown = _features(tree)
    known = {
        "version": version,
        "branch": branch(version),
        "architecture": tree.get("architecture"),
        "edition": effective.get("edition"),
        "valid_until": effective.get("valid_until"),
        "days_to_lapse": effective.get("days_to_lapse"),
    }
    variables = {
        "name": manager.name,
        **{name: value for name, value in known.items() if value is not None},
        "license_state": state,
        "features": used,
        "features_unknown": unknown,
    }
    words = [("edition", _word(known["edition"], _EDITIONS)), ("license", state)]
    words.extend(("feature", name) for name in used)
    return Summary(variables, tuple(words))


def _facts(outcome: ReadOutcome) -> Mapping[str, Any]:
    if outcome.survey is not None:
        return outcome.survey.facts
    return unread_facts(outcome.manager.name, outcome.error)


def _clock(facts: Mapping[str, Any], now: datetime) -> datetime:
    """Return the time of the system's own clock, which can differ from the controller's; else ``now``."""
    return read_fact_time(facts.get("source", {}).get("gathered_at")) or now


def _features(tree: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    states = {name: each.get("in_use") for name, each in tree.get("features", {}).items()}
    return (
        sorted(name for name, in_use in states.items() if in_use is True),
        sorted(name for name, in_use in states.items() if in_use is None),
    )


def branch(version: object) -> str | None:
    """Return the release without its patch, such as E0730 of E0730P06; None if it cannot be parsed."""
    try:
        found = parse_version(version)
    except LicensingError:
        return None
    return f"{found.letter}{found.number:04d}"


def node_entry(name: str, node: Mapping[str, Any], manager: Manager, about: Summary) -> InventoryEntry:
    """Return a node of a system as a host. Its group names contain no text of servers."""
    address = usable_address(node.get("ip"))
    own = {
        **{key: value for key, value in node.items() if key != "ip"},
        "branch": branch(node.get("version")),
    }
    shown = {key: value for key, value in {**own, "ip": address}.items() if value is not None}
    words = [
        ("arch", _word(node.get("arch"), _ARCHES)),
        ("version", _version_word(node.get("version"))),
        *about.words,
    ]
    variables = {
        "usphere_node": shown,
        "usphere_system": about.variables,
        **({"ansible_host": address} if address else {}),
    }
    return InventoryEntry(name, (manager.group, *_groups("usphere", words)), variables)


def system_entry(outcome: ReadOutcome, about: Summary, source: str = "") -> InventoryEntry:
    """Return a system as a host with its facts for the compliance check; ``source`` is the inventory source.

    For a system that was not read, the facts have the reason.
    """
    options = outcome.manager.options
    words = [
        ("arch", _word(about.variables.get("architecture"), _ARCHES)),
        ("version", _version_word(about.variables.get("version"))),
        *about.words,
    ]
    place = {f"usphere_{name}": options.get(name) for name in ("host", "port")}
    # A default would hide the variable that a group of the inventory sets.
    connection = {
        f"usphere_{name}": options.get(name)
        for name, default in CONNECTION_DEFAULTS.items()
        if options.get(name) != default
    }
    variables = {
        "usphere": _facts(outcome),
        "usphere_system": about.variables,
        **{name: value for name, value in {**place, **connection}.items() if value is not None},
        READ_FROM: {"host": options.get("host"), "port": options.get("port"), "source": source},
        "license_compliance_gather": False,
    }
    unread = () if outcome.survey else (UNREAD,)
    return InventoryEntry(
        outcome.manager.name, (SYSTEMS, *unread, *_groups("vms", words)), variables, local=True
    )


def _groups(prefix: str, words: Sequence[tuple[str, str]]) -> Iterator[str]:
    for kind, word in words:
        yield f"{prefix}_{kind}_{word}"


def _word(value: object, known: Container[str]) -> str:
    """Return a word for a group name: ``value`` if it is in ``known``, else ``unknown``."""
    return value.lower() if isinstance(value, str) and value in known else UNKNOWN


def _version_word(value: object) -> str:
    return (branch(value) or UNKNOWN).lower()
