# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about reading documents and facts and checking them with a schema."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "source_missing": (
        "the {kind} document {name} was not found; check its path",
        "未找到文档 {name}（{kind}）；请检查路径",
    ),
    "source_unreadable": (
        "the {kind} document {name} cannot be read: {reason}",
        "无法读取文档 {name}（{kind}）：{reason}",
    ),
    "source_type": (
        "{kind} must be a path, a mapping or a list of those; got {type}",
        "{kind} 应为路径、映射或其列表，实际为 {type}",
    ),
    "source_empty": ("the document is empty; it must contain {kind}", "文档为空，应包含 {kind}"),
    "schema_misplaced_key": (
        "the key {key} cannot be combined with the other keys here; remove it or the others",
        "键 {key} 不能与此处的其他键同时使用；请删除其一",
    ),
    # Facts in variables
    "facts_template": (
        "the facts contain a template at {pointer}, and templates in facts are not rendered; set the value "
        "with set_fact before the compliance check",
        "事实在 {pointer} 处包含模板，而合规检查不渲染模板；请先用 set_fact 赋值",
    ),
    # Documents encrypted by ansible-vault
    "document_vaulted": (
        "{name} is encrypted by ansible-vault, and it can only be decrypted by actions and lookups; pass its "
        "content: lookup('ansible.builtin.unvault', '{name}') | from_yaml, or for a policy "
        "lookup('unicloud.usphere.license_policy', '{name}')",
        "{name} 已由 ansible-vault 加密，只有 action 和 lookup 能够解密；请传入其内容："
        "lookup('ansible.builtin.unvault', '{name}') | from_yaml，策略则使用 "
        "lookup('unicloud.usphere.license_policy', '{name}')",
    ),
    "document_vault_refused": (
        "{name} is encrypted by ansible-vault and cannot be decrypted ({reason}); run with the right secret, "
        "such as --vault-password-file or --ask-vault-pass",
        "{name} 已由 ansible-vault 加密，无法解密（{reason}）；请提供正确的密码，例如 "
        "--vault-password-file 或 --ask-vault-pass",
    ),
    "profile_vault": (
        "the endpoint profile {path}, which is encrypted by ansible-vault, is not valid: {reason}",
        "由 ansible-vault 加密的接口配置 {path} 无效：{reason}",
    ),
    "document_vault_value": (
        "a value is encrypted by ansible-vault (!vault), which is not decrypted inside of a document; "
        "encrypt the complete file, or pass the document as a variable",
        "有一个值由 ansible-vault 加密（!vault），文档内的单个值不会被解密；请加密整个文件，或以变量传入文档",
    ),
    # Reading a document
    "jsonschema_missing": (
        "policies are checked with the Python library jsonschema, which cannot be imported on the control "
        "node ({reason}); install it: python3 -m pip install 'jsonschema>=4.21,<5'",
        "检查策略需要 Ansible 控制节点上的 Python 库 jsonschema，但无法导入（{reason}）；请安装：python3 -m "
        "pip install 'jsonschema>=4.21,<5'",
    ),
    "document_too_large": (
        "the document is larger than {limit} bytes; split it",
        "文档超过 {limit} 字节；请拆分",
    ),
    "document_not_utf8": (
        "the document is not valid UTF-8 (byte {position}); save it as UTF-8",
        "文档不是 UTF-8 编码（第 {position} 字节）；请另存为 UTF-8",
    ),
    "document_syntax": ("syntax error: {problem}", "语法错误：{problem}"),
    "document_several": (
        "a file must contain one document, but a second one starts here; move it to a file of its own",
        "一个文件只能包含一个文档，此处开始了第二个；请移到单独的文件",
    ),
    "document_too_many_values": (
        "the document has more than {limit} values (an alias counts each time it is used); reduce it",
        "文档的值超过 {limit} 个（别名每次使用都计入）；请精简文档",
    ),
    "document_too_deep": (
        "the document is nested deeper than {limit} levels; flatten it",
        "文档嵌套超过 {limit} 层；请减少嵌套",
    ),
    "document_alias": (
        "the alias *{alias} is used before its anchor is complete; write the value out",
        "别名 *{alias} 在其锚点的内容完整之前使用；请直接写出该值",
    ),
    "document_tag": (
        "the tag {tag} is not allowed; use plain text, numbers, lists and mappings",
        "不允许使用标签 {tag}，只能使用普通文本、数字、列表和映射",
    ),
    "document_key": ("a key must be plain text; replace it", "键必须是普通文本；请更正"),
    "document_merge_key": (
        "merge keys (<<) are not supported; write the keys out",
        "不支持合并键（<<）；请逐一写出",
    ),
    "document_duplicate_key": (
        "the key {key} is already used in line {line}; keep one of the two",
        "键 {key} 在第 {line} 行已出现；请只保留一个",
    ),
    "document_duplicate_key_json": (
        "the key {key} appears twice in one object; keep one of the two",
        "键 {key} 在同一对象中出现两次；请只保留一个",
    ),
    "document_disputed_word": (
        "{word} is text in one YAML version and a boolean in another; write true or false, or put it in "
        "quotes",
        "{word} 在不同 YAML 版本中可能是文本或布尔值；请写 true 或 false，或加引号",
    ),
    "document_disputed_number": (
        "{number} is a different number in different YAML versions; write it in decimal or put it in quotes",
        "{number} 在不同 YAML 版本中是不同的数；请写成十进制或加引号",
    ),
    "document_number_size": (
        "the integer is out of range; it must be between -{limit} and {limit}",
        "整数超出范围，应在 -{limit} 与 {limit} 之间",
    ),
    "document_not_finite": (
        "{number} is not a finite number; use a finite number",
        "{number} 不是有限的数；请使用有限的数",
    ),
    # Errors that a schema finds
    "schema_unknown_key": ("unknown key {key}", "未知的键 {key}"),
    "schema_outside_profile": (
        "{key} is outside the profile of LicensePolicy rules; use a plain JSON Schema as policy",
        "{key} 不在 LicensePolicy 规则支持的范围内；请改用普通的 JSON Schema 作为策略",
    ),
    "schema_missing_key": ("the key {key} is missing; add it", "缺少键 {key}；请补充"),
    "schema_type": (
        "the value must be of type {expected}; got {actual} (put text that looks like a number in quotes)",
        "值的类型应为 {expected}，实际为 {actual}（形似数字的文本须加引号）",
    ),
    "schema_choice": (
        "the value must be one of: {expected}; got {value}",
        "值应为其中之一：{expected}；实际为 {value}",
    ),
    "schema_keyword": (
        "the value must satisfy {keyword} {expected}; got {value}",
        "值应满足 {keyword} {expected}，实际为 {value}",
    ),
    # Finding policies
    "policy_missing": (
        "the policy {name} was not found; name a file, or vendor for the shipped policy",
        "未找到策略 {name}；请指定文件，或用 vendor 表示随附策略",
    ),
    "policy_missing_here": (
        "the policy {name} was not found in {directory}; filters and tests search only the working "
        "directory. Use lookup('unicloud.usphere.license_policy', '{name}') to search beside the playbook",
        "在 {directory} 中未找到策略 {name}；filter 和 test 只搜索工作目录。请用 "
        "lookup('unicloud.usphere.license_policy', '{name}') 在 playbook 所在目录搜索",
    ),
    # Facts
    "facts_undefined": (
        "the facts are undefined at {pointer}; run vms_facts first or correct the variable",
        "事实在 {pointer} 处未定义；请先运行 vms_facts 或更正变量",
    ),
    "facts_value": (
        "{pointer} must be plain data; got a value of type {type}; correct the variable",
        "{pointer} 应为普通数据，实际为 {type} 类型的值；请更正变量",
    ),
    "facts_key": (
        "the keys of facts must be text; got {key} at {pointer}; correct the variable",
        "事实的键必须是文本，{pointer} 处的键为 {key}；请更正变量",
    ),
    "facts_number_size": (
        "the integer at {pointer} does not fit into 64 bits; correct the variable",
        "{pointer} 处的整数超出 64 位范围；请更正变量",
    ),
    "facts_not_finite": (
        "the number at {pointer} is not finite (NaN or Infinity); correct the variable",
        "{pointer} 处的数不是有限的数（NaN 或 Infinity）；请更正变量",
    ),
    "facts_too_deep": (
        "the facts are nested deeper than {limit} levels below {pointer}; correct the variable",
        "事实在 {pointer} 之下嵌套超过 {limit} 层；请更正变量",
    ),
}
