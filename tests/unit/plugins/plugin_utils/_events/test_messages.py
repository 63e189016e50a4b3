# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message of events exists in both languages, and none is unused."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.events import MESSAGES

FILES = sorted((Path(__file__).resolve().parents[5] / "plugins" / "plugin_utils" / "_events").glob("*.py"))


def codes_in_source() -> set[str]:
    return {
        node.value
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"event_[a-z_]+", node.value)
    }


def test_messages_and_codes_in_source_are_the_same() -> None:
    assert codes_in_source() == set(MESSAGES)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_have_the_same_fields(code: str) -> None:
    english, chinese = (set(re.findall(r"\{([a-z_]+)\}", text)) for text in MESSAGES[code])
    assert english == chinese
    assert re.search(r"[\u4e00-\u9fff]", MESSAGES[code][1]), code
