# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the API client: connections, logins, answers, tasks and endpoint profiles."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "unreachable_timeout": (
        "{endpoint} sent no complete answer within {seconds} s; check that it is running, or raise timeout",
        "{endpoint} 未在 {seconds} 秒内给出完整应答；请检查其是否运行，或增大 timeout",
    ),
    "unreachable_deadline": (
        "{endpoint} could not be read within {seconds} s; check that it responds, or allow more time",
        "未能在 {seconds} 秒内读取 {endpoint}；请检查其是否正常应答，或延长时限",
    ),
    "unreachable_refused": (
        "{endpoint} refuses the connection; check host and port, and that the service runs",
        "{endpoint} 拒绝连接；请检查 host 与 port，以及服务是否运行",
    ),
    "unreachable_unknown_host": (
        "the host name of {endpoint} cannot be resolved on this machine; check host",
        "本机无法解析 {endpoint} 中的主机名；请检查 host",
    ),
    "unreachable_network": (
        "{endpoint} cannot be reached ({reason}); check host, routes and firewalls",
        "无法到达 {endpoint}（{reason}）；请检查 host、路由与防火墙",
    ),
    "unreachable_tls": (
        "TLS handshake with {endpoint} failed ({reason}); check that port and scheme match",
        "与 {endpoint} 的 TLS 握手失败（{reason}）；请检查 port 与 scheme 是否匹配",
    ),
    "unreachable_reset": (
        "{endpoint} closed the connection before it answered; check its state, port and scheme",
        "{endpoint} 在应答之前断开了连接；请检查其状态，以及 port 与 scheme",
    ),
    "proxy_unreachable": (
        "the proxy {proxy} on the way to {endpoint} cannot be reached ({reason}); check proxy, or list the "
        "host in no_proxy",
        "无法到达访问 {endpoint} 所用的代理 {proxy}（{reason}）；请检查 proxy，或将该主机列入 no_proxy",
    ),
    "proxy_timeout": (
        "the proxy {proxy} did not reach {endpoint} within {seconds} s; check host and port, and that the "
        "proxy may connect to them",
        "代理 {proxy} 未能在 {seconds} 秒内连接 {endpoint}；请检查 host 与 port，以及代理是否允许连接",
    ),
    "proxy_login": (
        "the proxy {proxy} on the way to {endpoint} requires a login (status 407), which is not supported; "
        "use a proxy without login, or list the host in no_proxy",
        "访问 {endpoint} 所用的代理 {proxy} 要求登录（状态码 407），不支持此类代理；请使用无需登录的代理，或"
        "将该主机列入 no_proxy",
    ),
    "proxy_status": (
        "the proxy {proxy} refused the connection to {endpoint} (status {status}); check host and port, and "
        "that the proxy may connect to them",
        "代理 {proxy} 拒绝连接 {endpoint}（状态码 {status}）；请检查 host 与 port，以及代理是否允许连接",
    ),
    "proxy_no_answer": (
        "the proxy {proxy} sent no HTTP answer for the connection to {endpoint}; check that proxy is the "
        "address of an HTTP proxy",
        "代理 {proxy} 对连接 {endpoint} 的请求未给出 HTTP 应答；请检查 proxy 是否为 HTTP 代理的地址",
    ),
    "proxy_with_account": (
        "{option} must have no account; got a value with @, which is not shown because it may contain a "
        "password; use a proxy without login, such as http://proxy.example.com:3128",
        "{option} 不能含有账号，实际含有 @（其中可能有密码，不予显示）；请使用无需登录的代理，例如 "
        "http://proxy.example.com:3128",
    ),
    "certificate_untrusted": (
        "the certificate of {endpoint} is not trusted ({reason}); set ca_path to the CA that issued it",
        "{endpoint} 的证书不受信任（{reason}）；请将 ca_path 设为签发该证书的 CA",
    ),
    "certificate_ca": (
        "ca_path must be a PEM file or a directory of certificates; got {path} ({reason})",
        "ca_path 应为 PEM 文件或证书目录，实际为 {path}（{reason}）",
    ),
    "authentication_failed": (
        "{endpoint} refused the login of {username} and gave no reason; check username and password. If a "
        "license has expired, every login is refused until VMS reconnects to its License Server (R20)",
        "{endpoint} 拒绝 {username} 登录且未说明原因；请检查 username 与 password。如有授权到期，在 VMS 重新"
        "连接 License Server 之前将拒绝所有登录（R20）",
    ),
    "authentication_refused": (
        "{endpoint} refused the login of {username} ({server_message}); fix the cause that the server "
        "reports",
        "{endpoint} 拒绝 {username} 登录（{server_message}）；请按服务器给出的原因处理",
    ),
    "authentication_rule": (
        "the answer of {endpoint} to the login of {username} breaks a rule in success of the login: {place} "
        "must be {expected}; got {got}; check username and password, or correct the rule",
        "{endpoint} 对 {username} 登录的应答不符合登录配置中 success 的规则：{place} 应为 {expected}，实际为 "
        "{got}；请检查 username 与 password，或更正该规则",
    ),
    "authentication_failed_oauth2": (
        "{endpoint} issued no token to {username}; check username, password, client_id and client_secret",
        "{endpoint} 未向 {username} 颁发令牌；请检查 username、password、client_id 与 client_secret",
    ),
    "authentication_failed_bearer": (
        "{endpoint} refused the token that is given as password; check that it is complete and has not "
        "expired",
        "{endpoint} 拒绝了以 password 给出的令牌；请检查其是否完整、是否已过期",
    ),
    "authentication_unsupported": (
        "{endpoint} must offer HTTP Digest authentication; got {offered}; check host and port",
        "{endpoint} 应提供 HTTP Digest 认证，实际为 {offered}；请检查 host 与 port",
    ),
    "login_refused": (
        "{endpoint} refuses every login because a license has expired ({server_message}); reconnect VMS to "
        "its License Server so that it fetches its licenses again (R20, R22)",
        "由于授权到期，{endpoint} 拒绝所有登录（{server_message}）；请让 VMS 重新连接 License Server 并重新"
        "获取授权（R20、R22）",
    ),
    "login_unsupported": (
        "the login of the endpoint profile must have {field}; got none, or no value for it; correct it",
        "接口配置的登录应包含 {field}，实际没有，或没有其对应值；请修正登录配置",
    ),
    "http_status": (
        "{endpoint} answered {method} {path} with status {status}; check the server, or try again later",
        "{endpoint} 对 {method} {path} 返回状态码 {status}；请检查服务器，或稍后重试",
    ),
    "http_forbidden": (
        "{endpoint} answered {method} {path} with status {status}; give {username} the permission for this "
        "call",
        "{endpoint} 对 {method} {path} 返回状态码 {status}；请为 {username} 授予该调用的权限",
    ),
    "not_found": (
        "{endpoint} has no {method} {path} ({server_message}); check the name or id in the request, and the "
        "endpoint profile",
        "{endpoint} 上不存在 {method} {path}（{server_message}）；请检查请求中的名称或 ID，以及接口配置"
        "（profile）",
    ),
    "business_error": (
        "{endpoint} refused {method} {path} ({said}); fix the cause that the server reports, then try again",
        "{endpoint} 拒绝了 {method} {path}（{said}）；请按服务器给出的原因处理后重试",
    ),
    "business_error_unstated": (
        "the answer of {endpoint} to {method} {path} states no error ({said}), but breaks a rule in success "
        "of the endpoint profile; if the server carried out the request, correct success",
        "{endpoint} 对 {method} {path} 的应答未报告错误（{said}），但不符合接口配置中 success 的规则；如果"
        "服务器已执行该请求，请更正 success",
    ),
    "answer_redirect": (
        "{endpoint} redirected {method} {path} (status {status}), and redirects are not followed; check "
        "host, port and scheme",
        "{endpoint} 对 {method} {path} 返回重定向（状态码 {status}），不予跟随；请检查 host、port 与 scheme",
    ),
    "answer_html": (
        "the answer of {endpoint} to {method} {path} must be JSON or XML; got a web page ({content_type}); "
        "check host and port, and whether the service is restarting",
        "{endpoint} 对 {method} {path} 的应答应为 JSON 或 XML，实际为网页（{content_type}）；请检查 host 与 "
        "port，以及服务是否正在重启",
    ),
    "answer_not_json": (
        "the answer of {endpoint} to {method} {path} must be JSON; got other text ({content_type}, "
        "{encoding}); check host, port and profile",
        "{endpoint} 对 {method} {path} 的应答应为 JSON，实际为其他文本（{content_type}，{encoding}）；请检查 "
        "host、port 与 profile",
    ),
    "answer_xml": (
        "the answer of {endpoint} to {method} {path} must be JSON; got XML ({content_type}); set format: any "
        "in the endpoint profile to read both",
        "{endpoint} 对 {method} {path} 的应答应为 JSON，实际为 XML（{content_type}）；请在接口配置中设置 "
        "format: any，以便两种格式都能读取",
    ),
    "answer_not_xml": (
        "the answer of {endpoint} to {method} {path} must be XML without document types and entities; got "
        "{reason} ({content_type}, {encoding}); check host, port and profile",
        "{endpoint} 对 {method} {path} 的应答应为不含文档类型与实体的 XML，实际为 {reason}（{content_type}，"
        "{encoding}）；请检查 host、port 与 profile",
    ),
    "answer_encoding": (
        "the answer of {endpoint} to {method} {path} must be in the encoding that it states; got bytes that "
        "are neither {encoding} nor UTF-8 ({content_type}); check the server, or the proxies in between",
        "{endpoint} 对 {method} {path} 的应答应使用其声明的编码，实际内容既不是 {encoding} 也不是 UTF-8"
        "（{content_type}）；请检查服务器或中间的代理",
    ),
    "answer_not_http": (
        "the answer of {endpoint} to {method} {path} is not HTTP; check port and scheme",
        "{endpoint} 对 {method} {path} 的应答不是 HTTP；请检查 port 与 scheme",
    ),
    "answer_truncated": (
        "the answer of {endpoint} to {method} {path} is cut off; check the proxies and firewalls in "
        "between, and try again",
        "{endpoint} 对 {method} {path} 的应答不完整；请检查中间的代理与防火墙后重试",
    ),
    "answer_length": (
        "the answer of {endpoint} to {method} {path} has no valid length ({length}), so its end cannot be "
        "determined; check the proxies and firewalls in between",
        "{endpoint} 对 {method} {path} 的应答没有有效长度（{length}），无法判断其结尾；请检查中间的代理与防"
        "火墙",
    ),
    "answer_too_large": (
        "the answer of {endpoint} to {method} {path} is larger than {limit} bytes; check host and profile",
        "{endpoint} 对 {method} {path} 的应答超过 {limit} 字节；请检查 host 与 profile",
    ),
    "answer_incomplete": (
        "{endpoint} reports {total} rows for {method} {path} but returned {got}; check paging in the "
        "endpoint profile, and try again",
        "{endpoint} 报告 {method} {path} 共有 {total} 行，但只返回了 {got} 行；请检查接口配置中的 paging "
        "后重试",
    ),
    "answer_unproved": (
        "{endpoint} returned {got} rows for {method} {path}, and nothing shows that there are no more; check "
        "paging in the endpoint profile, or set total or count there",
        "{endpoint} 对 {method} {path} 返回了 {got} 行，但无法证明没有更多；请检查接口配置中的 paging，"
        "或在其中设置 total 或 count",
    ),
    "answer_row_repeated": (
        "{endpoint} changed the list of {method} {path} each of the {readings} times that it was read: it "
        "returned {row} twice, and {got} of {total} rows; check paging in the endpoint profile, and try "
        "again while no object is added or removed",
        "{endpoint} 在 {readings} 次读取 {method} {path} 的过程中列表均发生变化：{row} 返回了两次，共读到 "
        "{got} / {total} 行；请检查接口配置中的 paging，并在没有对象增减时"
        "重试",
    ),
    "answer_cut_off": (
        "{endpoint} returned {got} of {total} rows for {method} {path} before a request failed; fix the "
        "cause, then try again",
        "{endpoint} 对 {method} {path} 返回 {got} / {total} 行之后请求失败；请排除原因后重试",
    ),
    "answer_link": (
        "the link to the next page in the answer of {endpoint} to {method} {path} must stay on that server; "
        "got {link}; check paging of the profile",
        "{endpoint} 对 {method} {path} 的应答中，下一页链接应指向同一服务器，实际为 {link}；请检查接口配置中"
        "的 paging",
    ),
    "protected_vms_uncertain": (
        "{endpoint} lists {names} in several recovery plans without ids, so the number of protected virtual "
        "machines is between {low} and {high}; set it in site as features.srm.used",
        "{endpoint} 在多个恢复计划中列出了 {names} 且未给出 ID，受保护的虚拟机为 {low} 至 {high} 台；请在 "
        "site 中以 features.srm.used 声明数量",
    ),
    "answer_too_many_rows": (
        "{endpoint} returned more than {limit} rows for {method} {path}, and the list did not end; check "
        "host and profile",
        "{endpoint} 对 {method} {path} 返回了超过 {limit} 行，且列表仍未结束；请检查 host 与 profile",
    ),
    "answer_shape": (
        "the answer of {endpoint} to {method} {path} must contain {expected}; got {got}; check that the "
        "profile fits the release of the server",
        "{endpoint} 对 {method} {path} 的应答应包含 {expected}，实际为 {got}；请检查 profile 是否适用于服务"
        "器的版本",
    ),
    "answer_file_name": (
        "{endpoint} returned the file of {method} {path} without a valid file name; check that the profile "
        "fits the release of the server",
        "{endpoint} 为 {method} {path} 返回的文件没有合法的文件名；请检查 profile 是否适用于服务器的版本",
    ),
    "operation_unsupported": (
        "the endpoint profile {profile} has no operation {operation}; use a profile that has it, or do the "
        "step manually (handover: true lists the manual steps in modules that have this option)",
        "接口配置 {profile} 没有操作 {operation}；请使用包含该操作的接口配置，或手工完成（在有 handover 选项"
        "的模块中，handover: true 会列出手工步骤）",
    ),
    "text_unsendable": (
        "{option} must be a text that can be sent, without control characters; got one with {character}, "
        "which is not shown because it may be a password; remove the character",
        "{option} 应为可发送且不含控制字符的文本，实际含有 {character}（可能是口令，不予显示）；请去掉该字符",
    ),
    "profile_not_compiled": (
        "profile must be compiled on the controller, which the action plugin of this module does; run the "
        "module by its full name in a task, or with ansible -m",
        "profile 应由本模块的 action 插件在控制节点上编译；请在任务中或以 ansible -m 使用模块的完整名称运行",
    ),
    "host_with_account": (
        "{option} must be a host name or an address such as 10.1.0.10; got a value with @, which is not "
        "shown because it may contain a password; give the account as username and password",
        "{option} 应为主机名或地址，例如 10.1.0.10，实际含有 @（其中可能有密码，不予显示）；请以 username "
        "与 password 给出账号",
    ),
    "option_invalid": (
        "{option} must be {expected}; got {got}",
        "{option} 应为 {expected}，实际为 {got}",
    ),
    "option_timezone": (
        "{option} must be an offset such as +08:00 or a name such as Asia/Shanghai that this machine knows; "
        "got {got}; give the offset if the machine has no time zone data",
        "{option} 应为时区偏移（例如 +08:00）或本机已知的时区名称（例如 Asia/Shanghai），实际为 {got}；如本机"
        "没有时区数据，请给出偏移",
    ),
    "option_empty": (
        "{option} must not be empty; set it, or leave it out if it is optional",
        "{option} 不能为空；请填写，或在该选项可选时将其去掉",
    ),
}
