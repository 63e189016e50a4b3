# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files encrypted by ansible-vault, and loaders that have their secret."""

from __future__ import annotations

from pathlib import Path

from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret

_SECRET = VaultSecret(b"vault secret of the tests")
_OTHER = VaultSecret(b"another secret")


def encrypt(path: Path) -> None:
    """Encrypt a file in place."""
    path.write_bytes(encrypted(path.read_bytes()))


def encrypted(content: bytes) -> bytes:
    """Return the content as ansible-vault writes it."""
    content_of: bytes = VaultLib([("default", _SECRET)]).encrypt(content)
    return content_of


def with_secret(loader: DataLoader) -> DataLoader:
    """Return the loader with the right secret."""
    loader.set_vault_secrets([("default", _SECRET)])
    return loader


def with_wrong_secret(loader: DataLoader) -> DataLoader:
    """Return the loader with another secret."""
    loader.set_vault_secrets([("default", _OTHER)])
    return loader
