# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the options of modules and inventory sources."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "inventory_options_wrong": (
        "the options of {where} are not as documented: {said}",
        "{where} 的选项与文档不符：{said}",
    ),
    "inventory_option_unknown": (
        "{where} has the unknown option {name}; it takes {known}",
        "{where} 含有未知的选项 {name}；可用的选项为 {known}",
    ),
    "option_empty": (
        "{option} needs a value, but it is given and empty; fill it in, or leave it out where allowed",
        "{option} 已给出但为空；请填写，或在允许时省略",
    ),
}
