# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message of the policy layer exists in both languages, and none is unused."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.fact_reader import (
    UNKNOWN_REASONS,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.decision import DECISIONS
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.finding import (
    ERROR,
    FAIL,
    PASS,
    UNKNOWN,
    WAIVED,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import LEDGER, SEVERITIES

from ..message_tables import ALL, below

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
PLACES = (
    "plugin_utils/*.py",
    "plugin_utils/_policy/**/*.py",
    "plugin_utils/_play_check/*.py",
    "plugin_utils/_report/**/*.py",
    "plugin_utils/_run_checks/*.py",
    "action/*.py",
    "test/*.py",
)
FILES = sorted(path for place in PLACES for path in PLUGINS.glob(place))
COMPOSED = {
    *(f"reason_{reason}" for reason in (*UNKNOWN_REASONS, "conflict")),
    *(f"decision_{decision}" for decision in DECISIONS),
    *(f"report_{decision}" for decision in DECISIONS),
    *(f"report_name_{kind}" for kind in LEDGER),
    *(f"report_waiver_{state}" for state in ("expiring", "expired", "unused")),
    *(f"verdict_{verdict}" for verdict in (PASS, FAIL, UNKNOWN, ERROR, WAIVED)),
    *(f"effect_{effect}" for effect in ("block", "warn", "record")),
    *(f"severity_{severity}" for severity in SEVERITIES),
    *(f"{code}_bare" for code in ("facts_unread", "facts_unread_secret")),
}
MESSAGES = ALL
OWN = below("policy.", "report.")
MESSAGE_CALLS = {
    "Problem",
    "PolicyError",
    "FactsError",
    "_JsonProblem",
    "_add_problem",
    "_stop",
    "_misfit",
    "_failure",
}
MESSAGE_CALLS |= {"SchemaProblem", "render", "sentences", "_say", "_number"}


def literals() -> set[str]:
    found = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    for template in PLUGINS.rglob("*.j2"):
        found |= set(re.findall(r"[a-z]+(?:_[a-z0-9]+)+", template.read_text(encoding="utf-8")))
    return found


def codes_of_calls() -> set[str]:
    found = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in MESSAGE_CALLS:
                    found |= {
                        argument.value
                        for argument in node.args[:4]
                        if isinstance(argument, ast.Constant)
                        and isinstance(argument.value, str)
                        and re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", argument.value)
                    }
    return found


def test_every_code_in_source_has_a_message() -> None:
    keywords = {"default", "null"}
    assert codes_of_calls() - keywords - set(MESSAGES) == set()
    assert COMPOSED - set(MESSAGES) == set()


def test_every_message_has_a_code_in_source() -> None:
    assert set(OWN) - literals() - COMPOSED == set()


@pytest.mark.parametrize("code", sorted(OWN))
def test_both_languages_have_the_same_fields(code: str) -> None:
    english, chinese = (set(re.findall(r"\{([a-z_]+)\}", text)) for text in OWN[code])
    assert english == chinese
    assert re.search(r"[\u4e00-\u9fff]|\{|，", OWN[code][1]), code
