# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about errors in entitlements, License Server results and the input facts."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    # Entitlements
    "system_duplicate": (
        "the system {id} is described twice with different values; keep one",
        "系统 {id} 的两处描述不一致；请只保留一处",
    ),
    "contract_without_pair": (
        "the system {id} has a contract number but is not a hot-standby pair; set hot_standby: true or "
        "remove the contract number (R23)",
        "系统 {id} 有合同号但不是双机热备；请设置 hot_standby: true 或去掉合同号（R23）",
    ),
    "grant_duplicate": (
        "the grant id {id} is already used at {first}; choose another id",
        "授权函标识 {id} 已在 {first} 使用；请更换标识",
    ),
    "grant_order": (
        "the grant {id} ends on {until}, before it begins; correct from or until",
        "授权函 {id} 于 {until} 结束，早于其开始；请更正 from 或 until",
    ),
    "grant_product": (
        "{id}: the catalog has no product {product} (R27)",
        "{id}：目录中没有产品 {product}（R27）",
    ),
    "grant_arch": (
        "{id}: arch of {product} must be one of {expected}; got {arch} (R39)",
        "{id}：{product} 的架构应为 {expected} 之一，实际为 {arch}（R39）",
    ),
    "grant_local": (
        "{id}: {product} is installed on a node; name the node instead of system and license_server (R27)",
        "{id}：{product} 安装在节点上；请指定 node，而不是 system 和 license_server（R27）",
    ),
    "grant_remote": (
        "{id}: {product} is installed on a License Server; name system and license_server, not a node (R27)",
        "{id}：{product} 安装在 License Server 上；请指定 system 和 license_server，而不是 node（R27）",
    ),
    "grant_no_packs": (
        "{id}: {product} is not sold in packs; remove packs (R32)",
        "{id}：{product} 不按规格包销售；请去掉 packs（R32）",
    ),
    "grant_pack_sum": (
        "{id}: the packs add up to {total}, but the quantity is {quantity}; correct one of them (R32)",
        "{id}：规格包合计 {total}，而数量为 {quantity}；请更正其一（R32）",
    ),
    "grant_system": (
        "{id}: the system {system} of the allocation is not listed in systems",
        "{id}：分配中的系统 {system} 未在 systems 中列出",
    ),
    "grant_server": (
        "{id}: the License Server of {system} is {expected}, but the allocation names {actual}; correct one "
        "of them",
        "{id}：{system} 的 License Server 为 {expected}，而分配中为 {actual}；请更正其一",
    ),
    "servers_input": (
        "license_servers must be results of license_info with server.id; pass the complete results",
        "license_servers 应为含 server.id 的 license_info 结果；请传入完整的结果",
    ),
    "facts_subject": (
        "the facts do not name their system; set subject.id, or name the system with host",
        "事实未说明所属系统；请设置 subject.id 或用 host 指定系统",
    ),
    "facts_input": (
        "the input must be HostFacts, a list of them or a mapping from host to them; got {type}",
        "输入应为 HostFacts、其列表或主机到 HostFacts 的映射，实际为 {type}",
    ),
}
