# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection options: addresses, proxies and time zones are checked before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.addresses import Proxy
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.connection import Connection
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import OptionError

PROXY = "http://proxy.example.com:3128"


def to(host: str = "vms.example.com", **changes: Any) -> Connection:
    return Connection(host, 8443, "u", "p", **changes)


@pytest.mark.parametrize("host", ["[::1]", "::1", "[fe80::1%eth0]", "fe80::1%eth0"])
def test_an_ipv6_address_with_or_without_brackets_is_the_same(host: str) -> None:
    assert to(host).host == host.strip("[]")
    assert to(host).endpoint == "https://[{}]:8443".format(host.strip("[]"))


@pytest.mark.parametrize(
    "host",
    [
        "[::1]:8443",
        "127.0.0.1:8443",
        "vms:8443",
        "[127.0.0.1]",
        "[vms]",
        "[::1",
        "::1]",
        "[[::1]]",
        "[]",
        ":",
    ],
)
def test_a_port_or_other_brackets_in_a_host_are_refused(host: str) -> None:
    with pytest.raises(OptionError) as caught:
        to(host)
    assert caught.value.fields["option"] == "host"
    assert caught.value.fields["got"] == host


@pytest.mark.parametrize(
    ("proxy", "host", "port"),
    [
        (PROXY, "proxy.example.com", 3128),
        (PROXY + "/", "proxy.example.com", 3128),
        ("http://10.1.0.3:8080", "10.1.0.3", 8080),
        ("http://[2001:db8::3]:8080", "2001:db8::3", 8080),
    ],
)
def test_a_proxy(proxy: str, host: str, port: int) -> None:
    assert to(proxy=proxy).used_proxy == Proxy(host, port)


@pytest.mark.parametrize(
    "proxy",
    [
        *("", "proxy.example.com:3128", "https://proxy.example.com:3128", "socks5://10.1.0.3:1080"),
        *("http://proxy.example.com", "http://proxy.example.com:0", "http://proxy.example.com:70000"),
        *("http://a b:3128", "http://proxy:3128/path", "http://proxy:3128?x", "http://2001:db8::3x:80"),
    ],
)
def test_an_impossible_proxy_is_an_error(proxy: str) -> None:
    with pytest.raises(OptionError) as caught:
        to(proxy=proxy)
    assert caught.value.fields["option"] == "proxy"


@pytest.mark.parametrize(
    "changes",
    [
        {"proxy": "http://user:geheim@proxy:3128"},
        {"proxy": "http://user:geheim%40proxy:3128"},
        {"proxy": PROXY, "no_proxy": ("user:geheim@vms",)},
    ],
)
def test_an_account_of_a_proxy_is_not_repeated(changes: Any) -> None:
    with pytest.raises(OptionError) as caught:
        to(**changes)
    assert caught.value.code == "proxy_with_account"
    assert "geheim" not in str(caught.value.fields)


@pytest.mark.parametrize(
    ("host", "no_proxy", "is_direct"),
    [
        ("vms.example.com", (), False),
        ("vms.example.com", ("vms.example.com",), True),
        ("VMS.Example.com.", ("vms.example.com",), True),
        ("vms.example.com", ("example.com",), True),
        ("vms.example.com", (".example.com",), True),
        ("vms.example.com", ("*.example.com",), True),
        ("vms.notexample.com", ("example.com",), False),
        ("vms.example.com", ("other", "EXAMPLE.COM"), True),
        ("10.1.0.10", ("10.1.0.10",), True),
        ("10.1.0.10", ("10.1.0.0/24",), True),
        ("10.1.0.10", ("10.1.0.1/24",), True),
        ("10.1.1.10", ("10.1.0.0/24",), False),
        ("10.1.0.10", ("0.10",), False),
        ("2001:db8::1", ("2001:db8::/32",), True),
        ("[2001:db8::1]", ("[2001:db8::1]",), True),
        ("2001:db8::1", ("10.0.0.0/8",), False),
        ("vms.example.com", ("*",), True),
    ],
)
def test_hosts_that_are_reached_without_the_proxy(
    host: str, no_proxy: tuple[str, ...], is_direct: bool
) -> None:
    assert (to(host, proxy=PROXY, no_proxy=no_proxy).used_proxy is None) is is_direct


@pytest.mark.parametrize("entry", ["", " ", "http://vms", "vms:8443", "10.1.0.0/99", "a,b", "**", "."])
def test_an_impossible_entry_of_no_proxy_is_an_error(entry: str) -> None:
    with pytest.raises(OptionError) as caught:
        to(no_proxy=(entry,))
    assert caught.value.fields["option"] == "no_proxy"


@pytest.mark.parametrize("zone", ["+08:00", "-03:30", "Z", "UTC", "Asia/Shanghai"])
def test_a_time_zone(zone: str) -> None:
    assert to(timezone=zone).timezone == zone


@pytest.mark.parametrize(
    "zone", ["", "8", "+8", "+25:00", "+08:60", "Asia/Schanghai", "../etc/passwd", "CST8"]
)
def test_an_unknown_time_zone_is_an_error(zone: str) -> None:
    with pytest.raises(OptionError) as caught:
        to(timezone=zone)
    assert (caught.value.code, caught.value.fields["got"]) == ("option_timezone", zone)
