# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the options that filter, test and action share; each invalid value raises one error message."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone

from ....module_utils._licensing.values.periods import format_date, parse_days
from ....module_utils._messages.catalog import LANGUAGES
from ....module_utils._time import read_time
from ..base.errors import PolicyError
from ..documents.files import Finder, find_here
from ..documents.plain_data import is_blank, normalize
from ..documents.schemas import brief
from ..fact_map.load import load_fact_map
from ..fact_map.model import FactMap
from ..findings.decision import FAIL_ON, check_fail_on
from ..json_schema.model import AbsentMode


def plain_text(value: object) -> object:
    """Return text without Ansible's additions (tags, marks, string classes); any other value unchanged."""
    return str.__str__(value) if isinstance(value, str) else value


def read_as_of(value: object) -> datetime:
    """Return the time of the run in UTC; the default is now. A date without time is 00:00Z of that day."""
    if value is None or is_blank(value):
        return datetime.now(timezone.utc)
    text = format_date(value) if isinstance(value, date) else plain_text(value)
    time = read_time(text) if isinstance(text, str) else None
    if time is None:
        raise PolicyError("as_of_invalid", value=brief(str(value)))
    return time


def read_horizon(value: object, name: str = "horizon") -> int | None:
    """Return the days of the option ``name``; None keeps the policy's own."""
    if value is None or is_blank(value):
        return None
    days = parse_days(value)
    if days is None:
        raise PolicyError("horizon_invalid", name=name, value=brief(str(value)))
    return days


def read_fail_on(value: object) -> tuple[str, ...]:
    """Return the decisions that stop a play."""
    if value is None:
        return FAIL_ON
    wanted = [value] if isinstance(value, str) else value
    if isinstance(wanted, (list, tuple)) and all(map(is_blank, wanted)):
        raise PolicyError("input_empty", name="fail_on")
    if not isinstance(wanted, (list, tuple)):
        raise PolicyError("fail_on_invalid", value=brief(str(value)))
    names = tuple(str(plain_text(item)) for item in wanted)
    check_fail_on(names)
    return names


def optional(value: object) -> object:
    """Return an optional input as plain data; None for an empty text, or a list of empty texts only.

    A question of a survey that was not answered is an empty text.
    """
    if is_blank(value) or (isinstance(value, (list, tuple)) and value and all(map(is_blank, value))):
        return None
    return sources(value)


def required(name: str, value: object) -> object:
    """Return the input ``name`` as plain data. Raises PolicyError ``input_empty`` if it has no content.

    An empty text where a document decides must not pass as "no document". None is "not given".
    """
    if optional(value) is None and value is not None:
        raise PolicyError("input_empty", name=name)
    return sources(value)


def read_absent(value: object) -> AbsentMode:
    """Return what a missing property means to plain JSON Schemas; the default is undetermined."""
    if value is None or value == "":
        return AbsentMode.UNDETERMINED
    text = plain_text(value)
    modes = {mode.value: mode for mode in AbsentMode}
    if not isinstance(text, str) or text not in modes:
        raise PolicyError("absent_invalid", value=brief(str(value)), expected=list(modes))
    return modes[text]


def read_coerce(value: object) -> bool:
    """Return whether decimal text counts as a number where a plain JSON Schema asks for one."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise PolicyError("coerce_invalid", value=brief(str(value)))


def read_map(value: object, find: Finder = find_here) -> FactMap | None:
    """Return the map of facts in the site's own words; None if no value is set."""
    return None if value is None or is_blank(value) else load_fact_map(sources(value), find)


def read_host(value: object) -> str | None:
    """Return the host of the facts; None means the host that their subject names."""
    name = plain_text(value)
    if name is None or name == "":
        return None
    if not isinstance(name, str):
        raise PolicyError("host_invalid", value=brief(str(name)))
    return name


def read_hosts(value: object) -> list[str]:
    """Return host names from one name or a list; empty if no value is set."""
    if value is None or value == "":
        return []
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)) or not all(isinstance(item, str) and item for item in given):
        raise PolicyError("expected_hosts_invalid", value=brief(str(value)))
    return [str.__str__(item) for item in given]


def read_language(value: object) -> str:
    """Return ``en`` or ``zh``; the default is the language of the environment's locale."""
    if value is None or value == "":
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            if os.environ.get(name):
                return "zh" if os.environ[name].lower().startswith("zh") else "en"
        return "en"
    for name in LANGUAGES:
        if name == value:
            return name
    raise PolicyError("language_invalid", value=brief(str(value)))


def read_detail(value: object) -> bool | None:
    """Return whether a report explains its findings; None means the default of the report."""
    if value is None or isinstance(value, bool):
        return value
    raise PolicyError("detail_invalid", value=brief(str(value)))


def sources(policy: object) -> object:
    """Return the policy argument as plain data without Ansible's types; a single value stays single."""
    if isinstance(policy, str) or policy is None:
        return plain_text(policy)
    if isinstance(policy, Mapping):
        return normalize(policy)
    if isinstance(policy, Sequence):
        return [sources(item) for item in policy]
    return policy
