# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base paths of each interface."""

from __future__ import annotations

VMS = "/cas/casrs"
LICENSE_SERVER = "/licsmgr/api/v1"
PRODUCT_NODE = "/licsmgr/api/v1/local-license"
CLIENT_PORT = "/licsmgr/client/v1"
TOKEN = "/oauth2/token"  # behind LICENSE_SERVER and PRODUCT_NODE
