# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A License Server that accepts certain activation files."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def server(fake: Any) -> Any:
    """An empty server that accepts the files A (base), B (base), U and V (upgrades)."""
    base = fake.license(sha256=None, file_name=None)
    upgrade = fake.license(product="vms_standard_to_enterprise", sha256=None, file_name=None)
    contents = {
        name.encode(): [
            fake.license(
                f"LS-{name}", product=row.product, sha256=None, file_name=None, quantity=row.quantity
            )
        ]
        for name, row in {"A": base, "B": base, "U": upgrade, "V": upgrade}.items()
    }
    return fake.Server(contents=contents)
