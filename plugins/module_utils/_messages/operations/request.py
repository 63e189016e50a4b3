# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about license requests."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "request_not_kept": (
        "{path} of the request cannot be saved ({reason}); set another directory or free disk space",
        "无法保存申请包中的 {path}（{reason}）；请另指定目录或清理空间",
    ),
    "request_device_needed": (
        "the request needs device information; set host and account of the device, or set device_information",
        "申请需要设备信息；请设置设备的 host 与账号，或设置 device_information",
    ),
    "request_keys_empty": (
        "keys must hold at least one license key; got an empty list",
        "keys 至少应包含一个授权码，实际为空列表",
    ),
    "request_key_invalid": (
        "license key number {number} must be 1 to {limit} printable characters without spaces; correct "
        "this entry of keys",
        "第 {number} 个授权码应为 1 至 {limit} 个可打印字符且不含空格；请更正 keys 中的该项",
    ),
    "request_key_twice": (
        "the key {key} is listed twice; list it once with the total quantity",
        "授权码 {key} 出现了两次；请只列出一次并给出总数量",
    ),
    "request_refused": (
        "nothing was written: requesting {keys} would break these rules:",
        "未写入任何内容：申请 {keys} 将违反以下规则：",
    ),
    "request_contract_number": (
        "a hot-standby pair is activated with its service product contract number; set contract_number (R23)",
        "双机热备激活时须输入服务产品合同号；请设置 contract_number（R23）",
    ),
    "request_contract_number_alone": (
        "contract_number is set but hot_standby is not, although the number is only for a hot-standby pair; "
        "set hot_standby, or leave contract_number out (R23)",
        "已设置仅用于双机热备的 contract_number，但未设置 hot_standby；请设置 hot_standby，或去掉 "
        "contract_number（R23）",
    ),
    "request_standby_local": (
        "{product} (key {key}) is not a license of VMS, so a hot-standby pair does not cover it; request it "
        "separately (R23)",
        "{product}（授权码 {key}）不是 VMS 的授权，双机热备不适用；请单独申请（R23）",
    ),
    "request_term": (
        "the temporary license of key {key} needs a term; set term_days (R12)",
        "授权码 {key} 的临时授权需要期限；请设置 term_days（R12）",
    ),
    "request_product_unsaid": (
        "key {key} has no product, so its place of installation and its kind were not checked; set product "
        "(R27)",
        "授权码 {key} 未指明产品，因此未检查安装位置与授权类型；请设置 product（R27）",
    ),
    "request_product_unknown": (
        "{product} (key {key}) is not in the catalog with that architecture; check product and arch (R27)",
        "产品目录中没有该架构的 {product}（授权码 {key}）；请检查 product 与 arch（R27）",
    ),
    "request_kind_does_not_exist": (
        "{product} (key {key}) is not sold as {kind}; request a formal license (R11, R13)",
        "{product}（授权码 {key}）不提供{kind}；请申请正式授权（R11、R13）",
    ),
    "request_device_of_node": (
        "{product} (key {key}) is installed on its own node, so its request needs that node's device "
        "information; set product_node (R27)",
        "{product}（授权码 {key}）安装在产品自身节点上，须使用该节点的设备信息；请设置 product_node（R27）",
    ),
    "request_device_of_server": (
        "{product} (key {key}) is installed on a License Server, but the device information is that of the "
        "node of {node}; request it with the device information of its License Server (R27)",
        "{product}（授权码 {key}）应安装在 License Server 上，但设备信息来自 {node} 的节点；请使用其 "
        "License Server 的设备信息申请（R27）",
    ),
    "request_purchased_unsaid": (
        "key {key} requests {wanted} and has {allocated} allocated before, but purchased is not set, so it "
        "was not checked whether that is too many; set purchased (R26)",
        "授权码 {key} 申请 {wanted}，此前已分配 {allocated}，但未设置 purchased，因此未检查是否超量；请设置 "
        "purchased（R26）",
    ),
    "request_too_many": (
        "key {key} requests {wanted} and has {allocated} allocated before, but only {purchased} were "
        "purchased; lower quantity, or correct allocated or purchased (R26)",
        "授权码 {key} 申请 {wanted}，此前已分配 {allocated}，而购买数量为 {purchased}；请减少 quantity，或更"
        "正 allocated 或 purchased（R26）",
    ),
    "request_fixed_split": (
        "key {key} has a fixed code, which cannot be split, but requests {wanted} of {purchased} purchased, "
        "with {allocated} allocated before; request all of it at once (R25)",
        "授权码 {key} 为固定授权，不能拆分，但申请 {wanted}，此前已分配 {allocated}，购买数量为 "
        "{purchased}；请一次申请全部数量（R25）",
    ),
    "request_split_unknown": (
        "key {key} is split ({wanted} requested, {allocated} allocated before, {purchased} purchased), but "
        "its code is neither fixed nor flexible, so it was not checked whether it can be split; ask the "
        "vendor (R24)",
        "授权码 {key} 被拆分（申请 {wanted}，此前已分配 {allocated}，购买 {purchased}），但其编码既非固定授"
        "权也非灵活授权，因此未检查能否拆分；请咨询厂商（R24）",
    ),
    "step_request_device": (
        "On the license platform, start an activation and submit the device information "
        "{device_information} unchanged",
        "在 License 管理平台发起激活，并原样提交设备信息 {device_information}",
    ),
    "step_request_key": (
        "Enter the license key that ends in {key}, quantity {quantity} (R26)",
        "填写以 {key} 结尾的授权码，数量 {quantity}（R26）",
    ),
    "step_request_trial": (
        "Enter the license key that ends in {key}, quantity {quantity}, for {term_days} days; the term "
        "begins when the file is issued (R12)",
        "填写以 {key} 结尾的授权码，数量 {quantity}，期限 {term_days} 天；期限从获取激活文件时起算（R12）",
    ),
    "step_request_contract": (
        "Enter the service product contract number {contract_number} of the hot-standby pair (R23)",
        "填写双机热备的服务产品合同号 {contract_number}（R23）",
    ),
    "step_request_keep": (
        "Save each activation file unchanged, under the name that the platform gave it, in the directory "
        "issued next to this file",
        "按 License 管理平台给出的文件名，将每个激活文件原样保存到本文件旁的 issued 目录",
    ),
    "step_request_install": (
        "Install these files with the module license and set expect to what was requested; the playbook "
        "renew does both",
        "用 license 模块安装这些文件，并以所申请的内容作为 expect；renew 剧本会完成这两步",
    ),
    "request_foreign_device": (
        "{path} does not belong to this request, which is for {own}; remove it, so that no license is "
        "requested for another device",
        "{path} 不属于本次申请（本次申请针对 {own}）；请将其移除，以免误用其他设备的信息",
    ),
    "device_changed_meanwhile": (
        "the device information changed while {path} was written ({sha256}, now {now}); do not use this "
        "bundle; run again with the current device information",
        "写入 {path} 期间设备信息发生变化（{sha256}，现为 {now}）；请勿使用该申请包，并使用当前设备信息重新"
        "执行",
    ),
    "request_fixed_allocated": (
        "key {key} has a fixed code, which cannot be split, and {allocated} of it are already allocated; "
        "remove the key from this request, or correct allocated (R25)",
        "授权码 {key} 为固定授权，不能拆分，且已分配 {allocated}；请从本次申请中去掉该授权码，或更正 "
        "allocated（R25）",
    ),
}
