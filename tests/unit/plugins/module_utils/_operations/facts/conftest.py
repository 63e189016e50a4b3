# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that every error of a test can be rendered."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest


@pytest.fixture(autouse=True)
def every_error_has_a_message(monkeypatch: pytest.MonkeyPatch) -> Any:
    made: list[InvalidRequest] = []
    original = InvalidRequest.__init__

    def remember(self: InvalidRequest, code: str, *rest: Any, **fields: Any) -> None:
        original(self, code, *rest, **fields)
        made.append(self)

    monkeypatch.setattr(InvalidRequest, "__init__", remember)
    yield
    for error in made:
        assert render(error.code, error.fields, "en")
        assert render(error.code, error.fields, "zh")
