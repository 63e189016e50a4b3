# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about what a success of the license modules rests on: code → (English, Chinese)."""

from __future__ import annotations

from typing import Dict, Tuple

Sentences = Dict[str, Tuple[str, str]]

_LICENSES: Sentences = {
    "installed_not_read_back": (
        "{files} are installed, but the last look at all of them failed, so they are not proved to be live; "
        "remove the cause and run again, which reads first:",
        "{files} 已安装，但最后一次整体读取失败，不能确认其均已生效；请排除原因后重新执行，届时将先读"
        "取状态：",
    ),
    "removed_not_read_back": (
        "{license_ids} are uninstalled and their uninstall files saved, but the last look at all of them "
        "failed; remove the cause and run again, which reads first:",
        "{license_ids} 已卸载且卸载文件已保存，但最后一次整体读取失败；请排除原因后重新执行，届时将先"
        "读取状态：",
    ),
    "uninstall_contradicted": (
        "the License Server lists {license_ids} as uninstalled, and {others} of the same activation file as "
        "still there; one activation file leaves as a whole, so look at its console before anything else",
        "License Server 将 {license_ids} 列为已卸载，而同一激活文件的 {others} 仍在；同一激活文件只能"
        "整体卸载，请先查看其控制台",
    ),
    "uninstall_file_copied": (
        "{path} and {other} are the same file, so it cannot prove that two activation files were "
        "uninstalled; save each license's own uninstall file in its folder",
        "{path} 与 {other} 为同一文件，不能同时证明两个激活文件均已卸载；请将各授权自己的卸载文件保存"
        "到其目录",
    ),
    "license_folders_clash": (
        "{license_ids} would share one folder for their uninstall files; give them in tasks of their own, "
        "each with its own artifacts_dir",
        "{license_ids} 的卸载文件将位于同一目录；请分别在各自的任务中指定，并使用各自的 artifacts_dir",
    ),
    "handover_record_differs": (
        "{path} says that the file was put aside as {recorded}, but this task says {expected}; "
        "correct expect or the server, or remove the record to begin anew",
        "{path} 记录该文件备妥时为 {recorded}，而本任务为 {expected}；请更正 expect 或服务器，或删除"
        "该记录后重新开始",
    ),
    "install_listed_in_part": (
        "the License Server says that it installed more of {file} than it lists ({license_ids}) when the "
        "wait ended; look at its console, then run again",
        "等待结束时，License Server 列出的 {file} 的授权（{license_ids}）少于其任务所报告的；请查看其控制台后"
        "重新执行",
    ),
}

_REQUESTS: Sentences = {
    "request_foreign_device": (
        "{path} does not belong to this request, which is for {own}; remove it, so that no other device is "
        "asked for",
        "{path} 不属于本次申请（本次申请针对 {own}）；请将其移除，以免误用其他设备的信息",
    ),
    "device_changed_meanwhile": (
        "the device information changed while {path} was written ({sha256}, now {now}); do not use this "
        "bundle, and run again for the device as it is now",
        "写入 {path} 期间设备信息发生变化（{sha256}，现为 {now}）；请勿使用该申请，并针对当前设备重新执行",
    ),
    "issued_entry_no_file": (
        "{path} is no file; put activation files themselves into the folder issued, not folders or links "
        "that lead nowhere",
        "{path} 不是文件；请将激活文件本身放入 issued 目录，而不是目录或失效的链接",
    ),
    "request_fixed_allocated": (
        "key {key} has a fixed code, which goes whole to one device, and {allocated} of it are allocated "
        "already; take the key out of this request, or correct allocated (R25)",
        "授权码 {key} 为固定编码，只能整体用于一台设备，且已分配 {allocated}；请从本次申请中去掉该授权码，"
        "或更正 allocated（R25）",
    ),
}

_CONNECTIONS: Sentences = {
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

MESSAGES: Sentences = {**_LICENSES, **_REQUESTS, **_CONNECTIONS}
