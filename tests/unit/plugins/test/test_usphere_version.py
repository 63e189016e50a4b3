# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test usphere_version: ranges of versions, and an error for versions that cannot be compared."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from jinja2 import StrictUndefined

from ansible_collections.unicloud.usphere.plugins.test.usphere_version import TestModule as Plugin

within = Plugin().tests()["usphere_version"]
RANGE = ">=E0730P06,<E0750 || >=E0760"


@pytest.mark.parametrize(
    ("version", "inside"),
    [
        ("E0730P05", False),
        ("E0730P06", True),
        ("E0749", True),
        ("E0750", False),
        ("E0760P03H08", True),
        ("CVK 7.0 (E0710)", False),
        ({"vms": "E0783", "series": "7.0"}, True),
    ],
)
def test_a_version_is_compared_with_ranges(version: object, inside: bool) -> None:
    assert within(version, RANGE) is inside


@pytest.mark.parametrize(
    ("version", "bounds", "sentence"),
    [
        ("newest", RANGE, "newest"),
        ("V700R001", RANGE, "V700R001"),
        (7.0, RANGE, "the input must be a version such as E0760P03; got number"),
        ({"series": "7.0"}, RANGE, "the input must be a version such as E0760P03"),
        (StrictUndefined(name="x"), RANGE, "the input must be a version such as E0760P03"),
        ("R0760", ">=E0760", "cannot be compared"),
        ("E0760", "E0760 or later", "E0760 or later"),
    ],
)
def test_an_undecidable_comparison_is_an_error(version: object, bounds: str, sentence: str) -> None:
    with pytest.raises(AnsibleFilterError, match="usphere_version: ") as caught:
        within(version, bounds)
    assert sentence in str(caught.value)
