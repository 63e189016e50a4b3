# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about refusals by a License Server, by its error code."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "refused_activation_file_invalid": (
        "the License Server does not accept {what} ({error_message}): the file is truncated, edited or not "
        "an activation file; download it again and leave it unchanged",
        "License Server 不接受 {what}（{error_message}）：文件被截断、被修改或不是激活文件；请重新下载并保持"
        "原样",
    ),
    "refused_activation_file_spent": (
        "the License Server does not accept {what} again ({error_message}): its licenses were uninstalled; "
        "transfer them on the license platform with their uninstall file and install the new file (R16)",
        "License Server 不再接受 {what}（{error_message}）：其授权已卸载；请凭卸载文件在 License 管理平台办"
        "理迁移，再安装新的激活文件（R16）",
    ),
    "refused_product_not_remote": (
        "the License Server does not accept {what} ({error_message}); install it on the product's own node "
        "(R27)",
        "License Server 不接受 {what}（{error_message}）；请在产品自身的节点上安装（R27）",
    ),
    "refused_wrong_product": (
        "the product node does not accept {what} ({error_message}): it contains licenses of another "
        "product; install it on the node or License Server of that product (R27)",
        "产品节点不接受 {what}（{error_message}）：其中的授权属于其他产品；请安装到该产品的节点或 License "
        "Server（R27）",
    ),
    "refused_device_mismatch": (
        "{what} was issued for another device ({error_message}); have it issued for the device information "
        "of this License Server",
        "{what} 是为其他设备签发的（{error_message}）；请用该 License Server 的设备信息重新申请",
    ),
    "refused_expired": (
        "{what} has already expired ({error_message}): its term began when the file was issued; request a "
        "new one (R12)",
        "{what} 已经到期（{error_message}）：期限从获取激活文件时起算；请重新申请（R12）",
    ),
    "refused_edition_mixed": (
        "the License Server refuses {what} ({error_message}): editions must not be mixed; use an upgrade "
        "license (R4)",
        "License Server 拒绝 {what}（{error_message}）：不同版本不能混用；请使用升级版授权（R4）",
    ),
    "refused_upgrade_base_missing": (
        "the License Server refuses {what} ({error_message}): the base of the upgrade is missing; install "
        "the base first (R5)",
        "License Server 拒绝 {what}（{error_message}）：缺少升级所需的基础授权；请先安装基础授权（R5）",
    ),
    "refused_upgrade_exceeds_base": (
        "the License Server refuses {what} ({error_message}): upgrades must equal their base in quantity "
        "(R6)",
        "License Server 拒绝 {what}（{error_message}）：升级版授权数量必须与基础授权数量相等（R6）",
    ),
    "refused_not_uninstallable": (
        "the License Server does not uninstall {what} ({error_message}): only formal licenses can be "
        "uninstalled (R16)",
        "License Server 不卸载 {what}（{error_message}）：只有正式授权支持卸载（R16）",
    ),
    "refused_license_expired": (
        "the License Server does not uninstall {what} ({error_message}): expired licenses cannot be moved "
        "(R16)",
        "License Server 不卸载 {what}（{error_message}）：已到期的授权不能迁移（R16）",
    ),
    "refused_license_assigned": (
        "the License Server does not uninstall {what} ({error_message}); disconnect or release the "
        "client first",
        "License Server 不卸载 {what}（{error_message}）；请先断开或释放客户端",
    ),
    "refused_base_in_use": (
        "the License Server does not uninstall {what} ({error_message}): an upgrade is based on it; "
        "uninstall that upgrade in the same task (R5, R6)",
        "License Server 不卸载 {what}（{error_message}）：有升级版授权以其为基础；请在同一任务中卸载该升级版"
        "授权（R5、R6）",
    ),
    "refused_client_exists": (
        "the License Server already has a client {what} ({error_message}); run again to compare it",
        "License Server 上已有客户端 {what}（{error_message}）；请重新执行以比对",
    ),
    "refused_client_connected": (
        "the License Server does not remove client {what} while it is connected ({error_message}); run again",
        "客户端 {what} 在线时 License Server 不予删除（{error_message}）；请重新执行",
    ),
    "refused_quota_exceeds_supply": (
        "the License Server refuses the quota of {what} ({error_message}): the quotas of all clients exceed "
        "its licenses; lower a quota, or install licenses first (R26)",
        "License Server 拒绝 {what} 的配额（{error_message}）：全部配额之和超过其现有授权；请降低配额，或先"
        "安装授权（R26）",
    ),
    "refused_client_credentials": (
        "the License Server refuses the login of client {what} ({error_message}); correct client_password, "
        "or set a new one with update_password: always",
        "License Server 拒绝客户端 {what} 登录（{error_message}）；请更正 client_password，或以 "
        "update_password: always 设置新密码",
    ),
    "refused_client_in_use": (
        "client {what} is used by another system ({error_message}); use a separate client for each system",
        "客户端 {what} 正被另一系统使用（{error_message}）；每个系统须有各自的客户端",
    ),
    "refused_server_unreachable": (
        "the system cannot reach the License Server for client {what} ({error_message}); check "
        "license_server.host and client_port as seen from the system",
        "系统无法为客户端 {what} 连接 License Server（{error_message}）；请从系统侧检查 "
        "license_server.host 与 client_port",
    ),
    "refused_contract_number_missing": (
        "a hot-standby pair needs its service product contract number ({error_message}); set "
        "contract_number (R23)",
        "双机热备需要服务产品合同号（{error_message}）；请设置 contract_number（R23）",
    ),
    "refused_otherwise": (
        "the server refuses {what} with {error_code}: {error_message}",
        "服务器拒绝 {what}，错误码 {error_code}：{error_message}",
    ),
    "write_unclear": (
        "it is not known whether a write took effect, and it was not repeated; run again (the next run "
        "reads the state first):",
        "无法确认一次写操作是否生效，且未重复发送；请重新执行（重新执行时会先读取状态）：",
    ),
}
