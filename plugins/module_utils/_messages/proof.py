# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about what a success of the license modules rests on: code → (English, Chinese)."""

from __future__ import annotations

from typing import Dict, Tuple

Sentences = Dict[str, Tuple[str, str]]

_REQUESTS: Sentences = {
    "request_fixed_allocated": (
        "key {key} has a fixed code, which goes whole to one device, and {allocated} of it are allocated "
        "already; take the key out of this request, or correct allocated (R25)",
        "授权码 {key} 为固定编码，只能整体用于一台设备，且已分配 {allocated}；请从本次申请中去掉该授权码，"
        "或更正 allocated（R25）",
    ),
}

_CONNECTIONS: Sentences = {
    "pair_without_contract_number": (
        "client {client} is for a hot-standby pair, which needs its service product contract number, but "
        "none is given; set contract_number and run again; nothing was created (R23)",
        "客户端 {client} 用于双机热备，须提供服务产品合同号，但未提供；请设置 contract_number 后重新执行；"
        "未创建任何内容（R23）",
    ),
    "pair_not_checked": (
        "whether client {client} is for a hot-standby pair, which needs contract_number, could not be read; "
        "set contract_number if it is (R23)",
        "无法读取客户端 {client} 是否用于双机热备（双机热备须提供合同号）；若是，请设置 contract_number"
        "（R23）",
    ),
}

MESSAGES: Sentences = {**_REQUESTS, **_CONNECTIONS}
