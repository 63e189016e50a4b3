# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about errors in constraints."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "param_unknown": ("the parameter {param} is not declared", "未声明参数 {param}"),
    "param_unfit": (
        "{keyword} must be of type {expected}; got {value} from the parameter {param}",
        "{keyword} 的类型应为 {expected}，而参数 {param} 的值为 {value}",
    ),
    # Constraints: what the schema cannot check
    "constraint_too_large": (
        "the constraint has more than {limit} parts after its references are expanded; simplify it",
        "展开引用后，约束超过 {limit} 个部分；请简化",
    ),
    "reference_cycle": (
        "{reference} refers back to itself; remove the cycle",
        "{reference} 循环引用自身；请消除循环",
    ),
    "reference_unknown": (
        "{reference} is not defined under $defs of the root; define it there, because nested $defs cannot "
        "be referenced",
        "{reference} 在根的 $defs 中不存在；请在根处定义，嵌套的 $defs 无法引用",
    ),
    "fact_unknown": (
        "the fact {pointer} does not exist (see Facts reference)",
        "不存在事实 {pointer}（见 Facts reference）",
    ),
    "fact_in_two_spellings": (
        "{pointer} is given in two spellings; remove {deprecated}, which is deprecated",
        "{pointer} 以两种拼写给出；请删除已弃用的 {deprecated}",
    ),
    "keyword_needs_number": (
        "{keyword} applies to numbers, but the fact {pointer} is of type {actual}; use another keyword or "
        "fact",
        "{keyword} 只适用于数字，而事实 {pointer} 的类型为 {actual}；请改用其他关键字或事实",
    ),
    "keyword_needs_text": (
        "{keyword} applies to text, but the fact {pointer} is of type {actual}; use another keyword or fact",
        "{keyword} 只适用于文本，而事实 {pointer} 的类型为 {actual}；请改用其他关键字或事实",
    ),
    "keyword_needs_instant": (
        "{keyword} applies to timestamps, but the fact {pointer} is of type {actual} and not a timestamp; "
        "use another keyword or fact",
        "{keyword} 只适用于时间，而事实 {pointer} 的类型为 {actual}，不是时间；请改用其他关键字或事实",
    ),
    "keyword_needs_list": (
        "{keyword} applies to lists, but the fact {pointer} is of type {actual}; use another keyword or fact",
        "{keyword} 只适用于列表，而事实 {pointer} 的类型为 {actual}；请改用其他关键字或事实",
    ),
    "never_unguarded": (
        "{pointer} can be never, which passes {keyword}; add type: integer here so that only numbers match",
        "{pointer} 可能为 never，而 never 会通过 {keyword}；请在此处加上 type: integer，使其只匹配数字",
    ),
    "value_impossible": (
        "{pointer} cannot have the value {value}; possible values or types: {expected}",
        "{pointer} 的值不可能为 {value}；可能的值或类型：{expected}",
    ),
    "type_impossible": (
        "{pointer} is of type {actual} and cannot be of type {expected}; correct the type or the pointer",
        "{pointer} 的类型为 {actual}，不可能为 {expected}；请更正类型或指针",
    ),
    "pattern_invalid": (
        "the pattern {pattern} is not supported: {problem}",
        "不支持正则表达式 {pattern}：{problem}",
    ),
    "version_range_invalid": (
        "{part} is not a version bound; write bounds such as >=E0730P06,<E0750 || >=E0760 (R28)",
        "{part} 不是版本条件；请写成 >=E0730P06,<E0750 || >=E0760 的形式（R28）",
    ),
}
