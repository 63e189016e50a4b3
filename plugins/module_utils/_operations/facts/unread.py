# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers beside a VMS that may fail without failing the read of its system."""

from __future__ import annotations

from ..._vms.wire.errors import BadAnswer, BusinessError, HttpError, NotFound, Unreachable, VmsError
from .draft import GATHER_ERROR, UNREACHABLE

# Credentials and certificates that are not taken are not among it: somebody has to put them right.
NOT_READ = (Unreachable, HttpError, BadAnswer, BusinessError, NotFound)


def unread_reason(error: VmsError) -> str:
    """Return the reason of facts that a server did not give because of ``error``."""
    away = isinstance(error, Unreachable) or (isinstance(error, HttpError) and error.status >= 500)
    return UNREACHABLE if away else GATHER_ERROR
