# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the journal of migrations."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "journal_missing": (
        "the journal directory {path} does not exist; set journal to the directory that the "
        "license_migration tasks use",
        "迁移记录目录 {path} 不存在；请指定 license_migration 任务所用的 journal 目录",
    ),
    "journal_unusable": (
        "journal must be a writable directory; got {path} ({reason}); nothing was sent; correct its path or "
        "permissions",
        "journal 应为可写目录，实际为 {path}（{reason}）；未发送任何内容；请更正其路径或权限",
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
        "{path} was written by a newer release of this collection ({reason}); use that release",
        "{path} 由本集合的更新版本写入（{reason}）；请使用该版本",
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
