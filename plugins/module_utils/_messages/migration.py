# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences of locks, requests and migrations: code → (English, Chinese).

A sentence that is followed by its causes ends in a colon.
"""

from __future__ import annotations

from typing import Dict, Tuple

Sentences = Dict[str, Tuple[str, str]]

_LOCKS: Sentences = {
    "lock_held": (
        "{lock} is held by process {pid} on {host} ({what}, since {since}) and was not released within "
        "{seconds} seconds; nothing was read or changed; wait until that run has ended and run again, or "
        "raise lock_timeout",
        "{lock} 正由主机 {host} 上的进程 {pid} 占用（{what}，自 {since}），{seconds} 秒内未释放；未读取或"
        "更改任何内容；请等待该任务结束后重新执行，或增大 lock_timeout",
    ),
    "lock_unusable": (
        "{lock} cannot be locked through {path} ({reason}); nothing was changed; set lock_dir to a "
        "writable directory on a file system that supports locks",
        "无法通过 {path} 锁定 {lock}（{reason}）；未作任何更改；请将 lock_dir 设为可写且文件系统支持文件"
        "锁的目录",
    ),
}

_JOURNAL: Sentences = {
    "journal_missing": (
        "journal {path} does not exist; name the directory that the tasks of license_migration use as "
        "journal",
        "迁移记录目录 {path} 不存在；请指定 license_migration 任务所用的 journal 目录",
    ),
    "journal_unusable": (
        "journal must be a writable directory; got {path} ({reason}); nothing was sent",
        "journal 应为可写目录，实际为 {path}（{reason}）；未发送任何内容",
    ),
    "journal_foreign_file": (
        "a journal holds one directory per migration, but {path} is not a directory; move it elsewhere, "
        "or name another journal",
        "迁移记录目录中每项迁移为一个目录，但 {path} 不是目录；请将其移走，或另指定 journal",
    ),
    "journal_record_missing": (
        "{path} is missing, although the migration has files ({files}); nothing was sent; restore the "
        "record from a backup of the journal",
        "迁移已有文件（{files}），但缺少 {path}；未发送任何内容；请从迁移记录的备份恢复该文件",
    ),
    "journal_record_invalid": (
        "{path} is not a valid record of a migration ({reason}); nothing was sent; restore it from a "
        "backup of the journal",
        "{path} 不是有效的迁移记录（{reason}）；未发送任何内容；请从迁移记录的备份恢复",
    ),
    "journal_record_newer": (
        "{path} was written by a newer release of this collection ({reason}); use that release to go on",
        "{path} 由本合集的更新版本写入（{reason}）；请使用该版本继续",
    ),
    "journal_not_written": (
        "the journal cannot record {step} in {path} ({reason}), so this step was not done; free disk "
        "space or correct the permissions, then run again",
        "无法将 {step} 写入迁移记录 {path}（{reason}），因此未执行该步骤；请清理空间或更正权限后重新执行",
    ),
    "journal_file_not_kept": (
        "{path} cannot be saved in the journal ({reason}); nothing is lost; free disk space or correct "
        "the permissions, then run again",
        "无法将 {path} 保存到迁移记录目录（{reason}）；未丢失任何内容；请清理空间或更正权限后重新执行",
    ),
    "journal_file_changed": (
        "checksum mismatch: {path} changed since it was recorded (SHA-256 {sha256}); restore the file "
        "from a backup of the journal, then run again",
        "校验和不符：{path} 在记录之后发生了变化（SHA-256 应为 {sha256}）；请从迁移记录的备份恢复该文件后"
        "重新执行",
    ),
}

_REQUESTS: Sentences = {
    "migration_source_needed": (
        "{option} is needed for {end}; give it there, or once for both ends as the module's own option",
        "{end} 需要 {option}；请在该处填写，或作为模块自身选项统一填写",
    ),
    "migration_same_server": (
        "source and destination are the same License Server {server}; there is nothing to migrate",
        "源与目标是同一台 License Server {server}；无需迁移",
    ),
    "migration_other_destination": (
        "migration {migration} is on its way to {recorded}, but the task names {wanted}; keep the "
        "destination until it is verified",
        "迁移 {migration} 的目标是 {recorded}，但任务指定了 {wanted}；在验证完成之前请保持目标不变",
    ),
    "migration_other_quantities": (
        "migration {migration} was requested in the parts {recorded}, which the license platform may "
        "have been asked for already; keep quantities and remainder_to as they were",
        "迁移 {migration} 已按 {recorded} 申请，可能已提交授权平台；请保持 quantities 与 remainder_to 不变",
    ),
    "migration_unknown": (
        "the journal {journal} has no migration of {license_ids}; check license_ids, source and journal",
        "迁移记录 {journal} 中没有 {license_ids} 的迁移；请检查 license_ids、source 与 journal",
    ),
    "quantities_one_license": (
        "quantities can split one license that is alone in its activation file; got {license_ids}; name "
        "one such license, or leave quantities out",
        "quantities 只能拆分单独位于一个激活文件中的一项授权，实际给出 {license_ids}；请只指定一项这样的授"
        "权，或去掉 quantities",
    ),
    "quantities_too_many": (
        "{license_id} is worth {quantity}, but quantities add up to {wanted}; lower them (R26)",
        "{license_id} 的数量为 {quantity}，但 quantities 合计 {wanted}；请减少（R26）",
    ),
    "activation_files_item": (
        "an entry of activation_files must be a path, or a mapping of path and, to tell parts apart, "
        "license_id, quantity and to (source or destination); got {got}",
        "activation_files 的每一项应为路径，或含 path 及可选的 license_id、quantity、to（source 或 "
        "destination）的映射，实际为 {got}",
    ),
    "activation_file_without_part": (
        "no part of the task's migrations waits for {file} as it is described; waiting: {waiting}; "
        "correct its description, or remove it from activation_files (with a fileglob, from the "
        "directory)",
        "任务中没有迁移在等待如此描述的 {file}；等待中：{waiting}；请更正其描述，或从 activation_files 中"
        "去掉它（使用 fileglob 时，从该目录移走）",
    ),
    "activation_file_ambiguous": (
        "{file} may be for several parts ({parts}); give it in activation_files as a mapping of path and "
        "license_id (the license of the source), with quantity or to for parts of one license. For equal "
        "licenses of several migrations, the files of all of them in one task will do as well",
        "{file} 可能对应多个部分（{parts}）；请在 activation_files 中以 path 加 license_id（源端的授权）"
        "的映射给出，同一授权的多个部分再加 quantity 或 to。若为多项迁移的相同授权，也可在一个任务中同时"
        "提供全部文件",
    ),
    "device_information_empty": (
        "the License Server at the {server} gave empty device information; run again, and ask the vendor "
        "if it stays so",
        "{server} 端 License Server 返回的设备信息为空；请重新执行，若仍为空请联系厂商",
    ),
}

_STEPS: Sentences = {
    "step_transfer_whole": (
        "On the license platform, have {licenses} transferred to License Server {server}: submit the "
        "uninstall file {uninstall_files} and the device information {device_information}, both "
        "unchanged (quantity {quantity}, R16)",
        "在授权平台办理 {licenses} 向 License Server {server} 的迁移：原样提交卸载文件 {uninstall_files} "
        "与设备信息 {device_information}（数量 {quantity}，R16）",
    ),
    "step_transfer_part": (
        "On the license platform, in one request with the uninstall file {uninstall_files}, have "
        "{quantity} of {licenses} issued for License Server {server} with the device information "
        "{device_information} (R16, R26)",
        "在授权平台以卸载文件 {uninstall_files} 一次申请：将 {licenses} 中的 {quantity} 按设备信息 "
        "{device_information} 签发给 License Server {server}（R16、R26）",
    ),
    "step_keep_activation_file": (
        "Save each activation file under the name and with the bytes that the platform gave it",
        "按授权平台给出的文件名和内容原样保存每个激活文件",
    ),
    "step_put_activation_file": (
        "Put the activation file for {quantity} of {licenses} into {folder}, under the name and with the "
        "bytes that the platform gave it",
        "将 {licenses} 中 {quantity} 的激活文件按授权平台给出的文件名和内容原样放入 {folder}",
    ),
    "step_run_again_then": (
        "Then run the same task again; until then migration {migration} waits",
        "然后重新执行同一任务；在此之前迁移 {migration} 保持等待",
    ),
    "step_run_again": (
        "Run the same task again with these files in activation_files; until then migration {migration} "
        "waits",
        "在任务的 activation_files 中加上这些文件后重新执行；在此之前迁移 {migration} 保持等待",
    ),
    "step_run_again_answered": (
        "Run the same task again once both License Servers answer; until then migration {migration} waits",
        "待两端 License Server 均可应答后重新执行同一任务；在此之前迁移 {migration} 保持等待",
    ),
}

_DROPS: Sentences = {
    "drop_folder_license_id": (
        "the license id '{license_id}' cannot be the name of a directory in {folder}; list its "
        "activation files in activation_files",
        "授权编号「{license_id}」不能作为 {folder} 中的目录名；请在 activation_files 中逐一列出其激活文件",
    ),
    "drop_folder_entry": (
        "it is not clear what {path} is for: {place} holds activation files and the directories "
        "destination and source, and these hold activation files and directories named by a quantity; "
        "move it there or elsewhere",
        "无法判断 {path} 的用途：{place} 下应为激活文件或目录 destination、source，后者之下应为激活文件或"
        "以数量命名的目录；请将其移到相应位置或移走",
    ),
    "drop_folder_stray": (
        "{files} in {folder} are not used; move each activation file to the directory there that is "
        "named by its license id",
        "{folder} 中的 {files} 不会被使用；请将每个激活文件移到其中以授权编号命名的目录里",
    ),
    "drop_folder_unreadable": (
        "{path} cannot be read as a directory of activation files ({reason}); name another directory or "
        "grant access to it",
        "无法将 {path} 作为激活文件目录读取（{reason}）；请另指定目录或开放其权限",
    ),
}

_BUNDLES: Sentences = {
    "device_information_missing": (
        "the server gave empty device information; run again, and ask the vendor if it stays so",
        "服务器返回的设备信息为空；请重新执行，若仍为空请联系厂商",
    ),
    "device_information_unreadable": (
        "{path} cannot be read as device information ({reason}); fetch it from the device again",
        "无法将 {path} 作为设备信息读取（{reason}）；请重新从设备获取",
    ),
    "device_information_not_kept": (
        "the device information cannot be saved as {path} ({reason}); name another directory or free "
        "disk space",
        "无法将设备信息保存为 {path}（{reason}）；请另指定目录或清理空间",
    ),
    "request_not_kept": (
        "{path} of the request cannot be saved ({reason}); name another directory or free disk space",
        "无法保存申请包中的 {path}（{reason}）；请另指定目录或清理空间",
    ),
    "request_device_needed": (
        "the request needs device information: give host and account of the device, or device_information",
        "申请需要设备信息：请提供设备的 host 与账号，或提供 device_information",
    ),
    "request_keys_empty": (
        "keys must hold at least one license key; got an empty list",
        "keys 至少应包含一个授权码，实际为空列表",
    ),
    "request_key_invalid": (
        "license key number {number} must be 1 to {limit} printable characters without spaces; correct "
        "this entry of keys",
        "第 {number} 个授权码应为 1 至 {limit} 个可打印字符且不含空格；请更正 keys 中的该项",
    ),
    "request_key_twice": (
        "the key {key} is listed twice; list it once with the quantity that is wanted",
        "授权码 {key} 出现了两次；请只列出一次并注明所需数量",
    ),
    "request_refused": (
        "nothing was written: with {keys} the rules would be broken:",
        "未写入任何内容：使用 {keys} 申请将违反以下规则：",
    ),
    "request_contract_number": (
        "a hot-standby pair is activated with its service product contract number; give contract_number "
        "(R23)",
        "双机热备激活时须填写服务产品合同号；请提供 contract_number（R23）",
    ),
    "request_contract_number_alone": (
        "a contract number is for a hot-standby pair, but hot_standby is not set; set it, or leave "
        "contract_number out (R23)",
        "合同号用于双机热备，但未设置 hot_standby；请设置该选项，或去掉 contract_number（R23）",
    ),
    "request_standby_local": (
        "{product} (key {key}) is no license of VMS, so a hot-standby pair does not cover it; ask for it "
        "alone (R23)",
        "{product}（授权码 {key}）不是 VMS 的授权，双机热备不适用；请单独申请（R23）",
    ),
    "request_term": (
        "the temporary license of key {key} needs its term; give term_days (R12)",
        "授权码 {key} 的临时授权需要期限；请提供 term_days（R12）",
    ),
    "request_product_unsaid": (
        "key {key} has no product, so where it belongs and which kinds exist could not be checked; give "
        "product (R27)",
        "授权码 {key} 未指明产品，因此未检查安装位置与授权类型；请提供 product（R27）",
    ),
    "request_product_unknown": (
        "{product} (key {key}) is not in the catalog with that architecture; check product and arch (R27)",
        "目录中没有该架构的 {product}（授权码 {key}）；请检查 product 与 arch（R27）",
    ),
    "request_kind_does_not_exist": (
        "there is no {kind} license of {product} (key {key}); ask for a formal one (R11, R13)",
        "{product} 没有 {kind} 类型的授权（授权码 {key}）；请申请正式授权（R11、R13）",
    ),
    "request_device_of_node": (
        "{product} (key {key}) is installed on its own node, so its request needs that node's device "
        "information; set product_node (R27)",
        "{product}（授权码 {key}）安装在产品自身节点上，须使用该节点的设备信息；请设置 product_node（R27）",
    ),
    "request_device_of_server": (
        "{product} (key {key}) belongs on a License Server, but the device information is that of the node "
        "of {node}; ask for it with the device information of its License Server (R27)",
        "{product}（授权码 {key}）应安装在 License Server 上，但设备信息来自 {node} 的节点；请使用其 "
        "License Server 的设备信息申请（R27）",
    ),
    "request_purchased_unsaid": (
        "key {key} asks for {wanted}, with {allocated} allocated before, but has no purchased, so whether "
        "that is too many could not be checked; give purchased (R26)",
        "授权码 {key}：申请 {wanted}，此前已分配 {allocated}，但未说明 purchased，因此未检查是否超量；请提"
        "供 purchased（R26）",
    ),
    "request_too_many": (
        "key {key} asks for {wanted}, with {allocated} allocated before, but only {purchased} were "
        "purchased; lower quantity, or correct allocated or purchased (R26)",
        "授权码 {key}：申请 {wanted}，此前已分配 {allocated}，而购买数量为 {purchased}；请减少 quantity，或"
        "更正 allocated 或 purchased（R26）",
    ),
    "request_fixed_split": (
        "key {key} has a fixed code, which goes whole to one device, but asks for {wanted} of {purchased} "
        "purchased, with {allocated} allocated before; ask for all of it at once (R25)",
        "授权码 {key} 为固定编码，只能整体用于一台设备，但申请 {wanted}，此前已分配 {allocated}，购买数量为"
        " {purchased}；请一次申请全部数量（R25）",
    ),
    "request_split_unknown": (
        "key {key} is split ({wanted} asked for, {allocated} allocated before, {purchased} purchased), but "
        "its code is neither fixed nor flexible, so whether that is allowed could not be checked; ask the "
        "vendor (R24)",
        "授权码 {key} 被拆分（申请 {wanted}，此前已分配 {allocated}，购买 {purchased}），但其编码既非固定也"
        "非弹性，无法检查是否允许；请向厂商确认（R24）",
    ),
    "step_request_device": (
        "On the license platform, start an activation and submit the device information "
        "{device_information} unchanged",
        "在授权平台发起激活，并原样提交设备信息 {device_information}",
    ),
    "step_request_key": (
        "Enter the license key that ends in {key}, quantity {quantity} (R26)",
        "填写以 {key} 结尾的授权码，数量 {quantity}（R26）",
    ),
    "step_request_trial": (
        "Enter the license key that ends in {key}, quantity {quantity}, for {term_days} days; they begin "
        "when the file is issued (R12)",
        "填写以 {key} 结尾的授权码，数量 {quantity}，期限 {term_days} 天；自签发文件时起算（R12）",
    ),
    "step_request_contract": (
        "Enter the service product contract number {contract_number} of the hot-standby pair (R23)",
        "填写双机热备的服务产品合同号 {contract_number}（R23）",
    ),
    "step_request_keep": (
        "Save each activation file under the name and with the bytes that the platform gave it, in the "
        "directory issued beside this file",
        "按授权平台给出的文件名和内容，将每个激活文件原样保存到本文件旁的 issued 目录",
    ),
    "step_request_install": (
        "Install it with the module license, with what was asked for as expect; the playbook renew does both",
        "用 license 模块安装该文件，并以所申请的内容作为 expect；renew 剧本会完成这两步",
    ),
}

MESSAGES: Sentences = {
    **_LOCKS,
    **_JOURNAL,
    **_REQUESTS,
    **_STEPS,
    **_DROPS,
    **_BUNDLES,
}
