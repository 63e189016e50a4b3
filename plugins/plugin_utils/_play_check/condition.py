# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse a condition that differs between hosts: a task that runs once evaluates it for the first host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .._policy.base.errors import PolicyError


def check_condition(
    conditions: Sequence[object], hosts: Iterable[str], holds_for: Callable[[str], bool]
) -> None:
    """Raise PolicyError ``condition_differs`` if ``conditions`` do not hold for each of ``hosts``.

    ``holds_for`` evaluates them for a host; it is not called if there is no condition.
    """
    if not [each for each in conditions if each is not True]:
        return
    excluded = sorted(host for host in hosts if not holds_for(host))
    if excluded:
        raise PolicyError("condition_differs", hosts=excluded, condition=[str(each) for each in conditions])
