# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the API client: connections, logins, answers, tasks and endpoint profiles."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "unreachable_timeout": (
        "{endpoint} gave no whole answer within {seconds} s; check that it runs, or raise timeout",
        "{endpoint} 未在 {seconds} 秒内给出完整应答；请检查其是否运行，或增大 timeout",
    ),
    "unreachable_deadline": (
        "{endpoint} was not read within the {seconds} s that were given; check how it answers, or allow "
        "more time",
        "未能在给定的 {seconds} 秒内读完 {endpoint}；请检查其应答情况，或给予更多时间",
    ),
    "unreachable_refused": (
        "{endpoint} refuses the connection; check host and port, and that the service runs",
        "{endpoint} 拒绝连接；请检查 host 与 port，以及服务是否运行",
    ),
    "unreachable_unknown_host": (
        "the name in {endpoint} is not known to this machine's resolver; check host",
        "本机无法解析 {endpoint} 中的主机名；请检查 host",
    ),
    "unreachable_network": (
        "{endpoint} cannot be reached ({reason}); check host, routes and firewalls",
        "无法到达 {endpoint}（{reason}）；请检查 host、路由与防火墙",
    ),
    "unreachable_tls": (
        "{endpoint} does not come to terms over TLS ({reason}); check that port and scheme belong together",
        "与 {endpoint} 的 TLS 握手失败（{reason}）；请检查 port 与 scheme 是否匹配",
    ),
    "unreachable_reset": (
        "{endpoint} cut the connection before it had answered; check its state and try again",
        "{endpoint} 在应答之前断开了连接；请检查其状态后重试",
    ),
    "certificate_untrusted": (
        "the certificate of {endpoint} is not trusted ({reason}); give the issuing CA as ca_path",
        "{endpoint} 的证书不受信任（{reason}）；请以 ca_path 指定签发该证书的 CA",
    ),
    "certificate_ca": (
        "ca_path has to be a PEM file or a folder of certificates, but {path} cannot be used ({reason})",
        "ca_path 应为 PEM 文件或证书目录，但 {path} 无法使用（{reason}）",
    ),
    "authentication_failed": (
        "{endpoint} does not let {username} in and gives no reason: either user name or password are "
        "wrong, or a "
        "license lapsed and every login is refused until VMS reconnects to its License Server (R20)",
        "{endpoint} 拒绝 {username} 登录且未说明原因：可能是用户名或密码错误，也可能是授权到期，"
        "在 VMS 重新连接 License Server 之前将拒绝所有登录（R20）",
    ),
    "authentication_failed_oauth2": (
        "{endpoint} gives {username} no token: check username and password, and client_id and client_secret",
        "{endpoint} 未向 {username} 颁发令牌：请检查 username 与 password，以及 client_id 与 client_secret",
    ),
    "authentication_unsupported": (
        "{endpoint} was expected to ask for HTTP Digest, but it offers {offered}; check host and port",
        "{endpoint} 应当要求 HTTP Digest 认证，但其提供的是 {offered}；请检查 host 与 port",
    ),
    "login_refused": (
        "{endpoint} refuses every login because a license lapsed ({server_message}): VMS has to "
        "reconnect to its "
        "License Server and fetch its licenses again (R20, R22)",
        "由于授权到期，{endpoint} 拒绝所有登录（{server_message}）：VMS 须重新连接 License Server "
        "并重新获取授权（R20、R22）",
    ),
    "http_status": (
        "{endpoint} answered {method} {path} with status {status}; check the server, or try again later",
        "{endpoint} 对 {method} {path} 返回状态码 {status}；请检查服务器，或稍后重试",
    ),
    "not_found": (
        "{endpoint} does not know {method} {path} ({server_message}); check what was named, and the profile",
        "{endpoint} 上不存在 {method} {path}（{server_message}）；请检查所指定的对象以及接口配置 profile",
    ),
    "business_error": (
        "{endpoint} refused {method} {path} ({said})",
        "{endpoint} 拒绝了 {method} {path}（{said}）",
    ),
    "answer_redirect": (
        "{endpoint} was expected to answer {method} {path}, but it points elsewhere (status {status}), "
        "which is not "
        "followed; check host, port and scheme",
        "{endpoint} 应直接应答 {method} {path}，但其要求重定向（状态码 {status}），不予跟随；请检查 "
        "host、port 与 scheme",
    ),
    "answer_html": (
        "{endpoint} was expected to answer {method} {path} with JSON, but a web page came; check host "
        "and port, and "
        "whether the service is being restarted",
        "{endpoint} 应以 JSON 应答 {method} {path}，但返回了网页；请检查 host 与 port，以及服务是否正在重启",
    ),
    "answer_not_json": (
        "{endpoint} was expected to answer {method} {path} with JSON, but something else came; check "
        "host, port and "
        "profile",
        "{endpoint} 应以 JSON 应答 {method} {path}，但返回了其他内容；请检查 host、port 与 profile",
    ),
    "answer_not_http": (
        "{endpoint} was expected to answer {method} {path} over HTTP, but it speaks another protocol; "
        "check port and "
        "scheme",
        "{endpoint} 应以 HTTP 应答 {method} {path}，但其使用了其他协议；请检查 port 与 scheme",
    ),
    "answer_truncated": (
        "the answer of {endpoint} to {method} {path} is cut off; check what lies between, and try again",
        "{endpoint} 对 {method} {path} 的应答不完整；请检查中间网络设备后重试",
    ),
    "answer_length": (
        "the answer of {endpoint} to {method} {path} has no usable length ({length}), so its end cannot be "
        "seen; check what lies between",
        "{endpoint} 对 {method} {path} 的应答未给出可用的长度（{length}），无法判断其结尾；"
        "请检查中间网络设备",
    ),
    "answer_too_large": (
        "the answer of {endpoint} to {method} {path} is larger than {limit} bytes; check host and profile",
        "{endpoint} 对 {method} {path} 的应答超过 {limit} 字节；请检查 host 与 profile",
    ),
    "answer_incomplete": (
        "{endpoint} says that {method} {path} has {total} rows, but it gave {got}; try again",
        "{endpoint} 声明 {method} {path} 共有 {total} 行，但只返回了 {got} 行；请重试",
    ),
    "protected_vms_uncertain": (
        "{endpoint} names {names} in several recovery plans and gives no ids, so {low} to {high} virtual "
        "machines may be protected; state the number in site as features.srm.used",
        "{endpoint} 在多个恢复计划中列出了 {names} 且未给出 id，受保护的虚拟机可能为 {low} 至 {high} 台；"
        "请在 site 中以 features.srm.used 声明数量",
    ),
    "answer_too_many_rows": (
        "{endpoint} gave more than {limit} rows for {method} {path}, and the list had not ended; check host "
        "and profile",
        "{endpoint} 对 {method} {path} 返回了超过 {limit} 行，且列表仍未结束；请检查 host 与 profile",
    ),
    "answer_shape": (
        "the answer of {endpoint} to {method} {path} was expected to hold {expected}, but there is "
        "{got}; check that "
        "the profile fits its release",
        "{endpoint} 对 {method} {path} 的应答应包含 {expected}，实际为 {got}；请检查 profile "
        "是否适用于该版本",
    ),
    "answer_file_name": (
        "{endpoint} was expected to name the file it gives for {method} {path}, but it gave no plain "
        "file name",
        "{endpoint} 应为 {method} {path} 返回的文件命名，但未给出合法的文件名",
    ),
    "task_failed": (
        "the server says that task {task} failed ({said})",
        "服务器报告任务 {task} 失败（{said}）",
    ),
    "task_partial": (
        "the server says that task {task} was done in part only ({said}); read the state before going on",
        "服务器报告任务 {task} 仅部分完成（{said}）；继续之前请先查询状态",
    ),
    "task_lost": (
        "the server does not know task {task} any more; read the state to see how it ended",
        "服务器已不再保留任务 {task}；请查询状态以确认其结果",
    ),
    "task_timeout": (
        "task {task} had not ended after {seconds} s; it may still end well, so read the state before "
        "trying again",
        "任务 {task} 在 {seconds} 秒后仍未结束；其仍可能成功，重试之前请先查询状态",
    ),
    "operation_unsupported": (
        "the endpoint profile {profile} has no operation {operation}; use a profile that has it, or do it by "
        "hand, which handover set to true prepares where the module has it",
        "接口配置 {profile} 没有操作 {operation}；请使用包含该操作的 profile，或手工完成（在支持的模块中将 "
        "handover 设为 true 可做好准备）",
    ),
    "field_unsupported": (
        "the endpoint profile has no place for {field} in the operation {operation}; leave it out, or "
        "map it there",
        "接口配置的操作 {operation} 中没有 {field}；请去掉该项，或在 profile 中映射",
    ),
    "profile_invalid": (
        "the endpoint profile is wrong at {at}: {expected} was expected, but there is {got}",
        "接口配置 {at} 处有误：应为 {expected}，实际为 {got}",
    ),
    "host_with_account": (
        "{option} must be a name or an address such as 10.1.0.10; it holds an @, which is not repeated here "
        "because a password may stand before it: give user name and password as username and password",
        "{option} 必须是主机名或地址，例如 10.1.0.10；其中含有 @，因其前面可能是密码，此处不再显示：请以 "
        "username 与 password 选项给出用户名与密码",
    ),
    "option_invalid": (
        "{option} has to be {expected}, but it is {got}",
        "{option} 应为 {expected}，实际为 {got}",
    ),
    "inventory_options_wrong": (
        "the options of {where} are not as documented: {said}",
        "{where} 的选项与文档不符：{said}",
    ),
    "inventory_option_unknown": (
        "{where} has the unknown option {name}; it takes {known}",
        "{where} 含有未知的选项 {name}；可用的选项为 {known}",
    ),
    "option_empty": (
        "{option} needs a value, but it is given and empty; fill it in, or leave it out where allowed",
        "{option} 已给出但为空；请填写，或在允许时省略",
    ),
}
