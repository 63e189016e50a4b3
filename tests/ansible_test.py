# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test on a copy of the tracked files, where no container engine and no download site is needed.

`python tests/ansible_test.py sanity [arguments…]`, by the Python of the environment with that ansible-core.
That Python plays the controller; the checks for managed nodes run on every Python that this ansible-core
supports and the machine has, and ansible-test names those that it did not find.

ansible-test wants the collection under ansible_collections/<namespace>/<name> and refuses a linked root,
fetches a get-pip script from a site of its own, and stumbles over a version manager's shims. Each of these
is answered here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ansible.release import __version__ as ansible_version

from tools.tracked import ROOT, copy_tracked_files

# ansible-test looks for these names in its cache before it downloads; Python bundles a pip that does as well.
GET_PIP = ("23_1_2", "24_2", "25_2")
BOOTSTRAP = "import ensurepip\n\nensurepip.bootstrap(upgrade=True, default_pip=True)\n"


def seed_get_pip(home: Path) -> None:
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in GET_PIP:
        script = cache / f"get_pip_{version}.py"
        if not script.exists():
            script.write_text(BOOTSTRAP, encoding="utf-8")


def real_interpreters() -> list[str]:
    """Folders whose python3.N is the interpreter itself, as a version manager keeps them behind its shims."""
    versions = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))) / "versions"
    return [str(path / "bin") for path in sorted(versions.glob("3.*")) if (path / "bin" / "python3").exists()]


def main(arguments: list[str]) -> int:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not {"--python", "--controller"} & set(arguments):
        # With --python, only that one would check what runs on managed nodes.
        arguments = [*arguments, "--controller", f"origin:python=venv/{version}"]
    # Each ansible-core pins tools of its own and would spoil another's environments.
    place = ROOT / "build" / "ansible-test" / ".".join(ansible_version.split(".")[:2])
    copy = copy_tracked_files(place)
    home = place / "home"
    seed_get_pip(home)
    path = [part for part in os.environ["PATH"].split(os.pathsep) if not part.endswith("shims")]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANSIBLE_", "PYTHONPATH", "MYPYPATH"))
    }
    environment.update(
        HOME=str(home), PATH=os.pathsep.join([str(Path(sys.executable).parent), *real_interpreters(), *path])
    )
    command = [str(Path(sys.executable).parent / "ansible-test"), *arguments]
    return subprocess.run(command, cwd=copy, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
