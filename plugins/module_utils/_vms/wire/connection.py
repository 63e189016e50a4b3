# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection settings: address and credentials of a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from ..._masking import Mask
from .errors import OptionError


def refuse_account(option: str, host: object) -> None:
    """Reject an address with credentials in it (``user:password@host``), without repeating any of it."""
    if isinstance(host, str) and has_account(host):
        raise OptionError("host_with_account", option=option)


def has_account(host: str) -> bool:
    return "@" in host or "%40" in host


@dataclass(frozen=True)
class Connection:
    """One server and one account. ``timeout`` is in seconds and bounds one request as a whole.

    ``ca_path`` is a PEM file or a directory of hashed certificates; None means the system's store.
    ``client_id`` and ``client_secret`` are the OAuth2 client of a License Server's console. Secrets are not
    shown in ``repr``.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    scheme: str = "https"
    validate_certs: bool = True
    ca_path: Optional[str] = None
    timeout: float = 30.0
    client_id: Optional[str] = None
    client_secret: Optional[str] = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Reject invalid values before anything is sent."""
        refuse_account("host", self.host)
        if not self.host or any(
            not character.isprintable() or character in " /@?#" for character in self.host
        ):
            self._refuse("host", "a name or an address without scheme, port or path", self.host)
        if not 0 < self.port < 65536:
            self._refuse("port", "a number between 1 and 65535", self.port)
        if not self.timeout > 0:
            self._refuse("timeout", "a number of seconds above 0", self.timeout)
        if not self.username.isprintable():
            self._refuse("username", "a text without control characters", self.username)

    def _refuse(self, option: str, expected: str, got: object) -> None:
        raise OptionError("option_invalid", option=option, expected=expected, got=got)

    def mask(self, *more: str) -> Mask:
        """Return a mask for the secrets of this connection and ``more`` in text of the server."""
        secrets = (self.password, self.client_secret or "", *more)
        return Mask(secrets, (self.username, self.client_id or ""))

    @property
    def endpoint(self) -> str:
        """The address ``https://host:port``, for messages."""
        host = "[{0}]".format(self.host) if ":" in self.host else self.host
        return "{0}://{1}:{2}".format(self.scheme, host, self.port)
