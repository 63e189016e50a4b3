# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results shared by the tests of reports."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]
Result = dict[str, Any]
#: Text as a host or a server could send it, which readers of a format could interpret as markup.
HOSTILE = (
    "<script>alert('x')</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ lookup('pipe', 'id') }}{% raw %}",
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1+1",
    "\x1b]0;title\x07\x1b[31mred",
    "line one\r\nline two\u2028three",
    "| a | b |\n|---|\n**bold** [link](http://evil.example) @everyone #1",
    "]]><!-- \x00 --> &amp;",
    'a"b\\c}\n# HELP fake 1',
    "\u202egnp.exe",
    "\ud800 lone",
)


@pytest.fixture
def result(vendor: PolicySet, as_of: datetime, host_facts: HostFacts) -> Result:
    """Return a result with one blocked, one unknown, one compliant and one warned system."""
    srm = {"id": "LS-3", "product": "srm", "arch": "x86_64", "kind": "temporary", "quantity": 20}
    warned = {
        "/subject/id": "wuhan",
        "/licenses/items/2": {**srm, "expires_at": "2026-12-06T00:00:00Z"},
        "/features/srm/used": 12,
    }
    given = [
        HostInput("hangzhou", host_facts()),
        HostInput("chengdu", host_facts("lapsing")),
        HostInput("nanjing", None, "unreachable"),
        HostInput("wuhan", host_facts(changes=warned)),
    ]
    return evaluate_fleet.evaluate(given, Run(vendor, as_of))


@pytest.fixture
def hostile(result: Result) -> Callable[[str], Result]:
    """Return a function that inserts a text wherever text of a host or server can be."""

    def build(text: str) -> Result:
        changed = copy.deepcopy(result)
        for finding in changed["findings"]:
            if finding["subject"]["id"] == "chengdu":
                finding["subject"]["id"] = text
            finding["message"] = {"en": text, "zh": text}
            finding["remediation"] = {"en": text, "zh": text}
            finding["actual"] = text
            finding["place"] = f"{text}:7"
        for entry in changed["subjects"]:
            if entry["subject"]["id"] == "chengdu":
                entry["subject"]["id"] = text
            entry["hosts"] = [text]
        changed["waivers"] = [{"id": text, "state": "active", "until": "2026-12-31"}]
        return changed

    return build
