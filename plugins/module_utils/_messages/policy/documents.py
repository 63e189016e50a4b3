# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about reading documents."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
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
    # Facts of a play
    "facts_template": (
        "the variable holds a template at {pointer}, and the gate reads variables as they are; "
        "give it its value with set_fact before the gate",
        "变量在 {pointer} 处是模板，而合规检查按原样读取变量，请先用 set_fact 赋值",
    ),
    # Reading a document
    "jsonschema_missing": (
        "policies are checked with the Python library jsonschema, which the controller lacks ({reason}): "
        "install it with: python3 -m pip install 'jsonschema>=4.21,<5'",
        "策略检查需要 Ansible 控制节点上的 Python 库 jsonschema，但未找到（{reason}），请安装："
        "python3 -m pip install 'jsonschema>=4.21,<5'",
    ),
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
    # Facts
    "facts_undefined": (
        "the facts are undefined at {pointer}; run vms_facts first or correct the variable",
        "事实在 {pointer} 处未定义，请先运行 vms_facts 或更正变量",
    ),
    "facts_value": (
        "{pointer} must be plain data; got a value of type {type}; correct the variable",
        "{pointer} 应为普通数据，实际为 {type} 类型的值；请更正变量",
    ),
    "facts_key": (
        "the facts have the key {key} at {pointer}; keys must be text; correct the variable",
        "事实在 {pointer} 处含有键 {key}，键必须是文本；请更正变量",
    ),
    "facts_number_size": ("the number at {pointer} is too large for a fact", "{pointer} 处的数值过大"),
    "facts_not_finite": (
        "the number at {pointer} is not finite (NaN or Infinity)",
        "{pointer} 处的数不是有限的数（NaN 或 Infinity）",
    ),
    "facts_too_deep": (
        "the facts are nested deeper than {limit} levels below {pointer}",
        "事实在 {pointer} 之下嵌套超过 {limit} 层",
    ),
}
