# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about waivers, entitlements and files of facts: code → (English, Chinese)."""

from __future__ import annotations

from typing import Dict, Tuple

MESSAGES: Dict[str, Tuple[str, str]] = {
    "source_missing": (
        "the {kind} document {name} was not found; name a file that exists",
        "未找到 {kind} 文档 {name}，请指定存在的文件",
    ),
    "source_unreadable": (
        "the {kind} document {name} cannot be read: {reason}",
        "无法读取 {kind} 文档 {name}：{reason}",
    ),
    "source_type": (
        "{kind} is a path, a mapping or a list of those; {type} came",
        "{kind} 应为路径、映射或其列表，实际为 {type}",
    ),
    "source_empty": ("the document is empty; {kind} was expected", "文档为空，应为 {kind}"),
    "schema_misplaced_key": (
        "the key {key} does not go with the keys beside it; remove it or them",
        "键 {key} 不能与同级的键同时使用，请去掉其一",
    ),
    # Waivers
    "waiver_duplicate": (
        "the waiver {id} is already there at {first}; give this one another id",
        "豁免 {id} 在 {first} 已存在，请更换标识",
    ),
    "waiver_order": (
        "the waiver {id} ends on {until}, before it begins; correct from or until",
        "豁免 {id} 于 {until} 结束，早于其开始，请更正 from 或 until",
    ),
    "waiver_too_long": (
        "the waiver {id} holds for {days} days and the longest term is {longest}; end it earlier",
        "豁免 {id} 为期 {days} 天，最长允许 {longest} 天，请提前结束并续期",
    ),
    "waiver_overlap": (
        "the waivers {id} and {other} ({first}) are both for {check} on the same subject and day; keep one",
        "豁免 {id} 与 {other}（{first}）在同一日针对同一对象的 {check}，请只保留一个",
    ),
}
