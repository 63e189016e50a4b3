# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about subjects: hosts, grants, License Servers."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    # Entitlements
    "system_duplicate": (
        "the system {id} is described twice and differently; keep one",
        "系统 {id} 的两处描述不一致，请只保留一处",
    ),
    "contract_without_pair": (
        "the system {id} has a contract number and is no pair; set hot_standby or remove it (R23)",
        "系统 {id} 有合同号但不是双机热备，请设置 hot_standby: true 或去掉合同号（R23）",
    ),
    "grant_duplicate": (
        "the grant {id} is already there at {first}; give this one another id",
        "授权函 {id} 在 {first} 已存在，请更换标识",
    ),
    "grant_order": (
        "the grant {id} ends on {until}, before it begins; correct from or until",
        "授权函 {id} 于 {until} 结束，早于其开始，请更正 from 或 until",
    ),
    "grant_product": (
        "{id}: the catalogue has no product {product} (R27)",
        "{id}：目录中没有产品 {product}（R27）",
    ),
    "grant_arch": (
        "{id}: {product} comes for {expected}, not for {arch} (R39)",
        "{id}：{product} 适用于 {expected}，不适用于 {arch}（R39）",
    ),
    "grant_local": (
        "{id}: {product} is installed on a node; name the node instead of system and license_server (R27)",
        "{id}：{product} 安装在节点上，请指定 node，而不是 system 和 license_server（R27）",
    ),
    "grant_remote": (
        "{id}: {product} is held by a License Server; name system and license_server, not a node (R27)",
        "{id}：{product} 由 License Server 持有，请指定 system 和 license_server，而不是 node（R27）",
    ),
    "grant_no_packs": (
        "{id}: {product} is not sold in packs; remove packs (R32)",
        "{id}：{product} 不按规格包销售，请去掉 packs（R32）",
    ),
    "grant_pack_sum": (
        "{id}: the packs add up to {total} and the quantity is {quantity}; correct one of them (R32)",
        "{id}：规格包合计 {total}，而数量为 {quantity}，请更正其一（R32）",
    ),
    "grant_system": (
        "{id}: the allocation names the system {system}, which systems does not list",
        "{id}：分配中的系统 {system} 未在 systems 中列出",
    ),
    "grant_server": (
        "{id}: {system} is served by {expected}, and the allocation names {actual}; correct one of them",
        "{id}：{system} 由 {expected} 提供服务，而分配中为 {actual}，请更正其一",
    ),
    "servers_input": (
        "license_servers takes results of license_info with server.id; read all of it",
        "license_servers 应为含 server.id 的 license_info 结果，请完整读取",
    ),
    "facts_subject": (
        "the facts do not say which system they are about; set subject.id, or name the system with host",
        "事实未说明所属系统，请设置 subject.id 或用 host 指定系统",
    ),
    "facts_input": (
        "the input must be HostFacts, a list of them or a mapping from host to them; got {type}",
        "输入应为 HostFacts、其列表或主机到 HostFacts 的映射，实际为 {type}",
    ),
}
