# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every recorded response has a source and a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def test_every_file_is_described_and_names_its_public_source(captures: dict[str, Any]) -> None:
    files = {path.name for path in (FOLDER / "recorded").iterdir()} - {"index.json"}
    assert files == {capture.file for capture in captures.values() if capture.file is not None}
    assert [capture.name for capture in captures.values() if not capture.source] == []


def test_every_capture_has_a_test(captures: dict[str, Any]) -> None:
    tests = "".join(
        path.read_text(encoding="utf-8") for path in FOLDER.glob("test_*.py") if path != Path(__file__)
    )
    assert [name for name in captures if f'"{name}"' not in tests] == []
    assert len(captures) == 26
