# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation without a network: every plugin, every role and the guides, in build/docs/html.

A warning is a failure, and so is a reference to something of ours that is not there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.tracked import ROOT, copy_tracked_files

PLACE = ROOT / "build" / "docs"
SETTINGS = ROOT / "docs" / "docsite" / "sphinx"


def main() -> int:
    tools = Path(sys.executable).parent
    copy_tracked_files(PLACE)
    pages, site = PLACE / "rst", PLACE / "html"
    for folder in (pages, site):
        if folder.exists():
            shutil.rmtree(folder)
    pages.mkdir(mode=0o755)
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(PLACE)}
    write = ["antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    build = ["sphinx-build", "-q", "-b", "html", "-W", "--keep-going", "-c", str(SETTINGS)]
    for command in (
        [*write, "--dest-dir", str(pages), "unicloud.usphere"],
        [*build, str(pages), str(site)],
    ):
        done = subprocess.run([str(tools / command[0]), *command[1:]], env=environment, check=False)
        if done.returncode:
            return done.returncode
    count = sum(1 for _page in site.rglob("*.html"))
    print(f"{count} pages: {(site / 'index.html').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
