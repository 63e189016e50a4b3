# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the sources where Ansible's tools want a collection: ansible_collections/<namespace>/<name>."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def copy_tracked_files(place: Path) -> Path:
    """Copy what git tracks, and what it would track, below ``place``; return the folder of the collection."""
    copy = place / "ansible_collections" / "unicloud" / "usphere"
    if copy.exists():
        shutil.rmtree(copy)
    copy.mkdir(parents=True)
    # A repository of its own: asked through ours, the copy would be an ignored folder with no files.
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if not name or not (source.exists() or source.is_symlink()):
            continue
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)
    subprocess.run(["git", "add", "--all"], cwd=copy, check=True)
    return copy
