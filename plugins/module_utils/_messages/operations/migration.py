# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about migrations."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "migration_source_needed": (
        "{option} is required for {end}; set it there, or once for both ends as an option of the module",
        "{end} 需要 {option}；请在该处设置，或作为模块选项对两端统一设置",
    ),
    "migration_same_server": (
        "source and destination must be different License Servers; got {server} for both; correct the wrong "
        "one",
        "源端与目标端应为不同的 License Server，实际均为 {server}；请更正错误的一端",
    ),
    "migration_other_destination": (
        "migration {migration} goes to {recorded}, but the task names {wanted}; keep the destination until "
        "the migration is verified",
        "迁移 {migration} 的目标端是 {recorded}，但任务指定了 {wanted}；在验证完成之前请保持目标端不变",
    ),
    "migration_other_quantities": (
        "migration {migration} was requested in the parts {recorded}, which may already be submitted to the "
        "license platform; keep quantities and remainder_to unchanged",
        "迁移 {migration} 已按 {recorded} 申请，可能已提交到 License 管理平台；请保持 quantities 与 "
        "remainder_to 不变",
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
        "{license_id} has the quantity {quantity}, but quantities add up to {wanted}; lower them (R26)",
        "{license_id} 的数量为 {quantity}，但 quantities 合计 {wanted}；请减少（R26）",
    ),
    "activation_files_item": (
        "an entry of activation_files must be a path, or a mapping with path and, to identify a part, "
        "license_id, quantity and to (source or destination); got {got}",
        "activation_files 的每一项应为路径，或含 path 及可选的 license_id、quantity、to（source 或 "
        "destination）的映射，实际为 {got}",
    ),
    "activation_file_without_part": (
        "no migration of this task waits for {file} as described; waiting: {waiting}; correct its "
        "description, or remove it from activation_files (with a fileglob, from the directory)",
        "任务中没有迁移在等待如此描述的 {file}；等待中：{waiting}；请更正其描述，或从 activation_files 中去"
        "掉它（使用 fileglob 时，从该目录移走）",
    ),
    "activation_file_ambiguous": (
        "{file} may be for several parts ({parts}); give it in activation_files as a mapping of path and "
        "license_id (the license on the source), with quantity or to for parts of one license. For equal "
        "licenses of several migrations you can also give all of their files in one task",
        "{file} 可能对应多个部分（{parts}）；请在 activation_files 中以 path 加 license_id（源端的授权）的映"
        "射给出，同一授权的多个部分再加 quantity 或 to。若为多项迁移的相同授权，也可在一个任务中同时提供全部"
        "文件",
    ),
    "migration_refused": (
        "nothing was sent: migrating {license_ids} would break these rules:",
        "未发送任何内容：迁移 {license_ids} 后将违反以下规则：",
    ),
    "migration_server_changed": (
        "the {end} is License Server {found}, but the journal records {recorded}; nothing was sent; check "
        "host and port",
        "{end} 的 License Server 为 {found}，但迁移记录中为 {recorded}；未发送任何内容；请检查 host 与 port",
    ),
    "migration_license_vanished": (
        "the source no longer lists {license_ids} of migration {migration}, neither as installed nor as "
        "uninstalled; nothing was sent; find the cause on the console of the source, then run again",
        "源端不再列出迁移 {migration} 的 {license_ids}（既未安装也未卸载）；未发送任何内容；请先在源端控制台"
        "查明原因，再重新执行",
    ),
    "migration_license_unclear": (
        "the source does not report {unclear} of {license_id}, so it cannot be verified that all of it "
        "arrives; nothing was sent; check the console of the source, and ask the vendor if it is missing "
        "there too",
        "源端未给出 {license_id} 的 {unclear}，无法检查是否完整到达；未发送任何内容；请查看源端控制台，若同"
        "样缺失请联系厂商",
    ),
    "migration_fixed_split": (
        "{license_id} has a fixed code ({prefix}), which cannot be split; leave quantities out to migrate "
        "all of it (R25)",
        "{license_id} 为固定授权（{prefix}），不能拆分；请去掉 quantities 整体迁移（R25）",
    ),
    "migration_unknown_split": (
        "only flexible codes (3132) can be split, but the code of {license_id} is neither flexible nor "
        "fixed; leave quantities out to migrate all of it (R24)",
        "只有灵活授权（3132）可以拆分，而 {license_id} 的授权编码既非灵活授权也非固定授权；请去掉 "
        "quantities 整体迁移（R24）",
    ),
    "migration_abort_late": (
        "cannot abort migration {migration} in state {step}: its licenses are uninstalled on the source; no "
        "migration was aborted; run it to its end, then migrate back if needed (R16)",
        "迁移 {migration} 在状态 {step} 下不能中止：其授权已从源端卸载；本次未中止任何迁移；请继续执行至完"
        "成，必要时再迁回（R16）",
    ),
    "migration_abort_unread": (
        "migration {migration} is aborted although the source {source} could not be read, because nothing "
        "was sent for the migration; check on the source that {license_ids} is still installed (R16)",
        "未能读取源端 {source}，但由于未为迁移 {migration} 发送过任何内容，仍将其中止；请在源端确认 "
        "{license_ids} 仍处于安装状态（R16）",
    ),
    "migration_left_destination": (
        "migration {migration} was verified, but {license_ids} is no longer live on the destination: it was "
        "uninstalled there, or moved on by migration {onward}; remove the license from this task, or move "
        "it back with a migration from the destination (R16)",
        "迁移 {migration} 曾已验证，但 {license_ids} 在目标端已不再生效：已在目标端卸载，或已由迁移 "
        "{onward} 继续迁出；请从任务中去掉该授权，或从目标端新建迁移将其迁回（R16）",
    ),
    "migration_lost_at_destination": (
        "the destination {destination} no longer lists {license_ids} of migration {migration}, for example "
        "after a restore from a backup; it is installed again from the activation file in the journal (R16)",
        "目标端 {destination} 不再列出迁移 {migration} 的 {license_ids}（例如从备份恢复之后）；将使用迁移记"
        "录中的激活文件重新安装（R16）",
    ),
    "migration_source_live": (
        "{license_ids} of migration {migration} is live on the source {source} again after it was "
        "uninstalled there, for example after a restore from a backup; nothing was installed at "
        "{destination}. Uninstall it on the source (module license with state: absent, license_ids and a "
        "separate artifacts_dir), then run the same task again; do not submit the uninstall file of this "
        "second uninstallation: the one of the migration is valid (R16)",
        "迁移 {migration} 的 {license_ids} 已从源端卸载，但目前在源端 {source} 重新生效（例如从备份恢复之"
        "后）；未在 {destination} 安装任何内容。请在源端卸载（license 模块，使用 state: absent、license_ids "
        "和单独的 artifacts_dir），再重新执行同一任务；不要提交此次卸载生成的卸载文件，以该迁移的卸载文件为"
        "准（R16）",
    ),
    "migration_id_reused": (
        "the source {source} lists a different license as {license_ids} than the one that migration "
        "{migration} moved, for example after a restore from a backup; this task does not move it. To move "
        "it as well, run a task for it with another journal (R16)",
        "源端 {source} 列出的 {license_ids} 与迁移 {migration} 迁出的授权并非同一授权（例如从备份恢复之"
        "后）；本任务不会迁移它。如需一并迁移，请使用另一个迁移记录目录（journal）为其执行任务（R16）",
    ),
    "migration_live_on_both": (
        "{license_ids} of migration {migration} is live on both the destination {destination} and the "
        "source {source}, for example after a restore from a backup. Uninstall it on the source (module "
        "license with state: absent, license_ids and a separate artifacts_dir), then run the same task "
        "again; do not submit the uninstall file of this second uninstallation: the one of the migration is "
        "valid (R16)",
        "迁移 {migration} 的 {license_ids} 同时在目标端 {destination} 和源端 {source} 生效（例如从备份恢复之"
        "后）。请在源端卸载（license 模块，使用 state: absent、license_ids 和单独的 artifacts_dir），再重新"
        "执行同一任务；不要提交此次卸载生成的卸载文件，以该迁移的卸载文件为准（R16）",
    ),
    "migration_source_unread": (
        "migration {migration}: the source {server} could not be read, so it is not known whether the "
        "license is live there again; check the source (R16)",
        "迁移 {migration}：未能读取源端 {server}，无法确认授权是否在源端重新生效；请检查源端（R16）",
    ),
    "migration_source_other": (
        "migration {migration}: {host} is License Server {found}, not the source {recorded}, so it is not "
        "known whether the license is live on the source again; check host and port (R16)",
        "迁移 {migration}：{host} 是 License Server {found}，不是源端 {recorded}，无法确认授权是否在源端重新"
        "生效；请检查 host 与 port（R16）",
    ),
    "migration_already_uninstalled": (
        "{license_ids} was uninstalled on the source before migration {migration} began; if another journal "
        "contains this migration, continue it there, because the license platform accepts an uninstall file "
        "only once (R16)",
        "迁移 {migration} 开始之前，{license_ids} 已在源端卸载；若其他迁移记录中已有该迁移，请在那里继续，因"
        "为 License 管理平台对每个卸载文件只受理一次（R16）",
    ),
    "migration_proof_lost": (
        "migration {migration}: the uninstall file {files} is not usable, the source has no copy of it, and "
        "it is the only proof of {worth} ({license_ids}); restore the file from a backup of the journal, "
        "then run the same task again (R16)",
        "迁移 {migration}：卸载文件 {files} 不可用，源端也没有副本，而它是 {worth}（{license_ids}）的唯一凭"
        "证；请从迁移记录的备份恢复该文件，再重新执行同一任务（R16）",
    ),
    "migration_proof_restored": (
        "migration {migration}: the uninstall file {files} is not usable and is restored from its copy in "
        "the bundle, or fetched from the source again. If a bundle was already submitted, wait for its "
        "activation file, because the license platform issues one per license (R16)",
        "迁移 {migration}：卸载文件 {files} 不可用，将使用申请包中的副本恢复，或从源端重新获取。若已提交过申"
        "请包，请等待其激活文件，因为 License 管理平台对每项授权只签发一次（R16）",
    ),
    "migration_bundle_damaged": (
        "migration {migration}: {files} of the bundle for the license platform is not usable, so the bundle "
        "is written again; submit the new bundle (R16)",
        "迁移 {migration}：申请包中的 {files} 不可用，将重新生成申请包；请提交新的申请包（R16）",
    ),
    "migration_file_damaged": (
        "migration {migration}: {files} is not usable; the license {license_ids} is not affected, but "
        "restore the file from a backup of the journal (R16)",
        "迁移 {migration}：{files} 不可用；授权 {license_ids} 不受影响，但请从迁移记录的备份恢复该文件"
        "（R16）",
    ),
    "migration_activation_file_lost": (
        "migration {migration}: the activation file {files} is not usable and {worth} ({license_ids}) is not "
        "installed yet; give the file again in activation_files, or restore it from a backup of the journal "
        "(R16)",
        "迁移 {migration}：激活文件 {files} 不可用，而 {worth}（{license_ids}）尚未安装；请在 "
        "activation_files 中重新提供该文件，或从迁移记录的备份恢复（R16）",
    ),
    "migration_device_changed": (
        "the device information for migration {migration} has changed since it was requested; submit the "
        "new bundle: an activation file for the old device information will be refused",
        "迁移 {migration} 所用的设备信息在申请后已变化；请提交新的申请包：按旧设备信息签发的激活文件将被拒绝",
    ),
    "migration_device_not_asked": (
        "migration {migration} waits for its activation file; the device information could not be read, so "
        "it is not known whether it has changed; run again when the server responds",
        "迁移 {migration} 正在等待激活文件；未能读取设备信息，无法确认其是否变化；请待服务器恢复应答后重新执"
        "行",
    ),
    "migration_interrupted": (
        "the run did not complete ({migrations}); nothing is lost; fix the cause and run the same task "
        "again:",
        "执行中途停止（{migrations}）；未丢失任何内容；请排除故障后重新执行同一任务：",
    ),
    "migration_yield_differs": (
        "{file} must contain {expected}; the License Server reports {reported} ({license_ids}). What it "
        "reports is live, and the uninstall file is kept; have the difference corrected on the license "
        "platform (R16)",
        "{file} 应包含 {expected}，但 License Server 报告为 {reported}（{license_ids}）。所报告的授权已生"
        "效，卸载文件仍保留；请在 License 管理平台更正差额（R16）",
    ),
    "migration_not_live": (
        "migration {migration} is installed, but {license_ids} is not live on the License Server (status "
        "{states}); check it there, then run the same task again (R16)",
        "迁移 {migration} 已安装，但 {license_ids} 在 License Server 上未生效（状态 {states}）；请在该处检查"
        "后重新执行同一任务（R16）",
    ),
    "activation_file_claimed": (
        "{file} is the activation file of migration {other}, so it does not prove that {moving} of "
        "migration {migration} has arrived; remove it from activation_files for {moving}, and give the file "
        "that the license platform issued for {moving} (R16)",
        "{file} 是迁移 {other} 的激活文件，不能证明迁移 {migration} 的 {moving} 已到达；请从 {moving} 的 "
        "activation_files 中去掉它，并提供 License 管理平台为 {moving} 签发的文件（R16）",
    ),
    "activation_file_present": (
        "{file} was installed before {moving} of migration {migration} was uninstalled on the source, so it "
        "was not issued for it; give the file that the license platform issued for {moving} (R16)",
        "{file} 在迁移 {migration} 的 {moving} 从源端卸载之前就已安装，不是为其签发的文件；请提供 License 管"
        "理平台为 {moving} 签发的文件（R16）",
    ),
    "activation_file_early": (
        "{file} was given before {moving} of migration {migration} was uninstalled on the source, so it "
        "cannot have been issued for it and is not used; give the file that the license platform issues "
        "afterwards (R16)",
        "提供 {file} 时，迁移 {migration} 的 {moving} 尚未从源端卸载，因此该文件不可能是为其签发的，未使用；"
        "请提供 License 管理平台在卸载之后签发的文件（R16）",
    ),
    "activation_file_refused_before": (
        "{file} was refused by the License Server before and the device has not changed, so it is not sent "
        "again for {moving} of migration {migration}; remove it, and give the file that the license "
        "platform issues for the device information in the latest bundle (R16)",
        "{file} 此前已被 License Server 拒绝，且设备未变，因此不再为迁移 {migration} 的 {moving} 发送；请去"
        "掉该文件，并提供 License 管理平台按最新申请包中的设备信息签发的文件（R16）",
    ),
    "activation_file_not_sent": (
        "{file} is already installed (as {license_ids}) but was not sent by this journal, so it does not "
        "prove that {moving} of migration {migration} has arrived; if the file was issued for {moving}, "
        "give it in activation_files as a mapping of path and license_id (the license on the source), "
        "otherwise give the right file (R16)",
        "{file} 已安装（{license_ids}），但不是由本迁移记录发送的，不能证明迁移 {migration} 的 {moving} 已到"
        "达；若该文件是为 {moving} 签发的，请在 activation_files 中以 path 加 license_id（源端的授权）的映射"
        "给出，否则请提供正确的文件（R16）",
    ),
    "activation_file_older": (
        "{file} was issued at {issued_at}, before {moving} of migration {migration} was uninstalled on the "
        "source, so it does not prove that it has arrived; if the file was nevertheless issued for "
        "{moving}, give it in activation_files as a mapping of path and license_id (the license on the "
        "source), otherwise give the right file (R16)",
        "{file} 的签发时间为 {issued_at}，早于迁移 {migration} 的 {moving} 从源端卸载的时间，不能证明其已到"
        "达；若该文件确实是为 {moving} 签发的，请在 activation_files 中以 path 加 license_id（源端的授权）的"
        "映射给出，否则请提供正确的文件（R16）",
    ),
    "activation_file_other_device": (
        "{file} was issued for the device {found}, but migration {migration} requested it for {recorded}; "
        "if the file was nevertheless issued for {moving}, give it in activation_files as a mapping of path "
        "and license_id (the license on the source), otherwise give the right file (R16)",
        "{file} 是为设备 {found} 签发的，但迁移 {migration} 申请的设备为 {recorded}；若该文件确实是为 "
        "{moving} 签发的，请在 activation_files 中以 path 加 license_id（源端的授权）的映射给出，否则请提供"
        "正确的文件（R16）",
    ),
}
