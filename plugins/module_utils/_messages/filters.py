# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the input of the license filters and the results of license_renewal."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "facts_not_host_facts": (
        "the input must be the facts of one system (kind HostFacts, the variable usphere that vms_facts "
        "sets); got {got}",
        "输入应为一个系统的事实（kind 为 HostFacts，即 vms_facts 设置的变量 usphere），实际为 {got}",
    ),
    "features_not_a_list": (
        "features must be a list of feature names such as [srm]; got {got}",
        "features 应为特性名称列表，例如 [srm]，实际为 {got}",
    ),
    "renewal_keys_shape": (
        "keys must be a list in the format of the option keys of license_request, or a mapping from systems "
        "to such lists; got {got}",
        "keys 应为 license_request 所用的授权码列表，或系统名到此类列表的映射，实际为 {got}",
    ),
    "renewal_nodes_shape": (
        "node_licenses must be a mapping from systems to mappings from product nodes to the licenses that "
        "license_info returns; got {got} (R27)",
        "node_licenses 应为系统名到「产品节点名到 license_info 返回的 licenses」的映射，实际为 {got}（R27）",
    ),
    "renewal_facts_twice": (
        "the facts of {system} are given twice; pass each system once",
        "{system} 的事实出现两次；每个系统只应传入一次",
    ),
    "renewal_nothing_due": (
        "{system}: no license expires within {within} days",
        "{system}：{within} 天内没有授权到期",
    ),
    "renewal_covered": (
        "{system}: no purchase is needed for the licenses that expire within {within} days",
        "{system}：{within} 天内到期的授权无需购买新授权",
    ),
    "renewal_due": ("{system}: licenses must be renewed", "{system}：需要续期"),
    "renewal_unknown": (
        "{system}: it is not known which licenses expire within {within} days or what must be purchased, "
        "because these facts are missing: {pointers}; read them, or state them in the option site of "
        "vms_facts, then run again",
        "{system}：无法得知 {within} 天内哪些授权到期或需要购买什么，因为缺少以下事实：{pointers}；请读取，"
        "或在 vms_facts 的 site 选项中填写，然后重试",
    ),
    "renewal_unread": (
        "{system}: its facts could not be read; fix the cause and run again",
        "{system}：未能读取其事实；请排除故障后重试",
    ),
    "renewal_refused": (
        "{system}: login is refused until VMS reconnects to its License Server (R20, R22)",
        "{system}：在 VMS 重新连接 License Server 之前登录被拒绝（R20、R22）",
    ),
    "renewal_lapse": (
        "{system}: expiry of {ends} at {at} (in {days} days)",
        "{system}：{ends} 将于 {at} 到期（{days} 天后）",
    ),
    "renewal_lapse_login": (
        "{system}: expiry of {ends} at {at} (in {days} days), and login is refused from then until VMS "
        "reconnects (R20)",
        "{system}：{ends} 将于 {at} 到期（{days} 天后），此后在 VMS 重新连接之前登录被拒绝（R20）",
    ),
    "renewal_need_keys": (
        "{system}: {quantity} × {product} ({arch}); license keys are available",
        "{system}：{product}（{arch}）{quantity} 个，已有授权码",
    ),
    "renewal_need_buy": (
        "{system}: {quantity} × {product} ({arch}), of which {open} must be purchased",
        "{system}：{product}（{arch}）{quantity} 个，其中 {open} 个需要购买",
    ),
    "renewal_later": (
        "{system}: after the license expiry at {at}, once VMS has reconnected: {quantity} × {product} "
        "({arch}) (R6, R20)",
        "{system}：{at} 授权到期且 VMS 重新连接之后：{product}（{arch}）{quantity} 个（R6、R20）",
    ),
    "renewal_note": ("{system}: not solved by a purchase: {text}", "{system}：购买无法解决：{text}"),
    "renewal_open_facts": (
        "{system}: the plan may be incomplete, because these facts are missing: {pointers}",
        "{system}：由于缺少以下事实，方案可能不完整：{pointers}",
    ),
}
