# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module in this process as Ansible does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import compile_profile


def with_compiled_profile(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a task as its action plugin gives them to the module."""
    return {**arguments, "profile": compile_profile(arguments.get("profile", "usphere_7"))}


def run_module(
    module: ModuleType,
    arguments: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> tuple[dict[str, Any], str]:
    """Return the result of the module and everything that it printed."""
    given = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", given)
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    with pytest.raises(SystemExit):
        module.main()
    text = capsys.readouterr().out
    result: dict[str, Any] = json.loads(text.splitlines()[-1])
    return result, text
