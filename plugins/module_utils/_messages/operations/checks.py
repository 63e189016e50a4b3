# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about what a task expects of a server."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "expect_empty": (
        "expect for {file} must not be an empty list; list the licenses in the file, or leave expect out",
        "{file} 的 expect 不能为空列表；请列出文件中的授权，或去掉 expect",
    ),
    "expect_not_mapping": (
        "expect for {file} must be a mapping or a list of mappings; got {got}",
        "{file} 的 expect 应为映射或映射列表，实际为 {got}",
    ),
    "expect_unknown_key": (
        "expect for {file} has the unknown keys {keys}; use {known}",
        "{file} 的 expect 含有未知的键 {keys}；可用的键为 {known}",
    ),
    "expect_missing_key": (
        "expect for {file} must contain {keys}; add them, because no property of a license is assumed",
        "{file} 的 expect 缺少 {keys}；请补充，因为不会默认假定授权的任何属性",
    ),
    "expect_unknown_word": (
        "{key} in expect for {file} must be one of {known}; got {value} (R9, R16)",
        "{file} 的 expect 中 {key} 应为 {known} 之一，实际为 {value}（R9、R16）",
    ),
    "expect_quantity": (
        "quantity for {file} must be a whole number from 1 to 999999999; got {value}",
        "{file} 的 quantity 应为 1 至 999999999 的整数，实际为 {value}",
    ),
    "expect_product": (
        "expect for {file} names the product {product}, which is not in the catalog; check its spelling "
        "(R27)",
        "{file} 的 expect 指定了产品目录中不存在的 {product}；请检查拼写（R27）",
    ),
    "expect_arch": (
        "expect for {file} must give the architecture of {product}: one of {arches} (R27)",
        "{file} 的 expect 须指明 {product} 的架构：{arches} 之一（R27）",
    ),
    "client_unknown": (
        "the License Server has no client {client}, only {known}; create it with license_client, or correct "
        "the name",
        "License Server 上没有客户端 {client}，现有 {known}；请用 license_client 创建，或更正名称",
    ),
    "unchecked_clock_zone": (
        "the License Server {server} reports its time {time} without a time zone, so the clock of this host "
        "decides what has expired; set the option timezone to the zone of the server (R12)",
        "License Server {server} 的时间 {time} 未注明时区，因此以本机时钟判断是否到期；请将选项 timezone "
        "设为该服务器的时区（R12）",
    ),
    "unchecked_clock": (
        "the clock of the server cannot be read through this endpoint profile, so this host's clock was "
        "used to check which licenses have expired (R12)",
        "该接口配置无法读取服务器的时钟，因此按本机时钟判断授权是否到期（R12）",
    ),
    "server_clock_unknown": (
        "the License Server {server} does not report its time, so it cannot be checked which licenses have "
        "expired; nothing was changed; check the server and the endpoint profile",
        "License Server {server} 未给出其时间，无法判断授权是否到期；未作任何更改；请检查服务器与接口配置",
    ),
}
