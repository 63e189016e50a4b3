# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hot-standby pair needs its contract number (R23), before a client is made for it."""

from __future__ import annotations

from typing import Tuple

from .._vms.errors import LoginRefused, OperationUnsupported
from .errors import Cause, ChangeRefused
from .link import ConnectionState, Wanted
from .ports import System


def foresee(wanted: Wanted, state: ConnectionState, system: System) -> Tuple[Cause, ...]:
    """Refuse a new client for a pair that names no contract number, and return what could not be checked.

    Only a system that has neither client nor connection is asked: to reconnect is what lets people log in
    again after a lapse (R20), and must not be held up. A system that refuses logins, or a profile without the
    call, cannot say whether it is a pair. Raises ChangeRefused ``pair_without_contract_number``, VmsError.
    """
    if state.client is not None or state.link is not None or wanted.contract_number is not None:
        return ()
    try:
        platform = system.platform()
    except (LoginRefused, OperationUnsupported):
        return (Cause("pair_not_checked", {"client": wanted.client_name}, "R23"),)
    if platform.is_pair:
        raise ChangeRefused("pair_without_contract_number", "R23", client=wanted.client_name)
    return ()
