# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalize versions, keys and names that a server reports."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._text import (
    masked_key,
    split_version,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CVK 7.0 (E0760P03)", ("E0760P03", "7.0")),
        ("V7.0 (E0710)", ("E0710", "7.0")),
        ("7.0 (E0730P11H07)", ("E0730P11H07", "7.0")),
        ("CVK 2.0 (C0205)", ("C0205", "2.0")),
        ("E0760P03H08", ("E0760P03H08", None)),
        ("R0785P03-beta", ("R0785P03-beta", None)),
        ("V700R001B02D014", ("V700R001B02D014", None)),
        ("V7.0 (next)", ("next", "7.0")),
        ("", ("", None)),
    ],
)
def test_versions_are_normalized(text: str, expected: tuple[str, str | None]) -> None:
    assert split_version(text) == expected


@pytest.mark.parametrize(
    ("key", "shown"),
    [("****7Q2A", "****7Q2A"), ("ABCD-EFGH-7Q2A", "****7Q2A"), ("7Q2A", "****"), ("12345", "****")],
)
def test_a_key_shows_its_last_four_characters(key: str, shown: str) -> None:
    assert masked_key(key) == shown
