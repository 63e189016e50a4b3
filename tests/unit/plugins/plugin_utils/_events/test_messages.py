# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sentence of events is written in both languages, and none is left over."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.events import MESSAGES

FILES = sorted((Path(__file__).resolve().parents[5] / "plugins" / "plugin_utils" / "_events").glob("*.py"))


def said() -> set[str]:
    return {
        node.value
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"event_[a-z_]+", node.value)
    }


def test_what_is_said_is_written_and_what_is_written_is_said() -> None:
    assert said() == set(MESSAGES)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_name_the_same_fields(code: str) -> None:
    english, chinese = (set(re.findall(r"\{([a-z_]+)\}", text)) for text in MESSAGES[code])
    assert english == chinese
    assert re.search(r"[\u4e00-\u9fff]", MESSAGES[code][1]), code
