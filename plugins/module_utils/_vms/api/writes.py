# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes that answer with a task, or at once."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from .client import Client
from .json_parser import JsonRow, WrongShape
from .tasks import Task, TaskState


def task_of(
    client: Client, name: str, task_name: str, values: Optional[Mapping[str, Any]] = None, **params: str
) -> Task:
    """Send the write ``name`` once; its task is looked at by the read ``task_name``."""
    answer = client.write(name, values, **params)
    task_id = answer.text("task_id")
    if task_id is not None:
        known: str = task_id
        return Task(known, lambda: _look(client, task_name, known))
    try:
        return Task.finished(_detail(answer))
    except WrongShape as error:
        raise client.wrong_shape(name, error) from None


def _look(client: Client, task_name: str, task_id: str) -> TaskState:
    row = client.read(task_name, task_id=task_id)
    completed, result = row.boolean("completed"), row.integer("result")
    if completed is None:
        raise client.wrong_shape(task_name, WrongShape("whether the task is completed", "no answer to that"))
    try:
        inner = row.inner("detail")
        return TaskState(
            completed=completed,
            result=result,
            error_code=row.text("error_code") or "",
            error_message=client.masked(row.text("error_message") or ""),
            detail=_detail(inner) if inner is not None else {},
        )
    except WrongShape as error:
        raise client.wrong_shape(task_name, error) from None


def _detail(row: JsonRow) -> Dict[str, object]:
    license_ids = row.texts("license_ids")
    return {"license_ids": license_ids} if license_ids else {}
