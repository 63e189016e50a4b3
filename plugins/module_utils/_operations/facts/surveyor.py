# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surveys of many systems: from the options of each to its survey, License Servers shared."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional

from ..._errors import UsphereError
from ..._vms.api.client import Budget
from .access import LICENSE_SERVER_PORT, connection, license_server_api, product_nodes, read_options, vms_api
from .survey import SharedServer, SharedServers, Survey, survey_system


class Surveyor:
    """Reads systems, from several threads at a time."""

    def __init__(self) -> None:
        self._servers = SharedServers()

    def read(self, params: Mapping[str, Any], name: str, note: Callable[[UsphereError], None]) -> Survey:
        """Return the survey of the system that ``params`` name; ``note`` hears of parts that were not read.

        Raises what ``survey_system`` raises, and LicensingError for rows of a catalogue that are none.
        """
        budget = Budget(params["gather_timeout"])
        options = read_options(params, name, note)
        return survey_system(
            vms_api(params, budget), self._server(params), options, product_nodes(params, budget)
        )

    def _server(self, params: Mapping[str, Any]) -> Optional[SharedServer]:
        server = params["license_server"]
        if server is None:
            return None
        key = (connection(server, LICENSE_SERVER_PORT, params), repr(params["profile"]))
        return self._servers.get(key, lambda: license_server_api(server, params))
