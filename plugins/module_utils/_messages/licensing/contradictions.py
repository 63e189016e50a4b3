# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about facts that contradict each other."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "certainty_documented": ("documented", "文档记载"),
    "certainty_observed": ("observed", "实测"),
    "certainty_assumed": ("assumed", "推测"),
    "certainty_not_stated": ("certainty not stated", "未注明可信度"),
    "edition_none": ("no edition", "无版本授权"),
    "edition_standard": ("standard", "标准版"),
    "edition_enterprise": ("enterprise", "企业版"),
    "edition_enhanced_enterprise": ("enhanced_enterprise", "企业增强版"),
    "contradiction_sockets": (
        "VMS reports {managed} managed CPUs ({certainty_managed}), but its hosts have {counted} "
        "({certainty_counted})",
        "VMS 报告管理 {managed} 个 CPU（{certainty_managed}），但其主机共有 {counted} 个"
        "（{certainty_counted}）",
    ),
    "contradiction_sockets_remedy": (
        "Read the facts again. If the numbers still differ, check paging of list_hosts in an endpoint "
        "profile of your own, or reconnect the hosts in VMS.",
        "请重新采集事实；若数量仍不一致，请检查自有接口配置中 list_hosts 的 paging，或在 VMS 中重新连接"
        "主机。",
    ),
    "contradiction_quantity": (
        "VMS reports {stated} licensed CPUs ({certainty_stated}), but its licenses give {licensed} "
        "({certainty_licensed})",
        "VMS 报告已授权 {stated} 个 CPU（{certainty_stated}），但其授权合计为 {licensed} 个"
        "（{certainty_licensed}）",
    ),
    "contradiction_quantity_remedy": (
        "Reconnect VMS to the License Server, then read the facts again.",
        "请将 VMS 重新连接 License Server，然后重新采集事实。",
    ),
    "contradiction_edition": (
        "VMS reports the edition {edition_stated} ({certainty_stated}), but its licenses give "
        "{edition_licensed} ({certainty_licensed})",
        "VMS 报告的版本为{edition_stated}（{certainty_stated}），但其授权对应{edition_licensed}"
        "（{certainty_licensed}）",
    ),
    "contradiction_edition_remedy": (
        "Reconnect VMS to the License Server, then read the facts again.",
        "请将 VMS 重新连接 License Server，然后重新采集事实。",
    ),
    "contradiction_not_connected": (
        "VMS reports the connection to the License Server as {state}, but these licenses are assigned to it: "
        "{licenses}",
        "VMS 报告与 License Server 的连接状态为 {state}，但下列授权已分配给该系统：{licenses}",
    ),
    "contradiction_not_connected_remedy": (
        "Connect VMS to the License Server, then read the facts again.",
        "请将 VMS 连接到 License Server，然后重新采集事实。",
    ),
    "contradiction_not_fetched": (
        "these licenses are assigned, but were issued after VMS last fetched licenses, so they may not be in "
        "force: {licenses}",
        "下列授权已分配，但签发于 VMS 最近一次获取授权之后，可能尚未生效：{licenses}",
    ),
    "contradiction_not_fetched_remedy": (
        "Reconnect VMS to the License Server to fetch them, then read the facts again.",
        "请将 VMS 重新连接 License Server 以获取这些授权，然后重新采集事实。",
    ),
    "contradiction_fetch_again": (
        "these licenses were installed after VMS last fetched licenses: {licenses}",
        "下列授权安装于 VMS 最近一次获取授权之后：{licenses}",
    ),
    "contradiction_fetch_again_remedy": (
        "Reconnect VMS to the License Server to fetch them.",
        "请将 VMS 重新连接 License Server 以获取这些授权。",
    ),
    "contradiction_feature_use": (
        "{feature} is reported as not in use, but with a used quantity of {used}",
        "{feature} 报告为未使用，但已使用数量为 {used}",
    ),
    "contradiction_feature_use_remedy": (
        "Correct the wrong value, or read the facts again.",
        "请更正错误的值，或重新采集事实。",
    ),
    "contradiction_disconnected": (
        "VMS is disconnected from the License Server; the time of its last fetch is not known",
        "VMS 与 License Server 的连接已断开；最近一次获取授权的时间未知",
    ),
    "contradiction_disconnected_remedy": (
        "Reconnect VMS to the License Server.",
        "请将 VMS 重新连接 License Server。",
    ),
    "contradiction_disconnected_for": (
        "VMS is disconnected from the License Server; it last fetched licenses {days} days ago",
        "VMS 与 License Server 的连接已断开；最近一次获取授权是在 {days} 天前",
    ),
    "contradiction_disconnected_for_remedy": (
        "Reconnect VMS to the License Server.",
        "请将 VMS 重新连接 License Server。",
    ),
    "contradiction_temporary_forever": (
        "these temporary licenses never expire: {licenses}",
        "下列临时授权没有到期时间：{licenses}",
    ),
    "contradiction_temporary_forever_remedy": (
        "Check kind and expiry of these licenses on the License Server, or ask the vendor.",
        "请在 License Server 上核对这些授权的类型和到期时间，或咨询厂商。",
    ),
    "contradiction_end": (
        "VMS reports the end of its licenses as {stated}, but the licenses end at {licensed}; the earlier "
        "time counts",
        "VMS 报告授权到期时间为 {stated}，但授权本身的到期时间为 {licensed}；以较早者为准",
    ),
    "contradiction_end_remedy": (
        "Reconnect VMS to the License Server, and check the clocks.",
        "请将 VMS 重新连接 License Server，并核对时钟。",
    ),
}
