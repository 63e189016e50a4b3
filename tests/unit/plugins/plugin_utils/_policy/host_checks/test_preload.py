# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of a host imports nothing: all of it is loaded before a process for the host starts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HostFacts = Callable[..., dict[str, Any]]
PROGRAM = """
import json, sys
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.files import find_here
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.check_host import HostCheck
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.preload import preload
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.private_files import (
    PrivateDirectory,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_identity import Inventory
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats.host_summary import summarize

given = json.load(sys.stdin)
if given["preload"]:
    preload()
before = set(sys.modules)
# Reading a file of a policy imports its encoding, which is not a part of the engine.
def imported():
    return sorted(name for name in set(sys.modules) - before if not name.startswith("encodings."))

check = HostCheck({"policy": given["policy"]}, find_here, PrivateDirectory(given["directory"]), ())
summary = check.summary(
    HostInput("a", given["facts"]), Inventory(frozenset("a")), "en", lambda result: summarize(result, "en")
)
print(json.dumps([summary["decision"], imported()]))
"""


def modules_of_a_check(directory: Path, facts: object, preload: bool, policy: object = "vendor") -> Any:
    """Return the decision, and the modules that the check of the first host of a process imports."""
    given = {"preload": preload, "directory": str(directory), "facts": facts, "policy": policy}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_a_check_of_a_policy_imports_nothing(tmp_path: Path, host_facts: HostFacts) -> None:
    facts = host_facts("lapsing", {"/subject": None})
    assert modules_of_a_check(tmp_path, facts, preload=True) == ["non_compliant", []]
    decision, imported = modules_of_a_check(tmp_path / "other", facts, preload=False)
    assert decision == "non_compliant"
    assert imported


def test_a_check_of_a_schema_imports_nothing(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"cpu_count": {"type": "integer", "minimum": 4}}}
    found = modules_of_a_check(tmp_path, {"cpu_count": 2}, preload=True, policy=schema)
    assert found == ["non_compliant", []]
