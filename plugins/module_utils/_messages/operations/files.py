# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about license files, files of device information, and locks."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "lock_held": (
        "{lock} is locked by process {pid} on {host} ({what}, since {since}) and was not released within "
        "{seconds} seconds; nothing was read or changed; wait for that run to end and run again, or raise "
        "lock_timeout",
        "{lock} 正由主机 {host} 上的进程 {pid} 占用（{what}，自 {since}），{seconds} 秒内未释放；未读取或更"
        "改任何内容；请等待该任务结束后重新执行，或增大 lock_timeout",
    ),
    "lock_unusable": (
        "{lock} cannot be locked through {path} ({reason}); nothing was changed; set lock_dir to a "
        "writable directory on a file system that supports locks",
        "无法通过 {path} 锁定 {lock}（{reason}）；未作任何更改；请将 lock_dir 设为可写且文件系统支持文件"
        "锁的目录",
    ),
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
        "激活文件 {path} 为空；请从 License 管理平台重新下载",
    ),
    "activation_file_too_large": (
        "{path} is larger than {limit} bytes, so it is not an activation file; check the path",
        "{path} 超过 {limit} 字节，不是激活文件；请检查路径",
    ),
    "artifacts_dir_unusable": (
        "artifacts_dir must be a writable directory; got {path} ({reason}); nothing was uninstalled; "
        "correct its path or permissions",
        "artifacts_dir 应为可写目录，实际为 {path}（{reason}）；未卸载任何授权；请更正其路径或权限",
    ),
    "artifact_conflict": (
        "{path} exists with other content than this license's uninstall file and is not overwritten, "
        "because it may be the proof of another license; set another artifacts_dir, then run again (the "
        "License Server keeps the uninstall file)",
        "{path} 已存在，其内容不是该授权的卸载文件，可能是其他授权的凭证，故不覆盖；请另指定 artifacts_dir "
        "后重新执行（License Server 仍保留该卸载文件）",
    ),
    "artifact_unreadable": (
        "{path} cannot be read ({reason}), so it cannot be checked whether the uninstall file is saved; "
        "correct its permissions, then run again",
        "无法读取 {path}（{reason}），因此无法确认卸载文件是否已保存；请更正其权限后重新执行",
    ),
    "artifact_not_saved": (
        "the uninstall file cannot be saved as {path} ({reason}); free disk space or correct the "
        "permissions, then run again (the License Server keeps the file)",
        "卸载文件无法保存为 {path}（{reason}）；请清理空间或更正权限后重新执行（License Server 仍保留该文"
        "件）",
    ),
    "device_information_empty": (
        "the License Server of the {server} returned empty device information; run again, and ask the "
        "vendor if this persists",
        "{server} 端 License Server 返回的设备信息为空；请重新执行，若仍为空请联系厂商",
    ),
    "device_information_missing": (
        "the server returned empty device information; run again, and ask the vendor if this persists",
        "服务器返回的设备信息为空；请重新执行，若仍为空请联系厂商",
    ),
    "device_information_unreadable": (
        "{path} cannot be read as device information ({reason}); fetch it from the device again",
        "无法将 {path} 作为设备信息读取（{reason}）；请重新从设备获取",
    ),
    "device_information_not_kept": (
        "the device information cannot be saved as {path} ({reason}); set another directory or free disk "
        "space",
        "无法将设备信息保存为 {path}（{reason}）；请另指定目录或清理空间",
    ),
}
