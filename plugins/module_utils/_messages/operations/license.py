# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about installing and removing licenses."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "option_not_for_state": (
        "{option} cannot be used with state {state}; leave it out, or correct state",
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
    "license_ids_empty": (
        "license_ids must name at least one license; got none",
        "license_ids 至少应列出一个授权 ID，但未提供",
    ),
    "license_unknown": (
        "the License Server does not list {license_ids}, so they are not treated as removed; correct the "
        "ids (it lists {known})",
        "License Server 上没有 {license_ids}，不能视为已卸载；请更正 ID（现有 {known}）",
    ),
    "option_not_for_node": (
        "{option} cannot be used with a product node, which has no clients; leave it out, or leave "
        "product_node out to address a License Server",
        "{option} 不适用于产品节点（产品节点没有客户端）；请去掉该选项，或去掉 product_node 以指定 License "
        "Server",
    ),
    "uninstall_file_empty": (
        "the License Server returned an empty uninstall file for {license_id}; run again, and ask the "
        "vendor if this persists",
        "License Server 为 {license_id} 返回的卸载文件为空；请重新执行，若仍为空请联系厂商",
    ),
    "uninstall_file_unsteady": (
        "the License Server returned a second uninstall file that differs from the one saved as {path}; "
        "keep the saved file and run again",
        "License Server 第二次返回的内容与已保存的 {path} 不同；请保留该文件并重新执行",
    ),
    "uninstall_files_clash": (
        "the License Server uses the name {file} for two different uninstall files, the second for "
        "{license_id}; fetch both manually before you continue",
        "License Server 为两个不同的卸载文件使用了同一名称 {file}，后者属于 {license_id}；请先手工取回",
    ),
    "install_refused": (
        "nothing was sent: installing {files} would break these rules:",
        "未发送任何内容：安装 {files} 后将违反以下规则：",
    ),
    "removal_refused": (
        "nothing was sent: {license_ids} cannot be uninstalled:",
        "未发送任何内容：{license_ids} 不能卸载：",
    ),
    "activation_file_name_taken": (
        "the License Server already has a file {file} with other content (SHA-256 {listed}, this file "
        "{sha256}; {license_ids}); use the original file, because activation files must not be renamed or "
        "edited",
        "License Server 上已有同名但内容不同的激活文件 {file}（其 SHA-256 为 {listed}，本文件为 {sha256}；"
        "{license_ids}）；激活文件不得改名或修改，请取得原始文件",
    ),
    "activation_file_unidentified": (
        "the License Server lists {file} ({license_ids}) without its SHA-256, so it cannot be checked "
        "whether it is this file; compare both on its console",
        "License Server 列出了 {file}（{license_ids}）但没有 SHA-256，无法确认是否为本文件；请在其控制台上核"
        "对",
    ),
    "activation_file_renamed": (
        "{file} is already installed under the name {listed}; keep the original name of an activation file",
        "{file} 已以名称 {listed} 安装；激活文件应保持原名",
    ),
    "activation_file_uninstalled": (
        "the licenses of {file} ({license_ids}) were uninstalled from this License Server, which does not "
        "accept the same file again; transfer the licenses on the license platform with their uninstall "
        "file and install the new file (R16)",
        "{file} 的授权（{license_ids}）已从该 License Server 卸载，同一文件不能再次安装；请凭卸载文件在 "
        "License 管理平台办理迁移，再安装新的激活文件（R16）",
    ),
    "activation_file_expired": (
        "{file} is installed, but {license_ids} have expired; remove the file from this task and install a "
        "valid license (R12, R17)",
        "{file} 已安装，但 {license_ids} 已到期；请从任务中去掉该文件，并安装有效的授权（R12、R17）",
    ),
    "activation_file_unusable": (
        "{file} is installed, but the License Server reports {license_ids} as unusable; see its console for "
        "the reason",
        "{file} 已安装，但 License Server 报告 {license_ids} 不可用；请在其控制台查看原因",
    ),
    "unchecked_no_expectation": (
        "{file} has no expect, so the rules cannot be checked before it is sent; set expect, or rely on the "
        "License Server to refuse it",
        "{file} 没有 expect，发送前无法检查规则；请设置 expect，否则只能由 License Server 拒绝",
    ),
    "license_file_shared": (
        "{license_ids} and {others} are from the same activation file {file}, whose licenses can only be "
        "uninstalled together; list all of them",
        "{license_ids} 与 {others} 同属激活文件 {file}；同一激活文件的授权只能一并卸载，请全部列出",
    ),
    "license_held": (
        "{license_id} is assigned to the connected client {clients}; disconnect the system first (module "
        "license_client with state: absent), or release the client on the License Server",
        "{license_id} 已分配给在线客户端 {clients}；请先断开该系统（license_client 模块，state: absent）"
        "，或在 License Server 上释放该客户端",
    ),
    "license_status_unknown": (
        "the License Server lists {license_ids} of {file} with an unknown status, so they are not verified "
        "to be live; check its console",
        "License Server 列出的 {file} 的 {license_ids} 状态无法识别，未能确认其已生效；请查看其控制台",
    ),
    "expectation_not_met": (
        "{file} must contain {expected}; the License Server reports {reported} ({license_ids}); correct "
        "expect, or have the file corrected on the license platform",
        "{file} 应包含 {expected}，但 License Server 报告为 {reported}（{license_ids}）；请更正 expect，或"
        "在 License 管理平台更正该文件",
    ),
    "license_not_live": (
        "{file} was accepted, but {license_ids} were {states}, not in_use or usable, when the wait ended; "
        "check the License Server, or raise wait_timeout",
        "{file} 已被接受，但等待结束时 {license_ids} 的状态为 {states}，而非 in_use 或 usable；请检查 "
        "License Server，或增大 wait_timeout",
    ),
    "install_not_listed": (
        "the License Server did not list the licenses of {file} before the wait ended; check its console, "
        "then run again",
        "等待结束时 License Server 未列出 {file} 的授权；请查看其控制台后重新执行",
    ),
    "install_interrupted": (
        "{installed} are installed ({license_ids}), but {file} failed and {remaining} are still to be "
        "installed; fix the cause and run again:",
        "{installed} 已安装（{license_ids}），随后 {file} 失败，尚待安装 {remaining}；请排除故障后重新执行：",
    ),
    "uninstall_not_listed": (
        "the License Server did not list {license_ids} as uninstalled before the wait ended; check its "
        "console, then run again",
        "等待结束时 License Server 未将 {license_ids} 列为已卸载；请查看其控制台后重新执行",
    ),
    "removal_interrupted": (
        "{license_ids} are uninstalled and their uninstall files are saved ({uninstall_files}), but the "
        "next license failed; fix the cause and run again:",
        "{license_ids} 已卸载且卸载文件已保存（{uninstall_files}），但下一项授权失败；请排除故障后重新执行：",
    ),
    "uninstall_file_pending": (
        "{license_ids} are uninstalled, but not all of their uninstall files are saved yet (saved: "
        "{uninstall_files}); the License Server keeps them, so run again before any other change:",
        "{license_ids} 已卸载，但卸载文件尚未全部保存（已保存：{uninstall_files}）；License Server 仍保留这"
        "些文件，请在进行其他更改之前重新执行：",
    ),
    "installed_not_read_back": (
        "{files} are installed, but the final read of all of them failed, so they are not verified to be "
        "live; fix the cause and run again (the next run reads the state first):",
        "{files} 已安装，但最后一次整体读取失败，未能确认其均已生效；请排除故障后重新执行（重新执行时会先读"
        "取状态）：",
    ),
    "removed_not_read_back": (
        "{license_ids} are uninstalled and their uninstall files are saved, but the final read of all of "
        "them failed; fix the cause and run again (the next run reads the state first):",
        "{license_ids} 已卸载且卸载文件已保存，但最后一次整体读取失败；请排除故障后重新执行（重新执行时会先"
        "读取状态）：",
    ),
    "uninstall_contradicted": (
        "the License Server lists {license_ids} as uninstalled but {others} of the same activation file as "
        "installed, although licenses of one file can only be uninstalled together; check its console "
        "before any other change",
        "License Server 将 {license_ids} 列为已卸载，而同一激活文件的 {others} 仍在；同一激活文件的授权只能"
        "一并卸载，请先查看其控制台",
    ),
    "install_listed_in_part": (
        "the License Server reported more licenses of {file} as installed than it listed ({license_ids}) "
        "when the wait ended; check its console, then run again",
        "等待结束时，License Server 列出的 {file} 的授权（{license_ids}）少于安装任务所报告的数量；请查看其"
        "控制台后重新执行",
    ),
}
