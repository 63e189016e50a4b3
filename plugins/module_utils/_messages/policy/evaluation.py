# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about evaluating a fleet."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "catalog_term": (
        "a product, feature, scheme or upgrade of the catalogue is expected (R27); {term} came",
        "应为目录中的产品、功能、方案或升级授权（R27），实际为 {term}",
    ),
    "catalog_arch": (
        "arch is one of {expected}; {value} came",
        "arch 应为 {expected} 之一，实际为 {value}",
    ),
    "gate_batch": (
        "decided for a batch of {n} of {total} hosts (serial); each batch is decided for itself",
        "仅针对 {total} 台主机中的一批 {n} 台作出判定（serial），每批单独判定",
    ),
    "gate_limit": (
        "decided for the {n} hosts of --limit {limit} only",
        "仅针对 --limit {limit} 的 {n} 台主机作出判定",
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
    "gate_summary": ("hosts checked: {n}, decision: {decision}", "已检查主机 {n} 台：{decision}"),
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
