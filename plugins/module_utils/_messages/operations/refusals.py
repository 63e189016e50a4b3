# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about refusals by a License Server, by its error code."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "refused_activation_file_invalid": (
        "the License Server does not take {what} ({error_message}): it was cut, edited, or is no "
        "activation file; download it again and leave it as it is",
        "License Server 不接受 {what}（{error_message}）：文件被截断、修改或不是激活文件；请重新下载并保"
        "持原样",
    ),
    "refused_activation_file_spent": (
        "the License Server does not take {what} again ({error_message}): its licenses were uninstalled; "
        "have the uninstall file transferred and install the new file (R16)",
        "License Server 不再接受 {what}（{error_message}）：其授权已卸载；请凭卸载文件办理迁移并安装新文"
        "件（R16）",
    ),
    "refused_product_not_remote": (
        "the License Server does not take {what} ({error_message}): install it on the product's own node "
        "(R27)",
        "License Server 不接受 {what}（{error_message}）：请在产品自身节点上安装（R27）",
    ),
    "refused_wrong_product": (
        "the product node does not take {what} ({error_message}): it holds licenses of another product; "
        "install it where it belongs (R27)",
        "产品节点不接受 {what}（{error_message}）：其中的授权属于其他产品；请安装到对应位置（R27）",
    ),
    "refused_device_mismatch": (
        "{what} was made for another device ({error_message}); have it issued for this License Server's "
        "device information",
        "{what} 是为其他设备生成的（{error_message}）；请用该 License Server 的设备信息重新申请",
    ),
    "refused_expired": (
        "{what} has expired already ({error_message}): its clock started when it was issued (R12)",
        "{what} 已经到期（{error_message}）：其有效期自平台签发时起算（R12）",
    ),
    "refused_edition_mixed": (
        "the License Server refuses {what} ({error_message}): editions must not be mixed, use an upgrade "
        "license (R4)",
        "License Server 拒绝 {what}（{error_message}）：不同版本不得混用，请使用升级授权（R4）",
    ),
    "refused_upgrade_base_missing": (
        "the License Server refuses {what} ({error_message}): install the base that the upgrade starts "
        "from first (R5)",
        "License Server 拒绝 {what}（{error_message}）：请先安装升级所基于的版本授权（R5）",
    ),
    "refused_upgrade_exceeds_base": (
        "the License Server refuses {what} ({error_message}): upgrades have to equal their base exactly (R6)",
        "License Server 拒绝 {what}（{error_message}）：升级授权数量须与基础授权数量完全相等（R6）",
    ),
    "refused_not_uninstallable": (
        "the License Server does not uninstall {what} ({error_message}): only formal licenses can be "
        "uninstalled (R16)",
        "License Server 不卸载 {what}（{error_message}）：只有正式授权可以卸载（R16）",
    ),
    "refused_license_expired": (
        "the License Server does not uninstall {what} ({error_message}): what has expired cannot be "
        "moved (R16)",
        "License Server 不卸载 {what}（{error_message}）：已到期的授权不能迁移（R16）",
    ),
    "refused_license_assigned": (
        "the License Server does not uninstall {what} ({error_message}); disconnect or release the "
        "client first",
        "License Server 不卸载 {what}（{error_message}）；请先断开或释放客户端",
    ),
    "refused_base_in_use": (
        "the License Server does not uninstall {what} ({error_message}): uninstall the upgrade that "
        "starts from it with it (R5, R6)",
        "License Server 不卸载 {what}（{error_message}）：请一并卸载以其为基础的升级授权（R5、R6）",
    ),
    "refused_client_exists": (
        "the License Server has a client {what} already ({error_message}); run again to compare it",
        "License Server 上已有客户端 {what}（{error_message}）；请重新执行以比对",
    ),
    "refused_client_connected": (
        "the License Server does not remove client {what} while it is connected ({error_message}); run again",
        "客户端 {what} 在线时 License Server 不予删除（{error_message}）；请重新执行",
    ),
    "refused_quota_exceeds_supply": (
        "the License Server refuses the quota of {what} ({error_message}): all quotas together are more "
        "than it has; lower a quota, or install licenses first (R26)",
        "License Server 拒绝 {what} 的配额（{error_message}）：全部配额之和超过其现有授权；请降低配额，或先"
        "安装授权（R26）",
    ),
    "refused_client_credentials": (
        "the License Server does not let client {what} in ({error_message}); correct client_password, or "
        "set a new one with update_password always",
        "License Server 拒绝客户端 {what} 登录（{error_message}）；请更正 client_password，或以 "
        "update_password: always 设置新密码",
    ),
    "refused_client_in_use": (
        "client {what} serves another system ({error_message}); give each system a client of its own",
        "客户端 {what} 正被另一系统使用（{error_message}）；每个系统须有各自的客户端",
    ),
    "refused_server_unreachable": (
        "the system cannot reach the License Server for client {what} ({error_message}); check "
        "license_server.host and client_port as seen from the system",
        "系统无法为客户端 {what} 连接 License Server（{error_message}）；请从系统侧检查 "
        "license_server.host 与 client_port",
    ),
    "refused_contract_number_missing": (
        "a hot-standby pair needs its service product contract number ({error_message}); give "
        "contract_number (R23)",
        "双机热备需要服务产品合同号（{error_message}）；请提供 contract_number（R23）",
    ),
    "refused_otherwise": (
        "the server refuses {what} with {error_code}: {error_message}",
        "服务器拒绝 {what}，错误码 {error_code}：{error_message}",
    ),
}
