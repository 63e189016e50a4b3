# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about writing reports."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "report_format": (
        "the format of a report must be one of {expected}; got {value}",
        "报告格式应为 {expected} 之一，实际为 {value}",
    ),
    "report_unwritten": (
        "the report {path} could not be written ({reason}); correct its path or permissions",
        "无法写入报告 {path}（{reason}）；请更正路径或权限",
    ),
    "report_written": ("license report written: {paths}", "已写入授权报告：{paths}"),
    "report_suffix": (
        "the format cannot be determined from the file name {path}; use one of the suffixes {expected}",
        "无法从文件名 {path} 判断格式；请使用以下后缀之一：{expected}",
    ),
}
