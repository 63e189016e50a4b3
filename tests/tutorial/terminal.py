# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One shell that stays open, as a person's terminal does: folder and variables live on between commands."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType


class Terminal:
    """Types commands into one bash and reads what they print, both streams together."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            cwd=folder,
            env=dict(environment),
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._shell.stdin is not None
        self._shell.stdin.close()
        try:
            self._shell.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._shell.kill()
            self._shell.wait()

    def type(self, commands: str) -> tuple[int, str]:
        """Run the lines one after the other, stopping at none; the exit code is the last one's."""
        mark = f"end-{secrets.token_hex(8)}"
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{commands.rstrip()}\nprintf '\\n%s %s\\n' {mark} $?\n")
        self._shell.stdin.flush()
        seen = []
        for line in self._shell.stdout:
            if line.startswith(mark):
                return int(line.split()[1]), "".join(seen)
            seen.append(line)
        raise EOFError(f"the shell ended within:\n{commands}\n{''.join(seen)}")

    def folder(self) -> Path:
        """Where the shell stands now."""
        return Path(self.type("pwd")[1].strip())


def clean_environment(home: Path, programs: Path) -> dict[str, str]:
    """An account that has never seen Ansible: an own home, and nothing inherited that would help."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(
            ("ANSIBLE_", "MOLECULE_", "PIP_", "PYTHON", "USPHERE_", "VIRTUAL_ENV", "LC_", "LANG")
        )
    }
    return {
        **kept,
        "HOME": str(home),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_NOCOLOR": "1",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
