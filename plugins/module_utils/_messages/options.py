# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about options that the controller checks: numbers and their ranges, options that do not exist."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "option_number_range": (
        "{option} must be a whole number from {least} to {most}; got {got}; set a number in this range",
        "{option} 应为 {least} 到 {most} 的整数，实际为 {got}；请设为该范围内的数",
    ),
    "option_days_range": (
        "{option} must be a whole number of days from {least} to {most}; got {got}; set a number in this "
        "range",
        "{option} 应为 {least} 到 {most} 的整数天数，实际为 {got}；请设为该范围内的数",
    ),
    "option_seconds_range": (
        "{option} must be a number of seconds from {least} to {most}; got {got}; set a number in this range",
        "{option} 应为 {least} 到 {most} 秒，实际为 {got}；请设为该范围内的数",
    ),
    "option_misspelt": (
        "{where} has no option {name}; did you mean {near}? Correct the name, or remove the option",
        "{where} 没有选项 {name}；是否应为 {near}？请更正名称，或删除该选项",
    ),
    "option_unknown": (
        "{where} has no option {name}; remove it, or use one of {known}",
        "{where} 没有选项 {name}；请删除，或使用 {known} 之一",
    ),
}
