# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about checking one host per task."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "host_pool": (
        "host_compliance checks one host, but the policy has pools over several systems: {pools}; check the "
        "complete fleet with license_compliance",
        "host_compliance 只检查一台主机，但策略含有跨多个系统的资源池：{pools}；"
        "请用 license_compliance 检查全部系统",
    ),
    "host_map": (
        "host_compliance checks one host, but the FactMap {map} unites hosts with system; check the complete "
        "fleet with license_compliance",
        "host_compliance 只检查一台主机，但 FactMap {map} 用 system 合并多台主机；"
        "请用 license_compliance 检查全部系统",
    ),
    "host_facts_required": (
        "the schema names no facts at its top level; set the option facts",
        "该 schema 的顶层没有指明任何事实；请设置 facts 选项",
    ),
    "host_facts_open": (
        "{keyword} looks at all facts of the host, and its variables are never all of them; state all facts, "
        "in a task with the option facts",
        "{keyword} 检查主机的全部事实，而主机变量并非全部事实；请给出全部事实，在任务中使用 facts 选项",
    ),
    "facts_one_or_fleet": (
        "the mapping can be the facts of one host, or map host names to facts; set host to the name of the "
        "host, or check each host on its own",
        "该映射可能是一台主机的事实，也可能是主机名到事实的映射；请用 host 指定主机名，或逐台检查主机",
    ),
    "facts_own_words": (
        "the facts have no kind, so they are not HostFacts; if they are in your own words, set facts_map to "
        "the FactMap that reads them",
        "该事实没有 kind，不是 HostFacts；如果使用自己的字段名，请用 facts_map 指定读取它们的 FactMap",
    ),
    "host_fact_reserved": (
        "the property {name} has a name that Ansible reserves, so it cannot be read from the variables of "
        "the host; set the option facts",
        "属性 {name} 是 Ansible 的保留名称，无法从主机变量读取；请设置 facts 选项",
    ),
    "host_run_once": (
        "run_once would check only {host} and not {hosts}; remove run_once, or check the fleet in one step "
        "with license_compliance",
        "run_once 只检查 {host}，不检查 {hosts}；请去掉 run_once，或用 license_compliance 一次检查全部主机",
    ),
    "host_fact_template": (
        "{pointer}: the template of this variable cannot be resolved: {reason}",
        "{pointer}：无法解析该变量的模板：{reason}",
    ),
    "host_facts_input": (
        "facts must be the facts of one host, as HostFacts or from setup; got {type}. Of facts by host name, "
        "use those of this host, such as fleet[inventory_hostname]",
        "facts 应为一台主机的事实（HostFacts 或 setup 的事实），实际为 {type}。"
        "按主机名给出的事实，请使用该主机的部分，例如 fleet[inventory_hostname]",
    ),
}
