# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read systems and License Servers on the controller, where the endpoint profile is validated."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence

from ..._licensing.catalog.catalog import Catalog
from ..._vms.api.client import Budget
from ..._vms.wire.open_clients import closing_clients
from ..core.endpoints import VMS_PORT, connection, license_server_api
from ..core.site_profile import with_profile
from .license_server import LicenseQuery, license_store_api, read_license_server
from .read import product_nodes, vms_api
from .read_system import read_system
from .refused_accounts import GuardedServer, RefusedAccounts, account_of, manager_account
from .vms import ReadOptions


def system_facts(
    params: Mapping[str, Any],
    license_server: Optional[Mapping[str, Any]],
    options: ReadOptions,
    seconds: float,
    accounts: RefusedAccounts,
) -> Dict[str, object]:
    """Return the HostFacts of the system that ``params`` name, as ``vms_facts`` reads them.

    ``license_server`` is the nested option of that module. All reads together end within ``seconds``. An
    account of the manager or License Server that another read found refused is not used.
    """
    account, endpoint = manager_account(params), connection(params, VMS_PORT).endpoint
    params = with_profile(params)
    with accounts.guard(account, endpoint), closing_clients():
        # The time that another read of this manager takes does not count.
        budget = Budget(seconds)
        server = None
        if license_server is not None:
            api = license_server_api(license_server, params, budget)
            server = GuardedServer(api, accounts, account_of(license_server))
        return read_system(vms_api(params, budget), server, options, product_nodes(params, budget))


def store_facts(
    params: Mapping[str, Any],
    gather: Sequence[str],
    catalog: Catalog,
    seconds: float,
    accounts: RefusedAccounts,
) -> Dict[str, Any]:
    """Return what ``license_info`` reads of a License Server or product node, within ``seconds``.

    Parts of ``gather`` that the profile does not support are not read.
    """
    with accounts.guard(account_of(params)), closing_clients():
        api = license_store_api(with_profile(params), Budget(seconds))
        unsupported = read_license_server(api, (), LicenseQuery(), catalog)["lacking"]
        return read_license_server(
            api, [name for name in gather if name not in unsupported], LicenseQuery(), catalog
        )
