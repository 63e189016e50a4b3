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
        "{lock} is held by process {pid} on {host} ({what}, since {since}) and was not given free within "
        "{seconds} seconds; nothing was read or changed, so let that run end and run again, or raise "
        "lock_timeout",
        "{lock} 正由主机 {host} 上的进程 {pid} 占用（{what}，自 {since}），{seconds} 秒内未释放；未读取或"
        "更改任何内容，请等待该任务结束后重新执行，或增大 lock_timeout",
    ),
    "lock_unusable": (
        "{lock} cannot be locked through {path} ({reason}); nothing was changed, so name a folder that can "
        "be written to and whose file system knows locks",
        "无法通过 {path} 锁定 {lock}（{reason}）；未作任何更改，请指定可写且文件系统支持文件锁的目录",
    ),
}

MESSAGES: Sentences = {**_LOCKS}
