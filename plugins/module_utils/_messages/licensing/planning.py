# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about purchase plans and license keys."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "feature_unknown": (
        "'{feature}' is not a feature; use one of {known} (R27)",
        "「{feature}」不是特性；请使用 {known} 之一（R27）",
    ),
    "renewal_key": (
        "{field} of license key number {number} must be {expected}; correct the list of keys (R26)",
        "第 {number} 个授权码的 {field} 应为 {expected}；请更正授权码列表（R26）",
    ),
    "unknown_absent": (
        "no source reports it; read it, or state it in site",
        "没有任何来源给出；请读取，或在 site 中声明",
    ),
    "unknown_empty": (
        "the list that was read is empty, but every system has at least one host; read it with an account "
        "that can see the hosts",
        "读取到的列表为空，而每个系统至少有一台主机；请使用可查看主机的账号重新读取",
    ),
    "unknown_null": (
        "the value that was read is null; read it again",
        "读到的值为空（null）；请重新读取",
    ),
    "unknown_type": (
        "the value that was read has the wrong type; correct the source",
        "读到的值类型错误；请更正来源",
    ),
    "unknown_value": (
        "the value that was read is not recognized; correct the source, or map the value in an endpoint "
        "profile",
        "读到的值无法识别；请更正来源，或在接口配置中映射该值",
    ),
    "unknown_conflict": (
        "two sources contradict each other; correct the wrong one, then read it again",
        "两个来源互相矛盾；请更正错误的一个后重新读取",
    ),
    "unknown_zone": (
        "the time that was read has no time zone, and it matters which one it is; state the zone (option "
        "timezone, or source.timezone in the facts), then read it again",
        "读到的时间未注明时区，而时区会影响结果；请注明时区（选项 timezone，或事实中的 source.timezone）后"
        "重新读取",
    ),
    "unknown_stale": (
        "the value that was read is older than the allowed age, or was read before a license expired; read "
        "it again",
        "读到的值已超过允许的时效，或读取于某项授权到期之前；请重新读取",
    ),
    "unknown_future": (
        "it was read after the time of the evaluation; check the clocks",
        "读取时间晚于判定时间；请核对时钟",
    ),
    "unknown_unreachable": (
        "the system could not be reached; restore the connection and read it again",
        "系统无法访问；请恢复连接后重新读取",
    ),
    "unknown_gather_error": (
        "reading it failed; see the task that gathers facts",
        "读取失败；请查看采集事实的任务",
    ),
    "unknown_login_refused": (
        "VMS refuses every login because a license has expired; reconnect it to the License Server first "
        "(R20)",
        "授权到期后 VMS 拒绝登录；请先重新连接 License Server（R20）",
    ),
    "unknown_out_of_scope": (
        "the vendor's table applies to version 7.0 and later only; ask the vendor (R2)",
        "厂商表格仅适用于 7.0 及以上版本；请咨询厂商（R2）",
    ),
    "unknown_slice_missing": (
        "the result of its slice is missing; run that slice again",
        "缺少其所在分片的结果；请重新运行该分片",
    ),
    "plan_base": (
        "{missing_now} CPUs have no license now and {lapsing} lose theirs at an expiry; buy base licenses "
        "for them (R20, R31)",
        "{missing_now} 个 CPU 目前没有授权，{lapsing} 个的授权将到期；请为其购买基础授权（R20、R31）",
    ),
    "plan_upgrade": (
        "upgrades must equal the complete base in quantity, so {quantity} of {product} are needed (R6)",
        "升级版授权的数量必须与全部基础授权相等，因此需要 {quantity} 个 {product}（R6）",
    ),
    "plan_feature": (
        "{quantity} of {product} are missing for what is used or wanted (R31)",
        "{product} 还缺 {quantity} 个，不足以满足使用量或需求（R31）",
    ),
    "plan_requires_reconnect": (
        "wait for the expiry and reconnect VMS to the License Server first (R20)",
        "请先等待到期，并让 VMS 重新连接 License Server（R20）",
    ),
    "plan_two_targets": (
        "upgrades from {source} on {arch} lead to two editions, which no purchase can fix; uninstall those "
        "of one target (R4)",
        "{arch} 上以 {source} 为基础的升级版授权指向两种版本，无法通过购买解决；请卸载其中一种（R4）",
    ),
    "plan_stray_upgrade": (
        "{quantity} of {product} on {arch} have no base to upgrade, and no host needs a base there; "
        "uninstall them (R6)",
        "{arch} 上的 {quantity} 个 {product} 没有可升级的基础授权，也没有主机需要；请卸载（R6）",
    ),
    "plan_leaves_fault": (
        "from {at} on, editions and upgrades do not match, which no purchase can fix; uninstall what does "
        "not match (R4, R6)",
        "自 {at} 起版本与升级版授权不匹配，无法通过购买解决；请卸载不匹配的授权（R4、R6）",
    ),
    "plan_demand_not_stated": (
        "{feature} is wanted, but its quantity is not stated, so the plan uses the smallest one; set "
        "features.{feature}.used (R31)",
        "需要 {feature}，但未说明数量，方案按最小数量计；请给出 features.{feature}.used（R31）",
    ),
    "plan_trial_needs_edition": (
        "the unused trial of {feature} needs {edition} until it ends at {at}, and no license that can be "
        "bought earlier provides it (R28, R29, R30)",
        "未使用的 {feature} 试用授权在 {at} 到期前需要 {edition}，到期之前没有可购买的授权能满足（R28、R29、"
        "R30）",
    ),
    "plan_arch_unknown": (
        "the vendor does not state whether {product} can be licensed on ARM; ask the vendor before you buy "
        "it (R39)",
        "厂商未说明 {product} 能否用于 ARM；购买前请咨询厂商（R39）",
    ),
}
