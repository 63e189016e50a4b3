# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people hand to filter, test and action, as the gate takes it. One sentence for each wrong value."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone

from ...module_utils._messages.catalog import LANGUAGES
from .errors import PolicyError
from .facts import normalise
from .gate import FAIL_ON, check_fail_on
from .instants import iso_of, parse_days, parse_instant
from .schemas import brief
from .subjects import HostInput


def read_as_of(value: object) -> datetime:
    """The instant of the run in UTC; now where nothing is given. A bare date is its 00:00Z."""
    if value is None or value == "":
        return datetime.now(timezone.utc)
    text = iso_of(value) if isinstance(value, date) else value
    instant = parse_instant(text) if isinstance(text, str) else None
    if instant is None:
        raise PolicyError("as_of_invalid", value=brief(str(value)))
    return instant


def read_horizon(value: object) -> int | None:
    """A horizon in days; None leaves the policy's own."""
    if value is None or value == "":
        return None
    days = parse_days(value)
    if days is None:
        raise PolicyError("horizon_invalid", value=brief(str(value)))
    return days


def read_fail_on(value: object) -> tuple[str, ...]:
    """Decisions that stop a play."""
    if value is None:
        return FAIL_ON
    wanted = [value] if isinstance(value, str) else value
    if not isinstance(wanted, (list, tuple)):
        raise PolicyError("fail_on_invalid", value=brief(str(value)))
    names = tuple(str(item) for item in wanted)
    check_fail_on(names)
    return names


def read_language(value: object) -> str:
    """``en`` or ``zh``; where nothing is given what the environment's locale says."""
    if value is None or value == "":
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            if os.environ.get(name):
                return "zh" if os.environ[name].lower().startswith("zh") else "en"
        return "en"
    if value not in LANGUAGES:
        raise PolicyError("language_invalid", value=brief(str(value)))
    return str(value)


def host_inputs(value: object, host: str | None, default: str | None = None) -> list[HostInput]:
    """Hosts out of HostFacts, a list of them, or a mapping from host to them (null: that host has none).

    Facts that do not name their subject are about ``host``, else ``default``. Raises FactsError for
    values that cannot be read, PolicyError ``facts_subject`` where nobody says what they are about.
    """
    plain = normalise(value)
    if isinstance(plain, dict):
        if "kind" not in plain and all(_is_entry(item) for item in plain.values()):
            return [HostInput(name, facts) for name, facts in plain.items()]
        return [_single(plain, host, default)]
    if isinstance(plain, list):
        return [_single(facts, None, None) for facts in plain]
    raise PolicyError("facts_input", type=type(value).__name__)


def _is_entry(item: object) -> bool:
    return item is None or (isinstance(item, Mapping) and "kind" in item)


def _single(facts: object, host: str | None, default: str | None) -> HostInput:
    if not isinstance(facts, dict):
        raise PolicyError("facts_input", type=type(facts).__name__)
    subject = facts.get("subject")
    named = subject.get("id") if isinstance(subject, dict) else None
    name = host or (named if isinstance(named, str) else None) or default
    if name is None:
        raise PolicyError("facts_subject")
    return HostInput(name, facts)


def sources(policy: object) -> object:
    """The policy argument with Ansible's containers made plain; a single one stays single."""
    if isinstance(policy, str) or policy is None:
        return policy
    if isinstance(policy, Mapping):
        return normalise(policy)
    if isinstance(policy, Sequence):
        return [sources(item) for item in policy]
    return policy
