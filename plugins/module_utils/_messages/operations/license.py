# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about installing and removing licenses."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
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
    "license_ids_empty": (
        "license_ids must name at least one license; got none",
        "license_ids 至少应列出一个授权 ID，但未提供",
    ),
    "license_unknown": (
        "the License Server does not list {license_ids}; it lists {known}: an id that is not there "
        "cannot count as removed",
        "License Server 上没有 {license_ids}，现有 {known}；不存在的 ID 不能视为已卸载",
    ),
    "option_not_for_node": (
        "{option} does not belong to a product node, which serves no clients; leave it out, or leave "
        "product_node out to mean a License Server",
        "{option} 不适用于产品节点（产品节点没有客户端）；请去掉该选项，或去掉 product_node 以指定 "
        "License Server",
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
    "install_refused": (
        "nothing was sent: with {files} installed, the rules would be broken:",
        "未发送任何内容：安装 {files} 后将违反以下规则：",
    ),
    "removal_refused": (
        "nothing was sent: {license_ids} cannot leave:",
        "未发送任何内容：{license_ids} 不能卸载：",
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
    "install_listed_in_part": (
        "the License Server says that it installed more of {file} than it lists ({license_ids}) when the "
        "wait ended; look at its console, then run again",
        "等待结束时，License Server 列出的 {file} 的授权（{license_ids}）少于其任务所报告的；请查看其控制台后"
        "重新执行",
    ),
}
