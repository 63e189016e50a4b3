# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare addresses of servers that are spelled differently. Names are not resolved."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

#: The port of a VMS manager that an address without a port means.
MANAGER_PORT = 8443


def comparable_host(host: str) -> str:
    """Return a name or address in the one spelling in which equal ones are equal texts.

    Upper case, a trailing dot, brackets, and the forms of an IPv6 address do not count, nor whether an IPv4
    address is written as IPv6. A name in another script is in its ASCII form.
    """
    name = host.strip().lower().strip("[]").rstrip(".")
    base, percent, interface = name.partition("%")
    try:
        address = ipaddress.ip_address(base)
    except ValueError:
        return _ascii(name)
    inner = getattr(address, "ipv4_mapped", None) or address
    return str(inner) + percent + interface


def comparable_place(host: str, port: object = None) -> str:
    """Return the address of a manager in one spelling, with its port; None is the default port."""
    shown = comparable_host(host)
    return f"{f'[{shown}]' if ':' in shown else shown}:{MANAGER_PORT if port is None else port}"


def comparable_endpoint(endpoint: str) -> str:
    """Return an endpoint such as ``https://vms.example.com:8443`` in one spelling; "" stays "".

    Without a scheme it is ``https``. A text that is not an endpoint only loses its case.
    """
    text = endpoint.strip().lower().rstrip("/")
    try:
        parts = urlsplit(text if "//" in text else "https://" + text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return text
    return f"{parts.scheme}://{comparable_place(host, port)}" if host else text


def _ascii(name: str) -> str:
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        # No server has such a name; it equals only itself.
        return name
