# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about errors in documents and facts that the packages of the policy layer share."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "did_you_mean": ("{sentence}; did you mean {hint}?", "{sentence}；是否应为 {hint}？"),
    "alternatives": ("{first} or {last}", "{first} 或 {last}"),
    "document_invalid": ("the document is not valid", "文档无效"),
    "facts_other_host": (
        "the facts of {host} describe {subject}, another host of the inventory; {host} itself was not read",
        "主机 {host} 的事实描述的是清单中的另一台主机 {subject}；{host} 本身尚未读取",
    ),
    "facts_shared": (
        "the facts of {host} are identical to those of {subject} and do not state which of the two was read",
        "主机 {host} 的事实与 {subject} 的完全相同，且未注明读取的是哪一台",
    ),
}
