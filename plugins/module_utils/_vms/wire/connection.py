# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection settings: address and credentials of a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Tuple

from ..._masking import Mask
from ..._time import zone_of
from .addresses import (
    Proxy,
    authority,
    has_account,
    is_direct,
    is_host,
    parse_proxy,
    require_direct_hosts,
    without_brackets,
)
from .errors import OptionError


def refuse_account(option: str, host: object) -> None:
    """Reject an address with credentials in it (``user:password@host``), without repeating any of it."""
    if isinstance(host, str) and has_account(host):
        raise OptionError("host_with_account", option=option)


@dataclass(frozen=True)
class Connection:
    """One server and one account. ``timeout`` is in seconds and bounds one request as a whole.

    ``ca_path`` is a PEM file or a directory of hashed certificates; None means the system's store.
    ``proxy`` is ``http://host:port``; hosts of ``no_proxy`` are reached without it. The proxy variables of
    the environment are not read. ``timezone`` is the zone of times of the server that state none: an offset
    such as ``+08:00`` or an IANA name. ``client_id`` and ``client_secret`` are the OAuth2 client of a License
    Server's console. Secrets are not shown in ``repr``.
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
    proxy: Optional[str] = None
    no_proxy: Tuple[str, ...] = ()
    timezone: Optional[str] = None

    def __post_init__(self) -> None:
        """Reject invalid values before anything is sent; an IPv6 address loses its brackets."""
        refuse_account("host", self.host)
        object.__setattr__(self, "host", without_brackets(self.host))
        if not is_host(self.host):
            self._refuse("host", "a name or an address without scheme, port or path", self.host)
        if not 0 < self.port < 65536:
            self._refuse("port", "a number between 1 and 65535", self.port)
        if not self.timeout > 0:
            self._refuse("timeout", "a number of seconds above 0", self.timeout)
        if not self.username.isprintable():
            self._refuse("username", "a text without control characters", self.username)
        if self.proxy is not None:
            parse_proxy(self.proxy)
        require_direct_hosts(self.no_proxy)
        if self.timezone is not None and zone_of(self.timezone) is None:
            raise OptionError("option_timezone", option="timezone", got=self.timezone)

    def _refuse(self, option: str, expected: str, got: object) -> None:
        raise OptionError("option_invalid", option=option, expected=expected, got=got)

    def mask(self, *more: str) -> Mask:
        """Return a mask for the secrets of this connection and ``more`` in text of the server."""
        secrets = (self.password, self.client_secret or "", *more)
        return Mask(secrets, (self.username, self.client_id or ""))

    @property
    def endpoint(self) -> str:
        """The address ``https://host:port``, for messages."""
        return "{0}://{1}".format(self.scheme, authority(self.host, self.port))

    @property
    def ascii_authority(self) -> str:
        """The address ``host:port`` as a proxy needs it; raises UnicodeError for an impossible name."""
        host = self.host if self.host.isascii() else self.host.encode("idna").decode("ascii")
        return authority(host, self.port)

    @property
    def used_proxy(self) -> Optional[Proxy]:
        """The proxy on the way to the server, None if there is none."""
        if self.proxy is None or is_direct(self.host, self.no_proxy):
            return None
        return parse_proxy(self.proxy)
