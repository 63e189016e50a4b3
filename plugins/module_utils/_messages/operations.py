# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences of the operations layer: code → (English, Chinese).

A sentence that is followed by its causes ends in a colon.
"""

from __future__ import annotations

from typing import Dict, Tuple

from . import handover, refusals

Sentences = Dict[str, Tuple[str, str]]

_REQUEST: Sentences = {
    "option_not_for_state": (
        "{option} does not belong to state {state}; leave it out, or set the state that was meant",
        "{option} 不适用于 state {state}；请去掉该选项，或设置正确的 state",
    ),
    "activation_files_empty": (
        "activation_files must hold at least one activation file; got an empty list",
        "activation_files 至少应包含一个激活文件，实际为空列表",
    ),
    "activation_file_twice": (
        "{file} and {other} are the same activation file or have the same name; keep one of them (with a "
        "fileglob, remove the other from the directory)",
        "{file} 与 {other} 是同一激活文件或文件名相同；请只保留其一（使用 fileglob 时，从目录中移走另一个）",
    ),
    "expect_empty": (
        "expect for {file} is an empty list; say what is in the file, or leave expect out",
        "{file} 的 expect 为空列表；请说明文件中的授权，或去掉 expect",
    ),
    "expect_not_mapping": (
        "expect for {file} must be a mapping or a list of mappings; got {got}",
        "{file} 的 expect 应为映射或映射列表，实际为 {got}",
    ),
    "expect_unknown_key": (
        "expect for {file} has the unknown keys {keys}; it takes {known}",
        "{file} 的 expect 含有未知的键 {keys}；可用的键为 {known}",
    ),
    "expect_missing_key": (
        "expect for {file} does not say {keys}; add them, since nothing is taken for granted about a license",
        "{file} 的 expect 缺少 {keys}；请补充，授权的任何属性都不会被默认假定",
    ),
    "expect_unknown_word": (
        "{key} in expect for {file} must be one of {known}; got {value} (R9, R16)",
        "{file} 的 expect 中 {key} 应为 {known} 之一，实际为 {value}（R9、R16）",
    ),
    "expect_quantity": (
        "quantity for {file} must be a whole number from 1 to 999999999; got {value}",
        "{file} 的 quantity 应为 1 至 999999999 的整数，实际为 {value}",
    ),
    "expect_product": (
        "expect for {file} names the product {product}, which is not in the catalog; check its spelling "
        "(R27)",
        "{file} 的 expect 指定了目录中不存在的产品 {product}；请检查拼写（R27）",
    ),
    "expect_arch": (
        "expect for {file} must name the architecture of {product}: one of {arches} (R27)",
        "{file} 的 expect 须指明 {product} 的架构：{arches} 之一（R27）",
    ),
    "client_unknown": (
        "client {client} is not known to the License Server, which has {known}; create it with "
        "license_client, or correct the name",
        "License Server 上没有客户端 {client}，现有 {known}；请用 license_client 创建，或更正名称",
    ),
    "license_ids_empty": (
        "license_ids must name at least one license; got none",
        "license_ids 至少应列出一个授权 ID，但未提供",
    ),
    "license_unknown": (
        "the License Server does not list {license_ids}; it lists {known}: an id that is not there "
        "cannot count as removed",
        "License Server 上没有 {license_ids}，现有 {known}；不存在的 ID 不能视为已卸载",
    ),
    "client_port_needed": (
        "license_server.client_port is needed to connect: the port of {server} that its clients fetch from",
        "连接需要 license_server.client_port：即 {server} 供客户端获取授权的端口",
    ),
    "client_password_needed": (
        "client_password is needed for client {client} ({reasons}): it cannot be read from either side",
        "客户端 {client} 需要 client_password（{reasons}）：两侧均无法读取该密码",
    ),
    "option_not_for_node": (
        "{option} does not belong to a product node, which serves no clients; leave it out, or leave "
        "product_node out to mean a License Server",
        "{option} 不适用于产品节点（产品节点没有客户端）；请去掉该选项，或去掉 product_node 以指定 "
        "License Server",
    ),
    "quota_product": (
        "quota names {product} ({arch}), which is not in the catalog; name product and architecture (R27)",
        "quota 指定了目录中不存在的 {product}（{arch}）；请指明产品及其架构（R27）",
    ),
    "quota_twice": (
        "quota names {product} ({arch}) twice; keep one row for each product and architecture",
        "quota 中 {product}（{arch}）出现了两次；每个产品和架构只应保留一行",
    ),
}

_FILES: Sentences = {
    "activation_file_missing": (
        "the activation file {path} does not exist on the host that runs this task; copy it there unchanged",
        "执行任务的主机上不存在激活文件 {path}；请原样复制到该主机",
    ),
    "activation_file_not_regular": (
        "an activation file must be a regular file; got {path}; check the path",
        "激活文件应为普通文件，实际为 {path}；请检查路径",
    ),
    "activation_file_unreadable": (
        "the activation file {path} cannot be read ({reason}); correct its permissions or its path",
        "无法读取激活文件 {path}（{reason}）；请更正其权限或路径",
    ),
    "activation_file_empty": (
        "the activation file {path} is empty; download it again from the license platform",
        "激活文件 {path} 为空；请从授权平台重新下载",
    ),
    "activation_file_too_large": (
        "{path} is larger than {limit} bytes, so it is not an activation file; check the path",
        "{path} 超过 {limit} 字节，不是激活文件；请检查路径",
    ),
    "artifacts_dir_unusable": (
        "artifacts_dir must be a writable directory; got {path} ({reason}); nothing was uninstalled",
        "artifacts_dir 应为可写目录，实际为 {path}（{reason}）；未卸载任何授权",
    ),
    "artifact_conflict": (
        "{path} has other content than this license's uninstall file and is not overwritten, since it "
        "may be the proof of another license; name another artifacts_dir and run again: the License "
        "Server keeps the file",
        "{path} 的内容不是该授权的卸载文件，可能是其他授权的凭证，故不覆盖；请另指定 artifacts_dir 后重新"
        "执行：License Server 仍保留该文件",
    ),
    "artifact_unreadable": (
        "{path} cannot be read ({reason}), so it is not known whether the uninstall file is kept; "
        "correct its permissions, then run again",
        "无法读取 {path}（{reason}），因此无法确认卸载文件是否已保存；请更正其权限后重新执行",
    ),
    "artifact_not_saved": (
        "the uninstall file could not be saved as {path} ({reason}); make room and run again, the "
        "License Server keeps the file",
        "卸载文件未能保存为 {path}（{reason}）；请排除故障后重新执行，License Server 仍保留该文件",
    ),
    "uninstall_file_empty": (
        "the License Server gave an empty uninstall file for {license_id}; run again, and ask the vendor "
        "if it stays so",
        "License Server 为 {license_id} 返回的卸载文件为空；请重新执行，若仍为空请联系厂商",
    ),
    "uninstall_file_unsteady": (
        "the License Server gave other bytes the second time than those saved as {path}; keep the file "
        "and run again",
        "License Server 第二次返回的内容与已保存的 {path} 不同；请保留该文件并重新执行",
    ),
    "uninstall_files_clash": (
        "the License Server gives two different uninstall files the name {file}, the second for "
        "{license_id}; fetch them by hand before going on",
        "License Server 为两个不同的卸载文件使用了同一名称 {file}，后者属于 {license_id}；请先手工取回",
    ),
}

_DECISIONS: Sentences = {
    "install_refused": (
        "nothing was sent: with {files} installed, the rules would be broken:",
        "未发送任何内容：安装 {files} 后将违反以下规则：",
    ),
    "removal_refused": (
        "nothing was sent: {license_ids} cannot leave:",
        "未发送任何内容：{license_ids} 不能卸载：",
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
    "node_of_other_product": (
        "{server} says that it is the node of {reported}, but product_node is {product}; nothing was "
        "sent, so correct host and port, or product_node (R27)",
        "{server} 报告自己是 {reported} 的产品节点，而 product_node 为 {product}；未发送任何内容，请更正 "
        "host、port 或 product_node（R27）",
    ),
    "product_node_twice": (
        "product_nodes names the node {server} more than once, and its licenses were to be counted twice; "
        "name it once (R27)",
        "product_nodes 多次指明产品节点 {server}，其授权会被重复计算；请只写一次（R27）",
    ),
    "unchecked_clock": (
        "the server's own clock cannot be read through this endpoint profile, so this host's decided "
        "what has "
        "expired (R12)",
        "该接口配置无法读取服务器自身的时钟，因此以本机时钟判断是否到期（R12）",
    ),
    "activation_file_name_taken": (
        "the License Server already has other bytes under the name {file} (its SHA-256 is {listed}, this "
        "file's {sha256}; {license_ids}); an activation file is never renamed or edited, so get the "
        "original",
        "License Server 上已有同名但内容不同的激活文件 {file}（其 SHA-256 为 {listed}，本文件为 "
        "{sha256}；{license_ids}）；激活文件不得改名或修改，请取得原始文件",
    ),
    "activation_file_unidentified": (
        "the License Server lists {file} ({license_ids}) without its SHA-256, so it is not known whether "
        "it is this file",
        "License Server 列出了 {file}（{license_ids}）但没有 SHA-256，无法确认是否为本文件",
    ),
    "activation_file_renamed": (
        "{file} is installed already, under the name {listed}; activation files should keep their names",
        "{file} 已以名称 {listed} 安装；激活文件应保持原名",
    ),
    "activation_file_uninstalled": (
        "the licenses of {file} ({license_ids}) were uninstalled from this License Server, and the same "
        "file is never taken again; have their uninstall file transferred on the license platform and "
        "install the new file (R16)",
        "{file} 的授权（{license_ids}）已从该 License Server 卸载，同一文件不能再次安装；请凭卸载文件在授"
        "权平台办理迁移，再安装新的激活文件（R16）",
    ),
    "activation_file_expired": (
        "{file} is installed, but {license_ids} have expired; take it out of this task and install a "
        "valid license (R12, R17)",
        "{file} 已安装，但 {license_ids} 已到期；请从任务中去掉该文件，并安装有效的授权（R12、R17）",
    ),
    "activation_file_unusable": (
        "{file} is installed, but the License Server calls {license_ids} unusable; see its console for "
        "the reason",
        "{file} 已安装，但 License Server 报告 {license_ids} 不可用；请在其控制台查看原因",
    ),
    "unchecked_no_expectation": (
        "{file} has no expect, so the rules could not be checked before sending: only the License Server "
        "can refuse it",
        "{file} 没有 expect，发送前无法检查规则：只能由 License Server 拒绝",
    ),
    "license_file_shared": (
        "{license_ids} and {others} are from the same activation file {file}; its licenses can only be "
        "uninstalled together, so name all of them",
        "{license_ids} 与 {others} 同属激活文件 {file}；同一激活文件的授权只能一并卸载，请全部列出",
    ),
    "license_held": (
        "{license_id} is assigned to the connected client {clients}; disconnect the system first (module "
        "license_client with state: absent), or release the client on the License Server",
        "{license_id} 已分配给在线客户端 {clients}；请先断开该系统（license_client 模块，state: absent）"
        "，或在 License Server 上释放该客户端",
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
}

_PROOFS: Sentences = {
    "write_unclear": (
        "it is not known whether a write took effect, and it was not repeated; run again, which reads first:",
        "无法确认一次写操作是否生效，且未重复发送；请重新执行，届时将先读取状态：",
    ),
    "server_clock_unknown": (
        "the License Server {server} does not state its time, which decides what has expired; nothing "
        "was changed",
        "License Server {server} 未给出其时钟，无法判断授权是否到期；未作任何更改",
    ),
    "license_status_unknown": (
        "the License Server lists {license_ids} of {file} without a status that can be understood, so it "
        "is not known whether they are live",
        "License Server 列出的 {file} 的 {license_ids} 状态无法识别，不能确认是否生效",
    ),
    "expectation_not_met": (
        "{file} was expected to hold {expected}, but the License Server reports {reported} "
        "({license_ids}); correct expect, or have the file corrected on the license platform",
        "{file} 应包含 {expected}，但 License Server 报告为 {reported}（{license_ids}）；请更正 expect，"
        "或在授权平台更正该文件",
    ),
    "license_not_live": (
        "{file} was taken, but {license_ids} are {states} and not in_use or usable when the wait ended; "
        "look at the License Server, or raise wait_timeout",
        "{file} 已被接受，但等待结束时 {license_ids} 的状态为 {states}，而非 in_use 或 usable；请检查 "
        "License Server，或增大 wait_timeout",
    ),
    "install_not_listed": (
        "the License Server did not list the licenses of {file} when the wait ended; look at its console, "
        "then run again",
        "等待结束时 License Server 未列出 {file} 的授权；请查看其控制台后重新执行",
    ),
    "install_interrupted": (
        "{installed} are installed ({license_ids}), then {file} failed, so that {remaining} are still to "
        "be installed; remove the cause and run again:",
        "{installed} 已安装（{license_ids}），随后 {file} 失败，尚待安装 {remaining}；请排除原因后重新执行：",
    ),
    "uninstall_not_listed": (
        "the License Server did not list {license_ids} as uninstalled when the wait ended; look at its "
        "console, then run again",
        "等待结束时 License Server 未将 {license_ids} 列为已卸载；请查看其控制台后重新执行",
    ),
    "removal_interrupted": (
        "{license_ids} are uninstalled and their uninstall files saved ({uninstall_files}), then the "
        "next one failed; remove the cause and run again:",
        "{license_ids} 已卸载且卸载文件已保存（{uninstall_files}），随后失败；请排除原因后重新执行：",
    ),
    "uninstall_file_pending": (
        "{license_ids} are uninstalled, but not every uninstall file is saved yet (saved: "
        "{uninstall_files}); the License Server keeps them, so run again before anything else:",
        "{license_ids} 已卸载，但卸载文件尚未全部保存（已保存：{uninstall_files}）；License Server 仍保留"
        "这些文件，请先重新执行：",
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
}

MESSAGES: Sentences = {
    **_REQUEST,
    **_FILES,
    **_DECISIONS,
    **_PROOFS,
    **refusals.MESSAGES,
    **handover.MESSAGES,
}
