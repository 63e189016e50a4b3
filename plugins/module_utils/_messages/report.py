# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of written reports, of policy tests and of what other engines read: code → (English, Chinese)."""

from __future__ import annotations

from typing import Dict, Tuple

MESSAGES: Dict[str, Tuple[str, str]] = {
    "report_format": (
        "the format of a report is one of {expected}; {value} came",
        "报告格式应为 {expected} 之一，实际为 {value}",
    ),
    "report_input": (
        "a ComplianceResult, as the gate returns it in result, was expected; {problem} at {pointer}",
        "应为合规检查在 result 中返回的 ComplianceResult；{pointer} 处：{problem}",
    ),
    "report_jinja": (
        "the html report needs the Python library jinja2, which comes with ansible-core ({reason})",
        "html 报告需要随 ansible-core 安装的 Python 库 jinja2（{reason}）",
    ),
    "report_unwritten": (
        "the report {path} could not be written: {reason}",
        "报告 {path} 无法写入：{reason}",
    ),
    "report_written": ("license report written: {paths}", "已写入授权报告：{paths}"),
    "report_suffix": (
        "the file name {path} does not say its format; end it in one of {expected}",
        "文件名 {path} 未说明格式，请使用以下后缀之一：{expected}",
    ),
    # Below a finding of the report
    "report_more_findings": (
        "… and {n} more findings; the whole result holds them all",
        "……另有 {n} 项发现；完整结果包含全部",
    ),
    "detail_values": ("expected: {expected}; found: {actual}", "应为：{expected}；实际：{actual}"),
    "detail_rule": ("rule: {rule} ({severity}), {place}", "规则：{rule}（{severity}），{place}"),
    "detail_remedy": ("what to do: {text}", "处理办法：{text}"),
    # The page
    "page_title": ("License compliance", "授权合规报告"),
    "page_judged": ("Judged as of {at}", "判定时间 {at}"),
    "page_policies": ("Policies", "策略"),
    "page_systems": ("Systems", "系统"),
    "page_findings": ("Findings", "发现"),
    "page_stopped": ("Stopped", "被阻止"),
    "page_warnings": ("Warnings", "警告"),
    "page_waivers": ("Waivers", "豁免"),
    "page_rule": ("Rule", "规则"),
    "page_verdict": ("Verdict", "结论"),
    "page_effect": ("Effect", "作用"),
    "page_severity": ("Severity", "严重程度"),
    "page_what": ("What is wrong", "问题"),
    "page_fact": ("Fact", "事实"),
    "page_expected": ("expected", "应为"),
    "page_actual": ("found", "实际"),
    "page_remedy": ("What to do", "处理办法"),
    "page_place": ("Stands in", "所在位置"),
    "page_decision": ("Decision", "结论"),
    "page_passed": ("{n} passed", "通过 {n} 项"),
    "page_nothing": ("Nothing is wrong here.", "未发现问题。"),
    "page_digests": ("SHA-256 of what was put in", "输入内容的 SHA-256"),
    "page_inputs": ("{name}: {digest}", "{name}：{digest}"),
    "page_state": ("State", "状态"),
    "page_until": ("Until", "截止"),
    "page_hosts": ("read from {hosts}", "来自 {hosts}"),
    "verdict_pass": ("passed", "通过"),
    "verdict_fail": ("failed", "不符合"),
    "verdict_unknown": ("not known", "未知"),
    "verdict_error": ("error", "错误"),
    "verdict_waived": ("waived", "已豁免"),
    "effect_block": ("stops", "阻止"),
    "effect_warn": ("warns", "警告"),
    "effect_record": ("recorded", "记录"),
    "severity_critical": ("critical", "严重"),
    "severity_high": ("high", "高"),
    "severity_medium": ("medium", "中"),
    "severity_low": ("low", "低"),
    "severity_info": ("info", "提示"),
    # Policy tests
    "policy_test_summary": (
        "{id} {version}: {tests} tests with {expectations} expectations, {failed} failed; "
        "coverage {coverage} % ({shown} of {wanted} verdicts of {checks} rules and pools); "
        "mutation {mutation} % ({noticed} of {total} noticed)",
        "{id} {version}：{tests} 个测试，{expectations} 项预期，{failed} 项失败；"
        "覆盖率 {coverage} %（{checks} 条规则和资源池的 {wanted} 种结论中覆盖 {shown} 种）；"
        "变异得分 {mutation} %（{total} 个变异中发现 {noticed} 个）",
    ),
    "policy_test_failed": (
        'failed {place} "{name}": {aspect} of {check} should be {expected} and is {actual}',
        "失败 {place}「{name}」：{check} 的 {aspect} 应为 {expected}，实际为 {actual}",
    ),
    "policy_test_missing": ("not shown {check}: {verdicts}", "未覆盖 {check}：{verdicts}"),
    "policy_test_survived": ("not noticed {place} {check} {what}", "未发现 {place} {check} {what}"),
}
