# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about manual steps."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "handover_log_in": (
        "log in to the console of {endpoint}; only one operator or task may change its licenses at a time",
        "登录 {endpoint} 的控制台；同一时间只能由一名操作人员或一个任务更改其授权",
    ),
    "handover_install": (
        "on that console, install {path} unchanged and under this name (SHA-256 {sha256})",
        "在控制台上原样安装 {path}，不得改名或修改（SHA-256 为 {sha256}）",
    ),
    "handover_see_live": (
        "check that the console then lists {expected} as usable or in use, and nothing else from that file",
        "确认控制台随后将 {expected} 列为可用或使用中，且该文件没有其他授权",
    ),
    "handover_uninstall": (
        "on that console, uninstall {license_ids} once; licenses of one activation file are uninstalled "
        "together",
        "在控制台上卸载 {license_ids}，只执行一次；同一激活文件的授权会一并卸载",
    ),
    "handover_save_proof": (
        "save the uninstall file that the console returns for {license_ids}, unchanged and under its own "
        "name, in the directory {folder}; without this file the license is lost",
        "将控制台为 {license_ids} 给出的卸载文件原样、以原名保存到目录 {folder}；丢失该文件即丢失授权",
    ),
    "handover_create_client": (
        "on that console, create the client {client} with the client_password of this task",
        "在控制台上创建客户端 {client}，密码为本任务的 client_password",
    ),
    "handover_set_quota": (
        "on that console, set the quota of client {client} to: {quota}",
        "在控制台上将客户端 {client} 的配额设为：{quota}",
    ),
    "handover_drop_quota": (
        "on that console, remove all quotas of client {client}",
        "在控制台上取消客户端 {client} 的全部配额",
    ),
    "handover_connect": (
        "on {vms}, enter the License Server {address}, client port {client_port}, console port "
        "{console_port} and the client {client} with the client_password of this task, then connect",
        "在 {vms} 上填写 License Server {address}、客户端端口 {client_port}、控制台端口 {console_port}，以及"
        "客户端 {client} 和本任务的 client_password，然后连接",
    ),
    "handover_contract": (
        "also enter the service product contract number {contract_number} (R23)",
        "同时填写服务产品合同号 {contract_number}（R23）",
    ),
    "handover_reconnect": (
        "on {vms}, reconnect to the License Server, so that it fetches its licenses again (R20, R22)",
        "在 {vms} 上重新连接 License Server，使其重新获取授权（R20、R22）",
    ),
    "handover_disconnect": (
        "on {vms}, remove the connection to the License Server {address} as client {client}",
        "在 {vms} 上删除客户端 {client} 与 License Server {address} 的连接",
    ),
    "handover_delete_client": (
        "on the console of {endpoint}, release client {client}, then delete it",
        "在 {endpoint} 的控制台上释放客户端 {client}，然后将其删除",
    ),
    "handover_see_licenses": (
        "run this task again: it reads the list of licenses and reports no manual step once this is done",
        "重新执行本任务：任务会读取授权列表，完成后不再列出手工步骤",
    ),
    "handover_see_totals": (
        "run this task again: it reads the totals per product and reports no manual step once they have "
        "grown by {expected}",
        "重新执行本任务：任务会读取按产品统计的总量，总量增加 {expected} 后不再列出手工步骤",
    ),
    "handover_see_proof": (
        "run this task again: it reports no manual step once the uninstall files are saved",
        "重新执行本任务：卸载文件就位后不再列出手工步骤",
    ),
    "handover_see_sides": (
        "run this task again: it reads the system and the License Server and reports no manual step once "
        "this is done",
        "重新执行本任务：任务会读取系统与 License Server，完成后不再列出手工步骤",
    ),
    "handover_confirm": (
        "run this task again with handover_confirmed set to true, because this endpoint profile has no call "
        "that shows whether this is done",
        "以 handover_confirmed: true 重新执行本任务：该接口配置没有可用于确认结果的调用",
    ),
    "handover_dir_needed": (
        "handover_dir is required; set it to the directory where activation files are stored for the "
        "operator",
        "需要 handover_dir；请将其设为供操作人员取用激活文件的目录",
    ),
    "option_not_for_handover": (
        "{option} {value} cannot be a manual step, because it cannot be read whether it was done; leave it "
        "out",
        "{option} {value} 不能作为手工步骤，因为无法读取其是否已完成；请去掉该选项",
    ),
    "handover_dir_unusable": (
        "handover_dir must be a writable directory; got {path} ({reason}); nothing was stored; correct its "
        "path or permissions",
        "handover_dir 应为可写目录，实际为 {path}（{reason}）；未存放任何文件；请更正其路径或权限",
    ),
    "handover_conflict": (
        "{path} exists with other content than the file to be stored and is not overwritten; set another "
        "directory, or move the file away",
        "{path} 已存在且内容与待存放的文件不同，故不覆盖；请另指定目录，或移走该文件",
    ),
    "handover_not_saved": (
        "{path} cannot be saved ({reason}); free disk space or correct the permissions, then run again",
        "无法保存 {path}（{reason}）；请清理空间或更正权限后重新执行",
    ),
    "handover_unreadable": (
        "{path} cannot be read ({reason}), so earlier manual steps cannot be checked; correct its "
        "permissions, then run again",
        "无法读取 {path}（{reason}），因此无法核对此前的手工步骤；请更正其权限后重新执行",
    ),
    "handover_record_broken": (
        "{path} is not a valid record of a manual step ({reason}); check it, move it away and run again",
        "{path} 不是有效的手工步骤记录（{reason}）；请检查并移走该文件后重新执行",
    ),
    "handover_totals_only": (
        "{files} are treated as installed because the totals have grown by the quantities in them; it "
        "cannot be read which licenses these are",
        "{files} 按已安装处理：统计总量的增长与其内容一致；无法读取具体是哪些授权",
    ),
    "handover_on_trust": (
        "{what} are treated as done because handover_confirmed is true; this endpoint profile has no call "
        "that shows it",
        "{what} 按已完成处理，因为 handover_confirmed 为 true；该接口配置没有可用于确认的调用",
    ),
    "uninstall_file_copied": (
        "{path} and {other} are the same file, which cannot prove that two activation files were "
        "uninstalled; save the uninstall file of each license in its own directory",
        "{path} 与 {other} 为同一文件，不能同时证明两个激活文件均已卸载；请将各授权的卸载文件保存到各自的目"
        "录",
    ),
    "license_folders_clash": (
        "{license_ids} would share one directory for their uninstall files; remove them in separate tasks, "
        "each with its own artifacts_dir",
        "{license_ids} 的卸载文件将位于同一目录；请在不同的任务中卸载，并使用各自的 artifacts_dir",
    ),
    "handover_record_differs": (
        "{path} records the stored file as {recorded}, but this task has {expected}; correct expect or the "
        "server, or remove the record to start again",
        "{path} 记录已存放的文件为 {recorded}，而本任务为 {expected}；请更正 expect 或服务器，或删除该记录后"
        "重新开始",
    ),
}
