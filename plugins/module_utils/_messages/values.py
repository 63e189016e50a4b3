# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about versions, times, licenses and catalog rows."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "version_unparseable": (
        "'{text}' is not a Usphere version; write a letter, four digits and optional Pnn, Hnn, Lnn, such as "
        "E0760P03 (R28)",
        "「{text}」不是 Usphere 版本号；应为一个字母加四位数字，可带 Pnn、Hnn、Lnn，例如 E0760P03（R28）",
    ),
    "version_range_unparseable": (
        "'{part}' in the version range '{text}' is not a comparison; write comparisons such as "
        "'>=E0730P06,<E0750 || >=E0760': a comma means and, || means or (R28)",
        "版本范围「{text}」中的「{part}」不是比较式；请写成比较式，例如「>=E0730P06,<E0750 || >=E0760」，逗"
        "号表示且，|| 表示或（R28）",
    ),
    "instant_unparseable": (
        "'{text}' is not a time; write ISO 8601 such as 2026-12-06T00:00:00Z, or 'never' for an end",
        "「{text}」不是有效时间；应为 ISO 8601 格式，例如 2026-12-06T00:00:00Z；没有到期时间时写「never」",
    ),
    "instant_naive": (
        "{text} has no UTC offset, so the time is ambiguous; add one such as Z or +08:00",
        "{text} 没有时区偏移，无法确定时间；请补充时区，例如 Z 或 +08:00",
    ),
    "license_invalid": (
        "the field {field} of a license must be {expected}; got '{value}'",
        "授权的字段 {field} 应为 {expected}，实际为「{value}」",
    ),
    "catalog_row_invalid": (
        "the field {field} of a catalog row has the invalid value '{value}'; correct it (R2)",
        "产品目录条目的字段 {field} 的值「{value}」无效；请更正（R2）",
    ),
    "arch_missing": (
        "{product} is sold per architecture; set arch to x86_64 or aarch64 (R39)",
        "{product} 按架构授权；请将 arch 设为 x86_64 或 aarch64（R39）",
    ),
}
