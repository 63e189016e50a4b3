# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of the report formats: text, page and policy tests."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    # The report
    "report_waived": ("{n} waived", "{n} 项已豁免"),
    "report_name_grant": ("grant {id}", "授权函 {id}"),
    "report_name_license_server": ("License Server {id}", "License Server {id}"),
    "report_waiver_expiring": (
        "waiver {id} for {check} ends on {until}; findings that it waives: {n}",
        "针对 {check} 的豁免 {id} 将于 {until} 结束，涉及 {n} 个问题",
    ),
    "report_waiver_expired": (
        "waiver {id} for {check} ended on {until}; remove or renew it",
        "针对 {check} 的豁免 {id} 已于 {until} 结束；请删除或续期",
    ),
    "report_waiver_unused": (
        "waiver {id} for {check} covers no finding; remove it or correct its scope",
        "针对 {check} 的豁免 {id} 未覆盖任何问题；请删除或更正其范围",
    ),
    "report_jinja": (
        "the html report requires the Python library jinja2, which cannot be imported ({reason}); reinstall "
        "ansible-core, which depends on it",
        "html 报告需要 Python 库 jinja2，但无法导入（{reason}）；请重新安装依赖该库的 ansible-core",
    ),
    # Below a finding of the report
    "report_more_findings": (
        "… and {n} more findings; the complete result lists all of them",
        "……另有 {n} 个问题；完整结果列出全部问题",
    ),
    # The page
    "page_title": ("License compliance", "授权合规报告"),
    "page_judged": ("Judged as of {at}", "判定时间 {at}"),
    "page_policies": ("Policies", "策略"),
    "page_systems": ("Systems", "系统"),
    "page_findings": ("Findings", "问题"),
    "page_stopped": ("Blocked", "被阻止"),
    "page_warnings": ("Warnings", "警告"),
    "page_waivers": ("Waivers", "豁免"),
    "page_rule": ("Rule", "规则"),
    "page_verdict": ("Verdict", "结论"),
    "page_what": ("What is wrong", "问题描述"),
    "page_fact": ("Fact", "事实"),
    "page_expected": ("expected", "应为"),
    "page_actual": ("found", "实际"),
    "page_remedy": ("What to do", "处理办法"),
    "page_place": ("Defined in", "定义位置"),
    "page_decision": ("Decision", "结论"),
    "page_passed": ("{n} passed", "通过 {n} 项"),
    "page_nothing": ("No findings.", "未发现问题。"),
    "page_digests": ("SHA-256 of the inputs", "输入内容的 SHA-256"),
    "page_inputs": ("{name}: {digest}", "{name}：{digest}"),
    "page_state": ("State", "状态"),
    "page_until": ("Until", "截止"),
    "page_hosts": ("read from {hosts}", "来自 {hosts}"),
    "verdict_pass": ("passed", "通过"),
    "verdict_fail": ("failed", "不符合"),
    "verdict_unknown": ("not known", "未知"),
    "verdict_error": ("error", "错误"),
    "verdict_waived": ("waived", "已豁免"),
    "effect_block": ("blocks", "阻止"),
    "effect_warn": ("warns", "警告"),
    "effect_record": ("recorded", "记录"),
    # Policy tests
    "policy_test_summary": (
        "{id} {version}: {tests} tests with {expectations} expectations, {failed} failed; coverage "
        "{coverage} % ({shown} of {wanted} verdicts of {checks} rules and pools); mutation score {mutation} "
        "% ({noticed} of {total} mutants detected)",
        "{id} {version}：{tests} 个测试，{expectations} 项预期，{failed} 项失败；覆盖率 {coverage} "
        "%（{checks} 条规则和资源池的 {wanted} 种结论中覆盖 {shown} 种）；变异得分 {mutation} %（{total} "
        "个变异中检出 {noticed} 个）",
    ),
    "policy_test_failed": (
        'failed {place} "{name}": {aspect} of {check} must be {expected}; got {actual}',
        "失败 {place}「{name}」：{check} 的 {aspect} 应为 {expected}，实际为 {actual}",
    ),
    "policy_test_missing": ("not covered {check}: {verdicts}", "未覆盖 {check}：{verdicts}"),
    "policy_test_survived": ("not detected {place} {check} {what}", "未检出 {place} {check} {what}"),
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
    "report_not_usphere": (
        "licenses of other products, which count nowhere: {products}",
        "其他产品的授权，不计入：{products}",
    ),
    "report_no_facts": (
        "there are no facts of this host ({reason}); run vms_facts for it",
        "没有该主机的事实（{reason}）；请对其运行 vms_facts",
    ),
    "report_findings": ("{n} findings", "{n} 个问题"),
    "report_finding": ("{n} finding", "{n} 个问题"),
    "report_warnings": ("{n} warnings", "{n} 项警告"),
    "report_warning": ("{n} warning", "{n} 项警告"),
    "report_rules": ("{n} rules", "{n} 条规则"),
    "report_rule": ("{n} rule", "{n} 条规则"),
    "report_pools": ("{n} pools", "{n} 个资源池"),
    "report_pool": ("{n} pool", "{n} 个资源池"),
    "report_undecided": ("{n} undecided", "{n} 项无法判定"),
    "report_more": (
        "… and {n} more systems, {blocked} of them blocked; the complete result lists all of them",
        "……另有 {n} 个系统，其中 {blocked} 个被阻止；完整结果列出全部系统",
    ),
    "report_warn_prefix": ("warning: {text}", "警告：{text}"),
    "report_unknown_prefix": ("not known: {text}", "未知：{text}"),
    "report_gap": ("{pointer} ({reason})", "{pointer}（{reason}）"),
    # The result of one host
    "host_title": ("{decision} ({counts})", "{decision}（{counts}）"),
    "host_line": ("{pointer}: {text}", "{pointer}：{text}"),
    "host_place": ("{text} ({places})", "{text}（{places}）"),
    "host_rule": ("{text} ({rules}, {places})", "{text}（{rules}，{places}）"),
    "host_unknown": ("{pointer} is not known ({reason})", "{pointer} 未知（{reason}）"),
    "host_own": (
        "{own} is not known ({reason}); the FactMap {map} reads from it: {pointers}",
        "{own} 未知（{reason}）；映射 {map} 由其读取：{pointers}",
    ),
    "host_waiting": ("these values decide {rules} ({places})", "这些值决定 {rules}（{places}）"),
    "host_no_facts": (
        "there are no facts of this host ({reason}); state them with the option facts, or read them first",
        "没有该主机的事实（{reason}）；请用 facts 选项给出，或先读取",
    ),
}
