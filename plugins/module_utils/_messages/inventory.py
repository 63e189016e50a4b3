# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the inventory plugin vms."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "inventory_unread": (
        "{name} was not read, the other systems are served without it: {cause}",
        "未能读取 {name}，其余系统照常列出：{cause}",
    ),
    "inventory_failed": (
        "every system has to be read, since unreadable is fail, but {count} of {total} were not: {cause}",
        "unreadable 为 fail 时须读取所有系统，但 {total} 个中有 {count} 个未能读取：{cause}",
    ),
    "inventory_nothing": (
        "at least one system has to be read for an inventory, but none of {total} was: {cause}",
        "生成清单至少须读取一个系统，但 {total} 个均未能读取：{cause}",
    ),
    "inventory_part_unread": (
        "a part of {name} was not read and is unknown: {cause}",
        "{name} 的一部分未能读取，作未知处理：{cause}",
    ),
    "inventory_no_hosts": (
        "{name} says nothing about its hosts ({reason}), so none of them is listed",
        "{name} 未提供其主机信息（{reason}），因此不列出其主机",
    ),
    "inventory_names_shared": (
        "{count} host names are not unique or mean something else here ({names}), so these hosts are listed "
        "with their system's name behind it, or their id as well; rename them, or set hostname to qualified",
        "有 {count} 个主机名不唯一或另有含义（{names}），相应主机改为在名称后附加系统名称（必要时再加编号）"
        "列出；请更改主机名，或将 hostname 设为 qualified",
    ),
    "inventory_managers_empty": (
        "managers has to be a list of at least one system, but {got} came; name one, or leave managers "
        "out and set host",
        "managers 应为至少包含一个系统的列表，实际为 {got}；请至少指定一个系统，或省略 managers 并设置 host",
    ),
    "inventory_manager_shape": (
        "{where} has to be a mapping with name and host, but {got} came",
        "{where} 应为包含 name 与 host 的映射，实际为 {got}",
    ),
    "inventory_host_twice": (
        "host and managers exclude each other, but both are set; move host into an entry of managers",
        "host 与 managers 不能同时设置；请将 host 移入 managers 的条目中",
    ),
    "inventory_name_invalid": (
        "the name of {where} has to be of letters, digits, dots, dashes and underlines and to mean nothing "
        "to Ansible, but it is {got}",
        "{where} 的名称应由字母、数字、点、短横线和下划线组成，且不得是 Ansible 的保留名称，实际为 {got}",
    ),
    "inventory_name_twice": (
        "each system needs a name and a group of its own, but {name} and {other} would share {group}; rename "
        "one",
        "每个系统须有各自的名称和组，但 {name} 与 {other} 会共用 {group}；请更改其中之一",
    ),
    "inventory_template": (
        "{where} holds a template that cannot be resolved: {said}",
        "{where} 中的模板无法解析：{said}",
    ),
}
