# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs of DR and migration licenses (R32), which are sold, issued and transferred as complete packs."""

from __future__ import annotations

from collections.abc import Sequence

Packs = tuple[int, ...]


def take(packs: Sequence[int], amount: int) -> tuple[Packs, Packs] | None:
    """Return packs with exactly this sum, and the remaining packs; None if there is no such choice."""
    reached: dict[int, tuple[int, ...]] = {0: ()}
    for index, size in enumerate(packs):
        for total, chosen in list(reached.items()):
            if total + size <= amount:
                reached.setdefault(total + size, (*chosen, index))
    if amount not in reached:
        return None
    chosen = reached[amount]
    taken = tuple(packs[index] for index in chosen)
    return taken, tuple(size for index, size in enumerate(packs) if index not in chosen)
