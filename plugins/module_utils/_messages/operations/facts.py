# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about reading systems and License Servers."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "option_not_for_via": (
        "{option} cannot be used for a read on the node itself, which contacts no server; leave it out, or "
        "set via to rest",
        "{option} 不适用于在节点本机读取（不访问任何服务器）；请去掉该选项，或将 via 设为 rest",
    ),
    "product_node_twice": (
        "product_nodes lists the node {server} more than once, which would count its licenses twice; list "
        "it once (R27)",
        "product_nodes 多次列出产品节点 {server}，其授权会被重复计算；请只列一次（R27）",
    ),
    # Facts that the site states about a system.
    "clock_without_server": (
        "clock is license_server, but the option license_server is not set; set it to the License Server "
        "whose clock is used",
        "clock 为 license_server，但未设置 license_server 选项；请将其设为提供时钟的 License Server",
    ),
    "license_server_differs": (
        "the system is connected to the License Server {connected}, but license_server is the address of "
        "{given}; set it to the address of {connected}, because only this License Server supplies the system",
        "系统连接的 License Server 为 {connected}，但 license_server 是 {given} 的地址；请改为 {connected} "
        "的地址，因为只有所连接的服务器为系统提供授权",
    ),
    "site_not_a_statement": (
        "{pointer} is not a fact that site can state; use one of {known}",
        "site 不能声明 {pointer}；可声明的有：{known}",
    ),
    "site_wrong_type": (
        "{pointer} in site must be {expected}; got {got}",
        "site 中的 {pointer} 应为 {expected}，实际为 {got}",
    ),
    "site_contradicts": (
        "{pointer} in site is {stated}, but {read} was read from the system; remove it from site, or check "
        "the system",
        "site 中的 {pointer} 为 {stated}，但从系统读取到的是 {read}；请从 site 中删除该项，或检查系统",
    ),
    "node_of_other_product": (
        "{server} reports that it is the node of {reported}, but product_node is {product}; nothing was "
        "sent; correct host and port, or product_node (R27)",
        "{server} 报告为 {reported} 的产品节点，而 product_node 为 {product}；未发送任何内容；请更正 host、"
        "port 或 product_node（R27）",
    ),
}
