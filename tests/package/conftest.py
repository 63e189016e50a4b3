# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the tarball of the collection once, and make the helpers of the tutorial importable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT / "tests" / "tutorial")]


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tarball")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    built = subprocess.run(
        [
            str(Path(sys.executable).parent / "ansible-galaxy"),
            *("collection", "build", str(ROOT), "--output-path", str(folder)),
        ],
        env={**environment, "HOME": str(folder), "ANSIBLE_HOME": str(folder / "ansible-home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("unicloud-usphere-*.tar.gz")
    return path
