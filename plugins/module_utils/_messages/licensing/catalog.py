# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the rows of a site's own catalog, which the controller validates."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "catalog_row_invalid": (
        "the field {field} of a catalog row has the invalid value '{value}'; correct it (R2)",
        "产品目录条目的字段 {field} 的值「{value}」无效；请更正（R2）",
    ),
    "catalog_row_twice": (
        "{id} for {arch} is already defined at {first}; keep one of the two rows (R2)",
        "{id}（{arch}）已在 {first} 定义；请只保留一行（R2）",
    ),
    "catalog_rows_differ": (
        "{field} of {id} differs from the row at {first}; set the same value for each architecture (R2)",
        "{id} 的 {field} 与 {first} 处的行不一致；请为各架构设置相同的值（R2）",
    ),
    "catalog_role": (
        "{id} must remain {expected} as in the shipped catalog; choose another id for another product (R2)",
        "{id} 在内置目录中为 {expected}，不能改变；其他产品请使用其他标识（R2）",
    ),
    "catalog_taken": (
        "{id} is for {role}, which {product} already licenses; override that product instead (R2)",
        "{id} 用于 {role}，而该用途已由 {product} 授权；请改为覆盖该产品（R2）",
    ),
    "catalog_name_taken": (
        "the name {name} of {id} is already the name of {other}; give each product its own name (R2)",
        "{id} 的名称 {name} 已用于 {other}；请为每个产品使用不同名称（R2）",
    ),
    "catalog_arch_mixed": (
        "{id} has a row for any architecture and rows for single architectures; keep only one kind (R39)",
        "{id} 既有适用任意架构的行，又有单一架构的行；请只保留其中一种（R39）",
    ),
    "catalog_arch_missing": (
        "{id} is shipped for any architecture, but the row for {arch} is missing here; add it (R39)",
        "{id} 在内置目录中适用任意架构，此处缺少 {arch} 的行；请补充（R39）",
    ),
    "catalog_arch_needed": (
        "{id} counts CPUs by architecture; write one row for x86_64 and one for aarch64 (R39)",
        "{id} 按 CPU 计数，而 CPU 按架构分别统计；请分别编写 x86_64 和 aarch64 的行（R39）",
    ),
}
