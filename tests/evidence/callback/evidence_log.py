# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callback of the generated plays: one JSON line per result of a task, in the file EVIDENCE_LOG."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "evidence_log"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, result: Any, state: str) -> None:
        task, host = result._task, result._host
        row = {"host": host.name, "action": task.action, "state": state, "task": task.name}
        with open(os.environ["EVIDENCE_LOG"], "a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result, "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write(result, "unreachable")
