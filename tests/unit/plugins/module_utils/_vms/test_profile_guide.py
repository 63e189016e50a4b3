# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide on endpoint profiles: its profile reads the response beside it, its tables name operations."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import SHAPES

GUIDE = Path(__file__).resolve().parents[5] / "docs/docsite/rst/guide_profiles.rst"
TEXT = GUIDE.read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return the text of a section up to the next title."""
    return re.split(r"\n[^\n]+\n-{5,}\n", TEXT.split(f"{title}\n{'-' * len(title)}\n")[1])[0]


def block(text: str, language: str) -> str:
    found = re.search(rf"code-block:: {language}\n\n((?:    [^\n]*\n|\n)+)", text)
    assert found
    return textwrap.dedent(found[1])


def test_the_profile_reads_the_response_beside_it(server: Any, connect: Any, json_answer: Any) -> None:
    example = section("Example: from a response to an operation")
    answer = json.loads(block(example, "text"))
    server.script = lambda request: json_answer(answer)
    read = VmsApi(connect(), load_profile(yaml.safe_load(block(example, "yaml")))).host_list()
    assert read.complete
    hosts = [(host.id, host.name, host.arch, host.cpu_sockets, host.status) for host in read.rows]
    assert hosts == [("n-1", "node-1", "aarch64", 2, "ok"), ("n-2", "node-2", "x86_64", 4, "bad")]
    assert [host.added_at for host in read.rows] == ["2026-11-20T01:15:00Z", "2026-11-21T02:00:00Z"]
    assert f"``GET {server.seen[0].target}``" in example


def test_the_operations_by_task_are_those_of_profiles() -> None:
    table = TEXT.split(".. list-table:: Operations by task\n")[1].split("\n\n", 2)[1]
    rows = re.findall(r"^     - (.+)$", table, re.MULTILINE)[1:]
    named = {name for row in rows for name in re.findall(r"``([a-z_]+)``", row)}
    assert named == set(SHAPES)
