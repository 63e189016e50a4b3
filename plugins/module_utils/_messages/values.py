# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about versions, times, licenses and catalog rows."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "version_unparseable": (
        "'{text}' is no Usphere version; a letter, four digits and optional Pnn, Hnn, Lnn are "
        "expected, such as E0760P03 (R28)",
        "「{text}」不是 Usphere 版本号；应为一个字母加四位数字，可带 Pnn、Hnn、Lnn，例如 E0760P03（R28）",
    ),
    "version_range_unparseable": (
        "'{part}' in the version range '{text}' is no bound; write comparisons such as "
        "'>=E0730P06,<E0750 || >=E0760': a comma means and, || means or (R28)",
        "版本范围「{text}」中的「{part}」不是有效条件；请写成比较式，例如「>=E0730P06,<E0750 || "
        ">=E0760」，逗号表示且，|| 表示或（R28）",
    ),
    "instant_unparseable": (
        "'{text}' is no instant; ISO 8601 is expected, such as 2026-12-06T00:00:00Z, or 'never' for an end",
        "「{text}」不是有效时刻；应为 ISO 8601 格式，例如 2026-12-06T00:00:00Z；没有终止时间写「never」",
    ),
    "instant_naive": (
        "{text} has no UTC offset, so it names no instant; add one",
        "{text} 没有时区偏移，无法确定时刻；请补充时区",
    ),
    "license_invalid": (
        "the field {field} of a license is '{value}'; {expected} is expected",
        "许可的字段 {field} 为「{value}」；应为 {expected}",
    ),
    "catalog_row_invalid": (
        "the field {field} of a catalogue row is '{value}', which the catalogue cannot read; correct it (R2)",
        "目录条目的字段 {field} 为「{value}」，无法识别；请更正（R2）",
    ),
    "arch_missing": (
        "{product} is sold per architecture; say x86_64 or aarch64 (R39)",
        "{product} 按架构授权；请指明 x86_64 或 aarch64（R39）",
    ),
}
