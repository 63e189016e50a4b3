# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A slice of the fault matrix, and proof that its checks find lost and doubled licenses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from apis import APIS, FIRST, SECOND, Api
from matrix import KINDS, WORK, Step, cases_of, steps_of
from operation import ACTIVATION_FILE, KEPT, LIVE, UNINSTALL_FILE, Site

HERE = Path(__file__).parent
COLLECTIONS = HERE.parents[1] / ".collections"


def test_a_sample_of_faults_on_both_apis() -> None:
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
    assert int(figures["cases on the first API"]) > 100
    # Eleven operations: eight meet the kinds of writes, too, and seven of these start a work.
    assert int(figures["cases on the second API"]) > 200
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


def row(method: str, path: str, auth: bool = False) -> dict[str, Any]:
    return {"node": "s0-east", "method": method, "path": path, "auth": auth}


def test_steps_leave_out_ids_challenges_and_later_polls() -> None:
    steps = steps_of(
        FIRST,
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


def test_steps_of_the_second_api_have_its_paths() -> None:
    steps = steps_of(
        SECOND,
        [
            row("POST", "/console/session", True),
            row("GET", "/lic/v2/entitlements"),
            row("GET", "/lic/v2/self", True),
            row("POST", "/lic/v2/entitlements/LS-000007/retire"),
            row("GET", "/lic/v2/jobs/7"),
            row("GET", "/lic/v2/jobs/7"),
            row("DELETE", "/console/session", True),
        ],
        "s0",
        0,
    )

    assert [(step.method, step.path, step.writes) for step in steps] == [
        ("POST", "/console/session", False),
        ("GET", "/lic/v2/entitlements", False),
        ("POST", "/lic/v2/entitlements/*/retire", True),
        ("WORK", "uninstall", True),
        ("GET", "/lic/v2/jobs/*", False),
        ("DELETE", "/console/session", False),
    ]


@pytest.mark.parametrize("api", APIS.values(), ids=list(APIS))
def test_the_whole_matrix_has_every_kind_at_every_write(api: Api) -> None:
    (step,) = steps_of(api, [row("PUT", "/x")], "s0", 0)

    assert [case.kind for case in cases_of(api, 0, [step], fast=False)] == list(KINDS)


def test_the_sample_of_the_first_api_has_every_write_and_half_of_the_reads() -> None:
    reads = [Step(0, "a", "GET", f"/{number}", 0) for number in range(4)]
    write = Step(0, "a", "PUT", "/x", 0, True)

    cases = cases_of(FIRST, 0, [*reads, write], fast=True)

    assert [case.step.path for case in cases] == ["/0", "/2", "/x"]


def test_the_sample_of_the_second_api_has_every_kind_at_different_steps() -> None:
    reads = [Step(0, "a", "GET", f"/{number}", 0) for number in range(10)]
    write = Step(0, "a", "PUT", "/x", 0, True)
    work = Step(0, "a", "WORK", "connect", 0, True)

    cases = cases_of(SECOND, 0, [*reads, write, work], fast=True)

    assert [case.kind for case in cases] == [*KINDS, *WORK]
    at = {case.kind: case.step for case in cases}
    assert at["kill after"] == at["reset_after"] == at["truncated"] == write
    assert max(Counter(case.step for case in cases if case.step in reads).values()) == 1
    assert [step for kind, step in at.items() if kind in WORK] == [work] * len(WORK)
    assert len(cases_of(SECOND, 0, reads, fast=True)) == 10


def test_work_that_was_accepted_has_troubles_of_its_own() -> None:
    _request, work = steps_of(FIRST, [row("PUT", "/cas/casrs/licenseServer")], "s0", 0)

    assert (work.method, work.path) == ("WORK", "connect")
    assert [case.kind for case in cases_of(FIRST, 0, [work], fast=False)] == list(WORK)
