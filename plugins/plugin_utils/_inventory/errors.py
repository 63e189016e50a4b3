# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of an inventory source."""

from __future__ import annotations

from ...module_utils._errors import UsphereError


class InventoryError(UsphereError):
    """Invalid inventory source, or systems that could not be read."""
