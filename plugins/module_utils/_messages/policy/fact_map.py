# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about errors in FactMap documents, and about nodes whose system is unknown."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "map_option": (
        "facts_map must be a FactMap: a path, a mapping, flat or ansible_facts",
        "facts_map 应为 FactMap：路径、映射、flat 或 ansible_facts",
    ),
    "map_empty": (
        "facts must have at least one fact, such as /hosts/0/cpu_sockets: {{from: /cpu_count}}",
        "facts 中至少要有一项，例如 /hosts/0/cpu_sockets: {{from: /cpu_count}}",
    ),
    "map_target": (
        "HostFacts has no fact {pointer} (see Facts reference)",
        "HostFacts 中没有 {pointer}（见 Facts reference）",
    ),
    "map_target_derived": (
        "{pointer} is derived from other facts and cannot be mapped; map the facts that it is derived from",
        "{pointer} 由其他事实推导得出，不能映射；请映射推导它所用的事实",
    ),
    "map_target_reserved": (
        "{pointer} describes the document and cannot be mapped; use system to name the system of a host",
        "{pointer} 描述文档本身，不能映射；请用 system 指定主机所属的系统",
    ),
    "map_target_row": (
        "{pointer}: of a list, only /hosts/0, the node itself, can be mapped; use rows for a list",
        "{pointer}：列表中只能映射 /hosts/0（节点自身）；整个列表请使用 rows",
    ),
    "map_target_inside": (
        "{pointer} is inside of {other}, which is mapped, too; keep one of them",
        "{pointer} 位于同样被映射的 {other} 之内；请只保留一个",
    ),
    "map_forms": (
        "{pointer} must have exactly one of from, contains, count, rows and value; got {found}",
        "{pointer} 必须有且仅有 from、contains、count、rows、value 之一，实际为 {found}",
    ),
    "map_only_from": (
        "{key} of {pointer} applies only to from; remove it",
        "{pointer} 的 {key} 只用于 from；请去掉",
    ),
    "map_type": (
        "{form} does not give a value of {pointer}; use from",
        "{form} 得不到 {pointer} 的值；请使用 from",
    ),
    "map_value": (
        "{pointer} must be {expected}; got {value}",
        "{pointer} 应为 {expected}，实际为 {value}",
    ),
    "map_single": ("{key} must be read with from or value", "{key} 必须用 from 或 value 读取"),
    "map_hosts_of_system": (
        "with system, every inventory host is one row of /hosts; map its facts below /hosts/0 instead of "
        "/hosts",
        "指定 system 时，清单中的每台主机是 /hosts 的一行；请映射 /hosts/0 之下的事实，而不是 /hosts",
    ),
    "map_needs_system": (
        "{key} states how many nodes a system has; add system, which names the system of a host",
        "{key} 说明系统的节点数；请同时用 system 指定主机所属的系统",
    ),
    "map_nodes_twice": (
        "nodes and complete both state whether all nodes are known; keep one of them",
        "nodes 与 complete 都说明节点是否齐全；请只保留一个",
    ),
    "map_pointer": (
        "a pointer must begin with /, such as /hosts/0/cpu_sockets; got {value}",
        "指针应以 / 开头，例如 /hosts/0/cpu_sockets，实际为 {value}",
    ),
    "map_reading": (
        "a fact must be read with a mapping such as {{from: /cmdb/cpuCount}}; got text",
        "应使用映射读取事实，例如 {{from: /cmdb/cpuCount}}，实际为文本",
    ),
    "map_not_read": (
        "{pointer} is not known, because the FactMap {map} does not read it",
        "{pointer} 未知，因为映射 {map} 不读取该值",
    ),
    "map_system_absent": (
        "{host} has no {pointer}, which names its system; set it, so that the facts of {host} count in its "
        "system",
        "{host} 没有 {pointer}，无法确定其所属系统；请设置该值，使 {host} 计入其系统",
    ),
    "map_system_value": (
        "{pointer} of {host} must be the name of its system; got {value}",
        "{host} 的 {pointer} 必须是其所属系统的名称，实际为 {value}",
    ),
}
