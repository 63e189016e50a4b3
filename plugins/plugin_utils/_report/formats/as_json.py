# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the complete result as JSON, or as NDJSON (one object per line) for log stores."""

from __future__ import annotations

import json as library

from ..._policy.base.canonical_json import canonical
from ..model.result_model import ComplianceResult


def json(run: ComplianceResult, _language: str) -> str:
    """Return the unchanged result as JSON with sorted keys and texts in both languages."""
    return library.dumps(run.raw, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def ndjson(run: ComplianceResult, _language: str) -> str:
    """Return one line for the run, each system and each finding; ``record`` is the type of the line."""
    summary = {name: value for name, value in run.raw.items() if name not in ("subjects", "findings")}
    records = [{**summary, "record": "run"}]
    for name, record in (("subjects", "subject"), ("findings", "finding")):
        records += [{**each, "record": record, "as_of": run.as_of} for each in run.raw[name]]
    # Some parsers treat the line separators of Unicode as line ends.
    lines = (canonical(each).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") for each in records)
    return "".join(line + "\n" for line in lines)
