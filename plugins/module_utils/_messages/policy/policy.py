# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about policy documents."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
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
    "policy_unreadable": ("the policy {name} cannot be read: {reason}", "无法读取策略 {name}：{reason}"),
    "policy_source": (
        "a policy is vendor, a path, a mapping or a list of those; {type} came",
        "策略应为 vendor、路径、映射或其列表，实际为 {type}",
    ),
    "policy_empty_list": (
        "the list of policies is empty; name at least one, such as vendor",
        "策略列表为空，请至少指定一个，例如 vendor",
    ),
    "policy_empty": (
        "the document is empty; a LicensePolicy was expected",
        "文档为空，应为 LicensePolicy",
    ),
    "policy_without_rules": (
        "the policy ({policies}) has neither rules nor pools, so it cannot show compliance; add one",
        "策略（{policies}）既无规则也无资源池，无法证明合规，请补充",
    ),
    "policy_too_many": (
        "more than {limit} policy documents; reduce the chain of extends",
        "策略文档超过 {limit} 个，请减少 extends 链",
    ),
    "policy_two_versions": (
        "the policy {id} is loaded in two versions or contents ({versions}); keep one",
        "策略 {id} 加载了两个版本或内容（{versions}），请只保留一个",
    ),
    "extends_missing": (
        "the policy {id} that this one extends was not found beside it ({id}.yml, .yaml or .json)",
        "未在同一目录找到被继承的策略 {id}（{id}.yml、.yaml 或 .json）",
    ),
    "extends_cycle": ("the policies extend each other in a circle: {cycle}", "策略循环继承：{cycle}"),
    "extends_mismatch": (
        "the extended policy {id} should have {key} {expected} and has {actual}",
        "被继承的策略 {id} 的 {key} 应为 {expected}，实际为 {actual}",
    ),
    "rule_actions": (
        "{id}: {actions} cannot stand together; choose one",
        "{id}：{actions} 不能同时使用，请选其一",
    ),
    "rule_duplicate": (
        "the id {id} is already taken at {first}; give this one another id",
        "标识 {id} 已在 {first} 使用，请更换",
    ),
    "rule_exists": (
        "the id {id} is already taken at {first}; say override: true, replace: true or disable, or rename it",
        "标识 {id} 已在 {first} 使用，请写 override: true、replace: true 或 disable，或更换标识",
    ),
    "rule_absent": (
        "{action} of {id}: no earlier rule or pool has that id",
        "对 {id} 执行 {action}：此前没有该标识的规则或资源池",
    ),
    "override_too_much": (
        "{id}: override may change mode, severity, on_unknown and texts, not {key}; use replace: true",
        "{id}：override 只能修改 mode、severity、on_unknown 和文本，不能修改 {key}，请用 replace: true",
    ),
    "param_undeclared": (
        "the parameter {param} is not declared yet: give it type and default",
        "参数 {param} 尚未声明，请给出 type 和 default",
    ),
    "param_redeclared": (
        "the parameter {param} is already declared; only value and narrower bounds may be set, not {key}",
        "参数 {param} 已声明，只能设置 value 和更窄的边界，不能设置 {key}",
    ),
    "param_wider": (
        "the parameter {param} may only get narrower bounds than {bound}",
        "参数 {param} 的边界只能比 {bound} 更窄",
    ),
    "param_type": (
        "the parameter {param} is of type {expected}; {value} is not",
        "参数 {param} 的类型为 {expected}，{value} 不符合",
    ),
    "param_choice": (
        "the parameter {param} is one of {expected}; {value} came",
        "参数 {param} 应为 {expected} 之一，实际为 {value}",
    ),
    "param_bounds": (
        "the parameter {param} lies between {low} and {high}; {value} came",
        "参数 {param} 应在 {low} 与 {high} 之间，实际为 {value}",
    ),
    "rule_never_fails": (
        "{id}: no value of these facts can break this requirement; state what has to hold",
        "{id}：这些事实的任何取值都不会违反该要求，请写明必须满足的条件",
    ),
    "date_invalid": ("{id}: there is no day {date}", "{id}：不存在日期 {date}"),
    "dates_out_of_order": (
        "{id}: {date} lies before the date it should follow (audit, warn, deny; from, until)",
        "{id}：{date} 早于其应晚于的日期（audit、warn、deny；from、until）",
    ),
    "placeholder_unknown": (
        "the text has a placeholder {placeholder} that nothing fills",
        "文本中的占位符 {placeholder} 无法填充",
    ),
    "pool_rows": ("{id}: there are no rows {rows}", "{id}：不存在行 {rows}"),
    "pool_fact_unknown": (
        "{id}: rows have no fact {fact}",
        "{id}：行中没有事实 {fact}",
    ),
    "pool_fact_type": (
        "{id}: {fact} should be {expected} and is {actual}",
        "{id}：{fact} 应为 {expected}，实际为 {actual}",
    ),
    "pool_product_unknown": (
        "{id}: the catalogue has no product {product}",
        "{id}：目录中没有产品 {product}",
    ),
    "pool_unit": (
        "{id}: {product} is counted in {metric}, the demand in {unit} (R31)",
        "{id}：{product} 按 {metric} 计量，需求按 {unit} 计量（R31）",
    ),
    "pool_group": (
        "{id}: what is {source} says nothing about {fact}; group by some of {expected}",
        "{id}：{source} 不含 {fact} 信息；请按 {expected} 中的项分组",
    ),
    "pool_product_twice": (
        "{id}: rows are grouped by product, so the supply must not name one; remove supply.product",
        "{id}：已按产品分组，supply 不能再指定产品；请删除 supply.product",
    ),
    "pool_product_missing": (
        "{id}: the supply names no product; name one, or vms for all editions, or group by product",
        "{id}：supply 未指定产品；请指定产品，或用 vms 表示全部版本，或按产品分组",
    ),
    "pool_product_source": (
        "{id}: single products are not kept apart in what is {source}; use assigned or installed",
        "{id}：{source} 不区分单个产品；请使用 assigned 或 installed",
    ),
    "pool_number": (
        "{id}: a whole number in range is needed here, and the parameter {param} has none",
        "{id}：此处需要范围内的整数，参数 {param} 的值不符",
    ),
    "horizon_unused": (
        "a horizon was given, but the policy has no parameter horizon_days; extend vendor or leave it out",
        "给出了 horizon，但策略未声明参数 horizon_days，请继承 vendor 或去掉 horizon",
    ),
    "word_unknown": ("unknown", "未知"),
    "word_never": ("never", "永久"),
    "word_none": ("none", "无"),
}
