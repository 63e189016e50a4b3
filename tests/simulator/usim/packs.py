# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packs that DR and migration licenses consist of (R32): bought, issued and split whole."""

from __future__ import annotations

from collections.abc import Sequence

Packs = tuple[int, ...]


def take(packs: Sequence[int], amount: int) -> tuple[Packs, Packs] | None:
    """Packs that amount to exactly this, and the others; None if no choice of whole packs does."""
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
