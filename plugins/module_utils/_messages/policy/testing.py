# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about policy tests."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "test_without_date": (
        "the test {name} has no date; set as_of, or source.gathered_at in its facts",
        "测试 {name} 没有日期；请设置 as_of，或在其事实中设置 source.gathered_at",
    ),
    "test_fixture": (
        "the test {name} uses the fixture {fixture}, which does not exist; define it under fixtures, or "
        "correct the name",
        "测试 {name} 使用的样例 {fixture} 不存在；请在 fixtures 中定义，或更正名称",
    ),
    "test_check": (
        "a test expects a result of {check}, which is not a rule or pool",
        "测试对 {check} 有预期，但不存在该规则或资源池",
    ),
}
