# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of one server in several spellings are equal, those of different servers are not."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.endpoints import VMS_PORT
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.addresses import (
    MANAGER_PORT,
    comparable_endpoint,
    comparable_host,
    comparable_place,
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("VMS1.example.com", "vms1.example.com"),
        ("vms1.example.com.", "vms1.example.com"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("fe80::0001%eth0", "fe80::1%eth0"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_spellings_of_one_host(left: str, right: str) -> None:
    assert comparable_host(left) == comparable_host(right)
    assert comparable_place(left) == comparable_place(right, 8443)


@pytest.mark.parametrize(
    ("left", "right"),
    [("10.0.0.1", "10.0.0.2"), ("a.example.com", "a.example.org"), ("fe80::1%eth0", "fe80::1%eth1")],
)
def test_different_hosts(left: str, right: str) -> None:
    assert comparable_host(left) != comparable_host(right)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://VMS1.example.com.:8443/", "https://vms1.example.com:8443"),
        ("https://vms1.example.com", "https://vms1.example.com:8443"),
        ("vms1.example.com:8443", "https://vms1.example.com:8443"),
        ("https://[2001:DB8::0001]:8443", "https://[2001:db8::1]:8443"),
        ("https://[::ffff:10.0.0.1]:8443", "https://10.0.0.1:8443"),
        ("http://10.0.0.1:8443", "http://10.0.0.1:8443"),
        ("https://10.0.0.1:8444", "https://10.0.0.1:8444"),
        ("", ""),
        ("https://[broken:8443", "https://[broken:8443"),
        ("https://a:99999", "https://a:99999"),
    ],
)
def test_endpoints_have_one_spelling(given: str, shown: str) -> None:
    assert comparable_endpoint(given) == shown


def test_the_default_port_is_that_of_the_modules() -> None:
    assert MANAGER_PORT == VMS_PORT
