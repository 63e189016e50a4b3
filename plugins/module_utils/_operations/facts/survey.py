# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a system with its hosts: the facts of ``vms_facts``, and the addresses that inventories need."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, cast

from ..._errors import UsphereError
from ..._facts import GATHER_ERROR
from ..._licensing.catalog.site_rows import check_rows
from ..._vms.api.client import Budget
from ..._vms.api.lists import Listed
from ..._vms.api.records import (
    HostRecord,
    LicenseRecord,
    ServerInfo,
)
from ..._vms.api.vms_api import VmsApi
from ..._vms.wire.errors import VmsError
from ..._vms.wire.open_clients import OpenClients, closing_clients
from ..core.endpoints import LICENSE_SERVER_PORT, VMS_PORT, connection, license_server_api
from ..core.site_profile import with_profile
from .product_nodes import ProductNode
from .read import product_nodes, read_options, vms_api
from .read_system import LicenseReads, read_system_records
from .refused_accounts import RefusedAccounts, manager_account
from .vms import ReadOptions, unread_reason


@dataclass(frozen=True)
class Survey:
    """A system as read: ``facts`` are HostFacts, ``nodes`` are its hosts, row by row as in the facts.

    Where they are known, a host also has ``ip`` (an address that another machine can have) and ``cluster`` (a
    name).
    """

    facts: Mapping[str, Any]
    nodes: Tuple[Mapping[str, Any], ...]


def survey_system(
    vms: VmsApi,
    license_server: Optional[LicenseReads],
    options: ReadOptions,
    product_nodes: Sequence[ProductNode] = (),
) -> Survey:
    """Read a system once. Raises what ``read_system`` raises; makes no further calls."""
    system = read_system_records(vms, license_server, options, product_nodes)
    rows = cast(List[Mapping[str, Any]], system.facts.get("hosts") or [])
    clusters = {cluster.id: cluster.name for cluster in system.clusters}
    nodes = (_node(row, system.hosts[at], clusters) for at, row in enumerate(rows))
    return Survey(system.facts, tuple(nodes))


def unread_facts(subject_id: str, error: Optional[Exception]) -> Dict[str, Any]:
    """Return the HostFacts of a system that was not read: everything is unknown, with the reason."""
    reason = unread_reason(error) if isinstance(error, VmsError) else GATHER_ERROR
    return {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "system", "id": subject_id},
        "unknown": {"": {"reason": reason}},
    }


def _node(
    row: Mapping[str, Any], host: HostRecord, clusters: Mapping[str, Optional[str]]
) -> Mapping[str, Any]:
    more = {"ip": usable_address(host.ip), "cluster": clusters.get(host.cluster_id or "")}
    return {**row, **{name: value for name, value in more.items() if value is not None}}


def usable_address(text: object) -> Optional[str]:
    """Return the address in ``text`` in its usual form, None unless another machine can have it.

    A server reports the address and the controller connects to it, so it must not be the controller's own.
    """
    try:
        address = ipaddress.ip_address(text if isinstance(text, str) else "")
    except ValueError:
        return None
    inner = getattr(address, "ipv4_mapped", None) or address
    return None if inner.is_loopback or inner.is_unspecified or inner.is_multicast else str(address)


class SharedServers:
    """The License Servers of several systems, each built once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: Dict[Hashable, SharedServer] = {}

    def get(self, key: Hashable, make: Callable[[], LicenseReads]) -> SharedServer:
        """Return the server of ``key``; ``make`` builds it at the first call."""
        with self._lock:
            if key not in self._found:
                self._found[key] = SharedServer(make())
            return self._found[key]


class SharedServer:
    """A License Server of several systems: one thread reads at a time, and its licenses are read once.

    A failure is kept for all systems: a wrong password is sent once, and a dead server times out once.
    """

    def __init__(self, server: LicenseReads) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._licenses: Optional[Listed[LicenseRecord]] = None
        self._failed: Dict[str, UsphereError] = {}

    def server(self) -> ServerInfo:
        """Return the server's information, read anew each time because it contains the current time."""
        with self._lock:
            self._raise_again("server")
            try:
                return self._server.server()
            except UsphereError as error:
                self._failed["server"] = error
                raise

    def license_list(self) -> Listed[LicenseRecord]:
        with self._lock:
            self._raise_again("licenses")
            if self._licenses is None:
                try:
                    self._licenses = self._server.license_list()
                except UsphereError as error:
                    self._failed["licenses"] = error
                    raise
            return self._licenses

    def _raise_again(self, call: str) -> None:
        if call in self._failed:
            raise self._failed[call]


class Surveyor:
    """Reads systems; several threads can use it at a time. Close it after the last read.

    A wrong password of a manager is sent once, however many systems name the manager.
    """

    def __init__(self) -> None:
        self._accounts = RefusedAccounts(math.inf, time.monotonic)
        self._servers = SharedServers()
        self._open = OpenClients()

    def __enter__(self) -> Surveyor:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the shared License Servers: log out and return tokens as far as possible."""
        self._open.close()

    def read(self, params: Mapping[str, Any], name: str, note: Callable[[UsphereError], None]) -> Survey:
        """Return the survey of the system of ``params``; ``note`` gets the error of each unread part.

        Raises what ``survey_system`` raises, and LicensingError for invalid rows of a catalog.
        """
        check_rows(params.get("catalog") or ())
        ready = with_profile(params)
        options = read_options(params, name, note)
        endpoint = connection(params, VMS_PORT).endpoint
        with self._accounts.guard(manager_account(params), endpoint), closing_clients():
            # The time that another read of this manager takes does not count.
            budget = Budget(params["gather_timeout"])
            return survey_system(
                vms_api(ready, budget), self._server(params, ready), options, product_nodes(ready, budget)
            )

    def _server(self, params: Mapping[str, Any], ready: Mapping[str, Any]) -> Optional[SharedServer]:
        server = params["license_server"]
        if server is None:
            return None
        key = (connection(server, LICENSE_SERVER_PORT, params), repr(params["profile"]))

        def make() -> LicenseReads:
            # Other systems still use the server after the first one was read.
            with self._open.collecting():
                return license_server_api(server, ready)

        return self._servers.get(key, make)
