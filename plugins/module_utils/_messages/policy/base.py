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
    "facts_one_endpoint": (
        "the facts of {host} and of {subject} were read from one address, {endpoint}, and nothing shows that "
        "these are two machines",
        "主机 {host} 与 {subject} 的事实读取自同一地址 {endpoint}，且无法证明二者是不同的机器",
    ),
    "facts_one_machine": (
        "the facts of {host} and of {subject} were read from one machine: its MAC addresses are equal",
        "主机 {host} 与 {subject} 的事实读取自同一台机器：MAC 地址相同",
    ),
    "facts_other_address": (
        "{source} read {host} at {read}, but its address in the inventory is {given}, of another source",
        "{source} 从 {read} 读取了 {host}，但清单中其地址为 {given}，来自另一清单源",
    ),
    "facts_replaced": (
        "{source} read {host} at {read}, but another inventory source has other facts for {host}",
        "{source} 从 {read} 读取了 {host}，但另一清单源为 {host} 提供了其他事实",
    ),
    "facts_two_managers": (
        "the inventory sources name two managers {host}: {first} and {second}",
        "清单源中有两个名为 {host} 的管理平台：{first} 和 {second}",
    ),
    "facts_shared_license": (
        "{host} and {subject} both state the license {license} of one client of the License Server: "
        "{assigned} are assigned to them, but its quantity is {quantity} (R31)",
        "{host} 与 {subject} 均列出同一 License Server 客户端的授权 {license}：二者共分配 {assigned}，"
        "但其数量为 {quantity}（R31）",
    ),
}
