# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about endpoint profiles: where a profile is invalid, what it must be, what it is."""

from __future__ import annotations

from typing import Dict, Tuple

# The sentence after the place: (English, Chinese).
_SENTENCES: Dict[str, Tuple[str, str]] = {
    "mapping": ("must be a mapping; got {got}", "应为映射，实际为 {got}"),
    "list": ("must be a list with at least one item; got {got}", "应为非空列表，实际为 {got}"),
    "table": (
        "must be a value table with at least one entry; got {got}",
        "应为至少有一项的取值表，实际为 {got}",
    ),
    "keys": ("must be a list of keys; got {got}", "应为键的列表，实际为 {got}"),
    "text": ("must be a text that is not empty; got {got}", "应为非空文本，实际为 {got}"),
    "integer": (
        "must be an integer between {low} and {high}; got {got}",
        "应为 {low} 至 {high} 之间的整数，实际为 {got}",
    ),
    "boolean": ("must be true or false; got {got}", "应为 true 或 false，实际为 {got}"),
    "value": (
        "must be a text, a number, true or false; got {got}",
        "应为文本、数字、true 或 false，实际为 {got}",
    ),
    "choice": ("must be one of {choices}; got {got}", "应为 {choices} 之一，实际为 {got}"),
    "key_unknown": ("must be one of {choices}; got {got}", "应为 {choices} 之一，实际为 {got}"),
    "key_like": (
        "must be a known name; got {got}; did you mean {hint}?",
        "应为已知的名称，实际为 {got}；是否应为 {hint}？",
    ),
    "key_old": ("must use {instead} instead of {got}", "{got} 已改为 {instead}"),
    "key_twice": ("must have the key {got} only once", "键 {got} 只能出现一次"),
    "key_kind": (
        "must have texts, numbers, true and false as keys; got {got}; write the key in quotes",
        "键应为文本、数字、true 或 false，实际为 {got}；请为该键加引号",
    ),
    "key_read": (
        "must have the key {got} in quotes, because YAML reads it as {read}",
        "键 {got} 应加引号，否则 YAML 会将其读作 {read}",
    ),
    "code_never": (
        "must be a text without spaces around it and without control characters, as texts of responses are "
        'compared; got "{got}"; correct it',
        "应为首尾没有空格且不含控制字符的文本（应答中的文本按此比较），实际为 {got}；请更正",
    ),
    "key_missing": ("must have the key {name}; got {got}", "应有键 {name}，实际为 {got}"),
    "key_foreign": (
        "must not have the key {name}, which has no effect on a field of type {type}; remove it",
        "不能有键 {name}，该键对类型为 {type} 的字段不起作用；请将其去掉",
    ),
    "field_missing": ("must map the field {name}; add it", "应映射字段 {name}；请添加"),
    "url_path": (
        "must be an ASCII path that begins with / and has neither spaces nor a query; got {got}",
        "应为以 / 开头的 ASCII 路径，不含空格与查询参数，实际为 {got}",
    ),
    "field_path": (
        "must be a path such as cpu.sockets, @type or rows[key=version].value; got {got}; write \\. and \\[ "
        "for a dot and a bracket in a key",
        "应为 cpu.sockets、@type 或 rows[key=version].value 这样的路径，实际为 {got}；键中的点号与方括号请写"
        "为 \\. 与 \\[",
    ),
    "secret": (
        "must not read an account, a password or a token; got {got}; map another key",
        "不得读取账号、口令或令牌，实际为 {got}；请映射其他键",
    ),
    "source": (
        "must be a path or have exactly one of the keys {choices}; got {got}",
        "应为路径，或在 {choices} 中只有一个键，实际为 {got}",
    ),
    "body_only": (
        "must be a path in the body, because the field belongs to a list of rows; got {got}",
        "应为正文中的路径，因为该字段属于行列表，实际为 {got}",
    ),
    "envelope_data": (
        "must be one of the keys of the envelope ({choices}); got {got}",
        "应为信封的键（{choices}）之一，实际为 {got}",
    ),
    "rule_empty": (
        "must have status, or a place (at or header) with in; got {got}",
        "应有 status，或位置（at 或 header）与 in，实际为 {got}",
    ),
    "table_unused": (
        "must be used by a field (values: {name}); got no such field; use the table in a field, or remove it",
        "应由某个字段使用（values: {name}），但没有这样的字段；请在字段中写出该表，或将其删除",
    ),
    "placeholder": (
        "must use placeholders out of {choices}; got {got}; write {{{{ and }}}} for braces",
        "占位符应为 {choices} 之一，实际为 {got}；花括号本身请写为 {{{{ 与 }}}}",
    ),
    "placeholder_missing": (
        "must use the placeholder {name} in path, query, headers or body; got none",
        "应在 path、query、headers 或 body 中使用占位符 {name}，但没有使用",
    ),
    "braces": (
        "must have braces in pairs around a name; got {got}; write {{{{ and }}}} for braces",
        "花括号应成对并括住名称，实际为 {got}；花括号本身请写为 {{{{ 与 }}}}",
    ),
    "header_name": ("must be a name of an HTTP header; got {got}", "应为 HTTP 头名称，实际为 {got}"),
    "header_reserved": (
        "must not set the header {got}, which the collection sets itself; remove it",
        "不能设置由本集合自行设置的头 {got}；请将其去掉",
    ),
    "header_value": (
        "must be a text without control characters; got {got}",
        "应为不含控制字符的文本，实际为 {got}",
    ),
    "encoding_missing": (
        "must be json, form, multipart or xml, because the call has a body; got {got}",
        "该调用有正文，应为 json、form、multipart 或 xml，实际为 {got}",
    ),
    "body_missing": (
        "must have a body, because its encoding is {got}; add it, or remove encoding",
        "encoding 为 {got}，应有 body；请添加，或去掉 encoding",
    ),
    "body_flat": (
        "must be a mapping of texts and numbers, because its encoding is {encoding}; got {got}",
        "encoding 为 {encoding}，应为文本与数字的映射，实际为 {got}",
    ),
    "body_xml": (
        "must be a mapping with one key, the root element, and names of XML elements; got {got}",
        "应为只有一个键（根元素）且键均为 XML 元素名的映射，实际为 {got}",
    ),
    "body_root": (
        "must be one element, because XML has one root; got a list; put the list into an element below {got}",
        "XML 只有一个根元素，此处应为一个元素，实际为列表；请将该列表放入 {got} 之下的元素",
    ),
    "body_text": (
        "must be a text, a number, true, false or a field, because an attribute and $ are text; got {got}",
        "属性与 $ 是文本，应为文本、数字、true、false 或 field，实际为 {got}",
    ),
    "secret_mapped": (
        "must send {name} as it is; got values or as: number; remove them",
        "{name} 应按原样发送，实际带有 values 或 as: number；请将其去掉",
    ),
    "parameter_twice": (
        "must be a query parameter of its own; got {got}, which is sent already (query, or the other "
        "parameter of paging); remove it there, or correct the name",
        "应为单独的查询参数，实际为 {got}，该参数已由 query 或分页的另一参数发送；请在该处去掉，或更正名称",
    ),
    "rule_of_all": (
        "must recognize some responses only; got {got}, which every successful response can meet; name a "
        "place (at or header) and a value in it that only these responses have",
        "应只识别部分应答，实际为 {got}，任何成功的应答都可能符合；请写出只有这些应答才有的位置（at 或 "
        "header）与取值",
    ),
    "empty_is_success": (
        "must have values that only responses without data have; got {got}, which success requires of every "
        "response; name another place or value",
        "应为只有无数据的应答才有的取值，实际为 {got}，而 success 要求每个应答都有该值；请写出其他位置或取值",
    ),
    "path_braces": (
        "must have no braces but those of placeholders, which only paths of operations have; got {got}",
        "除操作 path 中的占位符外不能有花括号，实际为 {got}",
    ),
    "token_header": (
        "must be a header that the collection does not set itself; got {got}; name another header, or write "
        "send: {{cookie: NAME}} for a cookie",
        "应为本集合不自行设置的头，实际为 {got}；请改用其他头，若为 Cookie 请写为 send: {{cookie: 名称}}",
    ),
    "token_missing": (
        "must have the operation token, because {name} has auth oauth2; add it, or set another auth",
        "{name} 的 auth 为 oauth2，应有操作 token；请添加该操作，或设置其他 auth",
    ),
    "token_auth": (
        "must be oauth2_client, basic or none, because this call fetches the token; got {got}",
        "该调用用于获取令牌，应为 oauth2_client、basic 或 none，实际为 {got}",
    ),
    "token_cookie": (
        "must be the place of the token; got the header {got}; write the cookie as token: {{cookie: NAME}}",
        "应为令牌所在的位置，实际为头 {got}；请将 Cookie 写为 token: {{cookie: 名称}}",
    ),
    "header_twice": (
        "must not set the header {got}, which sends a token of the session; remove it, or send the token in "
        "another header",
        "不能设置头 {got}，该头用于发送会话令牌；请将其去掉，或以其他头发送令牌",
    ),
    "cookie_twice": (
        "must be another cookie than {got}, which has the CSRF token; correct send or csrf",
        "不能与含有 CSRF 令牌的 Cookie {got} 相同；请更正 send 或 csrf",
    ),
    "prefix": (
        "must be printable ASCII, because a header has nothing else; got {got}",
        "请求头只能使用可打印的 ASCII 字符，实际为 {got}",
    ),
    "surrogate": (
        "must be text; got half of a character (\\ud800 to \\udfff), shown as �: {got}; write the character "
        "itself",
        "应为文本，实际含有不完整的字符（\\ud800 至 \\udfff，以 � 显示）：{got}；请写出字符本身",
    ),
    "number": (
        "must be a number that can be sent; got {got}; write a finite number or a text",
        "应为可以发送的数字，实际为 {got}；请写有限的数字或文本",
    ),
    "formats_many": (
        "must be a list of at most {most} formats; got {got}; remove those that the server does not use",
        "最多 {most} 种格式，实际为 {got}；请去掉服务器不使用的格式",
    ),
    "body_file": (
        "must be sent on its own and with the encoding multipart; got {got}",
        "应单独发送且 encoding 为 multipart，实际为 {got}",
    ),
    "timezone": (
        "must be an offset from -12:00 to +14:00, such as +08:00, or a time zone that this machine knows, "
        "such as Asia/Shanghai; got {got}; write the offset",
        "应为 -12:00 至 +14:00 的偏移（如 +08:00），或本机已知的时区（如 Asia/Shanghai），实际为 {got}；请改"
        "写为偏移",
    ),
    "date_format": (
        "must be a strptime format with %Y, %m and %d, each once, such as %d.%m.%Y %H:%M or, with %I, "
        "%d.%m.%Y %I:%M %p; got {got}",
        "应为含 %Y、%m 与 %d（各一次）的 strptime 格式，例如 %d.%m.%Y %H:%M；用 %I 时如 %d.%m.%Y %I:%M %p，"
        "实际为 {got}",
    ),
    "base_missing": (
        "must have the base {name}, which the operation {operation} needs; add it",
        "应有操作 {operation} 所需的 base {name}；请添加",
    ),
    "count_missing": (
        "must be an operation of this profile; got {got}, which it does not have; add the operation, or "
        "remove count",
        "应为本配置中的操作，实际为其中没有的 {got}；请添加该操作，或去掉 count",
    ),
    "too_deep": (
        "must be a document of at most {nodes} values in {depth} levels; got more; split it",
        "文档最多 {nodes} 个值、{depth} 层，实际超出；请拆分",
    ),
}

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    **{
        "profile_" + code: (
            "the endpoint profile is invalid at {where}: " + english,
            "接口配置 {where} 处有误：" + chinese,
        )
        for code, (english, chinese) in _SENTENCES.items()
    },
    "profile_field_absent": (
        "none of the {rows} rows of {method} {path} has {place}, where the endpoint profile has {field} of "
        "{operation}; correct the place in the profile, or the field stays unknown",
        "{method} {path} 的 {rows} 行均没有 {place}（接口配置中 {operation} 的 {field} 的位置）；请更正接口"
        "配置中的位置，否则该字段一直为未知",
    ),
    "profile_name": (
        "profile must be one of {choices}, or the path of a file: a text with / or one that ends in .json, "
        ".yml or .yaml; got {got}",
        "profile 应为 {choices} 之一，或文件路径（含 /，或以 .json、.yml、.yaml 结尾的文本），实际为 {got}",
    ),
    "profile_file_missing": (
        "profile must be the path of a file that can be read on the controller; got {path} ({reason}); "
        "a task searches a relative path in files and profiles of the role, next to the playbook and in the "
        "working directory, the inventory next to its source, too",
        "profile 应为控制节点上可读文件的路径，实际为 {path}（{reason}）；相对路径：任务依次在角色的 files、"
        "profiles 目录、playbook 旁边与工作目录查找，inventory 还在其源文件旁边查找",
    ),
    "profile_file_large": (
        "the endpoint profile {path} must have at most {limit} bytes; got more; check the path",
        "接口配置 {path} 最多 {limit} 字节，实际超出；请检查路径",
    ),
    "profile_file_unreadable": (
        "the endpoint profile {path} must be a JSON or YAML mapping in UTF-8; got {reason}",
        "接口配置 {path} 应为 UTF-8 编码的 JSON 或 YAML 映射，实际为 {reason}",
    ),
    "profile_file_yaml": (
        "the endpoint profile {path} must be JSON, because PyYAML is not installed on the controller; got "
        "YAML; convert it to JSON, or pass it as a mapping (lookup('ansible.builtin.file', "
        "...) | from_yaml)",
        "控制节点未安装 PyYAML，接口配置 {path} 应为 JSON，实际为 YAML；请转换为 JSON，或以映射传入"
        "（lookup('ansible.builtin.file', ...) | from_yaml）",
    ),
}
