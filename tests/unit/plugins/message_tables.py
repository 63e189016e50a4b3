# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every table of messages, read from the packages beside the message catalog."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from ansible_collections.unicloud.usphere.plugins.module_utils import _messages

Table = Mapping[str, tuple[str, str]]


def _tables() -> dict[str, Table]:
    """Tables by name, such as ``operations.license``."""
    prefix = _messages.__name__ + "."
    names = [found.name for found in pkgutil.walk_packages(_messages.__path__, prefix) if not found.ispkg]
    modules = {name[len(prefix) :]: importlib.import_module(name) for name in names}
    return {name: module.MESSAGES for name, module in modules.items() if name != "catalog"}


TABLES = _tables()
ALL = {code: texts for table in TABLES.values() for code, texts in table.items()}


def below(*prefixes: str) -> dict[str, tuple[str, str]]:
    """The messages of the tables whose names begin so."""
    found = [table for name, table in TABLES.items() if name.startswith(prefixes)]
    return {code: texts for table in found for code, texts in table.items()}
