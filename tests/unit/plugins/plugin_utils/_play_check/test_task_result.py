# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of a task that could not decide: no file of an earlier run passes for them."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.unicloud.usphere.plugins.plugin_utils._play_check.task_result import error_result
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas

ERROR = PolicyError("max_age_invalid", value="soon")


def test_a_result_file_of_an_earlier_run_does_not_stay(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text('{"kind": "ComplianceResult", "decision": "compliant"}')
    found = error_result(ERROR, "en", str(path))
    assert (found["failed"], found["decision"]) == (True, "error")
    written = json.loads(path.read_text())
    assert (written["decision"], written["subjects"]) == ("error", [])
    assert "max_age must be hours or days" in written["errors"][0]["message"]["en"]
    assert schemas.validate("compliance_result", written) == []
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_file_nothing_is_written_and_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    assert "max_age must be" in error_result(ERROR, "en")["msg"]
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "taken").write_text("")
    found = error_result(ERROR, "en", str(tmp_path / "taken" / "result.json"))
    assert "max_age must be" in found["msg"]
    assert "could not be written" in found["msg"]
