# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load what every check needs, once, before Ansible starts a process for each host."""

from __future__ import annotations

from contextlib import suppress

from ....module_utils._messages.catalog import load_tables
from ..base.errors import PolicyError
from ..evaluation.evaluate_fleet import evaluate
from ..evaluation.run import read_run
from ..subjects.host_reading import HostInput

_AS_OF = "2026-01-01"
_FACTS = {"kind": "HostFacts", "schema_version": 1, "architecture": "x86_64", "hosts": []}
_RULE = {"id": "preload", "require": {"properties": {"architecture": {"const": "aarch64"}}}}
#: A license policy and a JSON Schema, each with facts that do not comply.
_CHECKS = (
    ({"kind": "LicensePolicy", "id": "preload", "version": "1.0.0", "rules": [_RULE]}, _FACTS),
    ({"properties": {"preload": {"type": "integer"}}}, {"preload": "text"}),
)


def preload() -> None:
    """Fill the caches of the engine by two small checks, whose results are not used.

    The message tables, the schemas of facts and jsonschema are read at their first use. Without this, each
    host would read them again, which takes longer than its check.
    """
    load_tables()
    for policy, facts in _CHECKS:
        # Without jsonschema, each host reports that it is missing.
        with suppress(PolicyError):
            evaluate([HostInput("preload", facts)], read_run({"policy": policy, "as_of": _AS_OF}))
