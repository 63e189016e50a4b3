# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about versions and licenses that cannot be parsed."""

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
    "license_invalid": (
        "the field {field} of a license must be {expected}; got '{value}'",
        "授权的字段 {field} 应为 {expected}，实际为「{value}」",
    ),
}
