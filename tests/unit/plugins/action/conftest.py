# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an action with the variables of one host."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible import constants as C
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.unicloud.usphere.plugins.action import host_compliance

from ...fakes.host_task import AS_OF, CONNECTION, Task

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    loader = DataLoader()
    loader.set_basedir(str(tmp_path))
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path))

    def build(
        variables: Mapping[str, object],
        host: str = "hangzhou",
        plugin: Any = host_compliance,
        **arguments: Any,
    ) -> dict[str, Any]:
        task = Task({"policy": "vendor", "as_of": AS_OF, "language": "en", **arguments}, str(tmp_path))
        values = {"inventory_hostname": host, "groups": {"all": ["hangzhou", "chengdu"]}, **variables}
        templar = Templar(loader=loader, variables=values)
        made = plugin.ActionModule(task, CONNECTION, None, loader, templar, None)
        result: dict[str, Any] = made.run(task_vars=values)
        json.dumps(result)
        return result

    return build
