# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about evaluating hosts: options, scope of a run, slices and comparisons."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "catalog_term": (
        "the term must be a product, feature, scheme or upgrade of the catalog; got {term} (R27)",
        "查询项应为目录中的产品、特性、方案或升级版授权，实际为 {term}（R27）",
    ),
    "catalog_arch": (
        "arch must be one of {expected}; got {value}",
        "arch 应为 {expected} 之一，实际为 {value}",
    ),
    "gate_batch": (
        "the decision covers a batch of {n} of {total} hosts (serial); each batch is decided separately",
        "本次仅判定 {total} 台主机中的一批 {n} 台（serial），每批单独判定",
    ),
    "gate_limit": (
        "the decision covers only the {n} hosts of --limit {limit}",
        "本次仅判定 --limit {limit} 的 {n} 台主机",
    ),
    "gate_blocked": (
        "{n} of {total} hosts must not go on: {hosts}; decision: {decision}",
        "{total} 台主机中有 {n} 台不得继续：{hosts}；判定：{decision}",
    ),
    "gate_blocked_more": (
        "{n} of {total} hosts must not go on: {hosts} and {more} more; decision: {decision}",
        "{total} 台主机中有 {n} 台不得继续：{hosts} 等（另有 {more} 台）；判定：{decision}",
    ),
    "report_lines_more": (
        "{n} more lines of the report are only in the result",
        "报告另有 {n} 行，仅见于结果",
    ),
    "errors_more": ("{n} more errors; fix these first", "另有 {n} 个错误；请先修正以上错误"),
    "result_large": (
        "the result has {size} kB, more than the {limit} kB that a task returns; it is in {path} until this"
        " run ends; set result_file to keep it",
        "结果为 {size} kB，超过任务返回的上限 {limit} kB；在本次运行结束前位于 {path}；"
        "如需保留，请设置 result_file",
    ),
    "condition_differs": (
        "the condition of this check (when: {condition}) does not hold for {hosts}, but the check runs once"
        " for all hosts of the play; make a group of the hosts to check and set it as hosts of the play",
        "该检查的条件（when：{condition}）对 {hosts} 不成立，但检查对整个 play 只执行一次；"
        "请把要检查的主机编为一组，并作为 play 的 hosts",
    ),
    # Options of the compliance check
    "input_empty": (
        "{name} is empty; give it a value, or leave the option out",
        "{name} 为空；请赋值，或不设置该选项",
    ),
    "as_of_invalid": (
        "as_of must be a time in ISO 8601 such as 2026-11-24T08:00:00Z; got {value}",
        "as_of 应为 ISO 8601 时间，例如 2026-11-24T08:00:00Z，实际为 {value}",
    ),
    "baseline_days": (
        "days must be a whole number from 1 to {most}; got {value}",
        "days 应为 1 到 {most} 的整数，实际为 {value}",
    ),
    "baseline_text": (
        "{name} must be text; got {value}. State who accepts the findings, under which ticket, and why",
        "{name} 应为文本，实际为 {value}。请写明由谁、依据哪个工单、出于什么原因接受这些问题",
    ),
    "override_type": (
        "override must be a mapping with ticket, approver and until; got {value}",
        "override 应为包含 ticket、approver 和 until 的映射，实际为 {value}",
    ),
    "override_key": (
        "override has only the keys ticket, approver and until; got {key}",
        "override 只有 ticket、approver 和 until 三个键，实际有 {key}",
    ),
    "override_text": (
        "{key} of the override must be text of at most 256 characters; got {value}",
        "override 的 {key} 应为不超过 256 个字符的文本，实际为 {value}",
    ),
    "override_until": (
        "until of the override must be a time with its zone such as 2026-11-24T20:00:00Z; got {value}",
        "override 的 until 应为带时区的时间，例如 2026-11-24T20:00:00Z，实际为 {value}",
    ),
    "override_over": (
        "the override ended at {value}; correct what the report names, or have a new one approved",
        "override 已于 {value} 结束；请处理报告列出的问题，或重新申请批准",
    ),
    "override_long": (
        "the override ends at {value}, more than 24 hours from now; accept findings for longer with a waiver",
        "override 于 {value} 结束，距今超过 24 小时；更长时间的豁免请使用 waivers",
    ),
    "max_age_invalid": (
        "max_age must be hours or days such as 36h or 2d, at least 1h, or never; got {value}",
        "max_age 应为小时数或天数，例如 36h 或 2d，至少 1h，或 never，实际为 {value}",
    ),
    "horizon_invalid": (
        "{name} must be a number of days such as 30d, from 1 to 36500; got {value}",
        "{name} 应为 1 到 36500 的天数，例如 30d，实际为 {value}",
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
    "coverage_invalid": (
        "coverage must be report or required; got {value}",
        "coverage 应为 report 或 required，实际为 {value}",
    ),
    "coverage_exclude_invalid": (
        "coverage_exclude must be a list of systems, each once with its name and the reason, such as "
        "{{name: lab, reason: not in production}}; got {value}",
        "coverage_exclude 应为系统列表，每个系统列出一次，包含 name 和 reason，例如 "
        "{{name: lab, reason: 非生产}}，实际为 {value}",
    ),
    "coverage_exclude_key": (
        "coverage_exclude has the unknown key {key}; use name and reason",
        "coverage_exclude 含有未知的键 {key}；请使用 name 和 reason",
    ),
    "version_input": (
        "the input must be a version such as E0760P03; got {value} (R28)",
        "应为 E0760P03 之类的版本，实际为 {value}（R28）",
    ),
    "version_incomparable": (
        "{value} cannot be compared with the range {range}, because the numbers are equal and the letters "
        "differ; use the same letter in both (R28)",
        "{value} 无法与范围 {range} 比较：数字相同而字母不同；请使用相同的字母（R28）",
    ),
    # The complete run
    "run_without_hosts": (
        "there is no host to check, so compliance cannot be confirmed; check hosts of the play",
        "没有可检查的主机，无法判定合规；请检查 play 的 hosts",
    ),
    "run_nothing_applies": (
        "no rule and no pool applies to any of the hosts, so compliance cannot be confirmed; check the "
        "policy and the facts",
        "没有任何规则或资源池适用于这些主机，无法判定合规；请检查策略和事实",
    ),
    "gate_summary": ("hosts checked: {n}, decision: {decision}", "已检查主机 {n} 台：{decision}"),
    "slices_differ": (
        "the slices must be of one run, but {what} is {left} in one and {right} in another; create all "
        "slices with the same settings",
        "各分片应属于同一次运行，但 {what} 分别为 {left} 和 {right}；请以相同设置重新生成所有分片",
    ),
    "slices_none": (
        "there is no slice to merge, so compliance cannot be confirmed; pass at least one slice",
        "没有可合并的分片，无法判定合规；请至少提供一个",
    ),
    "slice_invalid": (
        "the slice is not valid ({reason}); pass only slices that Partial.to_json wrote",
        "分片无效（{reason}）；请只使用 Partial.to_json 写出的分片",
    ),
    "result_expected": (
        "{side} must be a ComplianceResult of this version; pass the result of license_compliance unchanged",
        "{side} 应为本版本的 ComplianceResult；请原样传入 license_compliance 的结果",
    ),
    "overlay_facts": (
        "facts must be a mapping from JSON pointers such as /hosts/0/cpu_sockets to values, or from systems "
        "to such mappings; got {value}",
        "facts 应为 JSON 指针（例如 /hosts/0/cpu_sockets）到值的映射，或系统到此类映射的映射，实际为 {value}",
    ),
    "overlay_bought": (
        "a purchase must have product and arch of the catalog and a quantity of at least 1; got {value}",
        "采购项应包含目录中的 product 和 arch，且 quantity 不小于 1，实际为 {value}",
    ),
    "overlay_system": (
        "the system {system} is not among the given systems; correct its name, or pass its facts",
        "系统 {system} 不在传入的系统之中；请更正名称，或传入其事实",
    ),
}
