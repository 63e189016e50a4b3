# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests share: a folder of files that is no package, and sites that end with their test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from premises import Site

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def site_of(tmp_path: Path) -> Iterator[Callable[[str, str], Site]]:
    """Starts a site from a scenario and the inventory's ``children``; ends it with the test."""
    from premises import Site

    started: list[Site] = []

    def start(scenario: str, inventory: str) -> Site:
        started.append(Site(tmp_path, scenario, inventory))
        return started[-1]

    yield start
    for site in started:
        site.stop()
