# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about transfers of licenses on the license platform, and the drop directory for issued files."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "step_transfer_whole": (
        "On the license platform, transfer {licenses} to License Server {server}: submit the uninstall file "
        "{uninstall_files} and the device information {device_information}, both unchanged (quantity "
        "{quantity}, R16)",
        "在 License 管理平台办理 {licenses} 向 License Server {server} 的迁移：原样提交卸载文件 "
        "{uninstall_files} 与设备信息 {device_information}（数量 {quantity}，R16）",
    ),
    "step_transfer_part": (
        "On the license platform, submit the uninstall file {uninstall_files} in one request for all parts; "
        "have {quantity} of {licenses} issued for License Server {server} with the device information "
        "{device_information} (R16, R26)",
        "在 License 管理平台以卸载文件 {uninstall_files} 一次申请全部部分：将 {licenses} 中的 {quantity} 按"
        "设备信息 {device_information} 签发给 License Server {server}（R16、R26）",
    ),
    "step_keep_activation_file": (
        "Save each activation file unchanged, under the name that the platform gave it",
        "按 License 管理平台给出的文件名原样保存每个激活文件",
    ),
    "step_put_activation_file": (
        "Put the activation file for {quantity} of {licenses} into {folder}, unchanged and under the name "
        "that the platform gave it",
        "将 {licenses} 中 {quantity} 的激活文件按 License 管理平台给出的文件名原样放入 {folder}",
    ),
    "step_run_again_then": (
        "Then run the same task again; migration {migration} waits until then",
        "然后重新执行同一任务；在此之前迁移 {migration} 保持等待",
    ),
    "step_run_again": (
        "Run the same task again with these files in activation_files; migration {migration} waits until "
        "then",
        "在任务的 activation_files 中加上这些文件后重新执行；在此之前迁移 {migration} 保持等待",
    ),
    "step_run_again_answered": (
        "Run the same task again once both License Servers respond; migration {migration} waits until then",
        "待两端 License Server 均恢复应答后重新执行同一任务；在此之前迁移 {migration} 保持等待",
    ),
    "drop_folder_license_id": (
        "the license id '{license_id}' cannot be the name of a directory in {folder}; list its activation "
        "files in activation_files",
        "授权 ID「{license_id}」不能作为 {folder} 中的目录名；请在 activation_files 中逐一列出其激活文件",
    ),
    "drop_folder_entry": (
        "the purpose of {path} cannot be determined: {place} may contain activation files and the "
        "directories destination and source, each of which may contain activation files and directories "
        "named after a quantity; move it to one of these places or elsewhere",
        "无法判断 {path} 的用途：{place} 下应为激活文件或目录 destination、source，后两者之下应为激活文件或"
        "以数量命名的目录；请将其移到相应位置或移走",
    ),
    "drop_folder_stray": (
        "{files} in {folder} are not used; move each activation file to the directory there that is named "
        "after its license id",
        "{folder} 中的 {files} 未被使用；请将每个激活文件移到其中以授权 ID 命名的目录",
    ),
    "drop_folder_unreadable": (
        "{path} cannot be read as a directory of activation files ({reason}); set another directory or "
        "grant access to it",
        "无法将 {path} 作为激活文件目录读取（{reason}）；请另指定目录或开放其权限",
    ),
}
