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
        "the schema has no top-level properties that name the facts; set the option facts",
        "该 schema 没有顶层 properties 来指明事实；请设置 facts 选项",
    ),
    "host_fact_reserved": (
        "the property {name} has a name that Ansible reserves, so it cannot be read from the variables of "
        "the host; set the option facts",
        "属性 {name} 是 Ansible 的保留名称，无法从主机变量读取；请设置 facts 选项",
    ),
    "host_fact_template": (
        "{pointer}: the template of this variable cannot be resolved: {reason}",
        "{pointer}：无法解析该变量的模板：{reason}",
    ),
    "host_facts_input": (
        "facts must be the facts of one host, as HostFacts or from setup; got {type}",
        "facts 应为一台主机的事实（HostFacts 或 setup 的事实），实际为 {type}",
    ),
}
