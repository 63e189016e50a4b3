# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A slice of the fault matrix, and proof that its checks find lost and doubled licenses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from matrix import KINDS, WORK, cases_of, steps_of
from operation import ACTIVATION_FILE, KEPT, LIVE, UNINSTALL_FILE, Site

HERE = Path(__file__).parent
COLLECTIONS = HERE.parents[1] / ".collections"


def test_one_fault_at_every_step() -> None:
    run = subprocess.run(
        [sys.executable, str(HERE / "run.py"), "--fast", "--part", "matrix", "--part", "controllers"],
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    figures = dict(re.findall(r"^(.+): (\d+)$", run.stdout, re.MULTILINE))
    assert int(figures["cases"]) > 80
    assert figures["recovered by the second run"] == figures["cases"]
    assert (figures["rounds of two controllers at once"], figures["rounds that went wrong"]) == ("5", "0")
    assert (figures["licenses lost"], figures["licenses doubled"]) == ("0", "0")


class Told:
    """A simulator that says what a test wants."""

    def __init__(self, **servers: list[str]) -> None:
        self._servers = servers

    def state(self, name: str) -> dict[str, Any]:
        return {"licenses": [{"productId": "srm", "status": status} for status in self._servers[name]]}


@pytest.mark.parametrize(
    ("east", "west", "on_disk", "files", "found"),
    [
        (["usable"], [], False, 0, [LIVE]),
        (["uninstalled"], [], False, 0, [KEPT]),
        (["uninstalled"], [], True, 0, [UNINSTALL_FILE]),
        (["uninstalled"], [], True, 1, [ACTIVATION_FILE]),
        (["uninstalled"], ["in_use"], True, 1, [LIVE]),
        (["usable"], ["in_use"], False, 1, [LIVE, LIVE]),
        ([], [], False, 0, []),
    ],
)
def test_every_site_is_told_apart(
    tmp_path: Path, east: list[str], west: list[str], on_disk: bool, files: int, found: list[str]
) -> None:
    if on_disk:
        (tmp_path / "one.uak").touch()
    # Half a file under its temporary name is none.
    (tmp_path / ".one.uak.part").touch()
    site = Site(Told(east=east, west=west), "s0", tmp_path)  # type: ignore[arg-type]  # says as much as is asked

    assert site.whereabouts("srm", ("east", "west"), files) == found


def test_steps_leave_out_ids_logins_and_later_polls() -> None:
    def row(method: str, path: str, auth: bool = False) -> dict[str, Any]:
        return {"node": "s0-east", "method": method, "path": path, "auth": auth}

    steps = steps_of(
        [
            row("POST", "/api/oauth2/token", True),
            row("GET", "/host/list", True),
            row("GET", "/api/licenses"),
            row("POST", "/api/licenses/LS-000007/uninstall"),
            row("GET", "/api/messages/7"),
            row("GET", "/api/messages/7"),
            row("GET", "/api/licenses"),
        ],
        "s0",
        0,
    )

    assert [(step.method, step.path, step.nth) for step in steps] == [
        ("POST", "/api/oauth2/token", 0),
        ("GET", "/api/licenses", 0),
        ("POST", "/api/licenses/*/uninstall", 0),
        ("WORK", "uninstall", 0),
        ("GET", "/api/messages/*", 0),
        ("GET", "/api/licenses", 1),
    ]
    assert [step.writes for step in steps] == [False, False, True, True, False, False]


def test_the_whole_matrix_has_every_kind_at_every_write() -> None:
    (step,) = steps_of([{"node": "a", "method": "PUT", "path": "/x", "auth": False}], "s0", 0)

    assert [case.kind for case in cases_of(0, [step], fast=False)] == list(KINDS)
    assert len(cases_of(0, [step], fast=True)) == 1


def test_work_that_was_accepted_has_troubles_of_its_own() -> None:
    rows = [{"node": "s0-vms", "method": "PUT", "path": "/cas/casrs/licenseServer", "auth": False}]
    _request, work = steps_of(rows, "s0", 0)

    assert (work.method, work.path) == ("WORK", "connect")
    assert [case.kind for case in cases_of(0, [work], fast=False)] == list(WORK)
