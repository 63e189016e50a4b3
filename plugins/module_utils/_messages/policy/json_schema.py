# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about plain JSON Schemas: errors of a schema, violations, and questions without an answer."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    # Errors of a schema
    "json_schema_root": (
        "a JSON Schema must be an object, true or false; got {value}",
        "JSON Schema 应为对象、true 或 false，实际为 {value}",
    ),
    "json_schema_invalid": (
        "{pointer} is not valid in JSON Schema {draft}: the value {value} does not meet {rule} {expected}; "
        "correct it",
        "{pointer} 不符合 JSON Schema {draft}：值 {value} 不满足 {rule} {expected}，请更正",
    ),
    "json_schema_draft": (
        "$schema must be one of {expected}; got {value}",
        "$schema 应为 {expected} 之一，实际为 {value}",
    ),
    "json_schema_dialect_unknown": (
        "the meta-schema {value} is not known; the schema is evaluated as JSON Schema {dialect}",
        "未知的元 schema {value}，按 JSON Schema {dialect} 检查",
    ),
    "json_schema_not_schema": (
        "the reference {reference} leads to a value that is not a schema; refer to an object, true or false",
        "引用 {reference} 指向的值不是 schema，应指向对象、true 或 false",
    ),
    "json_schema_misspelt": (
        "{keyword} is not a keyword; did you mean {suggestion}? Give annotations a name that begins with x-",
        "{keyword} 不是关键字，是否应为 {suggestion}？自定义注释的名称请以 x- 开头",
    ),
    "json_schema_misspelt_own": (
        "{keyword} is not known; did you mean {suggestion}? Give an annotation of your own another name",
        "未知的 {keyword}，是否应为 {suggestion}？自定义注释请使用其他名称",
    ),
    "json_schema_unknown": (
        "{keyword} is not a keyword and checks nothing; give an annotation of your own a name that begins "
        "with x-",
        "{keyword} 不是关键字，不作任何检查；自定义注释的名称请以 x- 开头",
    ),
    "json_schema_type_name": (
        "{name} is not a type; did you mean {suggestion}?",
        "{name} 不是类型，是否应为 {suggestion}？",
    ),
    "json_schema_type_unknown": (
        "{name} is not a type; use one of {expected}",
        "{name} 不是类型，应为 {expected} 之一",
    ),
    "json_schema_text": (
        "{pointer} must be text; got {value}. Put it in quotes",
        "{pointer} 应为文本，实际为 {value}；请加引号",
    ),
    "json_schema_companion": (
        "{keyword} has no effect without {needed}; add {needed}, or remove {keyword}",
        "没有 {needed} 时 {keyword} 不起作用，请添加 {needed} 或删除 {keyword}",
    ),
    "json_schema_other_draft": (
        "JSON Schema {dialect} ignores {keyword}, a keyword of {draft}. Use the keyword of "
        "{dialect}, or set $schema",
        "JSON Schema {dialect} 忽略 {draft} 的关键字 {keyword}；请改用 {dialect} 的关键字，或设置 $schema",
    ),
    "json_schema_x_absent": (
        "x-absent must be one of {expected}; got {value}",
        "x-absent 应为 {expected} 之一，实际为 {value}",
    ),
    "json_schema_x_message": (
        "x-message must be text, or an object with the keys en and zh; got {value}",
        "x-message 应为文本，或含有 en 和 zh 键的对象，实际为 {value}",
    ),
    "json_schema_days": (
        "{keyword} must be a number of days from 0 to 100000; got {value}",
        "{keyword} 应为 0 至 100000 的天数，实际为 {value}",
    ),
    "json_schema_version_range": (
        "versionRange must be a range of VMS releases such as >=E0730P06,<E0750; got {part}. Use pattern for "
        "other versions",
        "versionRange 应为 VMS 版本范围，例如 >=E0730P06,<E0750，实际为 {part}；其他版本号请使用 pattern",
    ),
    "json_schema_format_package": (
        "the format {format} cannot be checked, because the Python package {package} is not installed on the "
        "control node; install it: python3 -m pip install {package}",
        "无法检查格式 {format}：Ansible 控制节点未安装 Python 包 {package}，请安装：python3 -m pip "
        "install {package}",
    ),
    "json_schema_format_unknown": (
        "the format {format} has no checker in JSON Schema {draft}, so every value would pass; remove it "
        "or use pattern",
        "JSON Schema {draft} 无法检查格式 {format}，任何值都会通过；请删除它或改用 pattern",
    ),
    "json_schema_pattern_invalid": (
        "the regular expression {pattern} cannot be used: {problem}; correct it",
        "无法使用正则表达式 {pattern}：{problem}，请更正",
    ),
    "json_schema_pattern_limit": (
        "matching the regular expression {pattern} took longer than {limit} s; simplify it, without nested "
        "repetitions",
        "匹配正则表达式 {pattern} 超过 {limit} 秒，请简化，避免嵌套重复",
    ),
    "json_schema_pattern_failed": (
        "matching the regular expression {pattern} failed: {reason}; simplify it",
        "匹配正则表达式 {pattern} 失败：{reason}，请简化",
    ),
    "json_schema_endless": (
        "a reference of this schema leads back to itself without going into a part of the value, or the "
        "chain of references is too long; remove the cycle",
        "该 schema 的引用回到自身而未进入值的某一部分，或引用链过长，请消除循环",
    ),
    "json_schema_never_fails": (
        "every value matches this schema, so the check cannot fail; add a requirement, such as required",
        "任何值都符合该 schema，检查不会失败；请写明要求，例如 required",
    ),
    "json_schema_anchor": (
        "the reference {reference} names an anchor that does not exist; add $anchor or correct the name",
        "引用 {reference} 的锚点不存在，请添加 $anchor 或更正名称",
    ),
    "json_schema_pointer": (
        "the reference {reference} leads to no value; correct its JSON pointer",
        "引用 {reference} 未指向任何值，请更正 JSON 指针",
    ),
    "json_schema_uri": (
        "{reference} is not a valid URI; correct it, or use the path of a file relative to this schema",
        "{reference} 不是有效的 URI，请更正，或使用相对于该 schema 的文件路径",
    ),
    "json_schema_network": (
        "the reference {reference} ({uri}) is not a file beside this schema; schemas are not read from the "
        "network: save it in the directory of this schema",
        "引用 {reference}（{uri}）不是该 schema 旁的文件；不会从网络读取 schema，"
        "请将其保存在该 schema 所在目录",
    ),
    "json_schema_absolute": (
        "the reference {reference} is absolute; use a path relative to this schema",
        "引用 {reference} 为绝对路径，请使用相对于该 schema 的路径",
    ),
    "json_schema_outside": (
        "the reference {reference} leads out of the directory of the schema; move the file below it",
        "引用 {reference} 超出 schema 所在目录，请将文件移至该目录内",
    ),
    "json_schema_no_directory": (
        "the reference {reference} names a file, but this schema is not in a file; use a schema file, or put "
        "the definitions under $defs",
        "引用 {reference} 指向文件，但该 schema 不在文件中；请使用 schema 文件，或将定义放在 $defs 中",
    ),
    "json_schema_file": (
        "the file of the reference {reference} cannot be read: {reason}",
        "无法读取引用 {reference} 的文件：{reason}",
    ),
    "json_schema_too_deep": (
        "the evaluation of {schema} is nested too deeply; simplify the schema or the facts",
        "{schema} 的检查嵌套过深，请简化 schema 或事实",
    ),
    "json_schema_steps": (
        "the evaluation needs more than {limit} steps; simplify the schema",
        "检查超过 {limit} 步，请简化 schema",
    ),
    "json_schema_not_exported": (
        "rule {id} refers to a JSON Schema that json_schemas does not contain; resolve the policy again with "
        "the license_policy lookup",
        "规则 {id} 引用的 JSON Schema 不在 json_schemas 中，请用 license_policy lookup 重新生成策略",
    ),
    # Options
    "absent_invalid": (
        "absent must be one of {expected}; got {value}",
        "absent 应为 {expected} 之一，实际为 {value}",
    ),
    "coerce_invalid": (
        "coerce must be true or false; got {value}",
        "coerce 应为 true 或 false，实际为 {value}",
    ),
    # Violations
    "json_schema_bound": (
        "{pointer} is {found}; it must meet {keyword} {expected}",
        "{pointer} 为 {found}，应满足 {keyword} {expected}",
    ),
    "json_schema_maximum": (
        "{pointer} is {found}; it must be at most {expected}",
        "{pointer} 为 {found}，不得大于 {expected}",
    ),
    "json_schema_minimum": (
        "{pointer} is {found}; it must be at least {expected}",
        "{pointer} 为 {found}，不得小于 {expected}",
    ),
    "json_schema_type": (
        "{pointer} is {found}; it must be of type {expected}",
        "{pointer} 为 {found}，类型应为 {expected}",
    ),
    "json_schema_type_text": (
        "{pointer} is {found}; it must be of type {expected}; convert it in the facts, for example with "
        "| int, or set coerce: true",
        "{pointer} 为 {found}，类型应为 {expected}；请在事实中转换该值，例如使用 | int，或设置 coerce: true",
    ),
    "json_schema_boolean_text": (
        "{pointer} is {found}; it must be {expected}; convert it in the facts, for example with | bool",
        "{pointer} 为 {found}，应为 {expected}；请在事实中转换该值，例如使用 | bool",
    ),
    "json_schema_const": (
        "{pointer} is {found}; it must be {expected}",
        "{pointer} 为 {found}，应为 {expected}",
    ),
    "json_schema_enum": (
        "{pointer} is {found}; it must be one of {expected}",
        "{pointer} 为 {found}，应为 {expected} 之一",
    ),
    "json_schema_pattern": (
        "{pointer} is {found}; it must match the pattern {expected}",
        "{pointer} 为 {found}，应匹配正则表达式 {expected}",
    ),
    "json_schema_format": (
        "{pointer} is {found}; it must have the format {expected}",
        "{pointer} 为 {found}，格式应为 {expected}",
    ),
    "json_schema_required": (
        "{pointer} is missing; add it",
        "缺少 {pointer}，请添加",
    ),
    "json_schema_forbidden": (
        "{pointer} is {found}, but the schema does not allow it here; remove it or add it to the schema",
        "{pointer} 为 {found}，但 schema 不允许出现，请删除或在 schema 中声明",
    ),
    "json_schema_unique": (
        "{pointer} has equal items; each must be different",
        "{pointer} 中有相同的项，各项应不同",
    ),
    "json_schema_contains_least": (
        "{pointer} has {found} that {match}; it must have at least {low}",
        "{pointer} 中有 {found}{match}，不得少于 {low} 项",
    ),
    "json_schema_contains_most": (
        "{pointer} has {found} that {match}; it must have at most {high}",
        "{pointer} 中有 {found}{match}，不得多于 {high} 项",
    ),
    "json_schema_contains_between": (
        "{pointer} has {found} that {match}; it must have between {low} and {high}",
        "{pointer} 中有 {found}{match}，应有 {low} 至 {high} 项",
    ),
    "json_schema_match": ("match", "匹配"),
    "json_schema_match_const": ("equal {value}", "等于 {value}"),
    "json_schema_item": ("{n} item", "{n} 项"),
    "json_schema_items": ("{n} items", "{n} 项"),
    "json_schema_character": ("{n} character", "{n} 个字符"),
    "json_schema_characters": ("{n} characters", "{n} 个字符"),
    "json_schema_field": ("{n} field", "{n} 个字段"),
    "json_schema_fields": ("{n} fields", "{n} 个字段"),
    "json_schema_at_least": (
        "{pointer} is {found}; it must have at least {size}",
        "{pointer} 为 {found}，不得少于 {size}",
    ),
    "json_schema_at_most": (
        "{pointer} is {found}; it must have at most {size}",
        "{pointer} 为 {found}，不得多于 {size}",
    ),
    "json_schema_less": (
        "{pointer} is {found}; it must be less than {expected}",
        "{pointer} 为 {found}，应小于 {expected}",
    ),
    "json_schema_greater": (
        "{pointer} is {found}; it must be greater than {expected}",
        "{pointer} 为 {found}，应大于 {expected}",
    ),
    "json_schema_multiple": (
        "{pointer} is {found}; it must be a multiple of {expected}",
        "{pointer} 为 {found}，应为 {expected} 的倍数",
    ),
    "json_schema_whole": ("the root of the facts", "事实的根"),
    "json_schema_empty": (
        "an empty schema checks nothing; add a requirement, such as properties and required",
        "空的 schema 不检查任何内容；请写明要求，例如 properties 和 required",
    ),
    "json_schema_not_values": (
        "{pointer} is {found}; it must not be {values}",
        "{pointer} 为 {found}，不得为 {values}",
    ),
    "json_schema_alternatives": (
        "{pointer} is {found}; it must match one of {count} alternatives. The closest is at {place}: "
        "{closest}",
        "{pointer} 为 {found}，应符合 {count} 个选项之一；最接近的在 {place}：{closest}",
    ),
    "json_schema_several": (
        "{pointer} matches {found} of {count} alternatives; it must match exactly one",
        "{pointer} 符合 {count} 个选项中的 {found} 个，应只符合一个",
    ),
    "json_schema_not": (
        "{pointer} is {found}; it must not match the schema under not",
        "{pointer} 为 {found}，不得符合 not 下的 schema",
    ),
    "json_schema_version": (
        "{pointer} is {found}; it must be in the version range {expected}",
        "{pointer} 为 {found}，应在版本范围 {expected} 内",
    ),
    "json_schema_within": (
        "{pointer} is {found}; it must be at most {expected} days from now",
        "{pointer} 为 {found}，距今不得超过 {expected} 天",
    ),
    "json_schema_beyond": (
        "{pointer} is {found}; it must be more than {expected} days from now",
        "{pointer} 为 {found}，距今应超过 {expected} 天",
    ),
    "json_schema_remedy": (
        "Correct the host or its facts, or change the schema.",
        "请更正主机或其事实，或修改 schema。",
    ),
    "json_schema_gap_remedy": (
        "State the value in the facts, or change what the schema asks for.",
        "请在事实中给出该值，或修改 schema 的要求。",
    ),
    "json_schema_titled": ("{title}: {text}", "{title}：{text}"),
    "json_schema_placed": ("{text} ({place})", "{text}（{place}）"),
    # Questions without an answer
    "json_schema_gap_missing": (
        "{pointer} is missing; add it, or where it may be missing, use absent: allowed or x-absent",
        "缺少 {pointer}，请添加；若允许缺失，请使用 absent: allowed 或 x-absent",
    ),
    "json_schema_gap_null": (
        "{pointer} is null, so it is not known; set its value, or add null to the type in the schema",
        "{pointer} 为 null，即未知；请设置其值，或在 schema 的 type 中加入 null",
    ),
    "json_schema_gap_value": (
        "{pointer} is {found}, which {keyword} cannot check; state type in the schema, or convert the value "
        "in the facts, for example with | int",
        "{pointer} 为 {found}，{keyword} 无法检查；请在 schema 中写明 type，或在事实中转换该值，"
        "例如使用 | int",
    ),
    "json_schema_gap_version": (
        "{pointer} is {found}, which {keyword} cannot compare; use a release such as E0760P03",
        "{pointer} 为 {found}，{keyword} 无法比较；请使用版本号，例如 E0760P03",
    ),
    "json_schema_gap_date": (
        "{pointer} is {found}, which {keyword} cannot compare; use a date such as 2026-12-31",
        "{pointer} 为 {found}，{keyword} 无法比较；请使用日期，例如 2026-12-31",
    ),
    "json_schema_gap_nothing_checked": (
        "nothing was checked: the schema asks about no value of these facts; correct the names of the "
        "properties, or add required",
        "未检查任何内容：schema 未涉及这些事实中的任何值；请更正属性名称，或添加 required",
    ),
    "json_schema_missing_count": (
        "{missing} of {asked} properties are missing: {pointers}; where they may be, use absent: allowed or "
        "x-absent",
        "{asked} 个属性中缺少 {missing} 个：{pointers}；若允许缺失，请使用 absent: allowed 或 x-absent",
    ),
}
