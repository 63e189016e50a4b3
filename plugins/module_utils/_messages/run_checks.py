# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the variables of a run."""

from __future__ import annotations

from typing import Dict, Tuple

# code: (English, Chinese)
MESSAGES: Dict[str, Tuple[str, str]] = {
    "variable_no_option": (
        "the variable {name} is not an option of the role {role}; correct the name, or list a variable of "
        "your own in usphere_own_variables",
        "变量 {name} 不是角色 {role} 的选项；请更正名称，或将自己的变量列入 usphere_own_variables",
    ),
    "variable_misspelt": (
        "the variable {name} differs from {near} in one character; correct the name, or list a variable of "
        "your own in usphere_own_variables",
        "变量 {name} 与 {near} 只差一个字符；请更正名称，或将自己的变量列入 usphere_own_variables",
    ),
    "variable_near": (
        "the variable {name} differs from {near} in one character, and it has no effect; correct the name, "
        "or list a variable of your own in usphere_own_variables",
        "变量 {name} 与 {near} 只差一个字符，且不起作用；请更正名称，"
        "或将自己的变量列入 usphere_own_variables",
    ),
    "variable_internal": (
        "{name} is an internal variable of this collection and must not be an extra variable; remove it, or "
        "choose another name",
        "{name} 是本集合的内部变量，不能作为额外变量；请删除，或改用其他名称",
    ),
    "own_variables_invalid": (
        "usphere_own_variables must be a list of names of variables, without templates; got {value}",
        "usphere_own_variables 应为变量名列表，不能是模板，实际为 {value}",
    ),
}
