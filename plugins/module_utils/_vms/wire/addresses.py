# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses in options: hosts, proxies, and hosts that are reached without a proxy."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Optional, Sequence, Union

from .errors import OptionError

_Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
_Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

_PROXY = re.compile(r"http://([^/?#]+):([0-9]{1,5})/?\Z")
_PROXY_EXPECTED = "an address such as http://proxy.example.com:3128"
_DIRECT_EXPECTED = "names, domains, addresses or networks such as 10.0.0.0/8, without scheme and port"
_EVERY_HOST = "*"


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
