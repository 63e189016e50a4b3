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
    "field_unsupported": (
        "the endpoint profile does not map {field} in the operation {operation}; leave it out, or add the "
        "mapping",
        "接口配置的操作 {operation} 未映射 {field}；请去掉该项，或在接口配置中添加映射",
    ),
    "value_unsupported": (
        "the endpoint profile has no value for {field} {value} in the operation {operation}; add it to the "
        "table of {field}",
        "接口配置的操作 {operation} 中没有 {field} 取值 {value} 的对应值；请在 {field} 的对照表中添加",
    ),
    "text_incomplete": (
        "the endpoint profile sends {field} in the operation {operation} as a part of one text, so it cannot "
        "be left out; set it, or give it a key of its own in body",
        "接口配置在操作 {operation} 中将 {field} 作为一段文本的一部分发送，因此不能省略；请填写该项，或在 "
        "body 中为其单独设键",
    ),
}
