# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about manual steps."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "handover_log_in": (
        "log in to the console of {endpoint}; only one person or task may work on its licenses at a time",
        "登录 {endpoint} 的控制台；同一时间只能由一人或一个任务操作其授权",
    ),
    "handover_install": (
        "install {path} there as it is, under this name and unchanged (SHA-256 {sha256})",
        "在控制台上原样安装 {path}，不得改名或修改（SHA-256 为 {sha256}）",
    ),
    "handover_see_live": (
        "see that the console then lists {expected} as usable or in use, and nothing else of that file",
        "确认控制台随后将 {expected} 列为可用或使用中，且该文件没有其他授权",
    ),
    "handover_uninstall": (
        "uninstall {license_ids} there, once; licenses of one activation file leave together",
        "在控制台上卸载 {license_ids}，只执行一次；同一激活文件的授权会一并卸载",
    ),
    "handover_save_proof": (
        "save the uninstall file that the console gives for {license_ids}, unchanged and under its own name, "
        "in the folder {folder}: without it the license is lost",
        "将控制台为 {license_ids} 给出的卸载文件原样、以原名保存到目录 {folder}：丢失该文件即丢失授权",
    ),
    "handover_create_client": (
        "create the client {client} there with the client_password of this task",
        "在控制台上创建客户端 {client}，密码为本任务的 client_password",
    ),
    "handover_set_quota": (
        "bound what client {client} may hold there to: {quota}",
        "在控制台上将客户端 {client} 的配额设为：{quota}",
    ),
    "handover_drop_quota": (
        "take all bounds of client {client} away there",
        "在控制台上取消客户端 {client} 的全部配额",
    ),
    "handover_connect": (
        "on {vms} enter the License Server {address}, client port {client_port}, console port {console_port} "
        "and the client {client} with the client_password of this task, and connect",
        "在 {vms} 上填写 License Server {address}、客户端端口 {client_port}、控制台端口 {console_port}，"
        "以及客户端 "
        "{client} 和本任务的 client_password，然后连接",
    ),
    "handover_contract": (
        "enter the service product contract number {contract_number} with it (R23)",
        "同时填写服务产品合同号 {contract_number}（R23）",
    ),
    "handover_reconnect": (
        "on {vms} reconnect to the License Server, so that it fetches its licenses again (R20, R22)",
        "在 {vms} 上重新连接 License Server，使其重新获取授权（R20、R22）",
    ),
    "handover_disconnect": (
        "on {vms} take the connection to the License Server {address} as client {client} away",
        "在 {vms} 上删除以客户端 {client} 到 License Server {address} 的连接",
    ),
    "handover_delete_client": (
        "on the console of {endpoint} release client {client}, then delete it",
        "在 {endpoint} 的控制台上释放客户端 {client}，然后将其删除",
    ),
    "handover_see_licenses": (
        "run this task again: it reads the list of licenses and ends without a hand-over once it is done",
        "重新执行本任务：任务会读取授权列表，完成后不再需要移交",
    ),
    "handover_see_totals": (
        "run this task again: it reads the totals by product and ends without a hand-over once they have "
        "grown "
        "by {expected}",
        "重新执行本任务：任务会读取按产品统计的总量，总量增加 {expected} 后不再需要移交",
    ),
    "handover_see_proof": (
        "run this task again: it ends without a hand-over once the uninstall files are there",
        "重新执行本任务：卸载文件就位后不再需要移交",
    ),
    "handover_see_sides": (
        "run this task again: it reads both sides of the connection and ends without a hand-over once it "
        "is done",
        "重新执行本任务：任务会读取连接的两侧，完成后不再需要移交",
    ),
    "handover_confirm": (
        "run this task again with handover_confirmed set to true: this endpoint profile has no call that "
        "shows "
        "whether it is done",
        "以 handover_confirmed: true 重新执行本任务：该接口配置没有可用于确认结果的调用",
    ),
    "handover_dir_needed": (
        "handover_dir is needed: the folder in which activation files are put aside for a person",
        "需要 handover_dir：供人工取用的激活文件存放目录",
    ),
    "option_not_for_handover": (
        "{option} {value} cannot be handed over: whether a person has done it can never be read; leave "
        "it out",
        "{option} {value} 无法移交给人工：无法读取其是否已完成；请去掉该选项",
    ),
    "handover_dir_unusable": (
        "handover_dir {path} has to be a folder that can be written to ({reason}); nothing was put aside",
        "handover_dir {path} 应为可写目录（{reason}）；未存放任何文件",
    ),
    "handover_conflict": (
        "{path} holds something else than what is to be put aside there and is not overwritten; name another "
        "folder, or take the file away",
        "{path} 的内容与待存放的文件不同，故不覆盖；请另指定目录，或移走该文件",
    ),
    "handover_not_saved": (
        "{path} could not be saved ({reason}); make room and run again",
        "未能保存 {path}（{reason}）；请排除故障后重新执行",
    ),
    "handover_unreadable": (
        "{path} cannot be read ({reason}), so it is not known what has been handed over",
        "无法读取 {path}（{reason}），因此无法确认已移交的内容",
    ),
    "handover_record_broken": (
        "{path} is no record of a hand-over ({reason}); look at it, take it away and run again",
        "{path} 不是移交记录（{reason}）；请检查并移走该文件后重新执行",
    ),
    "handover_totals_only": (
        "{files} count as installed because the totals have grown by as much as they hold; which "
        "licenses these "
        "are cannot be read",
        "{files} 按已安装处理：统计总量的增长与其内容一致；无法读取具体是哪些授权",
    ),
    "handover_on_trust": (
        "{what} count as done because handover_confirmed says so; this endpoint profile has no call that "
        "shows it",
        "{what} 按已完成处理：依据是 handover_confirmed；该接口配置没有可用于确认的调用",
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
}
