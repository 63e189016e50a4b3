# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service product contract number of a hot-standby pair (R23)."""

from __future__ import annotations

from typing import Optional


def contract_number(text: Optional[str]) -> Optional[str]:
    """Return the number without the blanks around it; one that is blank is none."""
    return (text or "").strip() or None
