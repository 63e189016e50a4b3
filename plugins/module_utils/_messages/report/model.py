# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about compliance results and purchase plans in reports."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "report_input": (
        "the input must be a ComplianceResult, the result of the compliance check; got {problem} at "
        "{pointer}",
        "输入应为合规检查的结果 ComplianceResult，{pointer} 处实际为 {problem}",
    ),
    "detail_values": ("expected: {expected}; found: {actual}", "应为：{expected}；实际：{actual}"),
    "detail_rule": ("rule: {rule} ({severity}), {place}", "规则：{rule}（{severity}），{place}"),
    "detail_remedy": ("what to do: {text}", "处理办法：{text}"),
    "report_plan": ("→ plan: {steps}", "→ 方案：{steps}"),
    "report_plan_then": ("{first}, then, {condition}, {second}", "{first}；然后，{condition}，{second}"),
    "report_plan_condition": ("after the license expiry on {at}", "待 {at} 到期的授权失效后"),
    "report_plan_condition_reconnect": (
        "once the temporary license has expired ({at}) and VMS has reconnected",
        "待临时授权到期（{at}）且 VMS 重新连接后",
    ),
    "report_plan_line": ("{quantity} × {product}{note}", "{product} {quantity} 个{note}"),
    "report_plan_missing": ("{n} missing now", "现缺 {n} 个"),
    "report_plan_lapsing": ("{n} expiring", "即将到期 {n} 个"),
    "report_plan_srm": (
        "{product} for {quantity} protected VMs{note}",
        "{product}（{quantity} 个受保护的虚拟机）{note}",
    ),
    "report_plan_vm": ("{product} for {quantity} VMs{note}", "{product}（{quantity} 个虚拟机）{note}"),
    "report_plan_host": ("{product} for {quantity} machines{note}", "{product}（{quantity} 台主机）{note}"),
    "override_active": (
        "OVERRIDE: {approver} allowed this run to continue until {until} (ticket {ticket}); its decision is "
        "still: {decision}",
        "已启用紧急放行：{approver} 允许本次运行在 {until} 前继续（工单 {ticket}）；判定仍为：{decision}",
    ),
    "coverage_not_judged": (
        "not judged: {names} ({n} named by entitlements or a License Server); add them to the inventory, or "
        "exclude them with coverage_exclude",
        "未检查：{names}（购买凭据或 License Server 列出的系统，共 {n} 个）；请将其加入清单，或通过 "
        "coverage_exclude 排除",
    ),
    "coverage_excluded": ("excluded: {names}", "已排除：{names}"),
    "coverage_reason": ("{name} ({reason})", "{name}（{reason}）"),
    "coverage_unused": (
        "coverage_exclude names systems that are judged or that nothing names: {names}; correct or remove "
        "them",
        "coverage_exclude 中的以下系统已被检查或不存在：{names}；请更正或删除",
    ),
    "report_comma": (", ", "，"),
    "report_note": (" ({text})", "（{text}）"),
    "report_plan_packs": ("packs {packs}", "规格包 {packs}"),
    "report_plan_and": (" and ", "和"),
    "report_plan_note": ("not solved by a purchase: {text}", "购买无法解决：{text}"),
    "report_plan_unknown": ("the plan is incomplete, not known: {facts}", "方案不完整，未知：{facts}"),
    "severity_critical": ("critical", "严重"),
    "severity_high": ("high", "高"),
    "severity_medium": ("medium", "中"),
    "severity_low": ("low", "低"),
    "severity_info": ("info", "提示"),
}
