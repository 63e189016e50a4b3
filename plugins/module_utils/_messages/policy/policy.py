# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about errors in policies."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    # Site facts
    "site_fact_taken": (
        "the site fact {name} has the name of a fact that is read from systems; choose another name",
        "站点事实 {name} 与从系统读取的事实同名；请更换名称",
    ),
    "site_fact_choice": (
        "the values of the site fact {name} must be of type {expected}; got {value}",
        "站点事实 {name} 的可选值应为 {expected} 类型，实际为 {value}",
    ),
    "site_fact_conflict": (
        "the site fact {name} is declared differently at {first}; make both declarations equal or remove one",
        "站点事实 {name} 在 {first} 的声明不同；请保持一致或只声明一次",
    ),
    "policy_unreadable": ("the policy {name} cannot be read: {reason}", "无法读取策略 {name}：{reason}"),
    "policy_source": (
        "a policy must be vendor, a path, a mapping or a list of those; got {type}",
        "策略应为 vendor、路径、映射或其列表，实际为 {type}",
    ),
    "policy_empty_list": (
        "the list of policies is empty; name at least one, such as vendor",
        "策略列表为空；请至少指定一个，例如 vendor",
    ),
    "policy_empty": (
        "the document is empty; it must contain a LicensePolicy",
        "文档为空，应包含 LicensePolicy",
    ),
    "policy_without_rules": (
        "the policy ({policies}) has neither rules nor pools, so it cannot confirm compliance; add a rule "
        "or a pool",
        "策略（{policies}）既无规则也无资源池，无法证明合规；请添加规则或资源池",
    ),
    "policy_too_many": (
        "the policy has more than {limit} documents; shorten the chain of extends",
        "策略文档超过 {limit} 个；请减少 extends 链",
    ),
    "policy_two_versions": (
        "the policy {id} is loaded twice with different versions or contents ({versions}); keep one",
        "策略 {id} 加载了两次，且版本或内容不同（{versions}）；请只保留一个",
    ),
    "extends_missing": (
        "the extended policy {id} was not found in the directory of this policy; add {id}.yml, {id}.yaml or "
        "{id}.json",
        "未在本策略所在目录找到被继承的策略 {id}；请添加 {id}.yml、{id}.yaml 或 {id}.json",
    ),
    "extends_cycle": ("the policies extend each other in a cycle: {cycle}", "策略循环继承：{cycle}"),
    "extends_mismatch": (
        "{key} of the extended policy {id} must be {expected}; got {actual}",
        "被继承的策略 {id} 的 {key} 应为 {expected}，实际为 {actual}",
    ),
    "rule_actions": (
        "{id}: {actions} cannot be combined; choose one",
        "{id}：{actions} 不能同时使用；请选其一",
    ),
    "rule_duplicate": (
        "the id {id} is already used at {first}; choose another id",
        "标识 {id} 已在 {first} 使用；请更换",
    ),
    "rule_exists": (
        "the id {id} is already used at {first}; set override, replace or disable to true, or choose "
        "another id",
        "标识 {id} 已在 {first} 使用；请将 override、replace 或 disable 设为 true，或更换标识",
    ),
    "rule_absent": (
        "cannot {action} {id}: no earlier rule or pool has this id; correct the id, or load the policy that "
        "defines it first",
        "无法对 {id} 执行 {action}：此前没有该标识的规则或资源池；请更正标识，或先加载定义该标识的策略",
    ),
    "override_too_much": (
        "{id}: override may change mode, severity, on_unknown and texts, not {key}; use replace: true",
        "{id}：override 只能修改 mode、severity、on_unknown 和文本，不能修改 {key}；请用 replace: true",
    ),
    "param_undeclared": (
        "the parameter {param} is not declared yet; give it a type and a default",
        "参数 {param} 尚未声明；请给出 type 和 default",
    ),
    "param_redeclared": (
        "the parameter {param} is already declared; only value and narrower bounds may be set, not {key}",
        "参数 {param} 已声明，只能设置 value 和更窄的边界，不能设置 {key}",
    ),
    "param_wider": (
        "the bounds of the parameter {param} must not be wider than {bound}",
        "参数 {param} 的边界不能比 {bound} 更宽",
    ),
    "param_type": (
        "the parameter {param} must be of type {expected}; got {value}",
        "参数 {param} 的类型应为 {expected}，实际为 {value}",
    ),
    "param_choice": (
        "the parameter {param} must be one of {expected}; got {value}",
        "参数 {param} 应为 {expected} 之一，实际为 {value}",
    ),
    "param_bounds": (
        "the parameter {param} must be in the range {low}..{high}; got {value}",
        "参数 {param} 应在 {low}..{high} 范围内，实际为 {value}",
    ),
    "rule_never_fails": (
        "{id}: every value of these facts meets the requirement, so it cannot fail; state what is required",
        "{id}：这些事实的任何取值都满足该要求，因此检查不会失败；请写明必须满足的条件",
    ),
    "date_invalid": ("{id}: {date} is not a valid date; correct it", "{id}：{date} 不是有效日期；请更正"),
    "dates_out_of_order": (
        "{id}: {date} is earlier than the date before it; use the order audit, warn, deny and from, until",
        "{id}：{date} 早于前一个日期，日期应按 audit、warn、deny 和 from、until 的顺序",
    ),
    "placeholder_unknown": (
        "the text has the unknown placeholder {placeholder}",
        "文本中有未知的占位符 {placeholder}",
    ),
    "placeholder_fact_unknown": (
        "the text has the placeholder {placeholder}, but this fact does not exist (see Facts reference)",
        "文本中有占位符 {placeholder}，但不存在该事实（见 Facts reference）",
    ),
    "pool_rows": (
        "{id}: rows must be . or the pointer of a list in the facts, such as /hosts; got {rows}",
        "{id}：rows 应为 . 或事实中列表的指针，例如 /hosts，实际为 {rows}",
    ),
    "pool_fact_unknown": (
        "{id}: the rows have no fact {fact} (see Facts reference)",
        "{id}：行中没有事实 {fact}（见 Facts reference）",
    ),
    "pool_fact_type": (
        "{id}: {fact} must be of type {expected}; got {actual}",
        "{id}：{fact} 的类型应为 {expected}，实际为 {actual}",
    ),
    "pool_product_unknown": ("{id}: the catalog has no product {product}", "{id}：目录中没有产品 {product}"),
    "pool_unit": (
        "{id}: the unit of the demand must be {metric}, in which {product} is counted; got {unit} (R31)",
        "{id}：需求的单位应为 {metric}（{product} 的计量单位），实际为 {unit}（R31）",
    ),
    "pool_group": (
        "{id}: supply from {source} cannot be grouped by {fact}; group by {expected}",
        "{id}：来自 {source} 的供给不能按 {fact} 分组；请按 {expected} 中的项分组",
    ),
    "pool_product_twice": (
        "{id}: rows are grouped by product, so supply.product must not be set; remove it",
        "{id}：已按产品分组，不能再设置 supply.product；请删除",
    ),
    "pool_product_missing": (
        "{id}: supply.product is missing; set it to a product, or to vms for all editions, or group by "
        "product",
        "{id}：缺少 supply.product；请指定产品，或用 vms 表示全部版本，或按产品分组",
    ),
    "pool_product_source": (
        "{id}: supply from {source} has no quantities of single products; use assigned or installed",
        "{id}：来自 {source} 的供给不区分单个产品；请使用 assigned 或 installed",
    ),
    "pool_number": (
        "{id}: the parameter {param} must be a whole number in the range of this key; change its value",
        "{id}：参数 {param} 应为此键允许范围内的整数；请更改其值",
    ),
    "horizon_unused": (
        "horizon is set, but the policy has no parameter horizon_days; extend vendor or remove horizon",
        "设置了 horizon，但策略未声明参数 horizon_days；请继承 vendor 或去掉 horizon",
    ),
    "word_unknown": ("unknown", "未知"),
    "word_never": ("never", "永久"),
    "word_none": ("none", "无"),
    "word_at_least": ("at least {n}", "至少 {n}"),
    "catalog_without_content": (
        "the catalog {id} has neither products nor not_usphere; add one of them (R2)",
        "目录 {id} 既没有 products，也没有 not_usphere；请添加其一（R2）",
    ),
    "catalog_pattern_known": (
        "the pattern {pattern} of not_usphere matches {name}, a product of Usphere, whose licenses would "
        "then count nowhere; use a pattern that matches only other products (R2)",
        "not_usphere 中的模式 {pattern} 匹配 Usphere 产品 {name}，其授权将不被计入；"
        "请使用只匹配其他产品的模式（R2）",
    ),
}
