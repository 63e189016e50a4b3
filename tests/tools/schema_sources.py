# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Download the JSON Schema Test Suite and schemas of other projects to the cache of the tests.

The suite is in the source distribution of jsonschema, the schemas are in the wheel of check-jsonschema. pip
downloads both through the configured index. Nothing is installed.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "schema-sources"
SUITE = CACHE / "json"
SCHEMAS = CACHE / "check_jsonschema" / "builtin_schemas" / "vendor"
SUITE_PACKAGE = "jsonschema==4.26.0"
SCHEMAS_PACKAGE = "check-jsonschema==0.39.0"


def prepare() -> None:
    """Fill the cache if it is empty. Raises CalledProcessError if pip cannot download the packages."""
    if SUITE.is_dir() and SCHEMAS.is_dir():
        return
    CACHE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as name:
        directory = Path(name)
        _download(directory, "--no-binary", "jsonschema", SUITE_PACKAGE)
        _download(directory, "--only-binary", ":all:", SCHEMAS_PACKAGE)
        complete = directory / "complete"
        complete.mkdir()
        with tarfile.open(next(directory.glob("jsonschema-*.tar.gz"))) as archive:
            for member in archive.getmembers():
                parts = member.name.split("/", 1)
                if (
                    len(parts) == 2
                    and parts[1].startswith(("json/tests/", "json/remotes/"))
                    and member.isfile()
                ):
                    _write(complete / parts[1], archive.extractfile(member).read())  # type: ignore[union-attr]
        with zipfile.ZipFile(next(directory.glob("check_jsonschema-*.whl"))) as archive:
            for path in archive.namelist():
                if "/builtin_schemas/" in path and path.endswith(".json"):
                    _write(complete / path, archive.read(path))
        _publish(complete)


def _publish(complete: Path) -> None:
    # Several test processes can prepare the cache at the same time: the first one wins.
    try:
        complete.rename(CACHE)
    except OSError:
        if not SUITE.is_dir():
            raise


def _download(directory: Path, *arguments: str) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(directory),
        *arguments,
    ]
    subprocess.run(command, check=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    prepare()
