# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merge values that a site states about its system over the facts that were read from it."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Tuple

from ..._errors import LicensingError
from ..._facts import ABSENT, FactTree
from ..._messages.catalog import register
from ..._messages.operations.facts import MESSAGES
from ..._time import format_end, lacks_zone, parse_time
from ..._vms.profile.fields import EDITIONS, HOST_ARCHES
from ..core.errors import InvalidRequest

register(MESSAGES)


# The values of ``Feature``, without the other terms of licensing.
FEATURES = ("isc", "srm", "container_engine", "disk_backup_dr", "heterogeneous_migration")

_MOST_FEATURES = len(FEATURES)

# What a statement must be, and its parser; the parser returns None for any other value.
_Parser = Tuple[str, Callable[[Any], Any]]


def _one_of(choices: Tuple[str, ...]) -> _Parser:
    return "one of " + ", ".join(choices), lambda value: str(value) if value in choices else None


def _flag(value: Any) -> Any:
    return value if isinstance(value, bool) else None


def _count(value: Any) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, str) and 0 < len(value) <= 64 and value.isprintable() else None


def _timestamp(value: Any) -> Any:
    try:
        time = parse_time(value)
        # A time without a zone keeps none: the zone of the site is not known here.
        return time.strftime("%Y-%m-%dT%H:%M:%S") if lacks_zone(value) else format_end(time)
    except LicensingError:
        return None


def _features(value: Any) -> Any:
    if not isinstance(value, list) or len(value) > _MOST_FEATURES:
        return None
    found = [name for name in FEATURES if name in value]
    return found if len(found) == len(value) else None


_FLAG: _Parser = ("true or false", _flag)
_COUNT: _Parser = ("a whole number of 0 or more", _count)
_TEXT: _Parser = ("a text of at most 64 characters", _text)
_TIMESTAMP: _Parser = ("a timestamp such as 2026-06-01T00:00:00Z", _timestamp)
_FEATURES: _Parser = ("a list, each at most once, of " + ", ".join(FEATURES), _features)

STATEMENTS: Dict[str, _Parser] = {
    "/architecture": _one_of(HOST_ARCHES),
    "/version/vms": _TEXT,
    "/version/series": _TEXT,
    "/hot_standby/state": _one_of(("none", "pair")),
    "/vms/total": _COUNT,
    "/license_totals/ends_at": _TIMESTAMP,
    "/features_wanted": _FEATURES,
    "/preinstalled/first_run_at": _TIMESTAMP,
    "/preinstalled/edition": _one_of(EDITIONS),
    "/preinstalled/quantity": _COUNT,
}
for _name in FEATURES:
    STATEMENTS["/features/{0}/in_use".format(_name)] = _FLAG
    STATEMENTS["/features/{0}/used".format(_name)] = _COUNT

# Only a site can state these, so they cannot contradict what was read.
_SITE_ONLY = (
    "/features_wanted",
    "/preinstalled/first_run_at",
    "/preinstalled/edition",
    "/preinstalled/quantity",
)


def merge_site_facts(tree: FactTree, site: Mapping[str, object]) -> None:
    """Set in ``tree`` what ``site`` states. Raises InvalidRequest, also for what contradicts the facts."""
    for pointer, value in _leaves(site, ""):
        if pointer not in STATEMENTS:
            raise InvalidRequest("site_not_a_statement", pointer=pointer, known=_names())
        expected, parse = STATEMENTS[pointer]
        stated = parse(value)
        if stated is None:
            raise InvalidRequest("site_wrong_type", pointer=pointer, expected=expected, got=_shown(value))
        _state(tree, pointer, stated)


def _state(tree: FactTree, pointer: str, stated: object) -> None:
    read = tree.get(pointer)
    if read is not None and pointer not in _SITE_ONLY and read != stated:
        raise InvalidRequest("site_contradicts", pointer=pointer, stated=_shown(stated), read=_shown(read))
    above = tree.unknown_above(pointer)
    if above is not None and above != pointer:
        # One part of the unknown object is known now, so each other part is marked as unknown.
        reason = tree.reason(above) or ABSENT
        del tree.unknown[above]
        for other in STATEMENTS:
            if other.startswith(above + "/") and tree.get(other) is None:
                tree.miss(other, reason)
    tree.put(pointer, stated)


def _leaves(value: Mapping[str, object], prefix: str) -> List[Tuple[str, object]]:
    found: List[Tuple[str, object]] = []
    for key, item in value.items():
        pointer = "{0}/{1}".format(prefix, key)
        if isinstance(item, Mapping) and pointer not in STATEMENTS:
            found.extend(_leaves(item, pointer))
        elif item is not None:
            # An omitted suboption is None.
            found.append((pointer, item))
    return found


def _names() -> List[str]:
    return sorted(STATEMENTS)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."
