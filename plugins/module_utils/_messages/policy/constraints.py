# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about constraints."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "param_unknown": (
        "no parameter {param} is declared",
        "未声明参数 {param}",
    ),
    "param_unfit": (
        "{keyword} takes {expected}, and the parameter {param} is {value}",
        "{keyword} 需要 {expected}，而参数 {param} 为 {value}",
    ),
    # Policies: what their schema cannot see
    "constraint_too_large": (
        "the constraint grows beyond {limit} parts once its references are expanded; simplify it",
        "展开引用后约束超过 {limit} 个部分，请简化",
    ),
    "reference_cycle": ("{reference} leads back to itself", "{reference} 循环引用自身"),
    "reference_unknown": (
        "{reference} names nothing under $defs of the root; define it there, definitions further in are "
        "out of reach",
        "{reference} 在根的 $defs 中不存在；请在根处定义，内层的定义无法引用",
    ),
    "fact_unknown": (
        "no fact {pointer} exists",
        "不存在事实 {pointer}",
    ),
    "keyword_needs_number": (
        "{keyword} bounds numbers, and the fact {pointer} is {actual}",
        "{keyword} 用于数字，而事实 {pointer} 为 {actual}",
    ),
    "keyword_needs_text": (
        "{keyword} is for text, and the fact {pointer} is {actual}",
        "{keyword} 用于文本，而事实 {pointer} 为 {actual}",
    ),
    "keyword_needs_instant": (
        "{keyword} is for instants, and the fact {pointer} is {actual}",
        "{keyword} 用于时间点，而事实 {pointer} 为 {actual}",
    ),
    "keyword_needs_list": (
        "{keyword} is for lists, and the fact {pointer} is {actual}",
        "{keyword} 用于列表，而事实 {pointer} 为 {actual}",
    ),
    "never_unguarded": (
        "{pointer} can be never, which passes {keyword}; where a match has an effect add type: integer",
        "{pointer} 可能为 never，会通过 {keyword}：在命中即生效处须同时写 type: integer",
    ),
    "value_impossible": (
        "{pointer} is never {value}; possible: {expected}",
        "{pointer} 不可能为 {value}；可能的值：{expected}",
    ),
    "type_impossible": (
        "{pointer} is {actual}, never {expected}",
        "{pointer} 的类型为 {actual}，不可能为 {expected}",
    ),
    "pattern_invalid": (
        "the pattern {pattern} is outside the profile: {problem}",
        "模式 {pattern} 超出允许范围：{problem}",
    ),
    "version_range_invalid": (
        "{part} is no version bound; write bounds like >=E0730P06,<E0750 || >=E0760 (R28)",
        "{part} 不是版本边界，请写成 >=E0730P06,<E0750 || >=E0760 的形式（R28）",
    ),
}
