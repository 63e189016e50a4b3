# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's three kinds of files: activation file, uninstall file, device information.

All are opaque: a magic, a random salt, a compressed body and the vendor's Ed25519 signature over everything
before it. One changed, lost or rewritten byte is noticed. The body of an activation file names the device.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ACTIVATION = b"USPHERE7\r\n\x00AK"
UNINSTALL = b"USPHERE7\r\n\x00UK"
DEVICE = b"USPHERE7\r\n\x00DI"
_SALT = 32
_SIGNATURE = 64


class NotGenuine(ValueError):
    """Not a file of the asked kind, or changed after it was signed."""


class Vendor:
    """The holder of the signing key. The platform and the devices of one state trust the same one."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def seal(self, magic: bytes, body: dict[str, object]) -> bytes:
        packed = zlib.compress(json.dumps(body, ensure_ascii=False).encode())
        content = magic + secrets.token_bytes(_SALT) + packed
        return content + self._key.sign(content)

    def open(self, magic: bytes, content: bytes) -> dict[str, object]:
        """The body; ``NotGenuine`` unless every byte is the vendor's."""
        if not content.startswith(magic) or len(content) <= len(magic) + _SALT + _SIGNATURE:
            raise NotGenuine
        try:
            self._key.public_key().verify(content[-_SIGNATURE:], content[:-_SIGNATURE])
        except InvalidSignature as error:
            raise NotGenuine from error
        body = json.loads(zlib.decompress(content[len(magic) + _SALT : -_SIGNATURE]))
        if not isinstance(body, dict):
            raise NotGenuine
        return body


def device_digest(content: bytes) -> str:
    """How a device is named in licenses and activation files: the digest of its device information file."""
    return hashlib.sha256(content).hexdigest()
