# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about asynchronous tasks of a server."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "task_failed": (
        "task {task} failed on the server ({said}); fix the cause that the server reports, then try again",
        "服务器上的任务 {task} 失败（{said}）；请按服务器给出的原因处理后重试",
    ),
    "task_partial": (
        "the server completed task {task} only in part ({said}); read the state before you continue",
        "服务器仅部分完成任务 {task}（{said}）；继续之前请先查询状态",
    ),
    "task_lost": (
        "the server no longer lists task {task}; read the state to see how it ended",
        "服务器不再列出任务 {task}；请查询状态以确认其结果",
    ),
    "task_timeout": (
        "task {task} did not end within {seconds} s; it may still succeed, so read the state before you try "
        "again",
        "任务 {task} 未在 {seconds} 秒内结束；其仍可能成功，重试之前请先查询状态",
    ),
}
