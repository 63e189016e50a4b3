# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pack installed distributions as wheels, so that tests need no network to install them.

``python tests/tools/wheelhouse.py REQUIREMENTS DIRECTORY`` packs what the requirements need.
"""

from __future__ import annotations

import importlib.metadata
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement

#: Files that an installer writes; they are not part of a wheel.
INSTALLED = {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json"}


def needed(requirements: list[Requirement]) -> list[importlib.metadata.Distribution]:
    """Return the distributions that the requirements need, with those that they need themselves."""
    found: dict[str, importlib.metadata.Distribution] = {}
    open_ones = list(requirements)
    while open_ones:
        requirement = open_ones.pop()
        name = requirement.name.lower().replace("_", "-")
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found[name] = importlib.metadata.distribution(requirement.name)
        open_ones += map(Requirement, found[name].requires or ())
    return list(found.values())


def pack(distribution: importlib.metadata.Distribution, directory: Path) -> Path:
    """Write the wheel of an installed distribution; return its path."""
    files = [
        file
        for file in distribution.files or ()
        if ".." not in file.parts and "__pycache__" not in file.parts and file.name not in INSTALLED
    ]
    tags = Parser().parsestr(distribution.read_text("WHEEL") or "").get_all("Tag", [])
    parts = zip(*(each.split("-") for each in tags), strict=True)
    tag = "-".join(".".join(dict.fromkeys(part)) for part in parts)
    (information,) = {file.parts[0] for file in files if file.parts[0].endswith(".dist-info")}
    path = directory / f"{information.removesuffix('.dist-info')}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file in files:
            wheel.write(str(distribution.locate_file(file)), str(file))
        # pip needs the list of files, but not their digests.
        rows = "".join(f"{file},,\n" for file in [*files, f"{information}/RECORD"])
        wheel.writestr(f"{information}/RECORD", rows)
    return path


def build(requirements: Path, directory: Path) -> None:
    """Pack all wheels that a requirements file needs into a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    lines = requirements.read_text(encoding="utf-8").splitlines()
    stated = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    for distribution in needed(stated):
        pack(distribution, directory)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
