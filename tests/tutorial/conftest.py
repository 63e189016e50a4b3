# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built tarball, and a terminal of an account that has no Ansible configuration."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from following import PROGRAMS, ROOT
from terminal import Terminal, clean_environment


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tarball")
    subprocess.run(
        [str(PROGRAMS / "ansible-galaxy"), "collection", "build", str(ROOT), "--output-path", str(folder)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = folder.glob("unicloud-usphere-*.tar.gz")
    return built


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    home = tmp_path / "home"
    home.mkdir()
    with Terminal(tmp_path, clean_environment(home, PROGRAMS)) as opened:
        yield opened
    for left in tmp_path.rglob("endpoints.json"):
        subprocess.run(
            [sys.executable, str(ROOT / "tests" / "simulator"), "stop", "--state", str(left.parent)],
            check=False,
        )
