# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remember accounts that a server refused, so that several readers send a wrong password only once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import Any, Callable, Dict, Hashable, Iterator, Mapping, Optional, Tuple

from ..._errors import UsphereError
from ..._vms.api.lists import Listed
from ..._vms.api.records import LicenseRecord, ServerInfo
from ..core.given_connections import is_refused
from .read_system import LicenseReads

#: Options that tell accounts apart. Another password is another account: it is tried at once.
_OPTIONS = ("port", "username", "password", "client_id", "client_secret", "profile")


def account_of(params: Mapping[str, Any]) -> Hashable:
    """Return the account of connection options, as a key; case and a last dot of a host name do not count."""
    host = str(params.get("host")).lower().rstrip(".")
    return (host, *(repr(params.get(name)) for name in _OPTIONS))


def manager_account(params: Mapping[str, Any]) -> Hashable:
    """Return the account on a VMS manager, as a key that no account on a License Server has."""
    return "vms", account_of(params)


class RefusedAccounts:
    """Accounts that were refused less than ``seconds`` ago by the clock ``now``."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._locks: Dict[Hashable, threading.Lock] = {}
        self._refused: Dict[Hashable, Tuple[float, UsphereError]] = {}

    @contextmanager
    def guard(self, account: Hashable, endpoint: Optional[str] = None) -> Iterator[None]:
        """Let one reader at a time use an account, and none once it was refused: raise its error again.

        With ``endpoint``, what another server refused within the block does not count for this account.
        """
        with self._lock:
            lock = self._locks.setdefault(account, threading.Lock())
        with lock:
            known = self._refused.get(account)
            if known is not None and 0 <= self._now() - known[0] < self._seconds:
                raise known[1]
            try:
                yield
            except UsphereError as error:
                if is_refused(error) and endpoint in (None, error.fields.get("endpoint")):
                    self._refused[account] = (self._now(), error)
                raise
            self._refused.pop(account, None)


class GuardedServer:
    """A License Server whose account is guarded."""

    def __init__(self, server: LicenseReads, accounts: RefusedAccounts, account: Hashable) -> None:
        self._server = server
        self._accounts = accounts
        self._account = account

    def server(self) -> ServerInfo:
        """Return its identity and clock."""
        with self._accounts.guard(self._account):
            return self._server.server()

    def license_list(self) -> Listed[LicenseRecord]:
        """Return the licenses with their clients, and why there may be more."""
        with self._accounts.guard(self._account):
            return self._server.license_list()
