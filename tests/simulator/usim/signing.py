# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign and read the vendor's files: activation file, uninstall file, device information.

A file consists of a magic number, a random salt, a compressed body and the vendor's Ed25519 signature of all
bytes before it. Any change is detected. The body of an activation file names the device.
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
    """Not a file of the requested kind, or changed after it was signed."""


class Vendor:
    """Holder of the signing key, which the platform and all devices of one state trust."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def seal(self, magic: bytes, body: dict[str, object]) -> bytes:
        packed = zlib.compress(json.dumps(body, ensure_ascii=False).encode())
        content = magic + secrets.token_bytes(_SALT) + packed
        return content + self._key.sign(content)

    def open(self, magic: bytes, content: bytes) -> dict[str, object]:
        """Return the body. Raises NotGenuine if any byte was changed."""
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
    """Return the digest of a device information file, which identifies the device in licenses and files."""
    return hashlib.sha256(content).hexdigest()
