# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the facts of hosts: unknown keys, values that are not valid, and what to use instead."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "facts_unknown_key": (
        "{pointer}: unknown key (see Facts reference)",
        "{pointer}：未知的键（见 Facts reference）",
    ),
    "facts_unknown_key_bare": (
        "{pointer}: unknown key (see Facts reference); remove it, or prefix its name with x-",
        "{pointer}：未知的键（见 Facts reference）；请删除，或为键名加上前缀 x-",
    ),
    "facts_unknown_root_key": (
        "{pointer}: unknown key (facts of the site belong below site_facts; see Facts reference)",
        "{pointer}：未知的键（站点的事实应放在 site_facts 之下；见 Facts reference）",
    ),
    "facts_unknown_pointer": (
        "the key unknown lists {pointer}, which is not a fact (see Facts reference)",
        "键 unknown 中列出了 {pointer}，但不存在该事实（见 Facts reference）",
    ),
    "facts_newer": (
        "the facts were written by version {written} of the collection, but this is version {this}, which "
        "does not support {keys} (unknown keys: {n}); upgrade the collection here, or read the facts again "
        "with this version",
        "事实由集合的 {written} 版本写出，而当前版本 {this} 不支持 {keys}（未知的键：{n} 个）；"
        "请升级此处的集合，或用当前版本重新读取事实",
    ),
    "facts_more_faults": ("and {n} more of this kind", "另有 {n} 处同类问题"),
    "facts_unread": ("{pointer} is {value}; use {use}", "{pointer} 为 {value}；请使用{use}"),
    "facts_unread_bare": (
        "{pointer} is {value}, which is not valid; correct it",
        "{pointer} 为 {value}，值无效；请更正",
    ),
    "facts_unread_secret": (
        "{pointer} is not valid (its value is not shown); use {use}",
        "{pointer} 的值无效（不显示其值）；请使用{use}",
    ),
    "facts_unread_secret_bare": (
        "{pointer} is not valid (its value is not shown); correct it",
        "{pointer} 的值无效（不显示其值）；请更正",
    ),
    "unread_item": (
        "{pointer} is not certain, because {value} is not a known name; correct it, or state others: ignored "
        "in the map if the list has other contents",
        "{pointer} 无法确定，因为 {value} 不是已知名称；请更正，若列表另有其他内容，请在映射中设置 "
        "others: ignored",
    ),
    "unread_item_like": (
        "{pointer} is not certain, because {value} is not a known name; did you mean {hint}?",
        "{pointer} 无法确定，因为 {value} 不是已知名称；是否应为 {hint}？",
    ),
    "unread_product": (
        "{pointer} is {value}, which is missing in the catalog",
        "{pointer} 为 {value}，产品目录中没有该产品",
    ),
    "unread_product_like": (
        "{pointer} is {value}; did you mean {hint}?",
        "{pointer} 为 {value}；是否应为 {hint}？",
    ),
    # What was looked for on a host without facts
    "sought_variables": (
        "there are no facts of this host: none of the variables {names} is set, and setup was not run; set "
        "the variables, gather facts, or use the option facts",
        "没有该主机的事实：变量 {names} 均未设置，也未运行 setup；请设置变量、收集事实，或使用 facts 选项",
    ),
    "sought_facts": (
        "there are no facts of this host: none of the variables {names} is set, and no gathered fact has "
        "such a name; set the variables, or use the option facts",
        "没有该主机的事实：变量 {names} 均未设置，收集到的事实中也没有这些名称；请设置变量，"
        "或使用 facts 选项",
    ),
    "sought_map": (
        "there are no facts of this host: none of the values that the FactMap {map} reads ({pointers}) is "
        "there; with the option facts, pointers begin at its value",
        "没有该主机的事实：映射 {map} 读取的值（{pointers}）均不存在；使用 facts 选项时，指针从其值开始",
    ),
    "sought_stated": (
        "there are no facts of this host: what is stated is null or empty; state a mapping of its facts",
        "没有该主机的事实：给出的值为 null 或为空；请给出其事实的映射",
    ),
    "sought_recent": (
        "the facts were read at {gathered_at}, which is more than {hours} hours before this check; read them "
        "again, or allow older ones with max_age",
        "事实读取于 {gathered_at}，早于本次检查 {hours} 小时以上；请重新读取，或用 max_age 允许更早的事实",
    ),
    "sought_past": (
        "the facts say that they were read at {gathered_at}, but this check is at {at}; correct the clock of "
        "the machine that read them, and read them again, or correct as_of",
        "事实注明读取于 {gathered_at}，晚于本次检查的时间 {at}；请校准读取事实的机器的时钟并重新读取，"
        "或更正 as_of",
    ),
    "sought_newest": (
        "there are several facts of {host}, in its variables, a fact cache or files, which differ, and it is "
        "not known which were read last; state source.gathered_at in each, or keep one of them",
        "主机 {host} 有多份不同的事实（变量、事实缓存或文件），且无法确定哪份最新；请在每份中注明 "
        "source.gathered_at，或只保留一份",
    ),
    "sought_time": (
        "the facts of a fact cache or file must state when they were read (source.gathered_at), and they do "
        "not; read them again. In a document that a person wrote, state source: {{via: inventory}} once",
        "来自事实缓存或文件的事实必须注明读取时间（source.gathered_at），但没有；请重新读取。"
        "若文档由人工编写，请注明一次 source: {{via: inventory}}",
    ),
    "sought_host_facts": (
        "there are no facts of this host that vms_facts returned, and license_compliance reads no other "
        "variables for a JSON Schema; run vms_facts for it, check its variables with host_compliance, or map "
        "them with the option facts_map",
        "没有该主机由 vms_facts 返回的事实；对于 JSON Schema，license_compliance 不读取其他变量；请对其运行 "
        "vms_facts，或用 host_compliance 检查其变量，或用 facts_map 选项映射这些变量",
    ),
    "sought_system": (
        "{name} is not judged: entitlements or a License Server name this system, but no host of the run is "
        "it; add it to the inventory, or exclude it with coverage_exclude",
        "{name} 未经检查：购买凭据或 License Server 列有该系统，但本次运行中没有主机与之对应；"
        "请将其加入清单，或通过 coverage_exclude 排除",
    ),
    "facts_own_missing": ("{pointer} is not known ({reason})", "{pointer} 未知（{reason}）"),
    "facts_own": (
        "{text} (read from {own} by the FactMap {map})",
        "{text}（由映射 {map} 从 {own} 读取）",
    ),
    "facts_own_node": (
        "{text} (read from {own} of {node} by the FactMap {map})",
        "{text}（由映射 {map} 从 {node} 的 {own} 读取）",
    ),
    # What to use instead
    "use_words": ("{first} or {last}", " {first} 或 {last}"),
    "use_word": ("{word}", " {word}"),
    "use_instant": (
        "a time such as 2026-12-06T00:00:00Z",
        "时间，例如 2026-12-06T00:00:00Z",
    ),
    "use_instant_or_never": (
        "a time such as 2026-12-06T00:00:00Z, or never",
        "时间，例如 2026-12-06T00:00:00Z，或 never",
    ),
    "use_zone": (
        "a time with its zone such as 2026-12-06T00:00:00+08:00, or state the zone of the server where it is "
        "read, with the option timezone (usphere_timezone in the inventory), or once in the document, as "
        "source.timezone",
        "带时区的时间，例如 2026-12-06T00:00:00+08:00；或在读取时用 timezone 选项（清单变量 "
        "usphere_timezone）注明服务器的时区，或在 source.timezone 中统一注明文档中所有时间的时区",
    ),
    "use_zone_name": (
        "an offset such as +08:00, or the name of a time zone such as Asia/Shanghai",
        "时区偏移，例如 +08:00，或时区名称，例如 Asia/Shanghai",
    ),
    "use_count": ("a whole number of at least {least}", "不小于 {least} 的整数"),
    "use_integer": ("a whole number", "整数"),
    "use_flag": ("true or false", " true 或 false"),
    "use_text": ("text in the format that the schema defines", "符合 schema 所定义格式的文本"),
    "use_list": ("a list", "列表"),
    "use_one_value": ("one value for all nodes of the system", "系统所有节点一致的值"),
    "use_all_nodes": (
        "the facts of all nodes: each must state its system and this value, and the map nodes or complete",
        "全部节点的数据：每个节点都要给出所属系统和该值，映射要给出 nodes 或 complete",
    ),
    "use_object": ("a mapping", "映射"),
    "use_release": ("a release such as E0760P03", "版本号，例如 E0760P03"),
    "facts_root": (
        "{pointer} must be a mapping such as {example}; got {value}. Correct it, or read the facts again "
        "with vms_facts",
        "{pointer} 应为映射，例如 {example}，实际为 {value}。请更正，或用 vms_facts 重新读取事实",
    ),
    "facts_subject_kind": (
        "{pointer} must be system or node; got {value}. Correct it, or remove it for a system",
        "{pointer} 应为 system 或 node，实际为 {value}。请更正；若为系统，可删除",
    ),
    "facts_subject_id": (
        "{pointer} must be the name of a system, 1 to {limit} characters; got {value}. Correct it, or "
        "remove it to use the name of the host",
        "{pointer} 应为系统的名称，长度为 1 到 {limit} 个字符，实际为 {value}。请更正；若使用主机名，可删除",
    ),
}
