# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the vendor's rules before a change."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "editions_mixed": (
        "after this the system would hold {editions} side by side; only one edition may hold "
        "quantity: use the upgrade {upgrade} for all of the lower one (R4)",
        "变更后系统将同时存在 {editions}；一个系统只能有一种版本：请用升级版授权 {upgrade} 升级全部较"
        "低版本（R4）",
    ),
    "upgrade_without_base": (
        "{quantity} upgrades from {source} on {arch} find no {base_product} to start from; install "
        "that base first, in the same quantity (R5)",
        "{arch} 上有 {quantity} 个从 {source} 开始的升级授权，但没有基础授权 {base_product}；请先安装"
        "等量的基础授权（R5）",
    ),
    "upgrade_of_other_arch": (
        "{quantity} upgrades from {source} are for {arch}, but the base {base_product} is of the "
        "other architecture; an upgrade must be of its base's architecture (R5)",
        "{quantity} 个从 {source} 开始的升级授权属于 {arch}，而基础授权 {base_product} 属于另一架构；"
        "升级授权必须与基础授权同架构（R5）",
    ),
    "upgrade_exceeds_base": (
        "{quantity} upgrades from {source} on {arch} stand against a base of {base}; they must be "
        "equal, so {difference} upgrades are too many (R6)",
        "{arch} 上从 {source} 开始的升级授权为 {quantity}，基础授权为 {base}；两者必须相等，升级授权"
        "多出 {difference}（R6）",
    ),
    "upgrade_below_base": (
        "{quantity} upgrades from {source} on {arch} stand against a base of {base}; they must be "
        "equal, so {difference} of {upgrade_product} are lacking; put them into the same task, or "
        "set allow_unbalanced (R6)",
        "{arch} 上从 {source} 开始的升级授权为 {quantity}，基础授权为 {base}；两者必须相等，还缺 "
        "{difference} 个 {upgrade_product}；请放在同一任务中安装，或设置 allow_unbalanced（R6）",
    ),
    "upgrade_to_two_editions": (
        "the base of {base} {source} on {arch} is upgraded to {target} at once; all of it must go to "
        "one edition (R4)",
        "{arch} 上 {base} 个 {source} 基础授权同时升级到 {target}；必须全部升级到同一版本（R4）",
    ),
    "base_in_use": (
        "{licenses} is the base that {quantity} upgrades from {source} on {arch} start from; remove "
        "those upgrades in the same task (R5, R6)",
        "{licenses} 是 {arch} 上 {quantity} 个从 {source} 开始的升级授权的基础；请在同一任务中卸载这"
        "些升级授权（R5、R6）",
    ),
    "kind_does_not_exist": (
        "{product} is not sold as {kind}; such a license would count nothing: order another kind (R11, R13)",
        "{product} 不提供 {kind} 类型的授权，安装后不计入数量；请改用其他类型（R11、R13）",
    ),
    "preinstalled_not_installable": (
        "a preinstalled license of {product} ships with the software and cannot be installed; order "
        "a temporary or formal one (R16)",
        "{product} 的预授权随软件出厂，不支持安装；请申请临时授权或购买正式授权（R16）",
    ),
    "quantity_below_one": (
        "the quantity of {product} is {quantity}; a license grants at least 1: correct it (R31)",
        "{product} 的数量为 {quantity}；授权数量至少为 1，请更正（R31）",
    ),
    "already_expired": (
        "the {kind} license of {product} ended at {expires_at} and it is {now} now; its term began "
        "when the file was issued: ask for a new one (R12)",
        "{product} 的 {kind} 授权已于 {expires_at} 到期，现在是 {now}；期限从获取激活文件时起算，请重"
        "新申请（R12）",
    ),
    "license_not_found": (
        "the server lists no license {license}; check the id",
        "服务器上没有许可 {license}；请核对编号",
    ),
    "client_not_found": (
        "the server has no client {client}; it has {clients}: check the name or create it first",
        "服务器上没有客户端 {client}；现有客户端为 {clients}：请核对名称或先创建",
    ),
    "not_uninstallable": (
        "{license} is a {kind} license; only formal ones can be uninstalled or moved (R16)",
        "{license} 是 {kind} 授权；只有正式授权支持卸载和迁移（R16）",
    ),
    "expired_not_uninstallable": (
        "{license} has ended; it counts nothing and cannot be moved: leave it where it is (R16)",
        "{license} 已到期，不再计入数量，也不能迁移；请保持原样（R16）",
    ),
    "fixed_does_not_fit": (
        "no client of {clients} has a quota that takes the fixed license of {products} whole; raise "
        "a quota first, a fixed license cannot be split (R25)",
        "客户端 {clients} 中没有配额能完整容纳 {products} 的固定授权；固定授权不能拆分，请先提高配额（R25）",
    ),
    "balanced_only_until": (
        "{quantity} upgrades from {source} on {arch} fit their base only until {at}, when {base} of "
        "it remain; R6 counts all kinds: upgrade after that lapse, or by an upgrade with the same "
        "end (R6)",
        "{arch} 上 {quantity} 个从 {source} 开始的升级授权只在 {at} 之前与基础授权相等，之后基础授权"
        "为 {base}；R6 计算所有类型：请在到期后升级，或使用同一到期时间的升级授权（R6）",
    ),
    "login_ends_with": (
        "a license with an end becomes the default one: login is refused from {at} until VMS "
        "reconnects to the License Server; install a formal license before (R19, R20)",
        "有期限的授权将成为默认授权：{at} 起将无法登录，直到 VMS 重新连接 License Server；请在此之前"
        "安装正式授权（R19、R20）",
    ),
    "base_of_reached_edition": (
        "{product} adds base of the edition that upgrades reached on {arch}; the vendor's text can "
        "be read against it: base and upgrade on the system's own path are right under both readings "
        "(R4)",
        "{product} 在 {arch} 上为已升级到的版本追加基础授权；厂商说明对此可有不同理解：按原路径追加基"
        "础授权加升级授权总是正确的（R4）",
    ),
    "quota_too_small": (
        "the quota of client {client} for {product} {arch} is {quota}, so it cannot draw all of the "
        "{quantity} added; raise the quota first (R26)",
        "客户端 {client} 对 {product} {arch} 的配额为 {quota}，无法取得新增的全部 {quantity}；请先提"
        "高配额（R26）",
    ),
    "code_prefix_unknown": (
        "the license code of {product} begins with {code}; 3130 is fixed and 3132 flexible: treated "
        "as neither (R24)",
        "{product} 的授权编码以 {code} 开头；3130 为固定授权，3132 为灵活授权：两者都不按（R24）",
    ),
    "product_is_local": (
        "{product} is held by its own product node, not by a License Server; install it on that node and "
        "name it with product_node (R27)",
        "{product} 为本地安装授权，不在 License Server 上安装；请安装在其产品节点上，并以 product_node 指明"
        "（R27）",
    ),
    "product_belongs_on_its_node": (
        "{product} is held by its own product node, but this is the node of {node}; install it on its own "
        "node (R27)",
        "{product} 应安装在其自身的产品节点上，而当前目标为 {node} 的节点；请安装在其自身节点上（R27）",
    ),
    "product_is_remote": (
        "{product} is held by a License Server, but this is the node of {node}; install it on the License "
        "Server, without product_node (R27)",
        "{product} 应安装在 License Server 上，而当前目标为 {node} 的产品节点；请指定 License Server 并去掉 "
        "product_node（R27）",
    ),
    "no_arm_version": (
        "{product} has no ARM version; its license is taken as neutral (R39)",
        "{product} 没有 ARM 版授权；按与架构无关处理（R39）",
    ),
    "product_unrecognised": (
        "{product} is not in the catalogue, so no rule was checked for it; extend the catalogue (R27)",
        "目录中没有 {product}，未对其检查任何规则；请扩充目录（R27）",
    ),
    "expiry_unknown": (
        "when the {kind} license of {product} ends is not stated; state expires_at to have the time "
        "after it checked (R12)",
        "未说明 {product} 的 {kind} 授权何时到期；请给出 expires_at，以便检查到期之后的状态（R12）",
    ),
    "kind_unknown": (
        "the server does not say what kind {license} is, so whether it may be uninstalled was not "
        "checked (R16)",
        "服务器未说明 {license} 的授权类型，未检查能否卸载（R16）",
    ),
    "standing_not_read": (
        "what is installed there, or for which client, cannot be read through this endpoint profile, so "
        "R4 to "
        "R6, R16 and R25 could not be checked",
        "该接口配置无法读取已安装的授权及其客户端，因此未能检查 R4 至 R6、R16 和 R25",
    ),
    "shared_without_client": (
        "the server serves {clients}; editions and upgrades were not checked: say with client which "
        "system this is for (R4, R5, R6)",
        "服务器为 {clients} 提供授权；未检查版本与升级规则：请用 client 指明目标系统（R4、R5、R6）",
    ),
    "balance_unknown": (
        "the server does not state all quantities, kinds or ends, so editions and upgrades could not "
        "be judged (R4, R5, R6)",
        "服务器未给出全部数量、类型或到期时间，无法判断版本与升级规则（R4、R5、R6）",
    ),
    "fixed_placement_unknown": (
        "the clients {clients} have no quotas, so whether each fixed license stays whole was not "
        "checked (R25)",
        "客户端 {clients} 没有配额，未检查固定授权是否保持完整（R25）",
    ),
}
