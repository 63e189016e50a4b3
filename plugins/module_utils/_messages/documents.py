# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about waivers, entitlements and files of facts: code → (English, Chinese)."""

from __future__ import annotations

from typing import Dict, Tuple

MESSAGES: Dict[str, Tuple[str, str]] = {
    "source_missing": (
        "the {kind} document {name} was not found; name a file that exists",
        "未找到 {kind} 文档 {name}，请指定存在的文件",
    ),
    "source_unreadable": (
        "the {kind} document {name} cannot be read: {reason}",
        "无法读取 {kind} 文档 {name}：{reason}",
    ),
    "source_type": (
        "{kind} is a path, a mapping or a list of those; {type} came",
        "{kind} 应为路径、映射或其列表，实际为 {type}",
    ),
    "source_empty": ("the document is empty; {kind} was expected", "文档为空，应为 {kind}"),
    "schema_misplaced_key": (
        "the key {key} does not go with the keys beside it; remove it or them",
        "键 {key} 不能与同级的键同时使用，请去掉其一",
    ),
    # Waivers
    "waiver_duplicate": (
        "the waiver {id} is already there at {first}; give this one another id",
        "豁免 {id} 在 {first} 已存在，请更换标识",
    ),
    "waiver_order": (
        "the waiver {id} ends on {until}, before it begins; correct from or until",
        "豁免 {id} 于 {until} 结束，早于其开始，请更正 from 或 until",
    ),
    "waiver_too_long": (
        "the waiver {id} holds for {days} days and the longest term is {longest}; end it earlier",
        "豁免 {id} 为期 {days} 天，最长允许 {longest} 天，请提前结束并续期",
    ),
    "waiver_overlap": (
        "the waivers {id} and {other} ({first}) are both for {check} on the same subject and day; keep one",
        "豁免 {id} 与 {other}（{first}）在同一日针对同一对象的 {check}，请只保留一个",
    ),
    # Entitlements
    "system_duplicate": (
        "the system {id} is described twice and differently; keep one",
        "系统 {id} 的两处描述不一致，请只保留一处",
    ),
    "contract_without_pair": (
        "the system {id} has a contract number and is no pair; set hot_standby or remove it (R23)",
        "系统 {id} 有合同号但不是双机热备，请设置 hot_standby: true 或去掉合同号（R23）",
    ),
    "grant_duplicate": (
        "the grant {id} is already there at {first}; give this one another id",
        "授权函 {id} 在 {first} 已存在，请更换标识",
    ),
    "grant_order": (
        "the grant {id} ends on {until}, before it begins; correct from or until",
        "授权函 {id} 于 {until} 结束，早于其开始，请更正 from 或 until",
    ),
    "grant_product": (
        "{id}: the catalogue has no product {product} (R27)",
        "{id}：目录中没有产品 {product}（R27）",
    ),
    "grant_arch": (
        "{id}: {product} comes for {expected}, not for {arch} (R39)",
        "{id}：{product} 适用于 {expected}，不适用于 {arch}（R39）",
    ),
    "grant_local": (
        "{id}: {product} is installed on a node; name the node instead of system and license_server (R27)",
        "{id}：{product} 安装在节点上，请指定 node，而不是 system 和 license_server（R27）",
    ),
    "grant_remote": (
        "{id}: {product} is held by a License Server; name system and license_server, not a node (R27)",
        "{id}：{product} 由 License Server 持有，请指定 system 和 license_server，而不是 node（R27）",
    ),
    "grant_no_packs": (
        "{id}: {product} is not sold in packs; remove packs (R32)",
        "{id}：{product} 不按规格包销售，请去掉 packs（R32）",
    ),
    "grant_pack_sum": (
        "{id}: the packs add up to {total} and the quantity is {quantity}; correct one of them (R32)",
        "{id}：规格包合计 {total}，而数量为 {quantity}，请更正其一（R32）",
    ),
    "grant_system": (
        "{id}: the allocation names the system {system}, which systems does not list",
        "{id}：分配中的系统 {system} 未在 systems 中列出",
    ),
    "grant_server": (
        "{id}: {system} is served by {expected}, and the allocation names {actual}; correct one of them",
        "{id}：{system} 由 {expected} 提供服务，而分配中为 {actual}，请更正其一",
    ),
    # A site's catalogue
    "catalog_row_twice": (
        "{id} for {arch} is already there at {first}; keep one of the two rows (R2)",
        "{id}（{arch}）在 {first} 已存在，请只保留一行（R2）",
    ),
    "catalog_rows_differ": (
        "the rows of {id} differ in {field} from {first}; a product says the same for each architecture (R2)",
        "{id} 的各行在 {field} 上与 {first} 不一致，同一产品在各架构上应相同（R2）",
    ),
    "catalog_role": (
        "{id} is shipped as {expected}, and a row of the catalogue cannot make it something else (R2)",
        "{id} 在内置目录中为 {expected}，目录条目不能改变其用途（R2）",
    ),
    "catalog_taken": (
        "{id} is for {role}, which {product} already licenses; override that product instead (R2)",
        "{id} 用于 {role}，而该用途已由 {product} 授权，请改为覆盖该产品（R2）",
    ),
    "catalog_name_taken": (
        "{id} has the name {name}, which is that of {other}; give each product its own (R2)",
        "{id} 的名称 {name} 已用于 {other}，请为每个产品使用不同名称（R2）",
    ),
    "catalog_arch_mixed": (
        "{id} has a row for any architecture and rows for single ones; keep the one or the others (R39)",
        "{id} 既有适用任意架构的行，又有单一架构的行，请只保留一种（R39）",
    ),
    "catalog_arch_missing": (
        "{id} is shipped for any architecture and has no row for {arch} here; add it (R39)",
        "{id} 在内置目录中适用任意架构，此处缺少 {arch} 的行，请补充（R39）",
    ),
    "catalog_arch_needed": (
        "{id} counts CPUs by architecture; write one row for x86_64 and one for aarch64 (R39)",
        "{id} 按 CPU 计数，而 CPU 按架构分别统计，请分别编写 x86_64 和 aarch64 的行（R39）",
    ),
    "catalog_term": (
        "a product, feature, scheme or upgrade of the catalogue is expected (R27); {term} came",
        "应为目录中的产品、功能、方案或升级授权（R27），实际为 {term}",
    ),
    "catalog_arch": (
        "arch is one of {expected}; {value} came",
        "arch 应为 {expected} 之一，实际为 {value}",
    ),
    # Site facts
    "site_fact_taken": (
        "the site fact {name} has the name of a fact that is read from systems; choose another name",
        "站点事实 {name} 与从系统读取的事实同名，请更换名称",
    ),
    "site_fact_choice": (
        "the site fact {name} is of type {expected}, and {value} among its values is not",
        "站点事实 {name} 的类型为 {expected}，而可选值 {value} 不符合",
    ),
    "site_fact_conflict": (
        "the site fact {name} is declared differently at {first}; declare it the same or once",
        "站点事实 {name} 在 {first} 的声明不同，请保持一致或只声明一次",
    ),
    # Facts of a play
    "facts_template": (
        "the variable holds a template at {pointer}, and the gate reads variables as they are; "
        "give it its value with set_fact before the gate",
        "变量在 {pointer} 处是模板，而合规检查按原样读取变量，请先用 set_fact 赋值",
    ),
    "gate_batch": (
        "decided for a batch of {n} of {total} hosts (serial); each batch is decided for itself",
        "仅针对 {total} 台主机中的一批 {n} 台作出判定（serial），每批单独判定",
    ),
    "gate_limit": (
        "decided for the {n} hosts of --limit {limit} only",
        "仅针对 --limit {limit} 的 {n} 台主机作出判定",
    ),
    # A bare JSON Schema as a policy
    "bare_draft": (
        "a schema as a policy is JSON Schema 2020-12 ({expected}); {draft} came",
        "作为策略的模式应为 JSON Schema 2020-12（{expected}），实际为 {draft}",
    ),
    "bare_id": (
        "$id {id} below the root would begin a schema of its own, in which references mean something else; "
        "remove it, and define what it refers to under $defs of the root",
        "根之下的 $id {id} 会开始一个独立的模式，引用的含义随之不同；请删除，并在根的 $defs 中定义",
    ),
    "bare_never_fails": (
        "no value of a system's facts can break this schema; state what has to hold",
        "系统事实的任何取值都不会违反该模式，请写明必须满足的条件",
    ),
    "servers_input": (
        "license_servers takes results of license_info with server.id; read all of it",
        "license_servers 应为含 server.id 的 license_info 结果，请完整读取",
    ),
    # The report
    "report_waived": ("{n} waived", "{n} 项已豁免"),
    "report_name_grant": ("grant {id}", "授权函 {id}"),
    "report_name_license_server": ("License Server {id}", "License Server {id}"),
    "report_waiver_expiring": (
        "waiver {id} for {check} ends on {until}; findings that rest on it: {n}",
        "针对 {check} 的豁免 {id} 将于 {until} 结束，涉及 {n} 项",
    ),
    "report_waiver_expired": (
        "waiver {id} for {check} ended on {until}; remove it or have it renewed",
        "针对 {check} 的豁免 {id} 已于 {until} 结束，请删除或续期",
    ),
    "report_waiver_unused": (
        "waiver {id} for {check} covers nothing; remove it or correct whom it is for",
        "针对 {check} 的豁免 {id} 未覆盖任何结果，请删除或更正其对象",
    ),
}
