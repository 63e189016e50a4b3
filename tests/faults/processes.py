# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules as processes of their own that start in milliseconds: forked from one that has imported them."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kills import Kill, Watch

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.site_profile import compiled

NAMES = (
    "device_info",
    "license",
    "license_client",
    "license_info",
    "license_migration",
    "license_request",
    "vms_facts",
)
# Far beyond every deadline that a module was given: a run that is still there waits without end.
LONGEST_RUN_S = 60.0

Args = dict[str, Any]


class Endless(Exception):
    """A module did not come to an end."""


@dataclass
class Process:
    """One run of a module."""

    pid: int
    out: Path
    ended: bool = False
    killed: bool = False

    def over(self) -> bool:
        if not self.ended:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.ended = pid == self.pid
            self.killed = self.ended and os.WIFSIGNALED(status)
        return self.ended

    def kill(self) -> None:
        if not self.over():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.ended = self.killed = True

    def result(self) -> dict[str, Any]:
        """Wait for the end and return what the module printed; a crash is a result that has failed."""
        end = time.monotonic() + LONGEST_RUN_S
        while not self.over():
            if time.monotonic() > end:
                self.kill()
                raise Endless(f"no end after {LONGEST_RUN_S:.0f} s: {self.out}")
            time.sleep(0.005)
        text = self.out.read_text(encoding="utf-8")
        try:
            printed: dict[str, Any] = json.loads(text)
        except ValueError:
            return {"failed": True, "msg": "printed no result", "crash": text[-4000:]}
        return printed

    def effects(self) -> int:
        """How many effects the run had, if it ended: moments to kill it after."""
        return int(self.out.with_suffix(".effects").read_text(encoding="ascii"))

    def writes(self) -> int:
        """How many requests it sent that change something."""
        file = self.out.with_suffix(".writes")
        return file.stat().st_size if file.exists() else 0


def load() -> None:
    """Import every module once, before the first fork."""
    for name in NAMES:
        _module(name)


def start(name: str, args: Args, folder: Path, check: bool = False, kill: Kill | None = None) -> Process:
    """Start a module with ``args``; ``folder`` gets its arguments and what it prints."""
    folder.mkdir(parents=True, exist_ok=True)
    number = sum(1 for _path in folder.glob("args-*"))
    given = folder / f"args-{number}.json"
    internal = {"_ansible_check_mode": check, "_ansible_diff": True, "_ansible_no_log": False}
    out = folder / f"out-{number}.txt"
    try:
        ready = {**args, "profile": _profile(json.dumps(args.get("profile")))}
    except UsphereError as error:
        out.write_text(
            json.dumps({"failed": True, "msg": render(error.code, error.fields)}), encoding="utf-8"
        )
        return Process(0, out, ended=True)
    given.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {**ready, **internal}}), encoding="utf-8")
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return Process(pid, out)
    _child(name, given, out, Watch(kill, out.with_suffix(".writes")))  # never comes back
    raise AssertionError


def run(name: str, args: Args, folder: Path, check: bool = False) -> dict[str, Any]:
    return start(name, args, folder, check).result()


@cache
def _profile(given: str) -> dict[str, str]:
    """Return the profile that ``given`` is the JSON text of, as the action of a module compiles it."""
    return compiled(json.loads(given))


def _module(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.unicloud.usphere.plugins.modules.{name}")


def _child(name: str, given: Path, out: Path, watch: Watch) -> None:
    code = 1
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        # Whoever captures output has put something else in their place.
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends
        sys.stderr = sys.stdout
        sys.argv = [name, str(given)]
        watch.begin()
        _module(name).main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - the process ends here, and says of what
        traceback.print_exc()
    finally:
        out.with_suffix(".effects").write_text(str(watch.effects), encoding="ascii")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
