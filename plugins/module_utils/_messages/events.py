# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the event source license_expiry."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "event_lapse": (
        "{subject}: the {kind} license {id} for {quantity} of {product} lapses on {at}, in {days} days (R17)",
        "{subject}：授权 {id}（{kind}，{product} × {quantity}）将于 {at} 到期，剩余 {days} 天（R17）",
    ),
    "event_lapsed": (
        "{subject}: the {kind} license {id} for {quantity} of {product} lapsed on {at} (R17; days left: "
        "{days})",
        "{subject}：授权 {id}（{kind}，{product} × {quantity}）已于 {at} 到期（R17），剩余天数：{days}",
    ),
    "event_totals_lapse": (
        "{subject}: VMS reports that its licenses end on {at}, in {days} days; which of them is not known",
        "{subject}：VMS 报告其授权将于 {at} 到期，剩余 {days} 天；具体是哪一项未知",
    ),
    "event_totals_lapsed": (
        "{subject}: VMS reports that its licenses ended on {at} (days left: {days}); which of them is not "
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
    "event_then_unknown": (
        "what it does to {names} is not known",
        "其对 {names} 的影响未知",
    ),
    "event_login_refused": (
        "{subject} refuses every login because a license lapsed; let VMS connect to its License Server again "
        "(R20)",
        "{subject} 因授权到期而拒绝所有登录；请让 VMS 重新连接 License Server（R20）",
    ),
    "event_end_unknown": (
        "{subject}: nobody can say when the {kind} license {id} for {quantity} of {product} ends ({reason}); "
        "its lapse would come unannounced",
        "{subject}：无法得知授权 {id}（{kind}，{product} × {quantity}）的到期时间（{reason}）；"
        "其到期将没有预告",
    ),
    "event_licenses_unknown": (
        "{subject}: the list of licenses is not whole ({reason}), so a lapse may come unannounced; name the "
        "License Server that serves it, or a profile that can list its licenses",
        "{subject}：授权清单不完整（{reason}），授权到期可能没有预告；请指定其 License Server，"
        "或能列出授权的 profile",
    ),
    "event_unread": (
        "{subject} was not read, so a lapse there may come unannounced: {problem}",
        "未能读取 {subject}，其授权到期可能没有预告：{problem}",
    ),
    "event_option_unknown": (
        "license_expiry has no option {option}; expected one of {expected}",
        "license_expiry 没有选项 {option}，应为 {expected} 之一",
    ),
    "event_option_missing": (
        "license_expiry needs {option}, and it is not given",
        "license_expiry 需要 {option}，但未提供",
    ),
    "event_option_type": (
        "license_expiry expects {expected} as {option}; {got} came",
        "license_expiry 的 {option} 应为 {expected}，实际为 {got}",
    ),
    "event_option_text": (
        "license_expiry expects text as {option}; {got} came: ansible-rulebook makes a number of a template "
        "that gives digits; write the text itself, or set the environment variable {variable}",
        "license_expiry 的 {option} 应为文本，实际为 {got}：ansible-rulebook 会把仅含数字的模板结果变成数值；"
        "请直接写出文本，或设置环境变量 {variable}",
    ),
    "event_nothing_to_read": (
        "license_expiry has nothing to read; give at least one of systems, license_servers and facts_files",
        "license_expiry 没有可读取的对象；请至少提供 systems、license_servers、facts_files 之一",
    ),
    "event_name": (
        "{name} cannot name a system in an event: letters, digits, dots, dashes and underscores were "
        "expected",
        "{name} 不能作为事件中的系统名：应由字母、数字、点、连字符和下划线组成",
    ),
    "event_name_twice": (
        "{name} is named twice in {option}; each name has to be there once",
        "{option} 中的 {name} 出现了两次；每个名称只能出现一次",
    ),
    "event_file_kind": (
        "{path} holds {kind}; HostFacts, a result of vms_facts or a result of license_info was expected",
        "{path} 的内容是 {kind}；应为 HostFacts、vms_facts 的结果或 license_info 的结果",
    ),
    "event_files_none": (
        "no file matches {pattern}; facts of at least one system were expected there",
        "没有文件与 {pattern} 匹配；那里应有至少一个系统的事实",
    ),
    "event_clock_unread": (
        "{subject} was to be judged by its License Server's clock, which was not read; set clock to "
        "controller",
        "应按 {subject} 的 License Server 时钟判断，但未能读到该时钟；请将 clock 设为 controller",
    ),
    "event_state_unreadable": (
        "the state file {path} cannot be used ({reason}); without it every event would be sent again, so put "
        "it right or take it away",
        "无法使用状态文件 {path}（{reason}）；没有它会重发所有事件，请修复或移走该文件",
    ),
    "event_state_unwritten": (
        "the state file {path} could not be written ({reason}); after a restart events would be sent again",
        "状态文件 {path} 无法写入（{reason}）；重启后将重发事件",
    ),
}
