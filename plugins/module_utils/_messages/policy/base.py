# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about faults of documents and facts."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "did_you_mean": ("{sentence}; did you mean {hint}?", "{sentence}；是否应为 {hint}？"),
    "document_invalid": ("the document is not valid", "文档无效"),
    "facts_other_host": (
        "the facts of {host} are about {subject}, which is another host of the inventory; {host} itself "
        "has not been read",
        "主机 {host} 的事实属于 {subject}，而后者是清单中的另一台主机；{host} 本身尚未读取",
    ),
    "facts_shared": (
        "the facts of {host} are the same as those of {subject}, and do not say which of the two was read",
        "主机 {host} 的事实与 {subject} 的完全相同，且未说明读取的是哪一台",
    ),
}
