# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cache the facts of VMS systems as plain data, without connection options."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ...module_utils._operations.core.site_profile import is_path
from ...module_utils._operations.facts.survey import Survey
from .._policy.base.errors import FactsError
from .._policy.facts import host_facts
from .managers import Manager, ReadOutcome

FORMAT = 1

# Options that the facts depend on. Passwords, timeouts and the like are not part of the cache key.
_KEY_OPTIONS = (
    *("host", "port", "scheme", "username", "timezone", "profile", "site", "srm_sites", "clock", "catalog"),
)
_SERVER_KEY_OPTIONS = ("host", "port", "scheme", "username", "timezone")


def kept(found: Iterable[Manager], stored: Mapping[str, Any], now: float, seconds: int) -> dict[str, Survey]:
    """Return the cached surveys of the managers by name. ``now`` is in epoch seconds.

    Entries older than ``seconds`` are ignored (0: no limit). The cache plugin checks the age, too, but a
    write for one system resets the age of all entries.
    """
    surveys = {each.name: _survey(stored.get(_key(each)), now, seconds) for each in found}
    return {name: survey for name, survey in surveys.items() if survey is not None}


def renewed(
    found: Iterable[Manager],
    stored: Mapping[str, Any],
    old: Mapping[str, Survey],
    outcomes: Iterable[ReadOutcome],
    now: float,
) -> dict[str, Any]:
    """Return the entries to store: valid old ones unchanged, and complete reads of ``now``.

    Incomplete reads are not cached: after a short outage of a server, its facts would otherwise stay unknown
    without a warning until the cache expires.
    """
    entries = {_key(each): stored[_key(each)] for each in found if each.name in old}
    for outcome in outcomes:
        if outcome.survey is not None and not outcome.notes:
            entries[_key(outcome.manager)] = _entry(outcome.survey, now)
    return entries


def _key(manager: Manager) -> str:
    """Return the cache key: a digest of the options that the facts depend on."""
    server = manager.options.get("license_server") or {}
    content = [
        FORMAT,
        manager.name,
        {key: manager.options.get(key) for key in _KEY_OPTIONS},
        _content(manager.options.get("profile")),
        {key: server.get(key) for key in _SERVER_KEY_OPTIONS},
        [
            {key: node.get(key) for key in ("product", *_SERVER_KEY_OPTIONS)}
            for node in manager.options.get("product_nodes") or ()
        ],
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _content(profile: object) -> str:
    """Return the digest of a profile in a file, which can change under its name; "" for any other."""
    if not isinstance(profile, str) or not is_path(profile):
        return ""
    try:
        return hashlib.sha256(Path(profile).read_bytes()).hexdigest()
    except OSError:
        # Reading the system will name the file.
        return ""


def _entry(survey: Survey, now: float) -> dict[str, Any]:
    return {"read_at": int(now), "facts": dict(survey.facts), "nodes": [dict(node) for node in survey.nodes]}


def _survey(value: object, now: float, seconds: int) -> Survey | None:
    if not isinstance(value, Mapping):
        return None
    read_at, facts, nodes = value.get("read_at"), value.get("facts"), value.get("nodes")
    if not isinstance(read_at, int) or not isinstance(facts, Mapping) or not isinstance(nodes, list):
        return None
    if facts.get("kind") != host_facts.KIND:
        return None
    if read_at > now or (seconds and now - read_at > seconds):
        return None
    if not all(isinstance(node, Mapping) and isinstance(node.get("id"), str) for node in nodes):
        return None
    # Whatever wrote the cache: facts of another shape are read again.
    try:
        legible = host_facts.read(dict(facts))
    except FactsError:
        return None
    return None if legible.unread else Survey(facts, tuple(nodes))
