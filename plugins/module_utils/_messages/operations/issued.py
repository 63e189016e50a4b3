# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about activation files that were issued for license requests."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "issued_entry_no_file": (
        "{path} is not a file; put only activation files into the directory issued, not directories or "
        "broken links",
        "{path} 不是文件；请只将激活文件放入 issued 目录，而不是目录或失效的链接",
    ),
    "issued_name_unprintable": (
        "{path} has a name with characters that cannot be shown; give it the name that it has on the license "
        "platform",
        "{path} 的名称含有无法显示的字符；请改回 License 管理平台给出的名称",
    ),
    "issued_file_twice": (
        "{path} has the same name or content as {others}, so it is unknown which request it answers; keep it "
        "in the bundle of its own request only",
        "{path} 与 {others} 同名或内容相同，因此无法得知它对应哪个申请；请只将其保留在所属申请包中",
    ),
    "issued_device_unknown": (
        "{path} was issued for {device}, which is not a device of this system, so it was not installed; name "
        "the device in the inventory, or move the bundle away (R27)",
        "{path} 是为 {device} 签发的，而该系统没有此设备，因此未安装；请在清单中指定该设备，或移走该申请包"
        "（R27）",
    ),
    "issued_not_directory": (
        "{path} must be a directory with activation files; got something else; create the directory, and put "
        "the files into it",
        "{path} 应为存放激活文件的目录，实际不是目录；请创建该目录并将文件放入其中",
    ),
    "issued_bundle_hidden": (
        "{path} is hidden because a run of license_request was interrupted; run license_request for this "
        "directory again, which shows the bundle again",
        "因 license_request 的一次执行中断，{path} 处于隐藏状态；请对该目录重新执行 license_request，以恢复显"
        "示该申请包",
    ),
    "issued_request_missing": (
        "{path} is missing, so it is unknown which request the files in the directory issued next to it "
        "answer; restore it, or move these files to the bundle of their request",
        "缺少 {path}，因此无法得知其旁 issued 目录中的文件对应哪个申请；请恢复该文件，或将这些文件移至所属的"
        "申请包",
    ),
    "issued_request_unreadable": (
        "{path} cannot be read as a request of license_request: {reason}; restore it, or move its directory "
        "away",
        "{path} 无法作为 license_request 的申请读取：{reason}；请恢复该文件，或移走其所在目录",
    ),
    "issued_request_edited": (
        "{path} was edited, or belongs to another request than its directory; restore it, or move its "
        "directory away",
        "{path} 已被修改，或属于其他申请而非其所在目录；请恢复该文件，或移走其所在目录",
    ),
    "issued_other_device": (
        "{path} is not the device information that {request} was made for; restore it, or move its directory "
        "away",
        "{path} 不是 {request} 所针对的设备信息；请恢复该文件，或移走其所在目录",
    ),
    "issued_folder_unreadable": (
        "the directory {path} cannot be read ({reason}); correct its permissions, then run again",
        "无法读取目录 {path}（{reason}）；请更正其权限后重新执行",
    ),
}
