# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about policies, their documents and schemas: code → (English, Chinese)."""

from __future__ import annotations

from typing import Dict, Tuple

MESSAGES: Dict[str, Tuple[str, str]] = {
    "did_you_mean": ("{sentence}; did you mean {hint}?", "{sentence}；是否应为 {hint}？"),
    # Reading a document
    "jsonschema_missing": (
        "policies are checked with the Python library jsonschema, which the controller lacks ({reason}): "
        "install it with: python3 -m pip install 'jsonschema>=4.21,<5'",
        "策略检查需要 Ansible 控制节点上的 Python 库 jsonschema，但未找到（{reason}），请安装："
        "python3 -m pip install 'jsonschema>=4.21,<5'",
    ),
    "document_invalid": ("the document is not valid", "文档无效"),
    "document_too_large": (
        "the document is larger than {limit} bytes; split it",
        "文档超过 {limit} 字节，请拆分",
    ),
    "document_not_utf8": (
        "the document is not UTF-8 (byte {position}); save it as UTF-8",
        "文档不是 UTF-8 编码（第 {position} 字节），请另存为 UTF-8",
    ),
    "document_syntax": ("this cannot be read: {problem}", "无法解析：{problem}"),
    "document_several": (
        "one document was expected and a second begins here; put it into a file of its own",
        "只应有一个文档，此处开始了第二个，请放入单独的文件",
    ),
    "document_too_many_values": (
        "more than {limit} values, aliases counted each time they are used; reduce the document",
        "值的数量超过 {limit}（别名每次使用都计入），请精简文档",
    ),
    "document_too_deep": (
        "nested deeper than {limit} levels; flatten the document",
        "嵌套超过 {limit} 层，请减少嵌套",
    ),
    "document_alias": (
        "the alias *{alias}* stands before what it names is complete; write the value out",
        "别名 *{alias}* 所指的内容尚未完整，请直接写出该值",
    ),
    "document_tag": (
        "the tag {tag} is not allowed; write plain text, numbers, lists and mappings",
        "不允许使用标签 {tag}，只能使用普通文本、数字、列表和映射",
    ),
    "document_key": ("a key has to be plain text", "键必须是普通文本"),
    "document_merge_key": (
        "merge keys (<<) are not supported; write the keys out",
        "不支持合并键（<<），请逐一写出",
    ),
    "document_duplicate_key": (
        "the key {key} is already in line {line}; keep one of the two",
        "键 {key} 在第 {line} 行已出现，请只保留一个",
    ),
    "document_duplicate_key_json": (
        "the key {key} appears twice in one object; keep one of the two",
        "键 {key} 在同一对象中出现两次，请只保留一个",
    ),
    "document_disputed_word": (
        "{word} is text in one YAML version and a boolean in another; write true, false or use quotes",
        "{word} 在不同 YAML 版本中含义不同，请写 true、false 或加引号",
    ),
    "document_disputed_number": (
        "{number} is a different number in different YAML versions; write it in decimal or put it in quotes",
        "{number} 在不同 YAML 版本中是不同的数，请写成十进制或加引号",
    ),
    "document_number_size": (
        "whole numbers go up to {limit}; this one is larger",
        "整数最大为 {limit}，此值过大",
    ),
    "document_not_finite": (
        "{number} is not a finite number; write the number that is meant",
        "{number} 不是有限的数，请写出确切的数值",
    ),
    # Faults against a schema
    "schema_unknown_key": (
        "there is no key {key} here",
        "此处没有键 {key}",
    ),
    "schema_missing_key": ("the key {key} is missing; add it", "缺少键 {key}，请补充"),
    "schema_type": (
        "expected {expected}, found {actual}; text that looks like a number needs quotes",
        "应为 {expected}，实际为 {actual}；形似数字的文本须加引号",
    ),
    "schema_choice": (
        "{value} does not fit; expected one of: {expected}",
        "{value} 不符合要求，应为其中之一：{expected}",
    ),
    "schema_keyword": (
        "{value} does not fit: {keyword} {expected}",
        "{value} 不符合要求：{keyword} {expected}",
    ),
    # Policies: finding and composing them
    "policy_missing": (
        "the policy {name} was not found; name a file, or vendor for the shipped policy",
        "未找到策略 {name}，请指定文件，或用 vendor 表示随附策略",
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
    "param_unknown": (
        "no parameter {param} is declared",
        "未声明参数 {param}",
    ),
    "param_unfit": (
        "{keyword} takes {expected}, and the parameter {param} is {value}",
        "{keyword} 需要 {expected}，而参数 {param} 为 {value}",
    ),
    # Policies: what their schema cannot see
    "constraint_too_large": (
        "the constraint grows beyond {limit} parts once its references are expanded; simplify it",
        "展开引用后约束超过 {limit} 个部分，请简化",
    ),
    "reference_cycle": ("{reference} leads back to itself", "{reference} 循环引用自身"),
    "reference_unknown": (
        "{reference} names nothing under $defs of the root; define it there, definitions further in are "
        "out of reach",
        "{reference} 在根的 $defs 中不存在；请在根处定义，内层的定义无法引用",
    ),
    "fact_unknown": (
        "no fact {pointer} exists",
        "不存在事实 {pointer}",
    ),
    "keyword_needs_number": (
        "{keyword} bounds numbers, and the fact {pointer} is {actual}",
        "{keyword} 用于数字，而事实 {pointer} 为 {actual}",
    ),
    "keyword_needs_text": (
        "{keyword} is for text, and the fact {pointer} is {actual}",
        "{keyword} 用于文本，而事实 {pointer} 为 {actual}",
    ),
    "keyword_needs_instant": (
        "{keyword} is for instants, and the fact {pointer} is {actual}",
        "{keyword} 用于时间点，而事实 {pointer} 为 {actual}",
    ),
    "keyword_needs_list": (
        "{keyword} is for lists, and the fact {pointer} is {actual}",
        "{keyword} 用于列表，而事实 {pointer} 为 {actual}",
    ),
    "never_unguarded": (
        "{pointer} can be never, which passes {keyword}; where a match has an effect add type: integer",
        "{pointer} 可能为 never，会通过 {keyword}：在命中即生效处须同时写 type: integer",
    ),
    "value_impossible": (
        "{pointer} is never {value}; possible: {expected}",
        "{pointer} 不可能为 {value}；可能的值：{expected}",
    ),
    "type_impossible": (
        "{pointer} is {actual}, never {expected}",
        "{pointer} 的类型为 {actual}，不可能为 {expected}",
    ),
    "pattern_invalid": (
        "the pattern {pattern} is outside the profile: {problem}",
        "模式 {pattern} 超出允许范围：{problem}",
    ),
    "version_range_invalid": (
        "{part} is no version bound; write bounds like >=E0730P06,<E0750 || >=E0760 (R28)",
        "{part} 不是版本边界，请写成 >=E0730P06,<E0750 || >=E0760 的形式（R28）",
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
    "test_without_date": (
        "the test {name} has no date: give as_of, or source.gathered_at in its facts",
        "测试 {name} 没有日期：请给出 as_of，或在事实中给出 source.gathered_at",
    ),
    "test_fixture": (
        "the test {name} uses a fixture {fixture} that is not there",
        "测试 {name} 使用的样例 {fixture} 不存在",
    ),
    "test_check": (
        "a test expects something of {check}, which is no rule or pool",
        "测试引用了 {check}，但不存在该规则或资源池",
    ),
}
