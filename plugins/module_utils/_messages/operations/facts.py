# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about reading systems and License Servers."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "option_not_for_via": (
        "{option} does not belong to a read on the node itself, which asks no server; leave it out, or leave "
        "via at rest",
        "{option} 不适用于在节点本机读取（不访问任何服务器）；请去掉该选项，或使用 via: rest",
    ),
    "product_node_twice": (
        "product_nodes names the node {server} more than once, and its licenses were to be counted twice; "
        "name it once (R27)",
        "product_nodes 多次指明产品节点 {server}，其授权会被重复计算；请只写一次（R27）",
    ),
    # What a person says about a system that is read.
    "clock_without_server": (
        "clock is license_server, which needs the option license_server to say whose clock that is",
        "clock 为 license_server 时，须以 license_server 选项指明使用哪台 License Server 的时钟",
    ),
    "license_server_differs": (
        "the system is connected to the License Server {connected}, but license_server names {given}: a "
        "system "
        "is supplied only by the server that it is connected to; name that one",
        "系统连接的 License Server 为 {connected}，但 license_server 指定的是 {given}："
        "系统只由其所连接的服务器"
        "提供授权；请指定该服务器",
    ),
    "site_not_a_statement": (
        "site says {pointer}, which is nothing that a site can state; it can state {known}",
        "site 中的 {pointer} 不是站点可以声明的内容；可声明的有：{known}",
    ),
    "site_wrong_type": (
        "site says {got} at {pointer}, where {expected} was expected",
        "site 在 {pointer} 处为 {got}，应为 {expected}",
    ),
    "site_contradicts": (
        "site says {stated} at {pointer}, but {read} was read there; take the statement out, or check "
        "the system",
        "site 在 {pointer} 处声明为 {stated}，但读取到的是 {read}；请删除该声明，或检查系统",
    ),
}
