# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about clients and connections."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "client_port_needed": (
        "license_server.client_port is needed to connect: the port of {server} that its clients fetch from",
        "连接需要 license_server.client_port：即 {server} 供客户端获取授权的端口",
    ),
    "client_password_needed": (
        "client_password is needed for client {client} ({reasons}): it cannot be read from either side",
        "客户端 {client} 需要 client_password（{reasons}）：两侧均无法读取该密码",
    ),
    "quota_product": (
        "quota names {product} ({arch}), which is not in the catalog; name product and architecture (R27)",
        "quota 指定了目录中不存在的 {product}（{arch}）；请指明产品及其架构（R27）",
    ),
    "quota_twice": (
        "quota names {product} ({arch}) twice; keep one row for each product and architecture",
        "quota 中 {product}（{arch}）出现了两次；每个产品和架构只应保留一行",
    ),
    "quota_refused": (
        "nothing was sent: the License Server would refuse this quota of client {client}:",
        "未发送任何内容：License Server 不会接受客户端 {client} 的该配额：",
    ),
    "quota_beyond_supply": (
        "the quota of {client} for {product} {arch} is {quantity} and those of other clients are {others}, "
        "but the License Server has {supply}; lower a quota, or install licenses first (R26)",
        "客户端 {client} 对 {product} {arch} 的配额为 {quantity}，其他客户端为 {others}，但 License Server "
        "只有 {supply}；请降低配额，或先安装授权（R26）",
    ),
    "reconnect_forbidden": (
        "client {client} has to reconnect ({reasons}), but reconnect is never; allow it with when_needed "
        "(R20, R22)",
        "客户端 {client} 需要重新连接（{reasons}），但 reconnect 为 never；请改为 when_needed（R20、R22）",
    ),
    "link_is_another": (
        "the system is connected to {address} as {client}, which is another connection and stays as it is; "
        "correct license_server.host or client_name if that one was meant",
        "系统当前以 {client} 连接到 {address}，属于另一条连接，保持不变；若本意是该连接，请更正 "
        "license_server.host 或 client_name",
    ),
    "client_not_created": (
        "the License Server did not list client {client} as asked when the wait ended; look at its "
        "console, then run again",
        "等待结束时 License Server 未按要求列出客户端 {client}；请查看其控制台后重新执行",
    ),
    "client_not_updated": (
        "the License Server did not show client {client} with the quota that was asked for, or did not "
        "confirm its new password; look at its console, then run again",
        "License Server 未按要求显示客户端 {client} 的配额，或未确认其新密码；请查看其控制台后重新执行",
    ),
    "link_not_connected": (
        "the system and the License Server at {address} did not both show client {client} as connected, "
        "with licenses fetched, when the wait ended; look at both consoles, then run again",
        "等待结束时，系统与 {address} 的 License Server 未同时显示客户端 {client} 已连接并已获取授权；请查"
        "看两侧控制台后重新执行",
    ),
    "login_still_refused": (
        "client {client} has reconnected, but the system still refuses every login; install valid "
        "licenses of its edition and run again (R20)",
        "客户端 {client} 已重新连接，但系统仍拒绝所有登录；请安装该版本的有效授权后重新执行（R20）",
    ),
    "link_not_removed": (
        "the system still showed its connection as client {client} when the wait ended; look at its "
        "console, then run again",
        "等待结束时系统仍显示以客户端 {client} 的连接；请查看其控制台后重新执行",
    ),
    "client_not_released": (
        "client {client} still held licenses or was still connected when the wait ended; look at the "
        "console of the License Server, then run again",
        "等待结束时客户端 {client} 仍持有授权或仍处于连接状态；请查看 License Server 控制台后重新执行",
    ),
    "client_not_removed": (
        "the License Server still listed client {client} when the wait ended; look at its console, then "
        "run again",
        "等待结束时 License Server 仍列出客户端 {client}；请查看其控制台后重新执行",
    ),
    "pair_without_contract_number": (
        "client {client} is for a hot-standby pair, which needs its service product contract number, but "
        "none is given; set contract_number and run again; nothing was created (R23)",
        "客户端 {client} 用于双机热备，须提供服务产品合同号，但未提供；请设置 contract_number 后重新执行；"
        "未创建任何内容（R23）",
    ),
    "connection_not_proved": (
        "client {client} was connected, but the last look at both sides does not show it ({reasons}); look "
        "at both consoles, then run again, which reads first",
        "客户端 {client} 已连接，但最后一次读取两侧未能证实（{reasons}）；请查看两侧控制台后重新执行，"
        "届时将先读取状态",
    ),
    "connection_not_read_back": (
        "client {client} was set up as asked, but the last look at both sides failed, so the connection is "
        "not proved; remove the cause and run again, which reads first:",
        "客户端 {client} 已按要求设置，但最后一次读取两侧失败，不能确认其已连接；请排除原因后重新执行，届时将"
        "先读取状态：",
    ),
    "disconnection_not_read_back": (
        "client {client} was removed, but the last look at both sides failed, so its removal is not proved; "
        "remove the cause and run again, which reads first:",
        "客户端 {client} 已移除，但最后一次读取两侧失败，不能确认其已不存在；请排除原因后重新执行，届时将先"
        "读取状态：",
    ),
    "connection_interrupted": (
        "client {client}: {done} was done, then the task stopped; remove the cause and run again, which "
        "reads first:",
        "客户端 {client}：已完成 {done}，随后任务中止；请排除原因后重新执行，届时将先读取状态：",
    ),
    "connection_not_removed": (
        "client {client} was removed, but the last look at both sides still shows it or its connection; look "
        "at both consoles, then run again",
        "客户端 {client} 已移除，但最后一次读取两侧仍显示该客户端或其连接；请查看两侧控制台后重新执行",
    ),
    "client_holds_unlisted": (
        "the License Server does not list client {client}, but lists {license_ids} as assigned to it, so it "
        "is not known to be gone; look at the console of the License Server",
        "License Server 未列出客户端 {client}，却显示 {license_ids} 分配给它，不能确认其已不存在；请查看"
        "其控制台",
    ),
    "link_by_other_address": (
        "the system is connected as {client} to this License Server ({server}), but under {address} and not "
        "{given}; set license_server.host to {address}",
        "系统以 {client} 连接到此 License Server（{server}），但地址为 {address} 而非 {given}；请将 "
        "license_server.host 设为 {address}",
    ),
    "pair_not_checked": (
        "whether client {client} is created for a hot-standby pair, which needs a contract number, could not "
        "be read; set contract_number if it is (R23)",
        "无法读取是否为双机热备创建客户端 {client}（双机热备须提供合同号）；若是，请设置 contract_number"
        "（R23）",
    ),
}
