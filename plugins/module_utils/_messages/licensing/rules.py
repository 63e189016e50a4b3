# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the vendor's rules before a change."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "arch_missing": (
        "{product} is sold per architecture; set arch to x86_64 or aarch64 (R39)",
        "{product} 按架构授权；请将 arch 设为 x86_64 或 aarch64（R39）",
    ),
    "editions_mixed": (
        "after this change the system would have {editions} side by side, but only one edition may have a "
        "quantity; use the upgrade {upgrade} for all of the lower edition (R4)",
        "变更后系统将同时存在 {editions}，而一个系统只能有一种版本；请用升级版授权 {upgrade} 升级全部较低版"
        "本（R4）",
    ),
    "upgrade_without_base": (
        "{quantity} upgrades from {source} on {arch} have no base {base_product}; install that base first, "
        "in the same quantity (R5)",
        "{arch} 上有 {quantity} 个以 {source} 为基础的升级版授权，但没有基础授权 {base_product}；请先安装等"
        "量的基础授权（R5）",
    ),
    "upgrade_of_other_arch": (
        "{quantity} upgrades from {source} are for {arch}, but the base {base_product} is for the other "
        "architecture; use upgrades for the architecture of the base (R5)",
        "{quantity} 个以 {source} 为基础的升级版授权属于 {arch}，而基础授权 {base_product} 属于另一架构；请"
        "使用与基础授权同架构的升级版授权（R5）",
    ),
    "upgrade_exceeds_base": (
        "{quantity} upgrades from {source} on {arch} exceed the base of {base}; the quantities must be equal"
        ", so use {difference} fewer upgrades or add base licenses (R6)",
        "{arch} 上以 {source} 为基础的升级版授权为 {quantity}，超过基础授权 {base}；两者必须相等，请减少 "
        "{difference} 个升级版授权，或增加基础授权（R6）",
    ),
    "upgrade_below_base": (
        "{quantity} upgrades from {source} on {arch} are fewer than the base of {base}; the quantities must "
        "be equal, so add {difference} of {upgrade_product} to the same task, or set allow_unbalanced (R6)",
        "{arch} 上以 {source} 为基础的升级版授权为 {quantity}，少于基础授权 {base}；两者必须相等，请在同一任"
        "务中再安装 {difference} 个 {upgrade_product}，或设置 allow_unbalanced（R6）",
    ),
    "upgrade_to_two_editions": (
        "the base of {base} {source} on {arch} would be upgraded to several editions ({target}); upgrade "
        "all of it to one edition (R4)",
        "{arch} 上 {base} 个 {source} 基础授权将升级到多个版本（{target}）；请全部升级到同一版本（R4）",
    ),
    "base_in_use": (
        "{licenses} is the base of {quantity} upgrades from {source} on {arch}; remove those upgrades in "
        "the same task (R5, R6)",
        "{licenses} 是 {arch} 上 {quantity} 个以 {source} 为基础的升级版授权的基础；请在同一任务中卸载这些升"
        "级版授权（R5、R6）",
    ),
    "kind_does_not_exist": (
        "{product} is not sold as {kind}, so such a license would not count; order another kind (R11, R13)",
        "{product} 不提供{kind}，安装后不计入数量；请改用其他类型（R11、R13）",
    ),
    "preinstalled_not_installable": (
        "a preinstalled license of {product} ships with the software and cannot be installed; order "
        "a temporary or formal one (R16)",
        "{product} 的预授权随软件出厂，不支持安装；请申请临时授权或购买正式授权（R16）",
    ),
    "quantity_below_one": (
        "the quantity of {product} must be at least 1; got {quantity} (R31)",
        "{product} 的数量应至少为 1，实际为 {quantity}（R31）",
    ),
    "already_expired": (
        "the {kind} license of {product} expired at {expires_at}, and it is {now} now; its term began when "
        "the file was issued: request a new one (R12)",
        "{product} 的{kind}已于 {expires_at} 到期，当前时间为 {now}；期限从获取激活文件时起算，请重新申请（"
        "R12）",
    ),
    "license_not_found": (
        "the server does not list the license {license}; check the id",
        "服务器上没有授权 {license}；请核对授权 ID",
    ),
    "client_not_found": (
        "the server has no client {client}, only {clients}; check the name, or create the client first",
        "服务器上没有客户端 {client}，现有 {clients}；请核对名称或先创建",
    ),
    "not_uninstallable": (
        "{license} is a {kind} license, and only formal licenses can be uninstalled or moved; leave it "
        "where it is (R16)",
        "{license} 是{kind}，只有正式授权支持卸载和迁移；请保持原样（R16）",
    ),
    "expired_not_uninstallable": (
        "{license} has expired, so it no longer counts and cannot be uninstalled or moved; leave it where "
        "it is (R16)",
        "{license} 已到期，不再计入数量，也不能卸载或迁移；请保持原样（R16）",
    ),
    "fixed_does_not_fit": (
        "no quota of the clients {clients} has room for the complete fixed license of {products}, which "
        "cannot be split; raise a quota first (R25)",
        "客户端 {clients} 的配额均无法完整容纳 {products} 的固定授权，而固定授权不能拆分；请先提高配额（R25"
        "）",
    ),
    "balanced_only_until": (
        "{quantity} upgrades from {source} on {arch} match their base only until {at}; after that, only "
        "{base} base licenses remain. R6 counts licenses of all kinds: upgrade after that expiry, or use an "
        "upgrade with the same end (R6)",
        "{arch} 上 {quantity} 个以 {source} 为基础的升级版授权只在 {at} 之前与基础授权相等，之后基础授权为 "
        "{base}。R6 计算所有类型的授权：请在到期后升级，或使用同一到期时间的升级版授权（R6）",
    ),
    "login_ends_with": (
        "a license with an end becomes the default license, so every login is refused from {at} until VMS "
        "reconnects to the License Server; install a formal license before that time (R19, R20)",
        "有期限的授权将成为默认授权，自 {at} 起将拒绝所有登录，直到 VMS 重新连接 License Server；请在此之前"
        "安装正式授权（R19、R20）",
    ),
    "base_of_reached_edition": (
        "{product} adds base licenses of an edition that the system on {arch} has reached through upgrades, "
        "and the vendor's text does not clearly allow this; add base licenses of its original edition and "
        "as many upgrades, which is valid under either reading (R4)",
        "{arch} 上的系统通过升级达到该版本，{product} 为该版本追加基础授权，而厂商说明未明确允许；请追加原版"
        "本的基础授权和等量的升级版授权，两种理解下均正确（R4）",
    ),
    "quota_too_small": (
        "the quota of client {client} for {product} {arch} is {quota}, so it cannot draw all of the "
        "{quantity} that are added; raise the quota first (R26)",
        "客户端 {client} 对 {product} {arch} 的配额为 {quota}，无法取得新增的全部 {quantity}；请先提高配额"
        "（R26）",
    ),
    "code_prefix_unknown": (
        "the license code of {product} must begin with 3130 (fixed) or 3132 (flexible); got {code}, which "
        "is treated as neither (R24)",
        "{product} 的授权编码应以 3130（固定授权）或 3132（灵活授权）开头，实际为 {code}；按两者皆非处理"
        "（R24）",
    ),
    "product_is_local": (
        "{product} is installed on its own product node, not on a License Server; install it on that node "
        "and set product_node (R27)",
        "{product} 安装在其产品节点上，而非 License Server；请安装在该节点上，并设置 product_node（R27）",
    ),
    "product_belongs_on_its_node": (
        "{product} is installed on its own product node, but this is the node of {node}; install it on its "
        "own node (R27)",
        "{product} 应安装在其自身的产品节点上，而当前目标为 {node} 的节点；请安装在其自身节点上（R27）",
    ),
    "product_is_remote": (
        "{product} is installed on a License Server, but this is the node of {node}; install it on the "
        "License Server, without product_node (R27)",
        "{product} 应安装在 License Server 上，而当前目标为 {node} 的产品节点；请指定 License Server 并去掉 "
        "product_node（R27）",
    ),
    "no_arm_version": (
        "{product} has no ARM version; its license is treated as valid for any architecture (R39)",
        "{product} 没有 ARM 版授权；按与架构无关处理（R39）",
    ),
    "product_unrecognised": (
        "{product} is not in the catalog, so no rule was checked for it; add it to the catalog (R27)",
        "产品目录中没有 {product}，未对其检查任何规则；请将其加入产品目录（R27）",
    ),
    "expiry_unknown": (
        "the end of the {kind} license of {product} is not stated; set expires_at so that the time after it "
        "is checked too (R12)",
        "未说明 {product} 的{kind}何时到期；请设置 expires_at，以便检查到期之后的状态（R12）",
    ),
    "kind_unknown": (
        "the server does not report the kind of {license}, so it was not checked whether it can be "
        "uninstalled (R16)",
        "服务器未说明 {license} 的授权类型，未检查能否卸载（R16）",
    ),
    "standing_not_read": (
        "the installed licenses and their clients cannot be read through this endpoint profile, so R4 to "
        "R6, R16 and R25 were not checked",
        "该接口配置无法读取已安装的授权及其客户端，因此未检查 R4 至 R6、R16 和 R25",
    ),
    "shared_without_client": (
        "the server serves {clients}, so editions and upgrades were not checked; set client to that of the "
        "system (R4, R5, R6)",
        "服务器为 {clients} 提供授权，因此未检查版本与升级规则；请用 client 指明目标系统的客户端（R4、R5、"
        "R6）",
    ),
    "balance_unknown": (
        "the server does not report all quantities, kinds or ends, so editions and upgrades were not "
        "checked (R4, R5, R6)",
        "服务器未给出全部数量、类型或到期时间，因此未检查版本与升级规则（R4、R5、R6）",
    ),
    "fixed_placement_unknown": (
        "the clients {clients} have no quotas, so it was not checked whether each fixed license stays "
        "undivided (R25)",
        "客户端 {clients} 没有配额，因此未检查每个固定授权是否保持完整（R25）",
    ),
}
