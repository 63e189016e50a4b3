# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide "When is a host compliant" says what the code does: decisions, reasons, ages, limits."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from doc_examples import ROOT

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.fact_reader import (
    UNKNOWN_REASONS,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.max_age import (
    DEFAULT_MAX_AGE_HOURS,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.decision import (
    DECISIONS,
    FAIL_ON,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.override import LONGEST
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.fact_age import (
    TOLERANCE,
    AgeLimit,
    Channel,
)

TEXT = (ROOT / "docs" / "docsite" / "rst" / "guide_compliant.rst").read_text(encoding="utf-8")
WORDS = " ".join(TEXT.split())
NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
CHANNELS = {
    "Registered by ``vms_facts`` in this run": Channel.READ,
    "Variable of the host": Channel.VARIABLE,
    "Fact cache": Channel.FACT_CACHE,
    "Facts of ``setup``": Channel.SETUP,
    "File of ``facts_files``": Channel.FILE,
    "Passed to a filter or test": Channel.STATED,
}


def table(first: str) -> list[list[str]]:
    """Return the rows of the table whose first column has the title ``first``, without its header."""
    body = next(
        part
        for part in TEXT.split(".. list-table::\n   :header-rows: 1\n\n")
        if part.startswith(f"   * - {first}\n")
    )
    rows: list[list[str]] = []
    for line in body.splitlines():
        cell = re.fullmatch(r"   (\* -|  -) (.+)", line)
        if cell is None:
            break
        if cell[1] == "* -":
            rows.append([])
        rows[-1].append(cell[2])
    return rows[1:]


def test_each_decision_is_in_the_order_of_severity() -> None:
    rows = table("Decision")
    assert [name for name, _meaning, _stops in rows] == [f"``{each}``" for each in DECISIONS]
    expected = {"error": "always", "non_compliant": "always", "undetermined": "unless ``fail_on`` omits it"}
    assert set(expected) == set(FAIL_ON)
    assert [stops for _name, _meaning, stops in rows] == [expected.get(each, "never") for each in DECISIONS]


def test_each_reason_has_the_words_of_reports_and_what_to_do() -> None:
    rows = table("Reason")
    assert [row[:2] for row in rows] == [
        [f"``{reason}``", render(f"reason_{reason}", {}, "en")] for reason in UNKNOWN_REASONS
    ]
    assert all(len(row) == 3 and row[2].endswith(".") for row in rows)


def test_each_channel_needs_the_time_that_the_guide_says() -> None:
    rows = table("Facts")
    assert [name for name, _time in rows] == list(CHANNELS)
    assert set(CHANNELS.values()) == set(Channel)
    for name, time in rows:
        default, stated = (
            AgeLimit(NOW, 36, stated=each).reason({}, CHANNELS[name]) == "stale" for each in (False, True)
        )
        old = AgeLimit(NOW, 36).reason({"gathered_at": "2026-11-01T00:00:00Z"}, CHANNELS[name])
        if time == "required":
            assert default, name
        elif time == "required if option or policy states an age":
            assert (default, stated) == (False, True), name
        else:
            assert time in ("optional", "not needed")
            assert not default, name
            assert not stated, name
        assert old == ("" if time == "not needed" else "stale"), name


def test_the_limits_are_those_of_the_code() -> None:
    assert f"Facts may be {DEFAULT_MAX_AGE_HOURS} hours old by default" in WORDS
    assert f"up to {TOLERANCE.total_seconds():.0f} seconds ahead counts as now" in WORDS
    assert f"for at most {LONGEST.total_seconds() / 3600:.0f} hours" in WORDS
