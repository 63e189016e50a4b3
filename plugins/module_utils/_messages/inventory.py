# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the inventory plugin vms."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "inventory_unread": (
        "{name} could not be read; the inventory lists only the other systems: {cause}",
        "未能读取 {name}，仅列出其余系统：{cause}",
    ),
    "inventory_failed": (
        "all systems must be read because unreadable is fail; {count} of {total} could not be read: {cause}",
        "unreadable 为 fail 时须读取所有系统，但 {total} 个中有 {count} 个未能读取：{cause}",
    ),
    "inventory_nothing": (
        "an inventory requires at least one system that can be read; none of {total} could be read: {cause}",
        "生成清单至少须读取一个系统，但 {total} 个均未能读取：{cause}",
    ),
    "inventory_part_unread": (
        "a part of {name} could not be read and is unknown: {cause}",
        "{name} 的一部分未能读取，作未知处理：{cause}",
    ),
    "inventory_no_hosts": (
        "{name} does not report its hosts ({reason}), so none of them is listed",
        "{name} 未提供其主机信息（{reason}），因此不列出其主机",
    ),
    "inventory_cache_broken": (
        "the cache of this inventory source cannot be used ({reason}); the systems are read again",
        "此清单源的缓存无法使用（{reason}）；将重新读取各系统",
    ),
    "inventory_two_managers": (
        "the inventory sources name two managers {name}: {first} and {second}; the facts of {name} are "
        "unknown until each has a name of its own",
        "清单源中有两个名为 {name} 的管理平台：{first} 和 {second}；"
        "在各自使用不同名称之前，{name} 的事实视为未知",
    ),
    "inventory_other_facts": ("a host with its own {pointer}", "自带 {pointer} 的主机"),
    "inventory_names_shared": (
        "{count} host names are not unique or are reserved here ({names}), so these hosts are listed with "
        "the name of their system appended, and with their id if necessary; rename them, or set hostname to "
        "qualified",
        "有 {count} 个主机名不唯一或已被保留（{names}），"
        "相应主机改为在名称后附加系统名称（必要时再加编号）列出；请更改主机名，或将 hostname 设为 qualified",
    ),
    "inventory_managers_empty": (
        "managers must be a list of at least one system; got {got}; name one, or remove managers and set "
        "host",
        "managers 应为至少包含一个系统的列表，实际为 {got}；请至少指定一个系统，或省略 managers 并设置 host",
    ),
    "inventory_manager_shape": (
        "{where} must be a mapping with name and host; got {got}",
        "{where} 应为包含 name 与 host 的映射，实际为 {got}",
    ),
    "inventory_host_twice": (
        "host and managers cannot be set together; move host into an entry of managers",
        "host 与 managers 不能同时设置；请将 host 移入 managers 的条目中",
    ),
    "inventory_name_invalid": (
        "the name of {where} must consist of letters, digits, dots, dashes and underscores and must not be "
        "reserved by Ansible; got {got}",
        "{where} 的名称应由字母、数字、点、短横线和下划线组成，且不得是 Ansible 的保留名称，实际为 {got}",
    ),
    "inventory_name_twice": (
        "{name} and {other} would share the group {group}, but each system needs its own name and group; "
        "rename one",
        "每个系统须有各自的名称和组，但 {name} 与 {other} 会共用 {group}；请更改其中之一",
    ),
    "inventory_template": (
        "{where} contains a template that cannot be resolved ({reason}); correct the template, or define "
        "its variables",
        "{where} 中的模板无法解析（{reason}）；请更正模板，或定义其变量",
    ),
    "inventory_options_wrong": (
        "the options of {where} are invalid: {reason}",
        "{where} 的选项无效：{reason}",
    ),
    "inventory_option_unknown": (
        "{where} has the unknown option {name}; use one of {known}",
        "{where} 含有未知的选项 {name}；可用的选项为 {known}",
    ),
}
