# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about writing reports."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "report_format": (
        "the format of a report is one of {expected}; {value} came",
        "报告格式应为 {expected} 之一，实际为 {value}",
    ),
    "report_unwritten": (
        "the report {path} could not be written: {reason}",
        "报告 {path} 无法写入：{reason}",
    ),
    "report_written": ("license report written: {paths}", "已写入授权报告：{paths}"),
    "report_suffix": (
        "the file name {path} does not say its format; end it in one of {expected}",
        "文件名 {path} 未说明格式，请使用以下后缀之一：{expected}",
    ),
}
