# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conventions of the second API: codes, words, local times, error codes and the form of a response."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from flask import Response

from usim.webapp import Refusal, json_response

_ZONE = dt.timezone(dt.timedelta(hours=8))
UNLIMITED = "永久"
# Products without an architecture have the code 0.
ISA = MappingProxyType({None: 0, "x86_64": 1, "aarch64": 2})
KINDS = MappingProxyType({"formal": "正式", "temporary": "临时", "preinstalled": "预置"})
EDITIONS = MappingProxyType({"standard": "STD", "enterprise": "ENT", "enhanced_enterprise": "EHE"})
HOST_STATES = MappingProxyType({"ok": "正常", "bad": "故障"})
STANDINGS = MappingProxyType(
    {
        "in_use": "使用中",
        "usable": "可用",
        "unusable": "不可用",
        "expired": "已过期",
        "uninstalled": "已卸载",
    }
)
LINKS = MappingProxyType({"connected": "在线", "disconnected": "离线", "never": "从未连接"})
NO_LINK = "未配置"
GOODS = MappingProxyType(
    {
        **{f"vms_{edition}": f"VMS-{code}" for edition, code in EDITIONS.items()},
        "vms_standard_to_enterprise": "UPG-STD-ENT",
        "vms_standard_to_enhanced_enterprise": "UPG-STD-EHE",
        "vms_enterprise_to_enhanced_enterprise": "UPG-ENT-EHE",
        "srm": "SRM",
        "isc": "ISC",
        "container_service": "CTN",
        "disk_backup_dr": "DRBK",
        "heterogeneous_migration": "HMIG",
    }
)
_TITLES = MappingProxyType({None: "通用", "x86_64": "x86平台", "aarch64": "ARM平台"})

GOOD = 0
OTHER = 1999
SIGN_IN_REFUSED, SESSION_ENDED, CSRF_WRONG = 1007, 1005, 1006
# Error of the state engine -> number and sentence of this API.
ERRORS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "sign_in_refused": (SIGN_IN_REFUSED, "用户名或密码错误"),
        "session_ended": (SESSION_ENDED, "会话不存在或已过期，请重新登录"),
        "csrf_wrong": (CSRF_WRONG, "跨站请求校验失败"),
        "bad_request": (1400, "请求参数不合法"),
        "dry_run": (1409, "演练模式已开启，禁止修改"),
        "internal_error": (1500, "任务执行中断"),
        "license_lapsed": (2020, "许可已失效，请重新连接许可服务器"),
        "license_server_not_set": (2101, "未配置许可服务器"),
        "client_credentials_invalid": (2102, "客户端名称或密码错误"),
        "license_server_unreachable": (2103, "许可服务器不可达"),
        "client_in_use": (2104, "该客户端已被其他系统占用"),
        "contract_number_missing": (2105, "双机热备系统必须填写服务合同号"),
        "recovery_plan_not_found": (2201, "恢复计划不存在"),
        "activation_file_invalid": (3101, "激活文件无效或已被修改"),
        "device_mismatch": (3102, "激活文件与本设备不匹配"),
        "already_installed": (3110, "激活文件已安装"),
        "activation_file_spent": (3111, "激活文件中的许可已卸载"),
        "expired": (3112, "激活文件中的许可已过期"),
        "edition_mixed": (3120, "不同版本的许可不能混用"),
        "upgrade_base_missing": (3121, "缺少升级许可的基础许可"),
        "upgrade_exceeds_base": (3122, "升级许可数量超过基础许可"),
        "not_uninstallable": (3130, "该许可不支持卸载"),
        "license_expired": (3131, "许可已过期，不能卸载"),
        "license_assigned": (3132, "许可正在被客户端使用"),
        "base_in_use": (3133, "基础许可正在被升级许可使用"),
        "client_exists": (3140, "客户端已存在"),
        "client_connected": (3141, "客户端在线，请先释放"),
        "quota_exceeds_supply": (3142, "配额超过可用许可数量"),
        "kind_not_issued": (3149, "不支持该类型的许可"),
        "product_not_remote": (3150, "该产品的许可只能安装在产品节点上"),
        "wrong_product": (3151, "该节点不支持此产品的许可"),
    }
)


def title(product: str, arch: str | None) -> str:
    """Return the display name of a product in the totals."""
    return f"{GOODS[product]}（{_TITLES[arch]}）"


def local_time(instant: float | None) -> str | None:
    """Return epoch seconds as a time of UTC+8 without a zone."""
    if instant is None:
        return None
    return dt.datetime.fromtimestamp(int(instant), _ZONE).strftime("%Y/%m/%d %H:%M:%S")


def error_of(code: str, message: str) -> tuple[int, str]:
    """Return number and sentence of an error; one without a number of its own keeps its text."""
    return ERRORS.get(code, (OTHER, message))


def good(obj: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return json_response({"ret": GOOD, "obj": obj}, status, headers)


def refuse(error: Refusal) -> Response:
    """Return an error: in the body of a 200, and with its status for a login and for what is not there."""
    number, sentence = error_of(error.code, error.message)
    if error.status in (404, 405):
        number, sentence = 1000 + error.status, "请求的资源不存在"
    status = error.status if error.status in (401, 403, 404, 405, 413) else 200
    # The licenses of a file that is known already are named beside the error.
    numbers = error.more.get("licenseIds")
    obj = None if numbers is None else {"entitlements": numbers}
    return json_response({"ret": number, "retMsg": sentence, "obj": obj}, status)


def goods_of(code: object, isa: object) -> tuple[str, str | None]:
    """Return product and architecture of their codes; no ``isa`` is 0. Raises Refusal for an unknown one."""
    if not isinstance(isa, bool):
        numbers = {ISA[arch]: arch for arch in ISA}
        products = {GOODS[product]: product for product in GOODS}
        number = 0 if isa is None else isa
        if isinstance(code, str) and isinstance(number, int) and code in products and number in numbers:
            return products[code], numbers[number]
    raise Refusal(400, "bad_request", f"goods {code!r} of isa {isa!r} are not known")
