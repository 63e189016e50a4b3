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


def read_detail(value: object) -> bool | None:
    """Whether a report explains its findings: true, false, or None where the report decides."""
    if value is None or isinstance(value, bool):
        return value
    raise PolicyError("detail_invalid", value=brief(str(value)))


def sources(policy: object) -> object:
    """The policy argument with Ansible's containers made plain; a single one stays single."""
    if isinstance(policy, str) or policy is None:
        return policy
    if isinstance(policy, Mapping):
        return normalise(policy)
    if isinstance(policy, Sequence):
        return [sources(item) for item in policy]
    return policy
