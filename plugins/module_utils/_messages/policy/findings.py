# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about findings, decisions and waivers."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    # Waivers
    "waiver_duplicate": (
        "the waiver id {id} is already used at {first}; choose another id",
        "豁免标识 {id} 已在 {first} 使用；请更换标识",
    ),
    "waiver_order": (
        "the waiver {id} ends on {until}, before it begins; correct from or until",
        "豁免 {id} 于 {until} 结束，早于其开始；请更正 from 或 until",
    ),
    "waiver_too_long": (
        "the waiver {id} must last at most {longest} days; got {days} days; set an earlier until",
        "豁免 {id} 的期限最长为 {longest} 天，实际为 {days} 天；请将 until 提前",
    ),
    "waiver_overlap": (
        "the waivers {id} and {other} ({first}) both waive {check} for the same subject on the same day; "
        "keep one",
        "豁免 {id} 与 {other}（{first}）在同一日豁免同一对象的 {check}；请只保留一个",
    ),
    "facts_other_host_remedy": (
        "Read the facts on {host} itself: with run_once, all hosts get the facts of the first host. If "
        "{host} and {subject} are one hot-standby pair, set the host variable usphere_system to the same "
        "name on both.",
        "请在 {host} 上读取其自身的事实：使用 run_once 时，所有主机得到的都是第一台主机的事实。若 {host} 与 "
        "{subject} 是一对双机热备，请在两台主机上把主机变量 usphere_system 设为同一名称。",
    ),
    "facts_one_machine_remedy": (
        "Correct the address of {host} or {subject} in the inventory. If both are managers of one "
        "hot-standby pair, set the host variable usphere_system to the same name on both.",
        "请更正清单中 {host} 或 {subject} 的地址。若二者是同一对双机热备的管理节点，请在两台主机上把主机变量 "
        "usphere_system 设为同一名称。",
    ),
    "facts_two_sources_remedy": (
        "Give each system a name of its own in the inventory, or let only one inventory source set address "
        "and facts of {host}.",
        "请在清单中为每个系统使用各自的名称，或只让一个清单源设置 {host} 的地址和事实。",
    ),
    "facts_shared_license_remedy": (
        "Connect each system to the License Server with its own client. If {host} and {subject} are one "
        "hot-standby pair, set the host variable usphere_system to the same name on both.",
        "请让每个系统使用各自的客户端连接 License Server。若 {host} 与 {subject} 是一对双机热备，"
        "请在两台主机上把主机变量 usphere_system 设为同一名称。",
    ),
    # Findings
    "finding_default": (
        "{pointer}: expected {expected}, found {actual}",
        "{pointer}：应为 {expected}，实际为 {actual}",
    ),
    "finding_unknown": ("cannot be determined; not known: {facts}", "无法判定；未知：{facts}"),
    "finding_unread": ("{text}; {unread}", "{text}；{unread}"),
    "finding_unknown_remedy": (
        "Correct the values and keys that this finding reports as wrong. Read missing facts with vms_facts "
        "(for licenses set its option license_server); state facts that no interface reports in its option "
        "site.",
        "请更正本项指出的有误的值和键。缺失的事实请用 vms_facts 读取（授权须设置其 license_server 选项）；"
        "接口不提供的事实请在其 site 选项中填写。",
    ),
    "finding_mapped_remedy": (
        "Correct the values that this finding reports as wrong. State missing values in the host's own "
        "facts, or correct the FactMap that reads them.",
        "请更正本项指出的有误的值。缺失的值请在主机自身的事实中给出，或更正读取这些值的映射。",
    ),
    "finding_sought_remedy": (
        "Supply the facts of the host as described, or correct the names in the schema or the FactMap.",
        "请按说明给出主机的事实，或更正 schema 或映射中的名称。",
    ),
    "finding_default_remedy": (
        "Bring the system in line with the rule, or change the rule.",
        "请使系统符合该规则，或修改规则。",
    ),
    "finding_headroom": (
        "{supply} licensed, {demand} used ({unit}): less than {percent}% is left",
        "已授权 {supply}，已使用 {demand}（{unit}）：余量不足 {percent}%",
    ),
    "finding_pool": (
        "{demand} needed, {supply} licensed ({unit})",
        "需要 {demand}，已授权 {supply}（{unit}）",
    ),
    "reason_absent": ("absent", "缺失"),
    "reason_empty": ("an empty list", "空列表"),
    "reason_null": ("null", "空值"),
    "reason_type": ("of the wrong type", "类型不符"),
    "reason_value": ("not valid", "值无效"),
    "reason_zone": ("a time without a time zone", "时间未注明时区"),
    "reason_stale": ("stale", "已过期"),
    "reason_future": ("read after the evaluation time", "读取时间晚于判定时间"),
    "reason_unreachable": ("unreachable", "不可达"),
    "reason_gather_error": ("not readable", "读取失败"),
    "reason_login_refused": ("login refused", "登录被拒绝"),
    "reason_out_of_scope": ("out of scope", "超出范围"),
    "reason_slice_missing": ("slice missing", "分片缺失"),
    # Slices and comparisons
    "reason_conflict": ("conflicting values", "值不一致"),
    "finding_no_alternative": (
        "{pointer}: none of {n} alternatives is met; missing: {alternatives}",
        "{pointer}：{n} 个可选条件均不满足；未满足：{alternatives}",
    ),
    "finding_too_many": (
        "{pointer}: exactly one of {n} alternatives must be met; met: {holding}",
        "{pointer}：{n} 个可选条件须恰好满足一个，实际满足：{holding}",
    ),
    "finding_ahead": (
        "after the license expiry on {at}: {demand} needed, {supply} licensed ({unit})",
        "{at} 授权到期后：需要 {demand}，已授权 {supply}（{unit}）",
    ),
}
