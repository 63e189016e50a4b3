# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences of facts, of a run, its findings and its report in text: code → (English, Chinese)."""

from __future__ import annotations

from typing import Dict, Tuple

MESSAGES: Dict[str, Tuple[str, str]] = {
    # Facts
    "facts_undefined": (
        "the facts are undefined at {pointer}; run vms_facts first or correct the variable",
        "事实在 {pointer} 处未定义，请先运行 vms_facts 或更正变量",
    ),
    "facts_value": (
        "{pointer} must be plain data; got a value of type {type}; correct the variable",
        "{pointer} 应为普通数据，实际为 {type} 类型的值；请更正变量",
    ),
    "facts_key": (
        "the facts have the key {key} at {pointer}; keys must be text; correct the variable",
        "事实在 {pointer} 处含有键 {key}，键必须是文本；请更正变量",
    ),
    "facts_number_size": ("the number at {pointer} is too large for a fact", "{pointer} 处的数值过大"),
    "facts_not_finite": (
        "the number at {pointer} is not finite (NaN or Infinity)",
        "{pointer} 处的数不是有限的数（NaN 或 Infinity）",
    ),
    "facts_too_deep": (
        "the facts are nested deeper than {limit} levels below {pointer}",
        "事实在 {pointer} 之下嵌套超过 {limit} 层",
    ),
    "facts_root": (
        "{pointer} must be a mapping such as {example}; got {value}. Correct it, or read the facts again "
        "with vms_facts",
        "{pointer} 必须是映射，例如 {example}，实际为 {value}。请更正，或用 vms_facts 重新读取事实",
    ),
    "facts_subject_kind": (
        "{pointer} must be system or node; got {value}. Correct it, or leave it out for a system",
        "{pointer} 必须为 system 或 node，实际为 {value}。请更正；若为系统，可省略",
    ),
    "facts_subject_id": (
        "{pointer} must be the name of a system, 1 to {limit} characters; got {value}. Correct it, or leave "
        "it out for the host itself",
        "{pointer} 必须是系统的名称，长度为 1 到 {limit} 个字符，实际为 {value}。请更正；若为主机自身可省略",
    ),
    "facts_other_host": (
        "the facts of {host} are about {subject}, which is another host of the inventory; {host} itself "
        "has not been read",
        "主机 {host} 的事实属于 {subject}，而后者是清单中的另一台主机；{host} 本身尚未读取",
    ),
    "facts_shared": (
        "the facts of {host} are the same as those of {subject}, and do not say which of the two was read",
        "主机 {host} 的事实与 {subject} 的完全相同，且未说明读取的是哪一台",
    ),
    "facts_other_host_remedy": (
        "Read the facts on {host} itself: with run_once every host gets those of the first one. Where {host} "
        "and {subject} are one hot-standby pair, set the host variable usphere_system to the same name on "
        "both.",
        "请在 {host} 上读取其自身的事实：使用 run_once 时，所有主机得到的都是第一台主机的事实。"
        "若 {host} 与 {subject} 是一对双机热备，请在两台主机上把主机变量 usphere_system 设为同一名称。",
    ),
    "facts_subject": (
        "the facts do not say which system they are about; set subject.id, or name the system with host",
        "事实未说明所属系统，请设置 subject.id 或用 host 指定系统",
    ),
    "facts_input": (
        "the input must be HostFacts, a list of them or a mapping from host to them; got {type}",
        "输入应为 HostFacts、其列表或主机到 HostFacts 的映射，实际为 {type}",
    ),
    # Options of the gate
    "as_of_invalid": (
        "as_of must be a time in ISO 8601 such as 2026-11-24T08:00:00Z; got {value}",
        "as_of 应为 ISO 8601 时间，例如 2026-11-24T08:00:00Z，实际为 {value}",
    ),
    "horizon_invalid": (
        "horizon must be a number of days such as 30d, at least 1; got {value}",
        "horizon 应为天数，例如 30d，至少为 1，实际为 {value}",
    ),
    "fail_on_invalid": (
        "fail_on must contain error and non_compliant (undetermined may be left out); got {value}",
        "fail_on 必须包含 error 和 non_compliant（可去掉 undetermined），实际为 {value}",
    ),
    "host_invalid": (
        "host must be the name of a host; got {value}. Give it as text, such as inventory_hostname",
        "host 必须是主机名，实际为 {value}。请以文本给出，例如 inventory_hostname",
    ),
    "expected_hosts_invalid": (
        "expected_hosts must be a list of host names; got {value}. Give them as text, such as groups['vms']",
        "expected_hosts 必须是主机名列表，实际为 {value}。请以文本给出，例如 groups['vms']",
    ),
    "language_invalid": (
        "language must be en or zh; got {value}",
        "language 应为 en 或 zh，实际为 {value}",
    ),
    "detail_invalid": (
        "detail must be true or false; got {value}",
        "detail 应为 true 或 false，实际为 {value}",
    ),
    "version_input": (
        "the input must be a version such as E0760P03; got {value} (R28)",
        "应为 E0760P03 之类的版本，实际为 {value}（R28）",
    ),
    "version_incomparable": (
        "{value} cannot be compared with the range {range}: equal numbers with different letters (R28)",
        "{value} 无法与范围 {range} 比较：数字相同而字母不同（R28）",
    ),
    # The run as a whole
    "run_without_hosts": (
        "the gate has no host to check, so nothing can comply; check the play's hosts",
        "合规检查没有可检查的主机，无法判定合规，请检查 play 的 hosts",
    ),
    "run_nothing_applies": (
        "no rule and no pool applies to any of the hosts, so nothing can comply; check policy and facts",
        "没有任何规则或资源池适用于这些主机，无法判定合规，请检查策略和事实",
    ),
    # Findings
    "finding_default": (
        "{pointer}: expected {expected}, found {actual}",
        "{pointer}：应为 {expected}，实际为 {actual}",
    ),
    "finding_unknown": (
        "cannot be decided, not known: {facts}",
        "无法判定，未知：{facts}",
    ),
    "finding_unread": ("{text}; {unread}", "{text}；{unread}"),
    "finding_unknown_remedy": (
        "Correct the values and keys that the finding calls wrong. What is missing: read it with "
        "vms_facts (licenses with its option license_server), or state what no interface reports in its "
        "option site.",
        "请更正上述有误的值和键；缺失的内容请用 vms_facts 读取（授权须使用其 license_server 选项），或在"
        "其 site 选项中说明接口未提供的内容。",
    ),
    "finding_default_remedy": (
        "Bring the system in line with the rule, or change the rule.",
        "请使系统符合该规则，或修改规则。",
    ),
    "finding_headroom": (
        "{supply} licensed, {demand} used ({unit}): less than {percent}% is left",
        "已授权 {supply}，已使用 {demand}（{unit}）：余量不足 {percent}%",
    ),
    "finding_pool": (
        "{demand} needed, {supply} licensed ({unit})",
        "需要 {demand}，已授权 {supply}（{unit}）",
    ),
    "word_unknown": ("unknown", "未知"),
    "word_never": ("never", "永久"),
    "word_none": ("none", "无"),
    "gate_summary": ("hosts checked: {n}, decision: {decision}", "已检查主机 {n} 台：{decision}"),
    "decision_error": ("error", "错误"),
    "decision_non_compliant": ("not compliant", "不合规"),
    "decision_undetermined": ("undetermined", "无法判定"),
    "decision_compliant": ("compliant", "合规"),
    "decision_not_applicable": ("no rule applies", "无适用规则"),
    # The report
    "report_non_compliant": ("{host}: NOT COMPLIANT ({count})", "{host}：不合规（{count}）"),
    "report_undetermined": ("{host}: UNDETERMINED ({count})", "{host}：无法判定（{count}）"),
    "report_error": ("{host}: ERROR ({count})", "{host}：错误（{count}）"),
    "report_compliant": ("{host}: compliant ({count})", "{host}：合规（{count}）"),
    "report_not_applicable": (
        "{host}: no rule applies ({count})",
        "{host}：无适用规则（{count}）",
    ),
    "report_no_facts": (
        "nothing is known about this host ({reason}): run vms_facts for it",
        "对该主机一无所知（{reason}），请对其运行 vms_facts",
    ),
    "report_findings": ("{n} findings", "{n} 项"),
    "report_finding": ("{n} finding", "{n} 项"),
    "report_warnings": ("{n} warnings", "{n} 项警告"),
    "report_warning": ("{n} warning", "{n} 项警告"),
    "report_rules": ("{n} rules", "{n} 条规则"),
    "report_rule": ("{n} rule", "{n} 条规则"),
    "report_pools": ("{n} pools", "{n} 个资源池"),
    "report_pool": ("{n} pool", "{n} 个资源池"),
    "report_undecided": ("{n} undecided", "{n} 项无法判定"),
    "report_more": (
        "… and {n} more systems: {blocked} of them stopped; the whole result holds them all",
        "……另有 {n} 个系统，其中 {blocked} 个被阻止；完整结果包含全部",
    ),
    "report_warn_prefix": ("warning: {text}", "警告：{text}"),
    "report_unknown_prefix": ("not known: {text}", "未知：{text}"),
    "report_plan": ("→ plan: {steps}", "→ 方案：{steps}"),
    "report_plan_then": ("{first}, then, {condition}, {second}", "{first}；然后，{condition}，{second}"),
    "report_plan_condition": (
        "once what lapses on {at} is gone",
        "待 {at} 到期的授权失效后",
    ),
    "report_plan_condition_reconnect": (
        "once the temporary one is gone ({at}) and VMS has reconnected",
        "待临时授权到期（{at}）且 VMS 重新连接后",
    ),
    "report_plan_line": ("{quantity} × {product}{note}", "{quantity} × {product}{note}"),
    "report_plan_missing": ("{n} missing now", "现缺 {n}"),
    "report_plan_lapsing": ("{n} that lapse", "即将到期 {n}"),
    "report_plan_srm": (
        "{product} for {quantity} protected VMs{note}",
        "{product}（{quantity} 个受保护 VM）{note}",
    ),
    "report_plan_vm": ("{product} for {quantity} VMs{note}", "{product}（{quantity} 个 VM）{note}"),
    "report_plan_host": ("{product} for {quantity} machines{note}", "{product}（{quantity} 台主机）{note}"),
    "report_comma": (", ", "，"),
    "report_note": (" ({text})", "（{text}）"),
    "report_gap": ("{pointer} ({reason})", "{pointer}（{reason}）"),
    "reason_absent": ("absent", "缺失"),
    "reason_empty": ("an empty list", "空列表"),
    "reason_null": ("null", "空值"),
    "reason_type": ("of the wrong type", "类型不符"),
    "reason_value": (
        "there, but cannot be read",
        "有值但无法识别",
    ),
    "reason_stale": ("stale", "已过期"),
    "reason_future": (
        "read after the time judged at",
        "读取时间晚于判定时间",
    ),
    "reason_unreachable": ("unreachable", "不可达"),
    "reason_gather_error": ("not readable", "读取失败"),
    "reason_login_refused": ("login refused", "登录被拒绝"),
    "reason_out_of_scope": ("out of scope", "超出范围"),
    "reason_slice_missing": ("slice missing", "分片缺失"),
    "report_plan_packs": ("packs {packs}", "规格包 {packs}"),
    "report_plan_and": (" and ", "和"),
    "report_plan_note": ("not settled by buying: {text}", "购买无法解决：{text}"),
    "report_plan_unknown": (
        "not everything can be planned, not known: {facts}",
        "无法完整制定方案，未知：{facts}",
    ),
    # Slices and comparisons
    "reason_conflict": ("reported differently", "多处上报不一致"),
    "finding_no_alternative": (
        "{pointer}: none of {n} alternatives holds; lacking: {alternatives}",
        "{pointer}：{n} 个可选条件均不满足；缺少：{alternatives}",
    ),
    "finding_too_many": (
        "{pointer}: exactly one of {n} alternatives has to hold, and these do: {holding}",
        "{pointer}：{n} 个可选条件须恰好满足一个，实际满足：{holding}",
    ),
    "finding_ahead": (
        "after the lapse on {at}: {demand} needed, {supply} licensed ({unit})",
        "{at} 授权到期后：需要 {demand}，已授权 {supply}（{unit}）",
    ),
    "slices_differ": (
        "the slices are not of one run: {what} is {left} in one and {right} in another; assess them alike",
        "各分片不属于同一次运行：{what} 分别为 {left} 和 {right}；请以相同设置重新评估",
    ),
    "slices_none": (
        "there is no slice to merge, so nothing can comply; hand over at least one",
        "没有可合并的分片，无法判定合规；请至少提供一个",
    ),
    "slice_invalid": (
        "this is no slice of a run ({reason}); write slices with Partial.to_json only",
        "这不是有效的分片（{reason}）；请只使用 Partial.to_json 写出的分片",
    ),
    "result_expected": (
        "the result {side} is no ComplianceResult of this version; hand over what license_compliance gave",
        "{side} 不是本版本的 ComplianceResult；请原样传入 license_compliance 的结果",
    ),
    "overlay_facts": (
        "other facts are values by JSON pointer (/hosts/0/cpu_sockets), or those by system; found {value}",
        "假设的事实须按 JSON 指针（/hosts/0/cpu_sockets）给出，或再按系统分组；实际为 {value}",
    ),
    "overlay_bought": (
        "what is bought needs product and arch of the catalog and a quantity of at least 1; found {value}",
        "假设的采购项须有目录中的 product 和 arch，且 quantity 不小于 1；实际为 {value}",
    ),
    "overlay_system": (
        "{system} is none of the systems that were handed over",
        "{system} 不在传入的系统之中",
    ),
}
