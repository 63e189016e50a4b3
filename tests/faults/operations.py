# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation of the matrix."""

from __future__ import annotations

from collections.abc import Callable

from license_operations import Abort, Install, Migrate, MigratePart, Request, Uninstall
from operation import BASE, FEATURE, PACKS, UPGRADE, Operation
from system_operations import Allot, Connect, Leave, NewPassword, Read

OPERATIONS: tuple[Callable[[], Operation], ...] = (
    lambda: Install("install one", FEATURE),
    lambda: Install("install base and upgrade", BASE, UPGRADE),
    lambda: Uninstall("uninstall", BASE, UPGRADE),
    Connect,
    Allot,
    NewPassword,
    Leave,
    Read,
    lambda: Migrate("migrate one", FEATURE),
    lambda: Migrate("migrate base and upgrade", BASE, UPGRADE),
    lambda: Install("install on a product node", PACKS),
    lambda: Uninstall("uninstall on a product node", PACKS),
    lambda: MigratePart("migrate a part", FEATURE),
    lambda: Abort("abort a migration", FEATURE),
    Request,
)
