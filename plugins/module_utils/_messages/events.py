# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the event source license_expiry."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "event_lapse": (
        "{subject}: the {kind} license {id} for {quantity} of {product} expires on {at}, in {days} days "
        "(R17)",
        "{subject}：授权 {id}（{kind}，{product} {quantity} 个）将于 {at} 到期，剩余 {days} 天（R17）",
    ),
    "event_lapsed": (
        "{subject}: the {kind} license {id} for {quantity} of {product} expired on {at} (R17; days left: "
        "{days})",
        "{subject}：授权 {id}（{kind}，{product} {quantity} 个）已于 {at} 到期（R17），剩余天数：{days}",
    ),
    "event_totals_lapse": (
        "{subject}: VMS reports that its licenses expire on {at}, in {days} days; which of them is not known",
        "{subject}：VMS 报告其授权将于 {at} 到期，剩余 {days} 天；具体是哪一项未知",
    ),
    "event_totals_lapsed": (
        "{subject}: VMS reports that its licenses expired on {at} (days left: {days}); which of them is not "
        "known",
        "{subject}：VMS 报告其授权已于 {at} 到期，剩余天数：{days}；具体是哪一项未知",
    ),
    "event_login_interrupted": (
        "VMS then refuses every login until it fetches its licenses again (R20)",
        "届时 VMS 将拒绝所有登录，直至重新获取授权（R20）",
    ),
    "event_sockets_missing": (
        "{missing} CPU sockets are then without a license (R31)",
        "届时将有 {missing} 个物理 CPU 没有授权（R31）",
    ),
    "event_then_unknown": ("the effect on {names} is not known", "其对 {names} 的影响未知"),
    "event_login_refused": (
        "{subject} refuses every login because a license expired; connect VMS to its License Server again "
        "(R20)",
        "{subject} 因授权到期而拒绝所有登录；请让 VMS 重新连接 License Server（R20）",
    ),
    "event_end_unknown": (
        "{subject}: the end of the {kind} license {id} for {quantity} of {product} is not known ({reason}), "
        "so its expiry will occur without an event",
        "{subject}：授权 {id}（{kind}，{product} {quantity} 个）的到期时间未知（{reason}），无法提前告警",
    ),
    "event_licenses_unknown": (
        "{subject}: the list of licenses is incomplete ({reason}), so an expiry may occur without an event; "
        "set the License Server of the system, or a profile that can list its licenses",
        "{subject}：授权清单不完整（{reason}），授权到期前可能没有告警；请指定其 License Server，或能列出授"
        "权的接口配置（profile）",
    ),
    "event_unread": (
        "{subject} could not be read, so an expiry there may occur without an event: {problem}",
        "未能读取 {subject}，其授权到期前可能没有告警：{problem}",
    ),
    "event_option_unknown": (
        "license_expiry has no option {option}; use one of {expected}",
        "license_expiry 没有选项 {option}；请使用 {expected} 之一",
    ),
    "event_option_missing": (
        "license_expiry requires the option {option}; set it",
        "license_expiry 缺少必需的选项 {option}；请设置",
    ),
    "event_option_type": (
        "{option} of license_expiry must be {expected}; got {got}",
        "license_expiry 的 {option} 应为 {expected}，实际为 {got}",
    ),
    "event_option_text": (
        "{option} of license_expiry must be text; got {got}. ansible-rulebook converts a template result of "
        "digits to a number; write the text itself, or set the environment variable {variable}",
        "license_expiry 的 {option} 应为文本，实际为 {got}。ansible-rulebook "
        "会把仅含数字的模板结果转换为数值；请直接写出文本，或设置环境变量 {variable}",
    ),
    "event_nothing_to_read": (
        "license_expiry has nothing to read; set at least one of systems, license_servers and facts_files",
        "license_expiry 没有可读取的对象；请至少设置 systems、license_servers、facts_files 之一",
    ),
    "event_name": (
        "the name of a system must consist of letters, digits, dots, dashes and underscores; got {name}",
        "系统名称应由字母、数字、点、短横线和下划线组成，实际为 {name}",
    ),
    "event_name_twice": (
        "{name} is listed twice in {option}; list each name once",
        "{option} 中的 {name} 出现了两次；每个名称只能出现一次",
    ),
    "event_file_empty": (
        "{path} contains no facts; write the facts of a system, or remove the file",
        "{path} 中没有事实；请写入系统的事实，或删除该文件",
    ),
    "event_file_kind": (
        "{path} must contain HostFacts, a result of vms_facts or a result of license_info; got {kind}",
        "{path} 的内容应为 HostFacts、vms_facts 的结果或 license_info 的结果，实际为 {kind}",
    ),
    "event_files_none": (
        "no file matches {pattern}; write the facts of at least one system there",
        "没有文件与 {pattern} 匹配；请在该处写入至少一个系统的事实",
    ),
    "event_clock_unread": (
        "the clock of the License Server of {subject} could not be read; set clock to controller",
        "未能读取 {subject} 的 License Server 时钟；请将 clock 设为 controller",
    ),
    "event_state_unreadable": (
        "the state file {path} cannot be used ({reason}), and without it every event would be sent again; "
        "fix or remove it",
        "无法使用状态文件 {path}（{reason}），没有它会重发所有事件；请修复或删除该文件",
    ),
    "event_state_unwritten": (
        "the state file {path} could not be written ({reason}), so events would be sent again after a "
        "restart; make it writable",
        "无法写入状态文件 {path}（{reason}），重启后将重发事件；请使其可写",
    ),
}
