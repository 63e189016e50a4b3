# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about purchase plans and license keys."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "feature_unknown": (
        "'{feature}' is no feature; name one of {known} (R27)",
        "「{feature}」不是特性；请使用 {known} 之一（R27）",
    ),
    "renewal_key": (
        "{field} of the license key number {number} was expected to be {expected}, so that it can be held "
        "against what is needed; correct the list of keys (R26)",
        "第 {number} 个授权码的 {field} 应为 {expected}，以便与所需数量核对；请更正授权码列表（R26）",
    ),
    "unknown_absent": (
        "nothing states it; read it, or let the site state it",
        "没有任何来源给出；请读取或由站点声明",
    ),
    "unknown_empty": (
        "an empty list was read, and no system is without a host; read it with an account that sees them",
        "读取到空列表，而系统不可能没有主机；请使用可查看主机的账号重新读取",
    ),
    "unknown_null": (
        "it was read as null; read it again",
        "读到的值为空；请重新读取",
    ),
    "unknown_type": (
        "what was read is of the wrong type; correct the source",
        "读到的值类型不对；请更正来源",
    ),
    "unknown_value": (
        "a value is there and cannot be read; correct the source, or let an endpoint profile translate it",
        "有值但无法识别；请更正来源，或由接口配置文件翻译",
    ),
    "unknown_conflict": (
        "two statements of it contradict each other; correct the wrong one, then read it again",
        "两处说法互相矛盾；请更正错误的一处后重新读取",
    ),
    "unknown_stale": (
        "what was read is older than its allowed age or than a lapse; read it again",
        "读到的值已超过允许的时效，或早于一次到期；请重新读取",
    ),
    "unknown_future": (
        "it was gathered after the instant asked about; check the clocks",
        "采集时间晚于所问时刻；请核对时钟",
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
        "VMS refuses login after a lapse; reconnect it to the License Server first (R20)",
        "授权到期后 VMS 拒绝登录；请先重新连接 License Server（R20）",
    ),
    "unknown_out_of_scope": (
        "the vendor's table covers it from version 7.0 on only; ask the vendor (R2)",
        "厂商表格仅适用于 7.0 及以上版本；请咨询厂商（R2）",
    ),
    "unknown_slice_missing": (
        "its part of the run has not come in; run that slice again",
        "该分片的结果尚未到达；请重新运行该分片",
    ),
    "plan_base": (
        "{missing_now} CPUs have no license now and {lapsing} lose theirs; buy base for them (R20, R31)",
        "{missing_now} 个 CPU 目前没有授权，{lapsing} 个的授权将到期；请为其购买基础授权（R20、R31）",
    ),
    "plan_upgrade": (
        "upgrades must equal the whole base, so {quantity} of {product} are needed (R6)",
        "升级授权必须与全部基础授权相等，因此需要 {quantity} 个 {product}（R6）",
    ),
    "plan_feature": (
        "{product} lacks {quantity} for what is used or wanted (R31)",
        "{product} 与使用量或需求相比缺少 {quantity}（R31）",
    ),
    "plan_requires_reconnect": (
        "wait for the lapse and let VMS reconnect to the License Server first (R20)",
        "须等待到期，并先让 VMS 重新连接 License Server（R20）",
    ),
    "plan_two_targets": (
        "upgrades from {source} on {arch} lead to two editions; no purchase settles that: uninstall "
        "those of one target (R4)",
        "{arch} 上从 {source} 开始的升级授权指向两种版本，购买无法解决；请卸载其中一种（R4）",
    ),
    "plan_stray_upgrade": (
        "{quantity} of {product} on {arch} upgrade nothing, and no host needs a base there; "
        "uninstall them (R6)",
        "{arch} 上的 {quantity} 个 {product} 没有可升级的基础授权，也没有主机需要；请卸载（R6）",
    ),
    "plan_leaves_fault": (
        "from {at} editions and upgrades do not fit, and no purchase removes that; uninstall what "
        "does not fit (R4, R6)",
        "自 {at} 起版本与升级授权不匹配，购买无法消除；请卸载不匹配的授权（R4、R6）",
    ),
    "plan_demand_not_stated": (
        "{feature} is wanted, but nobody states for how many; the plan holds the least: state "
        "features.{feature}.used (R31)",
        "需要 {feature}，但未说明数量；方案按最小数量计：请给出 features.{feature}.used（R31）",
    ),
    "plan_trial_needs_edition": (
        "the unused trial of {feature} needs {edition} until it ends at {at}, and nothing that can be "
        "bought before serves it (R28, R29, R30)",
        "未使用的 {feature} 试用授权在 {at} 到期前需要 {edition}，到期之前没有可购买的授权能满足"
        "（R28、R29、R30）",
    ),
    "plan_arch_unknown": (
        "whether {product} may be licensed on ARM is not stated; ask the vendor before buying it (R39)",
        "厂商未说明 {product} 能否用于 ARM；购买前请咨询厂商（R39）",
    ),
}
