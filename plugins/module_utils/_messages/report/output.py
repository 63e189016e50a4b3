# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about writing reports."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "report_format": (
        "the format of a report must be one of {expected}; got {value}",
        "报告格式应为 {expected} 之一，实际为 {value}",
    ),
    "report_unwritten": (
        "the report {path} could not be written ({reason}); correct its path or permissions",
        "无法写入报告 {path}（{reason}）；请更正路径或权限",
    ),
    "report_written": ("license report written: {paths}", "已写入授权报告：{paths}"),
    "report_paths": (
        'paths must be a list of file names, such as a.html, b.xml or ["a, b.html"]; got {value}',
        'paths 应为文件名列表，例如 a.html, b.xml 或 ["a, b.html"]，实际为 {value}',
    ),
    "report_no_decision": (
        "the license check decided nothing in this run: {reason}",
        "本次运行的授权检查未作出判定：{reason}",
    ),
    "report_no_check": (
        "the run ended before the check",
        "运行在检查之前已结束",
    ),
    "report_skipped": (
        "the license check of task {task} was skipped, because its condition (when) is false for {host}, the "
        "first host, so no system was checked by it; these hosts continued: {hosts}. Use a group of the "
        "hosts to check in hosts: of the play, remove the condition, and continue with compliant_hosts",
        "任务 {task} 的授权检查被跳过：其条件（when）对第一台主机 {host} 不成立，"
        "因此未检查任何系统；"
        "以下主机仍继续执行：{hosts}。请在 play 的 hosts: 中使用待检查主机的组，去掉该条件，"
        "并仅对 compliant_hosts 继续",
    ),
    "report_censored": (
        "the result of task {task} is hidden by no_log, so there is no report of it; remove no_log from the "
        "task",
        "任务 {task} 的结果被 no_log 隐藏，因此没有报告；请去掉该任务的 no_log",
    ),
    "report_surplus": (
        "removed reports of an earlier run: {paths}",
        "已删除早先运行的报告：{paths}",
    ),
    "report_surplus_kept": (
        "these files are named like reports of this run but were not written by it: {paths}; remove them",
        "这些文件的名称与本次运行的报告相同，但并非本次写入：{paths}；请将其删除",
    ),
    "report_result_file": (
        "the result of task {task} is in {path}, which cannot be read: {reason}",
        "任务 {task} 的结果在 {path} 中，但无法读取：{reason}",
    ),
    "report_suffix": (
        "the format cannot be determined from the file name {path}; use one of the suffixes {expected}",
        "无法从文件名 {path} 判断格式；请使用以下后缀之一：{expected}",
    ),
}
