# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection settings: address, proxy and credentials of a server."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Optional, Sequence, Tuple, Union

from ..._masking import Mask
from ..._time import zone_of
from .errors import OptionError

_Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
_Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

_PROXY = re.compile(r"http://([^/?#]+):([0-9]{1,5})/?\Z")
_PROXY_EXPECTED = "an address such as http://proxy.example.com:3128"
_DIRECT_EXPECTED = "names, domains, addresses or networks such as 10.0.0.0/8, without scheme and port"
_EVERY_HOST = "*"


def refuse_account(option: str, host: object) -> None:
    """Reject an address with credentials in it (``user:password@host``), without repeating any of it."""
    if isinstance(host, str) and has_account(host):
        raise OptionError("host_with_account", option=option)


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy."""

    host: str
    port: int

    @property
    def endpoint(self) -> str:
        """The address ``http://host:port``, for messages."""
        return "http://" + authority(self.host, self.port)


def authority(host: str, port: int) -> str:
    """Return ``host:port``, with brackets around an IPv6 address."""
    return "{0}:{1}".format("[{0}]".format(host) if ":" in host else host, port)


def has_account(host: str) -> bool:
    return "@" in host or "%40" in host


def is_ipv6(text: str) -> bool:
    """Return whether ``text`` is an IPv6 address, with or without the name of an interface (``%eth0``)."""
    try:
        ipaddress.IPv6Address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def without_brackets(host: str) -> str:
    """Return the address of ``[::1]``; any other text unchanged."""
    inner = host[1:-1]
    return inner if host == "[{0}]".format(inner) and is_ipv6(inner) else host


def is_host(text: str) -> bool:
    """Return whether ``text`` is a name or an address without brackets, scheme, port and path."""
    if any(not character.isprintable() or character in " /@?#[]" for character in text):
        return False
    return bool(text) and (":" not in text or is_ipv6(text))


def parse_proxy(text: str) -> Proxy:
    """Return the proxy of ``http://host:port``; raises OptionError, which does not repeat an account."""
    if has_account(text):
        raise OptionError("proxy_with_account", option="proxy")
    match = _PROXY.match(text)
    host = without_brackets(match.group(1)) if match else ""
    port = int(match.group(2)) if match else 0
    if not is_host(host) or not 0 < port < 65536:
        raise OptionError("option_invalid", option="proxy", expected=_PROXY_EXPECTED, got=text or "''")
    return Proxy(host, port)


def require_direct_hosts(entries: Sequence[str]) -> None:
    """Raise OptionError if an entry of ``no_proxy`` can match no host."""
    for entry in entries:
        if has_account(entry):
            raise OptionError("proxy_with_account", option="no_proxy")
        is_name = is_host(_domain(entry)) and not re.search(r"[*,]", _domain(entry))
        if entry != _EVERY_HOST and not is_name and _network(entry) is None:
            raise OptionError(
                "option_invalid", option="no_proxy", expected=_DIRECT_EXPECTED, got=entry or "''"
            )


def is_direct(host: str, entries: Sequence[str]) -> bool:
    """Return whether ``host`` is reached without the proxy.

    An entry is a name, which includes all names below it, an address, a network, or ``*`` for every host.
    Names are not resolved.
    """
    name = host.lower().rstrip(".")
    address = _address(name)
    for entry in entries:
        network = _network(entry)
        if entry == _EVERY_HOST or (address is not None and network is not None and address in network):
            return True
        domain = _domain(entry).lower().rstrip(".")
        if network is None and address is None and (name == domain or name.endswith("." + domain)):
            return True
    return False


def _domain(entry: str) -> str:
    """Return the name in ``.example.com`` and ``*.example.com``."""
    return re.sub(r"^\*?\.", "", entry)


def _network(entry: str) -> Optional[_Network]:
    try:
        return ipaddress.ip_network(without_brackets(entry), strict=False)
    except ValueError:
        return None


def _address(host: str) -> Optional[_Address]:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


@dataclass(frozen=True)
class Connection:
    """One server and one account. ``timeout`` is in seconds and bounds one request as a whole.

    ``ca_path`` is a PEM file or a directory of hashed certificates; None means the system's store.
    ``proxy`` is ``http://host:port``. ``timezone`` is that of times that state none: an offset (``+08:00``)
    or an IANA name. ``client_id`` and ``client_secret`` are the OAuth2 client of a License Server.
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

    def mask(self, *more: str, least: int = 1) -> Mask:
        """Return a mask for the secrets of this connection and ``more`` with ``least`` or more characters."""
        secrets = (self.password, self.client_secret or "", *more)
        known = (secret for secret in secrets if len(secret) >= least)
        return Mask(known, (self.username, self.client_id or ""))

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
