# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the license filters and license_renewal."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "facts_not_host_facts": (
        "the facts of one system are expected (kind HostFacts, the variable usphere that vms_facts "
        "sets); {got} came",
        "应传入一个系统的事实（kind 为 HostFacts，即 vms_facts 设置的变量 usphere）；实际为 {got}",
    ),
    "features_not_a_list": (
        "features is a list of feature names such as [srm]; {got} came",
        "features 应为特性名称列表，例如 [srm]；实际为 {got}",
    ),
    "renewal_keys_shape": (
        "keys were expected as a list as license_request takes it, or as a mapping from systems to such "
        "lists; {got} came",
        "授权码应为 license_request 所用的列表，或系统名到此类列表的映射；实际为 {got}",
    ),
    "renewal_nodes_shape": (
        "node_licenses was expected as a mapping from systems to mappings from product nodes to what "
        "license_info returns as licenses; {got} came (R27)",
        "node_licenses 应为系统名到「产品节点名到 license_info 的 licenses」的映射；实际为 {got}（R27）",
    ),
    "renewal_facts_twice": (
        "the facts of {system} came twice; hand over one system once",
        "{system} 的事实出现两次；每个系统只应传入一次",
    ),
    "renewal_nothing_due": (
        "{system}: no license lapses within {within} days",
        "{system}：{within} 天内没有授权到期",
    ),
    "renewal_covered": (
        "{system}: nothing has to be bought for what lapses within {within} days",
        "{system}：{within} 天内到期的授权无需购买替代",
    ),
    "renewal_due": ("{system}: has to be renewed", "{system}：需要续期"),
    "renewal_unknown": (
        "{system}: not known what lapses within {within} days or what has to be bought, because these facts "
        "are missing: {pointers}; read them, or state them as site of vms_facts, then run again",
        "{system}：无法得知 {within} 天内哪些授权到期或需要购买什么，因为缺少以下事实：{pointers}；"
        "请读取，或用 vms_facts 的 site 声明，然后重试",
    ),
    "renewal_unread": (
        "{system}: its facts could not be read, so nothing can be said; see to the failure and run again",
        "{system}：未能读取其事实，无法判断；请处理失败原因后重试",
    ),
    "renewal_refused": (
        "{system}: login is refused until VMS reconnects to its License Server (R20, R22)",
        "{system}：在 VMS 重新连接 License Server 之前登录被拒绝（R20、R22）",
    ),
    "renewal_lapse": (
        "{system}: {ends} lapse at {at} (in {days} days)",
        "{system}：{ends} 将于 {at} 到期（{days} 天后）",
    ),
    "renewal_lapse_login": (
        "{system}: {ends} lapse at {at} (in {days} days), and login is refused from then until VMS "
        "reconnects (R20)",
        "{system}：{ends} 将于 {at} 到期（{days} 天后），此后在 VMS 重新连接之前登录被拒绝（R20）",
    ),
    "renewal_need_keys": (
        "{system}: {quantity} × {product} ({arch}), for which keys are at hand",
        "{system}：{quantity} × {product}（{arch}），已有授权码",
    ),
    "renewal_need_buy": (
        "{system}: {quantity} × {product} ({arch}), of which {open} have to be bought",
        "{system}：{quantity} × {product}（{arch}），其中 {open} 需要购买",
    ),
    "renewal_later": (
        "{system}: after the lapse at {at}, once VMS has reconnected, {quantity} × {product} ({arch}) "
        "(R6, R20)",
        "{system}：{at} 到期且 VMS 重新连接之后，{quantity} × {product}（{arch}）（R6、R20）",
    ),
    "renewal_note": (
        "{system}: not settled by buying: {text}",
        "{system}：购买无法解决：{text}",
    ),
    "renewal_open_facts": (
        "{system}: the plan may lack something, because these facts are missing: {pointers}",
        "{system}：由于缺少以下事实，计划可能不完整：{pointers}",
    ),
}
