# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate hosts with the inputs of a run and the hosts of a run as keywords of one call."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.evaluate_fleet import (
    evaluate,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput

_FIELDS = frozenset(field.name for field in dataclasses.fields(Run))


def evaluate_with(
    hosts: Iterable[HostInput], policy: PolicySet, as_of: datetime, **options: Any
) -> dict[str, Any]:
    """Return the result of ``hosts``; ``options`` are fields of the run or parameters of ``evaluate``."""
    inputs = {name: options.pop(name) for name in sorted(_FIELDS & options.keys())}
    return evaluate(hosts, Run(policy, as_of, **inputs), **options)
