# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill license requests, and other work that saves files, at each step on disk; examine what is left.

A program of its own, since it forks: ``python killed_requests.py DIRECTORY`` prints, by scenario, the number
of kills and the errors.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.license_files import digest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.lock import Locks
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.journal import Journal
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import (
    bundle,
    device_info,
    save_bundle,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.device_info import (
    DeviceFile,
)

SECRET = b"KEY-0000-SECRET"
STEPS = ("mkdir", "fchmod", "fsync", "rename", "replace", "unlink", "rmdir")
DEVICE = DeviceFile("ls-east.did", digest(b"device"), b"device")


def steps_files(causes: Any) -> dict[str, bytes]:
    return {"STEPS.en.txt": "\n".join(cause.code for cause in causes).encode()}


def request(folder: Path, quantity: int) -> bundle.LicenseRequest:
    keys = (bundle.KeyRequest(SECRET.decode(), quantity, purchased=900),)
    return bundle.LicenseRequest(keys, DEVICE, str(folder), write_keys=True)


def run(folder: Path, quantity: int, timeout_s: float = 60.0) -> bundle.RequestPlan:
    """What the module does with files."""
    asked = request(folder, quantity)
    plan = bundle.decide(asked, steps_files)
    done = save_bundle.save_bundle(plan, asked, steps_files, Locks(str(folder), timeout_s, "license_request"))
    bundle.verify(done, DEVICE)
    return done


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a child that dies before or after one of its steps; return whether it got that far."""
    child = os.fork()
    if not child:
        counter = itertools.count(1)

        def step() -> None:
            if next(counter) == number:
                os.kill(os.getpid(), signal.SIGKILL)

        def watched(original: Callable[..., Any]) -> Callable[..., Any]:
            def call(*given: Any, **named: Any) -> Any:
                step()
                result = original(*given, **named)
                step()
                return result

            return call

        for name in STEPS:
            setattr(os, name, watched(getattr(os, name)))
        fcntl.flock = watched(fcntl.flock)
        status = 1
        with contextlib.suppress(BaseException):
            work()
            status = 0
        os._exit(status)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "the undisturbed run failed"
    return False


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` but the lock, also the hidden ones."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != save_bundle.LOCK
    }


def below(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    """The files in the directory ``name`` but for hidden ones, which earlier releases left there."""
    return {
        path: content for path, content in files.items() if path.startswith(name + "/") and "/." not in path
    }


@dataclass(frozen=True)
class Scenario:
    """``prepare`` makes a directory, ``quantity`` is requested and killed, ``then`` is requested next."""

    prepare: Callable[[Path], None]
    quantity: int
    then: int


def nothing(folder: Path) -> None:
    folder.mkdir()


def one_bundle(folder: Path) -> None:
    folder.mkdir()
    place = Path(run(folder, 1).path)
    (place / "issued").mkdir()
    (place / "issued" / "a.ak").write_bytes(b"activation file")
    (place / "certificate.pdf").write_bytes(b"certificate")


def bundle_without_files(folder: Path) -> None:
    one_bundle(folder)
    (place,) = folder.glob("request-*")
    for name in ("request.json", "STEPS.en.txt", "keys.txt"):
        (place / name).unlink()
    shutil.rmtree(place / "device-information")


def leftovers_of_earlier_releases(folder: Path) -> None:
    one_bundle(folder)
    (place,) = folder.glob("request-*")
    part = folder / ".request-0123456789ab.part"
    part.mkdir()
    for directory in (folder, part, place, place / "device-information"):
        (directory / ".usphere-abcdefgh.tmp").write_bytes(SECRET)


SCENARIOS = {
    "first run": Scenario(nothing, 1, 1),
    "first run, then another request": Scenario(nothing, 1, 2),
    "repair": Scenario(bundle_without_files, 1, 1),
    "repair, then another request": Scenario(bundle_without_files, 1, 2),
    "second request": Scenario(one_bundle, 2, 2),
    "second request, then another one": Scenario(one_bundle, 2, 3),
    "leftovers": Scenario(leftovers_of_earlier_releases, 2, 2),
}


def errors_after(folder: Path, before: dict[str, bytes], whole: dict[str, bytes]) -> Iterator[str]:
    """Yield what a killed run must not leave; ``whole`` is what the undisturbed run leaves."""
    found = tree(folder)
    for name in {path.split("/")[0] for path in found} | {path.name for path in folder.iterdir()}:
        if not name.startswith(".") and below(found, name) not in (below(whole, name), below(before, name)):
            yield f"half a bundle: {sorted(below(found, name))}"
    for path, content in found.items():
        top = folder / path.split("/")[0]
        if SECRET not in content or before.get(path) == content or whole.get(path) == content:
            continue
        if not top.name.startswith(".request-") or top.stat().st_mode & 0o077:
            yield f"a key outside a bundle: {path}"
        if (folder / path).stat().st_mode & 0o077:
            yield f"a key that others can read: {path}"


def play(scenario: Scenario, home: Path) -> tuple[int, list[str]]:
    """Kill the scenario at each of its steps; return the number of kills and the errors."""
    made = itertools.count()

    def fresh() -> Path:
        folder = home / str(next(made))
        scenario.prepare(folder)
        return folder

    folder = fresh()
    before = tree(folder)
    run(folder, scenario.quantity)
    whole = tree(folder)
    run(folder, scenario.then)
    both = tree(folder)
    folder = fresh()
    run(folder, scenario.then)
    only_then = tree(folder)
    errors = []
    for number in itertools.count(1):
        folder = fresh()
        if not killed_at(number, lambda folder=folder: run(folder, scenario.quantity)):
            return number - 1, errors
        errors += [f"step {number}: {error}" for error in errors_after(folder, before, whole)]
        run(folder, scenario.then)
        # The killed request is there as a whole, or not at all.
        if tree(folder) not in (both, only_then):
            errors.append(f"step {number}: the next run left {sorted(tree(folder))}")
        run(folder, scenario.quantity)
        if tree(folder) != both:
            errors.append(f"step {number}: the same run left {sorted(tree(folder))}")
        shutil.rmtree(folder)
    raise AssertionError


def play_files(work: Callable[[Path], object], home: Path) -> tuple[int, list[str]]:
    """Kill other work that saves files, and repeat it; only the files of an undisturbed run may remain."""
    work(home / "whole")
    whole = tree(home / "whole")
    errors = []
    for number in itertools.count(1):
        folder = home / str(number)
        if not killed_at(number, lambda folder=folder: work(folder)):
            return number - 1, errors
        left = {path for path in tree(folder) if "/." not in f"/{path}"} if folder.exists() else set()
        if left - set(whole) or (left and len(whole) > 1 and left != set(whole)):
            errors.append(f"step {number}: visible are {sorted(left)}")
        work(folder)
        if tree(folder) != whole:
            errors.append(f"step {number}: the next run left {sorted(tree(folder))}")
    raise AssertionError


def save_device_information(folder: Path) -> None:
    device_info.apply(device_info.decide(DEVICE, str(folder)))


def keep_transfer_bundle(folder: Path) -> None:
    files = {"uninstall-file/LS-1.uak": b"proof", "destination/ls.did": b"device", "request.json": b"{}"}
    Journal(str(folder)).keep_bundle(SimpleNamespace(id="ls-east.LS-1"), "transfer", files)


FILES = {"device information": save_device_information, "transfer bundle": keep_transfer_bundle}


def together(folder: Path, count: int) -> list[str]:
    """Make ``count`` runs at once, three requests in turn; return the errors."""
    folder.mkdir()
    children = []
    for number in range(count):
        child = os.fork()
        if not child:
            status = 1
            with contextlib.suppress(BaseException):
                run(folder, 1 + number % 3)
                status = 0
            os._exit(status)
        children.append(child)
    failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
    names = sorted(path.name for path in folder.iterdir() if path.name != save_bundle.LOCK)
    planned = sorted(bundle.decide(request(folder, number), steps_files).name for number in (1, 2, 3))
    missing = [bundle.decide(request(folder, number), steps_files).missing for number in (1, 2, 3)]
    return [] if not failed and names == planned and not any(missing) else [f"{failed} {names} {missing}"]


if __name__ == "__main__":
    # The end of a process loses nothing that was written, so that syncing would only cost time.
    os.fsync = lambda handle: None
    # The fingerprints of the keys are slow on purpose.
    bundle._ROUNDS = 1
    outcome = {}
    for name, scenario in SCENARIOS.items():
        place = Path(sys.argv[1]) / name.replace(" ", "-")
        place.mkdir()
        outcome[name] = play(scenario, place)
    for name, work in FILES.items():
        place = Path(sys.argv[1]) / name.replace(" ", "-")
        place.mkdir()
        outcome[name] = play_files(work, place)
    outcome["together"] = 0, together(Path(sys.argv[1]) / "together", 12)
    print(json.dumps(outcome))
