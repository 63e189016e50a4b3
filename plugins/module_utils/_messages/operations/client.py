# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about clients and connections."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "client_port_needed": (
        "license_server.client_port is required to connect; set it to the port of {server} from which its "
        "clients fetch licenses",
        "连接需要 license_server.client_port；请将其设为 {server} 供客户端获取授权的端口",
    ),
    "client_password_needed": (
        "client_password is required for client {client} ({reasons}); set it, because it can be read "
        "neither from the system nor from the License Server",
        "客户端 {client} 需要 client_password（{reasons}）；请设置该选项，因为无法从系统或 License Server 读"
        "取该密码",
    ),
    "quota_product": (
        "quota names {product} ({arch}), which is not in the catalog; set product and arch as in the "
        "catalog (R27)",
        "quota 指定了产品目录中不存在的 {product}（{arch}）；请按产品目录指明 product 和 arch（R27）",
    ),
    "quota_twice": (
        "quota lists {product} ({arch}) twice; keep one row per product and architecture",
        "quota 中 {product}（{arch}）出现了两次；每个产品和架构只应保留一行",
    ),
    "quota_refused": (
        "nothing was sent: the License Server would refuse this quota of client {client}:",
        "未发送任何内容：License Server 将拒绝客户端 {client} 的该配额：",
    ),
    "quota_beyond_supply": (
        "the quota of {client} for {product} {arch} is {quantity} and other clients have {others}, but the "
        "License Server has only {supply}; lower a quota, or install licenses first (R26)",
        "客户端 {client} 对 {product} {arch} 的配额为 {quantity}，其他客户端为 {others}，但 License Server "
        "只有 {supply}；请降低配额，或先安装授权（R26）",
    ),
    "reconnect_forbidden": (
        "client {client} must reconnect ({reasons}), but reconnect is never; set reconnect to when_needed "
        "(R20, R22)",
        "客户端 {client} 需要重新连接（{reasons}），但 reconnect 为 never；请改为 when_needed（R20、R22）",
    ),
    "link_is_another": (
        "the system is connected to {address} as {client}, which is a different connection and stays "
        "unchanged; to remove that one, correct license_server.host or client_name",
        "系统当前以 {client} 连接到 {address}，属于另一条连接，保持不变；如需删除该连接，请更正 "
        "license_server.host 或 client_name",
    ),
    "client_not_created": (
        "the License Server did not list client {client} as requested before the wait ended; check its "
        "console, then run again",
        "等待结束时 License Server 未按要求列出客户端 {client}；请查看其控制台后重新执行",
    ),
    "client_not_updated": (
        "the License Server did not report the requested quota of client {client}, or did not confirm its "
        "new password; check its console, then run again",
        "License Server 未按要求显示客户端 {client} 的配额，或未确认其新密码；请查看其控制台后重新执行",
    ),
    "link_not_connected": (
        "the system and the License Server at {address} did not both report client {client} as connected, "
        "with licenses fetched, before the wait ended; check both consoles, then run again",
        "等待结束时，系统与 {address} 的 License Server 未同时显示客户端 {client} 已连接并已获取授权；请查看"
        "两侧控制台后重新执行",
    ),
    "login_still_refused": (
        "client {client} reconnected, but the system still refuses every login; install valid licenses of "
        "its edition, then run again (R20)",
        "客户端 {client} 已重新连接，但系统仍拒绝所有登录；请安装该版本的有效授权后重新执行（R20）",
    ),
    "link_not_removed": (
        "the system still reported its connection as client {client} when the wait ended; check its console,"
        " then run again",
        "等待结束时系统仍显示客户端 {client} 的连接；请查看其控制台后重新执行",
    ),
    "client_not_released": (
        "client {client} still held licenses or was still connected when the wait ended; check the console "
        "of the License Server, then run again",
        "等待结束时客户端 {client} 仍持有授权或仍处于连接状态；请查看 License Server 控制台后重新执行",
    ),
    "client_not_removed": (
        "the License Server still listed client {client} when the wait ended; check its console, then run "
        "again",
        "等待结束时 License Server 仍列出客户端 {client}；请查看其控制台后重新执行",
    ),
    "pair_without_contract_number": (
        "client {client} is for a hot-standby pair, which needs its service product contract number; "
        "nothing was created; set contract_number, then run again (R23)",
        "客户端 {client} 用于双机热备，须提供服务产品合同号；未创建任何内容；请设置 contract_number 后重新执"
        "行（R23）",
    ),
    "connection_not_proved": (
        "client {client} was connected, but the final read of the system and the License Server does not "
        "confirm it ({reasons}); check both consoles, then run again (the next run reads the state first)",
        "客户端 {client} 已连接，但最后一次读取系统与 License Server 未能确认（{reasons}）；请查看两侧控制台"
        "后重新执行（重新执行时会先读取状态）",
    ),
    "connection_not_read_back": (
        "client {client} was set up as requested, but the final read of the system and the License Server "
        "failed, so the connection is not verified; fix the cause and run again (the next run reads the "
        "state first):",
        "客户端 {client} 已按要求设置，但最后一次读取系统与 License Server 失败，未能确认其已连接；请排除故"
        "障后重新执行（重新执行时会先读取状态）：",
    ),
    "disconnection_not_read_back": (
        "client {client} was removed, but the final read of the system and the License Server failed, so "
        "its removal is not verified; fix the cause and run again (the next run reads the state first):",
        "客户端 {client} 已移除，但最后一次读取系统与 License Server 失败，未能确认其已不存在；请排除故障后"
        "重新执行（重新执行时会先读取状态）：",
    ),
    "connection_interrupted": (
        "client {client}: the task failed after {done}; fix the cause and run again (the next run reads the "
        "state first):",
        "客户端 {client}：完成 {done} 后任务失败；请排除故障后重新执行（重新执行时会先读取状态）：",
    ),
    "connection_not_removed": (
        "client {client} was removed, but the final read of the system and the License Server still reports "
        "it or its connection; check both consoles, then run again",
        "客户端 {client} 已移除，但最后一次读取系统与 License Server 仍显示该客户端或其连接；请查看两侧控制"
        "台后重新执行",
    ),
    "client_holds_unlisted": (
        "the License Server does not list client {client}, but lists {license_ids} as assigned to it, so "
        "its removal is not verified; check the console of the License Server",
        "License Server 未列出客户端 {client}，却显示 {license_ids} 分配给它，未能确认其已不存在；请查看其控"
        "制台",
    ),
    "link_by_other_address": (
        "the system is connected as {client} to this License Server ({server}) under the address {address}, "
        "not {given}; set license_server.host to {address}",
        "系统以 {client} 连接到此 License Server（{server}），但地址为 {address} 而非 {given}；请将 "
        "license_server.host 设为 {address}",
    ),
    "pair_not_checked": (
        "it is not known whether client {client} is for a hot-standby pair, which needs a contract number; "
        "if it is, set contract_number (R23)",
        "无法得知客户端 {client} 是否用于双机热备（双机热备须提供合同号）；若是，请设置 contract_number（R23"
        "）",
    ),
}
