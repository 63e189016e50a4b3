# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about times."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "instant_unparseable": (
        "'{text}' is not a time; write ISO 8601 such as 2026-12-06T00:00:00Z, or 'never' for an end",
        "「{text}」不是有效时间；应为 ISO 8601 格式，例如 2026-12-06T00:00:00Z；没有到期时间时写「never」",
    ),
    "instant_naive": (
        "{text} has no UTC offset, so the time is ambiguous; add one such as Z or +08:00",
        "{text} 没有时区偏移，无法确定时间；请补充时区，例如 Z 或 +08:00",
    ),
}
