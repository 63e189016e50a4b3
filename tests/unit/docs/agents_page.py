# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read AGENTS.md: its references, tables and examples; run an example in a copy of the collection."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "AGENTS.md").read_text(encoding="utf-8")

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_REFERENCE = re.compile(r"([\w./-]+\.py): ([\w.]+)")
_PATH = re.compile(r"[\w.*-]*/[\w./*-]*")
#: What an example needs of the collection.
_NEEDED = (
    "docs/",
    "meta/",
    "playbooks/",
    "plugins/",
    "schemas/",
    "tests/simulator/",
    "tests/tools/",
    "tests/unit/",
)
_NEEDED_FILES = ("galaxy.yml", "pyproject.toml")
#: Directories that hold no sources, for a collection that is not a git checkout.
_NO_SOURCES = ("build", "tests/output")


@dataclass(frozen=True)
class Row:
    """A row of a table of packages: its directory, and the other files that it names relative to it."""

    directory: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class WorkedExample:
    """The diffs of a section, in order, and the commands of its console blocks."""

    title: str
    diffs: tuple[str, ...]
    commands: tuple[str, ...]


def prose(page: str = PAGE) -> str:
    """Return the page without its code blocks."""
    return _BLOCK.sub("", page)


def references(page: str = PAGE) -> list[tuple[str, str]]:
    """Return (path, name) of each reference to a function, method, class or constant."""
    found = (_REFERENCE.fullmatch(text) for text in _INLINE.findall(prose(page)))
    return [(match[1], match[2]) for match in found if match]


def paths(page: str = PAGE) -> list[str]:
    """Return each path with a directory that the page names outside of tables of packages."""
    lines = [line for line in prose(page).splitlines() if row_of(line) is None]
    return [text for text in _INLINE.findall("\n".join(lines)) if _PATH.fullmatch(text)]


def row_of(line: str) -> Row | None:
    """Return the row of a package, or None for any other line."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if not line.startswith("| `") or len(cells) != 3:
        return None
    return Row(cells[0].strip("`"), tuple(_INLINE.findall(cells[2])))


def rows(page: str = PAGE) -> list[Row]:
    return [row for row in map(row_of, page.splitlines()) if row is not None]


def example(title: str, page: str = PAGE) -> WorkedExample:
    """Return the worked example of the section ``title``."""
    section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    blocks = _BLOCK.findall(section)
    consoles = "".join(text for language, text in blocks if language == "console")
    return WorkedExample(
        title,
        tuple(text for language, text in blocks if language == "diff"),
        tuple(line.removeprefix("$ ") for line in consoles.splitlines() if line.startswith("$ ")),
    )


def is_defined(path: Path, name: str) -> bool:
    """Return whether a file defines ``name``, a function, class, method or constant."""
    body: list[ast.stmt] = ast.parse(path.read_text(encoding="utf-8")).body
    for part in name.split("."):
        found = [node for node in body if part in _names(node)]
        if not found:
            return False
        body = getattr(found[0], "body", [])
    return True


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def source_files() -> list[str]:
    """Return the files of the collection: those of git in a checkout, else all outside of caches."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
        return sorted(name for name in set(listed.split("\0")) if name and os.path.lexists(ROOT / name))
    found = []
    for directory, below, names in os.walk(ROOT):
        here = Path(directory).relative_to(ROOT)
        below[:] = [
            name
            for name in below
            if (here / name).as_posix() not in _NO_SOURCES and not name.startswith((".", "__pycache__"))
        ]
        # The links of `schemas` are links to files, which os.walk lists as files.
        found += [(here / name).as_posix() for name in names]
    return sorted(found)


class Copy:
    """A copy of the sources that an example needs, with a collections path of its own."""

    def __init__(self, place: Path) -> None:
        self.root = place / "collection"
        for name in source_files():
            if name.startswith(_NEEDED) or name in _NEEDED_FILES:
                target = self.root / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target, follow_symlinks=False)
        link = self.root / ".collections" / "ansible_collections" / "unicloud" / "usphere"
        link.parent.mkdir(parents=True)
        link.symlink_to(os.path.relpath(self.root, link.parent), target_is_directory=True)
        self._environment = self._own_environment(place)

    def _own_environment(self, place: Path) -> dict[str, str]:
        ours = ("GIT_", "PYTEST_", "ANSIBLE_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        collections = str(self.root / ".collections")
        return {
            **kept,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
            "PYTHONPATH": collections,
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_HOME": str(place / "ansible"),
            # A repository around the temporary directory does not concern the copy.
            "GIT_CEILING_DIRECTORIES": str(place),
        }

    def apply(self, diff: str) -> None:
        """Apply a unified diff with ``git apply``."""
        done = self._run(["git", "apply", "--verbose", "-"], diff)
        assert done.returncode == 0, done.stdout

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run one command line of the page, Python with the interpreter of this test."""
        words = shlex.split(command)
        return self._run([sys.executable if words[0] == "python" else words[0], *words[1:]])

    def python(self, program: str) -> str:
        """Return what a program prints that imports the copy."""
        done = self._run([sys.executable, "-c", program])
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    def text(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def _run(self, command: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.root,
            env=self._environment,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
